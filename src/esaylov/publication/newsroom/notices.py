"""Decisions and corrections of an election in the order in which they became public: what the feed tells.

Acceptances are left out: there is one for every protocol. What was sealed is not there before it is opened: the
statement of standings is the release gate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg import sql

from esaylov.results.queries import Snapshot, released


@dataclass(frozen=True, slots=True)
class Notice:
    """A `correction`, `return`, `annulment`, `lot`, `determination` or `certification`, with its place in the log.

    `precinct` is None for a decision on a whole contest, `contest` (the database's id) for every contest of a precinct.
    """

    kind: str
    index: int
    at: datetime
    number: str
    precinct: str | None
    precinct_number: str
    contest: int | None
    outcome: tuple[str, ...]


NOTICES = """, notice AS (
    SELECT 'correction' AS kind, v.index, GREATEST(v.index, o.index) AS shown, f.at, '' AS number, v.precinct_id,
        v.contest_id, ARRAY[]::text[] AS outcome
    FROM visible v JOIN results_protocol f ON f.journal_id = v.journal_id
        LEFT JOIN acts_sealed s ON s.journal_id = v.journal_id LEFT JOIN acts_entry o ON o.journal_id = s.opened_by
    WHERE v.replaces IS NOT NULL
    UNION ALL
    SELECT CASE g.kind WHEN 'return' THEN 'return' ELSE 'annulment' END, e.index, GREATEST(e.index, o.index), g.at,
        g.number, g.precinct_id, g.contest_id, ARRAY[]::text[]
    FROM ruling g JOIN acts_entry e ON e.journal_id = g.journal_id
        JOIN registry_precinct p ON p.id = g.precinct_id AND p.election = %(election)s
        LEFT JOIN acts_sealed s ON s.journal_id = g.protocol_id LEFT JOIN acts_entry o ON o.journal_id = s.opened_by
    WHERE g.kind = 'annul' OR (g.kind = 'return' AND EXISTS (SELECT 1 FROM visible v WHERE v.journal_id = g.protocol_id))
    UNION ALL
    SELECT d.kind, e.index, e.index, d.at, d.number, NULL, d.contest_id, d.outcome
    FROM results_contestdecision d JOIN acts_entry e ON e.journal_id = d.journal_id
    WHERE d.contest_id = ANY(%(contests)s) AND e.index < %(size)s
), ordered AS (
    SELECT n.*, row_number() OVER (ORDER BY n.shown, n.index) AS rank, count(*) OVER () AS total FROM notice n
)
SELECT o.total, o.kind, o.index, o.at, o.number, p.code, COALESCE(p.number, ''), o.contest_id, o.outcome
FROM ordered o LEFT JOIN registry_precinct p ON p.id = o.precinct_id
WHERE o.rank > {after} AND o.rank <= {after} + %(limit)s ORDER BY o.rank DESC"""
FROM_RANK: LiteralString = "%(after)s"
LATEST: LiteralString = "GREATEST(o.total - %(limit)s, 0)"


def latest(at: Snapshot, limit: int) -> tuple[int, list[Notice]]:
    """How many notices there are, and the last ones, newest first."""
    return _read(at, LATEST, limit=limit)


def part(at: Snapshot, number: int, limit: int) -> tuple[int, list[Notice]]:
    """How many notices there are, and the `number`th part of `limit` of them, counted from the oldest; newest first."""
    return _read(at, FROM_RANK, limit=limit, after=(number - 1) * limit)


def _read(at: Snapshot, first: LiteralString, **parameters: Any) -> tuple[int, list[Notice]]:
    rows = released(at, sql.SQL(NOTICES).format(after=sql.SQL(first)), **parameters)
    found = [_notice(row) for row in rows]
    return (rows[0][0] if rows else 0), found


def _notice(row: Sequence[Any]) -> Notice:
    _, kind, index, at, number, precinct, precinct_number, contest, outcome = row
    return Notice(kind, index, at, number, precinct, precinct_number, contest, tuple(outcome))
