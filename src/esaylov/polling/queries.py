"""Reads about election day that other rooms may use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True, slots=True)
class PrecinctReport:
    """A precinct and what it reported around a time: in the same second (journal id and voters, None: nothing), latest
    before it, first after it.
    """

    id: int
    cell: int
    voters: int
    journal: int | None
    reported: int | None
    before: int | None
    after: int | None


REPORTS = """SELECT q.n, p.id, p.cell_id, p.voters, s.journal_id, s.voters, b.voters, a.voters
FROM unnest(%s::int[], %s::text[], %s::timestamptz[]) AS q(n, precinct, at)
JOIN registry_precinct p ON p.election = %s AND p.code = q.precinct
LEFT JOIN LATERAL (SELECT r.journal_id, r.voters FROM polling_turnout r WHERE r.precinct_id = p.id AND r.at >= q.at
                   AND r.at < q.at + interval '1 second' ORDER BY r.at, r.journal_id LIMIT 1) s ON true
LEFT JOIN LATERAL (SELECT r.voters FROM polling_turnout r WHERE r.precinct_id = p.id AND r.at < q.at
                   ORDER BY r.at DESC, r.journal_id DESC LIMIT 1) b ON true
LEFT JOIN LATERAL (SELECT r.voters FROM polling_turnout r WHERE r.precinct_id = p.id
                   AND r.at >= q.at + interval '1 second' ORDER BY r.at, r.journal_id LIMIT 1) a ON true"""


def precinct_reports(election: str, places: Sequence[tuple[str, datetime]]) -> dict[int, PrecinctReport]:
    """What precincts (by code) reported around times; by position in `places`, unknown precincts left out."""
    seconds = [at.replace(microsecond=0) for _, at in places]
    with connection.cursor() as cursor:
        cursor.execute(
            REPORTS, [list(range(len(places))), [precinct for precinct, _ in places], seconds, election]
        )
        return {row[0]: PrecinctReport(*row[1:]) for row in cursor.fetchall()}


REPORTED = """SELECT t.at, t.voters FROM polling_turnout t JOIN acts_entry e ON e.journal_id = t.journal_id
WHERE t.precinct_id = %s AND e.index < %s ORDER BY t.at, e.index"""


def reports_of(precinct: int, size: int) -> list[tuple[datetime, int]]:
    """What a precinct (by database id) reported that is public at a size of the log: times and voters until then."""
    with connection.cursor() as cursor:
        cursor.execute(REPORTED, [precinct, size])
        return [(at, voters) for at, voters in cursor.fetchall()]
