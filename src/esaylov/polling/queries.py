"""Reads about election day that other rooms may use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True, slots=True)
class PrecinctReport:
    """A precinct with its latest turnout report (`at` None: none yet)."""

    id: int
    cell: int
    voters: int
    journal: int | None
    at: datetime | None
    reported: int


def precinct_reports(election: str, precincts: Sequence[str]) -> dict[str, PrecinctReport]:
    """Precincts by code, with the latest report of each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.code, p.id, p.cell_id, p.voters, t.journal_id, t.at, COALESCE(t.voters, 0)"
            " FROM registry_precinct p LEFT JOIN LATERAL (SELECT * FROM polling_turnout r WHERE r.precinct_id = p.id"
            " ORDER BY r.at DESC, r.journal_id DESC LIMIT 1) t ON true WHERE p.election = %s AND p.code = ANY(%s)",
            [election, list(precincts)],
        )
        return {row[0]: PrecinctReport(*row[1:]) for row in cursor.fetchall()}


def turnout_by_time(election: str, size: int) -> list[tuple[datetime, int, int]]:
    """(time, precincts that reported by then, voters by then) for every time of report, at a size of the log.

    A precinct that skipped a time counts with its report before.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.at, t.precinct_id, t.voters FROM polling_turnout t JOIN acts_entry e ON e.journal_id = t.journal_id"
            " JOIN registry_precinct p ON p.id = t.precinct_id WHERE p.election = %s AND e.index < %s"
            " ORDER BY t.at, e.index",
            [election, size],
        )
        rows = cursor.fetchall()
    latest: dict[int, int] = {}
    voters = 0
    series: dict[datetime, tuple[int, int]] = {}
    for at, precinct, reported in rows:
        voters += reported - latest.get(precinct, 0)
        latest[precinct] = reported
        series[at] = (len(latest), voters)
    return [(at, precincts, total) for at, (precincts, total) in series.items()]
