"""Requests in the cabinet: the queue with its clock, one request beside its entry, the decision, the worklist of visits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Power
from esaylov.cabinet.desk import actor_of, own_election
from esaylov.cabinet.lists import Asked, Column, Filter, ListPage
from esaylov.cabinet.views import desk_view
from esaylov.design.words import in_language
from esaylov.exchange.residents.sealing import RECORD
from esaylov.law.voters import voter_rules
from esaylov.registry.accounts.throttle import TooMany, bucket, give_back, take, too_many
from esaylov.registry.models import Precinct, Territory
from esaylov.voters.models import Mahalla
from esaylov.voters.persons import CLOSED, address_of, name_of, why_closed
from esaylov.voters.requests import queries
from esaylov.voters.requests.acts import DecideRequest
from esaylov.voters.requests.deskforms import WITH_RECORD, DecisionForm
from esaylov.voters.requests.kinds import KINDS
from esaylov.voters.requests.models import Request
from esaylov.voters.requests.opening import Opened, noted, open_request, open_visits
from esaylov.voters.requests.said import EXPLANATION
from esaylov.voters.requests.words import ARTICLES, FIELDS, SEXES, SHORT, VERDICTS, left_text, reason_text

SHOWN = 50
ATTEMPTS, DECISIONS = (10, 600), (40, 60)
"""So many decisions about a request, and of a person, are refused at once, then one in so many seconds: a refusal may say that
somebody is on the list."""
VISITS = 500
"""Visits and early votes on a page of the worklist."""


@desk_view(Power.DECIDE_REQUEST)
def requests(request: HttpRequest) -> HttpResponseBase:
    """The queue: what is due first stands first. Nobody's name stands in it."""
    context, actor = own_election(request), actor_of(request)

    def rows(asked: Asked) -> tuple[Sequence[Request], int]:
        found = _filtered(queries.requests_for(context.id, actor), asked)
        return list(found[asked.offset : asked.offset + asked.limit]), found.count()

    page = ListPage(
        title=gettext("Requests of voters"),
        lead=gettext("Each is decided within the hours of the law. Who asks is shown when one is opened."),
        columns=_columns(context),
        rows=rows,
        filters=(
            Filter(
                "state",
                gettext("State"),
                (("open", gettext("to be decided")), ("decided", gettext("decided"))),
            ),
            Filter("kind", gettext("Kind"), tuple((code, SHORT[code]) for code in KINDS)),
        ),
        empty=gettext("No request has come."),
        template="voters/requests/all.html",
    )
    now = context.now()
    late = queries.overdue_below(context.id, actor, now).select_related("precinct").order_by("due")
    below = [(row.number, SHORT[row.kind], _place(row), left_text(row.due, now)) for row in late[:SHOWN]]
    open_ones = queries.requests_for(context.id, actor).filter(decision__isnull=True).count()
    return page.response(
        request, below=below, late=late.count(), in_precinct=actor.precinct is not None, several=open_ones > 1
    )


def _filtered(found: QuerySet[Request], asked: Asked) -> QuerySet[Request]:
    if kind := asked.filters.get("kind"):
        found = found.filter(kind=kind)
    if state := asked.filters.get("state"):
        found = found.filter(decision__isnull=state == "open")
    return found.order_by(F("decision__at").asc(nulls_first=True), "due", "number")


def _columns(context: ElectionContext) -> tuple[Column, ...]:
    now, zone = context.now(), context.timezone
    return (
        Column("number", gettext("Number"), lambda row: row.number, url=_url),
        Column("kind", gettext("Kind"), lambda row: str(SHORT[row.kind])),
        Column("state", gettext("State"), lambda row: _state(row, now)),
        Column("due", gettext("Decided at the latest"), lambda row: row.due.astimezone(zone)),
        Column("received", gettext("Received"), lambda row: row.received_at.astimezone(zone)),
    )  # fmt: skip


def _url(row: Request) -> str:
    return reverse("cabinet-request", args=[row.number])


def _state(row: Request, now: Any) -> str:
    decision = getattr(row, "decision", None)
    if decision is None:
        return left_text(row.due, now)
    late = f" ({gettext('late')})" if decision.late else ""
    return f"{VERDICTS[decision.verdict]}{late}"


def _place(row: Request) -> str:
    return f"{row.precinct.number or row.precinct.code}" if row.precinct is not None else ""


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(Power.DECIDE_REQUEST)
@sensitive_variables("opened", "form")
def request(request: HttpRequest, number: str) -> HttpResponse:
    """One request, opened: what the voter says, what the list says, and the decision. The look is recorded."""
    context, actor = own_election(request), actor_of(request)
    row = queries.requests_for(context.id, actor).filter(number=number).first()
    if row is None:
        raise Http404
    decision = getattr(row, "decision", None)
    try:
        opened = open_request(row, actor)
        form = _form(request, context, row, opened) if decision is None else None
        if form is not None and _recorded(request, form, number, opened.looked):
            messages.success(request, gettext("The decision stands. The voter sees it by number and code."))
            return HttpResponseRedirect(reverse("cabinet-requests"))
    except CLOSED as error:
        shut = {"number": number, "closed": why_closed(error)}
        return render(request, "voters/requests/one.html", shut, status=503)
    changeset = queries.carried(row) if decision is not None and decision.verdict == "granted" else None
    values = {
        "row": row, "number": number, "kind": SHORT[row.kind], "kind_code": row.kind, "form": form, "decision": decision,
        "article": ARTICLES[row.kind],
        "left": left_text(row.due, context.now()), "overdue": decision is None and row.due < context.now(),
        "due": row.due.astimezone(context.timezone), "received": row.received_at.astimezone(context.timezone),
        "said": _said(context.id, opened.said), "lines": _lines(opened), "compared": _compared(opened),
        "found": opened.listed, "at": _named(opened.at), "removed": opened.removed, "changeset": changeset,
        "in_list": changeset is not None and queries.in_list(changeset),
        "explanation": opened.decided.get(EXPLANATION, ""), "listed": KINDS[row.kind].listed,
        "reason": reason_text(decision.reason) if decision is not None and decision.reason else "",
        "verdict": VERDICTS[decision.verdict] if decision is not None else "",
        "decided_at": decision.at.astimezone(context.timezone) if decision is not None else None,
    }  # fmt: skip
    return render(
        request, "voters/requests/one.html", values, status=422 if form is not None and form.errors else 200
    )


def _recorded(request: HttpRequest, form: DecisionForm, number: str, looked: Collection[int]) -> bool:
    """Whether a decision was sent and stands. `looked`: the looks that are written down already."""
    context = own_election(request)
    if not (form.is_bound and form.is_valid()):
        return False
    tried = [
        bucket("request-decision", *ATTEMPTS, context.id, number),
        bucket("request-decisions", *DECISIONS, context.id, str(actor_of(request).person)),
    ]
    try:
        take(tried)
    except TooMany as error:
        form.add_error(None, too_many(error))
        return False
    with noted(looked):
        result = form.perform(request, DecideRequest, context.id, form.payload(number))
    if result is None:
        return False
    give_back(tried)
    return True


def _said(election: str, said: Mapping[str, str]) -> list[tuple[Any, str]]:
    shown = {name: _shown(name, said[name]) for name in FIELDS if said.get(name)}
    if wished := Precinct.objects.filter(election=election, code=said.get("wished", "")).first():
        shown["wished"] = _named(wished)
    return [(FIELDS[name], value) for name, value in shown.items()]


def _shown(name: str, value: str) -> str:
    return str(SEXES.get(value, value)) if name == "sex" else value


def _lines(opened: Opened) -> list[dict[str, Any]]:
    """The entry field by field, and what the voter says beside it where both say something."""
    if opened.entry is None:
        return []
    both = [(name, opened.entry.get(name, ""), opened.said.get(name, "")) for name in RECORD]
    return [
        {"title": FIELDS[name], "entry": _shown(name, has), "said": _shown(name, says), "differs": says not in ("", has)}
        for name, has, says in both
    ]  # fmt: skip


def _compared(opened: Opened) -> list[tuple[Any, bool]]:
    """Of somebody else's entry: in which fields it agrees with what the voter says."""
    return [(FIELDS[name], agrees) for name, agrees in (opened.agrees or {}).items()]


def _named(precinct: Precinct | None) -> str:
    return f"{precinct.number or precinct.code} {precinct.address}".strip() if precinct is not None else ""


def _form(request: HttpRequest, context: ElectionContext, row: Request, opened: Opened) -> DecisionForm:
    kind = KINDS[row.kind]
    before = dict(opened.entry or opened.said)
    initial: dict[str, Any] = {"precinct": opened.said.get("wished", "")}
    stays = kind.code == "abroad" and opened.listed and not opened.removed
    if kind.code in WITH_RECORD and not stays:
        initial |= {name: before.get(name, "") for name in RECORD} | {"mahalla": opened.mahalla}
    form = DecisionForm(request.POST if request.method == "POST" else None, initial=initial)
    form.offer(
        kind,
        voter_rules(context.edition).request_reasons,
        _mahallas(row, opened),
        _precincts(context.id, row, opened),
        stays=stays,
    )
    return form


def _mahallas(row: Request, opened: Opened) -> list[tuple[str, str]]:
    """Those of the entry's district, and of the one that the voter named."""
    soato = row.territory.soato
    districts = {opened.district, int(soato) if soato.isdecimal() else 0}
    rows = Mahalla.objects.filter(district__in=districts).order_by("code")
    found = [(one.code, in_language(one.names, one.code)) for one in rows]
    return sorted(found, key=lambda one: str(one[1]))


def _precincts(election: str, row: Request, opened: Opened) -> list[tuple[str, str]]:
    """Those of the request's territory, and the one wished."""
    here = Precinct.objects.filter(election=election, territory=row.territory)
    wished = Precinct.objects.filter(election=election, code=opened.said.get("wished", ""))
    rows = (here | wished).order_by("position")
    return [(one.code, _named(one)) for one in rows]


@require_safe
@desk_view(Power.DECIDE_REQUEST, tiers=("precinct",))
@sensitive_variables("lines")
def visits(request: HttpRequest) -> HttpResponse:
    """Granted early votes and visits at home, for this precinct's officers; made to be printed. Each record shown is recorded."""
    context, actor = own_election(request), actor_of(request)
    asked = request.GET.get("page", "0")
    page = int(asked) if asked.isdecimal() and len(asked) < 5 else 0
    rows = list(queries.visits(context.id, actor.precinct or 0)[page * VISITS : (page + 1) * VISITS + 1])
    try:
        found = open_visits(rows[:VISITS], actor)
    except CLOSED as error:
        return render(request, "voters/requests/visits.html", {"closed": why_closed(error)}, status=503)
    lines = [_visit(*one) for one in found]
    values = {
        "early": [line for line in lines if line["kind"] == "early"], "home": [line for line in lines if line["kind"] == "home"],
        "place": in_language(Territory.objects.get(precincts=actor.precinct).names, ""),
        "earlier": page - 1 if page else None, "later": page + 1 if len(rows) > VISITS else None,
        "alone": not page and len(rows) <= VISITS,
    }  # fmt: skip
    return render(request, "voters/requests/visits.html", values)


def _visit(row: Request, said: Mapping[str, str], entry: Mapping[str, str]) -> dict[str, Any]:
    address = address_of(said, said.get("mahalla", "")) if row.kind == "home" else address_of(entry)
    when = ", ".join(part for part in (said.get("day", ""), said.get("time", "")) if part)
    return {
        "kind": row.kind, "number": row.number, "name": name_of(entry), "born": entry.get("birth_date", ""), "address": address,
        "when": when, "contact": said.get("contact", ""),
    }  # fmt: skip
