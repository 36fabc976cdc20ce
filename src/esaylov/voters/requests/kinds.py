"""What a voter may ask for, until when, and which article says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from esaylov.acts.context import ElectionContext, ask_moves
from esaylov.law.calendar import Window, in_force

Code = Literal["correction", "inclusion", "abroad", "precinct", "objection", "early", "home"]


@dataclass(frozen=True, slots=True)
class Kind:
    """`received`, `granted`: the steps of the calendar by whose end it is asked for and granted. `listed`: what is granted goes
    into the list by a changeset; else onto a precinct's worklist. `article`: of the Code. `takes`: fields of `said.Said` beyond
    those that every request has; `needs`: those of them that must be filled in.
    """

    code: Code
    received: str
    granted: str
    listed: bool
    article: str
    takes: tuple[str, ...]
    needs: tuple[str, ...]


CHANGES = "list-changes"
NAMES = ("surname", "given_name", "patronymic")
PLACE = ("mahalla", "street", "house", "flat")
KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("correction", CHANGES, CHANGES, True, "29", ("wrong", "right"), ("wrong", "right")),
        Kind(
            "inclusion", CHANGES, CHANGES, True, "29", (*NAMES, "sex", "pinfl", *PLACE, "wished", "reason"),
            ("surname", "given_name", "sex", "pinfl", "street", "house"),
        ),
        Kind(
            "precinct", CHANGES, CHANGES, True, "29", (*PLACE, "wished", "reason"), ("street", "house", "wished", "reason"),
        ),
        Kind("objection", CHANGES, CHANGES, True, "29", ("reason",), ("reason",)),
        Kind("early", "early-voting", "early-voting", False, "57", ("reason", "day", "time"), ("reason", "day")),
        Kind("home", "voting", "voting", False, "56", (*PLACE, "reason", "time"), ("street", "house", "reason")),
        Kind(
            "abroad", "inclusion-abroad", CHANGES, True, "27¹", (*NAMES, "sex", "pinfl", "wished", "reason"),
            ("surname", "given_name", "sex", "pinfl", "wished"),
        ),
    )
}  # fmt: skip
"""In the order in which the page offers them."""
LISTED = tuple(code for code, kind in KINDS.items() if kind.listed)
VISITS = tuple(code for code, kind in KINDS.items() if not kind.listed)


def window_of(context: ElectionContext, step: str, at: datetime) -> Window | None:
    """When a step is open, by the decisions in force at a time; None: whenever."""
    move = in_force(ask_moves(context.id, step)(), at)
    return context.dates(step, moved={step: move} if move else None)


def days_of(context: ElectionContext, step: str, at: datetime) -> tuple[date, date] | None:
    """First and last day of a step at the election's place; None where an end is open."""
    found = window_of(context, step, at)
    if found is None or found.opens is None or found.closes is None:
        return None
    last = found.closes - timedelta(microseconds=1)
    return found.opens.astimezone(context.timezone).date(), last.astimezone(context.timezone).date()


def closed(context: ElectionContext, step: str, at: datetime) -> Window | None:
    """The window that is over at a time, or does not exist in this election; None: it is not. (Before a step begins it may be
    asked for already.)
    """
    found = window_of(context, step, at)
    if found is None or not (found.off or (found.closes is not None and found.closes <= at)):
        return None
    return found
