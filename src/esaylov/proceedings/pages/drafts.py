"""Draft decisions in the cabinet: words, orders composed in forms, what they would give now, until the vote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Power
from esaylov.cabinet.desk import actor_of, desk_of
from esaylov.cabinet.forms import data_of
from esaylov.cabinet.lists import Asked, Column, ListPage
from esaylov.cabinet.views import desk_view
from esaylov.proceedings import composing, motions
from esaylov.proceedings.forms import DraftForm
from esaylov.proceedings.models import Motion, Session
from esaylov.proceedings.motions import Changed, Prepared, fingerprint
from esaylov.proceedings.orderforms import OrderForm, formable, initial_of
from esaylov.proceedings.orders import orderable
from esaylov.proceedings.pages.common import (
    context_of,
    election_title,
    elections_of,
    local,
    own_commission,
)
from esaylov.proceedings.pages.marks import mark_of
from esaylov.proceedings.pages.orderlines import order_lines
from esaylov.registry.matrix import COMMISSIONS

COMPOSED = "proceedings.composed"
NO_NUMBER = "0"
"""Stands for the decision's number in a dry run, before it has one."""
MOST = 100
"""So many orders a decision is composed of here; wizards and files make greater ones."""
sitters = desk_view(tiers=COMMISSIONS)
officers = desk_view(Power.HOLD_SESSION)

COLUMNS = (
    Column(
        "title",
        gettext_lazy("Draft decision"),
        lambda row: row.title,
        url=lambda row: reverse("cabinet-decision-draft", args=[row.pk]),
    ),
    Column("election", gettext_lazy("Election"), lambda row: election_title(row.election)),
    Column("orders", gettext_lazy("Orders"), lambda row: len(row.acts), number=True),
    Column("created", gettext_lazy("Prepared"), lambda row: local(row.election, row.at or row.created_at)),
)


@sitters
def drafts(request: HttpRequest) -> HttpResponseBase:
    """The draft decisions that wait before the commission."""
    commission, elections = own_commission(request).id, elections_of(desk_of(request))

    def rows(asked: Asked) -> tuple[Sequence[Motion], int]:
        waiting = [row for election in elections for row in motions.waiting(commission, election)]
        found = [row for row in waiting if asked.search.casefold() in row.title.casefold()]
        return found[asked.offset : asked.offset + asked.limit], len(found)

    page = ListPage(
        title=gettext("Draft decisions"),
        lead=gettext("What is prepared for a session. Nothing of it is official before the vote."),
        columns=COLUMNS,
        rows=rows,
        search=gettext("Words of the title"),
        empty=gettext("Nothing is prepared for a session."),
        template="proceedings/drafts.html",
    )
    return page.response(request, may=desk_of(request).may(Power.HOLD_SESSION))


@officers
def new(request: HttpRequest) -> HttpResponse:
    """A draft begins with its words."""
    elections = elections_of(desk_of(request))
    chosen = [(code, election_title(code)) for code in reversed(elections)]
    form = DraftForm(data_of(request), elections=chosen)
    if request.method == "POST" and form.is_valid():
        key = motions.propose(actor_of(request), form.election_code, **form.words, source=COMPOSED)
        messages.success(request, gettext("The draft is kept. Add what it orders."))
        return HttpResponseRedirect(reverse("cabinet-decision-draft", args=[key]))
    values = {
        "form": form,
        "title": gettext("Prepare a decision"),
        "lead": gettext("A session votes on it. Until then it can be changed."),
        "action": gettext("Keep the draft"),
        "back": {"text": gettext("Draft decisions"), "url": reverse("cabinet-decision-drafts")},
    }
    return render(request, "cabinet/form.html", values)


def own_draft(request: HttpRequest, key: UUID, *, change: bool = False) -> tuple[Prepared, ElectionContext]:
    """A draft before the desk's commission; 404 for others, and for a change of one that another page made."""
    actor = actor_of(request)
    for election in elections_of(desk_of(request)):
        found = motions.prepared(key, actor, election)
        if found is not None:
            if change and found.row.source != COMPOSED:
                raise Http404
            return found, context_of(election)
    raise Http404


@sitters
def draft(request: HttpRequest, key: UUID) -> HttpResponse:
    """One draft: its words, what it orders, where it is voted on; sent as a form, what the orders would give now.

    A trial performs them and takes them back: it reads records of persons and holds locks, so that no link does it.
    """
    found, context = own_draft(request, key)
    may = desk_of(request).may(Power.HOLD_SESSION)
    preview = may and request.method == "POST"
    lines = order_lines(found, actor_of(request), context, number=NO_NUMBER if preview else "")
    row = found.row
    open_ = Session.objects.filter(
        commission=row.commission_id, election=row.election, closing__isnull=True
    ).order_by("-journal")
    values = {
        "draft": row,
        "mark": mark_of(request, context),
        "election": election_title(row.election),
        "created": local(row.election, row.at or row.created_at),
        "paragraphs": [part for part in row.text.split("\n\n") if part.strip()],
        "articles": ", ".join(row.articles),
        "lines": lines,
        "preview": preview,
        "refused": sum(line.refused for line in lines),
        "may": may,
        "composed": row.source == COMPOSED,
        "more": len(lines) < MOST,
        "sessions": open_ if may else (),
    }
    return render(request, "proceedings/draft.html", values)


@officers
def words(request: HttpRequest, key: UUID) -> HttpResponse:
    """The words of a draft are changed."""
    found, _ = own_draft(request, key, change=True)
    row = found.row
    initial = {"title": row.title, "text": row.text, "considered": "; ".join(row.articles)}
    form = DraftForm(data_of(request), initial=initial)
    if request.method == "POST" and form.is_valid() and _changed(request, found, form, **form.words):
        return _back(key, request, gettext("The words of the draft are changed."))
    title = gettext("Words of the draft")
    return _form_page(request, found, form, title, gettext("Keep the draft"))


@officers
def add(request: HttpRequest, key: UUID) -> HttpResponse:
    """An order is added: first the act is chosen, then its fields are filled in."""
    found, context = own_draft(request, key, change=True)
    actor = actor_of(request)
    if len(found.orders) >= MOST:
        return _back(key, request, gettext("A decision that is composed here has no more orders than this."))
    offers = composing.offers(actor, context, context.now())
    code = request.POST.get("act") or request.GET.get("act") or ""
    offer = next((one for one in offers if one.code == code and not one.page), None)
    if offer is not None:
        return _order(request, found, context, code, None)
    values = {
        "draft": found.row,
        "forms": [one for one in offers if not one.page and one.open],
        "closed": [(one, _local(one, context)) for one in offers if not one.page and not one.open],
        "pages": [one for one in offers if one.page],
    }
    return render(request, "proceedings/order_choice.html", values)


def _local(offer: composing.Offer, context: ElectionContext) -> dict[str, Any]:
    ends = (("opens", offer.dates.opens), ("closes", offer.dates.closes)) if offer.dates else ()
    return {name: end.astimezone(context.timezone) for name, end in ends if end is not None}


@officers
def change(request: HttpRequest, key: UUID, place: int) -> HttpResponse:
    """An order is changed."""
    found, context = own_draft(request, key, change=True)
    if not 0 < place <= len(found.orders):
        raise Http404
    return _order(request, found, context, found.orders[place - 1][0], place)


def _order(
    request: HttpRequest, found: Prepared, context: ElectionContext, code: str, place: int | None
) -> HttpResponse:
    """The form of one order; `place` of the one that is changed."""
    listed, known = orderable().get(code), composing.description_of(code)
    if listed is None or known is None or not formable(listed, known):
        raise Http404
    payload = found.orders[place - 1][1] if place else {}
    asking = composing.Asking(context, actor_of(request), payload)
    form = _filled(
        request.POST if request.method == "POST" else None,
        {"listed": listed, "description": known},
        asking,
        initial_of(listed, payload, asking),
    )
    if form.is_bound and form.is_valid() and form.complete:
        orders = list(found.orders)
        orders[place - 1 if place else len(orders) : place or len(orders)] = [(code, form.said)]
        if _changed(request, found, form, orders=orders):
            return _back(found.row.pk, request, gettext("The order stands in the draft."))
    action = gettext("Keep the order") if form.complete else gettext("Continue")
    return _form_page(request, found, form, str(known.title), action, act=code, law=listed.article or "")


def _filled(
    data: QueryDict | None, made: Mapping[str, Any], asking: composing.Asking, initial: Mapping[str, Any]
) -> OrderForm:
    """The form with what was sent. Fields whose lists hang on others come, empty, when those are filled in."""
    if data is None:
        return OrderForm(None, **made, asking=asking, initial=initial)
    form = OrderForm(data, **made, asking=replace(asking, said={}))
    while form.is_valid() and not form.complete:
        fuller = OrderForm(data, **made, asking=replace(asking, said=form.said))
        fresh = fuller.shown - form.shown
        if not fresh & set(data):
            return OrderForm(None, **made, asking=replace(asking, said=form.said), initial=data.dict())
        form = fuller
    return form


def _changed(request: HttpRequest, found: Prepared, form: Any, **changes: Any) -> bool:
    """Whether the draft could be changed; what another has changed meanwhile is not written over."""
    try:
        if request.POST.get("seen") != fingerprint(found):
            raise Changed
        motions.rewrite(found, actor_of(request), **changes)
    except Changed:
        form.add_error(
            None, gettext("The draft was changed meanwhile. Look at it again before you keep this.")
        )
        return False
    return True


def _form_page(
    request: HttpRequest, found: Prepared, form: Any, title: str, action: str, **more: Any
) -> HttpResponse:
    values = {
        "form": form,
        "over": found.row.title,
        "title": title,
        "action": action,
        "seen": fingerprint(found),
        "back": {
            "text": gettext("Back to the draft"),
            "url": reverse("cabinet-decision-draft", args=[found.row.pk]),
        },
    } | more
    return render(request, "proceedings/draft_form.html", values)


def _back(key: UUID, request: HttpRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return HttpResponseRedirect(reverse("cabinet-decision-draft", args=[key]))


@officers
def remove(request: HttpRequest, key: UUID, place: int) -> HttpResponse:
    """An order is taken out of a draft."""
    found, context = own_draft(request, key, change=True)
    if not 0 < place <= len(found.orders):
        raise Http404
    line = order_lines(found, actor_of(request), context)[place - 1]
    if request.method == "POST":
        kept = [order for at, order in enumerate(found.orders, 1) if at != place]
        return _taken(request, found, gettext("The order is taken out."), orders=kept)
    return _confirm(request, found, gettext("Take this order out?"), gettext("Take it out"), [
        (gettext("Order"), line.title), *line.facts,
    ])  # fmt: skip


@officers
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """A draft is withdrawn."""
    found, _ = own_draft(request, key)
    if request.method == "POST":
        return _taken(request, found, gettext("The draft is withdrawn."))
    facts = [(gettext("Draft decision"), found.row.title), (gettext("Orders"), str(len(found.orders)))]
    return _confirm(request, found, gettext("Withdraw this draft?"), gettext("Withdraw the draft"), facts)


def _taken(request: HttpRequest, found: Prepared, text: str, **changes: Any) -> HttpResponse:
    """An order, or without changes the whole draft, is taken away, unless it was changed since it was looked at."""
    try:
        if request.POST.get("seen") != fingerprint(found):
            raise Changed
        if changes:
            motions.rewrite(found, actor_of(request), **changes)
        else:
            motions.withdraw(found, actor_of(request))
    except Changed:
        messages.error(request, gettext("The draft was changed meanwhile; nothing was taken away."))
        return HttpResponseRedirect(reverse("cabinet-decision-draft", args=[found.row.pk]))
    if changes:
        return _back(found.row.pk, request, text)
    messages.success(request, text)
    return HttpResponseRedirect(reverse("cabinet-decision-drafts"))


def _confirm(
    request: HttpRequest, found: Prepared, title: str, action: str, facts: Sequence[tuple[str, str]]
) -> HttpResponse:
    values = {
        "title": title,
        "what": gettext("It is taken out of the draft; nothing of it is kept."),
        "facts": facts,
        "action": action,
        "hidden": [("seen", fingerprint(found))],
        "back": {
            "text": gettext("Back to the draft"),
            "url": reverse("cabinet-decision-draft", args=[found.row.pk]),
        },
    }
    return render(request, "cabinet/confirm.html", values)
