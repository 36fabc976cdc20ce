"""Documents: what has been published for an election, from its calling to its last decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext

from esaylov.design.words import in_language
from esaylov.exchange.documents.parts import marked
from esaylov.publication.cited import Cited, register_of
from esaylov.publication.pages.common import (
    Frame,
    Link,
    contest_url,
    frame,
    precinct_url,
    protocol_url,
)
from esaylov.publication.pages.contests import title_of
from esaylov.publication.pages.precincts import every_contest, precinct_in_full
from esaylov.publication.portal.bodies import body_names
from esaylov.publication.portal.decisions import Line, lines_of
from esaylov.publication.portal.paging import PER_PAGE, Pager, pages, start
from esaylov.publication.portal.reads import (
    FOUNDING,
    Acceptances,
    DecisionRow,
    acceptances,
    decisions_of,
    founding,
    last_publication,
)
from esaylov.publication.portal.scope import mode_of, scope_of
from esaylov.results.queries import Snapshot
from esaylov.tlog.tiles import ENTRIES, WIDTH, Tile

LATEST = 5
"""Decisions of the register that the page shows itself."""


@dataclass(frozen=True, slots=True)
class Document:
    """Something published: what it did, when, the entry of the log that holds it, and where to read it."""

    title: str
    text: str
    at: datetime
    index: int
    bundle: str
    link: Link | None


@dataclass(frozen=True, slots=True)
class ByDecision:
    """An act by decision in words; `cited`: the decision that it names, `about` leads to what it concerns."""

    cited: Cited
    text: str
    body: str
    at: datetime
    index: int
    bundle: str
    about: Link
    outcome: str


@dataclass(frozen=True, slots=True)
class Register:
    """The latest decisions that sessions took, and how many there are."""

    total: int
    latest: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class DocumentsPage:
    """Everything on the page of documents; founding documents, the register and acceptances stand on its first page only."""

    frame: Frame
    first: bool
    founding: tuple[Document, ...]
    edition: Link
    law: str
    as_of: str
    register: Register | None
    decisions: tuple[ByDecision, ...]
    accepted: Acceptances | None
    accepted_last: datetime | None
    manifest: str
    manifest_index: int | None
    pages: Pager

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        return gettext(
            "All that was published for this election. Each line names the entry of the public log that holds it."
        )


def documents_page(at: Snapshot, number: int = 1) -> DocumentsPage:
    """A page of an election's documents. Http404 behind the end of the decisions."""
    total, rows = decisions_of(at, PER_PAGE, start(number))
    first = number == 1
    accepted = acceptances(at) if first else None
    names = body_names(at, [row.body for row in rows])
    cited = register_of(at.size, at.election.id, {row.index: row.number for row in rows})
    publication = last_publication(at.size) if first else None
    raw = at.tables.edition.raw
    return DocumentsPage(
        frame=frame(at, Link(gettext("Documents"))),
        first=first,
        founding=tuple(_founding(at)) if first else (),
        edition=Link(
            in_language(at.tables.edition.title, at.tables.edition.id), f"/data/{at.election.id}/edition.toml"
        ),
        law=str(raw.get("law", "")),
        as_of=str(raw.get("as_of", "")),
        register=Register(*lines_of(scope_of(at), 1, limit=LATEST)) if first else None,
        decisions=tuple(_decision(at, row, names, cited[row.index]) for row in rows),
        accepted=accepted,
        accepted_last=accepted.last.astimezone(at.zone) if accepted and accepted.last else None,
        manifest=publication[0] if publication else "",
        manifest_index=publication[1] if publication else None,
        pages=pages("documents", [at.election.id], number, total),
    )


def entry_file(at: Snapshot, index: int) -> str:
    """The address of the file of the log that holds an entry."""
    number = index // WIDTH
    size = at.head.size if at.head else at.size
    return "/log/" + Tile(ENTRIES, number, min(WIDTH, size - number * WIDTH)).path


def _founding(at: Snapshot) -> list[Document]:
    folder = f"/data/{at.election.id}"
    loaded, called, roster = FOUNDING
    texts = {
        loaded: (
            gettext("Election package received"),
            gettext("The entry holds the hash of each file as it arrived."),
            Link("datapackage.json", f"{folder}/datapackage.json"),
        ),
        called: (
            gettext("Election called"),
            gettext(
                "The entry holds the hashes of the edition, territories, contests, candidates and precincts."
            ),
            None,
        ),
        roster: (
            gettext("Roster"),
            gettext("Which precinct must report for which contest. It is fixed before the count."),
            Link("roster.csv", f"{folder}/roster.csv"),
        ),
    }
    return [
        Document(
            *texts[row.code][:2],
            row.at.astimezone(at.zone),
            row.index,
            entry_file(at, row.index),
            texts[row.code][2],
        )
        for row in founding(at)
    ]


def _decision(at: Snapshot, row: DecisionRow, names: Callable[[str], str], cited: Cited) -> ByDecision:
    contest = at.tables.contests_by_id.get(row.contest) if row.contest is not None else None
    calendar = at.tables.edition.calendar
    titles: dict[str, str] = {}
    if contest is not None:
        titles = {option.code: in_language(option.names, option.code) for option in contest.options}
    elif row.kind == "calendar" and calendar is not None:
        titles = {code: in_language(step.title, code) for code, step in calendar.steps.items()}
    if cited.url:  # as the register writes it
        cited = replace(cited, number=marked(cited.number, mode_of(scope_of(at))))
    return ByDecision(
        cited=cited,
        text=_text(row.kind),
        body=names(row.body),
        at=row.at.astimezone(at.zone),
        index=row.index,
        bundle=entry_file(at, row.index),
        about=_about(at, row),
        outcome=", ".join(titles.get(code, code) for code in row.outcome),
    )


def _text(kind: str) -> str:
    texts = {
        "return": pgettext("decision", "Returned for correction"),
        "annulment": pgettext("decision", "Results of the precinct declared invalid"),
        "lot": pgettext("decision", "Lot drawn"),
        "determination": pgettext("decision", "Outcome supplied where the law is silent"),
        "certification": pgettext("decision", "Result certified"),
        "calendar": pgettext("decision", "Dates of the calendar moved"),
    }
    return texts.get(kind, kind)


def _about(at: Snapshot, row: DecisionRow) -> Link:
    """What a decision is about: a protocol, a precinct, a contest, or how many of them."""
    if row.kind == "calendar":
        return Link(gettext("Calendar"), reverse("calendar", args=[at.election.id]))
    contest = at.tables.contests_by_id.get(row.contest) if row.contest is not None else None
    if row.precinct_code is not None and row.territory is not None:
        precinct = precinct_in_full(at, row.precinct_code, row.precinct_number or "", row.territory)
        if contest is None:
            return Link(f"{precinct}, {every_contest()}", precinct_url(at, row.precinct_code))
        return Link(f"{precinct}, {title_of(contest)}", protocol_url(at, row.precinct_code, contest.code))
    if contest is not None:
        return Link(title_of(contest), contest_url(at, contest.code))
    if row.kind in ("return", "annulment"):
        text = ngettext("%(n)d protocol", "%(n)d protocols", row.places) % {"n": row.places}
        return Link(text, reverse("election-corrections", args=[at.election.id]))
    text = ngettext("%(n)d contest", "%(n)d contests", row.places) % {"n": row.places}
    return Link(text, reverse("contests", args=[at.election.id]))
