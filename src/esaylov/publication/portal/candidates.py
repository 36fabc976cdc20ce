"""All candidates of an election by contest, in pages."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext

from esaylov.design.words import in_language
from esaylov.elections.models import Option
from esaylov.elections.queries import ContestRow
from esaylov.publication.pages.common import Frame, Link, contest_kind, frame
from esaylov.publication.pages.contests import Figures, Row, figures, list_names
from esaylov.publication.pages.regions import jumps, region_of
from esaylov.publication.portal.bars import whole
from esaylov.publication.portal.paging import PER_PAGE, Pager, page_address, pages, start
from esaylov.publication.portal.parties import party_url
from esaylov.results.queries import Snapshot, outcomes, own_totals


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """What the ballot says of a candidate (name, year of birth, party), and the votes."""

    name: str
    born: str
    party: Link | None
    row: Row


@dataclass(frozen=True, slots=True)
class ContestCandidates:
    """The candidates of one contest that stand on this page, in the order of the ballot."""

    contest: Figures
    kind: str
    candidates: tuple[CandidateLine, ...]


@dataclass(frozen=True, slots=True)
class CandidatesPage:
    """A page of the candidates."""

    frame: Frame
    groups: tuple[ContestCandidates, ...]
    contests: int
    lists: tuple[Link, ...]
    counted: bool
    pages: Pager
    jumps: tuple[Link, ...]

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        return (
            gettext("%(candidates)s candidates stand in %(contests)s contests.")
            % {"candidates": whole(self.pages.total), "contests": whole(self.contests)}
            if self.pages.total
            else gettext("Nobody stands by name in this election.")
        )


def candidates_page(at: Snapshot, number: int = 1) -> CandidatesPage:
    """A page of an election's candidates, by contest in the package's order. Http404 behind the end."""
    everybody = [
        (contest, option)
        for contest in at.tables.contests.values()
        for option in sorted(contest.options, key=lambda option: option.ballot_order)
        if option.kind == "candidate"
    ]
    where = pages("candidates", [at.election.id], number, len(everybody))
    here = everybody[start(number) :][:PER_PAGE]
    parties = list_names(at)
    ids = {contest.id for contest, _ in here}
    totals, found = own_totals(at, ids), outcomes(at, ids)
    groups = tuple(
        _group(
            contest, figures(at, contest, totals.get(contest.id), found.get(contest.id)), pairs, at, parties
        )
        for contest, pairs in _by_contest(here)
    )
    return CandidatesPage(
        frame=frame(at, Link(gettext("Candidates"))),
        groups=groups,
        contests=len({contest.id for contest, _ in everybody}),
        lists=tuple(Link(name, party_url(at, code)) for code, name in parties.items()),
        counted=any(group.contest.any for group in groups),
        pages=where,
        jumps=_jumps(at, everybody),
    )


def _jumps(at: Snapshot, everybody: list[tuple[ContestRow, Option]]) -> tuple[Link, ...]:
    """Links to the first contest of each region, on whatever page it is."""
    first: dict[str, tuple[str, str]] = {}
    for place, (contest, _) in enumerate(everybody):
        page = page_address("candidates", [at.election.id], place // PER_PAGE + 1)
        first.setdefault(contest.code, (region_of(at, contest), f"{page}#{contest.code}"))
    return jumps(first.values())


def _by_contest(pairs: list[tuple[ContestRow, Option]]) -> list[tuple[ContestRow, list[Option]]]:
    groups = (list(group) for _, group in groupby(pairs, key=lambda pair: pair[0].id))
    return [(group[0][0], [option for _, option in group]) for group in groups]


def _group(
    contest: ContestRow, shown: Figures, options: list[Option], at: Snapshot, parties: dict[str, str]
) -> ContestCandidates:
    rows = {row.code: row for row in shown.rows}
    lines = tuple(_line(at, option, rows[option.code], parties) for option in options)
    return ContestCandidates(shown, contest_kind(contest.kind), lines)


def _line(at: Snapshot, option: Option, row: Row, parties: dict[str, str]) -> CandidateLine:
    party = None
    if option.organisation:
        party = Link(
            parties.get(option.organisation, option.organisation), party_url(at, option.organisation)
        )
    return CandidateLine(in_language(option.names, option.code), option.birth_date[:4], party, row)
