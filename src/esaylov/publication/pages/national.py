"""An election's national page: the answer, seats of both halves together, districts, turnout by time, what is
outstanding, regions, what is outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from esaylov.elections.queries import ContestRow
from esaylov.publication.pages.common import Frame, State, frame, open_data_url, preliminary
from esaylov.publication.pages.contests import (
    Counted,
    Figures,
    answer,
    figures,
    lead,
    seats_sentence,
    together,
)
from esaylov.publication.pages.districts import Districts, districts
from esaylov.publication.pages.hours import Hour, hours
from esaylov.publication.pages.lines import PlaceLine, main_contest, place_lines
from esaylov.publication.pages.maps import constituencies_chart, territories_chart
from esaylov.publication.pages.ordering import so_far
from esaylov.publication.pages.pictures import (
    Charts,
    hours_chart,
    list_chart,
    map_chart,
    seats_chart,
    source,
)
from esaylov.publication.pages.seats import SeatTable, seat_table
from esaylov.publication.pages.working import Stage, working
from esaylov.publication.reads import places
from esaylov.results.queries import (
    OutsideCount,
    Snapshot,
    outcomes,
    outside_counts,
    own_totals,
    waiting,
)


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A territory with precincts that may still come to count, and the voters on their lists."""

    place: PlaceLine
    precincts: int
    voters: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is still outstanding in the main contest, by territory below the country."""

    precincts: int
    voters: int
    lines: tuple[WaitingLine, ...]


@dataclass(frozen=True, slots=True)
class NationalPage:
    """Everything on the national page."""

    frame: Frame
    lead: str
    state: State
    counted: Counted
    main: Figures | None
    table: SeatTable | None
    districts: Districts
    stages: tuple[Stage, ...]
    hours: tuple[Hour, ...]
    voters: int
    waiting: Waiting
    places: tuple[PlaceLine, ...]
    places_title: str
    outside: OutsideCount
    outside_url: str
    contests_url: str
    contests: int
    contests_final: int
    protocols: int
    results_csv: str
    turnout_csv: str
    charts: Charts


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
    counted = main.counted if main is not None else together(one.counted for one in shown.values())
    final = bool(shown) and all(one.final for one in shown.values())
    text = so_far(at, counted.counted, _answer(main, table, shown, final))
    return Headline(text, preliminary(final), counted, main, table, shown)


def _answer(main: Figures | None, table: SeatTable | None, shown: Mapping[int, Figures], final: bool) -> str:
    # Candidates of no list are no group: however many are elected, they lead together nowhere.
    lists = [(row.name, row.seats) for row in table.rows if row.code] if table is not None else []
    if table is not None and any(seats for _, seats in lists):
        return seats_sentence(lists, table.seats, final=final)
    if main is not None:
        return answer(main)
    decided = sum(1 for one in shown.values() if one.final)
    return gettext("%(final)d of %(all)d contests are certified.") % {"final": decided, "all": len(shown)}


def national_page(at: Snapshot) -> NationalPage:
    """The national page."""
    head, around, chosen = headline(at), frame(at), main_contest(at)
    below = places(at.tables).parts(at.tables.country)
    lines, rows = tuple(place_lines(at, chosen, below)), head.main.rows if head.main is not None else ()
    stages = working(at, chosen, head.main) if chosen is not None and head.main is not None else ()
    by_hour, single, voters = hours(at), districts(at, head.all), places(at.tables).all_voters
    where = source(around, around.url)
    return NationalPage(
        frame=around,
        lead=lead(around, head.answer, head.counted, head.main),
        state=head.state,
        counted=head.counted,
        main=head.main,
        table=head.table,
        districts=single,
        stages=stages,
        hours=by_hour,
        voters=voters,
        waiting=still_waiting(at, chosen, head.main, lines),
        places=lines,
        places_title=head.main.title if head.main is not None else gettext("All contests together"),
        outside=sum(outside_counts(at).values(), OutsideCount()),
        outside_url=reverse("outside", args=[at.election.id]),
        contests_url=reverse("contests", args=[at.election.id]),
        contests=len(head.all),
        contests_final=sum(1 for one in head.all.values() if one.final),
        protocols=sum(one.counted.counted for one in head.all.values()),
        results_csv=open_data_url(at, "results"),
        turnout_csv=open_data_url(at, "turnout"),
        charts={
            **seats_chart(where, head.table),
            **map_chart(where, single.all, rows),
            **constituencies_chart(at, where, single.all, rows),
            **territories_chart(at, where, below, lines, rows),
            **list_chart(where, head.main, stages),
            **hours_chart(where, by_hour, voters),
        },
    )


def still_waiting(
    at: Snapshot, contest: ContestRow | None, shown: Figures | None, lines: tuple[PlaceLine, ...]
) -> Waiting:
    """Precincts that may still come to count in a contest, by the given territories."""
    if contest is None or shown is None or not shown.counted.left:
        return Waiting(0, 0, ())
    found, known = waiting(at, contest), places(at.tables).by_code
    here = [(line, found.get(known[line.code].id, (0, 0))) for line in lines]
    precincts, voters = found.get(contest.territory, (0, 0))
    return Waiting(precincts, voters, tuple(WaitingLine(line, *both) for line, both in here if both[0]))
