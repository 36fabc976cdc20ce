"""An election at one size of the log, computed from the facts: the input of the open data's writers."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg import sql

from esaylov.elections.models import Election
from esaylov.elections.queries import ElectionTables, context, tables
from esaylov.elections.records import election_records
from esaylov.exchange.compositions import compositions, entered
from esaylov.exchange.published import PublishedElection, StandingProtocol, Total
from esaylov.exchange.records import CALENDAR, OPEN_END, Decision, Turnout
from esaylov.formation.compositions import bodies, steps
from esaylov.proceedings.published import sittings
from esaylov.results.outcomes import decisions, outcome
from esaylov.results.standings import standings
from esaylov.results.sums import Sums, cell_sums, expected_places, fold
from esaylov.voters.freezing.queries import frozen_lists
from esaylov.voters.places.published import precinct_rules

CHUNK = 5_000


def published_election(election: Election, size: int) -> PublishedElection:
    """Everything that is published of an election at a size. Call it within one REPEATABLE READ transaction."""
    at_hand = tables(election.id)
    records = election_records(election)
    totals = fold(at_hand, cell_sums(at_hand, size), expected_places(at_hand))
    decided = decisions(at_hand, size)
    formed = steps(election.id, size)
    contests = sorted(at_hand.contests.values(), key=lambda contest: contest.position)
    return PublishedElection(
        id=election.id,
        title=election.package.get("title") or election.id,
        titles=election.titles,
        date=election.date,
        timezone=election.timezone,
        country=election.package.get("country"),
        simulated=election.simulated,
        pilot=election.pilot,
        replay=election.replay,
        edition_text=election.edition_toml.encode(),
        edition=at_hand.edition,
        territories=records.territories,
        contests=records.contests,
        options=records.options,
        precincts=records.precincts,
        precinct_territories=records.precinct_territories,
        protocols=_protocols(at_hand, size),
        turnout=list(_turnout(election.id, size)),
        decisions=list(_decisions(election.id, size)),
        totals=_totals(at_hand, totals),
        determinations=[outcome(at_hand, contest.id, totals, decided) for contest in contests],
        as_of=_last_act(election, size),
        events=election.days,
        sittings=sittings(election.id, size),
        compositions=compositions(bodies(election.id), formed),
        entered=entered(formed),
        frozen=frozen_lists(election.id, size),
        rules=precinct_rules(election.id, size),
    )


def _local(election: str, at: datetime) -> str:
    return context(election).local(at)


STANDING = """WITH RECURSIVE {standings}
SELECT p.code, s.contest_id, s.lines, s.votes, f.at, s.state, f.version, s.index FROM standing s
JOIN registry_precinct p ON p.id = s.precinct_id JOIN results_protocol f ON f.journal_id = s.protocol_id"""


def _protocols(at_hand: ElectionTables, size: int) -> Iterator[StandingProtocol]:
    local = context(at_hand.election.id).local
    source = standings(some_places=False, sealed=at_hand.election.release is not None)
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            sql.SQL(STANDING).format(standings=source),
            {"contests": list(at_hand.contests_by_id), "size": size, "precincts": None},
        )
        while rows := cursor.fetchmany(CHUNK):
            for precinct, contest, lines, votes, at, state, version, index in rows:
                code = at_hand.contests_by_id[contest].code
                yield StandingProtocol(precinct, code, lines, votes, local(at), state, version, index)


def _turnout(election: str, size: int) -> Iterator[Turnout]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.code, t.at, t.voters FROM polling_turnout t JOIN acts_entry e ON e.journal_id = t.journal_id"
            " JOIN registry_precinct p ON p.id = t.precinct_id WHERE p.election = %s AND e.index < %s ORDER BY e.index",
            [election, size],
        )
        local = context(election).local
        for precinct, at, voters in cursor.fetchall():
            yield Turnout(precinct, local(at), voters)


DECISIONS = """SELECT e.index, CASE g.kind WHEN 'accept' THEN 'acceptance' WHEN 'return' THEN 'return' ELSE 'annulment' END,
    g.number, g.at, p.code, c.code, '{}'::text[], NULL::timestamptz, NULL::timestamptz
FROM results_ruling g JOIN acts_entry e ON e.journal_id = g.journal_id
JOIN registry_precinct p ON p.id = g.precinct_id LEFT JOIN elections_contest c ON c.id = g.contest_id
WHERE p.election = %(election)s AND e.index < %(size)s
UNION ALL SELECT e.index, d.kind, d.number, d.at, NULL, c.code, d.outcome, NULL, NULL
FROM results_contestdecision d JOIN acts_entry e ON e.journal_id = d.journal_id
JOIN elections_contest c ON c.id = d.contest_id WHERE c.election_id = %(election)s AND e.index < %(size)s
UNION ALL SELECT e.index, 'calendar', m.number, m.at, NULL, NULL, ARRAY[m.step], m.opens, m.closes
FROM elections_move m JOIN acts_entry e ON e.journal_id = m.journal_id
WHERE m.election_id = %(election)s AND e.index < %(size)s ORDER BY 1"""


def _decisions(election: str, size: int) -> Iterator[Decision]:
    local = context(election).local
    with connection.cursor() as cursor:
        cursor.execute(DECISIONS, {"election": election, "size": size})
        for _, kind, number, at, precinct, contest, drawn, *ends in cursor.fetchall():
            times = [local(end) if end else OPEN_END for end in ends] if kind == CALENDAR else []
            yield Decision(kind, number, local(at), precinct, contest, (*drawn, *times))


def _totals(at_hand: ElectionTables, totals: dict[tuple[int, int], Sums]) -> list[Total]:
    codes = _territory_codes(at_hand)
    rows: list[Total] = []
    for contest in sorted(at_hand.contests.values(), key=lambda one: one.position):
        for territory, code in codes:
            s = totals.get((contest.id, territory))
            if s is not None and s.expected:
                rows.append(
                    Total(contest.code, code, s.expected, s.received, s.counted, s.inconsistent, s.returned,
                          s.annulled, s.voters_annulled, s.lines, s.votes)
                )  # fmt: skip
    return rows


def _territory_codes(at_hand: ElectionTables) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, code FROM registry_territory WHERE election = %s ORDER BY position",
            [at_hand.election.id],
        )
        rows: Sequence[Any] = cursor.fetchall()
    return rows


def _last_act(election: Election, size: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT j.at FROM acts_entry e JOIN acts_journal j ON j.id = e.journal_id"
            " WHERE j.election = %s AND e.index < %s ORDER BY e.index DESC LIMIT 1",
            [election.id, size],
        )
        row = cursor.fetchone()
    return _local(election.id, row[0]) if row else ""
