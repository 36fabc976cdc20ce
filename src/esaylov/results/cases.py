"""What the acts on protocols need to know of a place, read in bulk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from esaylov.acts.door import Case, Submission
from esaylov.acts.powers import Target
from esaylov.acts.statements import ask
from esaylov.elections.queries import ContestRow, ElectionTables


@dataclass(slots=True, kw_only=True)
class PlaceCase(Case):
    """A submission about one place. `precinct` is the database id (0: unknown), `standing` its standing protocol."""

    precinct: int = 0
    cell: int = 0
    contest: ContestRow | None = None
    on_roster: bool = False
    standing: "StandingFact | None" = None
    annulled: bool = False
    closed: bool = False
    errors: bool = False


@dataclass(frozen=True, slots=True)
class StandingFact:
    """The latest version of a place's protocol as the facts say now, sequenced or not. `state` includes rulings."""

    journal: int
    version: int
    state: str
    leaf: bytes
    lines: list[int]
    votes: list[int]
    at: datetime


# Submissions share a contest's lock; certifying takes it alone, so that what it sums up cannot change under it. The lock
# comes before any write: whoever waits gets a later transaction number, and so a later place in the log. It is a
# statement of its own: one that waited would go on with the snapshot that it took before.
LOCK_SPACE = 2024
SHARED = "SELECT pg_advisory_xact_lock_shared(%s, c) FROM unnest(%s::int[]) AS c"
ALONE = "SELECT pg_advisory_xact_lock(%s, c) FROM unnest(%s::int[]) AS c"
MIXED = """SELECT CASE WHEN alone THEN pg_advisory_xact_lock(%s, c) ELSE pg_advisory_xact_lock_shared(%s, c) END
FROM (SELECT * FROM unnest(%s::int[], %s::bool[]) AS q(c, alone) ORDER BY c) AS contests"""

# Whoever rules on the version that stands, or replaces it, has the place alone: else a ruling could follow in the log
# upon the version that it does not mean. Many at once take the whole contest instead of many locks.
PLACE = """SELECT pg_advisory_xact_lock(h) FROM (SELECT DISTINCT hashtextextended(t, 2024) AS h
FROM unnest(%s::text[]) AS t ORDER BY h) AS places"""
PLACES_AT_ONCE = 200

# One statement for a batch: the precincts named, and for each place the latest version with its latest ruling. Place by
# place through the indexes, whatever the database believes of tables that were filled a moment ago.
PLACES = """
SELECT q.n, p.id, p.cell_id, p.territory_id, v.journal_id, v.version, COALESCE(r.kind, v.state), v.leaf,
       v.lines, v.votes, v.at,
       EXISTS (SELECT 1 FROM results_ruling a WHERE a.precinct_id = p.id AND a.kind = 'annul'
               AND (a.contest_id IS NULL OR a.contest_id = q.contest)),
       EXISTS (SELECT 1 FROM results_contestdecision d WHERE d.kind = 'certification' AND d.contest_id = q.contest)
FROM unnest(%s::int[], %s::text[], %s::int[]) AS q(n, precinct, contest)
CROSS JOIN LATERAL (SELECT * FROM registry_precinct i WHERE i.election = %s AND i.code = q.precinct LIMIT 1) p
LEFT JOIN LATERAL (SELECT * FROM results_protocol f WHERE f.precinct_id = p.id AND f.contest_id = q.contest
                   AND f.state <> 'conflicting' ORDER BY f.version DESC LIMIT 1) v ON true
LEFT JOIN LATERAL (SELECT kind FROM results_ruling g WHERE g.precinct_id = p.id AND g.protocol_id = v.journal_id
                   ORDER BY g.journal_id DESC LIMIT 1) r ON true
"""

RULED = {"accept": "accepted", "return": "returned"}


def place_cases(
    election: str, tables: ElectionTables, submissions: Sequence[Submission], *, alone: bool = False
) -> list[PlaceCase]:
    """One case for each submission whose payload has `precinct` and `contest` (contest None: the precinct as a whole).

    `alone`: the act rules on the version that stands or replaces it; others of this kind wait until it is done.
    """
    cases = []
    for submission in submissions:
        contest = tables.contests.get(submission.payload.contest or "")
        cases.append(
            PlaceCase(submission=submission, contest=contest, contest_kind=contest.kind if contest else None)
        )
    contests = {case.contest.id for case in cases if case.contest}
    many = len(cases) > PLACES_AT_ONCE
    lock_contests(contests, shared=not (alone and many))
    if alone and not many:
        lock_places(election, [submission.payload for submission in submissions])
    asked = ask(
        PLACES,
        [
            list(range(len(cases))),
            [case.submission.payload.precinct for case in cases],
            [case.contest.id if case.contest else None for case in cases],
            election,
        ],
    )
    for row in asked.rows():
        _fill(cases[row[0]], tables, row)
    return cases


def _fill(case: PlaceCase, tables: ElectionTables, row: Sequence[Any]) -> None:
    (
        _,
        case.precinct,
        case.cell,
        _,
        journal,
        version,
        state,
        leaf,
        lines,
        votes,
        at,
        case.annulled,
        case.closed,
    ) = row
    case.target = Target(precinct=case.precinct, territories=tables.cells[case.cell])
    case.abroad, case.zone = case.cell in tables.cells_abroad, tables.zones.get(case.cell)
    case.on_roster = case.contest is not None and tables.concerns(case.contest, case.cell)
    if journal is not None:
        case.standing = StandingFact(journal, version, RULED.get(state, state), bytes(leaf), lines, votes, at)


def lock_contests(contests: Iterable[int], *, shared: bool) -> None:
    """Locks contests until the end of the transaction: shared for whoever changes what counts, alone for certifying."""
    ask(SHARED if shared else ALONE, [LOCK_SPACE, sorted(contests)])


def lock_places(election: str, payloads: Sequence[Any]) -> None:
    """Locks places alone until the end of the transaction, in one order; after the locks of their contests."""
    ask(PLACE, [[f"{election} {payload.contest} {payload.precinct}" for payload in payloads]])


def lock_mixed(contests: Mapping[int, bool]) -> None:
    """Locks contests until the end of the transaction, in one order: alone where the value is true, else shared."""
    chosen = sorted(contests.items())
    ask(MIXED, [LOCK_SPACE, LOCK_SPACE, [contest for contest, _ in chosen], [alone for _, alone in chosen]])


def certified_contests(tables: ElectionTables) -> list[ContestRow]:
    """The contests of an election whose result is certified."""
    asked = ask(
        "SELECT contest_id FROM results_contestdecision WHERE kind = 'certification' AND contest_id = ANY(%s::int[])",
        [list(tables.contests_by_id)],
    )
    return [tables.contests_by_id[contest] for (contest,) in asked.rows()]
