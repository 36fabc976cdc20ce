"""Commissions in the cabinet of the commission that forms them: list, members, changes. (Files: `importing.py`.)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from esaylov.acts import vault
from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Power
from esaylov.cabinet.desk import actor_of, own_election
from esaylov.cabinet.forbidden import role_name, tier_name
from esaylov.cabinet.lists import Asked, Column, Filter, ListPage
from esaylov.cabinet.views import desk_view
from esaylov.design.words import in_language
from esaylov.formation.examining import composition_now, may_enter
from esaylov.formation.forms import MemberForm, RemovalForm
from esaylov.formation.queries import FormedRow, HistoryRow, commissions, formed_row, history
from esaylov.formation.words import commission_text, ground_text, proposer_text
from esaylov.registry.acts import ChangeComposition
from esaylov.registry.forming import entered_by, forms
from esaylov.registry.queries import CommissionRow, commission_by_code

NAMES_PURPOSE = "the forming commission looks at the members (Art. 19-25)"
FILTERS = (("formed", gettext_lazy("formed")), ("not-formed", gettext_lazy("not formed")))


@desk_view(Power.IMPORT_MEMBERS)
def formed(request: HttpRequest) -> HttpResponseBase:
    """The commissions that this one forms, or whose members it enters."""
    context, actor = own_election(request), actor_of(request)
    tiers = sorted(entered_by(context, actor.tier))

    def rows(asked: Asked) -> tuple[Sequence[FormedRow], int]:
        return commissions(
            context.id, tiers, actor.area, tier=asked.filters.get("tier", ""),
            state=asked.filters.get("state", ""), search=asked.search, limit=asked.limit, offset=asked.offset,
        )  # fmt: skip

    page = ListPage(
        title=gettext("Commissions"),
        lead=gettext("Who is formed and who is not. Open a commission to see its members or to change them."),
        columns=(
            Column("commission", gettext("Commission"), text_of,
                   url=lambda row: reverse("cabinet-commission", args=[row.code])),
            Column("tier", gettext("Tier"), lambda row: tier_name(row.tier)),
            Column("territory", gettext("Territory"), lambda row: in_language(row.names, row.code)),
            Column("code", gettext("Code"), lambda row: row.code),
            Column("state", gettext("State"), lambda row: gettext("formed") if row.members else gettext("not formed")),
            Column("members", gettext("Members"), lambda row: row.members, number=True),
        ),
        rows=rows,
        filters=(
            Filter("tier", gettext("Tier"), [(tier, tier_name(tier)) for tier in tiers]),
            Filter("state", gettext("State"), FILTERS),
        ),
        search=gettext("Precinct, district or code"),
        export="commissions",
        empty=gettext("Your commission forms no other commissions in this election."),
        template="formation/commissions.html",
    )  # fmt: skip
    return page.response(request)


def text_of(row: FormedRow) -> str:
    """A commission in words."""
    return commission_text(row.tier, row.names, row.number, row.code)


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A mandate as the page shows it."""

    row: HistoryRow
    name: str
    role: str
    proposer: str
    ground: str
    url: str
    since: datetime
    ended: datetime | None


def commission_entered(
    request: HttpRequest, context: ElectionContext, code: str
) -> tuple[CommissionRow, FormedRow]:
    """A commission that the actor forms or enters; else there is nothing here."""
    actor, row = actor_of(request), commission_by_code(context.id, code)
    if row is None or may_enter(context, actor, row) is not None:
        raise Http404
    return row, formed_row(row.id)


@desk_view(Power.IMPORT_MEMBERS)
def commission(request: HttpRequest, code: str) -> HttpResponse:
    """A commission: its members with names, what the law finds, and who was there before."""
    context = own_election(request)
    row, shown = commission_entered(request, context, code)
    lines = member_lines(request, context, row)
    standing = [line for line in lines if line.row.ended is None]
    found = composition_now(context, actor_of(request), row, context.now()) if standing else ()
    names = {str(line.row.id): line.name for line in standing}
    values = {
        "title": text_of(shown), "commission": row, "standing": standing,
        "ended": [line for line in lines if line.row.ended is not None],
        "findings": [
            {"text": in_language(one.text, one.code), "code": one.code, "article": one.article or "",
             "who": [names[field.partition("!")[2]] for field in one.fields if field.partition("!")[2] in names]}
            for one in found
        ],
        "changes": forms(context, actor_of(request).tier, row.tier),
        "list": reverse("cabinet-commissions"), "add": reverse("cabinet-commission-add", args=[code]),
        "whole": reverse("cabinet-commission-form", args=[code]),
        "import": reverse("cabinet-members-import"),
    }  # fmt: skip
    return render(request, "formation/commission.html", values)


def member_lines(request: HttpRequest, context: ElectionContext, row: CommissionRow) -> list[MemberLine]:
    """All mandates with names; every name that is shown is recorded as read."""
    found = history(row.id)
    persons = list(dict.fromkeys(one.person for one in found))
    fields = ("surname", "given_name", "patronymic")
    records = vault.read(persons, fields, by=actor_of(request), purpose=NAMES_PURPOSE) if persons else {}
    return [
        MemberLine(
            one,
            " ".join(records.get(one.person, {}).get(name) or "" for name in fields).strip() or gettext("erased"),
            role_name(one.role), proposer_text(one.proposer), ground_text(one.ground),
            reverse("cabinet-commission-remove", args=[row.code, one.id]),
            one.since.astimezone(context.timezone),
            one.ended.astimezone(context.timezone) if one.ended else None,
        )
        for one in found
    ]  # fmt: skip


@desk_view(Power.FORM_COMMISSION)
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody comes into a commission that is formed already."""
    context = own_election(request)
    _, shown = commission_entered(request, context, code)
    form = MemberForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        payload = {"commission": code, "decision": form.cleaned_data["decision"], "add": [form.member()]}
        if form.perform(request, ChangeComposition, context.id, payload) is not None:
            messages.success(request, gettext("The member is entered."))
            return HttpResponseRedirect(reverse("cabinet-commission", args=[code]))
    values = {
        "form": form, "title": gettext("Add a member"), "over": text_of(shown), "action": gettext("Enter the member"),
        "back": {"url": reverse("cabinet-commission", args=[code]), "text": text_of(shown)},
    }  # fmt: skip
    return render(request, "cabinet/form.html", values)


@desk_view(Power.FORM_COMMISSION)
def remove(request: HttpRequest, code: str, mandate: int) -> HttpResponse:
    """Somebody leaves a commission: a page of its own, since it cannot be undone."""
    context = own_election(request)
    row, shown = commission_entered(request, context, code)
    line = next(
        (
            one
            for one in member_lines(request, context, row)
            if one.row.id == mandate and one.row.ended is None
        ),
        None,
    )
    if line is None:
        raise Http404
    form = RemovalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        payload = {"commission": code, "decision": chosen["decision"], "remove": {mandate: chosen["ground"]}}
        if form.perform(request, ChangeComposition, context.id, payload) is not None:
            messages.success(request, gettext("The mandate has ended."))
            return HttpResponseRedirect(reverse("cabinet-commission", args=[code]))
    values: dict[str, Any] = {
        "form": form, "title": gettext("Remove a member"), "action": gettext("End the mandate"), "article": "24, 25",
        "what": gettext("The mandate ends now. The person can no longer act for the commission."),
        "facts": [(gettext("Commission"), text_of(shown)), (gettext("Member"), line.name), (gettext("Role"), line.role)],
        "back": {"url": reverse("cabinet-commission", args=[code]), "text": gettext("Back to the commission")},
        "alone": reverse("cabinet-mandate-end", args=[code, mandate]),
    }  # fmt: skip
    return render(request, "formation/remove.html", values)
