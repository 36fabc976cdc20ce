"""The calendar of an election as a file that other calendars subscribe to (iCalendar, RFC 5545)."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from esaylov.acts.models import Journal
from esaylov.design.words import in_language, language
from esaylov.elections.moves import moves
from esaylov.exchange.calendars import CONTENT_TYPE, Dated, Head, calendar
from esaylov.publication.cited import Cited
from esaylov.publication.newsroom.serving import shared
from esaylov.publication.origin import absolute
from esaylov.publication.portal.calendar import cited_by, is_dated, step_line, steps_of
from esaylov.publication.portal.phases import Step
from esaylov.publication.reads import log_identity
from esaylov.results.queries import Snapshot


@shared
def subscription(request: HttpRequest, at: Snapshot) -> HttpResponse:
    """All steps that have a date, each as an event with who, the article and how sure its date is; 404 where none has one
    (a calendar without any event is none).
    """
    called = Journal.objects.values_list("at", flat=True).get(pk=at.election.journal)
    steps = [step for step in steps_of(at, called, moves(at.election.id)) if is_dated(step)]
    if not steps:
        raise Http404
    page = absolute(request, reverse("calendar", args=[at.election.id]))
    identity = log_identity()
    authority = identity.origin if identity else "esaylov.invalid"
    cited = cited_by(at, steps)
    events = [_dated(at, step, authority, page, cited) for step in steps]
    head = Head(_name(at), _about(at), page, at.zone, called)
    return HttpResponse(calendar(head, events), content_type=CONTENT_TYPE)


def _dated(at: Snapshot, step: Step, authority: str, page: str, cited: Mapping[int, Cited]) -> Dated:
    return Dated(
        uid=f"{at.election.id}/{step.code}/{language()}@{authority}",
        title=_title(at, step),
        text=_text(at, step, cited),
        opens=step.window.opens,
        closes=step.window.closes,
        url=page,
        sure=bool(step.moves) or step.step.source.status in (None, "confirmed"),
        revision=len(step.moves),
        changed=step.moves[-1].at if step.moves else None,
    )


def _name(at: Snapshot) -> str:
    name = in_language(at.election.titles, at.election.id)
    if at.election.simulated:
        return gettext("Simulated: calendar, %(title)s") % {"title": name}
    return gettext("Calendar: %(title)s") % {"title": name}


def _about(at: Snapshot) -> str:
    edition = in_language(at.tables.edition.title, at.tables.edition.id)
    text = gettext("The dates follow from election day and from this edition of the law: %(edition)s.")
    return text % {"edition": edition}


def _title(at: Snapshot, step: Step) -> str:
    values = {"step": in_language(step.step.title, step.code)}
    if step.window.opens is None:
        title = gettext("Last day: %(step)s") % values
    elif step.window.closes is None:
        title = gettext("From this day: %(step)s") % values
    else:
        title = values["step"]
    return gettext("Simulated: %(step)s") % {"step": title} if at.election.simulated else title


def _text(at: Snapshot, step: Step, cited: Mapping[int, Cited]) -> str:
    line = step_line(step)
    parts = [line.text]
    if line.moved:
        values = {"number": line.moved.number, "date": line.moved.on, "dates": line.moved.by_law}
        parts.append(gettext("Moved by decision No. %(number)s of %(date)s. By the law: %(dates)s.") % values)
        known = cited.get(step.moves[-1].index or 0)
        parts.append(f"({known.note})" if known and known.note else "")
    if at.election.simulated:
        parts.append(gettext("All of this is simulated."))
    return "\n".join(part for part in parts if part)
