"""A request opened for the commission that decides it: what the voter says, and beside it the entry of the list. Each look is
written down, with the purpose `request`: the voter sees how often.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from esaylov.acts.powers import Actor
from esaylov.custody import client
from esaylov.voters import access
from esaylov.voters.blocks import Kind as Change
from esaylov.voters.models import Former, Mahalla, Voter
from esaylov.voters.requests.acts import DECISIONS, PURPOSE, TABLE
from esaylov.voters.requests.models import Request


@dataclass(frozen=True, slots=True)
class Opened:
    """What a request says (`said.Said`), what was decided (`explanation`, …), and what the entry says; `removed`: it left the
    list. `district` (SOATO) and `mahalla` (code): where the entry stands.
    """

    said: Mapping[str, str]
    decided: Mapping[str, str] = field(default_factory=dict)
    entry: Mapping[str, str] | None = None
    removed: bool = False
    district: int = 0
    mahalla: str = ""


def open_request(request: Request, actor: Actor) -> Opened:
    """Raises `persons.CLOSED`. (Opened before anything is written: nobody's transaction waits for the custodian.)"""
    (said,) = _open([(request.id, bytes(request.sealed))], TABLE, actor)
    decision = getattr(request, "decision", None)
    decided = _open([(request.id, bytes(decision.sealed))], DECISIONS, actor)[0] if decision else {}
    held: Voter | Former | None = None
    if request.voter is not None:
        former = Former.objects.filter(voter=request.voter, kind=Change.REMOVED).order_by("-id")
        held = Voter.objects.filter(id=request.voter).first() or former.first()
    if held is None:
        access.record([request.id], body=actor.code, person=actor.person, purpose=PURPOSE)
        return Opened(said, decided)
    (entry,) = client.open_rows([(request.voter or 0, bytes(held.sealed))], purpose=PURPOSE, body=actor.code)
    access.record([request.id, request.voter or 0], body=actor.code, person=actor.person, purpose=PURPOSE)
    mahalla = Mahalla.objects.filter(id=held.mahalla).values_list("code", flat=True).first() or ""
    return Opened(said, decided, entry, isinstance(held, Former), held.district, mahalla)


def open_visits(
    rows: Sequence[Request], actor: Actor
) -> list[tuple[Request, Mapping[str, str], Mapping[str, str]]]:
    """Granted visits with what their voters and their entries say; each look is written down. Raises `persons.CLOSED`."""
    said = _open([(row.id, bytes(row.sealed)) for row in rows], TABLE, actor)
    listed = {
        row.id: bytes(row.sealed)
        for row in Voter.objects.filter(id__in=[row.voter for row in rows if row.voter])
    }
    opened = client.open_rows(list(listed.items()), purpose=PURPOSE, body=actor.code) if listed else []
    entries = dict(zip(listed, opened, strict=True))
    access.record(
        [*(row.id for row in rows), *listed], body=actor.code, person=actor.person, purpose=PURPOSE
    )  # fmt: skip
    return [(row, one, entries.get(row.voter or 0, {})) for row, one in zip(rows, said, strict=True)]


def _open(rows: Sequence[tuple[int, bytes]], table: str, actor: Actor) -> list[dict[str, str]]:
    return client.open_rows(rows, purpose=PURPOSE, table=table, body=actor.code) if rows else []
