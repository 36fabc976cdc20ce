"""Decisions that somebody has prepared for a session: a wizard of another room leaves one here, the session votes on it.

What a motion orders may name persons: it lies in the vault under the motion's id, and is erased when the motion is decided or
withdrawn. A motion is no official fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from esaylov.acts import vault
from esaylov.acts.powers import Actor
from esaylov.proceedings.models import Motion
from esaylov.proceedings.sittings import commission_of

BEFORE_THE_JOURNAL = 0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A motion with its orders: pairs of an act's code and its payload (JSON values)."""

    row: Motion
    orders: tuple[tuple[str, dict[str, Any]], ...]


def propose(
    by: Actor,
    election: str,
    *,
    title: str,
    text: str,
    articles: Sequence[str] = (),
    orders: Sequence[tuple[str, dict[str, Any]]] = (),
    source: str = "",
) -> UUID:
    """Puts a motion before the commission that the actor sits in; returns its id. `source`: the code of the room that made
    it. Raises LookupError where the actor's body does not sit.
    """
    commission = commission_of(election, by.code)
    if commission is None:
        raise LookupError(by.code)
    motion = uuid4()
    vault.prepare([(motion, {"orders": [[code, payload] for code, payload in orders]})]).write(
        BEFORE_THE_JOURNAL
    )
    Motion.objects.create(
        id=motion, commission_id=commission.id, election=election, title=title, text=text,
        articles=list(articles), acts=[code for code, _ in orders], source=source, created_at=datetime.now(UTC),
    )  # fmt: skip
    return motion


def waiting(commission: int, election: str) -> list[Motion]:
    """The motions that wait before a commission, the oldest first."""
    rows = Motion.objects.filter(commission=commission, election=election, decided__isnull=True)
    return list(rows.order_by("created_at", "id"))


def prepared(motion: UUID, by: Actor, election: str) -> Prepared | None:
    """A motion that waits before the actor's commission, None where there is no such one."""
    commission = commission_of(election, by.code)
    row = Motion.objects.filter(pk=motion, election=election, decided__isnull=True).first()
    if row is None or commission is None or row.commission_id != commission.id:
        return None
    known = vault.read([motion], ("orders",), by=by, purpose="orders of a motion before the session")
    orders = known.get(motion, {}).get("orders") or []
    return Prepared(row, tuple((code, payload) for code, payload in orders))


def waits(motion: UUID, commission: int, election: str) -> bool:
    """Whether a motion waits before a commission in an election."""
    rows = Motion.objects.filter(pk=motion, commission=commission, election=election, decided__isnull=True)
    return rows.exists()


def decided(motion: UUID, body: str, journal: int) -> None:
    """The motion was voted on: its orders are erased."""
    rows = Motion.objects.filter(pk=motion, commission__code=body, decided__isnull=True)
    if rows.update(decided=journal):
        vault.erase(motion)
