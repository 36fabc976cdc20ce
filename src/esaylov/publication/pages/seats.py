"""Seats of an election by list: those of the list contest and those of the single-member contests together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext

from esaylov.elections.queries import ContestRow
from esaylov.publication.pages.contests import Figures, list_names
from esaylov.results.queries import Snapshot

WOMEN = frozenset({"f", "female"})


@dataclass(frozen=True, slots=True)
class SeatRow:
    """One list over both halves: its votes and seats in the list contest, seats of its candidates
    elsewhere. `women` counts the women among the latter; None where somebody's gender is not in the data.
    """

    code: str
    name: str
    tone: int
    votes: int | None
    share: int | None
    list_seats: int
    direct_seats: int
    women: int | None

    @property
    def seats(self) -> int:
        """Seats altogether."""
        return self.list_seats + self.direct_seats


@dataclass(frozen=True, slots=True)
class SeatTable:
    """Seats of all contests together; `open_*` are seats that nobody has yet."""

    rows: tuple[SeatRow, ...]
    list_seats: int
    direct_seats: int
    open_list: int
    open_direct: int
    invalid: int
    invalid_share: int | None
    ballots: int
    direct: bool

    @property
    def seats(self) -> int:
        """All seats that are filled by this election."""
        return self.list_seats + self.direct_seats

    @property
    def open(self) -> int:
        """Seats that nobody has yet."""
        return self.open_list + self.open_direct

    @property
    def women(self) -> int | None:
        """Women in single-member seats; None where nobody has one yet, or a gender is not in the data."""
        known = [row.women for row in self.rows]
        if self.open_direct == self.direct_seats or None in known:
            return None
        return sum(number for number in known if number)


@dataclass(slots=True)
class _Direct:
    """Single-member seats of one list."""

    seats: int = 0
    genders: list[str] = field(default_factory=list)

    @property
    def women(self) -> int | None:
        return None if "" in self.genders else sum(gender in WOMEN for gender in self.genders)


def seat_table(at: Snapshot, main: Figures, shown: Mapping[int, Figures]) -> SeatTable:
    """Seats of the list contest and of all single-member contests by list; candidates of no list in one row of
    their own.
    """
    single = [contest for contest in at.tables.contests.values() if contest.kind == "single-member"]
    direct = _direct(single, shown)
    given = sum(one.seats for one in direct.values())
    places = sum(contest.seats for contest in single)
    rows = sorted(_rows(at, main, direct), key=lambda row: (-row.seats, -(row.votes or 0)))
    listed = sum(row.list_seats for row in rows)
    return SeatTable(
        tuple(rows), main.seats, places, main.seats - listed, places - given, main.invalid, main.invalid_share,
        main.ballots, places > 0,
    )  # fmt: skip


def _direct(contests: list[ContestRow], shown: Mapping[int, Figures]) -> dict[str, _Direct]:
    """Seats given in single-member contests by the elected candidates' organisation."""
    found: dict[str, _Direct] = {}
    for contest in contests:
        options = {option.code: option for option in contest.options}
        for row in shown[contest.id].rows:
            if row.seats:
                one = found.setdefault(options[row.code].organisation, _Direct())
                one.seats += row.seats
                one.genders.append(options[row.code].gender)
    return found


def _rows(at: Snapshot, main: Figures, direct: dict[str, _Direct]) -> Iterator[SeatRow]:
    names, left = list_names(at), dict(direct)
    for row in main.rows:
        own = left.pop(row.code, _Direct())
        yield SeatRow(
            row.code, row.name, row.tone, row.votes, row.share, row.seats, own.seats, own.women
        )  # fmt: skip
    for code, own in left.items():
        name = names.get(code, code) or gettext("Of no list")
        yield SeatRow(code, name, 0, None, None, 0, own.seats, own.women)
