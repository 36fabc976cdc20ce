"""Letters of the desk's body: what came, what was sent and who has not read it. (Writing one: `writing.py`.)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext_lazy

from esaylov.acts import vault
from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Power
from esaylov.cabinet.desk import actor_of, desk_of
from esaylov.cabinet.forbidden import role_name
from esaylov.cabinet.lists import Asked, Column, ListPage
from esaylov.cabinet.views import desk_view
from esaylov.exchange import documents
from esaylov.proceedings.letters import note_reading
from esaylov.proceedings.models import Letter, LetterReading, LetterRecipient
from esaylov.proceedings.pages.common import (
    body_name,
    body_names,
    context_of,
    election_title,
    elections_of,
    names_of_bodies,
)
from esaylov.proceedings.pages.marks import mark_of, mode_of

readers = desk_view()
PURPOSE = "letters of one's own body"
SHOWN = 500


def number_of(letter: Letter) -> str:
    """A letter by number and year."""
    return f"{letter.number}/{letter.year}"


@dataclass(frozen=True, slots=True)
class Line:
    """A letter in a list. `read`: by whom, of how many recipients. Times are in the zone of its election."""

    letter: Letter
    subject: str
    who: str
    sent: datetime
    reply_by: datetime | None
    state: dict[str, str] | None
    read: str = ""


def columns(who: Any, state: Any) -> tuple[Column, ...]:
    """The columns of a list of letters."""
    return (
        Column("number", gettext_lazy("Number"), lambda line: number_of(line.letter)),
        Column(
            "subject",
            gettext_lazy("Subject"),
            lambda line: line.subject,
            url=lambda line: reverse("cabinet-letter", args=[line.letter.id]),
        ),
        Column("who", who, lambda line: line.who),
        Column(
            "sent",
            pgettext_lazy("letter", "Sent"),
            lambda line: line.sent,
        ),
        Column(
            "reply_by",
            gettext_lazy("Answer by"),
            lambda line: line.reply_by,
            ends=True,
        ),
        Column("state", state, lambda line: line.read, state=lambda line: line.state),
    )


def subjects(request: HttpRequest, letters: Sequence[Letter]) -> dict[UUID, str]:
    """The subjects of letters, from the vault."""
    found = vault.read([letter.id for letter in letters], ("subject",), by=actor_of(request), purpose=PURPOSE)
    return {key: str(record.get("subject") or "") for key, record in found.items()}


@readers
def letters(request: HttpRequest) -> HttpResponseBase:
    """Letters to the body, the latest first; that they stand here makes them delivered."""
    actor = actor_of(request)
    mine = LetterRecipient.objects.filter(body=actor.code).values("letter_id")
    elections = ["", *elections_of(desk_of(request))]
    if actor.tier == "organisation" and desk_of(request).election:
        elections.append(str(desk_of(request).election))
    found = Letter.objects.filter(pk__in=mine, election__in=elections).order_by("-released_at")

    def rows(asked: Asked) -> tuple[list[Line], int]:
        part = list(found[asked.offset : asked.offset + asked.limit])
        if actor.mandate is not None:
            for election in {one.election for one in part}:
                came = [one.id for one in part if one.election == election]
                note_reading("delivered", came, actor.code, actor.mandate, context_of(election).now())
        opened = set(
            LetterReading.objects.filter(letter__in=part, body=actor.code, what="read").values_list("letter_id", flat=True)
        )  # fmt: skip
        late = _unanswered(part, actor.code)
        states = {
            one.id: {"code": "returned", "text": gettext("answer overdue")} if one.id in late else read_tag(one.id in opened)
            for one in part
        }  # fmt: skip
        who = names_of_bodies((one.election, one.body) for one in part)
        return _lines(request, part, [who[one.election, one.body] for one in part], states), found.count()

    page = ListPage(
        title=gettext_lazy("Letters"),
        columns=columns(pgettext_lazy("letter", "From"), gettext_lazy("State")),
        rows=rows,
        empty=gettext_lazy("Nobody has written to your body here yet."),
        template="proceedings/letters.html",
    )
    return page.response(request, may=desk_of(request).may(Power.SEND_LETTER), sent_page=False)


def _lines(
    request: HttpRequest,
    part: Sequence[Letter],
    who: Sequence[str],
    states: Mapping[UUID, dict[str, str]],
    read: Mapping[UUID, str] | None = None,
) -> list[Line]:
    """The lines of a page of letters."""
    titles = subjects(request, part)
    zones = {election: context_of(election).timezone for election in {one.election for one in part}}
    return [
        Line(
            one,
            titles.get(one.id, ""),
            name,
            one.released_at.astimezone(zones[one.election]),
            one.reply_by.astimezone(zones[one.election]) if one.reply_by else None,
            states.get(one.id),
            (read or {}).get(one.id, ""),
        )
        for one, name in zip(part, who, strict=True)
    ]


def _unanswered(part: Sequence[Letter], body: str) -> set[UUID]:
    """Which letters of a page a recipient has not answered in time."""
    asked = [one for one in part if one.reply_by is not None]
    now = {election: context_of(election).now() for election in {one.election for one in asked}}
    late = {one.id for one in asked if one.reply_by is not None and now[one.election] > one.reply_by}
    given = Letter.objects.filter(answers__in=late, body=body).values_list("answers_id", flat=True)
    return late - set(given) if late else late


def read_tag(read: bool) -> dict[str, str]:
    """Read or not, as a status tag."""
    if read:
        return {"code": "accepted", "text": gettext("read")}
    return {"code": "awaited", "text": gettext("not read")}


COUNTS = """SELECT r.letter_id, count(DISTINCT r.body), count(DISTINCT x.body) FROM proceedings_letterrecipient r
LEFT JOIN proceedings_letterreading x ON x.letter_id = r.letter_id AND x.body = r.body AND x.what = 'read'
WHERE r.letter_id = ANY(%s) GROUP BY r.letter_id"""


def readings(found: Sequence[Letter]) -> dict[UUID, tuple[int, int]]:
    """Recipients and readers of letters."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [[one.id for one in found]])
        return {key: (to, read) for key, to, read in cursor.fetchall()}


@readers
def sent_letters(request: HttpRequest) -> HttpResponseBase:
    """Letters that the body has sent, and how many have read each."""
    actor = actor_of(request)
    found = Letter.objects.filter(body=actor.code, election__in=["", *elections_of(desk_of(request))])

    def rows(asked: Asked) -> tuple[list[Line], int]:
        part = list(found.order_by("-released_at")[asked.offset : asked.offset + asked.limit])
        known = readings(part)
        said = {
            key: gettext("%(read)s of %(all)s have read it") % {"read": read, "all": to}
            for key, (to, read) in known.items()
        }
        who = recipients_texts(part, {one.id: known.get(one.id, (0, 0))[0] for one in part})
        return _lines(request, part, [who[one.id] for one in part], {}, said), found.count()

    page = ListPage(
        title=gettext_lazy("Letters sent"),
        columns=columns(pgettext_lazy("letter", "To"), pgettext_lazy("letter", "Read")),
        rows=rows,
        empty=gettext_lazy("Your body has sent no letter here yet."),
        template="proceedings/letters.html",
    )
    return page.response(request, may=desk_of(request).may(Power.SEND_LETTER), sent_page=True)


def recipients_text(letter: Letter, number: int) -> str:
    """To whom a letter went: its one recipient, or how many."""
    return recipients_texts([letter], {letter.id: number})[letter.id]


def recipients_texts(part: Sequence[Letter], numbers: Mapping[UUID, int]) -> dict[UUID, str]:
    """To whom letters went, by how many received each: with one read of those that went to one body."""
    single = {one.id: one.election for one in part if numbers[one.id] == 1}
    rows = LetterRecipient.objects.filter(letter__in=single).values_list("letter_id", "body")
    only = {key: (single[key], body) for key, body in rows}
    names = names_of_bodies(only.values())
    return {
        one.id: names[only[one.id]]
        if one.id in only
        else gettext("%(n)s recipients") % {"n": numbers[one.id]}
        for one in part
    }


def own_letter(request: HttpRequest, key: UUID) -> tuple[Letter, bool]:
    """A letter to or from the desk's body, and whether it was sent by it; 404 for others."""
    actor = actor_of(request)
    found = Letter.objects.filter(pk=key).first()
    mandate = desk_of(request).mandate
    if found is None or (mandate and mandate.election and found.election != mandate.election):
        raise Http404
    if found.body == actor.code:
        return found, True
    if not LetterRecipient.objects.filter(letter=found, body=actor.code).exists():
        raise Http404
    return found, False


@readers
def letter(request: HttpRequest, key: UUID) -> HttpResponse:
    """One letter; who opens it has read it."""
    found, own = own_letter(request, key)
    actor, context = actor_of(request), context_of(found.election)
    if not own and actor.mandate is not None:
        note_reading("read", [found.id], actor.code, actor.mandate, context.now())
    words = vault.read([found.id], ("subject", "text"), by=actor, purpose=PURPOSE).get(found.id, {})
    known = readings([found]).get(found.id, (0, 0))
    if request.GET.get("format") == "pdf":
        return _paper(found, words, context, known[0])
    values = {
        "mark": mark_of(request, context),
        "letter": found,
        "number": number_of(found),
        "subject": words.get("subject") or "",
        "paragraphs": str(words.get("text") or "").split("\n\n"),
        "from": body_name(found.election, found.body),
        "to": recipients_text(found, known[0]),
        "at": found.released_at.astimezone(context.timezone),
        "reply_by": found.reply_by.astimezone(context.timezone) if found.reply_by else None,
        "late": overdue(found, actor.code, own=own, recipients_number=known[0]),
        "replies_to": _replies_to(request, found),
        "own": own,
        "read": known[1],
        "all": known[0],
        "recipients": recipients(found, context) if own else (),
        "answers": [
            {
                "id": one.id,
                "from": body_name(one.election, one.body),
                "at": one.released_at.astimezone(context.timezone),
            }
            for one in Letter.objects.filter(answers=found).order_by("released_at")
            if own or one.body == actor.code
        ],
        "may": not own and desk_of(request).may(Power.SEND_LETTER),
        "list": reverse("cabinet-letters-sent" if own else "cabinet-letters"),
    }
    return render(request, "proceedings/letter.html", values)


RECIPIENTS = """SELECT r.body, min(x.at) FILTER (WHERE x.what = 'delivered'), min(x.at) FILTER (WHERE x.what = 'read'),
    EXISTS (SELECT 1 FROM proceedings_letter a WHERE a.answers_id = r.letter_id AND a.body = r.body)
FROM proceedings_letterrecipient r LEFT JOIN proceedings_letterreading x ON x.letter_id = r.letter_id AND x.body = r.body
WHERE r.letter_id = %s GROUP BY r.letter_id, r.body ORDER BY 3 NULLS FIRST, 2 NULLS FIRST, 1 LIMIT %s"""


def overdue(found: Letter, body: str, *, own: bool, recipients_number: int) -> bool:
    """Whether the time for the answer is over: for a recipient without one of its own, for the sender while one is missing."""
    if found.reply_by is None or context_of(found.election).now() <= found.reply_by:
        return False
    given = Letter.objects.filter(answers=found)
    if own:
        return given.values("body").distinct().count() < recipients_number
    return not given.filter(body=body).exists()


def _replies_to(request: HttpRequest, found: Letter) -> Letter | None:
    """The letter that this one answers, where the desk's body may read it."""
    if found.answers_id is None:
        return None
    try:
        return own_letter(request, found.answers_id)[0]
    except Http404:
        return None


def recipients(found: Letter, context: ElectionContext) -> list[dict[str, Any]]:
    """Who received a letter, those first who have not read it: the first times of each body, and who owes an answer."""
    zone = context.timezone
    over = found.reply_by is not None and context.now() > found.reply_by
    with connection.cursor() as cursor:
        cursor.execute(RECIPIENTS, [found.id, SHOWN])
        rows = cursor.fetchall()
    names = body_names(found.election, [body for body, *_ in rows])
    return [
        {
            "name": names[body],
            "delivered": delivered.astimezone(zone) if delivered else None,
            "read": read.astimezone(zone) if read else None,
            "answered": answered,
            "overdue": over and not answered,
        }
        for body, delivered, read, answered in rows
    ]


def _paper(found: Letter, words: dict[str, Any], context: Any, number: int) -> HttpResponse:
    title = election_title(found.election) if found.election else ""
    at = found.released_at.astimezone(context.timezone)
    issuer = body_name(found.election, found.body)
    content = documents.pdf(
        documents.Letter(
            sheet=documents.Sheet(get_language() or "uz", mode_of(context), issuer, at, title),
            number=number_of(found), sent=at, to=(recipients_text(found, number),), subject=words.get("subject") or "",
            text=words.get("text") or "", signed_by=(role_name("chair"), ""),
            reply_by=found.reply_by.astimezone(context.timezone) if found.reply_by else None,
            addressees=number if found.circular else 0,
        )
    )  # fmt: skip
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="letter-{found.year}-{found.number}.pdf"'
    return response
