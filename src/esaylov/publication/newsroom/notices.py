"""Decisions, moved dates and corrections of an election in the order in which they became public: what the feed tells.

A second protocol that contests one is left out: it changes nothing, and what is decided about it is told. Of decisions of
sessions those of the Central Commission that order nothing on results: the others are thousands in the night of the count,
and what they order on results is told itself, but for acceptances. All of them stand in the register.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg import sql

from esaylov.results.queries import Snapshot
from esaylov.results.released import happened


@dataclass(frozen=True, slots=True)
class Notice:
    """A `correction`, `return`, `annulment`, `lot`, `determination` or `certification`, a `decision` of the Central Commission's
    session or moved dates (`calendar`, `outcome` is the step), with its place in the log.

    `precinct` is None for a decision on a whole contest, `contest` (the database's id) for every contest of a precinct;
    `territory` (the database's id) is the precinct's;
    `record`, `title`: of a decision of a session.
    """

    kind: str
    index: int
    at: datetime
    number: str
    precinct: str | None
    precinct_number: str
    territory: int | None
    contest: int | None
    outcome: tuple[str, ...]
    record: int | None = None
    title: str = ""


NOTICES = """, ordered AS (
    SELECT h.*, row_number() OVER (ORDER BY h.shown, h.index) AS rank, count(*) OVER () AS total
    FROM (SELECT kind, index, shown, at, number, precinct_id, contest_id, outcome, NULL::bigint AS record, '' AS title
        FROM happened WHERE kind <> 'conflict'
        UNION ALL SELECT 'decision', e.index, e.index, d.at, d.number, NULL, NULL, ARRAY[]::text[], d.journal, d.title
        FROM proceedings_decision d JOIN acts_entry e ON e.journal_id = d.journal
        WHERE d.election = %(election)s AND d.number IS NOT NULL AND e.index < %(size)s AND d.commission_id IN (
            SELECT id FROM registry_commission WHERE code = 'cec' AND election IN (%(election)s, ''))
        AND NOT EXISTS (SELECT FROM acts_journal o WHERE o.id = ANY(d.orders) AND starts_with(o.code, 'results.'))
        UNION ALL SELECT 'calendar', e.index, e.index, m.at, m.number, NULL, NULL, ARRAY[m.step], NULL, ''
        FROM elections_move m JOIN acts_entry e ON e.journal_id = m.journal_id
        WHERE m.election_id = %(election)s AND e.index < %(size)s) h
)
SELECT o.total, o.kind, o.index, o.at, o.number, p.code, COALESCE(p.number, ''), p.territory_id, o.contest_id, o.outcome,
    o.record, o.title
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
    rows = happened(at, sql.SQL(NOTICES).format(after=sql.SQL(first)), **parameters)
    found = [_notice(row) for row in rows]
    return (rows[0][0] if rows else 0), found


def _notice(row: Sequence[Any]) -> Notice:
    _, kind, index, at, number, precinct, precinct_number, territory, contest, outcome, record, title = row
    return Notice(
        kind, index, at, number, precinct, precinct_number, territory, contest, tuple(outcome), record, title
    )
