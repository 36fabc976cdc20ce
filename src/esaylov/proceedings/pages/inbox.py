"""Applications before a commission: the inbox, one application with its steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext, gettext_lazy
from pydantic import ValidationError

from esaylov.acts import vault
from esaylov.acts.context import ElectionContext
from esaylov.acts.door import Accepted, Refused
from esaylov.acts.powers import Actor, Power
from esaylov.cabinet import notices
from esaylov.cabinet.clock import time_left
from esaylov.cabinet.desk import actor_of, desk_of
from esaylov.cabinet.forms import ActForm, finding_text, kept_input
from esaylov.cabinet.lists import Asked, Column, Filter, ListPage
from esaylov.cabinet.templatetags.cabinet import deadline
from esaylov.cabinet.views import desk_view
from esaylov.proceedings import motions
from esaylov.proceedings.applications import (
    CheckApplication,
    DecideApplication,
    ForwardApplication,
    NoteAppeal,
    ReturnApplication,
    Step,
    unrepaired,
)
from esaylov.proceedings.described import words_of
from esaylov.proceedings.dryrun import try_alone
from esaylov.proceedings.forms import AnswerForm, AppealForm, CloseForm, ForwardForm, ProposalForm, ReturnForm
from esaylov.proceedings.kinds import Kind, kind_of, kinds
from esaylov.proceedings.models import Application
from esaylov.proceedings.pages.common import (
    STATES,
    addressees,
    body_name,
    carried,
    context_of,
    elections_of,
    local,
    own_commission,
    state_tag,
    state_text,
    words_at,
)
from esaylov.proceedings.pages.marks import mark_of, mode_of
from esaylov.proceedings.queries import Status, by_number, due_in, inbox

handlers = desk_view(Power.HANDLE_APPLICATION)
PURPOSE = "deciding an application"
RECORD, CHANGE = "record", "change"
"""The buttons of the page on which an answer is read over."""


def due_at(row: Any) -> datetime | None:
    """By when an application in a list asks the next step of somebody, in the zone of its election."""
    context = context_of(row.election)
    found = due_in(context, row, context.now())
    return found.astimezone(context.timezone) if found else None


COLUMNS = (
    Column(
        "number",
        gettext_lazy("Number"),
        lambda row: row.number,
        url=lambda row: reverse("cabinet-application", args=[row.number]),
    ),
    Column("kind", gettext_lazy("Kind"), lambda row: kind_title(row.kind)),
    Column("at", gettext_lazy("Received"), lambda row: local(row.election, row.at)),
    Column(
        "state",
        gettext_lazy("State"),
        lambda row: state_text(row.state),
        state=lambda row: state_tag(row.state),
    ),
    Column("until", gettext_lazy("Due"), due_at, ends=True),
)


def end_text(time: datetime | None) -> str:
    """An end as the pages of applications write it: midnight is the end of the day before."""
    return strip_tags(deadline(time)) if time else ""


def kind_title(code: str) -> str:
    """A kind in words."""
    kind = kind_of(code)
    return str(kind.title) if kind else code


def election_of(request: HttpRequest) -> str:
    """In which election the desk looks at applications: its own, else the one chosen, else none."""
    found = elections_of(desk_of(request))
    if not found:
        raise Http404
    return "" if request.GET.get("outside") and "" in found else found[-1]


@handlers
def applications(request: HttpRequest) -> HttpResponseBase:
    """Applications to the commission."""
    commission, election = own_commission(request), election_of(request)

    def rows(asked: Asked) -> tuple[list[Any], int]:
        found = inbox(election, commission.id)
        if asked.filters.get("state"):
            found = found.filter(state=asked.filters["state"])
        if asked.filters.get("kind"):
            found = found.filter(kind=asked.filters["kind"])
        for word in asked.search.split():
            found = found.filter(number__icontains=word)
        return list(found[asked.offset : asked.offset + asked.limit]), found.count()

    page = ListPage(
        title=gettext_lazy("Incoming applications"),
        columns=COLUMNS,
        rows=rows,
        filters=(
            Filter("state", gettext_lazy("State"), [(code, state_text(code)) for code in STATES]),
            Filter("kind", gettext_lazy("Kind"), [(kind.code, kind.title) for kind in kinds()]),
        ),
        search=gettext_lazy("Number"),
        export="applications",
        empty=gettext_lazy("Nobody has sent your commission an application here yet."),
    )
    return page.response(request)


def own_application(request: HttpRequest, number: str) -> tuple[Status, ElectionContext]:
    """An application that the desk's commission holds, in an election that it works in; 404 for all others."""
    commission = own_commission(request)
    for election in elections_of(desk_of(request)):
        found = by_number(election, number)
        if found is not None and found.latest.commission_id == commission.id:
            return found, context_of(election)
    raise Http404


STEPS: Mapping[str, tuple[type[Step], type[ActForm], Any]] = {
    "check": (CheckApplication, CloseForm, gettext_lazy("Note as whole")),
    "return": (ReturnApplication, ReturnForm, gettext_lazy("Return for repair")),
    "decide": (DecideApplication, AnswerForm, gettext_lazy("Answer")),
    "forward": (ForwardApplication, ForwardForm, gettext_lazy("Forward")),
    "appeal": (NoteAppeal, AppealForm, gettext_lazy("Note an appeal")),
}


@handlers
def application(request: HttpRequest, number: str) -> HttpResponse:
    """One application: what it says, what happened to it, what can be done now."""
    found, context = own_application(request, number)
    actor = actor_of(request)
    kind = kind_of(found.application.kind)
    steps = [
        {"code": code, "title": title, "url": reverse("cabinet-application-step", args=[number, code])}
        for code, (act, _, title) in STEPS.items()
        if act.is_open(found.latest, context.now())
        and not (code == "decide" and kind and kind.decided_by == "session")
    ]
    waits = DecideApplication.is_open(found.latest, context.now())
    if waits:
        url = reverse("cabinet-application-proposal", args=[number])
        steps.append({"code": "propose", "title": gettext("Put before a session"), "url": url})
    values = {
        "mark": mark_of(request, context),
        "status": found,
        "kind": kind_title(found.application.kind),
        "by_session": bool(kind and kind.decided_by == "session" and waits),
        "said": said_of(found, kind, actor),
        "steps": steps,
        "list": reverse("cabinet-applications"),
        **timeline(found, context, actor),
    }
    return render(request, "proceedings/application.html", values)


def said_of(found: Status, kind: Kind | None, by: Actor) -> list[tuple[str, str]]:
    """What an application says, labelled; the read is recorded."""
    names = tuple(kind.fields) if kind else ()
    subject = found.application.pk
    record = vault.read([subject], names, by=by, purpose=PURPOSE).get(subject, {}) if names else {}
    assert kind is None or names
    return [(str(kind.fields[name]), kind.said(name, record.get(name))) for name in names] if kind else []


def timeline(found: Status, context: ElectionContext, by: Actor) -> dict[str, Any]:
    """What happened, in words, and how much time is left."""
    now = context.now()
    until = found.due(context, now)
    return {
        "state": state_tag(found.latest.state),
        "repairing": found.repairing(now),
        "unrepaired": unrepaired(found.latest, now),
        "until": until.astimezone(context.timezone) if until else None,
        "left": time_left(until, now) if until else "",
        "late": bool(until and now >= until),
        "events": [
            {
                "text": state_text(event.state),
                "at": event.at.astimezone(context.timezone),
                "body": body_name(found.application.election, event.body),
                "words": words_at(event.subject, by, PURPOSE),
                "article": event.article,
                "decision": event.decision,
            }
            for event in found.events
        ],
    }


@handlers
def step(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """One step of an application."""
    found, context = own_application(request, number)
    if code not in STEPS:
        raise Http404
    act, form_class, title = STEPS[code]
    here = reverse("cabinet-application", args=[number])
    if not act.is_open(found.latest, context.now()) and request.method != "POST":
        return HttpResponseRedirect(here)
    form = form_class(request.POST if request.method == "POST" else kept_input(request))
    if isinstance(form, ForwardForm):
        form.offer(addressees(context.id, own_commission(request)))
    chosen = request.POST.get("step", "")
    if request.method == "POST" and form.is_valid() and chosen != CHANGE:
        payload = {"application": number, **payload_of(form)}
        if code == "decide" and chosen != RECORD:
            review = _review(request, form, found, context, payload)
            if review is not None:
                return review
        elif (done := form.perform(request, act, context.id, payload)) is not None:
            tell_applicant(found.application, done)
            messages.success(
                request, gettext("Recorded: %(state)s.") % {"state": state_text(done.record["state"])}
            )
            gone = code == "forward"
            return HttpResponseRedirect(reverse("cabinet-applications") if gone else here)
    values = {
        "form": form,
        "over": gettext("Application %(number)s") % {"number": number},
        "title": title,
        "action": title,
        "lead": terms_of_repair(found, context) if code == "return" else "",
        "back": {"text": gettext("Back to the application"), "url": here},
    }
    return render(request, "cabinet/form.html", values)


def _review(
    request: HttpRequest, form: ActForm, found: Status, context: ElectionContext, payload: Mapping[str, Any]
) -> HttpResponse | None:
    """An answer is read over before it is recorded, with what the log will say of it. None where it would be refused: then the
    form says why.
    """
    try:
        said = DecideApplication.Payload(**payload)
    except ValidationError as error:
        form.refuse_payload(error)
        return None
    result = try_alone(context, actor_of(request), DecideApplication, said)
    if isinstance(result, Refused):
        form.refuse(result.findings)
        return None
    values = {
        "mark": mark_of(request, context),
        "over": gettext("Application No. %(number)s") % {"number": said.application},
        "facts": [
            (gettext("Kind"), kind_title(found.application.kind)),
            (gettext("Answer"), state_text(result.record["state"])),
            *words_of(payload),
            (gettext("Decision"), gettext("none")),
        ],
        "findings": [finding_text(one) for one in result.findings],
        "hidden": carried(request.POST),
        "back": reverse("cabinet-application", args=[said.application]),
    }
    return render(request, "proceedings/answer.html", values)


def terms_of_repair(found: Status, context: ElectionContext) -> str:
    """What a return for repair does to both terms, said before it."""
    kind, now = kind_of(found.application.kind), context.now()
    if kind is None:
        return ""
    repair = kind.repair_by(context, now)
    answer = kind.answer_after_repair(context, found.latest.until, now, repair)
    text = gettext(
        "If you return it now, the applicant has time to repair it until: %(repair)s. Your own term stands still "
        "meanwhile; if it is not repaired in time, you answer by: %(answer)s."
    )
    return text % {"repair": end_text(repair), "answer": end_text(answer)}


@handlers
def proposal(request: HttpRequest, number: str) -> HttpResponse:
    """An answer is put before a session: the decision will carry it."""
    found, context = own_application(request, number)
    here = reverse("cabinet-application", args=[number])
    if not DecideApplication.is_open(found.latest, context.now()):
        return HttpResponseRedirect(here)
    said = gettext("Application No. %(number)s") % {"number": number}
    form = ProposalForm(
        request.POST if request.method == "POST" else kept_input(request), initial={"title": said}
    )
    if request.method == "POST" and form.is_valid():
        order = {
            "application": number,
            **{k: v for k, v in payload_of(form).items() if k not in ("title", "public")},
        }
        motions.propose(
            actor_of(request), context.id, title=form.cleaned_data["title"],
            text=form.cleaned_data["public"].replace("\r\n", "\n"), articles=["101"],
            orders=[(DecideApplication.code, order)], source="proceedings.application",
        )  # fmt: skip
        messages.success(request, gettext("It waits for the next session: the session's page shows it."))
        return HttpResponseRedirect(here)
    values = {
        "form": form,
        "over": said,
        "title": gettext("Put before a session"),
        "action": gettext("Put before a session"),
        "back": {"text": gettext("Back to the application"), "url": here},
    }
    return render(request, "cabinet/form.html", values)


def payload_of(form: ActForm) -> dict[str, Any]:
    """What a step's form says, as the act takes it."""
    said = {name: value for name, value in form.cleaned_data.items() if name != "idempotency_key"}
    if "granted" in said:
        said["granted"] = said["granted"] == "yes"
    if "text" in said:
        said["text"] = said["text"].replace("\r\n", "\n")
    return said


def tell_applicant(application: Application, done: Accepted) -> None:
    """Tells an applicant who was signed in what happened."""
    state = done.record["state"]
    if application.person is not None:
        notices.tell(
            [application.person],
            "proceedings.application",
            {"number": application.number, "state": STATE_NAMES.get(state, {"en": state})},
            reverse("cabinet-my-applications"),
            mode=mode_of(context_of(application.election)),
            of=done,
        )


STATE_NAMES = {
    "checked": {"en": "checked", "ru": "проверено", "uz": "tekshirildi"},
    "defects": {
        "en": "defects to repair",
        "ru": "нужно исправить недостатки",
        "uz": "kamchiliklar tuzatilsin",
    },
    "granted": {"en": "granted", "ru": "удовлетворено", "uz": "qanoatlantirildi"},
    "refused": {"en": "refused", "ru": "отказано", "uz": "rad etildi"},
    "forwarded": {"en": "forwarded", "ru": "переслано", "uz": "yoʻllandi"},
    "appealed": {"en": "appeal noted", "ru": "отмечена жалоба", "uz": "shikoyat qayd etildi"},
}
