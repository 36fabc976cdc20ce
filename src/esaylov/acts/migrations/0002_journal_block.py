from django.db import migrations


class Migration(migrations.Migration):
    """The sequence from which journal rows take their numbers in blocks (`acts.bulk.IdBlocks`)."""

    dependencies = [("acts", "0001_initial")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE acts_journal_block AS bigint", "DROP SEQUENCE acts_journal_block"),
    ]
