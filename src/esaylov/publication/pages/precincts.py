"""Precincts as lines of lists, and the pages of long lists: of a territory, of a contest, of what is outside the
totals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from esaylov.elections.queries import ContestRow
from esaylov.publication.pages.common import (
    Frame,
    Link,
    State,
    contest_url,
    frame,
    name_of,
    precinct_url,
    precinct_words,
    protocol_url,
    state_words,
    way_down,
)
from esaylov.publication.pages.contests import common, figures, title_of
from esaylov.publication.pages.paging import Pager, pager, part_of
from esaylov.publication.reads import Place, places
from esaylov.results.queries import (
    OutsideCount,
    PrecinctRow,
    Snapshot,
    outside_counts,
    own_totals,
    precincts_directly_in,
    precincts_of,
    precincts_outside,
)


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
    """A precinct with its places; `where` names its territory where the list spans several."""

    name: str
    url: str
    where: str
    address: str
    voters: int
    protocols: tuple[ProtocolLink, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """The head of a column: an option's name."""

    code: str
    name: str
    tone: int


@dataclass(frozen=True, slots=True)
class ContestLine:
    """A precinct in a contest's table: state, voters who took part and votes in the order of the columns."""

    name: str
    url: str
    where: str
    state: State
    counts: bool
    participants: int | None
    votes: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class PrecinctsPage:
    """A page of a territory's precincts."""

    frame: Frame
    title: str
    up: Link
    precincts: tuple[PrecinctLine, ...]
    pager: Pager


@dataclass(frozen=True, slots=True)
class ContestPrecinctsPage:
    """A page of a contest's precincts, votes in the order of the columns."""

    frame: Frame
    title: str
    up: Link
    columns: tuple[Option, ...]
    precincts: tuple[ContestLine, ...]
    pager: Pager


@dataclass(frozen=True, slots=True)
class OutsidePage:
    """A page of the places outside the totals, and of those with conflicting protocols beside what stands."""

    frame: Frame
    outside: OutsideCount
    precincts: tuple[PrecinctLine, ...]
    pager: Pager


# --- lines ---


def precinct_name(row: PrecinctRow) -> str:
    """A precinct by its number, else by its id."""
    return precinct_words(row.number or row.code)


def precinct_in_full(at: Snapshot, code: str, number: str, territory: int) -> str:
    """A precinct wherever its district is not plain from what stands around it: with its territory (database id) and its code
    beside its number, as numbers begin anew in each region.
    """
    return f"{precinct_words(number or code)}, {beside_number(at, code, number, territory)}"


def beside_number(at: Snapshot, code: str, number: str, territory: int) -> str:
    """What stands beside a precinct's number: its territory and its code, which stands alone where there is no number."""
    name = name_of(places(at.tables).by_id[territory])
    return f"{name} ({code})" if number else name


def every_contest() -> str:
    """What an act on a precinct that names no contest is about."""
    return gettext("every contest of the precinct")


def address_of(row: PrecinctRow) -> str:
    """The address; where the place is withheld, that it is."""
    return row.address if row.place_public is not False else gettext("place withheld")


def where(at: Snapshot, row: PrecinctRow) -> str:
    """The name of the territory that a precinct lies in."""
    return name_of(places(at.tables).by_id[row.territory])


def precinct_line(at: Snapshot, row: PrecinctRow, *, only_standing: bool = False) -> PrecinctLine:
    """A precinct with its places; with `only_standing` those where something stands."""
    contests = [
        contest
        for contest in at.tables.contests.values()
        if at.tables.concerns(contest, row.cell) and (not only_standing or contest.id in row.standing)
    ]
    return PrecinctLine(
        name=precinct_name(row),
        url=precinct_url(at, row.code),
        where=where(at, row) if only_standing else "",
        address=address_of(row),
        voters=row.voters,
        protocols=tuple(protocol_link(at, row, contest) for contest in contests),
    )


def protocol_link(at: Snapshot, row: PrecinctRow, contest: ContestRow) -> ProtocolLink:
    """One place of a precinct."""
    standing = row.standing.get(contest.id)
    return ProtocolLink(
        title_of(contest),
        protocol_url(at, row.code, contest.code),
        state_words(standing.state if standing else "awaited"),
        standing is not None and standing.counts,
        standing.conflicts if standing else 0,
    )


def columns(at: Snapshot, contest: ContestRow) -> tuple[Option, ...]:
    """The options of a contest as columns, most votes first (one query)."""
    shown = figures(at, contest, own_totals(at, [contest.id]).get(contest.id))
    return tuple(Option(row.code, row.name, row.tone) for row in shown.rows)


def contest_lines(
    at: Snapshot, contest: ContestRow, head: Sequence[Option], rows: Sequence[PrecinctRow]
) -> tuple[ContestLine, ...]:
    """Precincts with a contest's figures in the order of the columns."""
    positions = {option.code: option.position for option in contest.options}
    order = [positions[option.code] for option in head]
    return tuple(_contest_line(at, contest, order, row) for row in rows)


def _contest_line(at: Snapshot, contest: ContestRow, order: list[int], row: PrecinctRow) -> ContestLine:
    standing = row.standing.get(contest.id)
    voted = standing is not None and bool(standing.lines)
    return ContestLine(
        name=precinct_name(row),
        url=protocol_url(at, row.code, contest.code),
        where=where(at, row),
        state=state_words(standing.state if standing else "awaited"),
        counts=standing is not None and standing.counts,
        participants=common(at, "ballots_in_boxes", standing.lines) if standing and voted else None,
        votes=tuple(standing.votes[place] if standing and voted else None for place in order),
    )


# --- addresses of the pages of a list ---


def territory_pages(at: Snapshot, place: Place) -> Callable[[int], str]:
    """The address of a page of a territory's precincts; the first page is on the territory's own."""
    own = reverse("territory", args=[at.election.id, place.code]) + "#precincts"
    return lambda number: (
        own if number == 1 else reverse("territory-precincts", args=[at.election.id, place.code, str(number)])
    )


def contest_pages(at: Snapshot, contest: ContestRow) -> Callable[[int], str]:
    """The address of a page of a contest's precincts."""
    return lambda number: reverse("contest-precincts", args=[at.election.id, contest.code, str(number)])


def outside_pages(at: Snapshot) -> Callable[[int], str]:
    """The address of a page of what is outside the totals."""
    return lambda number: (
        reverse("outside", args=[at.election.id])
        if number == 1
        else reverse("outside-page", args=[at.election.id, str(number)])
    )


# --- pages ---


def territory_precincts_page(at: Snapshot, place: Place, number: int) -> PrecinctsPage | None:
    """A page of the precincts that lie directly in a territory; None when there is no such page."""
    found = precincts_directly_in(at, place.id, part_of(number))
    way = pager(number, found.total, territory_pages(at, place))
    if way is None:
        return None
    return PrecinctsPage(
        frame=frame(at, *way_down(at, place), Link(gettext("Precincts"))),
        title=name_of(place),
        up=Link(name_of(place), reverse("territory", args=[at.election.id, place.code])),
        precincts=tuple(precinct_line(at, row) for row in found.rows),
        pager=way,
    )


def contest_precincts_page(at: Snapshot, contest: ContestRow, number: int) -> ContestPrecinctsPage | None:
    """A page of the precincts that vote in a contest; None when there is no such page."""
    found = precincts_of(at, contest, part_of(number))
    way = pager(number, found.total, contest_pages(at, contest))
    if way is None:
        return None
    head = columns(at, contest)
    up = Link(title_of(contest), contest_url(at, contest.code))
    contests = Link(gettext("Contests"), reverse("contests", args=[at.election.id]))
    return ContestPrecinctsPage(
        frame=frame(at, contests, up, Link(gettext("Precincts"))),
        title=title_of(contest),
        up=up,
        columns=head,
        precincts=contest_lines(at, contest, head, found.rows),
        pager=way,
    )


def outside_page(at: Snapshot, number: int = 1) -> OutsidePage | None:
    """A page of everything outside the totals; None when there is no such page."""
    found = precincts_outside(at, part_of(number))
    way = pager(number, found.total, outside_pages(at))
    if way is None:
        return None
    return OutsidePage(
        frame=frame(at, Link(gettext("Outside the totals"))),
        outside=sum(outside_counts(at).values(), OutsideCount()),
        precincts=tuple(precinct_line(at, row, only_standing=True) for row in found.rows),
        pager=way,
    )
