"""What a commission may order by a decision that it composes: the acts with their words, and when each may be taken.

A room says what its acts are called and what their fields mean (`describe`); which fields can be filled in follows from the
payload's types (`orderforms`). Acts whose payload cannot be shown as a form name the page on which their room makes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from esaylov.acts import mandates
from esaylov.acts.catalogue import Listed
from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Actor, Target
from esaylov.elections.moves import moves, overrides
from esaylov.law.calendar import Window, window
from esaylov.proceedings.orders import orderable
from esaylov.registry.matrix import FORMED, ROLES


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for the values of a field, in which election, and what was chosen before it (by field)."""

    context: ElectionContext
    actor: Actor
    said: Mapping[str, Any]


Values = Sequence[tuple[str, str]]
Choices = Callable[[Asking], Values | None]
"""Values of an id with their words; None while another field has to be chosen first."""


@dataclass(frozen=True, slots=True)
class FieldWords:
    """What a field is called. `choices`: from which list an id comes; `values`: words of an enumeration's values; `none`:
    what it means where nothing is chosen."""

    label: Any
    help: Any = ""
    article: str = ""
    choices: Choices | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    none: Any = ""


@dataclass(frozen=True, slots=True)
class Description:
    """An act in words. `fields` in the order in which they are asked; `page`: name of the address where its room makes it,
    of an act that has no form here. `elections`: whether it stands inside of elections only. `outcome`: in a few words, what an
    order (its payload) does that its title leaves open; `tell`: label and value of the rest, of an act without a form. Members
    who vote read both."""

    title: Any
    fields: Mapping[str, FieldWords] = field(default_factory=dict)
    page: str = ""
    elections: bool = True
    outcome: Callable[[Mapping[str, Any]], str] | None = None
    tell: Callable[[Mapping[str, Any]], Values] | None = None


_described: dict[str, Description] = {}


def describe(code: str, description: Description) -> None:
    """Makes an act known to those who compose decisions. Raises ValueError where another description stands."""
    known = _described.setdefault(code, description)
    if known is not description:
        raise ValueError(f"the act {code} is described twice")


def description_of(code: str) -> Description | None:
    """What is known of an act, None where its room said nothing."""
    return _described.get(code)


def title_of(code: str) -> str:
    """An act in words; its code where its room said nothing."""
    known = _described.get(code)
    return str(known.title) if known else code


def order_title(code: str, payload: Mapping[str, Any]) -> str:
    """An order in words: its act, and its outcome where the act may go more than one way."""
    known = _described.get(code)
    return f"{known.title}: {known.outcome(payload)}" if known and known.outcome else title_of(code)


def may_order(actor: Actor, context: ElectionContext, listed: Listed) -> bool:
    """Whether some cell of the matrix gives the actor the act's power over what lies in its own reach."""
    own = frozenset({actor.territory} if actor.territory is not None else ())
    tables = context.tables
    kinds = {row.kind for row in tables.contests.values()} if tables else set()
    targets = [Target(actor.precinct, own, tier, actor.code) for tier in (None, *FORMED)]
    held = any(grant.tier == actor.tier for grant in ROLES[listed.act.power])
    return held and any(
        mandates.allows(actor, listed.act.power, target, kind)
        for target in targets
        for kind in (None, *sorted(kinds))
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """An act that may be ordered. `dates`: its window; `open`: whether it holds now; `page`: where its room makes it, empty
    where it has a form here."""

    code: str
    title: str
    article: str
    dates: Window | None
    open: bool
    page: str


def offers(actor: Actor, context: ElectionContext, now: datetime) -> list[Offer]:
    """The acts that the actor's commission may order in an election (or outside of any), in the catalogue's order."""
    moved = overrides(moves(context.id)) if context.id else {}
    found = []
    for code, listed in orderable().items():
        known = _described.get(code)
        if known is None or (known.elections and not context.id) or not may_order(actor, context, listed):
            continue
        dates = _window(context, listed, moved)
        found.append(
            Offer(code, str(known.title), listed.article or "", dates, dates is None or dates.contains(now), known.page)
        )  # fmt: skip
    return found


def _window(context: ElectionContext, listed: Listed, moved: Mapping[str, Any]) -> Window | None:
    step = listed.act.step
    if step is None or not context.id:
        return None
    return window(context.edition, step, context.date, context.timezone, overrides=moved)
