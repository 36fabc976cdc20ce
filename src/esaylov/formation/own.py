"""Whoever is signed in: the own mandates, the own data, and who looked at them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from esaylov.acts import vault
from esaylov.acts.context import STANDING_ZONE
from esaylov.acts.powers import Actor
from esaylov.cabinet.desk import desk_of
from esaylov.cabinet.forbidden import role_name, tier_name
from esaylov.cabinet.views import desk_view
from esaylov.design.words import date_text, in_language
from esaylov.formation.examining import own_mandates
from esaylov.formation.forms import AGAINST, EDUCATION
from esaylov.formation.imports import KEPT
from esaylov.formation.looking import by_day
from esaylov.formation.words import commission_text, field_text, ground_text, proposer_text
from esaylov.proceedings.pages.common import election_title

SHOWN = 200
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
WORDS: Mapping[str, Mapping[str, Any]] = {
    "education": dict(EDUCATION),
    "grounds": dict(AGAINST),
    "language": dict(settings.LANGUAGES),
}
"""Codes of what is known, in words."""


@desk_view(open_to_all=True)
def me(request: HttpRequest) -> HttpResponse:
    """All mandates of the person signed in, held or ended; what is known of them; who read it, when and why."""
    person = desk_of(request).person
    if person is None:
        return render(request, "formation/me.html", {"nobody": True})
    now = datetime.now(UTC)
    # Who reads about themselves leaves no trace.
    self_reading = Actor(code="person", tier="person", person=person)
    record = vault.read([person], vault.ALL, by=self_reading, purpose="own data").get(person, {})
    held = own_mandates(person)
    values = {
        "mandates": [
            {"body": commission_text(one.tier, one.names, one.number, one.body) if one.tier != "organisation"
             else in_language(one.names, one.body), "tier": tier_name(one.tier), "role": role_name(one.role),
             "election": election_title(one.election),
             "since": here(one.since), "until": here(one.until), "holds": one.until is None or one.until > now,
             "ground": ground_text(one.ground), "proposer": proposer_text(one.proposer)}
            for one in held
        ],
        "record": _known(record),
        "looks": by_day(vault.looks(person, SHOWN), [one.election for one in held]),
    }  # fmt: skip
    return render(request, "formation/me.html", values)


def here(time: datetime | None) -> datetime | None:
    """A time in the zone in which acts outside of elections are told."""
    return time.astimezone(STANDING_ZONE) if time else None


def _known(record: dict[str, object]) -> list[tuple[str, str]]:
    """What is known, in words and in a fixed order."""
    filled = [item for item in sorted(record.items(), key=_place) if item[1] and item[0] != "salt"]
    return [(field_text(name), _plain(name, value)) for name, value in filled]


def _place(item: tuple[str, object]) -> int:
    names = (*KEPT, "proposer_name", "grounds")
    return names.index(item[0]) if item[0] in names else len(names)


def _plain(name: str, value: object) -> str:
    """A value in words."""
    if isinstance(value, list):
        return ", ".join(_plain(name, one) for one in value)
    said = str(value)
    match name:
        case "role":
            return role_name(said)
        case "proposer" | "proposed_by":
            return proposer_text(said)
        case "birth_date" | "consent_date":
            return date_text(date.fromisoformat(said)) if ISO.fullmatch(said) else said
    return str(WORDS.get(name, {}).get(said, said))
