"""The places that a request names: districts of an election, precincts abroad; read once a minute, for a public page."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from esaylov.design.words import in_language
from esaylov.registry.models import Precinct, Territory

FRESH = 60
Names = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A territory that holds precincts, or a precinct abroad: `code`, its name and the name above it, by language."""

    code: str
    names: Names
    above: Names
    number: str = ""


@lru_cache(maxsize=16)
def _districts(election: str, _minute: int) -> tuple[Place, ...]:
    abroad = _abroad(election)
    rows = Territory.objects.filter(election=election, precincts__isnull=False).distinct()
    return tuple(
        Place(row.code, _names(row.names), _names(row.parent.names if row.parent else {}))
        for row in rows.select_related("parent").order_by("parent__position", "position")
        if abroad.isdisjoint(row.lineage)
    )


@lru_cache(maxsize=16)
def _missions(election: str, _minute: int) -> tuple[Place, ...]:
    abroad = _abroad(election)
    rows = Precinct.objects.filter(election=election, territory__lineage__overlap=sorted(abroad))
    return tuple(
        Place(row.code, _names({"": row.address}), _names(row.territory.names), row.number or row.code)
        for row in rows.select_related("territory").order_by("position")
    )


def _abroad(election: str) -> set[int]:
    return set(Territory.objects.filter(election=election, kind="abroad").values_list("id", flat=True))


def _names(names: dict[str, Any]) -> Names:
    return tuple(sorted(names.items()))


def _minute() -> int:
    return int(time.monotonic() // FRESH)


def districts(election: str) -> list[tuple[str, Any]]:
    """Choices: the country's territories that hold precincts, by the one above them."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for place in _districts(election, _minute()):
        name = in_language(dict(place.names), place.code)
        groups.setdefault(in_language(dict(place.above), ""), []).append((place.code, name))
    return [("", ""), *groups.items()]


def missions(election: str) -> list[tuple[str, str]]:
    """Choices: precincts abroad, by their countries; empty where the election has none."""
    found = []
    for place in _missions(election, _minute()):
        parts = (in_language(dict(place.above), ""), place.number, dict(place.names).get("", ""))
        found.append((place.code, " · ".join(part for part in parts if part)))
    return [("", ""), *sorted(found, key=lambda one: one[1])] if found else []


def precinct_by_number(election: str, territory: str, number: str) -> str:
    """The code of the precinct with a number in a territory; "" for none."""
    rows = Precinct.objects.filter(election=election, territory__code=territory)
    plain = number.strip().removeprefix("№").strip().lstrip("0")
    return next((row.code for row in rows if plain and plain in (row.number.lstrip("0"), row.code)), "")


def forget() -> None:
    """Reads anew at the next question."""
    _districts.cache_clear()
    _missions.cache_clear()
