import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0005_token_terms"),
        ("voters", "0010_assignments"),
    ]

    operations = [
        migrations.CreateModel(
            name="HouseCheck",
            fields=[
                ("journal", models.BigIntegerField(primary_key=True, serialize=False)),
                ("election", models.TextField()),
                ("number", models.IntegerField()),
                ("district", models.IntegerField()),
                ("mahalla", models.IntegerField()),
                ("house", models.BigIntegerField()),
                ("entries", models.IntegerField()),
                ("answered", models.IntegerField()),
                ("follow", models.IntegerField()),
                ("missing", models.IntegerField()),
                ("sealed", models.BinaryField()),
                ("day", models.DateField()),
                (
                    "precinct",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="registry.precinct",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="housecheck",
            index=models.Index(fields=["election"], name="house_check_of_election"),
        ),
        migrations.AddConstraint(
            model_name="housecheck",
            constraint=models.UniqueConstraint(fields=("precinct", "number"), name="house_check_number"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="housecheck",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b9410468051ae75c0e446d39e16b82bbaf52fadc",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_rows_8ea3f",
                    table="voters_housecheck",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="housecheck",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;",
                    hash="940c876cea7989667c9eae940fd9385a9ffaeb46",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_append_only_table_44851",
                    table="voters_housecheck",
                    when="BEFORE",
                ),
            ),
        ),
    ]
