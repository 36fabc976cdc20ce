"""A territory's page: its contests' sums, the territories below it, its precincts; and what is outside the
totals.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from esaylov.publication.pages.common import (
    Frame,
    Link,
    State,
    contest_url,
    frame,
    name_of,
    protocol_url,
    state_words,
    way_down,
)
from esaylov.publication.pages.contest import precinct_name
from esaylov.publication.pages.contests import Counted, Figures, figures, title_of, without_seats
from esaylov.publication.pages.national import PlaceLine, main_contest, place_lines
from esaylov.publication.reads import Place, places
from esaylov.results.queries import (
    OutsideCount,
    Part,
    PrecinctRow,
    Snapshot,
    outcomes,
    outside_counts,
    precincts_directly_in,
    precincts_outside,
    totals_in,
)

MOST_OUTSIDE = 1_000


@dataclass(frozen=True, slots=True)
class ProtocolLink:
    """A place of a precinct: its contest, its page, its state."""

    contest: str
    url: str
    state: State
    counts: bool
    conflicts: int


@dataclass(frozen=True, slots=True)
class PrecinctLine:
    """A precinct with all its places."""

    name: str
    address: str
    voters: int
    protocols: tuple[ProtocolLink, ...]


@dataclass(frozen=True, slots=True)
class Below:
    """The territories of one kind below this one."""

    title: str
    contest: str
    places: tuple[PlaceLine, ...]


@dataclass(frozen=True, slots=True)
class TerritoryPage:
    """Everything on a territory's page."""

    frame: Frame
    name: str
    counted: Counted
    whole: tuple[Figures, ...]
    parts: tuple[Figures, ...]
    below: tuple[Below, ...]
    precincts: tuple[PrecinctLine, ...]
    outside: OutsideCount
    outside_url: str


@dataclass(frozen=True, slots=True)
class OutsidePage:
    """Places outside the totals, and those with conflicting protocols beside what stands."""

    frame: Frame
    outside: OutsideCount
    precincts: tuple[PrecinctLine, ...]
    shortened: bool


def territory_page(at: Snapshot, place: Place) -> TerritoryPage:
    """A territory's page. Contests of the whole territory are shown option by option, those of its parts in
    one line each.
    """
    totals = {contest: total for (contest, _), total in totals_in(at, [place.id]).items()}
    found = outcomes(at)
    whole, parts = [], []
    for contest in at.tables.contests.values():
        if (total := totals.get(contest.id)) is None:
            continue
        own = contest.territory == place.id
        shown = figures(at, contest, total, found.get(contest.id))
        if contest.territory in place.lineage:
            whole.append(shown if own else without_seats(shown))
        else:
            parts.append(shown)
    outside = sum(outside_counts(at, place.id).values(), OutsideCount())
    counted = whole[0].counted if whole else Counted(*_sums(parts))
    return TerritoryPage(
        frame=frame(at, *way_down(at, place)),
        name=name_of(place),
        counted=counted,
        whole=tuple(whole),
        parts=tuple(parts),
        below=_below(at, place),
        precincts=tuple(
            precinct_line(at, row) for row in precincts_directly_in(at, place.id, Part(1_500)).rows
        ),
        outside=outside,
        outside_url=reverse("outside", args=[at.election.id]),
    )


def _sums(shown: list[Figures]) -> tuple[int, int]:
    return sum(one.counted.counted for one in shown), sum(one.counted.expected for one in shown)


def _below(at: Snapshot, place: Place) -> tuple[Below, ...]:
    contest = main_contest(at)
    groups: dict[str, list[PlaceLine]] = {}
    for line in place_lines(at, contest, places(at.tables).below(place.id)):
        groups.setdefault(line.kind, []).append(line)
    title = title_of(contest) if contest is not None else gettext("All contests together")
    return tuple(Below(kind, title, tuple(lines)) for kind, lines in groups.items())


def precinct_line(at: Snapshot, row: PrecinctRow, *, only_standing: bool = False) -> PrecinctLine:
    """A precinct with its places; with `only_standing` those where something stands."""
    contests = [
        contest
        for contest in at.tables.contests.values()
        if at.tables.concerns(contest, row.cell) and (not only_standing or contest.id in row.standing)
    ]
    return PrecinctLine(
        name=precinct_name(row),
        address=row.address if row.place_public is not False else gettext("place withheld"),
        voters=row.voters,
        protocols=tuple(
            ProtocolLink(
                title_of(contest),
                protocol_url(at, row.code, contest.code),
                state_words(standing.state if standing else "awaited"),
                standing is not None and standing.counts,
                standing.conflicts if standing else 0,
            )
            for contest in contests
            for standing in [row.standing.get(contest.id)]
        ),
    )


def outside_page(at: Snapshot) -> OutsidePage:
    """Every place outside the totals, up to a thousand precincts."""
    rows = precincts_outside(at, Part(MOST_OUTSIDE)).rows
    return OutsidePage(
        frame=frame(at, Link(gettext("Outside the totals"))),
        outside=sum(outside_counts(at).values(), OutsideCount()),
        precincts=tuple(precinct_line(at, row, only_standing=True) for row in rows),
        shortened=len(rows) >= MOST_OUTSIDE,
    )


__all__ = ["contest_url", "outside_page", "territory_page"]
