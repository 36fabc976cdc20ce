"""Orders of a prepared decision in words, with what performing them would give now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Actor
from esaylov.cabinet.forms import finding_text
from esaylov.proceedings.composing import Asking, description_of, order_title
from esaylov.proceedings.dryrun import Tried, try_orders
from esaylov.proceedings.motions import Prepared
from esaylov.proceedings.orderforms import facts_of, formable
from esaylov.proceedings.orders import orderable


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order as pages show it. `place` counts from 1; `formable`: it can be changed in a form; `refused`: performing it
    now would be; `findings`: in words, of a dry run."""

    place: int
    title: str
    article: str
    facts: Sequence[tuple[str, str]]
    formable: bool
    refused: bool = False
    findings: Sequence[str] = ()


def order_lines(
    found: Prepared, actor: Actor, context: ElectionContext, *, number: str = ""
) -> list[OrderLine]:
    """The orders of a motion; with a number also what performing them under it would give now."""
    tried: Sequence[Tried | None] = [None] * len(found.orders)
    if number:
        tried = try_orders(context, actor, number, found.orders)
    return [
        _line(place, code, payload, Asking(context, actor, payload), what)
        for place, ((code, payload), what) in enumerate(zip(found.orders, tried, strict=True), 1)
    ]


def _line(place: int, code: str, payload: Mapping[str, Any], asking: Asking, what: Tried | None) -> OrderLine:
    listed, known = orderable().get(code), description_of(code)
    form = listed is not None and known is not None and formable(listed, known)
    told = known.tell(payload) if known and known.tell else ()
    return OrderLine(
        place,
        order_title(code, payload),
        (listed.article if listed else None) or "",
        facts_of(listed, known, asking) if form and listed and known else told,
        form,
        what is not None and not what.done,
        [finding_text(one) for one in what.findings] if what else (),
    )
