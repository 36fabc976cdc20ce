"""Why a page of the cabinet is closed to somebody, in words: who may open it, and by which article."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext

from esaylov.acts.catalogue import catalogue
from esaylov.acts.powers import Power
from esaylov.cabinet.desk import Desk
from esaylov.registry.matrix import ROLES
from esaylov.registry.words import role_name, tier_name

__all__ = ["ROLE_ORDER", "Reason", "reason_for", "role_name", "tier_name"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, who may, and the articles (empty: none named)."""

    text: str
    who: tuple[str, ...] = ()
    article: str = ""


def reason_for(
    desk: Desk, power: Power | None, roles: Collection[str] | None, tiers: Collection[str] | None
) -> Reason | None:
    """Why this desk may not open a page, None where it may."""
    if desk.actor is None:
        text = gettext("You hold no mandate now: nobody appointed you to a body, or your mandate has ended.")
        return Reason(text, who_may(power, roles, tiers), article_of(power))
    fits = (power is None or desk.may(power)) and (tiers is None or desk.tier in tiers)
    if fits and (roles is None or not desk.role or desk.role in roles):
        return None
    text = gettext("The mandate under which you work now does not open this page.")
    return Reason(text, who_may(power, roles, tiers), article_of(power))


def article_of(power: Power | None) -> str:
    """The articles of the acts that ask for a power."""
    named = {listed.article for listed in catalogue() if power is not None and listed.act.power == power}
    return "; ".join(sorted(article for article in named if article))


def who_may(
    power: Power | None, roles: Collection[str] | None, tiers: Collection[str] | None
) -> tuple[str, ...]:
    """Who may, in words: tiers of bodies, or roles in them."""
    found = [
        f"{tier_name(tier)}: {names}" if names else tier_name(tier)
        for tier, names in _grants(power, roles, tiers)
    ]
    return tuple(found)


def _grants(
    power: Power | None, roles: Collection[str] | None, tiers: Collection[str] | None
) -> list[tuple[str, str]]:
    granted: dict[str, set[str]] = {}
    for tier, held in matrix_of(power):
        if tiers is None or tier in tiers:
            granted.setdefault(tier, set()).update(held)
    if power is None:
        granted = {tier: set() for tier in tiers or ()}
    lines = []
    for tier, known in granted.items():
        chosen = known if roles is None else (known & set(roles) if known else set(roles))
        lines.append((tier, ", ".join(role_name(role) for role in ROLE_ORDER if role in chosen)))
    if not lines and roles:
        lines.append(("", ", ".join(role_name(role) for role in ROLE_ORDER if role in roles)))
    return lines


def matrix_of(power: Power | None) -> list[tuple[str, frozenset[str]]]:
    """Tier and roles of each grant of a power."""
    return [(one.tier, frozenset(one.roles)) for one in ROLES.get(power, ())] if power is not None else []


ROLE_ORDER = ("chair", "deputy", "secretary", "member", "head", "representative", "staff")
