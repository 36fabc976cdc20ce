"""Who looked at an entry; and the look-up by document as one function, so that its plan is made once a session.

`voters_find(given, near)` always gives two rows: entries and removed ones with one of the digests `given`, and, for each that is
missing, an entry that lies near an invented digest. What is done with them afterwards is the same work, found or not.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

FIND = """
CREATE FUNCTION voters_find(given uuid[], near uuid) RETURNS TABLE (
    source integer, id bigint, sealed bytea, reason text, ended timestamptz, looks text, election text, code text,
    number text, address text, latitude text, longitude text, place_public boolean
) LANGUAGE plpgsql STABLE SET lock_timeout = '250ms' AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT t.source, t.id, t.sealed, t.reason, t.ended,
        (SELECT string_agg(a.purpose || '=' || a.times, ',') FROM voters_access a WHERE a.voter = t.id),
        p.election, p.code, p.number, p.address, p.latitude, p.longitude, p.place_public
    FROM (
        (SELECT 1 AS source, v.id, v.sealed, '' AS reason, NULL::timestamptz AS ended, v.precinct
            FROM voters_voter v WHERE v.document = ANY (given) LIMIT 2)
        UNION ALL
        (SELECT 2, f.voter, f.sealed, f.reason, f.at, NULL::integer FROM voters_former f
            WHERE f.document = ANY (given) AND f.reason <> '' ORDER BY f.id DESC LIMIT 1)
        UNION ALL
        (SELECT 0, v.id, v.sealed, '', NULL::timestamptz, v.precinct FROM voters_voter v
            WHERE v.document >= near ORDER BY v.document LIMIT 2)
        UNION ALL
        (SELECT 0, v.id, v.sealed, '', NULL::timestamptz, v.precinct FROM voters_voter v
            ORDER BY v.document LIMIT 2)
        LIMIT 2
    ) t LEFT JOIN registry_precinct p ON p.id = t.precinct;
END $$
"""
FORGET = "DROP FUNCTION voters_find(uuid[], uuid)"


class Migration(migrations.Migration):
    dependencies = [
        ("voters", "0003_places"),
    ]

    operations = [
        migrations.CreateModel(
            name="Access",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("voter", models.BigIntegerField()),
                ("body", models.TextField(blank=True)),
                ("person", models.UUIDField(null=True)),
                ("purpose", models.TextField()),
                ("times", models.IntegerField(default=1)),
            ],
            options={
                "db_table": "voters_access",
                "indexes": [models.Index(fields=["voter"], name="voter_access")],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="access",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="99b9d5d219d850ff609740996cb613c356fa0d78",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_rows_74943",
                    table="voters_access",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="access",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;",
                    hash="a9df25b419cb32fa069c7b260304d4d2124e2a73",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_append_only_table_07d56",
                    table="voters_access",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(FIND, FORGET),
    ]
