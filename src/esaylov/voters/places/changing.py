"""Rules are changed in the cabinet: of one precinct in a form, of many by a file. Whom they move is shown before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Power
from esaylov.cabinet.desk import actor_of, own_election
from esaylov.cabinet.forms import data_of, finding_text
from esaylov.cabinet.views import desk_view
from esaylov.design.templatetags.face import number as marked
from esaylov.voters.models import Address, Mahalla
from esaylov.voters.places import queries, uploads
from esaylov.voters.places.acts import SetRules
from esaylov.voters.places.examining import Examined, Found, examine, limits
from esaylov.voters.places.forms import PARITIES, DecisionForm, RulesFileForm, RuleSheet
from esaylov.voters.places.given import Given, read_given
from esaylov.voters.places.houses import rules_in_force
from esaylov.voters.places.models import RulesFile
from esaylov.voters.places.precincts import PrecinctPlace, precincts_by_code
from esaylov.voters.places.views import name_of, own_precinct
from esaylov.voters.places.words import Preview, mahalla_name, preview

SHOWN = 200
"""Findings of a file that its page names."""
MOST_STREETS = 1_000


@desk_view(Power.SET_RULES)
def change(request: HttpRequest, precinct: str) -> HttpResponse:
    """The rules of one precinct, typed; checked as often as somebody wants, set by decision."""
    context, place = own_precinct(request, precinct)
    data = data_of(request)
    sheet = (
        RuleSheet.of_data(precinct, data)
        if data is not None
        else RuleSheet.of_rules(precinct, rules_in_force(context.id, precincts=[place.id]))
    )
    step = request.POST.get("step", "") if request.method == "POST" else ""
    form = DecisionForm(
        data if step == "set" else None, initial={"decision": request.POST.get("decision", "")}
    )
    checked = _shaped(sheet, step)
    done = examine(context, actor_of(request), sheet.given()) if checked else None
    told = sheet.tell(done.found) if done else []
    if (
        done
        and not done.errors
        and step == "set"
        and form.is_valid()
        and _set(request, context, form, done.given)
    ):
        return HttpResponseRedirect(reverse("cabinet-place", args=[precinct]))
    if not sheet.rows:
        sheet.add()
    values = {
        "title": gettext("Change the rules"), "over": name_of(place), "sheet": sheet, "form": form, "told": told,
        "mahallas": _choices(context, place, sheet), "streets": _streets(sheet), "parities": PARITIES,
        "back": {"url": reverse("cabinet-place", args=[precinct]), "text": name_of(place)},
        "wrong": bool(done and done.errors) or bool(form.errors), "clear": bool(done) and not (done and done.errors),
        "preview": _preview(context, done), "step": step,
    }  # fmt: skip
    return render(request, "places/change.html", values)


def _shaped(sheet: RuleSheet, step: str) -> bool:
    """Adds a row or takes one away; whether the rules are to be looked at."""
    if step == "add":
        sheet.add()
    elif step.startswith("drop-") and step[5:].isdigit():
        sheet.drop(int(step[5:]))
    return step in ("check", "set")


def _set(request: HttpRequest, context: ElectionContext, form: DecisionForm, given: Given) -> bool:
    """Performs the act; False where it was refused: then the form says why."""
    payload = {"decision": form.cleaned_data["decision"], "given": given}
    accepted = form.perform(request, SetRules, context.id, payload)
    if accepted is None:
        return False
    number = int(accepted.record["precincts"])
    text = ngettext(
        "The rules of %(number)s precinct are set by decision No. %(decision)s. Its voters are being placed.",
        "The rules of %(number)s precincts are set by decision No. %(decision)s. Their voters are being placed.", number,
    )  # fmt: skip
    messages.success(request, text % {"number": marked(number), "decision": accepted.record["decision"]})
    for finding in accepted.findings[:20]:
        messages.warning(request, finding_text(finding))
    return True


def _preview(context: ElectionContext, done: Examined | None) -> Preview | None:
    if done is None or done.errors:
        return None
    places = {place.id: place for place in precincts_by_code(context.id).values()}
    return preview(done, places, limits(context))


def _choices(context: ElectionContext, place: PrecinctPlace, sheet: RuleSheet) -> list[tuple[str, str]]:
    """The mahallas that may belong to a precinct: those of its district, and those that are typed already."""
    typed = {row.mahalla for row in sheet.rows}
    rows = queries.mahallas_of(context.id, None)
    near = [(code, names) for _, code, names, district in rows if place.may_have(district) or code in typed]
    return sorted(((code, mahalla_name(names, code)) for code, names in near), key=lambda pair: pair[1])


def _streets(sheet: RuleSheet) -> list[str]:
    """Streets of the mahallas at hand, for the field's list."""
    codes = {row.mahalla for row in sheet.rows if row.mahalla}
    numbers = Mahalla.objects.filter(code__in=codes).values_list("id", flat=True)
    found = Address.objects.filter(mahalla__in=list(numbers)).order_by("street_key", "street")
    return list(dict.fromkeys(found.values_list("street", flat=True).distinct()[:MOST_STREETS]))


@desk_view(Power.SET_RULES)
def upload(request: HttpRequest) -> HttpResponse:
    """Hands in a file of rules; nothing is set before somebody has looked at what it does."""
    context, actor = own_election(request), actor_of(request)
    form = RulesFileForm(request.POST, request.FILES) if request.method == "POST" else RulesFileForm()
    if request.method == "POST" and form.is_valid():
        if actor.person is None:
            raise Http404
        file = form.cleaned_data["file"]
        number = uploads.keep(actor, context.id, file.name, file.read())
        return HttpResponseRedirect(reverse("cabinet-rules-report", args=[number]))
    values = {
        "form": form, "title": gettext("Rules from a file"), "action": gettext("Check the file"), "multipart": True,
        "lead": gettext("You see what is wrong and whom it moves before anything is decided."),
        "back": {"url": reverse("cabinet-places"), "text": gettext("Addresses and precincts")},
    }  # fmt: skip
    return render(request, "places/upload.html", values)


@desk_view(Power.SET_RULES)
def report(request: HttpRequest, number: UUID) -> HttpResponse:
    """What a file would do: findings by line, whom it moves, and the button that sets it."""
    context, actor = own_election(request), actor_of(request)
    row = uploads.own(number, actor, context.id)
    if row is None:
        raise Http404
    form = DecisionForm(request.POST if request.method == "POST" else None)
    done = examine(context, actor, read_given(bytes(row.content)))
    if (
        request.method == "POST"
        and form.is_valid()
        and not done.errors
        and _set(request, context, form, done.given)
    ):
        return HttpResponseRedirect(reverse("cabinet-places"))
    return render(request, "places/report.html", _report(context, row, form, done))


def _report(context: ElectionContext, row: RulesFile, form: DecisionForm, done: Examined) -> dict[str, Any]:
    found = sorted(done.found, key=lambda one: (not one.finding.is_error, one.line or 0))
    return {
        "title": row.name, "form": form, "rules": len(done.given.rules), "precincts": len(done.given.precincts),
        "errors": len(done.errors), "warnings": len(done.warnings), "found": _told(found[:SHOWN]),
        "more": max(0, len(found) - SHOWN), "preview": _preview(context, done), "can_set": not done.errors,
        "counted": done.moves is not None,
        "back": {"url": reverse("cabinet-rules-file"), "text": gettext("Hand in another file")},
    }  # fmt: skip


def _told(found: Sequence[Found]) -> list[dict[str, Any]]:
    return [
        {"line": one.line, "text": finding_text(one.finding), "error": one.finding.is_error}
        for one in found
    ]  # fmt: skip
