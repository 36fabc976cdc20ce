"""Kinds of applications: stages register theirs, the flow is the same for all (`applications`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from django.conf import settings
from pydantic import BaseModel

from esaylov.acts.context import ElectionContext, edition_in_force

Decided = Literal["session", "officer"]
AT_ONCE_DAYS = 6
"""Days before the election from which on an answer is due at once, where the edition does not say (Art. 101)."""
ANSWER_DAYS = 3
REPAIR = "stops"
"""What a repair does to the term of the answer where the edition does not say: it `stops`, or begins `anew`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of application.

    `payload`: what it holds (all of it goes into the vault). `summary` names what anybody may know of a payload: no name, no
    address, nothing that a person wrote. `to`: tiers of the commissions that take it. `answer_days` None: as the edition
    says (Art. 101). `answer_hours` instead of days where the law counts hours. `repair_rounds`: how often
    defects may be named, so that no repair puts the answer off for ever. `decided_by`: a session, or an officer alone.
    `senders`: `person`, `organisation`. `fields`: labels of the payload's members for pages, lazy texts; `choices`: the
    words of those that hold a code, by member and code; `open_form`: the
    general form of the platform serves it. `repair_page`: name of the cabinet's page on which it is repaired (it takes the
    application's number), where the kind has one of its own.
    """

    code: str
    title: Any
    payload: type[BaseModel]
    to: frozenset[str]
    summary: Callable[[Any], Mapping[str, Any]]
    answer_days: int | None = None
    answer_hours: int | None = None
    repair_days: int = 2
    repair_rounds: int = 1
    decided_by: Decided = "officer"
    articles: tuple[str, ...] = ("101",)
    senders: frozenset[str] = frozenset({"person", "organisation"})
    fields: Mapping[str, Any] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    open_form: bool = False
    repair_page: str = ""

    def answer_by(self, context: ElectionContext, at: datetime) -> datetime:
        """By when the commission answers what arrived at a time: to the end of a day; at once is the end of the same
        one."""
        local = at.astimezone(context.timezone)
        if self.answer_hours is not None:
            return at + timedelta(hours=self.answer_hours)
        if at_once(context, at):
            return end_of_day(local, 0)
        days = (
            self.answer_days if self.answer_days is not None else _value(context, "answer_days", ANSWER_DAYS)
        )
        return end_of_day(local, days)

    def answer_after_repair(
        self, context: ElectionContext, due: datetime | None, stopped: datetime, resumed: datetime
    ) -> datetime:
        """By when the commission answers what it returned at `stopped`, when the answer was due by `due`, and what was
        repaired, or not repaired in time, at `resumed`. The term stands still while a repair is open: so many days as were
        left run on from the day of the repair; or it begins anew (`values.commission.repair`).
        """
        own = context.edition.values.get("commission", {}).get("repair", REPAIR)
        if due is None or own == "anew":
            return self.answer_by(context, resumed)
        if self.answer_hours is not None:
            return resumed + max(due - stopped, timedelta())
        last = (due - timedelta(microseconds=1)).astimezone(context.timezone).date()
        left = max(0, (last - stopped.astimezone(context.timezone).date()).days)
        return end_of_day(resumed.astimezone(context.timezone), left)

    def said(self, name: str, value: Any) -> str:
        """A member of a payload for pages: a code in words, everything else as it is."""
        text = str(value or "")
        return str(self.choices.get(name, {}).get(text, text))

    def repair_by(self, context: ElectionContext, at: datetime) -> datetime:
        """By when defects are repaired."""
        return end_of_day(at.astimezone(context.timezone), self.repair_days)


def at_once(context: ElectionContext, at: datetime) -> bool:
    """Whether what arrives now is answered at once: few days remain, or it is election day (Art. 101)."""
    left = (context.date - at.astimezone(context.timezone).date()).days
    return 0 <= left <= _value(context, "at_once_days", AT_ONCE_DAYS)


def end_of_day(local: datetime, days: int) -> datetime:
    """The midnight that ends the day so many days later."""
    start = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(days=days + 1)
    return start.replace(tzinfo=local.tzinfo)


def _value(context: ElectionContext, name: str, otherwise: int) -> int:
    own: Mapping[str, Any] = context.edition.values.get("commission", {})
    if name not in own:
        own = edition_in_force(settings.ESAYLOV_EDITION).values.get("commission", {})
    return int(own.get(name, otherwise))


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Adds a kind. Raises ValueError when another one has its code."""
    known = _kinds.get(kind.code)
    if known is not None and known.payload is not kind.payload:
        raise ValueError(f"two kinds of applications have the code {kind.code}")
    _kinds[kind.code] = kind


def kinds() -> Sequence[Kind]:
    """All kinds, in the order in which they were registered."""
    return tuple(_kinds.values())


def kind_of(code: str) -> Kind | None:
    """One kind, None when there is none of this code."""
    return _kinds.get(code)
