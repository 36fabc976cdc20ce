"""Applications of whoever applies: sending one, following it by number and code, the list of one's own.

Sending and following need no account; they stand below the cabinet's address because public pages take no forms.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from esaylov.acts import vault
from esaylov.acts.context import STANDING, ElectionContext
from esaylov.acts.door import Accepted, Refused, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.cabinet.desk import desk_if_any, desk_of
from esaylov.cabinet.elections import elections
from esaylov.cabinet.lists import Asked, ListPage
from esaylov.cabinet.views import desk_view
from esaylov.exchange import documents
from esaylov.proceedings.applications import RepairApplication, SubmitApplication, new_secret, plain_secret
from esaylov.proceedings.forms import KindForm, StatusForm
from esaylov.proceedings.general import GENERAL
from esaylov.proceedings.kinds import kind_of
from esaylov.proceedings.pages.common import (
    addressees,
    body_name,
    context_of,
    election_title,
    state_tag,
)
from esaylov.proceedings.pages.inbox import COLUMNS, kind_title, said_of, timeline
from esaylov.proceedings.pages.marks import mark_of, mode_of
from esaylov.proceedings.papers import receipt_document
from esaylov.proceedings.queries import Status, by_code, events_of, sent_by
from esaylov.proceedings.sittings import commission_of
from esaylov.registry.accounts.network import network
from esaylov.registry.accounts.throttle import TooMany, bucket, give_back, take, too_many
from esaylov.registry.matrix import COMMISSIONS

SENDING = (20, 60)
"""So many applications of one person who is signed in at once, then one in so many seconds."""
FROM_A_NETWORK = (300, 4)
"""The same for all who are not: a mobile operator's network is a city, and nobody may keep it from complaining."""
FOLLOWING = (10, 30)


def applicant(request: HttpRequest) -> Actor:
    """Who applies: the organisation that the desk acts for, else a person, signed in or not."""
    desk = desk_if_any(request)
    if desk is not None and desk.actor is not None and desk.actor.tier == "organisation":
        return desk.actor
    return Actor("person", "person", person=desk.person if desk else None)


@sensitive_post_parameters()
@never_cache
def apply(request: HttpRequest) -> HttpResponse:
    """Somebody writes to a commission; the receipt shows number, time and code, this once."""
    request.desk = desk_if_any(request)  # type: ignore[attr-defined]
    known = [line.id for line in elections()]
    election = request.POST.get("election", request.GET.get("election", known[0] if known else STANDING))
    if election and election not in known:
        raise Http404
    context = context_of(election)
    data = request.POST if request.method == "POST" else None
    form = KindForm(data, kind=GENERAL, commissions=_to_whom(request, election),
                    initial=_who_writes(request, election) if data is None else None)  # fmt: skip
    if request.method == "POST" and form.is_valid():
        secret = new_secret(form.key)
        payload = {
            "kind": GENERAL.code,
            "to": form.cleaned_data["to"],
            "payload": form.said,
            "secret": secret,
        }
        done = sent(request, form, SubmitApplication, context, payload)
        if done is not None:
            return received(request, form, context, done, secret)
    values = {
        "form": form,
        "mark": mark_of(request, context),
        "title": gettext("Write to a commission"),
        "lead": gettext(
            "An enquiry, a statement or a complaint. You get a receipt with a number and a secret code."
        ),
        "over": election_title(election),
        "action": gettext("Send"),
        "election": election,
    }
    return render(request, "proceedings/apply.html", values)


def _to_whom(request: HttpRequest, election: str) -> list[tuple[str, str]]:
    """The commissions to write to; for who sits in one those above it first, their own last."""
    desk = desk_if_any(request)
    actor = desk.actor if desk is not None else None
    own = None
    if actor is not None and actor.tier in COMMISSIONS and actor.election in (None, STANDING, election):
        own = commission_of(actor.election or STANDING, actor.code)
    named = [(own.code, body_name(own.election, own.code))] if own is not None else []
    return [*addressees(election, own), *named]


OWN = ("surname", "given_name", "patronymic", "phone", "email")


def _who_writes(request: HttpRequest, election: str) -> dict[str, str]:
    """Name of who writes, and how they are reached, where the cabinet knows it. Who reads about themselves leaves no trace."""
    by = applicant(request)
    if by.tier == "organisation":
        return {"name": body_name(election, by.code)}
    if by.person is None:
        return {}
    known = vault.read([by.person], OWN, by=by, purpose="own data").get(by.person, {})
    name = " ".join(str(known[one]) for one in OWN[:3] if known.get(one))
    return {"name": name, "contact": str(known.get("phone") or known.get("email") or "")}


def sent(
    request: HttpRequest, form: Any, act: Any, context: ElectionContext, payload: dict[str, Any]
) -> Accepted | None:
    """Performs an applicant's act, throttled by account or network; None where it was refused: then the form says why."""
    kind = act.code.rpartition(".")[2]
    account = request.user.pk if request.user.is_authenticated else None
    places = [
        bucket(kind, *SENDING, "account", str(account))
        if account
        else bucket(kind, *FROM_A_NETWORK, network(request))
    ]
    try:
        take(places)
    except TooMany as error:
        form.add_error(None, too_many(error))
        return None
    key = f"{kind} {sha256(form.key.encode()).hexdigest()[:48]}"
    made = act.Payload.model_validate(payload)
    result = perform(
        act, context.id, Submission(made, applicant(request), key=key, request=form.digest(request))
    )
    if isinstance(result, Refused):
        form.refuse(result.findings)
        return None
    return result


def received(
    request: HttpRequest, form: KindForm, context: ElectionContext, done: Accepted, secret: str
) -> HttpResponse:
    """The receipt, as a page or as PDF."""
    found = by_code(done.record["number"], secret)
    assert found is not None
    page = request.build_absolute_uri(reverse("cabinet-status"))
    at = found.application.at.astimezone(context.timezone)
    until = found.events[0].until
    until = until.astimezone(context.timezone) if until else None
    if request.POST.get("step") == "paper":
        content = documents.pdf(
            receipt_document(
                language=get_language() or "uz", issuer=body_name(context.id, done.record["to"]), mode=mode_of(context),
                election=election_title(context.id) if context.id else "", number=found.application.number, received=at,
                subject=kind_title(found.application.kind), secret=grouped(secret), page=page,
                step=gettext("The commission answers"), until=until, article="101",
            )
        )  # fmt: skip
        response = HttpResponse(content, content_type="application/pdf")
        response.headers["Content-Disposition"] = (
            f'attachment; filename="receipt-{found.application.number}.pdf"'
        )
        return response
    values = {
        "mark": mark_of(request, context),
        "number": found.application.number,
        "secret": grouped(secret),
        "at": at,
        "until": until,
        "to": body_name(context.id, done.record["to"]),
        "hidden": [(name, value) for name in request.POST for value in request.POST.getlist(name)
                   if name not in ("csrfmiddlewaretoken", "step")],
        "status": page, "mine": applicant(request).person is not None,
    }  # fmt: skip
    return render(request, "proceedings/received.html", values)


def grouped(secret: str) -> str:
    """A code in groups of four."""
    return "-".join(secret[at : at + 4] for at in range(0, len(secret), 4))


@sensitive_post_parameters()
@never_cache
def status(request: HttpRequest) -> HttpResponse:
    """An application by number and code. A wrong number and a wrong code get one answer."""
    request.desk = desk_if_any(request)  # type: ignore[attr-defined]
    form = StatusForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        places = [
            bucket("follow", *FOLLOWING, network(request)),
            bucket("follow-number", *FOLLOWING, network(request), form.cleaned_data["number"]),
        ]
        try:
            take(places)
            secret = plain_secret(form.cleaned_data["secret"])
            found = by_code(form.cleaned_data["number"], secret)
            if found is not None:
                give_back(places)
                return followed(request, found, secret)
            form.add_error(None, gettext("There is no application with this number and this code."))
        except TooMany as error:
            form.add_error(None, too_many(error))
    values = {
        "form": form,
        "title": gettext("Follow your application"),
        "lead": gettext("Number and secret code stand on the receipt."),
        "action": gettext("Show"),
    }
    return render(request, "proceedings/follow.html", values, status=200 if not form.errors else 422)


def followed(request: HttpRequest, found: Status, secret: str) -> HttpResponse:
    """What the applicant sees; where defects are to be repaired, the form for it."""
    context = context_of(found.application.election)
    by = applicant(request)
    kind = kind_of(found.application.kind)
    form = None
    repairing = request.POST.get("step") == "repair" and found.latest.state == "defects"
    # Whom the end of the term met while they wrote is told so beside their words.
    if kind is GENERAL and (repairing or found.repairing(context.now())):
        form = KindForm(request.POST if repairing else None, kind=GENERAL, commissions=None,
                        initial=None if repairing else initial_of(found, by))  # fmt: skip
        if repairing and form.is_valid():
            payload = {"application": found.application.number, "payload": form.said, "secret": secret}
            if sent(request, form, RepairApplication, context, payload) is not None:
                found, form = events_of(found.application), None
    values = {
        "mark": mark_of(request, context),
        "status": found,
        "kind": kind_title(found.application.kind),
        "said": said_of(found, kind, by),
        "form": form,
        "credentials": (("number", found.application.number), ("secret", secret)),
        **timeline(found, context, by),
    }
    return render(request, "proceedings/followed.html", values)


def initial_of(found: Status, by: Actor) -> dict[str, Any]:
    """What was written before, to be repaired."""
    subject = found.application.pk
    return vault.read([subject], tuple(GENERAL.fields), by=by, purpose="the applicant's own application")[
        subject
    ]


@desk_view(open_to_all=True)
def my_applications(request: HttpRequest) -> HttpResponseBase:
    """Applications that the person, or the organisation acted for, has sent."""
    desk = desk_of(request)
    found = sent_by(desk.person, desk.actor.code if desk.actor else "")

    def rows(asked: Asked) -> tuple[list[Any], int]:
        chosen = found
        for word in asked.search.split():
            chosen = chosen.filter(number__icontains=word)
        return list(chosen[asked.offset : asked.offset + asked.limit]), chosen.count()

    first, *others = COLUMNS
    first = replace(first, url=lambda row: reverse("cabinet-my-application", args=[row.number]))
    page = ListPage(
        title=gettext_lazy("My applications"),
        columns=(first, *others),
        rows=rows,
        search=gettext_lazy("Number"),
        export="my-applications",
        empty=gettext_lazy("You have sent no application yet."),
        template="proceedings/my_applications.html",
    )
    return page.response(request)


@desk_view(open_to_all=True)
def my_application(request: HttpRequest, number: str) -> HttpResponse:
    """One of one's own applications; 404 for others'."""
    desk = desk_of(request)
    row = sent_by(desk.person, desk.actor.code if desk.actor else "").filter(number=number).first()
    if row is None:
        raise Http404
    found = events_of(row)
    context, by = context_of(row.election), applicant(request)
    form, open_still = None, found.repairing(context.now())
    posted = request.method == "POST" and found.latest.state == "defects"
    if row.kind == GENERAL.code and (posted or open_still):
        form = KindForm(request.POST if posted else None, kind=GENERAL, commissions=None,
                        initial=None if posted else initial_of(found, by))  # fmt: skip
        if posted and form.is_valid():
            payload = {"application": number, "payload": form.said}
            if sent(request, form, RepairApplication, context, payload) is not None:
                return HttpResponseRedirect(request.path)
    kind = kind_of(row.kind)
    own_page = kind.repair_page if kind and open_still else ""
    values = {
        "mark": mark_of(request, context),
        "status": found, "kind": kind_title(row.kind), "said": said_of(found, kind, by), "form": form,
        "credentials": (), "state": state_tag(found.latest.state), **timeline(found, context, by),
        "repair": reverse(own_page, args=[number]) if own_page else "",
    }  # fmt: skip
    return render(request, "proceedings/followed.html", values)
