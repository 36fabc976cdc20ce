"""A territory's page: its contests' sums, the territories below it, its precincts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from esaylov.law.voters import voter_rules
from esaylov.publication.pages.common import (
    Frame,
    State,
    commission_url,
    frame,
    name_of,
    open_data_url,
    territory_kind,
    territory_url,
    way_down,
)
from esaylov.publication.pages.contests import (
    Counted,
    Figures,
    answer,
    answer_here,
    figures,
    lead,
    title_of,
    together,
    without_seats,
)
from esaylov.publication.pages.lines import PlaceLine, lines_of, main_contest
from esaylov.publication.pages.maps import territories_chart
from esaylov.publication.pages.ordering import so_far
from esaylov.publication.pages.paging import Pager, pager, part_of
from esaylov.publication.pages.pictures import Charts, result_chart, source
from esaylov.publication.pages.precincts import PrecinctLine, precinct_line, territory_pages
from esaylov.publication.reads import Place, places
from esaylov.results.queries import (
    OutsideCount,
    Snapshot,
    TotalRow,
    outcomes,
    outside_counts,
    precincts_directly_in,
    totals_in,
)
from esaylov.voters.doors.figures import public_share


@dataclass(frozen=True, slots=True)
class Below:
    """The territories of one kind below this one."""

    title: str
    contest: str
    places: tuple[PlaceLine, ...]


@dataclass(frozen=True, slots=True)
class TerritoryPage:
    """Everything on a territory's page. `whole` are the contests in which all of it votes, those that are decided
    here first; `parts` those of its parts. `visited`: the share of its voters whose entries were checked from door to door, in
    hundredths of a per cent; None where it is not shown.
    """

    frame: Frame
    name: str
    kind: str
    lead: str
    state: State | None
    counted: Counted
    voters: int
    visited: int | None
    commission: str
    whole: tuple[Figures, ...]
    parts: tuple[Figures, ...]
    below: tuple[Below, ...]
    precincts: tuple[PrecinctLine, ...]
    pager: Pager | None
    outside: OutsideCount
    outside_url: str
    csv: str
    charts: Charts


def territory_page(at: Snapshot, place: Place) -> TerritoryPage:
    """A territory's page. Contests of the whole territory are shown option by option, those of its parts in
    one line each.
    """
    around, known = frame(at, *way_down(at, place)), places(at.tables)
    below = known.below(place.id)
    totals = totals_in(at, [place.id, *(one.id for one in below)])
    whole, parts = _contests(at, place, totals)
    lines, where = (
        lines_of(at, main_contest(at), below, totals),
        source(around, territory_url(at, place.code)),
    )
    own = {contest.code for contest in at.tables.contests.values() if contest.territory == place.id}
    counted = whole[0].counted if whole else together(one.counted for one in parts)
    precincts = precincts_directly_in(at, place.id, part_of(1))
    return TerritoryPage(
        frame=around,
        name=name_of(place),
        kind=territory_kind(place.kind),
        lead=lead(
            around, so_far(at, counted.counted, _answer(whole, own)), counted, whole[0] if whole else None
        ),
        state=whole[0].state if whole else None,
        counted=counted,
        voters=known.voters[place.id],
        visited=None if below else visited_share(at, place),
        commission=commission_url(at, place),
        whole=whole,
        parts=parts,
        below=_below(at, lines),
        precincts=tuple(precinct_line(at, row) for row in precincts.rows),
        pager=pager(1, precincts.total, territory_pages(at, place)),
        outside=sum(outside_counts(at, place.id).values(), OutsideCount()),
        outside_url=reverse("outside", args=[at.election.id]),
        csv=open_data_url(at, "territories", place.code),
        charts={
            **(result_chart(where, whole[0]) if whole else {}),
            **territories_chart(at, where, below, lines, whole[0].rows if whole else ()),
        },
    )


def visited_share(at: Snapshot, place: Place) -> int | None:
    """The share of a district's entries that were checked from door to door (Art. 28), where that many may be shown."""
    return public_share(at.election.id, place.id, voter_rules(at.tables.edition).least_cell, at.size)


def _contests(
    at: Snapshot, place: Place, totals: Mapping[tuple[int, int], TotalRow]
) -> tuple[tuple[Figures, ...], tuple[Figures, ...]]:
    """The contests of the whole territory and those of its parts."""
    own, above, parts = [], [], []
    here = [contest for contest in at.tables.contests.values() if (contest.id, place.id) in totals]
    found = outcomes(at, [contest.id for contest in here])
    for contest in here:
        shown = figures(at, contest, totals[contest.id, place.id], found.get(contest.id))
        if contest.territory == place.id:
            own.append(shown)
        elif contest.territory in place.lineage:
            above.append(without_seats(shown))
        else:
            parts.append(shown)
    return (*own, *above), tuple(parts)


def _answer(whole: tuple[Figures, ...], own: set[str]) -> str:
    if not whole:
        return gettext("Several contests are voted on here, each in a part of the territory.")
    return answer(whole[0]) if whole[0].code in own else answer_here(whole[0])


def _below(at: Snapshot, lines: list[PlaceLine]) -> tuple[Below, ...]:
    contest = main_contest(at)
    groups: dict[str, list[PlaceLine]] = {}
    for line in lines:
        groups.setdefault(line.kind, []).append(line)
    title = title_of(contest) if contest is not None else gettext("All contests together")
    return tuple(Below(kind, title, tuple(found)) for kind, found in groups.items())
