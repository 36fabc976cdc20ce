"""The projections of an election for a size of the log: standings, totals, outcomes.

Computed in batch after a checkpoint, never inside a submitting transaction. `advance` recomputes what the new entries
touch; `rebuild` everything; both give the same rows.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from psycopg import sql
from psycopg.types.json import Jsonb

from esaylov.acts.bulk import int_array
from esaylov.elections.queries import tables
from esaylov.results.models import Tabulation
from esaylov.results.outcomes import contests_decided, decisions, outcome
from esaylov.results.standings import standings
from esaylov.results.sums import CellSums, Sums, cell_sums, expected_places, fold, standing_sums

LOCK_SPACE = 2026
STANDING_COLUMNS = "contest_id, precinct_id, cell_id, protocol_id, state, counts, index, conflicts"
STANDING_ROWS = """WITH RECURSIVE {standings}
SELECT s.contest_id, s.precinct_id, p.cell_id, s.protocol_id, s.state, s.state IN ('received', 'accepted'), s.index, s.conflicts
FROM standing s JOIN registry_precinct p ON p.id = s.precinct_id"""

TOUCHED = """SELECT f.contest_id, f.precinct_id FROM results_protocol f JOIN acts_entry e ON e.journal_id = f.journal_id
    WHERE e.index >= %(old)s AND e.index < %(new)s AND f.contest_id = ANY(%(contests)s)
UNION SELECT f.contest_id, f.precinct_id FROM acts_entry e JOIN acts_sealed s ON s.opened_by = e.journal_id
    JOIN results_protocol f ON f.journal_id = s.journal_id
    WHERE e.index >= %(old)s AND e.index < %(new)s AND f.contest_id = ANY(%(contests)s)
UNION SELECT g.contest_id, g.precinct_id FROM results_ruling g JOIN acts_entry e ON e.journal_id = g.journal_id
    JOIN registry_precinct p ON p.id = g.precinct_id AND p.election = %(election)s
    WHERE e.index >= %(old)s AND e.index < %(new)s"""


class Tabulator:
    """Keeps the projections of one election up to date; holds the sums by cell between two calls."""

    def __init__(self, election: str) -> None:
        self.tables = tables(election)
        self.election = election
        self._cells: CellSums | None = None
        self._expected: dict[tuple[int, int], int] = {}
        self._written: dict[tuple[int, int], Sums] = {}
        self._size: int | None = None

    def advance(self, size: int) -> bool:
        """Brings the projections to a size of the log, in one transaction. Returns whether anything changed.

        After a failure the next call begins anew: what is remembered here may be ahead of what was written.
        """
        try:
            changed = self._advance(size)
        except BaseException:
            self._size = None
            raise
        if changed:
            self._size = size
        return changed

    def _advance(self, size: int) -> bool:
        with transaction.atomic():
            self._lock()
            stored = Tabulation.objects.filter(pk=self.election).first()
            if stored is not None and stored.size == size:
                return False
            if stored is None or self._cells is None or stored.size != self._size or stored.size > size:
                self._rebuild(size)
            else:
                self._step(stored.size, size)
            Tabulation.objects.update_or_create(
                election_id=self.election, defaults={"size": size, "at": datetime.now(UTC)}
            )
        return True

    def _lock(self) -> None:
        """One tabulation of an election at a time; a lock that is no write, so that computing does not hold up the log."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_SPACE, self.election])

    def _rebuild(self, size: int) -> None:
        contests = list(self.tables.contests_by_id)
        self._expected = expected_places(self.tables)
        self._cells = cell_sums(self.tables, size)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM results_standing WHERE contest_id = ANY(%s)", [contests])
            cursor.execute("DELETE FROM results_total WHERE contest_id = ANY(%s)", [contests])
            cursor.execute("DELETE FROM results_outcome WHERE contest_id = ANY(%s)", [contests])
            self._insert_standings(cursor, size, None, contests)
        self._written = {}
        self._write(fold(self.tables, self._cells, self._expected), size, contests)

    def _step(self, old: int, size: int) -> None:
        assert self._cells is not None
        touched = self._touched(old, size)
        decided = contests_decided(self.tables, old, size)
        if touched:
            precincts = sorted({precinct for _, precinct in touched})
            self._restand(size, precincts)
            self._resum(precincts)
        if touched or decided:
            contests = decided | {contest for contest, _ in touched}
            self._write(fold(self.tables, self._cells, self._expected), size, contests)

    def _touched(self, old: int, size: int) -> list[tuple[int, int]]:
        with connection.cursor() as cursor:
            cursor.execute(
                TOUCHED,
                {
                    "old": old,
                    "new": size,
                    "contests": list(self.tables.contests_by_id),
                    "election": self.election,
                },
            )
            rows = cursor.fetchall()
        everywhere = {precinct for contest, precinct in rows if contest is None}
        return [(c, p) for c, p in rows if c is not None] + [
            (c, p) for p in everywhere for c in self.tables.contests_by_id
        ]

    def _restand(self, size: int, precincts: list[int]) -> None:
        contests = list(self.tables.contests_by_id)
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM results_standing WHERE precinct_id = ANY(%s) AND contest_id = ANY(%s)",
                [precincts, contests],
            )
            self._insert_standings(cursor, size, precincts, contests)

    def _insert_standings(
        self, cursor: Any, size: int, precincts: list[int] | None, contests: list[int]
    ) -> None:
        rows = standings(some_places=precincts is not None, sealed=self.tables.election.release is not None)
        statement = sql.SQL("INSERT INTO results_standing ({}) {}").format(
            sql.SQL(STANDING_COLUMNS), sql.SQL(STANDING_ROWS).format(standings=rows)
        )
        cursor.execute(statement, {"contests": contests, "size": size, "precincts": precincts})

    def _resum(self, precincts: list[int]) -> None:
        """Sums of the cells of some precincts, from the standings of all precincts of these cells."""
        assert self._cells is not None
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT cell_id FROM registry_precinct WHERE id = ANY(%s)", [precincts])
            cells = [row[0] for row in cursor.fetchall()]
        for key in [key for key in self._cells if key[1] in set(cells)]:
            del self._cells[key]
        self._cells.update(standing_sums(self.tables, cells))

    def _write(self, totals: dict[tuple[int, int], Sums], size: int, contests: Iterable[int]) -> None:
        changed = {key: sums for key, sums in totals.items() if self._written.get(key) != sums}
        self._written = totals
        rows = [
            (contest, territory, s.expected, s.received, s.counted, s.inconsistent, s.returned, s.annulled,
             s.voters_annulled, int_array(s.lines), int_array(s.votes))
            for (contest, territory), s in changed.items()
        ]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.executemany(UPSERT_TOTAL, rows)
            cursor.executemany(UPSERT_OUTCOME, self._outcomes(totals, size, set(contests)))

    def _outcomes(
        self, totals: dict[tuple[int, int], Sums], size: int, contests: set[int]
    ) -> list[tuple[Any, ...]]:
        decided = decisions(self.tables, size)
        return [
            (contest, decided[contest].final, Jsonb(outcome(self.tables, contest, totals, decided)))
            for contest in sorted(contests)
        ]


UPSERT_TOTAL = """INSERT INTO results_total (contest_id, territory_id, expected, received, counted, inconsistent, returned,
    annulled, voters_annulled, lines, votes) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::bigint[], %s::bigint[])
ON CONFLICT (contest_id, territory_id) DO UPDATE SET expected = EXCLUDED.expected, received = EXCLUDED.received,
    counted = EXCLUDED.counted, inconsistent = EXCLUDED.inconsistent, returned = EXCLUDED.returned,
    annulled = EXCLUDED.annulled, voters_annulled = EXCLUDED.voters_annulled, lines = EXCLUDED.lines, votes = EXCLUDED.votes"""
UPSERT_OUTCOME = """INSERT INTO results_outcome (contest_id, final, determination) VALUES (%s, %s, %s)
ON CONFLICT (contest_id) DO UPDATE SET final = EXCLUDED.final, determination = EXCLUDED.determination"""
