"""Organisations in the cabinet: the Central Commission enters them and their heads, a head names the others (Art. 33-35, 43)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, pgettext

from esaylov.acts import vault
from esaylov.acts.context import STANDING_ZONE
from esaylov.acts.door import Accepted
from esaylov.acts.powers import Actor, Power
from esaylov.acts.statements import fetch
from esaylov.cabinet.desk import actor_of
from esaylov.cabinet.forbidden import role_name
from esaylov.cabinet.forms import data_of, finding_text
from esaylov.cabinet.lists import Asked, Column, Filter, ListPage
from esaylov.cabinet.views import desk_view
from esaylov.design.words import in_language
from esaylov.formation.organisation_forms import (
    ENDINGS,
    KINDS,
    EndingForm,
    OrganisationForm,
    RepresentativeForm,
)
from esaylov.formation.words import ground_text
from esaylov.registry.acts import EndMandate
from esaylov.registry.models import Organisation
from esaylov.registry.organisations import GrantMandate, RegisterOrganisation

NAMES = ("surname", "given_name", "patronymic")
PURPOSE = "who acts for the organisation (Art. 33-35, 43)"
HELD = """SELECT m.id, m.person_id, m.role, m.election, COALESCE(m.valid_from, j.at), m.valid_until, e.at, COALESCE(e.ground, '')
FROM registry_mandate m JOIN acts_journal j ON j.id = m.journal LEFT JOIN registry_mandateend e ON e.mandate_id = m.id
WHERE m.organisation_id = %s ORDER BY e.at IS NOT NULL, array_position(ARRAY['head','representative','staff'], m.role), m.id"""


@desk_view(Power.REGISTER_ORGANISATION)
def organisations(request: HttpRequest) -> HttpResponseBase:
    """All organisations, and how many act for each."""

    def rows(asked: Asked) -> tuple[Sequence[Organisation], int]:
        holding = Q(mandate__isnull=False, mandate__mandateend__isnull=True)
        found = Organisation.objects.annotate(people=Count("mandate", filter=holding)).order_by(
            "kind", "code"
        )
        if asked.filters.get("kind"):
            found = found.filter(kind=asked.filters["kind"])
        for word in asked.search.split():
            found = found.filter(Q(code__icontains=word) | Q(names__icontains=word))
        return list(found[asked.offset : asked.offset + asked.limit]), found.count()

    page = ListPage(
        title=gettext("Organisations"),
        lead=gettext("Parties, media, bodies that propose or observe. Open one to see who acts for it."),
        columns=(
            Column("name", gettext("Name"), name_of, url=lambda row: reverse("cabinet-organisation-of", args=[row.code])),
            Column("kind", gettext("Kind"), lambda row: kind_name(row.kind)),
            Column("code", gettext("Code"), lambda row: row.code),
            Column("people", gettext("Who acts for it"), lambda row: row.people, number=True),
        ),
        rows=rows,
        filters=(Filter("kind", gettext("Kind"), KINDS),),
        search=gettext("Name or code"),
        export="organisations",
        empty=gettext("No organisation is entered yet."),
        template="formation/organisations.html",
    )  # fmt: skip
    return page.response(request)


def name_of(row: Organisation) -> str:
    """An organisation's name in the page's language."""
    return in_language(row.names, row.code)


def kind_name(kind: str) -> str:
    """A kind of organisation in words."""
    return str(dict(KINDS).get(kind, kind))


@desk_view(Power.REGISTER_ORGANISATION)
def enter(request: HttpRequest) -> HttpResponse:
    """The Central Commission enters an organisation; its head comes next."""
    form = OrganisationForm(data_of(request))
    if request.method == "POST" and form.is_valid():
        accepted = form.perform(request, RegisterOrganisation, actor_of(request).election or "", form.said())
        if accepted is not None:
            messages.success(request, gettext("The organisation is entered. Now enter its head."))
            code = accepted.record["organisation"]
            return HttpResponseRedirect(reverse("cabinet-organisation-person", args=[code]))
    values = {
        "form": form, "title": gettext("Enter an organisation"), "action": gettext("Enter the organisation"),
        "lead": gettext("Its kind, code and names are public, and cannot be changed."),
        "back": {"url": reverse("cabinet-organisations"), "text": gettext("Organisations")},
    }  # fmt: skip
    return render(request, "cabinet/form.html", values)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A mandate in an organisation, as the page shows it. `ended`: when it ended or will end; `holds`: not ended by an act."""

    mandate: int
    person: UUID
    election: str
    name: str
    role: str
    since: datetime
    ended: datetime | None
    ground: str
    holds: bool
    url: str


def own(actor: Actor, code: str) -> Organisation:
    """An organisation whose people the actor names; 404 for another's head."""
    row = Organisation.objects.filter(code=code).first()
    if row is None or (actor.tier == "organisation" and actor.code != code):
        raise Http404
    return row


def people_of(row: Organisation, actor: Actor) -> list[PersonLine]:
    """All mandates in an organisation with names, held ones first; every name that is shown is recorded as read."""
    found = fetch(HELD, [row.pk])
    persons = list(dict.fromkeys(one[1] for one in found))
    records = vault.read(persons, NAMES, by=actor, purpose=PURPOSE) if persons else {}
    return [_line(row, one, records.get(one[1], {})) for one in found]


def _line(row: Organisation, one: Sequence[Any], record: Mapping[str, Any]) -> PersonLine:
    number, person, role, election, since, until, ended, ground = one
    over = ended or until
    return PersonLine(
        number, person, election,
        " ".join(record.get(name) or "" for name in NAMES).strip() or gettext("erased"),
        role_name(role), since.astimezone(STANDING_ZONE), over.astimezone(STANDING_ZONE) if over else None,
        ground_text(ground), ended is None, reverse("cabinet-organisation-end", args=[row.code, number]),
    )  # fmt: skip


@desk_view(Power.GRANT_MANDATE, tiers=frozenset({"organisation"}))
def mine(request: HttpRequest) -> HttpResponse:
    """A head's own organisation."""
    return _organisation(request, actor_of(request).code)


@desk_view(Power.REGISTER_ORGANISATION)
def organisation(request: HttpRequest, code: str) -> HttpResponse:
    """An organisation as the Central Commission sees it."""
    return _organisation(request, code)


def _organisation(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of(request)
    row = own(actor, code)
    people = people_of(row, actor)
    values = {
        "title": name_of(row), "code": row.code, "kind": kind_name(row.kind),
        "people": [one for one in people if one.holds], "ended": [one for one in people if not one.holds],
        "add": reverse("cabinet-organisation-person", args=[code]), "back": _back(actor, row, to_list=True),
    }  # fmt: skip
    return render(request, "formation/organisation.html", values)


def _back(actor: Actor, row: Organisation, *, to_list: bool = False) -> dict[str, str] | None:
    """Where a page of an organisation leads back to; a head's own page stands alone."""
    if actor.tier == "organisation":
        return None if to_list else {"url": reverse("cabinet-organisation"), "text": name_of(row)}
    if to_list:
        return {"url": reverse("cabinet-organisations"), "text": gettext("Organisations")}
    return {"url": reverse("cabinet-organisation-of", args=[row.code]), "text": name_of(row)}


@desk_view(Power.GRANT_MANDATE)
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody gets a mandate in an organisation: its head from the Central Commission, the others from the head."""
    actor = actor_of(request)
    row = own(actor, code)
    first = "representative" if actor.tier == "organisation" else "head"
    form = RepresentativeForm(data_of(request), initial={"role": first})
    back = _back(actor, row)
    assert back is not None
    if request.method == "POST" and form.is_valid():
        accepted = form.perform(request, GrantMandate, actor.election or "", form.said(code))
        if accepted is not None:
            _told(request, accepted, gettext("The mandate is given."))
            return HttpResponseRedirect(back["url"])
    values = {
        "form": form, "title": gettext("Who acts for the organisation"), "over": name_of(row),
        "action": gettext("Give the mandate"), "back": back,
        "lead": gettext("The head names representatives and staff; representatives write to commissions and propose."),
    }  # fmt: skip
    return render(request, "cabinet/form.html", values)


def _told(request: HttpRequest, accepted: Accepted, text: str) -> None:
    messages.success(request, text)
    for finding in accepted.findings:
        messages.warning(request, finding_text(finding))


@desk_view(Power.GRANT_MANDATE)
def end(request: HttpRequest, code: str, mandate: int) -> HttpResponse:
    """A mandate in an organisation ends: a page of its own, since it cannot be undone."""
    actor = actor_of(request)
    row = own(actor, code)
    line = next((one for one in people_of(row, actor) if one.mandate == mandate and one.holds), None)
    back = _back(actor, row)
    if line is None or back is None:
        raise Http404
    form = EndingForm(request.POST if request.method == "POST" else None, grounds=ENDINGS)
    if request.method == "POST" and form.is_valid():
        payload = {"mandate": mandate, "ground": form.cleaned_data["ground"]}
        if form.perform(request, EndMandate, line.election, payload) is not None:
            messages.success(request, gettext("The mandate has ended."))
            return HttpResponseRedirect(back["url"])
    values = {
        "form": form, "title": gettext("End a mandate"), "action": gettext("End the mandate"), "article": "43",
        "what": gettext("The mandate ends now. The person can no longer act for the organisation."),
        "facts": [(gettext("Organisation"), name_of(row)), (gettext("Name"), line.name),
                  (pgettext("organisation", "Role"), line.role)],
        "back": back,
    }  # fmt: skip
    return render(request, "cabinet/confirm.html", values)
