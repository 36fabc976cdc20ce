"""The cabinet's page of those who are to leave a precinct's list: who is to be told, the letters, and that they were told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from esaylov.acts.powers import Power
from esaylov.cabinet.desk import actor_of, own_election
from esaylov.cabinet.forms import ActForm, data_of
from esaylov.cabinet.views import desk_view
from esaylov.custody.client import Throttled
from esaylov.exchange.documents import pdf
from esaylov.proceedings.pages.common import body_name, names_of
from esaylov.registry.models import Commission, Precinct
from esaylov.registry.queries import members_of
from esaylov.voters import access
from esaylov.voters.lookup.answers import reasons
from esaylov.voters.notices.letters import letters
from esaylov.voters.notices.telling import Leaving, TellRemoval, leaving
from esaylov.voters.persons import CLOSED, address_of, name_of
from esaylov.voters.precinct_list.printing import precinct_name
from esaylov.voters.precinct_list.reading import PURPOSE, by_custodian

SHOWN = 50
PRINTED = 500
MEMBERS = "members who tell voters of a removal"


class TellForm(ActForm):
    """Which voters were told, by whom, on which day."""

    articles: ClassVar[Mapping[str, str]] = {"day": "29"}
    aliases: ClassVar[Mapping[str, str]] = {"changeset": "", "precinct": ""}
    voters = forms.MultipleChoiceField(
        label=gettext_lazy("Voters who were told"), widget=forms.CheckboxSelectMultiple
    )
    mandate = forms.ChoiceField(label=gettext_lazy("Member who told them"))
    day = forms.DateField(
        label=gettext_lazy("Day on which they were told"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def offer(self, voters: Sequence[tuple[str, str]], members: Sequence[tuple[str, str]]) -> None:
        """What can be chosen."""
        self.fields["voters"].choices = list(voters)  # type: ignore[attr-defined]
        self.fields["mandate"].choices = list(members)  # type: ignore[attr-defined]

    def digest(self, request: HttpRequest) -> bytes:
        """What was sent, under a key that the database has not: an act's digest alone would confirm who was told."""
        return salted_hmac("told removals", super().digest(request), algorithm="sha256").digest()


@desk_view(Power.TELL_REMOVAL)
def to_tell(request: HttpRequest) -> HttpResponse:
    """Those who are to leave the own precinct's list, with name and address; each record that is opened is recorded."""
    context, precinct = own_election(request), _precinct(request)
    rows = leaving(precinct)
    waiting = [row for row in rows if row.day is None][:SHOWN]
    try:
        opened = _opened(request, precinct, waiting)
    except CLOSED as silent:
        return _silent(request, silent)
    shown = [_shown(row, record, context.timezone) for row, record in zip(waiting, opened, strict=True)]
    form = _form(request, precinct, shown, context.now())
    if form.is_bound and form.is_valid() and _told(request, form, precinct, waiting):
        return HttpResponseRedirect(reverse("cabinet-removals"))
    values = {
        "precinct": precinct_name(precinct), "form": form, "rows": shown, "waiting": sum(row.day is None for row in rows),
        "told": sum(row.day is not None for row in rows), "all": len(rows),
        "until": min(row.ends for row in waiting).astimezone(context.timezone) if waiting else None,
    }  # fmt: skip
    return render(request, "voters/notices/to_tell.html", values, status=422 if form.errors else 200)


def _form(request: HttpRequest, precinct: Precinct, shown: Sequence[dict[str, Any]], now: Any) -> TellForm:
    commission = Commission.objects.get(election=precinct.election, precinct=precinct, tier="precinct")
    held = members_of(commission.id, now) if shown else []
    names = names_of(held, actor_of(request), MEMBERS)
    form = TellForm(data_of(request), initial={"mandate": actor_of(request).mandate, "day": now.date()})
    form.offer(
        [(one["key"], one["label"]) for one in shown], [(str(number), name) for number, name in names.items()]
    )
    return form


def _told(request: HttpRequest, form: TellForm, precinct: Precinct, waiting: Sequence[Leaving]) -> bool:
    """Writes down who was told; those of several changesets are told by an act each, the first ones now."""
    chosen = set(form.cleaned_data["voters"])
    rows = [row for row in waiting if _key(row) in chosen]
    payload = {
        "precinct": precinct.code, "changeset": rows[0].changeset, "mandate": int(form.cleaned_data["mandate"]),
        "voters": [row.voter for row in rows if row.changeset == rows[0].changeset], "day": form.cleaned_data["day"],
    }  # fmt: skip
    if form.perform(request, TellRemoval, own_election(request).id, payload) is None:
        return False
    messages.success(
        request,
        gettext("It is written down. The log shows that somebody was told, not where, how many or whom."),
    )
    return True


@require_safe
@desk_view(Power.TELL_REMOVAL)
def papers(request: HttpRequest) -> HttpResponse:
    """Letters to those who were not told yet, as a PDF; all their records count as looked at."""
    context, precinct = own_election(request), _precinct(request)
    rows = [row for row in leaving(precinct) if row.day is None][:PRINTED]
    if not rows:
        raise Http404
    try:
        records = _opened(request, precinct, rows)
    except CLOSED as silent:
        return _silent(request, silent)
    answer = HttpResponse(
        pdf(letters(rows, records, context, body_name(context.id, actor_of(request).code))),
        content_type="application/pdf",
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="removals-{precinct.code}.pdf"'
    return answer


def _opened(request: HttpRequest, precinct: Precinct, rows: Sequence[Leaving]) -> Sequence[Mapping[str, str]]:
    """The records of entries, opened and recorded as looked at."""
    if not rows:
        return []
    opened = by_custodian(precinct)([(row.voter, bytes(row.sealed)) for row in rows])
    actor = actor_of(request)
    with transaction.atomic():
        access.record([row.voter for row in rows], body=actor.code, person=actor.person, purpose=PURPOSE)
    return opened


def _shown(row: Leaving, record: Mapping[str, str], zone: Any) -> dict[str, Any]:
    known = reasons()
    name, address = name_of(record), address_of(record)
    return {
        "key": _key(row), "name": name, "address": address, "label": f"{name}, {address}",
        "reason": known.get(row.reason) or known[""], "ends": row.ends.astimezone(zone),
    }  # fmt: skip


def _key(row: Leaving) -> str:
    return f"{row.changeset}-{row.voter}"


def _precinct(request: HttpRequest) -> Precinct:
    """The desk's own precinct, whatever is asked for."""
    actor = actor_of(request)
    if actor.precinct is None:
        raise Http404
    return Precinct.objects.get(id=actor.precinct)


def _silent(request: HttpRequest, why: Exception) -> HttpResponse:
    soon = isinstance(why, Throttled)
    return render(request, "voters/precinct/silent.html", {"soon": soon}, status=429 if soon else 503)
