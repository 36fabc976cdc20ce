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

WORKLIST = "precinct list"
"""Why a worklist is opened: it is a part of the precinct's list, and has its measure with the custodian."""


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
    body = f"{request.election}/{actor.code}"
    (said,) = client.open_rows([(request.id, bytes(request.sealed))], purpose=PURPOSE, table=TABLE, body=body)
    decided: Mapping[str, str] = {}
    if (decision := getattr(request, "decision", None)) is not None:
        sealed = [(request.id, bytes(decision.sealed))]
        (decided,) = client.open_rows(sealed, purpose=PURPOSE, table=DECISIONS, body=body)
    held = _held(request)
    if held is None:
        access.record([request.id], body=actor.code, person=actor.person, purpose=PURPOSE)
        return Opened(said, decided)
    (entry,) = client.open_rows([(request.voter or 0, bytes(held.sealed))], purpose=PURPOSE, body=body)
    access.record([request.id, request.voter or 0], body=actor.code, person=actor.person, purpose=PURPOSE)
    mahalla = Mahalla.objects.filter(id=held.mahalla).values_list("code", flat=True).first() or ""
    return Opened(said, decided, entry, isinstance(held, Former), held.district, mahalla)


def _held(request: Request) -> Voter | Former | None:
    """The entry as it stands, or as it was removed."""
    if request.voter is None:
        return None
    former = Former.objects.filter(voter=request.voter, kind=Change.REMOVED).order_by("-id")
    return Voter.objects.filter(id=request.voter).first() or former.first()


def open_visits(
    rows: Sequence[Request], actor: Actor
) -> list[tuple[Request, Mapping[str, str], Mapping[str, str]]]:
    """A precinct's granted visits with what their voters and their entries say; each look is written down, as one at the
    precinct's list. Raises `persons.CLOSED`.
    """
    if not rows:
        return []
    body = f"{rows[0].election}/{actor.code}"
    asked = [(row.id, bytes(row.sealed)) for row in rows]
    said = client.open_rows(asked, purpose=WORKLIST, table=TABLE, body=body)
    wanted = Voter.objects.filter(id__in=[row.voter for row in rows if row.voter])
    listed = {row.id: bytes(row.sealed) for row in wanted}
    opened = client.open_rows(list(listed.items()), purpose=WORKLIST, body=body)
    entries = dict(zip(listed, opened, strict=True))
    looked = [*(row.id for row in rows), *listed]
    access.record(looked, body=actor.code, person=actor.person, purpose=WORKLIST)
    return [(row, one, entries.get(row.voter or 0, {})) for row, one in zip(rows, said, strict=True)]
