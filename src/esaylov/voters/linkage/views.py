"""The queue of pairs in the cabinet: a list, two entries side by side, and the steps of two persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from esaylov.acts.powers import Power
from esaylov.cabinet.desk import actor_of, own_election
from esaylov.cabinet.forms import ActForm, data_of
from esaylov.cabinet.lists import Asked, Column, Filter, ListPage
from esaylov.cabinet.views import desk_view
from esaylov.design.words import in_language
from esaylov.voters.linkage import acts
from esaylov.voters.linkage.models import Pair, PairStep
from esaylov.voters.linkage.opening import Closed, Opened, open_pair
from esaylov.voters.linkage.queue import districts_of, in_district, pairs_for
from esaylov.voters.linkage.removal import stage_removals, waiting
from esaylov.voters.linkage.words import (
    EXACT,
    FIELDS,
    STATES,
    VERDICTS,
    level_text,
    likelihood_text,
    state_text,
)

State = Pair.State
ANSWERS = (
    ("same first", gettext_lazy("One person: the first entry leaves the list")),
    ("same second", gettext_lazy("One person: the second entry leaves the list")),
    ("different", gettext_lazy("Two persons: both stay")),
    ("unclear", gettext_lazy("Unclear: both stay, it has to be asked")),
)


class PairForm(ActForm):
    """What somebody says of a pair."""

    articles: ClassVar[Mapping[str, str]] = {"answer": "27-30"}
    aliases: ClassVar[Mapping[str, str]] = {"pair": "", "verdict": "answer", "removes": "answer"}
    answer = forms.ChoiceField(label=gettext_lazy("Who are they?"), choices=ANSWERS, widget=forms.RadioSelect)

    def payload(self, pair: Pair) -> dict[str, Any]:
        """The act's members."""
        verdict, _, removes = self.cleaned_data["answer"].partition(" ")
        return {"pair": pair.id, "verdict": verdict, "removes": removes or None}


class ApprovalForm(PairForm):
    """The same, as it was proposed."""

    answer = forms.ChoiceField(choices=ANSWERS, widget=forms.HiddenInput)


@desk_view(Power.DECIDE_PAIR)
def pairs(request: HttpRequest) -> HttpResponseBase:
    """The queue: what waits first, by weight. Nobody's name stands in it."""
    context, actor = own_election(request), actor_of(request)
    names = {
        number: in_language(found, str(number))
        for number, found in (districts_of(context.id, actor) or {}).items()
    }

    def rows(asked: Asked) -> tuple[Sequence[Pair], int]:
        found = _asked_for(pairs_for(context.id, actor).exclude(state=State.GONE), asked)
        return list(found[asked.offset : asked.offset + asked.limit]), found.count()

    page = ListPage(
        title=gettext("Found twice"),
        lead=gettext(
            "Entries of the voter list that may be one person. Two persons decide about each pair; nothing is merged by machine."
        ),
        columns=_columns(names),
        rows=rows,
        filters=_filters(names),
        empty=gettext("No pair waits. The list is searched at the terminal: esaylov voters duplicates."),
        template="voters/linkage/all.html",
    )
    return page.response(request, removals=waiting().count() if actor.tier == "cec" else 0)


def _asked_for(found: QuerySet[Pair], asked: Asked) -> QuerySet[Pair]:
    """Those that the filters leave, in order."""
    if district := asked.filters.get("district"):
        found = in_district(found, int(district))
    if kind := asked.filters.get("kind"):
        found = found.filter(exact="" if kind == "probable" else kind)
    if state := asked.filters.get("state"):
        return found.filter(state=state).order_by("-weight", "id")
    return found.order_by("state", "-weight", "id")


def _columns(names: Mapping[int, str]) -> tuple[Column, ...]:
    return (
        Column(
            "number",
            gettext("Pair"),
            lambda row: row.id,
            url=lambda row: reverse("cabinet-pair", args=[row.id]),
        ),
        Column("likelihood", gettext("One person"), lambda row: likelihood_text(row.weight)),
        Column("weight", gettext("Bits"), lambda row: round(row.weight, 1), number=True),
        Column("kind", gettext("Found by"), lambda row: str(EXACT[row.exact])),
        Column("district", gettext("District or city"), lambda row: _places(row, names)),
        Column("state", gettext("State"), lambda row: state_text(row.state, row.verdict)),
    )


def _filters(names: Mapping[int, str]) -> tuple[Filter, ...]:
    districts = tuple((str(number), name) for number, name in names.items())
    states = tuple((code, STATES[code]) for code in ("open", "proposed", "decided"))
    kinds = (*((code, EXACT[code]) for code in ("pinfl", "document")), ("probable", EXACT[""]))
    return (
        Filter("district", gettext("District or city"), districts),
        Filter("state", gettext("State"), states),
        Filter("kind", gettext("Found by"), kinds),
    )


def _places(pair: Pair, names: Mapping[int, str]) -> str:
    districts = dict.fromkeys((pair.first_district, pair.second_district))
    return ", ".join(names.get(number, str(number)) for number in districts)


@desk_view(Power.DECIDE_PAIR)
def pair(request: HttpRequest, number: int) -> HttpResponse:
    """Two entries side by side, why they are a pair, and what can be said of them now. The look is recorded for both voters."""
    context, row = own_election(request), _row(request, number)
    step = request.POST.get("step", "") if request.method == "POST" else ""
    offered = {name: _form(request, row, name, step) for name in _open(request, row)}
    if step in offered and offered[step].is_valid():
        act = acts.ApprovePairDecision if step == "approve" else acts.ProposePairDecision
        if offered[step].perform(request, act, context.id, offered[step].payload(row)) is not None:
            said = (
                gettext("The decision stands.")
                if step == "approve"
                else gettext("Proposed. A second person decides.")
            )
            messages.success(request, said)
            return HttpResponseRedirect(request.path)
    opened = open_pair(row, actor_of(request))
    steps = [
        (one.step, VERDICTS.get(one.verdict, one.verdict), one.at.astimezone(context.timezone),
         one.person == actor_of(request).person)
        for one in PairStep.objects.filter(pair__first=row.first, pair__second=row.second).order_by("id")
    ]  # fmt: skip
    values = {
        "row": row, "closed": opened.reason if isinstance(opened, Closed) else "", "lines": _lines(row, opened),
        "likelihood": likelihood_text(row.weight), "state": state_text(row.state, row.verdict), "forms": offered,
        "found": EXACT[row.exact], "steps": steps, "said": dict(ANSWERS).get(_answer(row), ""),
        "own": bool(steps) and row.state == State.PROPOSED and steps[-1][3],
    }  # fmt: skip
    return render(request, "voters/linkage/one.html", values, status=503 if values["closed"] else 200)


def _row(request: HttpRequest, number: int) -> Pair:
    found = pairs_for(own_election(request).id, actor_of(request)).filter(id=number).first()
    if found is None:
        raise Http404
    return found


def _answer(row: Pair) -> str:
    if row.verdict != "same":
        return row.verdict
    return "same first" if row.removes == row.first else "same second"


def _open(request: HttpRequest, row: Pair) -> list[str]:
    """The steps that are offered now. (Who may not take one after all is told by the act.)"""
    if row.state == State.PROPOSED:
        last = row.steps.order_by("-id").first()
        mine = last is not None and last.person == actor_of(request).person
        return ["propose"] if mine else ["approve", "propose"]
    return ["propose"] if row.state == State.OPEN or row.verdict == "unclear" else []


def _form(request: HttpRequest, row: Pair, name: str, step: str) -> PairForm:
    kind = ApprovalForm if name == "approve" else PairForm
    initial = {"answer": _answer(row)} if name == "approve" else {}
    bound = name == step or (not step and name == "propose")
    return kind(data_of(request) if bound else None, initial=initial)


def _lines(row: Pair, opened: Opened | Closed) -> list[dict[str, Any]]:
    """Field by field: what both entries say, what the comparison said of it, and what it weighs."""
    return [
        {
            "title": FIELDS[field], "text": level_text(field, level), "bits": bits,
            "differs": level not in ("same", "same house"),
            "first": opened.first.get(field, "") if isinstance(opened, Opened) else "",
            "second": opened.second.get(field, "") if isinstance(opened, Opened) else "",
        }
        for field, level, bits in row.levels
        if field != "family" or bits
    ]  # fmt: skip


@require_POST
@desk_view(Power.PROPOSE_CHANGESET)
def remove(request: HttpRequest) -> HttpResponse:
    """The entries that two persons found to be somebody's second one, as a changeset that is then proposed and approved."""
    changeset = stage_removals(own_election(request).id)
    if changeset is None:
        messages.info(request, gettext("No decided pair waits for a changeset."))
        return HttpResponseRedirect(reverse("cabinet-pairs"))
    return HttpResponseRedirect(reverse("cabinet-changeset", args=[changeset.id]))
