"""How many entries of the list each precinct has: kept in the transaction that changes it, under the list's lock."""

from __future__ import annotations

from django.db import connection
from psycopg import sql

from esaylov.voters.blocks import Kind

ADDED = "ON CONFLICT (precinct) DO UPDATE SET entries = voters_precinctsize.entries + excluded.entries"
# What came (as it waited to be applied) less what was there (as it is kept): a table is read, the list is not.
CHANGED = f"""INSERT INTO voters_precinctsize (precinct, entries) SELECT precinct, sum(rows)::int FROM (
        SELECT s.precinct, count(*) AS rows FROM {{stage}} s WHERE s.kind <> %(removed)s GROUP BY 1
        UNION ALL SELECT f.precinct, -count(*) FROM voters_former f WHERE f.ended = %(changeset)s GROUP BY 1) AS change
    WHERE precinct IS NOT NULL GROUP BY precinct HAVING sum(rows) <> 0 {ADDED}"""
MOVED = f"""INSERT INTO voters_precinctsize (precinct, entries) SELECT precinct, sum(rows)::int FROM (
        SELECT after AS precinct, 1 AS rows FROM moved UNION ALL SELECT before, -1 FROM moved) AS change
    WHERE precinct IS NOT NULL GROUP BY precinct {ADDED}"""
"""Beside a statement whose `moved` has `before` and `after` of every entry that it moves."""
COUNTED = """INSERT INTO voters_precinctsize (precinct, entries)
    SELECT precinct, count(*)::int FROM voters_voter WHERE precinct IS NOT NULL GROUP BY precinct"""


def follow(changeset: int, stage: str) -> None:
    """Counts what a changeset brought and took, within the transaction that applies it, after its entries."""
    statement = sql.SQL(CHANGED).format(stage=sql.Identifier(stage))
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(), {"removed": int(Kind.REMOVED), "changeset": changeset})


def recount() -> None:
    """Counts the whole list anew (half a minute for a country), in the current transaction and under the list's lock."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM voters_precinctsize")
        cursor.execute(COUNTED)
