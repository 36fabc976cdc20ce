"""Turnout by time, kept up to date: each call reads only the reports that the log has gained since the one before."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime
from weakref import WeakKeyDictionary

from django.db import connection

from esaylov.elections.queries import ElectionTables

Report = tuple[datetime, int, int]
Point = tuple[datetime, int, int]

REPORTS = """SELECT t.at, t.precinct_id, t.voters FROM acts_entry e JOIN polling_turnout t ON t.journal_id = e.journal_id
JOIN registry_precinct p ON p.id = t.precinct_id
WHERE p.election = %s AND e.index >= %s AND e.index < %s ORDER BY t.at, e.index"""


class TurnoutSeries:
    """Voters by every time of report, from reports in the order of their times."""

    def __init__(self) -> None:
        self._latest: dict[int, int] = {}
        self._voters = 0
        self._points: dict[datetime, Point] = {}

    @property
    def end(self) -> datetime | None:
        """The last time of report."""
        return next(reversed(self._points), None)

    @property
    def points(self) -> tuple[Point, ...]:
        """(time, precincts that reported by then, voters by then); a precinct that skipped a time counts with its report
        before."""
        return tuple(self._points.values())

    def extend(self, reports: Iterable[Report]) -> None:
        """Takes reports (time, precinct, voters until then), none of them earlier than `end`."""
        for at, precinct, voters in reports:
            self._voters += voters - self._latest.get(precinct, 0)
            self._latest[precinct] = voters
            self._points[at] = (at, len(self._latest), self._voters)


class _Known:
    """The series of one election at a size of the log."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.size = 0
        self.series = TurnoutSeries()

    def at(self, election: str, size: int) -> tuple[Point, ...]:
        with self.lock:
            if size < self.size:
                older = TurnoutSeries()
                older.extend(_reports(election, 0, size))
                return older.points
            reports = _reports(election, self.size, size)
            if reports and self.series.end is not None and reports[0][0] < self.series.end:
                self.series, reports = TurnoutSeries(), _reports(election, 0, size)
            self.series.extend(reports)
            self.size = size
            return self.series.points


_known: WeakKeyDictionary[ElectionTables, _Known] = WeakKeyDictionary()
_known_lock = threading.Lock()


def turnout_by_time(tables: ElectionTables, size: int) -> tuple[Point, ...]:
    """(time, precincts that reported by then, voters by then) for every time of report, at a size of the log."""
    with _known_lock:
        known = _known.setdefault(tables, _Known())
    return known.at(tables.election.id, size)


def _reports(election: str, start: int, end: int) -> list[Report]:
    with connection.cursor() as cursor:
        cursor.execute(REPORTS, [election, start, end])
        return list(cursor.fetchall())
