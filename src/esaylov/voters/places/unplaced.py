"""Voters of a mahalla whom no rule leads to a precinct: counted for everybody who sets borders, opened one by one on request.

Each record that is opened is written down with its purpose; the voter sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext

from esaylov.acts.powers import Actor, Power
from esaylov.cabinet.desk import actor_of, own_election
from esaylov.cabinet.views import desk_view
from esaylov.custody import client
from esaylov.voters import access
from esaylov.voters.models import Mahalla, Voter
from esaylov.voters.persons import CLOSED, name_of, why_closed
from esaylov.voters.places import queries
from esaylov.voters.places.words import mahalla_name

PURPOSE = "precinct list"
MOST = 100
"""Records that are opened at a time: they are to be worked on, not collected."""


@dataclass(frozen=True, slots=True)
class Person:
    """A voter without a precinct."""

    name: str
    street: str
    house: str


@desk_view(Power.SET_RULES)
def voters(request: HttpRequest, number: int) -> HttpResponse:
    """How many voters of a mahalla have no precinct; who they are after the button, which is recorded."""
    context, actor = own_election(request), actor_of(request)
    if number not in {one[0] for one in queries.mahallas_of(context.id, actor.area)}:
        raise Http404
    row = get_object_or_404(Mahalla, pk=number)
    found = Voter.objects.filter(mahalla=number, precinct=None).order_by("house", "id")
    people, reason = (
        _opened(list(found[:MOST]), actor, context.id) if request.method == "POST" else (None, "")
    )
    values: dict[str, Any] = {
        "title": gettext("Voters without a precinct"), "over": mahalla_name(row.names, row.code),
        "total": found.count(), "most": MOST, "people": people, "reason": reason,
        "back": {"url": reverse("cabinet-place-mahalla", args=[number]), "text": mahalla_name(row.names, row.code)},
    }  # fmt: skip
    return render(request, "places/unplaced.html", values)


def _opened(rows: list[Voter], actor: Actor, election: str) -> tuple[list[Person] | None, str]:
    """The records, or why they stay closed: nothing is shown that was not written down."""
    try:
        # (Opened before anything is written: a transaction that waits for the custodian would hold back the log.)
        sealed = [(row.id, bytes(row.sealed)) for row in rows]
        records = client.open_rows(sealed, purpose=PURPOSE, body=f"{election}/{actor.code}")
    except CLOSED as error:
        return None, why_closed(error)
    access.record([row.id for row in rows], body=actor.code, person=actor.person, purpose=PURPOSE)
    return [_person(record) for record in records], ""


def _person(record: dict[str, str]) -> Person:
    house = " / ".join(part for part in (record.get("house", ""), record.get("flat", "")) if part)
    return Person(name_of(record), record.get("street", ""), house)
