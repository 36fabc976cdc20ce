"""Who was removed and stands in the list again, under a new document, is not told by the old one that they were removed."""

from django.db import migrations

FIND = """
CREATE OR REPLACE FUNCTION voters_find(given uuid[], near uuid) RETURNS TABLE (
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
            WHERE f.document = ANY (given) AND f.reason <> '' {still} ORDER BY f.id DESC LIMIT 1)
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
LISTED_AGAIN = "AND NOT EXISTS (SELECT 1 FROM voters_voter v WHERE v.pinfl = f.pinfl)"


class Migration(migrations.Migration):
    dependencies = [
        ("voters", "0007_compared_by"),
    ]

    operations = [
        migrations.RunSQL(FIND.replace("{still}", LISTED_AGAIN), FIND.replace("{still}", "")),
    ]
