"""Whom a changeset removes, written down piece by piece when it is compared: its approval then writes one row."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from esaylov.acts.context import get_context
from esaylov.law.voters import VoterRules, voter_rules
from esaylov.voters.blocks import Kind
from esaylov.voters.models import Changeset
from esaylov.voters.places.houses import NOT_OVER

PAGES = 512
"""Pages of the table of changes in a transaction: forty thousand removals, half a second."""
SIZE = "SELECT pg_relation_size(%s::regclass) / current_setting('block_size')::bigint"
LEAVING = "s.kind = %(removed)s AND coalesce(s.reason, '') <> ALL(%(none)s)"
WRITE = f"""INSERT INTO voters_notice (changeset, voter, reason)
SELECT %(changeset)s, s.voter, coalesce(s.reason, '') FROM {{stage}} s
WHERE s.ctid >= %(first)s::tid AND s.ctid < %(last)s::tid AND {LEAVING}"""
MISSING = f"""SELECT count(*) FROM {{stage}} s WHERE {LEAVING}
AND NOT EXISTS (SELECT 1 FROM voters_notice n WHERE n.changeset = %(changeset)s AND n.voter = s.voter
    AND n.reason = coalesce(s.reason, ''))"""


OTHERS = f"""SELECT DISTINCT c.election FROM voters_changeset c JOIN elections_election e ON e.id = c.election
WHERE c.election <> %s AND c.state IN ('applied', 'reversed') AND {NOT_OVER} ORDER BY 1"""


def rules_of(changeset: Changeset) -> VoterRules:
    """What the edition of a changeset's election says; where it is made for none, nobody is told of anything."""
    return voter_rules(get_context(changeset.election).edition) if changeset.election else VoterRules()


def stricter(changeset: Changeset, day: date) -> str | None:
    """Another election that is not over on a day, for which the list was changed, and whose edition asks more of removals than
    that of a changeset's own: the list is one, and nobody leaves it by whichever rules ask for least.
    """
    own = rules_of(changeset)
    with connection.cursor() as cursor:
        cursor.execute(OTHERS, [changeset.election, day])
        others = [election for (election,) in cursor.fetchall()]
    return next((one for one in others if _asks_more(voter_rules(get_context(one).edition), own)), None)


def _asks_more(theirs: VoterRules, own: VoterRules) -> bool:
    untold = theirs.notice_hours and set(own.notice_none) - set(theirs.notice_none)
    return bool(untold) or theirs.notice_hours > own.notice_hours or theirs.removal_alert < own.removal_alert


def prepare(changeset: Changeset, stage: str) -> int:
    """Writes down whom a changeset removes that has just been compared (`stage`: the table of its changes); returns how many.

    In transactions of their own, unless one is open already.
    """
    rules = rules_of(changeset)
    if not rules.notice_hours:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(SIZE, [stage])
        pages = int(cursor.fetchone()[0])
    return sum(_piece(changeset.id, stage, rules, first) for first in range(0, pages, PAGES))


def _piece(changeset: int, stage: str, rules: VoterRules, first: int) -> int:
    pages = {"first": f"({first},0)", "last": f"({first + PAGES},0)"}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_of(WRITE, stage), _values(changeset, rules) | pages)
        return int(cursor.rowcount)


def unwritten(changeset: Changeset, stage: str) -> int:
    """How many removals wait of which nobody would be told, against the law's edition: of a sound changeset none."""
    rules = rules_of(changeset)
    if not rules.notice_hours or not changeset.counts.get("removed"):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_of(MISSING, stage), _values(changeset.id, rules))
        return int(cursor.fetchone()[0])


def forget(changeset: int) -> None:
    """What was written of a changeset that nobody approved goes: nobody was told of it."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [changeset, changeset])


FORGET = """DELETE FROM voters_notice WHERE changeset = %s
AND NOT EXISTS (SELECT 1 FROM voters_noticeperiod p WHERE p.changeset = %s)"""


def _of(statement: str, stage: str) -> str:
    return sql.SQL(statement).format(stage=sql.Identifier(stage)).as_string()


def _values(changeset: int, rules: VoterRules) -> dict[str, Any]:
    return {"changeset": changeset, "removed": int(Kind.REMOVED), "none": list(rules.notice_none)}
