"""A run-off opens from a result: nobody won, and the candidates who go on stand (Art. 59)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from esaylov.acts.context import UnknownElection
from esaylov.acts.powers import Power
from esaylov.cabinet import due
from esaylov.cabinet.desk import Desk, desk_of
from esaylov.cabinet.forms import data_of
from esaylov.cabinet.views import desk_view
from esaylov.design.words import in_language
from esaylov.elections import drafts
from esaylov.elections.forms import free_code
from esaylov.elections.models import Draft, Election
from esaylov.elections.queries import ContestRow, tables
from esaylov.elections.records import election_records
from esaylov.exchange.tables import options_sheet
from esaylov.law.calling import FIRST, allowed_days, forms_after, outcome_of
from esaylov.law.editions import uz_edition, uz_edition_names
from esaylov.results.queries import outcomes, snapshot

RUN_OFF = "run-off"


@dataclass(frozen=True, slots=True)
class Pending:
    """A contest whose result leads to a run-off. `candidates`: codes of those who go on, in
    the order of the first ballot."""

    contest: ContestRow
    candidates: tuple[str, ...]


def pending(election: str) -> list[Pending]:
    """The contests of an election that need a run-off, none before its result is established."""
    known = tables(election)
    if known.edition.id not in uz_edition_names():
        return []
    edition = uz_edition(known.edition.id)
    kinds = {one.kind for one in known.contests.values()}
    possible = {kind for kind in kinds if RUN_OFF in forms_after(edition, kind, RUN_OFF)}
    chosen = [one.id for one in known.contests.values() if one.kind in possible]
    if not chosen:
        return []
    try:
        with snapshot(election) as at:
            found = outcomes(at, chosen)
    except UnknownElection:  # nothing was counted yet
        return []
    return [
        Pending(known.contests_by_id[number], tuple(row.determination["passing"] or ()))
        for number, row in found.items()
        if row.final and outcome_of(row.determination["status"], row.determination["elected"]) == RUN_OFF
    ]


def what_is_due(desk: Desk) -> Sequence[due.Due]:
    """The run-offs that the Central Commission must call."""
    if desk.tier != "cec" or not desk.election or not desk.may(Power.CALL_ELECTION):
        return ()
    return [
        due.Due(
            gettext("Call the run-off: %(contest)s") % {"contest": _title(one)},
            reverse("cabinet-run-off", args=[one.contest.code]),
        )
        for one in pending(desk.election)
        if not Draft.objects.filter(basis=desk.election, form=RUN_OFF).exists()
    ]


def _title(one: Pending) -> str:
    return in_language(one.contest.titles, one.contest.code)


class RunOffForm(forms.Form):
    """The code and the day of the run-off."""

    draft = forms.CharField(label=gettext_lazy("Code of the election"), max_length=60)
    date = forms.DateField(
        label=gettext_lazy("Election day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_draft(self) -> str:
        """A code that no election and no other draft has."""
        return free_code(str(self.cleaned_data["draft"]))


@desk_view(Power.CALL_ELECTION, tiers={"cec"})
def run_off(request: HttpRequest, contest: str) -> HttpResponse:
    """Prepares the run-off of a contest: the same territories and precincts, the candidates who go on."""
    election = desk_of(request).election or ""
    found = (
        next((one for one in pending(election) if one.contest.code == contest), None) if election else None
    )
    if found is None:
        raise Http404
    first = Election.objects.get(pk=election)
    earliest, latest = allowed_days(
        uz_edition(first.edition_id), RUN_OFF, (found.contest.kind, None), {FIRST: first.date}
    )
    form = RunOffForm(data_of(request), initial={"draft": f"{election}-run-off"[:60], "date": earliest})
    if request.method == "POST" and form.is_valid():
        made = _prepare(first, found, form.cleaned_data)
        return HttpResponseRedirect(reverse("cabinet-draft", args=[made.pk]))
    values = {
        "form": form,
        "over": in_language(first.titles, first.id),
        "title": gettext("Prepare the run-off: %(contest)s") % {"contest": _title(found)},
        "lead": _lead(found, earliest, latest),
        "action": gettext("Begin the draft"),
    }
    return render(request, "cabinet/form.html", values)


def _lead(found: Pending, earliest: date | None, latest: date | None) -> str:
    names = {option.code: in_language(option.names, option.code) for option in found.contest.options}
    going = ", ".join(names[code] for code in found.candidates)
    return gettext("On the ballot: %(names)s. It can be held from %(first)s to %(last)s (Art. 59).") % {
        "names": going, "first": earliest or "…", "last": latest or "…",
    }  # fmt: skip


def _prepare(first: Election, found: Pending, given: dict[str, Any]) -> Draft:
    with transaction.atomic():
        draft = Draft.objects.create(
            id=given["draft"],
            titles={code: f"{title}: {RUN_OFF}" for code, title in first.titles.items()},
            kinds=[found.contest.kind],
            form=RUN_OFF,
            mode="rehearsal" if first.simulated else "pilot" if first.pilot else "official",
            edition=first.edition_id,
            date=given["date"],
            timezone=first.timezone,
            events={FIRST: first.date.isoformat()},
            basis=first.id,
            start=first.set_time if first.clock_is_set else None,
        )
        drafts.take_tables(draft, first, [found.contest.code])
        drafts.put_table(draft, "options", _ballot(first, found))
    return draft


def _ballot(first: Election, found: Pending) -> bytes:
    known = {
        option.id: option
        for option in election_records(first).options
        if option.contest == found.contest.code
    }
    going = [replace(known[code], ballot_order=place) for place, code in enumerate(found.candidates, 1)]
    return b"".join(options_sheet(going).blocks())
