"""Rules held against the journal: what somebody changed behind the application's back shows here (`esaylov reconcile`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from django.db import connection

from esaylov.exchange.residents.rules import Rule
from esaylov.voters.places.given import Given
from esaylov.voters.places.models import RuleSet

ROWS = """SELECT r.id, p.code, m.code, r.street, r.street_key, r.first, r.last, r.parity FROM voters_rule r
    JOIN registry_precinct p ON p.id = r.precinct_id JOIN voters_mahalla m ON m.id = r.mahalla_id WHERE r.journal = %s"""
REPLACED = """SELECT DISTINCT p.code FROM voters_rule r JOIN registry_precinct p ON p.id = r.precinct_id WHERE r.ended = %s"""
STRAY = """SELECT r.id FROM voters_rule r WHERE NOT EXISTS (SELECT 1 FROM voters_ruleset s WHERE s.journal = r.journal)
    OR r.ended IS NOT NULL AND NOT EXISTS (SELECT 1 FROM voters_ruleset s WHERE s.journal = r.ended) ORDER BY r.id"""
MIXED = """SELECT p.code FROM voters_rule r JOIN registry_precinct p ON p.id = r.precinct_id WHERE r.ended IS NULL
    GROUP BY p.id, p.code HAVING count(DISTINCT r.journal) > 1 ORDER BY p.code"""
SAID = "SELECT record FROM acts_journal WHERE id = %s AND code = 'voters.set_rules'"


def differences() -> Iterator[tuple[str, str, str]]:
    """Table, row and reason of every rule that the journal does not bear out."""
    for row in RuleSet.objects.order_by("journal"):
        if _pinned(row.journal) != table_of(row.journal).sha256 or bytes(row.sha256).hex() != _pinned(
            row.journal
        ):
            yield "voters_rule", f"of act {row.journal}", "the journal pins another table"
    for (number,) in _rows(STRAY):
        yield "voters_rule", str(number), "no act set it, or none took it back"
    for (code,) in _rows(MIXED):
        yield "voters_rule", f"of precinct {code}", "rules of several acts are in force"


def _pinned(journal: int) -> str:
    found = _rows(SAID, [journal])
    return str(orjson.loads(bytes(found[0][0]))["table"]) if found else ""


def table_of(journal: int) -> Given:
    """The rules that an act set, and the precincts whose rules it replaced."""
    rules = tuple(Rule(*row) for row in _rows(ROWS, [journal]))
    replaced = [code for (code,) in _rows(REPLACED, [journal])]
    return Given(rules, tuple(dict.fromkeys([*replaced, *(one.precinct for one in rules)])))


def _rows(statement: str, values: list[int] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
