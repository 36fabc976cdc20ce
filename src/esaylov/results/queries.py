"""Reads of results, all at one size of the log: what pages and feeds may show.

Everything here is read inside `snapshot` (or `reading`): one REPEATABLE READ READ ONLY transaction, so that
no page mixes two sizes. Figures come from projections, which hold for the tabulated size; acts behind them are
read by `released.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from psycopg import sql

from esaylov.acts.context import UnknownElection
from esaylov.elections.models import Election
from esaylov.elections.queries import ContestRow, ElectionTables, tables


@dataclass(frozen=True, slots=True)
class SignedHead:
    """The first checkpoint that covers a size: its own size, root (32 bytes), note, and the time of
    signing.
    """

    size: int
    root: bytes
    note: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An election at one size of the log. `head` is None only before the first checkpoint; `as_of` is the latest
    time of the election's acts just below the size, by its own clock (None: not among the latest entries), `last_leaf` the
    leaf hash of the last entry.
    """

    election: Election
    tables: ElectionTables
    zone: ZoneInfo
    size: int
    head: SignedHead | None
    as_of: datetime | None = None
    last_leaf: bytes = b""

    def contest(self, code: str) -> ContestRow | None:
        """The contest with this code, None when there is none."""
        return self.tables.contests.get(code)


@dataclass(frozen=True, slots=True)
class TotalRow:
    """Sums of a contest over a territory, as docs/formats.md, section 4, defines them. `lines` follow the
    edition's form, `votes` the contest's options.
    """

    contest: int
    territory: int
    expected: int
    received: int
    counted: int
    inconsistent: int
    returned: int
    annulled: int
    voters_annulled: int
    lines: tuple[int, ...]
    votes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """Who wins a contest: its member of `determinations.json`."""

    contest: int
    final: bool
    determination: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision on a whole contest: `lot`, `determination` or `certification`; `index` is its place in the
    log.
    """

    kind: str
    number: str
    outcome: tuple[str, ...]
    at: datetime
    index: int


@dataclass(frozen=True, slots=True)
class StandingRow:
    """What stands for a place: state, whether it counts, conflicting protocols beside it. Without a
    standing protocol (an annulled precinct that never reported) `index` is None; `lines` and `votes` are
    there when they were asked for.
    """

    contest: int
    state: str
    counts: bool
    index: int | None
    conflicts: int
    lines: tuple[int, ...] = ()
    votes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PrecinctRow:
    """A precinct with the voters on its list before election day, and what stands there, by contest's
    database id.
    """

    id: int
    code: str
    number: str
    voters: int
    address: str
    latitude: str
    longitude: str
    place_public: bool | None
    territory: int
    constituency: int | None
    cell: int
    standing: dict[int, StandingRow]


# --- one size ---

FAR_BACK = 300
"""How many entries below a size are searched for the latest act of the election (a log may hold other elections too)."""

CURRENT = """SELECT t.size, c.size, c.root, c.note, c.signed_at, a.at, l.leaf_hash
FROM results_tabulation t
    LEFT JOIN LATERAL (SELECT * FROM acts_checkpoint h WHERE h.size >= t.size ORDER BY h.size LIMIT 1) c ON true
    LEFT JOIN LATERAL (SELECT max(j.at) AS at FROM acts_entry e JOIN acts_journal j ON j.id = e.journal_id
        WHERE e.index < t.size AND e.index >= t.size - %(far)s AND j.election = %(election)s) a ON true
    LEFT JOIN acts_entry l ON l.index = t.size - 1
WHERE t.election_id = %(election)s"""


@contextmanager
def reading() -> Iterator[None]:
    """One transaction that reads one state of the database and can write nothing."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


@contextmanager
def snapshot(election: str) -> Iterator[Snapshot]:
    """The election at the size of its projections, for as long as the context lasts. Raises
    UnknownElection, also for an election that was not tabulated yet.
    """
    with reading():
        yield current(election)


def current(election: str) -> Snapshot:
    """The same, inside a transaction of `reading`."""
    known = tables(election)
    rows = list(fetched(CURRENT, {"election": election, "far": FAR_BACK}))
    if not rows:
        raise UnknownElection(election)
    size, covered, root, note, signed_at, as_of, leaf = rows[0]
    head = None if covered is None else SignedHead(covered, bytes(root), note, signed_at)
    return Snapshot(
        known.election, known, ZoneInfo(known.election.timezone), size, head, as_of, bytes(leaf or b"")
    )


def sizes() -> dict[str, int]:
    """The size of the log for which each election's projections hold."""
    return dict(fetched("SELECT election_id, size FROM results_tabulation"))


def head_of(size: int) -> SignedHead | None:
    """The first signed checkpoint that covers a size."""
    rows = fetched(
        "SELECT size, root, note, signed_at FROM acts_checkpoint WHERE size >= %s ORDER BY size LIMIT 1",
        [size],
    )
    return next((SignedHead(found, bytes(root), note, at) for found, root, note, at in rows), None)


# --- sums and outcomes ---

TOTALS = """SELECT t.contest_id, t.territory_id, t.expected, t.received, t.counted, t.inconsistent,
    t.returned, t.annulled, t.voters_annulled, t.lines, t.votes FROM results_total t"""


def own_totals(at: Snapshot, contests: Iterable[int] | None = None) -> dict[int, TotalRow]:
    """Sums of contests (None: all) over their own territories, by contest id."""
    rows = fetched(
        f"{TOTALS} JOIN elections_contest c ON c.id = t.contest_id AND c.territory_id = t.territory_id"
        " WHERE c.id = ANY(%s) ORDER BY c.position",
        [_chosen(at, contests)],
    )
    return {row[0]: _total(row) for row in rows}


def _chosen(at: Snapshot, contests: Iterable[int] | None) -> list[int]:
    return list(at.tables.contests_by_id if contests is None else contests)


def totals_in(at: Snapshot, territories: Iterable[int]) -> dict[tuple[int, int], TotalRow]:
    """Sums of all contests over some territories, by (contest id, territory id)."""
    rows = fetched(
        f"{TOTALS} WHERE t.contest_id = ANY(%s) AND t.territory_id = ANY(%s)",
        [list(at.tables.contests_by_id), list(territories)],
    )
    return {(row[0], row[1]): _total(row) for row in rows}


def _total(row: Sequence[Any]) -> TotalRow:
    return TotalRow(*[*row[:9], tuple(row[9]), tuple(row[10])])


def outcomes(at: Snapshot, contests: Iterable[int] | None = None) -> dict[int, OutcomeRow]:
    """Who wins contests (None: all), by contest id."""
    rows = fetched(
        "SELECT contest_id, final, determination FROM results_outcome WHERE contest_id = ANY(%s)",
        [_chosen(at, contests)],
    )
    return {contest: OutcomeRow(contest, final, json.loads(found)) for contest, final, found in rows}


def contest_decisions(at: Snapshot, contest: int) -> list[DecisionRow]:
    """The decisions on a contest in the log's order."""
    rows = fetched(
        "SELECT d.kind, d.number, d.outcome, d.at, e.index FROM results_contestdecision d"
        " JOIN acts_entry e ON e.journal_id = d.journal_id"
        " WHERE d.contest_id = %s AND e.index < %s ORDER BY e.index",
        [contest, at.size],
    )
    return [DecisionRow(kind, number, tuple(drawn), time, index) for kind, number, drawn, time, index in rows]


# --- places ---

PRECINCTS = """SELECT p.id, p.code, p.number, p.voters, p.address, p.latitude, p.longitude, p.place_public,
    p.territory_id, p.constituency_id, p.cell_id, p.total, s.contest_id, s.state, s.counts, s.index, s.conflicts,
    {figures}
FROM (SELECT p.*, count(*) OVER () AS total FROM registry_precinct p
      WHERE p.election = %(election)s AND {which} ORDER BY p.position LIMIT %(limit)s OFFSET %(offset)s) p
    LEFT JOIN results_standing s ON s.precinct_id = p.id AND s.contest_id = ANY(%(contests)s) AND {places}
    LEFT JOIN results_protocol f ON f.journal_id = s.protocol_id
ORDER BY p.position"""
WITHOUT_FIGURES = "NULL, NULL"
FIGURES = "f.lines, f.votes"
OUTSIDE = "(NOT s.counts OR s.conflicts > 0)"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list of precincts: `limit` of them after the first `offset`."""

    limit: int
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Precincts:
    """Some precincts of a list, and how many the whole list has (0 when the part lies behind its end)."""

    rows: tuple[PrecinctRow, ...]
    total: int


def precincts_directly_in(at: Snapshot, territory: int, part: Part) -> Precincts:
    """The precincts whose own territory, constituency or further territory this is, with all that stands
    there.
    """
    which = "(p.territory_id = %(place)s OR p.constituency_id = %(place)s OR %(place)s = ANY(p.links))"
    return _precincts(at, which, list(at.tables.contests_by_id), part, place=territory)


def precincts_of(at: Snapshot, contest: ContestRow, part: Part) -> Precincts:
    """The precincts that vote in a contest, with its figures."""
    cells = [cell for cell in at.tables.cells if at.tables.concerns(contest, cell)]
    return _precincts(at, "p.cell_id = ANY(%(cells)s)", [contest.id], part, figures=FIGURES, cells=cells)


def precinct(at: Snapshot, code: str) -> PrecinctRow | None:
    """A precinct by code with all that stands there and its figures."""
    contests = list(at.tables.contests_by_id)
    found = _precincts(at, "p.code = %(code)s", contests, Part(1), figures=FIGURES, code=code)
    return found.rows[0] if found.rows else None


def precincts_outside(
    at: Snapshot, part: Part, *, territory: int | None = None, contest: int | None = None
) -> Precincts:
    """Precincts with a place outside the totals or conflicting protocols, each with those places only."""
    which = """p.id IN (SELECT s.precinct_id FROM results_standing s JOIN registry_cell c ON c.id = s.cell_id
        WHERE s.contest_id = ANY(%(contests)s) AND (NOT s.counts OR s.conflicts > 0)
        AND (%(place)s::int IS NULL OR %(place)s = ANY(c.territories)))"""
    contests = list(at.tables.contests_by_id) if contest is None else [contest]
    return _precincts(at, which, contests, part, places=OUTSIDE, place=territory)


def waiting(at: Snapshot, contest: ContestRow) -> dict[int, tuple[int, int]]:
    """Precincts whose place in a contest is neither counted nor annulled, and the voters on their lists before
    election day, by territory that they lie in.
    """
    cells = [cell for cell in at.tables.cells if at.tables.concerns(contest, cell)]
    rows = fetched(
        "SELECT p.cell_id, count(*), sum(p.voters) FROM registry_precinct p WHERE p.cell_id = ANY(%s)"
        " AND NOT EXISTS (SELECT FROM results_standing s WHERE s.precinct_id = p.id AND s.contest_id = %s"
        " AND (s.counts OR s.state = 'annulled')) GROUP BY 1",
        [cells, contest.id],
    )
    found: dict[int, tuple[int, int]] = {}
    for cell, precincts, voters in rows:
        for territory in at.tables.cells[cell]:
            before = found.get(territory, (0, 0))
            found[territory] = before[0] + precincts, before[1] + int(voters)
    return found


@dataclass(frozen=True, slots=True)
class OutsideCount:
    """Places of a contest outside its totals by state, and how many have conflicting protocols beside what
    stands.
    """

    inconsistent: int = 0
    returned: int = 0
    annulled: int = 0
    conflicting: int = 0

    def __add__(self, other: OutsideCount) -> OutsideCount:
        return OutsideCount(
            self.inconsistent + other.inconsistent,
            self.returned + other.returned,
            self.annulled + other.annulled,
            self.conflicting + other.conflicting,
        )

    @property
    def any(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.inconsistent or self.returned or self.annulled or self.conflicting)


def outside_counts(at: Snapshot, territory: int | None = None) -> dict[int, OutsideCount]:
    """What is outside the totals, or conflicting, in a territory (None: everywhere), by contest id."""
    rows = fetched(
        "SELECT s.contest_id, count(*) FILTER (WHERE s.state = 'inconsistent'),"
        " count(*) FILTER (WHERE s.state = 'returned'), count(*) FILTER (WHERE s.state = 'annulled'),"
        " count(*) FILTER (WHERE s.conflicts > 0)"
        " FROM results_standing s JOIN registry_cell c ON c.id = s.cell_id"
        " WHERE s.contest_id = ANY(%(contests)s) AND (NOT s.counts OR s.conflicts > 0)"
        " AND (%(place)s::int IS NULL OR %(place)s = ANY(c.territories)) GROUP BY 1",
        {"contests": list(at.tables.contests_by_id), "place": territory},
    )
    return {row[0]: OutsideCount(*row[1:]) for row in rows}


def _precincts(
    at: Snapshot,
    which: str,
    contests: list[int],
    part: Part,
    *,
    figures: str = WITHOUT_FIGURES,
    places: str = "true",
    **parameters: Any,
) -> Precincts:
    statement = PRECINCTS.format(figures=figures, which=which, places=places)
    parameters |= {"election": at.election.id, "contests": contests}
    found: dict[int, PrecinctRow] = {}
    total = 0
    for row in fetched(statement, {**parameters, "limit": part.limit, "offset": part.offset}):
        total = row[11]
        place = found.get(row[0])
        if place is None:
            place = found[row[0]] = PrecinctRow(*[*row[:11], {}])
        if row[12] is not None:
            place.standing[row[12]] = StandingRow(
                *row[12:17], *(tuple(figures or ()) for figures in row[17:])
            )
    return Precincts(tuple(found.values()), total)


def fetched(statement: str | sql.Composed, parameters: Any = None) -> list[Any]:
    """The rows of a statement. Errors are Django's (`django.db.Error` and its kinds)."""
    with connection.cursor() as cursor:
        cursor.execute(cast(str, statement), parameters)
        return cast("list[Any]", cursor.fetchall())
