"""Which protocol stands for each place, and in which state: docs/formats.md, section 4."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from esaylov.exchange.verification.said import Certified, ElectionEntries, Event, Place, Ruling, Version
from esaylov.exchange.verification.store import VerificationError
from esaylov.exchange.verification.tables import Election
from esaylov.law.protocol import compile_relations, error_codes

CONFLICTING = "P01"
CONFLICT_ALONE = "a conflicting protocol where none stands"
_BY_INDEX = attrgetter("index")


@dataclass(frozen=True)
class Log:
    """What a place's events refer to: leaf hashes of all entries, indexes of sealed ones, those opened -> by
    which.
    """

    leaves: Sequence[bytes]
    sealed: Collection[int]
    opened: Mapping[int, int]


class Unknown(NamedTuple):
    """Sealed entries whose value is not known at a size: their leaf hashes (hex) and the lowest index."""

    leaves: frozenset[str]
    first: int


@dataclass(slots=True)
class Standing:
    """What stands for a place: the protocol (None before one arrived), its state, whether it is annulled."""

    version: Version | None
    state: str
    annulled: bool = False

    @property
    def shown(self) -> str:
        """The published state."""
        return "annulled" if self.annulled else self.state


class Places:
    """All places of an election with their events; gives what stands at any size of the log."""

    def __init__(self, election: Election, entries: ElectionEntries, log: Log) -> None:
        """Raises VerificationError for an event of a place that is not on the roster."""
        self._election = election
        self._log = log
        self._events = entries.events
        self._roster = set(election.places)
        self._unknown: dict[int, Unknown] = {}
        self._spread_annulments(entries)
        for contest, precinct in self._events.keys() - self._roster:
            first = min(self._events[contest, precinct], key=_BY_INDEX)
            place = f"contest {contest!r} in precinct {precinct!r}"
            raise VerificationError(f"entry {first.index}: {place} is not on the roster")

    def _spread_annulments(self, entries: ElectionEntries) -> None:
        """An annulment of a whole precinct concerns each of its places."""
        for index, precinct in entries.annulled_precincts:
            group = self._election.group_of.get(precinct)
            if group is None:
                raise VerificationError(f"entry {index}: unknown precinct {precinct!r}")
            territories = self._election.groups[group]
            for contest in self._election.contests.values():
                if contest.territory in territories:
                    event = Ruling(index, index, "annulled", None)
                    self._events.setdefault((contest.id, precinct), []).append(event)

    def check_protocols(self) -> None:
        """Figures, findings and state of every protocol in the log. Raises VerificationError."""
        failed = compile_relations(self._election.edition)
        errors = error_codes(self._election.edition)
        lines = len(self._election.edition.lines)
        options = {name: len(contest.options) for name, contest in self._election.contests.items()}
        for (contest, _), events in self._events.items():
            for event in events:
                if type(event) is Version:
                    if len(event.lines) != lines or len(event.votes) != options[contest]:
                        raise VerificationError(
                            f"entry {event.index}: not the lines or options of the protocol's form"
                        )
                    codes = failed(event.lines, event.votes)
                    if codes or event.findings or event.state != "received":
                        _check_findings(event, codes, errors)

    def check_order(self, size: int) -> None:
        """Check the whole state machine at a size. Raises VerificationError."""
        for place in self._events:
            self.standing(place, size)

    def standing(self, place: Place, size: int) -> Standing | None:
        """What stands for a place by the entries below `size`; None when nothing was ever known of it.

        Raises VerificationError naming the entry that could not follow from those before it.
        """
        events = self._events.get(place)
        if events is None:
            return None
        if len(events) == 1 and type(only := events[0]) is Version:
            # nearly every place: one protocol and nothing else
            if only.known >= size:
                return None
            if only.replaces is None and only.state != "conflicting":
                return Standing(only, only.state)
        known = sorted((event for event in events if event.known < size), key=_BY_INDEX)
        if not known:
            return None
        unknown = self._unknown_at(size)
        left_out: set[str] = set()
        standing = Standing(None, "")
        for event in known:
            names = event.replaces if type(event) is Version else event.protocol  # type: ignore[union-attr]
            if names is not None and (names in unknown.leaves or names in left_out):
                left_out.add(self._log.leaves[event.index].hex())
                continue
            reason = self._step(standing, event)
            if reason is CONFLICT_ALONE and unknown.first < event.index:
                continue
            if reason:
                where = f"contest {place[0]!r} in precinct {place[1]!r}"
                raise VerificationError(f"entry {event.index}: {where}: {reason}")
        return standing

    def _unknown_at(self, size: int) -> Unknown:
        """The sealed entries whose value is not known at a size."""
        if size not in self._unknown:
            log = self._log
            indexes = [index for index in log.sealed if log.opened.get(index, size) >= size]
            leaves = frozenset(log.leaves[index].hex() for index in indexes)
            self._unknown[size] = Unknown(leaves, min(indexes, default=size))
        return self._unknown[size]

    def _step(self, standing: Standing, event: Event) -> str | None:
        """Apply one event; what is wrong with it, if anything is."""
        before = standing.version
        if isinstance(event, Ruling):
            if event.protocol is None:
                standing.annulled = True
            elif before is None or event.protocol != self._log.leaves[before.index].hex():
                return f"a protocol is {event.state}, but not the one that stands"
            else:
                standing.state = event.state
            return None
        if event.state == "conflicting":
            return None if before else CONFLICT_ALONE
        if event.replaces is not None:
            reason = self._wrong_correction(standing, event)
        else:
            reason = "a second protocol that is not called conflicting" if before else None
        standing.version, standing.state = event, event.state
        return reason

    def _wrong_correction(self, standing: Standing, event: Version) -> str | None:
        before = standing.version
        if before is None or event.replaces != self._log.leaves[before.index].hex():
            return "a correction does not name the protocol that stands"
        if event.version <= before.version:
            return f"version {event.version} replaces version {before.version}"
        if standing.state not in ("inconsistent", "returned"):
            return f"a correction of a protocol that is {standing.state}"
        return None

    def check_certified(self, certified: Sequence[Certified]) -> None:
        """After a contest is certified no entry concerns its places any more and no protocol of it is opened
        (docs/formats.md, section 4).
        """
        last = {entry.contest: entry.index for entry in reversed(certified)}
        for (contest, precinct), events in self._events.items():
            end = last.get(contest)
            if end is not None:
                late = max(event.known for event in events)
                if late > end:
                    where = f"contest {contest!r} in precinct {precinct!r}"
                    raise VerificationError(
                        f"entry {late}: {where}: the contest was certified by entry {end}"
                    )


def _check_findings(event: Version, codes: tuple[str, ...], errors: frozenset[str]) -> None:
    conflicting = event.state == "conflicting"
    expected = sorted((*codes, CONFLICTING)) if conflicting else list(codes)
    if list(event.findings) != expected:
        raise VerificationError(
            f"entry {event.index}: findings are {list(event.findings)}, should be {expected}"
        )
    inconsistent = not errors.isdisjoint(codes)
    if not conflicting and inconsistent != (event.state == "inconsistent"):
        raise VerificationError(
            f"entry {event.index}: its state is {event.state!r}, its findings are {expected}"
        )
