"""The public register of the commissions' decisions: of an election, and of the Central Commission outside of elections.

A decision has a page and a paper (PDF/UA and PDF/A), and both name the entry of the log that holds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from esaylov import __version__
from esaylov.acts.context import UnknownElection
from esaylov.acts.sealing import loads
from esaylov.exchange import documents
from esaylov.exchange.documents.parts import SERIES, Mode, marked
from esaylov.proceedings.papers import decision_document
from esaylov.proceedings.queries import FullDecision, decision, register_of
from esaylov.proceedings.wording import hashed_words
from esaylov.publication.codes.codes import code_of
from esaylov.publication.origin import origin
from esaylov.publication.pages.common import Frame, Link
from esaylov.publication.portal.entries import Member, Teller, order_text, precinct_names
from esaylov.publication.portal.paging import PER_PAGE, Pager, pages, start
from esaylov.publication.portal.scope import Scope, mode_of, scope_at, scope_of, standing_page
from esaylov.publication.views import election_view, unavailable
from esaylov.results.queries import Snapshot

LONGEST = 200
FOREVER = "public, max-age=31536000, immutable"
MINUTES = "public, max-age=300"
PAPERS_KEPT = 64


@dataclass(frozen=True, slots=True)
class Line:
    """A decision in the list."""

    number: str
    title: str
    url: str
    body: str
    session: str
    session_url: str
    at: datetime
    code: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """The register, or what a search found in it."""

    frame: Frame | None
    base: str
    simulated: bool
    replay: bool
    lines: tuple[Line, ...]
    total: int
    pages: Pager | None
    search: str
    find: str
    all: str
    sessions: str
    letters: bool

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        if self.frame is None:
            return gettext("Numbered decisions of the Central Election Commission outside of elections.")
        return gettext("Numbered decisions that commissions took at their sessions in this election.")


@dataclass(frozen=True, slots=True)
class Ordered:
    """An act that the decision ordered. `members`: what tells it from others of its kind."""

    text: str
    code: str
    record: str
    members: tuple[Member, ...]

    @property
    def line(self) -> str:
        """All of it in a line, for papers."""
        said = "; ".join(f"{one.name}: {one.value}" for one in self.members)
        return f"{self.text}. {said}" if said else self.text


@dataclass(frozen=True, slots=True)
class Dissent:
    """A dissent with the code of its entry; `text` is empty where its member did not agree to its publication."""

    text: str
    code: str


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """One decision."""

    frame: Frame | None
    base: str
    simulated: bool
    replay: bool
    number: str
    title: str
    body: str
    session: str
    session_url: str
    place: str
    at: datetime
    paragraphs: tuple[str, ...]
    articles: str
    orders: tuple[Ordered, ...]
    row: Any
    dissents: tuple[Dissent, ...]
    closed_dissents: int
    digest: str
    hashed: str
    letters: bool
    code: str
    leaf: str
    index: int
    paper: str
    register: str

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        return self.title


def lines_of(
    scope: Scope, number: int, search: str = "", limit: int = PER_PAGE
) -> tuple[int, tuple[Line, ...]]:
    """A part of the register, in words."""
    total, rows = register_of(scope.size, scope.election, search=search, limit=limit, offset=start(number))
    names, mode = scope.names({row.body for row in rows}), mode_of(scope)
    return total, tuple(
        Line(
            number=marked(row.number, mode),
            title=row.title,
            url=scope.url("decision", row.id),
            body=names(row.body),
            session=f"{row.session} / {row.session_year}",
            session_url=scope.url("session", row.session_id),
            at=row.at.astimezone(scope.zone),
            code=code_of(row.index, bytes(row.leaf)),
        )
        for row in rows
    )


def list_page(scope: Scope, number: int = 1, search: str | None = None) -> ListPage:
    """The register; with `search` what was found (the first part of it). Http404 behind its end."""
    total, lines = lines_of(scope, number, unmarked(search or "", mode_of(scope)))
    name = "decisions" if scope.at else "standing-decisions"
    return ListPage(
        frame=scope.frame(Link(gettext("Decisions"))),
        base=scope.base,
        simulated=scope.simulated,
        replay=scope.replay,
        lines=lines,
        total=total,
        pages=pages(name, scope.arguments, number, total) if search is None else None,
        search=search or "",
        find=scope.url("decisions-find"),
        all=scope.url("decisions"),
        sessions=scope.url("sessions"),
        letters=mode_of(scope) in SERIES,
    )


def unmarked(search: str, mode: Mode) -> str:
    """What is searched for: numbers stand in the register without the letter of their series (`501/S`)."""
    mark = f"/{SERIES[mode]}".lower() if mode in SERIES else ""
    words = search.split()
    cut = (word[: -len(mark)] if mark and word.lower().endswith(mark) else word for word in words)
    return " ".join(word for word in cut if word)


def page_of(scope: Scope, found: FullDecision) -> DecisionPage:
    """One decision's page."""
    row = found.row
    register = scope.url("decisions")
    number = marked(row.number or "", mode_of(scope))
    return DecisionPage(
        frame=scope.frame(
            Link(gettext("Decisions"), register), Link(gettext("No. %(number)s") % {"number": number})
        ),
        base=scope.base,
        simulated=scope.simulated,
        replay=scope.replay,
        number=number,
        title=row.title,
        body=scope.names({row.body})(row.body),
        session=f"{row.session.number} / {row.session.year}",
        session_url=scope.url("session", row.session_id),
        place=row.session.place,
        at=row.at.astimezone(scope.zone),
        paragraphs=tuple(part for part in row.text.replace("\r", "").split("\n\n") if part.strip()),
        articles=", ".join(row.articles),
        orders=tuple(_ordered(scope, found)),
        row=row,
        dissents=tuple(Dissent(one.text, code_of(one.entry.index, one.entry.leaf)) for one in found.stated),
        closed_dissents=len(found.stated) - len(found.opinions),
        digest=bytes(row.digest).hex(),
        hashed=hashed_words(row.title, row.text, row.articles).decode(),
        letters=mode_of(scope) in SERIES,
        code=code_of(found.index, found.leaf),
        leaf=found.leaf.hex(),
        index=found.index,
        paper=scope.url("decision-paper", row.pk, paper_key(found)),
        register=register,
    )


def _ordered(scope: Scope, found: FullDecision) -> Iterator[Ordered]:
    """The acts in words. What has no entry of its own yet, or is sealed, says no more than its kind."""
    said = [{} if one.index is None else loads(one.record) for one in found.orders]
    codes = [one["precinct"] for one in said if one.get("precinct")]
    names = precinct_names(scope.at, codes) if scope.at and codes else None
    for one, record in zip(found.orders, said, strict=True):
        if one.index is None or one.leaf is None:
            yield Ordered(order_text(one.code), one.code, "", ())
            continue
        members = tuple(Teller(record, scope.at, names).essential())
        yield Ordered(order_text(one.code), one.code, code_of(one.index, one.leaf), members)


# --- views ---


@election_view
def of_election(at: Snapshot, number: int = 1) -> tuple[str, object]:
    """The register of an election."""
    return "portal/decisions", list_page(scope_of(at), number)


@election_view
def record_of_election(at: Snapshot, record: int) -> tuple[str, object]:
    """A decision taken in an election."""
    scope = scope_of(at)
    return "portal/decision", page_of(scope, _found(scope, record))


def standing(request: HttpRequest, number: int = 1) -> HttpResponse:
    """The Central Commission's register outside of elections."""
    return standing_page(request, lambda scope: ("portal/decisions", list_page(scope, number)))


def standing_record(request: HttpRequest, record: int) -> HttpResponse:
    """A decision that the Central Commission took outside of elections."""
    return standing_page(request, lambda scope: ("portal/decision", page_of(scope, _found(scope, record))))


def find(request: HttpRequest, election: str | None = None) -> HttpResponse:
    """A search in a register: each word must occur. No cache keeps it."""
    search = " ".join(request.GET.get("q", "").replace("\0", "").split())[:LONGEST]
    try:
        with scope_at(election) as scope:
            page = list_page(scope, 1, search)
            response = render(request, "publication/portal/decisions.html", {"page": page})
    except UnknownElection:
        raise Http404 from None
    except (OperationalError, InterfaceError):
        return unavailable(request)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def paper(request: HttpRequest, record: int, key: str, election: str | None = None) -> HttpResponse:
    """A decision as PDF. Its address names all that its bytes hang on, so that every cache may keep it for ever; one of an
    earlier state leads to that of now. A site that does not know its own address prints the one that it was asked under:
    such a paper is kept for minutes.
    """
    try:
        with scope_at(election) as scope:
            found = _found(scope, record)
            if key != paper_key(found):
                return _moved(scope.url("decision-paper", record, paper_key(found)))
            content = paper_of(scope, found, origin(request))
    except UnknownElection:
        raise Http404 from None
    except (OperationalError, InterfaceError):
        return unavailable(request)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Cache-Control"] = FOREVER if settings.ESAYLOV_PUBLIC_URL else MINUTES
    response.headers["Content-Disposition"] = f'inline; filename="decision-{record}.pdf"'
    return response


def _moved(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.headers["Cache-Control"] = MINUTES
    return response


def paper_of(scope: Scope, found: FullDecision, site: str) -> bytes:
    """The decision's PDF in the language at hand."""
    row = found.row
    title = scope.frame() if scope.at else None
    return _printed(
        decision_document(
            row,
            language=get_language() or "uz",
            issuer=scope.names({row.body})(row.body),
            zone=scope.zone,
            mode=mode_of(scope),
            election=title.title if title else "",
            orders=[documents.Order(one.line) for one in _ordered(scope, found)],
            dissents=len(found.stated),
            opinions=found.opinions,
            record=documents.Record(site + scope.url("decision", row.pk), found.leaf.hex(), found.index),
        )
    )


@lru_cache(maxsize=PAPERS_KEPT)
def _printed(document: documents.Decision) -> bytes:
    return documents.pdf(document)


def paper_key(found: FullDecision) -> str:
    """What a paper's address is made of: its record, the entries of its orders and dissents that are known, the site's
    own address where it is configured, the release that prints it."""
    entries = [one.entry.leaf.hex() for one in found.stated] + [
        (one.leaf or b"").hex() for one in found.orders
    ]
    parts = (found.leaf.hex(), *entries, settings.ESAYLOV_PUBLIC_URL, __version__)
    return sha256(" ".join(parts).encode()).hexdigest()[:16]


def _found(scope: Scope, record: int) -> FullDecision:
    found = decision(scope.size, scope.election, record) if record < 2**63 else None
    if found is None:
        raise Http404
    return found
