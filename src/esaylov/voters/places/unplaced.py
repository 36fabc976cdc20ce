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
from esaylov.custody.keyring import KeyringError
from esaylov.voters import access
from esaylov.voters.models import Mahalla, Voter
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
    people, reason = _opened(list(found[:MOST]), actor) if request.method == "POST" else (None, "")
    values: dict[str, Any] = {
        "title": gettext("Voters without a precinct"), "over": mahalla_name(row.names, row.code),
        "total": found.count(), "most": MOST, "people": people, "reason": reason,
        "back": {"url": reverse("cabinet-place-mahalla", args=[number]), "text": mahalla_name(row.names, row.code)},
    }  # fmt: skip
    return render(request, "places/unplaced.html", values)


def _opened(rows: list[Voter], actor: Actor) -> tuple[list[Person] | None, str]:
    """The records, or why they stay closed: nothing is shown that was not written down."""
    try:
        # (Opened before anything is written: a transaction that waits for the custodian would hold back the log.)
        records = client.open_rows([(row.id, bytes(row.sealed)) for row in rows], purpose=PURPOSE)
    except (client.CustodianDown, client.Throttled, KeyringError):
        return None, gettext(
            "The records cannot be opened now: the custodian of the keys does not answer. Try again later."
        )
    access.record([row.id for row in rows], body=actor.code, person=actor.person, purpose=PURPOSE)
    return [_person(record) for record in records], ""


def _person(record: dict[str, str]) -> Person:
    names = (record.get(name, "") for name in ("surname", "given_name", "patronymic"))
    house = " / ".join(part for part in (record.get("house", ""), record.get("flat", "")) if part)
    return Person(" ".join(name for name in names if name), record.get("street", ""), house)
