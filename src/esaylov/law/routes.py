"""Which commission receives which paper: the way of a contest's protocols, who registers, who forms whom.

It differs by ballot and is a value of the edition (`routes`, `commissions.tiers`): Electoral Code, Art. 19 to 24, 40, 95, 96.
A contest is named by its kind and, for councils, the level of the council.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from esaylov.law.editions import Edition, Route, Tier

ORDER = ("precinct", "okrug", "district", "territorial", "central")
"""All commissions, from below."""


class Kind(NamedTuple):
    """A kind of contest, and of councils the level (`region`, `capital`, `district`); a plain pair will do."""

    contest: str
    level: str | None = None


class NoRouteError(LookupError):
    """The edition has no route for this kind of contest and level."""


def route(edition: Edition, contest: str, level: str | None = None) -> Route:
    """The first route that fits; NoRouteError when there is none."""
    for one in edition.routes:
        if one.contest == contest and one.level in (None, level):
            return one
    raise NoRouteError(f"{edition.id}: no route for {contest}" + (f" of level {level}" if level else ""))


def chain(edition: Edition, contest: str, level: str | None = None) -> tuple[str, ...]:
    """The commissions that a protocol goes through, from the precinct to the one that establishes the result."""
    return route(edition, contest, level).chain


def above(edition: Edition, commission: str, contest: str, level: str | None = None) -> str | None:
    """The commission that receives the papers of this one for such a contest; None for the last one.

    Raises NoRouteError when the commission has no part in it.
    """
    way = chain(edition, contest, level)
    if commission not in way:
        raise NoRouteError(f"{edition.id}: {commission} is not on the way of {contest}")
    place = way.index(commission) + 1
    return way[place] if place < len(way) else None


def establishes(edition: Edition, contest: str, level: str | None = None) -> str:
    """The commission that establishes the result."""
    return chain(edition, contest, level)[-1]


def registers(edition: Edition, contest: str, level: str | None = None) -> str | None:
    """The commission that draws the constituencies and registers candidates; None: nobody stands (a referendum)."""
    return route(edition, contest, level).registers


def tier(edition: Edition, commission: str, contests: Iterable[str]) -> Tier | None:
    """What the edition says of a commission in an election with contests of these kinds; None: nothing."""
    wanted = set(contests)
    for one in edition.commissions.tiers if edition.commissions else ():
        if one.commission == commission and (not one.contests or wanted & set(one.contests)):
            return one
    return None


def formed_by(edition: Edition, commission: str, contests: Iterable[str]) -> str | None:
    """The commission that forms this one; None: no commission does, or the edition does not say."""
    found = tier(edition, commission, contests)
    return found.formed_by if found else None


def commissions_of(edition: Edition, kinds: Iterable[Kind | tuple[str, str | None]]) -> tuple[str, ...]:
    """The commissions that contests of these kinds need, from below: those on their ways, and those that register."""
    ways = [route(edition, *kind) for kind in kinds]
    needed = {one for way in ways for one in way.chain} | {way.registers for way in ways}
    return tuple(one for one in ORDER if one in needed)
