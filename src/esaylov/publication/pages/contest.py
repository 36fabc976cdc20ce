"""A contest's page, and the list of all contests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, pgettext

from esaylov.design.words import in_language
from esaylov.elections.queries import ContestRow
from esaylov.publication.cited import Cited, register_of
from esaylov.publication.pages.common import Frame, Link, frame, name_of, open_data_url, territory_url
from esaylov.publication.pages.contests import Figures, answer, figures, lead, title_of
from esaylov.publication.pages.lines import PlaceLine, place_lines
from esaylov.publication.pages.ordering import so_far
from esaylov.publication.pages.paging import Pager, pager, part_of
from esaylov.publication.pages.pictures import Charts, result_chart, source
from esaylov.publication.pages.precincts import ContestLine, Option, contest_lines, contest_pages
from esaylov.publication.pages.regions import jumps, region_of, short_name
from esaylov.publication.pages.working import Stage, working
from esaylov.publication.reads import places
from esaylov.results.queries import (
    OutsideCount,
    Snapshot,
    contest_decisions,
    outcomes,
    outside_counts,
    own_totals,
    precincts_of,
)


@dataclass(frozen=True, slots=True)
class TerritoryLine:
    """A territory in a contest's table, its votes in the order of the columns."""

    place: PlaceLine
    figures: Figures
    votes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision on the contest in words."""

    text: str
    cited: Cited
    names: str
    at: datetime
    index: int


@dataclass(frozen=True, slots=True)
class ContestPage:
    """Everything on a contest's page. `pager` leads through its precincts; they are on this page only where no
    territories stand below the contest's own.
    """

    frame: Frame
    shown: Figures
    lead: str
    place: Link
    stages: tuple[Stage, ...]
    columns: tuple[Option, ...]
    places: tuple[TerritoryLine, ...]
    precincts: tuple[ContestLine, ...]
    pager: Pager | None
    precincts_url: str
    decisions: tuple[DecisionLine, ...]
    outside: OutsideCount
    outside_url: str
    csv: str
    charts: Charts


@dataclass(frozen=True, slots=True)
class ListedContest:
    """A contest in the list of all: its figures, what it is called under the heading of its kind, its region, and the
    name by which a link leads to its row.
    """

    figures: Figures
    name: str
    region: str
    anchor: str


@dataclass(frozen=True, slots=True)
class ContestGroup:
    """The contests of one kind; `jumps` lead to the first of each region where there are many."""

    title: str
    rows: tuple[ListedContest, ...]
    jumps: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class ContestsPage:
    """All contests of an election by kind."""

    frame: Frame
    groups: tuple[ContestGroup, ...]


def contest_page(at: Snapshot, contest: ContestRow) -> ContestPage:
    """A contest's page."""
    contests = Link(gettext("Contests"), reverse("contests", args=[at.election.id]))
    around = frame(at, contests, Link(title_of(contest)))
    only = [contest.id]
    shown = figures(at, contest, own_totals(at, only).get(contest.id), outcomes(at, only).get(contest.id))
    place = places(at.tables).by_id[contest.territory]
    below = places(at.tables).parts(place.id)
    lines = place_lines(at, contest, below) if below else []
    head = tuple(Option(row.code, row.name, row.tone) for row in shown.rows)
    found = None if below else precincts_of(at, contest, part_of(1))
    stages = working(at, contest, shown)
    return ContestPage(
        frame=around,
        shown=shown,
        lead=lead(around, so_far(at, shown.counted.counted, answer(shown)), shown.counted, shown),
        place=Link(name_of(place), territory_url(at, place.code)),
        stages=stages,
        columns=head,
        places=tuple(_territories(shown, lines)),
        precincts=contest_lines(at, contest, head, found.rows) if found else (),
        pager=pager(1, found.total, contest_pages(at, contest)) if found else None,
        precincts_url=contest_pages(at, contest)(1),
        decisions=_decisions(at, contest),
        outside=outside_counts(at).get(contest.id, OutsideCount()),
        outside_url=reverse("outside", args=[at.election.id]),
        csv=open_data_url(at, "contests", contest.code),
        charts=result_chart(source(around, shown.url), shown, stages),
    )


def _territories(shown: Figures, lines: Iterable[PlaceLine]) -> Iterator[TerritoryLine]:
    for line in lines:
        if line.figures is not None:
            votes = {row.code: row.votes for row in line.figures.rows}
            yield TerritoryLine(line, line.figures, tuple(votes[row.code] for row in shown.rows))


def _decisions(at: Snapshot, contest: ContestRow) -> tuple[DecisionLine, ...]:
    names = {option.code: in_language(option.names, option.code) for option in contest.options}
    texts = {
        "lot": pgettext("decision", "Lot drawn"),
        "determination": pgettext("decision", "Outcome supplied where the law is silent"),
        "certification": pgettext("decision", "Result certified"),
    }
    rows = contest_decisions(at, contest.id)
    cited = register_of(at.size, at.election.id, {row.index: row.number for row in rows})
    return tuple(
        DecisionLine(
            texts[row.kind], cited[row.index], ", ".join(names.get(code, code) for code in row.outcome),
            row.at.astimezone(at.zone), row.index,
        )
        for row in rows
    )  # fmt: skip


def contests_page(at: Snapshot) -> ContestsPage:
    """All contests by kind, in the package's order."""
    totals, found = own_totals(at), outcomes(at)
    groups: dict[str, list[ListedContest]] = {}
    for contest in at.tables.contests.values():
        shown = figures(at, contest, totals.get(contest.id), found.get(contest.id))
        one = ListedContest(shown, short_name(at, contest), region_of(at, contest), f"contest-{contest.code}")
        groups.setdefault(shown.kind_words, []).append(one)
    return ContestsPage(
        frame(at, Link(gettext("Contests"))), tuple(_group(kind, rows) for kind, rows in groups.items())
    )


def _group(title: str, rows: list[ListedContest]) -> ContestGroup:
    return ContestGroup(title, tuple(rows), jumps((one.region, f"#{one.anchor}") for one in rows))
