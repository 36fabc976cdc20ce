"""Acts that a decision orders: which may be, and how they are performed within the decision's own transaction.

An act of the catalogue may be ordered when its stage lists it so; its payload names the decision in `decision`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, InternalError, transaction
from pydantic import BaseModel, ValidationError

from esaylov.acts import decided, shape
from esaylov.acts.catalogue import Listed, Unfit, catalogue
from esaylov.acts.context import ElectionContext
from esaylov.acts.door import Accepted, Act, Ahead, Refused, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.acts.sealing import loads
from esaylov.acts.statements import fetch
from esaylov.law.findings import Finding
from esaylov.proceedings import findings
from esaylov.proceedings.citing import MEANT
from esaylov.registry.acts import lock_compositions

DECISION = "decision"
TAKEN = f"""SELECT o.record FROM (VALUES (%s::timestamptz, %s::timestamptz)) AS j(at, recorded_at)
JOIN proceedings_decision k ON k.election = ANY(%s) AND k.body = %s AND k.number = %s AND {MEANT}
LEFT JOIN LATERAL unnest(k.orders) AS n(id) ON true LEFT JOIN acts_journal o ON o.id = n.id AND o.code = %s"""
_number: ContextVar[str | None] = ContextVar("number of the decision that is being taken", default=None)


def ordering() -> str | None:
    """The number of the decision whose orders are being performed just now, None outside of one."""
    return _number.get()


def taken(context: ElectionContext, body: str, number: str, code: str, at: datetime) -> decided.Carried:
    """What the decision that a body means by a number at a time (`citing.MEANT`), taken in the election or outside of all,
    carried out by an act: the records; "ordering" while it is being taken, None where there is none.
    """
    if number == ordering():
        return "ordering"
    # By `fetch`: the act may be one whose statements travel together.
    rows = fetch(TAKEN, [at, datetime.now(UTC), [context.id or "", ""], body, number, code])
    return [loads(bytes(record)) for (record,) in rows if record is not None] if rows else None


@contextmanager
def under(number: str) -> Iterator[None]:
    """What happens within is ordered by the decision of this number."""
    token = _number.set(number)
    try:
        yield
    finally:
        _number.reset(token)


def body_of(listed: Listed) -> type[BaseModel]:
    """What an order of the act holds, with `decision`."""
    return listed.body or listed.act.Payload


def orderable() -> dict[str, Listed]:
    """Acts that a decision may order, by code."""
    return {listed.code: listed for listed in catalogue() if listed.orderable}


@dataclass(frozen=True, slots=True)
class Carried:
    """Acts that were performed: their journal numbers and leaf hashes (hex), in order."""

    journals: tuple[int, ...]
    leaves: tuple[str, ...]


class Undone(Exception):
    """An order was refused; nothing of the decision stands."""

    def __init__(self, found: Sequence[Finding]) -> None:
        super().__init__(", ".join(finding.code for finding in found))
        self.findings = tuple(found)


def payload_of(
    context: ElectionContext, code: str, body: Mapping[str, Any], number: str
) -> tuple[Listed, Any]:
    """The act and its payload with the decision's number. Raises Undone."""
    listed = orderable().get(code)
    if listed is None:
        raise Undone([findings.not_orderable(code)])
    said = {**body, DECISION: number}
    try:
        return listed, listed.convert(context, body_of(listed).model_validate(said))
    except ValidationError as error:
        errors = [{**one, "loc": ("body", "payload", *one["loc"])} for one in error.errors()]
        raise Undone(shape.of_errors(errors)) from error
    except Unfit as error:
        raise Undone(error.findings) from error


def lock_applications(election: str, numbers: Sequence[str]) -> None:
    """Steps of one application are taken one after another, until the end of the transaction."""
    for number in sorted(set(numbers)):
        fetch("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [APPLICATIONS_LOCK, f"{election} {number}"])


APPLICATIONS_LOCK = 2033
"""Class of the advisory locks of applications."""


def _lock(context: ElectionContext, actor: Actor, ordered: Sequence[tuple[Listed, Any]]) -> None:
    """Before the first order writes anything: entries are in the order in which transactions began to write
    (docs/decisions/0002), and what a later order builds on must not be logged after it.
    """
    payloads = [payload for _listed, payload in ordered]
    if any(hasattr(payload, "commission") for payload in payloads):
        lock_compositions(context.id)
    numbers = [getattr(payload, "application", None) for payload in payloads]
    lock_applications(context.id, [number for number in numbers if isinstance(number, str)])
    further: dict[Ahead, list[tuple[type[Act[Any]], Any]]] = {}
    for listed, payload in ordered:
        if (ahead := listed.act.ahead()) is not None:
            further.setdefault(ahead, []).append((listed.act, payload))
    for ahead, found in further.items():
        ahead(context, actor, found)


def carry_out(
    context: ElectionContext, actor: Actor, number: str, ordered: Sequence[tuple[str, Mapping[str, Any]]]
) -> Carried:
    """Performs orders (code, payload) by the same actor, all or none. Raises Undone with the findings of the first
    that is refused."""
    read = [payload_of(context, code, body, number) for code, body in ordered]
    _lock(context, actor, read)
    with transaction.atomic(), under(number):
        done = [_order_read(context, actor, *one) for one in read]
    return Carried(tuple(one.journal for one in done), tuple(one.leaf.hex() for one in done))


def order_one(
    context: ElectionContext, actor: Actor, number: str, code: str, body: Mapping[str, Any]
) -> Accepted:
    """Performs one order within the current transaction. Raises Undone where it is refused, IntegrityError where it lost a
    race."""
    return _order_read(context, actor, *payload_of(context, code, body, number))


def _order_read(context: ElectionContext, actor: Actor, listed: Listed, payload: Any) -> Accepted:
    try:
        with transaction.atomic():
            result = perform(listed.act, context.id, Submission(payload, actor), context)
    except InternalError as error:
        # The act lost a race and could not look again within this transaction: the whole decision does.
        raise IntegrityError(str(error)) from error
    if isinstance(result, Refused):
        raise Undone(result.findings)
    return result
