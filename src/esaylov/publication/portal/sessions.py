"""The public list of sessions, and a page for each: agenda, attendance, every vote, what was decided and what was not carried.

An election's, and those of the Central Commission outside of elections. Who voted how is not public, nor are the minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext

from esaylov.exchange.documents.parts import SERIES, marked
from esaylov.proceedings.held import HeldSession, Question, held_session, sessions_of
from esaylov.proceedings.models import Attendance, Decision
from esaylov.proceedings.wording import hashed_agenda, hashed_words
from esaylov.publication.codes.codes import code_of
from esaylov.publication.pages.common import Frame, Link
from esaylov.publication.portal.decisions import Dissent
from esaylov.publication.portal.paging import PER_PAGE, Pager, pages, start
from esaylov.publication.portal.reads import bodies
from esaylov.publication.portal.scope import Scope, mode_of, scope_of, standing_page
from esaylov.publication.views import election_view
from esaylov.results.queries import Snapshot

CENTRAL = "cec"


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session in the list. `of_body`: where all sessions of the body are, empty where these are they."""

    name: str
    url: str
    body: str
    of_body: str
    at: datetime
    items: int
    decisions: int
    rejected: int
    closed: bool
    code: str


@dataclass(frozen=True, slots=True)
class SessionsPage:
    """Sessions of an election, or of one of its bodies."""

    frame: Frame | None
    base: str
    simulated: bool
    body: str
    lines: tuple[SessionLine, ...]
    total: int
    pages: Pager
    all: str
    register: str

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        return gettext(
            "When commissions sat, how many members came, what was put to the vote and what came of it."
        )


@dataclass(frozen=True, slots=True)
class Put:
    """A question that was put to the vote; `url` and `number` are empty where it was not carried."""

    number: str
    url: str
    row: Decision
    paragraphs: tuple[str, ...]
    hashed: str
    digest: str
    dissents: tuple[Dissent, ...]
    closed_dissents: int
    code: str


@dataclass(frozen=True, slots=True)
class Came:
    """An attendance as it was recorded."""

    row: Attendance
    at: datetime
    present: int
    members: int
    code: str


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the agenda with what was put to the vote on it."""

    title: str
    questions: tuple[Put, ...]


@dataclass(frozen=True, slots=True)
class SessionPage:
    """One session."""

    frame: Frame | None
    base: str
    simulated: bool
    name: str
    body: str
    of_body: str
    place: str
    opened: datetime
    closed: datetime | None
    attendance: tuple[Came, ...]
    items: tuple[Item, ...]
    digest: str
    place_digest: str
    hashed: str
    code: str
    closing_code: str
    minutes: str
    letters: bool
    all: str


def list_page(scope: Scope, number: int = 1, body: str = "") -> SessionsPage:
    """A part of the list. Http404 behind its end."""
    total, rows = sessions_of(scope.size, scope.election, body=body, limit=PER_PAGE, offset=start(number))
    names = scope.names({row.body for row in rows} | ({body} if body else set()))
    crumbs = [Link(gettext("Sessions"), scope.url("sessions") if body else "")]
    return SessionsPage(
        frame=scope.frame(*crumbs, *([Link(names(body))] if body else [])),
        base=scope.base,
        simulated=scope.simulated,
        body=names(body) if body else "",
        lines=tuple(
            SessionLine(
                name=_name(row.number, row.year),
                url=scope.url("session", row.id),
                body=names(row.body),
                of_body="" if body or scope.at is None else scope.url("sessions-of", row.body),
                at=row.at.astimezone(scope.zone),
                items=row.items,
                decisions=row.decisions,
                rejected=row.rejected,
                closed=row.closed,
                code=code_of(row.index, bytes(row.leaf)),
            )
            for row in rows
        ),
        total=total,
        pages=pages(*_way(scope, body), number, total),
        all=scope.url("sessions"),
        register=scope.url("decisions"),
    )


def _way(scope: Scope, body: str) -> tuple[str, list[str]]:
    """Name and arguments of the list's addresses."""
    if body:
        return "sessions-of", [*scope.arguments, body]
    return ("sessions" if scope.at else "standing-sessions"), scope.arguments


def _name(number: int, year: int) -> str:
    return gettext("Session %(number)s of %(year)s") % {"number": number, "year": year}


def page_of(scope: Scope, found: HeldSession) -> SessionPage:
    """One session's page."""
    row, closing = found.row, found.closing
    name, put = _name(row.number, row.year), [(one.row.item, _put(scope, one)) for one in found.questions]
    body = scope.names({row.body})(row.body)
    return SessionPage(
        frame=scope.frame(Link(gettext("Sessions"), scope.url("sessions")), Link(name)),
        base=scope.base,
        simulated=scope.simulated,
        name=name,
        body=body,
        of_body=scope.url("sessions-of", row.body) if scope.at else "",
        place=row.place if found.place else "",
        opened=row.opened_at.astimezone(scope.zone),
        closed=closing[0].at.astimezone(scope.zone) if closing else None,
        attendance=tuple(
            Came(
                one,
                one.at.astimezone(scope.zone),
                len(one.present),
                len(one.members),
                code_of(known.index, known.leaf),
            )
            for one, known in found.attendance
        ),
        items=tuple(
            Item(title, tuple(question for of, question in put if of == item))
            for item, title in enumerate(row.agenda, 1)
        ),
        digest=found.agenda,
        place_digest=found.place,
        hashed=hashed_agenda(row.agenda).decode(),
        code=code_of(found.entry.index, found.entry.leaf),
        closing_code=code_of(closing[1].index, closing[1].leaf) if closing else "",
        minutes=bytes(closing[0].minutes).hex() if closing else "",
        letters=mode_of(scope) in SERIES and any(question.number for _, question in put),
        all=scope.url("sessions"),
    )


def _put(scope: Scope, found: Question) -> Put:
    row = found.row
    published = sum(bool(one.text) for one in found.dissents)
    return Put(
        number=marked(row.number or "", mode_of(scope)),
        url=scope.url("decision", row.pk) if row.number is not None else "",
        row=row,
        paragraphs=tuple(part for part in row.text.split("\n\n") if part.strip()),
        hashed=hashed_words(row.title, row.text, row.articles).decode(),
        digest=bytes(row.digest).hex(),
        dissents=tuple(Dissent(one.text, code_of(one.entry.index, one.entry.leaf)) for one in found.dissents),
        closed_dissents=len(found.dissents) - published,
        code=code_of(found.entry.index, found.entry.leaf),
    )


# --- views ---


@election_view
def of_election(at: Snapshot, number: int = 1) -> tuple[str, object]:
    """The sessions of an election."""
    return "portal/sessions", list_page(scope_of(at), number)


@election_view
def of_body(at: Snapshot, body: str, number: int = 1) -> tuple[str, object]:
    """The sessions of one commission in an election; 404 where there is no such commission."""
    if body != CENTRAL and body not in bodies(at, [body]):
        raise Http404
    return "portal/sessions", list_page(scope_of(at), number, body)


@election_view
def record_of_election(at: Snapshot, record: int) -> tuple[str, object]:
    """A session held in an election."""
    scope = scope_of(at)
    return "portal/session", page_of(scope, _found(scope, record))


def standing(request: HttpRequest, number: int = 1) -> HttpResponse:
    """The Central Commission's sessions outside of elections."""
    return standing_page(request, lambda scope: ("portal/sessions", list_page(scope, number)))


def standing_record(request: HttpRequest, record: int) -> HttpResponse:
    """A session that the Central Commission held outside of elections."""
    return standing_page(request, lambda scope: ("portal/session", page_of(scope, _found(scope, record))))


def _found(scope: Scope, record: int) -> HeldSession:
    found = held_session(scope.size, scope.election, record) if record < 2**63 else None
    if found is None:
        raise Http404
    return found
