"""Acts that are public at a size of the log: versions of protocols, decisions, and what happened in which order.

Read inside `queries.snapshot` or `reading`, from facts and not from projections, through the statement of
`standings.py`, which knows what was sealed: there is one release gate, and it is that statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg import sql

from esaylov.results.queries import Snapshot, fetched
from esaylov.results.standings import standings


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a place's protocol. `state` as it was recorded, `leaf` the hash of its entry at
    `index`; `opened` the index of the entry that opened it, when it had been sealed.
    """

    journal: int
    version: int
    state: str
    findings: tuple[str, ...]
    lines: tuple[int, ...]
    votes: tuple[int, ...]
    at: datetime
    leaf: bytes
    replaces: bytes | None
    index: int
    opened: int | None


@dataclass(frozen=True, slots=True)
class RulingRow:
    """A decision on a place (`accept`, `return`, `annul`); `journal` names the version that it concerns, if
    one.
    """

    kind: str
    number: str
    at: datetime
    index: int
    journal: int | None


def released(
    at: Snapshot, select: sql.Composable, *, some_places: bool = False, **parameters: Any
) -> list[Any]:
    """Rows of a statement that goes on where that of standings ends: the one way to read acts past the projections, for
    it is the release gate. Parameters: `election`, `size`, `contests` (all of them, where not given) and what is given;
    with `some_places`, `precincts`.
    """
    source = standings(some_places=some_places, sealed=at.election.release is not None)
    statement = sql.SQL("WITH RECURSIVE {} {}").format(source, select)
    known = {"election": at.election.id, "size": at.size, "contests": list(at.tables.contests_by_id)}
    return fetched(statement, known | parameters)


# --- one place ---


def versions(at: Snapshot, contest: int, precinct: int) -> list[VersionRow]:
    """All versions of a place's protocol that are public at this size, conflicting ones too, in the log's
    order.
    """
    rows = _of_place(
        at,
        contest,
        precinct,
        "SELECT f.journal_id, f.version, f.state, f.findings, f.lines, f.votes, f.at, f.leaf, f.replaces,"
        " v.index, o.index FROM visible v JOIN results_protocol f ON f.journal_id = v.journal_id"
        " LEFT JOIN acts_sealed s ON s.journal_id = v.journal_id"
        " LEFT JOIN acts_entry o ON o.journal_id = s.opened_by"
        " ORDER BY v.index",
    )
    return [
        VersionRow(
            row[0], row[1], row[2], tuple(row[3]), tuple(row[4]), tuple(row[5]), row[6], bytes(row[7]),
            None if row[8] is None else bytes(row[8]), row[9], row[10],
        )
        for row in rows
    ]  # fmt: skip


def rulings(at: Snapshot, contest: int, precinct: int) -> list[RulingRow]:
    """The decisions on a place that are public at this size, in the log's order."""
    rows = _of_place(
        at,
        contest,
        precinct,
        "SELECT g.kind, g.number, g.at, e.index, g.protocol_id FROM ruling g"
        " JOIN acts_entry e ON e.journal_id = g.journal_id"
        " WHERE g.contest_id = ANY(%(contests)s) OR g.contest_id IS NULL ORDER BY e.index",
    )
    return [RulingRow(*row) for row in rows]


def _of_place(at: Snapshot, contest: int, precinct: int, select: LiteralString) -> list[Any]:
    return released(at, sql.SQL(select), some_places=True, contests=[contest], precincts=[precinct])


# --- what happened ---

# `index` is the place of the act's own entry, `shown` of the entry that made it public. Acceptances are many and of no
# use here, so rulings are read past the statement's own list of all of them.
HAPPENED = """, happened AS (
    SELECT CASE WHEN v.state = 'conflicting' THEN 'conflict' ELSE 'correction' END AS kind, v.index,
        GREATEST(v.index, o.index) AS shown, f.at, '' AS number, v.journal_id AS act, v.precinct_id, v.contest_id,
        v.journal_id AS protocol, ARRAY[]::text[] AS outcome
    FROM visible v JOIN results_protocol f ON f.journal_id = v.journal_id
        LEFT JOIN acts_sealed s ON s.journal_id = v.journal_id LEFT JOIN acts_entry o ON o.journal_id = s.opened_by
    WHERE v.replaces IS NOT NULL OR v.state = 'conflicting'
    UNION ALL
    SELECT CASE g.kind WHEN 'return' THEN 'return' ELSE 'annulment' END, e.index, GREATEST(e.index, o.index), g.at,
        g.number, g.journal_id, g.precinct_id, g.contest_id, g.protocol_id, ARRAY[]::text[]
    FROM results_ruling g JOIN acts_entry e ON e.journal_id = g.journal_id
        JOIN registry_precinct p ON p.id = g.precinct_id AND p.election = %(election)s
        LEFT JOIN acts_sealed s ON s.journal_id = g.protocol_id LEFT JOIN acts_entry o ON o.journal_id = s.opened_by
    WHERE g.kind <> 'accept' AND e.index < %(size)s
        AND (g.kind = 'annul' OR EXISTS (SELECT 1 FROM visible v WHERE v.journal_id = g.protocol_id))
    UNION ALL
    SELECT d.kind, e.index, e.index, d.at, d.number, d.journal_id, NULL, d.contest_id, NULL, d.outcome
    FROM results_contestdecision d JOIN acts_entry e ON e.journal_id = d.journal_id
    WHERE d.contest_id = ANY(%(contests)s) AND e.index < %(size)s
)
"""


def happened(at: Snapshot, select: sql.Composable, **parameters: Any) -> list[Any]:
    """Rows of a statement that reads `happened`: every `correction`, `conflict` (a second protocol), `return`,
    `annulment`, `lot`, `determination` and `certification` that is public at this size. Its columns: `kind`, `index`,
    `shown`, `at`, `number` and `outcome` of a decision, `act` (journal), `protocol` (journal; NULL: of none),
    `precinct_id` (NULL: a decision on a whole contest), `contest_id` (NULL: every contest of the precinct).
    """
    return released(at, sql.SQL(HAPPENED) + select, **parameters)
