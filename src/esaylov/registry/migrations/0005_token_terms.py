import datetime

import django.contrib.postgres.fields
import django.utils.timezone
from django.db import migrations, models


def end_of_those_before() -> datetime.datetime:
    """Tokens that had no end get one, counted from the day on which the site was brought up to date."""
    return django.utils.timezone.now() + datetime.timedelta(days=180)


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0004_leaner_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="commissiontoken",
            name="made_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="commissiontoken",
            name="expires_at",
            field=models.DateTimeField(default=end_of_those_before),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="commissiontoken",
            name="ended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="commissiontoken",
            name="powers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, size=None
            ),
        ),
    ]
