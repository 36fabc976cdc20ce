"""Corrections: what was corrected, returned, annulled or contested, with the figures before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, pgettext

from esaylov.design.words import in_language
from esaylov.elections.queries import ContestRow, day_of, elections
from esaylov.publication.cited import Cited, register_of
from esaylov.publication.pages.common import (
    Frame,
    Link,
    State,
    frame,
    name_of,
    precinct_url,
    precinct_words,
    protocol_url,
    state_words,
)
from esaylov.publication.pages.contests import title_of
from esaylov.publication.pages.protocol import line_title
from esaylov.publication.portal.bodies import body_names
from esaylov.publication.portal.paging import PER_PAGE, Pager, pages, start
from esaylov.publication.portal.reads import Disputed, EventRow, FiguresRow, disputed, events, figures_of
from esaylov.publication.reads import places
from esaylov.results.queries import Snapshot

STATES = {"conflict": "conflicting", "return": "returned", "annulment": "annulled"}
"""The state in which a protocol is after what happened to it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure before and after; None where there is none."""

    label: str
    before: int | None
    after: int | None

    @property
    def sign(self) -> str:
        """Of after less before; the minus is a real one."""
        return "−" if (self.after or 0) < (self.before or 0) else "+"

    @property
    def amount(self) -> int:
        """By how much both differ."""
        return abs((self.after or 0) - (self.before or 0))


@dataclass(frozen=True, slots=True)
class Correction:
    """Something that happened to a protocol, in words, with the figures that it changed."""

    state: State
    at: datetime
    index: int
    precinct: str
    precinct_code: str
    place: str
    contest: str
    contest_code: str
    link: Link
    body: str
    number: str
    cited: Cited
    text: str
    before_title: str
    after_title: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class CorrectionsPage:
    """A page of an election's corrections, newest first."""

    frame: Frame
    counts: Disputed
    rows: tuple[Correction, ...]
    pages: Pager

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        return gettext(
            "Everything that was changed or taken out after it was public, newest first. Nothing is deleted."
        )


@dataclass(frozen=True, slots=True)
class ElectionLine:
    """An election in the list of all corrections."""

    title: str
    url: str
    date: datetime
    counts: Disputed


@dataclass(frozen=True, slots=True)
class AllCorrectionsPage:
    """Corrections of all elections by number."""

    elections: tuple[ElectionLine, ...]
    simulated: bool
    replay: bool

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        return gettext(
            "Mistakes happen. Here they are corrected in public, with the old figures beside the new ones."
        )


def corrections_page(at: Snapshot, number: int = 1) -> CorrectionsPage:
    """A page of an election's corrections. Http404 behind the end of the list."""
    total, rows = corrections(at, PER_PAGE, start(number))
    return CorrectionsPage(
        frame=frame(at, Link(gettext("Corrections"))),
        counts=disputed().get(at.election.id, Disputed()),
        rows=tuple(rows),
        pages=pages("election-corrections", [at.election.id], number, total),
    )


def all_corrections_page(sizes: dict[str, int]) -> AllCorrectionsPage:
    """Corrections of all elections, the latest day first."""
    counts, known = disputed(), [row for row in elections() if row.id in sizes]
    return AllCorrectionsPage(
        elections=tuple(
            ElectionLine(
                title=in_language(row.titles, row.id),
                url=reverse("election-corrections", args=[row.id]),
                date=day_of(row),
                counts=counts.get(row.id, Disputed()),
            )
            for row in known
        ),
        simulated=any(row.simulated for row in known),
        replay=any(row.replay for row in known),
    )


def corrections(at: Snapshot, limit: int, offset: int = 0) -> tuple[int, list[Correction]]:
    """Corrections newest first, `limit` of them after `offset`, and how many there are (0 behind the end)."""
    total, rows = events(at, limit, offset)
    if not rows:
        return total, []
    figures = figures_of(at, (row.precinct for row in rows), at.tables.contests_by_id)
    names = body_names(at, [row.body for row in rows])
    cited = register_of(at.size, at.election.id, {row.index: row.number for row in rows if row.number})
    return total, [_correction(at, row, figures, names, cited.get(row.index, Cited(""))) for row in rows]


def _correction(
    at: Snapshot,
    row: EventRow,
    figures: dict[tuple[int, int], list[FiguresRow]],
    names: Callable[[str], str],
    cited: Cited,
) -> Correction:
    contest = at.tables.contests_by_id.get(row.contest) if row.contest is not None else None
    versions = figures.get((row.contest, row.precinct), []) if row.contest is not None else []
    before, after = _versions(row, versions)
    public = before is not None or contest is None
    first, second, text = _titles(row, public=public)
    return Correction(
        state=_state(row.kind),
        at=row.at.astimezone(at.zone),
        index=row.index,
        precinct=precinct_words(row.precinct_number or row.precinct_code),
        precinct_code=row.precinct_code,
        place=name_of(places(at.tables).by_id[row.territory]),
        contest=title_of(contest) if contest is not None else gettext("All contests"),
        contest_code=contest.code if contest is not None else "",
        link=_link(at, row, contest),
        body=_body(row, names),
        number=row.number,
        cited=cited,
        text=text,
        before_title=first,
        after_title=second,
        changes=_changes(at, contest, before, after) if contest else _left(at, row, figures),
    )


def _left(
    at: Snapshot, row: EventRow, figures: dict[tuple[int, int], list[FiguresRow]]
) -> tuple[Change, ...]:
    """Of an annulment for every contest: how many votes left the totals of each."""
    found = []
    for contest in at.tables.contests.values():
        stood = [
            one
            for one in figures.get((contest.id, row.precinct), [])
            if not one.conflicting and one.index < row.index
        ]
        if stood:
            found.append(Change(title_of(contest), sum(stood[-1].votes), None))
    return tuple(found)


def _state(kind: str) -> State:
    if kind == "correction":
        return State(
            "corrected", pgettext("state", "corrected"), gettext("A later version replaced the figures.")
        )
    return state_words(STATES[kind])


def _versions(row: EventRow, versions: Sequence[FiguresRow]) -> tuple[FiguresRow | None, FiguresRow | None]:
    """The figures before and after: of a correction both versions, of a conflict what stood and what came, of a
    decision what it takes out of the totals.
    """
    own = next((one for one in versions if one.journal == row.journal), None)
    if row.kind == "correction" and own is not None:
        return next((one for one in versions if one.leaf == own.replaces), None), own
    stood = [one for one in versions if not one.conflicting and one.index < row.index]
    if row.kind == "conflict":
        return (stood[-1] if stood else None), own
    if row.kind == "return":
        return own, None
    return (stood[-1] if stood else None), None


def _titles(row: EventRow, *, public: bool) -> tuple[str, str, str]:
    """The heads of the two columns, and what happened in a sentence; `public`: figures stood before it."""
    match row.kind:
        case "correction":
            return gettext("Before"), gettext("Now"), gettext("The commission sent a corrected protocol.")
        case "conflict":
            text = gettext(
                "A second protocol came for this place. It changes nothing; what stood still stands."
            )
            return gettext("Stands"), gettext("Second protocol"), text
        case "return":
            text = gettext("The protocol was returned for correction. It left the totals.")
            return gettext("Left the totals"), "", text
    if not public:
        text = gettext("The results were declared invalid before a protocol of this place was public.")
        return "", "", text
    return gettext("Left the totals"), "", gettext("The results were declared invalid. They left the totals.")


def _body(row: EventRow, names: Callable[[str], str]) -> str:
    """Who acted; a precinct's own commission is clear from the precinct."""
    return names(row.body) if row.number else ""


def _link(at: Snapshot, row: EventRow, contest: ContestRow | None) -> Link:
    if contest is not None:
        return Link(gettext("Protocol"), protocol_url(at, row.precinct_code, contest.code))
    return Link(gettext("Precinct"), precinct_url(at, row.precinct_code))


def _changes(
    at: Snapshot, contest: ContestRow, before: FiguresRow | None, after: FiguresRow | None
) -> tuple[Change, ...]:
    """Figures that differ; of a decision, which has nothing after it, the votes and those who took part."""
    if before is None and after is None:
        return ()
    options = [in_language(option.names, option.code) for option in contest.options]
    lines = [line_title(at, name) for name in at.tables.edition.lines]
    labels = [*options, *lines]
    old = [*before.votes, *before.lines] if before is not None else [None] * len(labels)
    new = [*after.votes, *after.lines] if after is not None else [None] * len(labels)
    found = tuple(Change(*row) for row in zip(labels, old, new, strict=True))
    if before is not None and after is not None:
        return tuple(change for change in found if change.before != change.after)
    return found[: len(options)]
