"""An election's national page: the answer, seats of both halves together, turnout by time, regions, what is
outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext

from esaylov.design import numbers
from esaylov.elections.queries import ContestRow
from esaylov.polling.series import turnout_by_time
from esaylov.publication.pages.common import (
    NATIONWIDE,
    Frame,
    State,
    frame,
    name_of,
    preliminary,
    territory_kinds,
    territory_url,
)
from esaylov.publication.pages.contests import (
    Counted,
    Figures,
    Row,
    answer,
    figures,
    list_names,
    seats_sentence,
    without_seats,
)
from esaylov.publication.pages.working import Stage, working
from esaylov.publication.reads import Place, places
from esaylov.results.queries import (
    OutsideCount,
    Snapshot,
    outcomes,
    outside_counts,
    own_totals,
    totals_in,
)


@dataclass(frozen=True, slots=True)
class SeatRow:
    """One list over both halves: its votes and seats in the list contest, seats of its candidates
    elsewhere.
    """

    code: str
    name: str
    votes: int | None
    share: int | None
    list_seats: int
    direct_seats: int

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


@dataclass(frozen=True, slots=True)
class Hour:
    """Turnout until a time: precincts that reported, voters, their share of the voters on all lists.
    `later`: the time is after election day.
    """

    at: datetime
    later: bool
    precincts: int
    voters: int
    share: int | None


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A territory in a table: how far it is counted, and one contest's figures there, where it is voted on."""

    name: str
    kind: str
    url: str
    counted: Counted
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class NationalPage:
    """Everything on the national page."""

    frame: Frame
    answer: str
    state: State
    counted: Counted
    main: Figures | None
    table: SeatTable | None
    stages: tuple[Stage, ...]
    hours: tuple[Hour, ...]
    voters: int
    places: tuple[PlaceLine, ...]
    places_title: str
    outside: OutsideCount
    outside_url: str
    contests_url: str
    contests: int
    contests_final: int
    protocols: int


def main_contest(at: Snapshot) -> ContestRow | None:
    """The contest of the headline: the list contest, else the President's, a referendum, or the only one."""
    contests = list(at.tables.contests.values())
    for kind in NATIONWIDE:
        found = next((contest for contest in contests if contest.kind == kind), None)
        if found is not None:
            return found
    return contests[0] if len(contests) == 1 else None


@dataclass(frozen=True, slots=True)
class Headline:
    """What an election comes to in one line, with all that it was made from."""

    answer: str
    state: State
    counted: Counted
    main: Figures | None
    table: SeatTable | None
    all: Mapping[int, Figures]


def headline(at: Snapshot) -> Headline:
    """The answer of an election: seats of both halves, or the leader of its main contest."""
    totals, found = own_totals(at), outcomes(at)
    shown = {c.id: figures(at, c, totals.get(c.id), found.get(c.id)) for c in at.tables.contests.values()}
    chosen = main_contest(at)
    main = shown[chosen.id] if chosen is not None else None
    table = seat_table(at, main, shown) if main is not None and main.kind == "list" else None
    counted = main.counted if main is not None else _together(shown)
    final = bool(shown) and all(one.final for one in shown.values())
    return Headline(_answer(main, table, shown, final), preliminary(final), counted, main, table, shown)


def _together(shown: Mapping[int, Figures]) -> Counted:
    return Counted(
        sum(one.counted.counted for one in shown.values()),
        sum(one.counted.expected for one in shown.values()),
    )


def _answer(main: Figures | None, table: SeatTable | None, shown: Mapping[int, Figures], final: bool) -> str:
    if table is not None and table.rows and table.rows[0].seats:
        first = table.rows[0]
        return seats_sentence(first.name, first.seats, table.seats, final=final)
    if main is not None:
        return answer(main)
    decided = sum(1 for one in shown.values() if one.final)
    return gettext("%(final)d of %(all)d contests are certified.") % {"final": decided, "all": len(shown)}


def seat_table(at: Snapshot, main: Figures, shown: Mapping[int, Figures]) -> SeatTable:
    """Seats of the list contest and of all single-member contests by list; candidates of no list in rows of
    their own.
    """
    direct: dict[str, int] = {}
    given, places = 0, 0
    names = list_names(at)
    for contest in at.tables.contests.values():
        if contest.kind != "single-member":
            continue
        places += contest.seats
        organisations = {option.code: option.organisation for option in contest.options}
        for row in shown[contest.id].rows:
            if row.seats:
                given += row.seats
                direct[organisations[row.code]] = direct.get(organisations[row.code], 0) + row.seats
    rows = [
        SeatRow(row.code, row.name, row.votes, row.share, row.seats, direct.pop(row.code, 0))
        for row in main.rows
    ]
    rows += [
        SeatRow(code, names.get(code, code) or gettext("Of no list"), None, None, 0, seats)
        for code, seats in direct.items()
    ]
    rows.sort(key=lambda row: (-row.seats, -(row.votes or 0)))
    listed = sum(row.list_seats for row in rows)
    return SeatTable(
        tuple(rows), main.seats, places, main.seats - listed, places - given, main.invalid, main.invalid_share,
        main.ballots, places > 0,
    )  # fmt: skip


def national_page(at: Snapshot) -> NationalPage:
    """The national page."""
    head = headline(at)
    chosen = main_contest(at)
    outside = sum(outside_counts(at).values(), OutsideCount())
    return NationalPage(
        frame=frame(at),
        answer=head.answer,
        state=head.state,
        counted=head.counted,
        main=head.main,
        table=head.table,
        stages=working(at, chosen, head.main) if chosen is not None and head.main is not None else (),
        hours=hours(at),
        voters=places(at.tables).all_voters,
        places=tuple(place_lines(at, chosen, places(at.tables).below(at.tables.country))),
        places_title=head.main.title if head.main is not None else gettext("All contests together"),
        outside=outside,
        outside_url=reverse("outside", args=[at.election.id]),
        contests_url=reverse("contests", args=[at.election.id]),
        contests=len(head.all),
        contests_final=sum(1 for one in head.all.values() if one.final),
        protocols=sum(one.counted.counted for one in head.all.values()),
    )


def place_lines(at: Snapshot, contest: ContestRow | None, here: list[Place]) -> list[PlaceLine]:
    """Territories in which anything is voted on, with a contest's figures; where it is not voted on (or
    without one), the places of all contests together say how far the count is.
    """
    totals = totals_in(at, [place.id for place in here])
    lines = []
    for place in here:
        found = [total for (_, territory), total in totals.items() if territory == place.id]
        own = totals.get((contest.id, place.id)) if contest is not None else None
        shown = without_seats(figures(at, contest, own)) if contest is not None and own is not None else None
        counted = Counted(sum(total.counted for total in found), sum(total.expected for total in found))
        if found:
            lines.append(
                PlaceLine(
                    name_of(place),
                    territory_kinds(place.kind),
                    territory_url(at, place.code),
                    shown.counted if shown is not None else counted,
                    shown,
                )
            )
    return lines


def hours(at: Snapshot) -> tuple[Hour, ...]:
    """Turnout at every full hour at which something had been reported since the one before, and at the end."""
    voters = places(at.tables).all_voters
    by_hour: dict[datetime, Hour] = {}
    for time, precincts, took_part in turnout_by_time(at.tables, at.size):
        local = time.astimezone(at.zone)
        hour = local.replace(minute=0, second=0, microsecond=0)
        until = hour if hour == local else hour + timedelta(hours=1)
        by_hour[until] = Hour(
            until, until.date() > at.election.date, precincts, took_part, numbers.ratio(took_part, voters)
        )
    return tuple(by_hour.values())


__all__ = [
    "Headline",
    "NationalPage",
    "Row",
    "headline",
    "hours",
    "main_contest",
    "national_page",
    "place_lines",
]
