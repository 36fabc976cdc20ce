"""A contest's page, and the list of all contests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, pgettext

from esaylov.design.words import in_language
from esaylov.elections.queries import ContestRow
from esaylov.publication.pages.common import (
    Frame,
    Link,
    State,
    frame,
    name_of,
    protocol_url,
    state_words,
    territory_url,
)
from esaylov.publication.pages.contests import Figures, answer, common, figures, title_of
from esaylov.publication.pages.national import PlaceLine, place_lines
from esaylov.publication.pages.working import Stage, working
from esaylov.publication.reads import places
from esaylov.results.queries import (
    OutsideCount,
    Part,
    PrecinctRow,
    Snapshot,
    contest_decisions,
    outcomes,
    outside_counts,
    own_totals,
    precincts_of,
)

MOST_PRECINCTS = 1_500
"""Where a contest has more, its page leads to the territories instead of naming each precinct."""


@dataclass(frozen=True, slots=True)
class Option:
    """The head of a column: an option's name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class TerritoryLine:
    """A territory in a contest's table, its votes in the order of the columns."""

    place: PlaceLine
    figures: Figures
    votes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PrecinctLine:
    """A precinct in a contest's table: state, voters who took part and votes in the order of the columns."""

    name: str
    url: str
    state: State
    counts: bool
    participants: int | None
    votes: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision on the contest in words."""

    text: str
    number: str
    names: str
    at: datetime
    index: int


@dataclass(frozen=True, slots=True)
class ContestPage:
    """Everything on a contest's page."""

    frame: Frame
    shown: Figures
    answer: str
    place: Link
    stages: tuple[Stage, ...]
    columns: tuple[Option, ...]
    places: tuple[TerritoryLine, ...]
    precincts: tuple[PrecinctLine, ...]
    decisions: tuple[DecisionLine, ...]
    outside: OutsideCount
    outside_url: str


@dataclass(frozen=True, slots=True)
class ContestsPage:
    """All contests of an election by kind."""

    frame: Frame
    groups: tuple[tuple[str, tuple[Figures, ...]], ...]


def contest_page(at: Snapshot, contest: ContestRow) -> ContestPage:
    """A contest's page."""
    total, outcome = own_totals(at).get(contest.id), outcomes(at).get(contest.id)
    shown = figures(at, contest, total, outcome)
    place = places(at.tables).by_id[contest.territory]
    children = places(at.tables).below(contest.territory)
    small = not children and shown.counted.expected <= MOST_PRECINCTS
    return ContestPage(
        frame=frame(
            at, Link(gettext("Contests"), reverse("contests", args=[at.election.id])), Link(title_of(contest))
        ),
        shown=shown,
        answer=answer(shown),
        place=Link(name_of(place), territory_url(at, place.code)),
        stages=working(at, contest, shown),
        columns=tuple(Option(row.code, row.name) for row in shown.rows),
        places=tuple(_territories(shown, place_lines(at, contest, children))),
        precincts=_precincts(at, contest, shown) if small else (),
        decisions=_decisions(at, contest),
        outside=outside_counts(at).get(contest.id, OutsideCount()),
        outside_url=reverse("outside", args=[at.election.id]),
    )


def _territories(shown: Figures, lines: Iterable[PlaceLine]) -> Iterator[TerritoryLine]:
    for line in lines:
        if line.figures is not None:
            votes = {row.code: row.votes for row in line.figures.rows}
            yield TerritoryLine(line, line.figures, tuple(votes[row.code] for row in shown.rows))


def _precincts(at: Snapshot, contest: ContestRow, shown: Figures) -> tuple[PrecinctLine, ...]:
    places = {option.code: option.position for option in contest.options}
    order = [places[row.code] for row in shown.rows]
    return tuple(
        _precinct(at, contest, order, row) for row in precincts_of(at, contest, Part(MOST_PRECINCTS)).rows
    )


def _precinct(at: Snapshot, contest: ContestRow, order: list[int], row: PrecinctRow) -> PrecinctLine:
    standing = row.standing.get(contest.id)
    voted = standing is not None and bool(standing.lines)
    return PrecinctLine(
        name=precinct_name(row),
        url=protocol_url(at, row.code, contest.code),
        state=state_words(standing.state if standing else "awaited"),
        counts=standing is not None and standing.counts,
        participants=common(at, "ballots_in_boxes", standing.lines) if standing and voted else None,
        votes=tuple(standing.votes[place] if standing and voted else None for place in order),
    )


def precinct_name(row: PrecinctRow) -> str:
    """A precinct by its number, else by its id."""
    return gettext("Precinct %(number)s") % {"number": row.number or row.code}


def _decisions(at: Snapshot, contest: ContestRow) -> tuple[DecisionLine, ...]:
    names = {option.code: in_language(option.names, option.code) for option in contest.options}
    texts = {
        "lot": pgettext("decision", "Lot drawn"),
        "determination": pgettext("decision", "Outcome supplied where the law is silent"),
        "certification": pgettext("decision", "Result certified"),
    }
    return tuple(
        DecisionLine(
            texts[row.kind], row.number, ", ".join(names.get(code, code) for code in row.outcome),
            row.at.astimezone(at.zone), row.index,
        )
        for row in contest_decisions(at, contest.id)
    )  # fmt: skip


def contests_page(at: Snapshot) -> ContestsPage:
    """All contests by kind, in the package's order."""
    totals, found = own_totals(at), outcomes(at)
    groups: dict[str, list[Figures]] = {}
    for contest in at.tables.contests.values():
        shown = figures(at, contest, totals.get(contest.id), found.get(contest.id))
        groups.setdefault(shown.kind_words, []).append(shown)
    return ContestsPage(
        frame(at, Link(gettext("Contests"))), tuple((kind, tuple(rows)) for kind, rows in groups.items())
    )
