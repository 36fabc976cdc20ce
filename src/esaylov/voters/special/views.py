"""A special place's list in the cabinet: the commission hands it in, sees every problem by line, and what it would do."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, inf
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext, pgettext_lazy

from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Power
from esaylov.cabinet.desk import actor_of, own_election
from esaylov.cabinet.forms import finding_text
from esaylov.cabinet.views import desk_view
from esaylov.custody.client import Throttled
from esaylov.design.templatetags.face import number
from esaylov.exchange.problems import escaped
from esaylov.exchange.residents.problems import ExtractError, ExtractProblem, reason
from esaylov.exchange.residents.special import PLACES as KINDS
from esaylov.registry.models import Precinct
from esaylov.voters.assignments.queries import standing
from esaylov.voters.blocks import Kind
from esaylov.voters.changesets import changes
from esaylov.voters.models import Changeset
from esaylov.voters.persons import CLOSED, why_closed
from esaylov.voters.precinct_list.printing import precinct_name
from esaylov.voters.reviewing import KINDS as CHANGES
from esaylov.voters.reviewing import STATES
from esaylov.voters.special.comparing import STRANGER, hand_in, handed_in, may_have_one, withdraw
from esaylov.voters.staging import StagingError

PLACES = {
    "abroad": pgettext_lazy("place of a list", "abroad"),
    "military-unit": pgettext_lazy("place of a list", "military unit"),
    "hospital": pgettext_lazy("place of a list", "hospital, sanatorium or rest home"),
    "detention": pgettext_lazy("place of a list", "place of detention"),
    "remote": pgettext_lazy("place of a list", "remote place"),
}
COLUMNS = {
    "X12": gettext_lazy("Missing columns: %(columns)s"),
    "X13": gettext_lazy("Columns that do not belong here: %(columns)s"),
}
"""What is wrong with the columns of a file, by the code of the problem of each."""
MOST_BYTES = 2_000_000
SHOWN = 10
PROBLEMS_SHOWN = 200
COLUMNS_NAMED = 20


class ListForm(forms.Form):
    """The file of a list. What stands in it is never kept."""

    file = forms.FileField(
        label=gettext_lazy("List of the place (CSV)"),
        help_text=gettext_lazy(
            "Columns: precinct, place, pinfl, document, surname, given_name, patronymic, birth_date, sex, citizenship."
            " The list replaces the one that was handed in before."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> object:
        """A file that is not too large."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(gettext_lazy("The file is too large."))
        return file


@desk_view(Power.ADD_SUPPLEMENT)
def special(request: HttpRequest) -> HttpResponse:
    """Hands in the list of the own precinct, gives up one that nobody has proposed; what became of earlier ones."""
    context, precinct = own_election(request), _precinct(request)
    if request.POST.get("step") == "withdraw":
        return _withdrawn(request, context, precinct)
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    problems: Sequence[ExtractProblem] = ()
    used_up = False
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = hand_in(context, file.read(), precincts=[precinct.code], by=actor_of(request))
        except ExtractError as error:
            problems = error.problems
        except StagingError as error:
            for one in error.findings:
                form.add_error(None, finding_text(one))
        except Throttled as error:
            used_up = True
            form.add_error(None, _used_up(error.retry_after))
        except CLOSED as error:
            form.add_error(None, why_closed(error))
        else:
            messages.success(request, _said(made))
            return HttpResponseRedirect(reverse("cabinet-special"))
    status = 429 if used_up else 422 if problems or form.errors else 200
    values = _values(context, precinct) | {"form": form, **_told(problems)}
    return render(request, "voters/special/one.html", values, status=status)


def _used_up(seconds: float) -> str:
    """That the commission's measure is used up, and for how long."""
    said = gettext(
        "Your commission has compared as many people with the voter list as it may for now. Nothing of the file was kept."
    )
    if seconds == inf:
        return " ".join((said, gettext("Turn to the Central Commission.")))
    minutes = max(1, ceil(seconds / 60))
    again = ngettext(
        "Hand it in again in %(shown)s minute.", "Hand it in again in %(shown)s minutes.", minutes
    )
    return f"{said} {again % {'shown': number(minutes)}}"


def _said(made: Changeset | None) -> str:
    if made is None:
        return gettext("The voter list says what this list says: there is nothing to change.")
    return gettext("The list is handed in. The Central Commission proposes and approves it.")


def _precinct(request: HttpRequest) -> Precinct:
    """The commission's own precinct, if it may have a list of its own; else there is nothing here."""
    found = Precinct.objects.filter(
        id=actor_of(request).precinct or 0, election=own_election(request).id
    ).first()
    if found is None or not may_have_one(found.id):
        raise Http404
    return found


def _withdrawn(request: HttpRequest, context: ElectionContext, precinct: Precinct) -> HttpResponse:
    wanted = request.POST.get("changeset", "")
    row = next((one for one in handed_in(context.id, precinct.code) if str(one.id) == wanted), None)
    if row is None:
        raise Http404
    if withdraw(row):
        messages.success(request, gettext("The list was given up. The voter list stays as it is."))
    else:
        messages.error(
            request, gettext("The list is proposed already: the Central Commission decides about it.")
        )
    return HttpResponseRedirect(reverse("cabinet-special"))


def _told(problems: Sequence[ExtractProblem]) -> dict[str, Any]:
    """What is wrong, by line; of wrong columns each kind in one sentence."""
    language = get_language() or "en"
    told = _of_columns(problems)
    problems = [one for one in problems if one.code not in COLUMNS]
    told += [
        {"line": one.line, "field": one.field or "", "text": one.reason(language), "article": one.article, "code": one.code}
        for one in problems
    ]  # fmt: skip
    return {"found": told[:PROBLEMS_SHOWN], "more": max(0, len(told) - PROBLEMS_SHOWN), "wrong": len(told)}


def _of_columns(problems: Sequence[ExtractProblem]) -> list[dict[str, Any]]:
    """A file that was saved otherwise lacks all columns, and has as many others: a list of names, not a line for each."""
    named: dict[str, list[str]] = {code: [] for code in COLUMNS}
    for one in problems:
        if one.code in named:
            named[one.code].append(dict(one.values)["value"])
    return [
        {"line": 1, "field": "", "text": COLUMNS[code] % {"columns": _listed(names)}, "article": None, "code": code}
        for code, names in named.items() if names
    ]  # fmt: skip


def _listed(names: list[str]) -> str:
    """Names of columns, the first of very many: the head of a file may be as long as the file."""
    more = ["…"] if len(names) > COLUMNS_NAMED else []
    return escaped(", ".join(names[:COLUMNS_NAMED] + more))


def _values(context: ElectionContext, precinct: Precinct) -> dict[str, Any]:
    assigned = standing(context.now().date(), context.id, precinct=precinct.id)
    here = [one for one in assigned if one.why in KINDS]
    kinds = {str(PLACES[one.why]) for one in here}
    rows = [
        _line(context, row)
        for row, _ in zip(handed_in(context.id, precinct.code), range(SHOWN), strict=False)
    ]
    return {
        "precinct": precinct_name(precinct), "code": precinct.code, "people": len(here), "kinds": sorted(kinds),
        "rows": rows, "titles": [text for _, text in CHANGES],
        "places": [(code, PLACES[code]) for code in KINDS],
    }  # fmt: skip


def _line(context: ElectionContext, row: Changeset) -> dict[str, Any]:
    """(Whom the list has with another document counts as somebody new: that is all that the place may learn.)"""
    counted, language = changes(row), get_language() or "en"
    counted[Kind.ADDED.name.lower()] += row.counts.get("problems", {}).get(STRANGER, 0)
    warnings = row.problems.exclude(code=STRANGER).order_by("line")[:PROBLEMS_SHOWN]
    lines = row.counts.get("unfound_lines", [])
    return {
        "id": row.id, "at": row.made_at.astimezone(context.timezone), "place": PLACES.get(row.counts.get("place", ""), ""),
        "state": STATES[Changeset.State(row.state)], "counts": [(text, counted[kind.name.lower()]) for kind, text in CHANGES],
        "people": row.counts.get("rows", 0), "stay": row.counts.get("stay", 0),
        "unfound": row.counts.get("unfound", 0), "lines": ", ".join(map(str, lines)),
        "more": row.counts.get("unfound", 0) - len(lines),
        "warnings": [(one.line, reason(one.code, language)) for one in warnings],
        "open": row.state == Changeset.State.COMPARED,
    }  # fmt: skip
