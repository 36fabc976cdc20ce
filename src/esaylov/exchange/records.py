"""What an election package says, as plain records.

Every record keeps ids as text and names as a dictionary of language to text. Rows that come by the hundred
thousand (turnout, protocols and their votes) lie in arrays and are made into records one at a time.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from esaylov.exchange.places import Places
    from esaylov.law.calendar import Days
    from esaylov.law.editions import Edition


def days_text(days: Mapping[str, date]) -> dict[str, str]:
    """Days of events as entries and packages write them: sorted by name, each `YYYY-MM-DD`."""
    return {name: days[name].isoformat() for name in sorted(days)}


NO_TIME = -(2**62)
"""Stands in an array of seconds where a row gives no time."""


@dataclass(frozen=True, slots=True)
class Territory:
    """One place in the tree; `parent` is None at a root. `timezone`: where its clocks are not the election's."""

    id: str
    parent: str | None
    kind: str
    names: Mapping[str, str]
    soato: str | None = None
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Contest:
    """One question on one ballot; `edition` is the id of the edition of the law that rules it."""

    id: str
    kind: str
    territory: str
    seats: int
    edition: str
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Option:
    """What can be voted for in a contest; unique by (contest, id)."""

    id: str
    contest: str
    kind: str
    names: Mapping[str, str]
    ballot_order: int
    organisation: str | None = None
    gender: str | None = None
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class Precinct:
    """A polling station; `voters` on the list, `latitude` and `longitude` in degrees as they were written."""

    id: str
    territory: str
    constituency: str | None
    number: str
    voters: int
    address: str | None = None
    latitude: str | None = None
    longitude: str | None = None
    public: bool = True


CALENDAR, OPEN_END = "calendar", "-"
"""Kind of the decisions that move a step of the calendar, and how their outcome writes an end that is open."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A numbered resolution; `outcome` holds option ids in the order that the resolution names, or of the kind `calendar` the
    step that it moves and its two ends (`-`: open)."""

    kind: str
    number: str
    at: str
    precinct: str | None
    contest: str | None
    outcome: tuple[str, ...] = ()


class Turnout(NamedTuple):
    """Voters of a precinct who took part until `at` (ISO 8601 with offset), cumulative."""

    precinct: str
    at: str
    voters: int


class PackageProtocol(NamedTuple):
    """The protocol of one place.

    `lines` follow the edition's `[protocol] lines`, `votes` the contest's options in canonical order
    (ballot order, then id). `submitted_at` is ISO 8601 with offset, whole seconds, or None; `state` is
    empty where the package gives none; `line_no` is the line in the protocols' file, counted from 1.
    """

    precinct_id: str
    contest_id: str
    lines: tuple[int, ...]
    votes: tuple[int, ...]
    submitted_at: str | None
    state: str
    version: int
    line_no: int


class Times:
    """Points in time with their offsets, ten bytes each."""

    __slots__ = ("_offsets", "_seconds")

    def __init__(self) -> None:
        self._seconds = array("q")
        self._offsets = array("h")

    def append(self, seconds: int, offset: int) -> None:
        """Add seconds since 1970 in UTC (or NO_TIME) and the offset in minutes."""
        self._seconds.append(seconds)
        self._offsets.append(offset)

    def seconds(self, row: int) -> int:
        """Seconds since 1970 in UTC of a row, NO_TIME where it has none."""
        return self._seconds[row]

    def text(self, row: int) -> str | None:
        """`YYYY-MM-DDThh:mm:ss±hh:mm` of a row, None where it has none."""
        seconds = self._seconds[row]
        if seconds == NO_TIME:
            return None
        offset = timedelta(minutes=self._offsets[row])
        moment = datetime.fromtimestamp(seconds, UTC) if not offset else None
        if moment is None:
            moment = datetime.fromtimestamp(seconds, timezone(offset))
        return moment.isoformat()


@dataclass(slots=True)
class TurnoutRows:
    """All turnout reports of a package in the order of the file; iterate to get records."""

    ids: list[str]
    precincts: array[int] = field(default_factory=lambda: array("i"))
    voters: array[int] = field(default_factory=lambda: array("i"))
    times: Times = field(default_factory=Times)

    def __len__(self) -> int:
        return len(self.precincts)

    def __iter__(self) -> Iterator[Turnout]:
        for row, precinct in enumerate(self.precincts):
            yield Turnout(self.ids[precinct], self.times.text(row) or "", self.voters[row])


@dataclass(slots=True)
class ProtocolRows:
    """All protocols of a package in the order of the file.

    `figures` holds the lines and votes of all places; a row says by index which precinct and contest it is
    of and at which cell of `figures` its lines begin.
    """

    figures: array[int]
    precincts: array[int] = field(default_factory=lambda: array("i"))
    contests: array[int] = field(default_factory=lambda: array("h"))
    cells: array[int] = field(default_factory=lambda: array("i"))
    line_numbers: array[int] = field(default_factory=lambda: array("i"))
    versions: array[int] = field(default_factory=lambda: array("i"))
    states: bytearray = field(default_factory=bytearray)
    times: Times = field(default_factory=Times)

    def __len__(self) -> int:
        return len(self.cells)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Package:
    """An election package that was read and is structurally whole.

    `tables` maps names of tables to their files; `files` maps the name of each file of the package
    (relative, with `/`) to the SHA-256 (hex) of its bytes as they arrived. `options` are in canonical
    order: by contest as in `contests`, then ballot order, then id. `events`: days of events that steps of the
    calendar hang on.
    """

    folder: Path
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
    territories: tuple[Territory, ...]
    contests: tuple[Contest, ...]
    options: tuple[Option, ...]
    precincts: tuple[Precinct, ...]
    precinct_territories: tuple[tuple[str, str], ...]
    turnout: TurnoutRows
    decisions: tuple[Decision, ...]
    places: Places
    protocols: ProtocolRows
    tables: Mapping[str, str]
    files: Mapping[str, str]
    events: Days = field(default_factory=dict)

    def options_of(self, contest_id: str) -> tuple[Option, ...]:
        """The options of one contest in canonical order."""
        return tuple(option for option in self.options if option.contest == contest_id)
