"""Which commissions an election of a package has: one for every place that has one, and for every precinct.

An okrug commission is formed only where the route of a contest leads through it (Electoral Code, Art. 21): in the editions
of Uzbekistan none for the Legislative Chamber, nor for the councils of districts and cities.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from esaylov.exchange.records import Contest, Precinct, Territory
from esaylov.law.editions import Edition
from esaylov.law.routes import NoRouteError, route

TIER_OF_KIND = {"country": "cec", "region": "territorial", "constituency": "okrug"}
PREFIX = {"cec": "cec", "territorial": "tec", "district": "dcec", "okrug": "dec"}
# Levels of councils by the kind of place whose council it is; a package does not tell the capital from a region, whose
# councils go the same way.
LEVELS = {"region": "region", "district": "district", "city": "district"}


class Body(NamedTuple):
    """A commission: its code, its tier as the registry calls it, ids of its territory and (None: not one's) precinct."""

    code: str
    tier: str
    territory: str
    precinct: str | None


def bodies_of(
    edition: Edition, territories: Sequence[Territory], contests: Sequence[Contest], precincts: Sequence[Precinct]
) -> Iterator[Body]:  # fmt: skip
    """The commissions of an election, upper ones first as the territories come; `cec` is the first root's."""
    needed = okrugs(edition, territories, contests)
    roots = 0
    for place in territories:
        tier = TIER_OF_KIND.get(place.kind, "district")
        if place.parent is None:
            yield Body("cec" if roots == 0 else f"cec:{place.id}", "cec", place.id, None)
            roots += 1
        elif tier != "okrug" or place.id in needed:
            yield Body(f"{PREFIX[tier]}:{place.id}", tier, place.id, None)
    for precinct in precincts:
        yield Body(f"pec:{precinct.id}", "precinct", precinct.territory, precinct.id)


def okrugs(edition: Edition, territories: Sequence[Territory], contests: Sequence[Contest]) -> frozenset[str]:
    """Ids of the constituencies that have an okrug commission: those whose own contest goes through one, or, where a
    constituency has none of its own (it is a part of a wider one's), a contest above it. An edition that names no route
    for a kind of contest leaves them as they are.
    """
    places = {place.id: place for place in territories}
    through: dict[str, bool] = {}
    for contest in contests:
        named = _through_okrug(edition, contest, _level(places, contest.territory))
        through[contest.territory] = through.get(contest.territory, False) or named
    return frozenset(
        place.id
        for place in territories
        if place.kind == "constituency" and any(_nearest(places, through, place.id))
    )


def _nearest(places: Mapping[str, Territory], through: Mapping[str, bool], place: str) -> Iterator[bool]:
    """What holds for the constituency itself; else for whatever lies above it."""
    if place in through:
        yield through[place]
        return
    at: str | None = place
    while at is not None:
        yield through.get(at, False)
        at = places[at].parent


def _through_okrug(edition: Edition, contest: Contest, level: str | None) -> bool:
    try:
        way = route(edition, contest.kind, level)
    except NoRouteError:
        return True
    return "okrug" in way.chain or way.registers == "okrug"


def _level(places: Mapping[str, Territory], place: str) -> str | None:
    """The level of the council that a contest on this territory elects to."""
    at: str | None = place
    while at is not None and places[at].kind == "constituency":
        at = places[at].parent
    return LEVELS.get(places[at].kind) if at is not None else None
