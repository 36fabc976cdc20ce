"""What performing orders would give now, without writing anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from esaylov.acts.context import ElectionContext
from esaylov.acts.door import Accepted, Act, Result, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.acts.vault import reads_survive
from esaylov.law.findings import Finding
from esaylov.proceedings.orders import Undone, order_one, under


@dataclass(frozen=True, slots=True)
class Tried:
    """What an order would give: whether it would be performed, and the findings that it is refused or recorded with."""

    code: str
    done: bool
    findings: tuple[Finding, ...]


def try_orders(
    context: ElectionContext, actor: Actor, number: str, ordered: Sequence[tuple[str, Mapping[str, Any]]]
) -> list[Tried]:
    """Performs orders (code, payload) one after another by the actor, each on what those before it did, and takes all of it
    back. One that is refused does not hold up the rest."""
    found: list[Tried] = []
    with reads_survive(taken_back=True), transaction.atomic(), under(number):
        for code, body in ordered:
            found.append(_tried(context, actor, number, code, body))
        transaction.set_rollback(True)
    return found


def try_alone(context: ElectionContext, actor: Actor, act: type[Act[Any]], payload: Any) -> Result:
    """What an act that no decision orders would give now; it is taken back."""
    with reads_survive(taken_back=True), transaction.atomic():
        result = perform(act, context.id, Submission(payload, actor), context)
        transaction.set_rollback(True)
    return result


def _tried(context: ElectionContext, actor: Actor, number: str, code: str, body: Mapping[str, Any]) -> Tried:
    try:
        with transaction.atomic():
            result: Accepted = order_one(context, actor, number, code, body)
    except Undone as undone:
        return Tried(code, False, undone.findings)
    return Tried(code, True, result.findings)
