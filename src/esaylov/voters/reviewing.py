"""Changesets of the voter list in the cabinet: what an extract would change, by territory, and the steps of two persons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext_lazy

from esaylov.acts.powers import Power
from esaylov.cabinet.desk import actor_of, desk_of, own_election
from esaylov.cabinet.forms import ActForm, data_of
from esaylov.cabinet.lists import Asked, Column, Filter, ListPage
from esaylov.cabinet.views import desk_view
from esaylov.design.words import in_language
from esaylov.exchange.residents.problems import codes, reason
from esaylov.law.voters import voter_rules
from esaylov.registry.models import Territory
from esaylov.voters.applying import in_force, listed
from esaylov.voters.blocks import Kind
from esaylov.voters.changesets import (
    ApproveChangeset,
    ChangesetAct,
    DiscardChangeset,
    ProposeChangeset,
    alerts_of,
    changes,
)
from esaylov.voters.models import Changeset, Extract, Problem
from esaylov.voters.notices.models import NoticePeriod
from esaylov.voters.notices.periods import ends_of
from esaylov.voters.registers.words import all_shown
from esaylov.voters.requests import gathering
from esaylov.voters.requests import staging as requests
from esaylov.voters.requests.gathering_desk import busy, state_text

State = Changeset.State
KINDS = (
    (Kind.ADDED, pgettext_lazy("changes of the voter list", "added")),
    (Kind.REMOVED, pgettext_lazy("changes of the voter list", "removed")),
    (Kind.MOVED, pgettext_lazy("changes of the voter list", "moved")),
    (Kind.CHANGED, pgettext_lazy("changes of the voter list", "changed")),
)
STATES = {
    State.COMPARING: gettext_lazy("is being compared"), State.COMPARED: gettext_lazy("compared: to be proposed"),
    State.FAILED: gettext_lazy("could not be read"), State.PROPOSED: gettext_lazy("proposed: to be approved"),
    State.APPROVED: gettext_lazy("approved: is being applied"), State.APPLIED: gettext_lazy("in the list"),
    State.REVERSED: gettext_lazy("taken back"), State.DISCARDED: gettext_lazy("given up"),
}  # fmt: skip
SOURCES = {
    "full": gettext_lazy("Whole extract of the residence register"),
    "delta": gettext_lazy("Changes of a day from the residence register"),
    "reversal": gettext_lazy("Takes a changeset back"),
    "linkage": gettext_lazy("Second entries of the same person"),
    "request": gettext_lazy("Requests of voters that were decided"),
    "special": gettext_lazy("Lists of military units, hospitals, places of detention and missions abroad"),
}
NOTICED = gettext_lazy("approved: those whom it removes may object")
ARTICLE = "28"
SHOWN = 50
SHOWN_REQUESTS = 500
ORDER = (State.PROPOSED, State.APPROVED, State.APPLIED, State.DISCARDED)
"""Of steps on the page: numbers of the journal are given out in blocks."""
SENT = ("sha256", "decision", "accepts_removals")


class StepForm(ActForm):
    """A step that needs nothing but a look at the hash."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    aliases: ClassVar[Mapping[str, str]] = {"changeset": "", "sha256": "", "base": ""}


class LookedAtForm(StepForm):
    """A step after a look at the districts that lose much of their list; where there is none, nothing is asked."""

    articles: ClassVar[Mapping[str, str]] = {"accepts_removals": ""}
    accepts_removals = forms.BooleanField(
        label=gettext_lazy("I looked at the districts above, and the removals are right"), required=False
    )

    def without_alerts(self) -> None:
        """No district is above the level."""
        del self.fields["accepts_removals"]


class ApproveForm(LookedAtForm):
    """The approval, by a decision."""

    articles: ClassVar[Mapping[str, str]] = {"decision": ARTICLE}
    decision = forms.CharField(
        label=gettext_lazy("Number of the decision"),
        help_text=gettext_lazy("As it stands in the minutes of the sitting, for example 12/4."),
        max_length=60,
    )


STEPS: Mapping[str, tuple[type[ChangesetAct], type[StepForm], Any]] = {
    "propose": (
        ProposeChangeset,
        LookedAtForm,
        gettext_lazy("The changeset is proposed. A second person approves it."),
    ),
    "approve": (
        ApproveChangeset,
        ApproveForm,
        gettext_lazy("The changeset is approved. It goes into the list now, or when its notice is over."),
    ),
    "discard": (
        DiscardChangeset,
        StepForm,
        gettext_lazy("The changeset was given up. The list stays as it is."),
    ),
}


@desk_view(Power.PROPOSE_CHANGESET)
def changesets(request: HttpRequest) -> HttpResponse:
    """The list: how many, as of when, and every changeset with what it changes."""
    context = own_election(request)
    rows = Changeset.objects.filter(election=context.id).select_related("extract").order_by("-id")[:SHOWN]
    last = Extract.objects.filter(changeset__in=in_force()).order_by("-as_of").first()
    noticed = _noticed(rows, context.now())
    values = {
        "rows": [_line(row, noticed) for row in rows],
        "voters": listed(),
        "last": last.as_of.astimezone(context.timezone) if last else None,
        "days": max(0, (context.now() - last.as_of).days) if last else None,
        "kinds": [text for _, text in KINDS],
        "election": context.id,
        "requests": requests.count(context.id),
        "left_out": " ".join(requests.left_out(context.id)),
        "gathering": state_text(row) if (row := gathering.last(context.id)) and busy(row) else "",
        "registers": all_shown(context.now()),
    }
    return render(request, "voters/changesets/all.html", values)


def _noticed(rows: Iterable[Changeset], now: datetime) -> dict[int, datetime]:
    """Until when those may object whom changesets remove, of those that wait for it."""
    waiting = [row.id for row in rows if row.state == State.APPROVED]
    return {changeset: ends for changeset, ends in ends_of(waiting).items() if now < ends}


def _line(row: Changeset, noticed: Mapping[int, datetime]) -> dict[str, Any]:
    counted = changes(row)
    return {
        "id": row.id, "url": reverse("cabinet-changeset", args=[row.id]), "source": source_text(row), "row": row,
        "state": str(NOTICED if row.id in noticed else STATES[State(row.state)]),
        "counts": [(text, counted[kind.name.lower()]) for kind, text in KINDS],
        "settled": row.state in (State.APPLIED, State.REVERSED, State.DISCARDED, State.FAILED),
    }  # fmt: skip


def source_text(row: Changeset) -> str:
    """Where a changeset comes from, in words."""
    return str(SOURCES.get(row.kind, row.kind))


@desk_view(Power.PROPOSE_CHANGESET)
def changeset(request: HttpRequest, number: int) -> HttpResponse:
    """One changeset: what it changes and where, what the checks found, who did what with it, and what can be done now."""
    context, row = own_election(request), _row(request, number)
    step = request.POST.get("step", "") if request.method == "POST" else ""
    offered = {name: _form(request, row, name, step) for name in _open(request, row)}
    if step in offered and offered[step].is_valid():
        act, _, said = STEPS[step]
        form = offered[step]
        payload: dict[str, Any] = {"changeset": number}
        payload |= {name: form.cleaned_data[name] for name in SENT if name in form.fields}
        if form.perform(request, act, context.id, payload) is not None:
            messages.success(request, str(said))
            return HttpResponseRedirect(request.path)
    period = NoticePeriod.objects.filter(changeset=row.id).first()
    values = {
        **_line(row, _noticed([row], context.now())),
        "alerts": _alerts(context.id, row), "notices": period.notices if period else int(row.counts.get("notices", 0)),
        "until": period.ends.astimezone(context.timezone) if period else None,
        "hours": voter_rules(context.edition).notice_hours, "kept": int(row.counts.get("kept", 0)),
        "title": source_text(row), "at": row.extract.as_of.astimezone(context.timezone) if row.extract else None,
        "sha256": bytes(row.sha256).hex() if row.sha256 else "", "forms": offered, "problems": _problems(row),
        "places": _places(context.id, row), "kinds": [text for _, text in KINDS],
        "steps": [(one.step, one.at.astimezone(context.timezone), one.person == actor_of(request).person)
                  for one in sorted(row.steps.all(), key=lambda one: ORDER.index(one.step))],
        "made": row.made_at.astimezone(context.timezone),
        "own": row.steps.filter(step=State.PROPOSED, person=actor_of(request).person).exists(),
        "extract": bytes(row.extract.sha256).hex() if row.extract else "",
        "unregistered": row.counts.get("unregistered", 0),
        **_carried_out(row),
    }  # fmt: skip
    return render(request, "voters/changesets/one.html", values)


def _carried_out(row: Changeset) -> dict[str, Any]:
    """The requests that a changeset carries out and those that it leaves waiting, and of each how many are not shown."""
    numbers = requests.numbers(row.id) if row.kind == requests.KIND else []
    left = requests.left(row)
    return {
        "requests": numbers[:SHOWN_REQUESTS], "more_requests": max(0, len(numbers) - SHOWN_REQUESTS),
        "left": left[:SHOWN_REQUESTS], "more_left": max(0, len(left) - SHOWN_REQUESTS),
    }  # fmt: skip


def _row(request: HttpRequest, number: int) -> Changeset:
    rows = Changeset.objects.filter(id=number, election=own_election(request).id).select_related("extract")
    if (row := rows.first()) is None:
        raise Http404
    return row


def _open(request: HttpRequest, row: Changeset) -> list[str]:
    """The steps that are offered now. (Who may not take one after all is told by the act.)"""
    person, desk = actor_of(request).person, desk_of(request)
    if row.state == State.COMPARED:
        return ["propose", "discard"] if any(changes(row).values()) else ["discard"]
    if row.state == State.PROPOSED:
        proposed = row.steps.filter(step=State.PROPOSED, person=person).exists()
        approve = desk.may(Power.APPROVE_CHANGESET) and not proposed
        return ["approve", "discard"] if approve else ["discard"]
    return ["discard"] if row.state == State.APPROVED else []


def _form(request: HttpRequest, row: Changeset, name: str, step: str) -> StepForm:
    initial = {"sha256": bytes(row.sha256 or b"").hex()}
    form = STEPS[name][1](data_of(request) if name == step else None, initial=initial, prefix=None)
    if isinstance(form, LookedAtForm) and not alerts_of(row):
        form.without_alerts()
    return form


def _alerts(election: str, row: Changeset) -> list[tuple[str, int, int]]:
    """Districts that lose much of their list: name, entries removed, entries."""
    found = alerts_of(row)
    names = _names(election) if found else {}
    return [(names.get(f"{one[0]:07d}", f"{one[0]:07d}"), one[1], one[2]) for one in found]


def _problems(row: Changeset) -> list[dict[str, Any]]:
    """What the checks found, by code, the most frequent first."""
    found: dict[str, int] = row.counts.get("problems", {})
    language, known = get_language() or "en", codes()
    return [
        {"code": code, "count": count, "text": reason(code, language), "severity": known[code].severity,
         "article": known[code].article}
        for code, count in sorted(found.items(), key=lambda one: -one[1]) if code in known
    ]  # fmt: skip


def _places(election: str, row: Changeset) -> list[dict[str, Any]]:
    """Regions with their districts, each with its changes by kind."""
    counted: dict[int, dict[int, int]] = {}
    for one in row.districts.all():
        counted.setdefault(one.district, {})[one.kind] = one.rows
    names = _names(election)
    regions: dict[str, list[tuple[str, list[int]]]] = {}
    for district in sorted(counted):
        said = [counted[district].get(int(kind), 0) for kind, _ in KINDS]
        code = f"{district:07d}"
        regions.setdefault(code[:4], []).append((names.get(code, code), said))
    return [
        {
            "name": names.get(region, region),
            "sums": _by_kind(sum(column) for column in zip(*(said for _, said in found), strict=True)),
            "districts": [(name, _by_kind(said)) for name, said in found],
        }
        for region, found in regions.items()
    ]


def _by_kind(counts: Iterable[int]) -> list[tuple[Any, int]]:
    """Each count with the word of its kind."""
    return list(zip((text for _, text in KINDS), counts, strict=True))


def _names(election: str) -> dict[str, str]:
    """Names of territories by SOATO."""
    rows = Territory.objects.filter(election=election).exclude(soato="").order_by("position")
    return {place.soato: in_language(place.names, place.code) for place in rows}


@desk_view(Power.PROPOSE_CHANGESET)
def problems(request: HttpRequest, number: int) -> HttpResponseBase:
    """Problems of an extract with file and line, in pages and as a file; never what stands in the row."""
    row = _row(request, number)
    language = get_language() or "en"

    def rows(asked: Asked) -> tuple[Sequence[Problem], int]:
        found = row.problems.order_by("id")
        if code := asked.filters.get("code"):
            found = found.filter(code=code)
        if asked.search:
            found = found.filter(file__icontains=asked.search)
        return list(found[asked.offset : asked.offset + asked.limit]), found.count()

    page = ListPage(
        title=gettext("Problems of the extract"),
        lead=gettext("The register corrects its rows; what stands in them is not shown here."),
        columns=(
            Column("place", gettext("File and line"), lambda one: f"{one.file}:{one.line}"),
            Column("field", gettext("Column"), lambda one: one.field),
            Column("text", gettext("What is wrong"), lambda one: reason(one.code, language)),
            Column("code", gettext("Code"), lambda one: one.code),
        ),
        rows=rows,
        filters=(
            Filter(
                "code",
                gettext("Code"),
                tuple((code, code) for code in sorted(row.counts.get("problems", {}))),
            ),
        ),
        search=gettext("File"),
        export="problems",
        empty=gettext("Nothing was found in this extract."),
    )
    return page.response(
        request, back={"url": reverse("cabinet-changeset", args=[number]), "text": gettext("Changeset")}
    )
