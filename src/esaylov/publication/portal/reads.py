"""What the portal reads: how far each election is, what was decided, what was corrected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import sql

from esaylov.publication.portal.phases import Progress
from esaylov.results.queries import Snapshot, fetched
from esaylov.results.released import happened, released

# --- all elections ---

PROGRESS = """SELECT c.election_id, count(*), count(*) FILTER (WHERE o.final),
    COALESCE(sum(t.counted), 0), COALESCE(sum(t.expected), 0)
FROM elections_contest c
    LEFT JOIN results_outcome o ON o.contest_id = c.id
    LEFT JOIN results_total t ON t.contest_id = c.id AND t.territory_id = c.territory_id
GROUP BY 1"""


def progress() -> dict[str, Progress]:
    """How far each election is, from the projections, by id."""
    return {
        election: Progress(contests, final, int(counted), int(expected))
        for election, contests, final, counted, expected in fetched(PROGRESS)
    }


@dataclass(frozen=True, slots=True)
class Disputed:
    """Places of an election: corrected ones, and those that are returned, annulled, inconsistent or conflicting now."""

    corrected: int = 0
    returned: int = 0
    annulled: int = 0
    inconsistent: int = 0
    conflicting: int = 0

    @property
    def any(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.corrected or self.returned or self.annulled or self.inconsistent or self.conflicting)


DISPUTED = """SELECT c.election_id, count(*) FILTER (WHERE f.replaces IS NOT NULL),
    count(*) FILTER (WHERE s.state = 'returned'), count(*) FILTER (WHERE s.state = 'annulled'),
    count(*) FILTER (WHERE s.state = 'inconsistent'), count(*) FILTER (WHERE s.conflicts > 0)
FROM results_standing s JOIN elections_contest c ON c.id = s.contest_id
    LEFT JOIN results_protocol f ON f.journal_id = s.protocol_id
WHERE NOT s.counts OR s.conflicts > 0 OR f.replaces IS NOT NULL GROUP BY 1"""


def disputed() -> dict[str, Disputed]:
    """The same for each election, from the projections, by id."""
    return {row[0]: Disputed(*row[1:]) for row in fetched(DISPUTED)}


# --- what happened to protocols ---


@dataclass(frozen=True, slots=True)
class EventRow:
    """A correction, a conflicting protocol, a return or an annulment. `journal` is the protocol that it is about (None:
    an annulment), `contest` is None where it concerns every contest of the precinct.
    """

    kind: str
    index: int
    at: datetime
    number: str
    body: str
    precinct: int
    precinct_code: str
    precinct_number: str
    territory: int
    contest: int | None
    journal: int | None


@dataclass(frozen=True, slots=True)
class FiguresRow:
    """A public version of a protocol: its figures, the leaf hash of its entry and of the one that it replaces."""

    journal: int
    contest: int
    precinct: int
    version: int
    conflicting: bool
    lines: tuple[int, ...]
    votes: tuple[int, ...]
    leaf: bytes
    replaces: bytes | None
    index: int


EVENTS = """SELECT count(*) OVER (), h.kind, h.index, h.at, h.number, j.body, p.id, p.code, p.number, p.territory_id,
    h.contest_id, h.protocol
FROM happened h JOIN registry_precinct p ON p.id = h.precinct_id JOIN acts_journal j ON j.id = h.act
ORDER BY h.index DESC LIMIT %(limit)s OFFSET %(offset)s"""

FIGURES = """ SELECT v.journal_id, v.contest_id, v.precinct_id, f.version, v.state = 'conflicting', v.lines, v.votes,
    v.leaf, v.replaces, v.index
FROM visible v JOIN results_protocol f ON f.journal_id = v.journal_id ORDER BY v.index"""


def events(at: Snapshot, limit: int, offset: int = 0) -> tuple[int, list[EventRow]]:
    """What was corrected, returned, annulled or contested, newest first, and how much of it there is (0 behind the
    end). Sealed protocols are not in it: the statement of standings is the release gate.
    """
    found = happened(at, sql.SQL(EVENTS), limit=limit, offset=offset)
    rows = [EventRow(*row[1:]) for row in found]
    return (found[0][0] if found else 0), rows


def figures_of(
    at: Snapshot, precincts: Iterable[int], contests: Iterable[int]
) -> dict[tuple[int, int], list[FiguresRow]]:
    """All public versions of some places, in the log's order, by (contest, precinct)."""
    places = {"precincts": sorted(set(precincts)), "contests": sorted(set(contests))}
    rows = released(at, sql.SQL(FIGURES), some_places=True, **places)
    found: dict[tuple[int, int], list[FiguresRow]] = {}
    for row in rows:
        *known, lines, votes, leaf, replaces, index = row
        before = bytes(replaces) if replaces else None
        one = FiguresRow(*[*known, tuple(lines), tuple(votes), bytes(leaf), before, index])
        found.setdefault((one.contest, one.precinct), []).append(one)
    return found


# --- documents ---


@dataclass(frozen=True, slots=True)
class ActRow:
    """A founding act of an election (loaded, called, roster) with its entry."""

    code: str
    at: datetime
    index: int


FOUNDING = ("elections.load_package", "elections.call_election", "results.publish_roster")
NEAR = 100
"""How many rows around the calling act are searched: they are written together, while nothing else happens."""


def founding(at: Snapshot) -> list[ActRow]:
    """The acts by which the election came to be, in the log's order."""
    call = at.election.journal
    rows = fetched(
        "SELECT j.code, j.at, e.index FROM acts_journal j JOIN acts_entry e ON e.journal_id = j.id"
        " WHERE j.id BETWEEN %s AND %s AND j.election = %s AND j.code = ANY(%s) AND e.index < %s ORDER BY e.index",
        [call - NEAR, call + NEAR, at.election.id, list(FOUNDING), at.size],
    )
    return [ActRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A numbered decision: of one kind, by one body, perhaps about several places. `precinct` (its `territory` by database
    id) and `contest` are those of the only place, else None; `index` is the last entry.
    """

    kind: str
    number: str
    body: str
    at: datetime
    index: int
    places: int
    precinct_code: str | None
    precinct_number: str | None
    territory: int | None
    contest: int | None
    outcome: tuple[str, ...]


DECISIONS = """SELECT count(*) OVER (), h.kind, h.number, j.body, max(h.at), max(h.index), count(*),
    CASE WHEN count(*) = 1 THEN min(p.code) END, CASE WHEN count(*) = 1 THEN min(p.number) END,
    CASE WHEN count(*) = 1 THEN min(p.territory_id) END,
    CASE WHEN count(DISTINCT h.contest_id) = 1 THEN min(h.contest_id) END,
    CASE WHEN count(*) = 1 THEN min(h.outcome) ELSE ARRAY[]::text[] END
FROM (SELECT kind, number, at, index, act, precinct_id, contest_id, outcome FROM happened
      WHERE kind NOT IN ('correction', 'conflict')
      UNION ALL SELECT 'calendar', m.number, m.at, e.index, m.journal_id, NULL, NULL, ARRAY[m.step]
      FROM elections_move m JOIN acts_entry e ON e.journal_id = m.journal_id
      WHERE m.election_id = %(election)s AND e.index < %(size)s) h
    JOIN acts_journal j ON j.id = h.act LEFT JOIN registry_precinct p ON p.id = h.precinct_id
GROUP BY h.kind, h.number, j.body ORDER BY 6 DESC LIMIT %(limit)s OFFSET %(offset)s"""


def decisions_of(at: Snapshot, limit: int, offset: int = 0) -> tuple[int, list[DecisionRow]]:
    """Decisions but acceptances, those on the calendar too, newest first, and how many there are (0 behind the end). A
    decision on a sealed protocol is left out until it is opened (docs/formats.md, section 3).
    """
    rows = happened(at, sql.SQL(DECISIONS), limit=limit, offset=offset)
    found = [DecisionRow(*[*row[1:11], tuple(row[11] or ())]) for row in rows]
    return (rows[0][0] if rows else 0), found


@dataclass(frozen=True, slots=True)
class Acceptances:
    """How many protocols stand accepted, by how many decisions, and when the last of those was."""

    protocols: int
    decisions: int
    last: datetime | None


def acceptances(at: Snapshot) -> Acceptances:
    """Acceptances of what stands, from the projections."""
    rows = fetched(
        "SELECT COALESCE(sum(n), 0), count(*), max(last) FROM (SELECT g.number, count(*) AS n, max(g.at) AS last"
        " FROM results_standing s JOIN results_ruling g ON g.protocol_id = s.protocol_id AND g.kind = 'accept'"
        " WHERE s.contest_id = ANY(%s) AND s.state = 'accepted' GROUP BY 1) d",
        [list(at.tables.contests_by_id)],
    )
    protocols, decisions, last = rows[0]
    return Acceptances(int(protocols), decisions, last)


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A commission: its tier and its territory's database id."""

    code: str
    tier: str
    territory: int


def bodies(at: Snapshot, codes: Sequence[str]) -> dict[str, BodyRow]:
    """Commissions by code."""
    rows = fetched(
        "SELECT code, tier, territory_id FROM registry_commission WHERE election = %s AND code = ANY(%s)",
        [at.election.id, sorted(set(codes))],
    )
    return {row[0]: BodyRow(*row) for row in rows}


def located(at: Snapshot, codes: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Number and territory (database id) of precincts, by code."""
    rows = fetched(
        "SELECT code, number, territory_id FROM registry_precinct WHERE election = %s AND code = ANY(%s)",
        [at.election.id, sorted(set(codes))],
    )
    return {code: (number, territory) for code, number, territory in rows}


def last_publication(size: int) -> tuple[str, int] | None:
    """The manifest's SHA-256 (hex) and the index of the entry of the latest publication below a size."""
    rows = fetched(
        "SELECT p.manifest, e.index FROM publication_publication p JOIN acts_entry e ON e.journal_id = p.journal_id"
        " WHERE e.index < %s ORDER BY p.journal_id DESC LIMIT 1",
        [size],
    )
    return (bytes(rows[0][0]).hex(), rows[0][1]) if rows else None
