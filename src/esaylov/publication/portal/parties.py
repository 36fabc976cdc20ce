"""Parties: their list, and a page of each with votes, seats, candidates, and where it is strongest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from esaylov.elections.models import Option
from esaylov.elections.queries import ContestRow
from esaylov.publication.pages.common import Frame, Link, frame
from esaylov.publication.pages.contests import Figures, Row, list_names
from esaylov.publication.pages.lines import main_contest, place_lines
from esaylov.publication.pages.national import Headline, headline
from esaylov.publication.pages.seats import WOMEN, SeatRow
from esaylov.publication.portal.bars import Bar, Value, bars, share, whole
from esaylov.publication.reads import places
from esaylov.results.queries import Snapshot

STRONGEST = 10


@dataclass(frozen=True, slots=True)
class PartyLine:
    """A party: its seats and votes, its candidates in single-member contests, how many of them are women (None where
    the package does not say).
    """

    code: str
    name: str
    url: str
    seats: SeatRow | None
    candidates: int
    women: int | None


@dataclass(frozen=True, slots=True)
class PartiesPage:
    """All parties, most seats first."""

    frame: Frame
    headline: Headline
    rows: tuple[PartyLine, ...]
    counted: bool
    genders: bool

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        return self.headline.answer if self.counted else ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A candidate of the party: contest, votes, share, place among the candidates, whether elected."""

    name: str
    contest: Figures
    row: Row
    place: int


@dataclass(frozen=True, slots=True)
class PartyPage:
    """Everything on a party's page."""

    frame: Frame
    name: str
    headline: Headline
    seats: SeatRow | None
    list_contest: Link | None
    strongest: tuple[Bar, ...]
    candidates: tuple[Standing, ...]
    elected: int
    women: int | None

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        return _party_lead(self)


def party_codes(at: Snapshot) -> dict[str, str]:
    """Names of parties by code: the lists of list contests, then organisations that only candidates name."""
    found = dict(list_names(at))
    for contest in at.tables.contests.values():
        for option in contest.options:
            if option.organisation:
                found.setdefault(option.organisation, option.organisation)
    return found


def party_url(at: Snapshot, code: str) -> str:
    """A party's page."""
    return reverse("party", args=[at.election.id, code])


def parties_page(at: Snapshot) -> PartiesPage:
    """All parties of an election."""
    head = headline(at)
    seats = {row.code: row for row in head.table.rows} if head.table is not None else {}
    rows = []
    for code, name in party_codes(at).items():
        own = [option for _, option in candidates_of(at, code)]
        rows.append(PartyLine(code, name, party_url(at, code), seats.get(code), len(own), women(own)))
    rows.sort(key=_by_seats)
    return PartiesPage(
        frame=frame(at, Link(gettext("Parties"))),
        headline=head,
        rows=tuple(rows),
        counted=head.counted.counted > 0,
        genders=any(row.women is not None for row in rows),
    )


def _by_seats(row: PartyLine) -> tuple[int, int]:
    return (-row.seats.seats, -(row.seats.votes or 0)) if row.seats is not None else (0, 0)


def candidates_of(at: Snapshot, party: str) -> list[tuple[ContestRow, Option]]:
    """A party's candidates with their contests, in the package's order."""
    return [
        (contest, option)
        for contest in at.tables.contests.values()
        for option in contest.options
        if option.kind == "candidate" and option.organisation == party
    ]


def women(options: Iterable[Option]) -> int | None:
    """How many of the candidates are women; None where the package does not say it of each."""
    genders = [option.gender for option in options]
    if not genders or not all(genders):
        return None
    return sum(1 for gender in genders if gender in WOMEN)


def party_page(at: Snapshot, code: str) -> PartyPage:
    """A party's page. Http404 when no list and no candidate is of this party."""
    name = party_codes(at).get(code)
    if name is None:
        raise Http404
    head = headline(at)
    table = head.table.rows if head.table is not None else ()
    own = candidates_of(at, code)
    standings = [_standing(head.all[contest.id], option.code) for contest, option in own]
    main = head.main if head.main is not None and head.main.kind == "list" else None
    return PartyPage(
        frame=frame(at, Link(gettext("Parties"), reverse("parties", args=[at.election.id])), Link(name)),
        name=name,
        headline=head,
        seats=next((row for row in table if row.code == code), None),
        list_contest=Link(main.title, main.url) if main is not None else None,
        strongest=_strongest(at, code) if main is not None else (),
        candidates=tuple(sorted(standings, key=lambda one: (not one.row.elected, -(one.row.share or 0)))),
        elected=sum(1 for one in standings if one.row.elected),
        women=women(option for _, option in own),
    )


def _party_lead(page: PartyPage) -> str:
    if page.seats is not None and page.headline.table is not None and page.headline.counted.counted:
        return gettext("%(seats)s of %(all)s seats, %(share)s of the list ballots.") % {
            "seats": whole(page.seats.seats),
            "all": whole(page.headline.table.seats),
            "share": share(page.seats.share),
        }
    number = len(page.candidates)
    text = ngettext(
        "%(shown)s candidate in single-member contests.",
        "%(shown)s candidates in single-member contests.",
        number,
    )
    return text % {"shown": whole(number)}


def _standing(shown: Figures, option: str) -> Standing:
    place, row = next((n, row) for n, row in enumerate(shown.rows, start=1) if row.code == option)
    return Standing(row.name, shown, row, place)


def _strongest(at: Snapshot, code: str) -> tuple[Bar, ...]:
    """The territories below the country in which the party's list has the largest share of the ballots counted."""
    lines = place_lines(at, main_contest(at), places(at.tables).parts(at.tables.country))
    found = [
        Value(line.name, row.share or 0, share(row.share), row.tone, line.url)
        for line in lines
        if line.figures is not None and line.figures.any
        for row in line.figures.rows
        if row.code == code
    ]
    return bars(sorted(found, key=lambda one: -one.number)[:STRONGEST])
