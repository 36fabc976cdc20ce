"""Moving dates of the calendar in the cabinet of the Central Election Commission."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Power
from esaylov.cabinet.desk import own_election
from esaylov.cabinet.forms import ActForm, read_by
from esaylov.cabinet.lists import Asked, Column, ListPage
from esaylov.cabinet.views import desk_view
from esaylov.design.words import in_language, time_text
from esaylov.elections.calendar import ARTICLES, NUMBER_LENGTH, MoveStep
from esaylov.elections.moves import moves, overrides
from esaylov.law.calendar import Window
from esaylov.law.editions import CalendarStep

PICKED = "%Y-%m-%dT%H:%M"
moves_dates = desk_view(Power.MOVE_STEP, tiers={"cec"})


class MoveForm(ActForm):
    """New dates of a step, on the clock of the election's zone; an empty end is open."""

    articles: ClassVar[dict[str, str]] = {"decision": ARTICLES}
    opens = forms.DateTimeField(
        label=gettext_lazy("Opens"),
        required=False,
        input_formats=[PICKED],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=PICKED),
        help_text=gettext_lazy("The step is open from this time on. Empty: there is no beginning."),
    )
    closes = forms.DateTimeField(
        label=gettext_lazy("Closes"),
        required=False,
        input_formats=[PICKED],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=PICKED),
        help_text=gettext_lazy(
            "The step is open until just before this time; midnight ends the day before it. Empty: there is no end."
        ),
    )
    decision = forms.CharField(label=gettext_lazy("Number of the decision"), max_length=NUMBER_LENGTH)

    def dates(self, zone: ZoneInfo) -> dict[str, datetime | None]:
        """Both ends, as the clock of a zone shows them."""
        given = {name: self.cleaned_data[name] for name in ("opens", "closes")}
        return {name: end and end.replace(tzinfo=zone) for name, end in given.items()}


def _steps(context: ElectionContext) -> list[tuple[str, CalendarStep, Window]]:
    """The steps of the edition with the dates that hold, by code."""
    calendar = context.edition.calendar
    moved = overrides(moves(str(context.id)))
    found = []
    for code, step in calendar.steps.items() if calendar else ():
        dates = context.dates(code, moved=moved)
        if dates is not None:
            found.append((code, step, dates))
    return found


@moves_dates
def index(request: HttpRequest) -> HttpResponseBase:
    """All steps with their dates; each leads to the page that moves it."""
    context = own_election(request)

    def rows(asked: Asked) -> tuple[list[Any], int]:
        word = asked.search.casefold()
        found = [
            row
            for row in _steps(context)
            if word in in_language(row[1].title, row[0]).casefold() or word in row[0]
        ]
        return found[asked.offset : asked.offset + asked.limit], len(found)

    def shown(end: datetime | None) -> str:
        return time_text(end.astimezone(context.timezone)) if end else "…"

    def ended(end: datetime | None) -> datetime | None:
        return end.astimezone(context.timezone) if end else None

    page = ListPage(
        title=gettext("Dates of the calendar"),
        lead=gettext(
            "A date is moved by a decision of the Central Election Commission (Art. 60, 66, 74, 93)."
        ),
        columns=(
            Column(
                "step",
                gettext("Step"),
                lambda row: in_language(row[1].title, row[0]),
                url=lambda row: reverse("cabinet-move", args=[row[0]]),
            ),
            Column("opens", gettext("Opens"), lambda row: shown(row[2].opens)),
            Column("closes", gettext("Closes"), lambda row: ended(row[2].closes), ends=True),
            Column("decision", gettext("Decision"), lambda row: row[2].decision or ""),
            Column("article", gettext("Article"), lambda row: row[1].source.article or ""),
        ),
        rows=rows,
        search=gettext("Step"),
        empty=gettext("The edition of the law sets no steps. Every step is open at once."),
    )
    return page.response(request)


@moves_dates
def move(request: HttpRequest, step: str) -> HttpResponse:
    """Moves one step."""
    context = own_election(request)
    found = {code: (row, dates) for code, row, dates in _steps(context)}
    if step not in found:
        raise Http404
    row, dates = found[step]
    zone = context.timezone
    held = {name: end and end.astimezone(zone).replace(tzinfo=None) for name, end in _ends(dates)}
    form = MoveForm(request.POST or None, initial=held)
    read_by(form, context)
    if request.method == "POST" and form.is_valid():
        payload = {"step": step, "decision": form.cleaned_data["decision"], **form.dates(zone)}
        if form.perform(request, MoveStep, context.id, payload) is not None:
            messages.success(request, gettext("The dates were moved. They hold from now on."))
            return HttpResponseRedirect(reverse("cabinet-moves"))
    values = {
        "form": form,
        "title": in_language(row.title, step),
        "lead": gettext("What was allowed until now stays as it was; no date can be set into the past."),
        "over": gettext("Move the dates of this step"),
        "action": gettext("Move the dates"),
        "back": {"text": gettext("Dates of the calendar"), "url": reverse("cabinet-moves")},
        "danger": True,
    }
    return render(request, "cabinet/form.html", values)


def _ends(dates: Window) -> tuple[tuple[str, datetime | None], ...]:
    return ("opens", dates.opens), ("closes", dates.closes)
