"""What the open data of one election are made of, as plain records: the input of the writers."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from esaylov.exchange.compositions import Composition, Entered
from esaylov.exchange.frozen import Frozen
from esaylov.exchange.places import Places
from esaylov.exchange.records import Contest, Decision, Option, Precinct, Territory, Turnout
from esaylov.law.calendar import Days
from esaylov.law.editions import Edition

COUNTED = frozenset({"received", "accepted"})
"""States of a standing protocol that is in the totals."""


class StandingProtocol(NamedTuple):
    """The protocol that stands for a place.

    `lines` in the order of the edition, `votes` in that of the contest's options; `at` is the entry's time;
    `state` one of received, inconsistent, returned, accepted, annulled; `leaf` the index of its entry in
    the log.
    """

    precinct: str
    contest: str
    lines: Sequence[int]
    votes: Sequence[int]
    at: str
    state: str
    version: int
    leaf: int


@dataclass(frozen=True, slots=True)
class Total:
    """Sums of one contest and territory over the places that count, and how many places are in which
    state.
    """

    contest: str
    territory: str
    expected: int
    received: int
    counted: int
    inconsistent: int
    returned: int
    annulled: int
    voters_annulled: int
    lines: Sequence[int]
    votes: Sequence[int]


@dataclass(frozen=True, slots=True)
class PrecinctRules:
    """Which houses belong to which precinct. `in_force`: the rules that hold (`rules.csv`); `mahallas`: the names of theirs
    (`mahallas.csv`); `acts`: by the entry that set them, the table whose SHA-256 it pins (`rules/ENTRY.csv`).
    """

    in_force: bytes
    mahallas: bytes
    acts: Mapping[int, bytes]


@dataclass(frozen=True)
class PublishedElection:
    """One election at one size of the log, whole.

    Orders are those of docs/formats.md, section 6: territories with a parent before its children, options by
    contest, ballot order and id, turnout and decisions as in the log, totals by contest and territory.
    `protocols` may come in any order and is read once; `turnout` is read more than once. `determinations` are
    the members of determinations.json. `as_of` is the time of the last act that the figures include, with
    seconds and offset. `issuer` names who publishes, for the NIST files. `events`: days of events that the calendar
    hangs on. `sittings`: the members of sittings.json. `compositions`: all commissions in numbers; `entered`: what
    files of members brought into them. `frozen`: its frozen lists of voters. `rules`: its precincts' houses, None
    as long as none were set.
    """

    id: str
    title: str
    titles: Mapping[str, str]
    date: date
    timezone: str
    country: str | None
    simulated: bool
    pilot: bool
    replay: bool
    edition_text: bytes
    edition: Edition
    territories: Sequence[Territory]
    contests: Sequence[Contest]
    options: Sequence[Option]
    precincts: Sequence[Precinct]
    precinct_territories: Sequence[tuple[str, str]]
    protocols: Iterable[StandingProtocol]
    turnout: Iterable[Turnout]
    decisions: Sequence[Decision]
    totals: Sequence[Total]
    determinations: Sequence[Mapping[str, Any]]
    as_of: str
    issuer: str = "Central Election Commission"
    issuer_abbreviation: str = "CEC"
    events: Days = field(default_factory=dict)
    sittings: Sequence[Mapping[str, Any]] = ()
    compositions: Sequence[Composition] = ()
    entered: Sequence[Entered] = ()
    frozen: Sequence[Frozen] = ()
    rules: PrecinctRules | None = None

    @cached_property
    def places(self) -> Places:
        """The roster and where the figures of each place lie."""
        return Places(
            lines=len(self.edition.lines),
            territories=self.territories,
            contests=self.contests,
            options=self.options,
            precincts=self.precincts,
            precinct_territories=self.precinct_territories,
        )

    @cached_property
    def standing(self) -> Standing:
        """The standing protocols, packed; takes `protocols` to its end."""
        return Standing(self.places, self.protocols)


class Standing:
    """Standing protocols in the order of the roster, in a few arrays however many there are.

    Raises KeyError for a protocol of a place that is not on the roster, ValueError for a second one of a
    place or for figures that are not as many as the place has.
    """

    def __init__(self, places: Places, protocols: Iterable[StandingProtocol]) -> None:
        self._places = places
        self._figures = array("i", bytes(4 * places.cells))
        self._leaves = array("q", (-1,)) * places.count
        self._versions = array("i", bytes(4 * places.count))
        self._states: list[str] = [""] * places.count
        self._times: list[str] = [""] * places.count
        shared: dict[str, str] = {}
        for protocol in protocols:
            place, cell = places.locate(protocol.precinct, protocol.contest)
            figures = array("i", (*protocol.lines, *protocol.votes))
            if self._leaves[place] >= 0:
                raise ValueError(f"two protocols for {protocol.precinct}, {protocol.contest}")
            if len(protocol.lines) != places.lines or len(protocol.votes) != len(
                places.columns[protocol.contest]
            ):
                raise ValueError(f"not the figures of {protocol.precinct}, {protocol.contest}")
            self._figures[cell : cell + len(figures)] = figures
            self._leaves[place] = protocol.leaf
            self._versions[place] = protocol.version
            self._states[place] = shared.setdefault(protocol.state, protocol.state)
            self._times[place] = shared.setdefault(protocol.at, protocol.at)

    def __iter__(self) -> Iterator[StandingProtocol]:
        for place, (precinct, contest) in enumerate(self._places.roster()):
            if self._leaves[place] >= 0:
                yield self._at(place, precinct, contest)

    def of(self, precinct: int) -> Iterator[StandingProtocol]:
        """The protocols of one precinct, by its index."""
        first = self._places.first_places[precinct]
        for place, contest in enumerate(self._places.profiles[precinct].contests, first):
            if self._leaves[place] >= 0:
                yield self._at(place, precinct, contest)

    def _at(self, place: int, precinct: int, contest: int) -> StandingProtocol:
        places = self._places
        contest_id = places.contests[contest].id
        cell = places.first_cells[precinct] + places.profiles[precinct].starts[contest_id]
        middle = cell + places.lines
        return StandingProtocol(
            places.ids[precinct],
            contest_id,
            self._figures[cell:middle],
            self._figures[middle : cell + places.widths[contest]],
            self._times[place],
            self._states[place],
            self._versions[place],
            self._leaves[place],
        )
