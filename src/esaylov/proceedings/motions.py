"""Decisions that somebody has prepared for a session: a wizard of another room leaves one here, the session votes on it.

What a motion orders may name persons: it lies in the vault under the motion's id, and is erased when the motion is decided or
withdrawn. A motion is no official fact.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from esaylov.acts import vault
from esaylov.acts.context import get_context
from esaylov.acts.powers import Actor
from esaylov.proceedings.models import Motion
from esaylov.proceedings.sittings import commission_of

BEFORE_THE_JOURNAL = 0
PURPOSE = "orders of a motion before the session"


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
        at=get_context(election).now(),
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
    return Prepared(row, tuple(orders_of([row], by)[motion]))


def orders_of(rows: Sequence[Motion], by: Actor) -> dict[UUID, Sequence[tuple[str, dict[str, Any]]]]:
    """What motions order, by their ids, with one read."""
    keys = [row.pk for row in rows]
    known = vault.read(keys, ("orders",), by=by, purpose=PURPOSE) if keys else {}
    return {
        key: [(code, payload) for code, payload in known.get(key, {}).get("orders") or []] for key in keys
    }


def waits(motion: UUID, commission: int, election: str) -> bool:
    """Whether a motion waits before a commission in an election."""
    rows = Motion.objects.filter(pk=motion, commission=commission, election=election, decided__isnull=True)
    return rows.exists()


def decided(motion: UUID, body: str, journal: int) -> None:
    """The motion was voted on: its orders are erased."""
    rows = Motion.objects.filter(pk=motion, commission__code=body, decided__isnull=True)
    if rows.update(decided=journal):
        vault.erase(motion)


class Changed(Exception):
    """Somebody changed or decided a motion between the look at it and the change."""


def fingerprint(found: Prepared) -> str:
    """SHA-256 (hex) of a motion as it stands: words, articles, orders."""
    row = found.row
    said = [row.title, row.text, list(row.articles), [list(order) for order in found.orders]]
    return sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def rewrite(
    found: Prepared,
    by: Actor,
    *,
    title: str | None = None,
    text: str | None = None,
    articles: Sequence[str] | None = None,
    orders: Sequence[tuple[str, dict[str, Any]]] | None = None,
) -> None:
    """Changes words or orders of a motion before the vote; what is None stays. The orders before are erased. Raises
    Changed where the motion no longer is the one that was looked at."""
    with transaction.atomic():
        row = _locked(found, by)
        row.title = row.title if title is None else title
        row.text = row.text if text is None else text
        row.articles = row.articles if articles is None else list(articles)
        if orders is not None:
            row.acts = [code for code, _ in orders]
            vault.erase(row.pk)
            kept = [[code, payload] for code, payload in orders]
            vault.prepare([(row.pk, {"orders": kept})]).write(BEFORE_THE_JOURNAL)
        row.save()


def withdraw(found: Prepared, by: Actor) -> None:
    """Takes a motion back before the vote; nothing of it stays. Raises Changed."""
    with transaction.atomic():
        row = _locked(found, by)
        vault.erase(row.pk)
        row.delete()


def _locked(found: Prepared, by: Actor) -> Motion:
    """The motion's row, held until the end of the transaction, as it was looked at."""
    rows = Motion.objects.select_for_update().filter(pk=found.row.pk, decided__isnull=True)
    now = prepared(found.row.pk, by, found.row.election) if rows.first() is not None else None
    if now is None or fingerprint(now) != fingerprint(found):
        raise Changed(str(found.row.pk))
    return now.row
