"""Who is to leave the list and is told so; the look-up says it: of an entry that stays for now, `reason` and `ended` are those of
its notice.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

FIND = """
CREATE OR REPLACE FUNCTION voters_find(given uuid[], near uuid) RETURNS TABLE (
    source integer, id bigint, sealed bytea, reason text, ended timestamptz, looks text, election text, code text,
    number text, address text, latitude text, longitude text, place_public boolean
) LANGUAGE plpgsql STABLE SET lock_timeout = '250ms' AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT t.source, t.id, t.sealed, {said},
        (SELECT string_agg(a.purpose || '=' || a.times, ',') FROM voters_access a WHERE a.voter = t.id),
        p.election, p.code, p.number, p.address, p.latitude, p.longitude, p.place_public
    FROM (
        (SELECT 1 AS source, v.id, v.sealed, '' AS reason, NULL::timestamptz AS ended, v.precinct
            FROM voters_voter v WHERE v.document = ANY (given) LIMIT 2)
        UNION ALL
        (SELECT 2, f.voter, f.sealed, f.reason, f.at, NULL::integer FROM voters_former f
            WHERE f.document = ANY (given) AND f.reason <> '' AND NOT EXISTS (SELECT 1 FROM voters_voter v WHERE v.pinfl = f.pinfl) ORDER BY f.id DESC LIMIT 1)
        UNION ALL
        (SELECT 0, v.id, v.sealed, '', NULL::timestamptz, v.precinct FROM voters_voter v
            WHERE v.document >= near ORDER BY v.document LIMIT 2)
        UNION ALL
        (SELECT 0, v.id, v.sealed, '', NULL::timestamptz, v.precinct FROM voters_voter v
            ORDER BY v.document LIMIT 2)
        LIMIT 2
    ) t LEFT JOIN registry_precinct p ON p.id = t.precinct{notice};
END $$
"""
NOTICE = """
    LEFT JOIN LATERAL (SELECT n.reason, np.ends FROM voters_notice n JOIN voters_noticeperiod np ON np.changeset = n.changeset
        JOIN voters_changeset c ON c.id = n.changeset AND c.state = 'approved'
        WHERE n.voter = t.id ORDER BY np.ends LIMIT 1) w ON true"""
NEW = FIND.replace("{said}", "coalesce(w.reason, t.reason), coalesce(w.ends, t.ended)").replace(
    "{notice}", NOTICE
)
OLD = FIND.replace("{said}", "t.reason, t.ended").replace("{notice}", "")


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0005_token_terms"),
        ("voters", "0011_doors"),
    ]

    operations = [
        migrations.CreateModel(
            name="NoticePeriod",
            fields=[
                ("changeset", models.BigIntegerField(primary_key=True, serialize=False)),
                ("journal", models.BigIntegerField()),
                ("begins", models.DateTimeField()),
                ("ends", models.DateTimeField()),
                ("notices", models.BigIntegerField()),
                ("told", models.BigIntegerField()),
            ],
            options={
                "db_table": "voters_noticeperiod",
            },
        ),
        migrations.CreateModel(
            name="Told",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("changeset", models.BigIntegerField()),
                ("voter", models.BigIntegerField()),
                ("day", models.DateField()),
                ("mandate", models.BigIntegerField()),
                (
                    "precinct",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="registry.precinct"),
                ),
                ("journal", models.BigIntegerField()),
            ],
            options={
                "db_table": "voters_told",
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("changeset", models.BigIntegerField()),
                ("voter", models.BigIntegerField()),
                ("reason", models.TextField()),
            ],
            options={
                "db_table": "voters_notice",
                "indexes": [models.Index(fields=["changeset"], name="notice_of_changeset")],
                "constraints": [models.UniqueConstraint(fields=("voter", "changeset"), name="notice_once")],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="noticeperiod",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="c1ba2ce2bfc5a81496f87788107fef61fb66f350",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_rows_be445",
                    table="voters_noticeperiod",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="noticeperiod",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;",
                    hash="89a0480b4b953a638e48dd028988a0cb85be87d3",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_append_only_table_2b404",
                    table="voters_noticeperiod",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="told",
            constraint=models.UniqueConstraint(fields=("changeset", "voter"), name="told_once"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="told",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8c26099ea6d04699387867d0469a298464ab05c7",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_rows_f4789",
                    table="voters_told",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="told",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;",
                    hash="fcba01abf9cc34a35252c53558a3e78528514b3c",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_append_only_table_dc6a9",
                    table="voters_told",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(NEW, OLD),
    ]
