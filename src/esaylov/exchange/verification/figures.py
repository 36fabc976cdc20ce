"""Every published figure computed again from the log, and the published tables compared with it byte for
byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import add
from typing import Any

from esaylov.exchange.verification.entries import CALENDAR
from esaylov.exchange.verification.replay import Places, Standing
from esaylov.exchange.verification.said import Certified, ElectionEntries, Version
from esaylov.exchange.verification.store import VerificationError
from esaylov.exchange.verification.tables import (
    ContestFacts,
    Election,
    Files,
    csv_text,
    first_difference,
    quote_field,
    read_json,
    unpack,
)
from esaylov.law.determination import ContestInput, Decisions, OptionInput, Totals, determine
from esaylov.law.protocol import common_places

COUNTS = ("expected", "received", "counted", "inconsistent", "returned", "annulled", "voters_annulled")
_EXPECTED, _RECEIVED, _COUNTED, _INCONSISTENT, _RETURNED, _ANNULLED, _VOTERS = range(7)
_STATE = {
    "received": _COUNTED,
    "accepted": _COUNTED,
    "inconsistent": _INCONSISTENT,
    "returned": _RETURNED,
    "annulled": _ANNULLED,
}
_COUNTING = ("received", "accepted")


@dataclass(slots=True)
class Sums:
    """Counts (in the order of COUNTS), lines and votes of one contest in one territory."""

    counts: list[int]
    lines: list[int]
    votes: list[int]

    @classmethod
    def zero(cls, lines: int, votes: int) -> Sums:
        """Nothing yet."""
        return cls([0] * len(COUNTS), [0] * lines, [0] * votes)

    def add(self, other: Sums) -> None:
        """Add another element by element."""
        self.counts = list(map(add, self.counts, other.counts))
        self.lines = list(map(add, self.lines, other.lines))
        self.votes = list(map(add, self.votes, other.votes))


@dataclass(slots=True)
class _Group:
    """Places of one contest whose precincts lie in the same territories: figures wait to be summed column by
    column.
    """

    counts: list[int] = field(default_factory=lambda: [0] * len(COUNTS))
    lines: list[Sequence[int]] = field(default_factory=list)
    votes: list[Sequence[int]] = field(default_factory=list)

    def sums(self, lines: int, votes: int) -> Sums:
        return Sums(self.counts, _columns(self.lines, lines), _columns(self.votes, votes))


def _columns(rows: list[Sequence[int]], width: int) -> list[int]:
    return list(map(sum, zip(*rows, strict=True))) if rows else [0] * width


class Tally:
    """Totals of every contest and territory at one size, from places counted one after another."""

    def __init__(self, election: Election) -> None:
        """All sums begin at nothing."""
        self._election = election
        self._voters = common_places(election.edition, "voters_on_list")
        self._groups: dict[tuple[str, int], _Group] = {}

    def count(self, contest: str, precinct: str, standing: Standing | None) -> None:
        """Add one place."""
        key = (contest, self._election.group_of[precinct])
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group()
        counts = group.counts
        counts[_EXPECTED] += 1
        if standing is None:
            return
        version, shown = standing.version, standing.shown
        if shown:
            counts[_STATE[shown]] += 1
        if version is not None:
            counts[_RECEIVED] += 1
            if shown in _COUNTING:
                group.lines.append(version.lines)
                group.votes.append(version.votes)
            elif standing.annulled:
                counts[_VOTERS] += sum(version.lines[place] for place in self._voters)

    def totals(self, contest: ContestFacts) -> dict[str, Sums]:
        """Sums by territory, for the territories with a place of this contest."""
        found: dict[str, Sums] = {}
        lines, votes = len(self._election.edition.lines), len(contest.options)
        for (name, group), rows in self._groups.items():
            if name != contest.id:
                continue
            part = rows.sums(lines, votes)
            for territory in self._election.groups[group]:
                if territory not in found:
                    found[territory] = Sums.zero(lines, votes)
                found[territory].add(part)
        return found


def count_contest(
    election: Election, places: Places, contest: ContestFacts, precincts: Iterable[str], size: int
) -> Sums:
    """Sums of a contest's own territory at a size; precincts: those that must report in the contest."""
    tally = Tally(election)
    for precinct in precincts:
        tally.count(contest.id, precinct, places.standing((contest.id, precinct), size))
    nothing = Sums.zero(len(election.edition.lines), len(contest.options))
    return tally.totals(contest).get(contest.territory, nothing)


def determined(
    election: Election, entries: ElectionEntries, contest: ContestFacts, sums: Sums, size: int
) -> dict[str, Any]:
    """The member of determinations.json for a contest at a size, by esaylov.law."""
    made = [d for d in entries.decisions if d.index < size and d.contest == contest.id]
    lots = tuple(d.outcome for d in made if d.kind == "lot")
    supplied = [d.outcome for d in made if d.kind == "determination"]
    decisions = Decisions(lots=lots, outcome=supplied[-1] if supplied else None)
    options = tuple(OptionInput(o.id, o.kind, o.order) for o in contest.options)
    rule = election.edition.contests[contest.kind]
    given = ContestInput(contest.id, contest.kind, contest.seats, options, rule)
    totals = Totals(tuple(sums.lines), tuple(sums.votes), sums.counts[_VOTERS])
    final = any(d.kind == "certification" for d in made)
    try:
        found: dict[str, Any] = determine(election.edition, given, totals, decisions, final).to_json()
    except (ValueError, KeyError) as error:
        raise VerificationError(
            f"contest {contest.id!r}: its result cannot be determined: {error}"
        ) from error
    return found


def check_certified(election: Election, entries: ElectionEntries, places: Places) -> None:
    """Certified figures and seats must be those at the size that is the entry's own index."""
    precincts: dict[str, list[str]] = {contest: [] for contest in election.contests}
    for name, precinct in election.places:
        precincts[name].append(precinct)
    for entry in entries.certified:
        contest = election.contests.get(entry.contest)
        if contest is None:
            raise VerificationError(f"entry {entry.index}: unknown contest {entry.contest!r}")
        sums = count_contest(election, places, contest, precincts[contest.id], entry.index)
        seats = determined(election, entries, contest, sums, entry.index)["seats"]
        _compare_certified(entry, sums, seats)


def _compare_certified(entry: Certified, sums: Sums, seats: dict[str, int]) -> None:
    expected = {"counted": sums.counts[_COUNTED], "lines": sums.lines, "votes": sums.votes, "seats": seats}
    for name, value in expected.items():
        found = getattr(entry, name)
        if found != value:
            where = f"entry {entry.index}: contest {entry.contest!r}"
            raise VerificationError(f"{where}: certified {name} are {found}, the log gives {value}")


def check_decisions(election: Election, entries: ElectionEntries) -> None:
    """Decisions must name contests, precincts, options and steps that there are."""
    steps = election.edition.calendar.steps if election.edition.calendar else {}
    for decision in entries.decisions:
        if decision.kind == CALENDAR:
            if decision.outcome[0] not in steps:
                raise VerificationError(
                    f"entry {decision.index}: the edition's calendar has no step {decision.outcome[0]!r}"
                )
            continue
        contest = election.contests.get(decision.contest) if decision.contest is not None else None
        if contest is None and decision.contest is not None:
            raise VerificationError(f"entry {decision.index}: unknown contest {decision.contest!r}")
        known = {option.id for option in contest.options} if contest else set()
        if not known.issuperset(decision.outcome):
            raise VerificationError(
                f"entry {decision.index}: {decision.outcome} are not options of the contest"
            )
    for index, precinct, _, _ in entries.turnout:
        if precinct not in election.group_of:
            raise VerificationError(f"entry {index}: unknown precinct {precinct!r}")


@dataclass
class Published:
    """The tables that follow from the log, as texts, and the places without a protocol."""

    protocols: str
    votes: str
    totals: str
    totals_votes: str
    determinations: list[dict[str, Any]]
    missing: list[tuple[str, str]]
    counted: int


def compute(
    election: Election, entries: ElectionEntries, places: Places, size: int, simulated: bool
) -> Published:
    """Every published figure at a size, by one pass over the roster."""
    tally = Tally(election)
    writer = _ProtocolWriter(election, simulated)
    missing: list[tuple[str, str]] = []
    for place in election.places:
        contest, precinct = place
        standing = places.standing(place, size)
        tally.count(contest, precinct, standing)
        if standing is None or standing.version is None:
            missing.append(place)
        else:
            writer.add(contest, precinct, standing.version, standing.shown)
    totals = {contest.id: tally.totals(contest) for contest in election.contests.values()}
    nothing = {
        c.id: Sums.zero(len(election.edition.lines), len(c.options)) for c in election.contests.values()
    }
    determinations = [
        determined(election, entries, c, totals[c.id].get(c.territory, nothing[c.id]), size)
        for c in election.contests.values()
    ]
    counted = len(election.places) - len(missing)
    return Published(
        writer.protocols_text(),
        writer.votes_text(),
        *_total_texts(election, totals),
        determinations,
        missing,
        counted,
    )


class _ProtocolWriter:
    """protocols.csv and votes.csv as lists of lines. Rows are made from templates: there are millions of
    them.
    """

    def __init__(self, election: Election, simulated: bool) -> None:
        self.lines = election.edition.lines
        self.simulated = simulated
        self.quoted = {precinct: quote_field(precinct) for precinct in election.group_of}
        # ids hold no percent sign and no control character, so both can stand in a template
        self.templates = {
            contest.id: "".join(
                f"\x00,{quote_field(contest.id)},{quote_field(o.id)},%d\n" for o in contest.options
            )
            for contest in election.contests.values()
        }
        self.contests = {name: quote_field(name) for name in election.contests}
        self.protocols: list[str] = []
        self.votes: list[str] = []

    def add(self, contest: str, precinct: str, version: Version, shown: str) -> None:
        name = self.quoted[precinct]
        figures = ",".join(map(str, version.lines))
        tail = ",true\n" if self.simulated else "\n"
        self.protocols.append(
            f"{name},{self.contests[contest]},{figures},{version.at},{shown},{version.version},{version.index}{tail}"
        )
        self.votes.append(self.templates[contest].replace("\x00", name) % tuple(version.votes))

    def protocols_text(self) -> str:
        tail = ("simulated",) if self.simulated else ()
        head = ("precinct", "contest", *self.lines, "submitted_at", "state", "version", "leaf", *tail)
        return ",".join(head) + "\n" + "".join(self.protocols)

    def votes_text(self) -> str:
        return "precinct,contest,option,votes\n" + "".join(self.votes)


def _total_texts(election: Election, totals: dict[str, dict[str, Sums]]) -> tuple[str, str]:
    """totals.csv and totals_votes.csv."""
    rows: list[str] = []
    votes: list[str] = []
    for contest in election.contests.values():
        found = totals[contest.id]
        for territory in election.territories:
            sums = found.get(territory)
            if sums is None:
                continue
            name = f"{quote_field(contest.id)},{quote_field(territory)}"
            rows.append(f"{name},{','.join(map(str, (*sums.counts, *sums.lines)))}\n")
            votes += [
                f"{name},{quote_field(o.id)},{n}\n" for o, n in zip(contest.options, sums.votes, strict=True)
            ]
    head = ",".join(("contest", "territory", *COUNTS, *election.edition.lines))
    return f"{head}\n{''.join(rows)}", "contest,territory,option,votes\n" + "".join(votes)


def turnout_text(entries: ElectionEntries, size: int) -> str:
    """turnout.csv at a size."""
    rows = [(precinct, at, str(voters)) for index, precinct, at, voters in entries.turnout if index < size]
    return csv_text(("precinct", "at", "voters"), rows)


def decisions_text(entries: ElectionEntries, size: int) -> str:
    """decisions.csv at a size."""
    rows = [
        (d.kind, d.number, d.at, d.precinct or "", d.contest or "", " ".join(d.outcome))
        for d in entries.decisions
        if d.index < size
    ]
    return csv_text(("kind", "number", "at", "precinct", "contest", "outcome"), rows)


def compare(files: Files, name: str, expected: str, optional: bool = False) -> None:
    """Compare a published table with the computed one; an optional one without rows may be left out."""
    if optional and name not in files and expected.count("\n") == 1:
        return
    path = files.path(name)
    data = files.take(name)
    wanted = expected.encode()
    found = unpack(path, data, len(wanted)) if name.endswith(".gz") else data
    if found != wanted:
        raise VerificationError(f"{path}: {first_difference(expected, found.decode('utf-8', 'replace'))}")


def compare_determinations(files: Files, expected: Iterable[dict[str, Any]]) -> None:
    """determinations.json: every member but `steps` must be what the log and the law give."""
    path = files.path("determinations.json")
    found = read_json(path, files.take("determinations.json"))
    wanted = list(expected)
    if not isinstance(found, list) or len(found) != len(wanted):
        raise VerificationError(f"{path}: not an array with one object for each of {len(wanted)} contests")
    for member, should in zip(found, wanted, strict=True):
        if not isinstance(member, dict) or member.keys() != should.keys():
            raise VerificationError(
                f"{path}: contest {should['contest']!r}: not the members of a determination"
            )
        if not isinstance(member["steps"], list):
            raise VerificationError(f"{path}: contest {should['contest']!r}: steps is not an array")
        for name, value in should.items():
            if name != "steps" and not _same(member[name], value):
                where = f"{path}: contest {should['contest']!r}"
                raise VerificationError(f"{where}: {name} is {member[name]!r}, the log gives {value!r}")


def _same(found: Any, expected: Any) -> bool:
    """Equality that tells true from 1."""
    if isinstance(expected, dict):
        return (
            isinstance(found, dict)
            and found.keys() == expected.keys()
            and all(_same(found[key], value) for key, value in expected.items())
        )
    if isinstance(expected, list | tuple):
        return (
            isinstance(found, list)
            and len(found) == len(expected)
            and all(_same(a, b) for a, b in zip(found, expected, strict=True))
        )
    return type(found) is type(expected) and bool(found == expected)
