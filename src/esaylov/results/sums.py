"""Sums of protocols by cell, and from cells to territories. Integers only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from psycopg import sql

from esaylov.elections.queries import ContestRow, ElectionTables
from esaylov.law.protocol import common_places
from esaylov.results.standings import standings

COUNTED = frozenset({"received", "accepted"})


@dataclass(slots=True)
class Sums:
    """Sums over some precincts for one contest, as docs/formats.md, section 4, defines them."""

    expected: int = 0
    received: int = 0
    counted: int = 0
    inconsistent: int = 0
    returned: int = 0
    annulled: int = 0
    voters_annulled: int = 0
    lines: list[int] = field(default_factory=list)
    votes: list[int] = field(default_factory=list)

    def add(self, other: "Sums") -> None:
        """Adds other sums of the same contest to these."""
        self.expected += other.expected
        self.received += other.received
        self.counted += other.counted
        self.inconsistent += other.inconsistent
        self.returned += other.returned
        self.annulled += other.annulled
        self.voters_annulled += other.voters_annulled
        self.lines = [a + b for a, b in zip(self.lines, other.lines, strict=True)]
        self.votes = [a + b for a, b in zip(self.votes, other.votes, strict=True)]


CellSums = dict[tuple[int, int], Sums]


def cell_sums(
    tables: ElectionTables,
    size: int | None,
    contests: Iterable[int] | None = None,
    precincts: list[int] | None = None,
) -> CellSums:
    """Sums by (contest id, cell id), computed from the facts at a size (None: all committed facts).

    `precincts` restricts to some precincts; without `contests` all of the election. Cells in which nothing stands are left out.
    """
    chosen = list(contests) if contests is not None else list(tables.contests_by_id)
    source = standings(some_places=precincts is not None, sealed=tables.election.release is not None)
    return _aggregate(tables, source, {"contests": chosen, "size": size, "precincts": precincts})


STORED = """standing AS (
    SELECT t.contest_id, t.precinct_id, t.protocol_id, t.state, f.lines, f.votes
    FROM results_standing t LEFT JOIN results_protocol f ON f.journal_id = t.protocol_id
    WHERE t.contest_id = ANY(%(contests)s) AND t.cell_id = ANY(%(cells)s)
)"""


def standing_sums(tables: ElectionTables, cells: list[int]) -> CellSums:
    """Sums by (contest id, cell id) of some cells, from the projection `Standing` as it is now."""
    return _aggregate(tables, sql.SQL(STORED), {"contests": list(tables.contests_by_id), "cells": cells})


def _aggregate(tables: ElectionTables, source: sql.SQL, parameters: dict[str, Any]) -> CellSums:
    """Sums by contest, cell and state: a filter at each of some forty aggregates would cost more than the sums."""
    statement = sql.SQL(
        "WITH RECURSIVE {} SELECT s.contest_id, p.cell_id, s.state, count(s.protocol_id), count(*), {} FROM standing s"
        " JOIN registry_precinct p ON p.id = s.precinct_id GROUP BY 1, 2, 3"
    ).format(source, _columns(tables, parameters["contests"]))
    cells: CellSums = {}
    with connection.cursor() as cursor:
        # The figures of a whole country are grouped in memory, not sorted on disk.
        cursor.execute(
            "SET LOCAL work_mem = '64MB'" if connection.in_atomic_block else "SET work_mem = '64MB'"
        )
        cursor.execute(statement, parameters)
        for contest, cell, state, received, places, lines, votes in cursor.fetchall():
            sums = cells.get((contest, cell))
            if sums is None:
                sums = cells[contest, cell] = empty(tables, tables.contests_by_id[contest])
            _add_state(tables, sums, state, (received, places, lines, votes))
    return cells


def _columns(tables: ElectionTables, contests: list[int]) -> sql.Composed:
    """The aggregates: one sum for each line, and for each option of the longest ballot."""
    longest = max((len(tables.contests_by_id[c].options) for c in contests), default=0)
    columns = []
    for name, length in (("lines", len(tables.edition.lines)), ("votes", longest)):
        items = ", ".join(f"sum(s.{name}[{i}])" for i in range(1, length + 1))
        columns.append(f"ARRAY[{items}]::bigint[]")
    return sql.SQL(", ").join(map(sql.SQL, columns))


def _add_state(tables: ElectionTables, sums: Sums, state: str, row: tuple[int, int, Any, Any]) -> None:
    """Adds the places of one state to the sums of their cell."""
    received, places, lines, votes = row
    sums.received += received
    if state in COUNTED:
        sums.counted += places
        sums.lines = [a + b for a, b in zip(sums.lines, lines, strict=True)]
        sums.votes = [a + (b or 0) for a, b in zip(sums.votes, votes, strict=False)]
    elif state == "annulled":
        sums.annulled += places
        sums.voters_annulled += sum(lines[i] or 0 for i in common_places(tables.edition, "voters_on_list"))
    elif state == "inconsistent":
        sums.inconsistent += places
    else:
        sums.returned += places


def empty(tables: ElectionTables, contest: ContestRow) -> Sums:
    """Sums of nothing, with arrays of the right lengths."""
    return Sums(lines=[0] * len(tables.edition.lines), votes=[0] * len(contest.options))


def expected_places(tables: ElectionTables) -> dict[tuple[int, int], int]:
    """Number of places on the roster by (contest id, cell id)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cell_id, count(*) FROM registry_precinct WHERE election = %s GROUP BY 1",
            [tables.election.id],
        )
        precincts = dict(cursor.fetchall())
    return {
        (contest.id, cell): number
        for cell, number in precincts.items()
        for contest in tables.contests.values()
        if tables.concerns(contest, cell)
    }


def fold(
    tables: ElectionTables, cells: Mapping[tuple[int, int], Sums], expected: Mapping[tuple[int, int], int]
) -> dict[tuple[int, int], Sums]:
    """Sums by (contest id, territory id) of every territory in which a contest has places, from sums by cell."""
    totals: dict[tuple[int, int], Sums] = {}
    for (contest_id, cell), places in expected.items():
        found = cells.get((contest_id, cell))
        for territory in tables.cells[cell]:
            total = totals.get((contest_id, territory))
            if total is None:
                total = totals[contest_id, territory] = empty(tables, tables.contests_by_id[contest_id])
            total.expected += places
            if found is not None:
                total.add(found)
    return totals
