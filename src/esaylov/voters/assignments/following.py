"""Assignments come and go with the changeset that says so, in its transaction.

In the table where changes wait, the `reason` of a change that removes nobody says why its voter belongs to the change's precinct
from now on, or that the assignment ends (`ADDRESS`); empty, it leaves assignments as they are. So they are within the hash
that two persons approved. What is taken back takes its assignments along, and brings those back that it had ended.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from psycopg import sql

from esaylov.voters.blocks import Kind

ADDRESS = "address"
"""From now on the voter's address decides again."""
REQUEST, INCLUDED = "request", "included"
"""A precinct by request; an entry by request that no register has, at the precinct of its address."""
WITHOUT_PRECINCT = (INCLUDED,)

END = """INSERT INTO voters_assignmentend (assignment_id, changeset) SELECT a.id, %(changeset)s FROM voters_assignment a
    LEFT JOIN voters_assignmentend x ON x.assignment_id = a.id WHERE x.assignment_id IS NULL AND """
SAID_OTHERWISE = """EXISTS (SELECT 1 FROM {stage} s WHERE s.voter = a.voter
    AND (s.kind = %(removed)s OR coalesce(s.reason, '') <> ''))"""
BEGIN = """INSERT INTO voters_assignment (voter, election, precinct_id, why, changeset)
    SELECT s.voter, c.election, CASE WHEN s.reason = ANY(%(without)s) THEN NULL ELSE s.precinct END, s.reason, c.id
    FROM {stage} s CROSS JOIN voters_changeset c WHERE c.id = %(changeset)s
    AND s.kind <> %(removed)s AND coalesce(s.reason, '') NOT IN ('', %(address)s)"""
# What a changeset brought: also what a later one ended and, taken back itself, brought again.
BROUGHT = """WITH RECURSIVE brought AS (SELECT a.id, a.voter, a.election, a.precinct_id, a.why FROM voters_assignment a
        WHERE a.changeset = %(reverses)s
    UNION SELECT a.id, a.voter, a.election, a.precinct_id, a.why FROM brought b
        JOIN voters_assignmentend x ON x.assignment_id = b.id JOIN voters_changeset c ON c.reverses = x.changeset
        JOIN voters_assignment a ON a.changeset = c.id AND a.voter = b.voter AND a.election = b.election AND a.why = b.why
            AND a.precinct_id IS NOT DISTINCT FROM b.precinct_id)
SELECT id FROM brought"""
AGAIN = """INSERT INTO voters_assignment (voter, election, precinct_id, why, changeset)
    SELECT a.voter, a.election, a.precinct_id, a.why, %(changeset)s FROM voters_assignment a
    JOIN voters_assignmentend x ON x.assignment_id = a.id WHERE x.changeset = %(reverses)s
    AND EXISTS (SELECT 1 FROM voters_voter v WHERE v.id = a.voter)"""


def follow(changeset: int, stage: str) -> None:
    """Ends and begins assignments as a changeset says that is being applied: within its transaction, after its entries."""
    values: dict[str, Any] = {
        "changeset": changeset, "removed": int(Kind.REMOVED), "without": list(WITHOUT_PRECINCT), "address": ADDRESS,
    }  # fmt: skip
    table = sql.Identifier(stage)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reverses FROM voters_changeset WHERE id = %s", [changeset])
        (values["reverses"],) = cursor.fetchone()
        taken_back = values["reverses"] is not None
        statements = [f"{END} a.id IN ({BROUGHT})", AGAIN] if taken_back else [END + SAID_OTHERWISE, BEGIN]
        for statement in statements:
            cursor.execute(sql.SQL(statement).format(stage=table).as_string(), values)
