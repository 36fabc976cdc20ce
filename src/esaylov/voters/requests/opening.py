"""A request opened for the commission that decides it: what the voter says, and beside it the entry of the list, where it is one
of this commission's own. Each look is written down, with the purpose `request`: the voter sees how often.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

from django.db import connection

from esaylov.acts.powers import Actor
from esaylov.custody import client
from esaylov.exchange.residents.normal import fold_name, fold_street, normal_house
from esaylov.exchange.residents.sealing import RECORD
from esaylov.registry.models import Precinct, Territory
from esaylov.voters import access
from esaylov.voters.blocks import Kind as Change
from esaylov.voters.models import Former, Mahalla, Voter
from esaylov.voters.persons import CLOSED
from esaylov.voters.requests.kinds import NAMES
from esaylov.voters.requests.models import Request
from esaylov.voters.requests.said import DECISIONS, PURPOSE, TABLE

_noted: ContextVar[Collection[int]] = ContextVar("noted", default=())
WORKLIST = "precinct list"
"""Why a worklist is opened: it is a part of the precinct's list, and has its measure with the custodian."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a request says (`said.Said`), what was decided (`explanation`, …), and what the entry says; `removed`: it left the
    list. `district` (SOATO) and `mahalla` (code): where the entry stands.

    Who asks names the commission that decides. So an entry is opened for the commission of its own place alone, and until it
    decided: any other one learns in which fields it `agrees` with what is said (None: nothing to compare), and at an inclusion
    only that somebody stands in the list (`listed`), in which precinct (`at`), as the look-up tells anybody who knows document
    and birth date.
    """

    said: Mapping[str, str]
    decided: Mapping[str, str] = field(default_factory=dict)
    entry: Mapping[str, str] | None = None
    removed: bool = False
    district: int = 0
    mahalla: str = ""
    agrees: Mapping[str, bool] | None = None
    listed: bool = False
    at: Precinct | None = None
    looked: tuple[int, ...] = ()
    """The looks that were written down for it: of the request and, where it was opened, of the entry."""


def open_request(request: Request, actor: Actor) -> Opened:
    """Raises `persons.CLOSED`. (Opened before anything is written: nobody's transaction waits for the custodian.)

    An attempt that the custodian refuses, or that breaks off in the middle, is written down too.
    """
    body = f"{request.election}/{actor.code}"
    decision = getattr(request, "decision", None)
    held = _held(request) if decision is None else None
    closed = held is None or request.kind == "inclusion"
    looked = (request.id,) if closed else (request.id, request.voter or 0)
    said: Mapping[str, str] = {}
    try:
        (said,) = client.open_rows(
            [(request.id, bytes(request.sealed))], purpose=PURPOSE, table=TABLE, body=body
        )
        decided: Mapping[str, str] = {}
        if decision is not None:
            sealed = [(request.id, bytes(decision.sealed))]
            (decided,) = client.open_rows(sealed, purpose=PURPOSE, table=DECISIONS, body=body)
        entry: Mapping[str, str] = {}
        if held is not None and not closed:
            (entry,) = client.open_rows(
                [(request.voter or 0, bytes(held.sealed))], purpose=PURPOSE, body=body
            )
    except CLOSED as error:
        if said or isinstance(error, client.Throttled):
            access.record(looked, body=actor.code, person=actor.person, purpose=PURPOSE)
        raise
    access.record(looked, body=actor.code, person=actor.person, purpose=PURPOSE)
    found = Opened(said, decided, removed=isinstance(held, Former), listed=held is not None, looked=looked)
    return found if held is None else _with_entry(found, request, held, entry, actor)


def _with_entry(
    found: Opened, request: Request, held: Voter | Former, entry: Mapping[str, str], actor: Actor
) -> Opened:
    """What is told of the entry: of an inclusion where it stands; of another commission's what agrees; else all."""
    if request.kind == "inclusion":
        return replace(
            found, at=Precinct.objects.filter(id=0 if found.removed else held.precinct or 0).first()
        )
    if not _is_theirs(request, held, actor):
        return replace(found, agrees=_agrees(found.said, entry))
    mahalla = Mahalla.objects.filter(id=held.mahalla).values_list("code", flat=True).first() or ""
    return replace(found, entry=entry, district=held.district, mahalla=mahalla)


@contextmanager
def noted(looked: Collection[int]) -> Iterator[None]:
    """Around what looks once more at what was written down a moment ago: that is no second look."""
    token = _noted.set(looked)
    try:
        yield
    finally:
        _noted.reset(token)


def look(looked: Collection[int], actor: Actor) -> None:
    """Writes down that entries, or requests, were opened or found on the way to a decision: in a transaction of its own, so that
    the look stands where the decision is refused, or breaks off and is rolled back.
    """
    new = [one for one in looked if one not in _noted.get()]
    if not new:
        return
    if not connection.in_atomic_block:
        access.record(new, body=actor.code, person=actor.person, purpose=PURPOSE)
        return
    with ThreadPoolExecutor(1) as apart:  # (A thread has a connection of its own.)
        apart.submit(_record_apart, new, actor).result()


def _record_apart(looked: Sequence[int], actor: Actor) -> None:
    try:
        access.record(looked, body=actor.code, person=actor.person, purpose=PURPOSE)
    finally:
        connection.close()


def _held(request: Request) -> Voter | Former | None:
    """The entry as it stands, or as it was removed."""
    if request.voter is None:
        return None
    former = Former.objects.filter(voter=request.voter, kind=Change.REMOVED).order_by("-id")
    return Voter.objects.filter(id=request.voter).first() or former.first()


def _is_theirs(request: Request, held: Voter | Former, actor: Actor) -> bool:
    """Whether an entry is of the precinct whose commission decides; of one without a precinct in this election, whether its
    district is within the actor's territory.
    """
    if Precinct.objects.filter(id=held.precinct or 0, election=request.election).exists():
        return held.precinct == request.precinct_id
    rows = Territory.objects.filter(election=request.election, soato=str(held.district))
    return request.precinct is None and rows.filter(lineage__contains=[actor.territory or 0]).exists()


def _agrees(said: Mapping[str, str], entry: Mapping[str, str]) -> dict[str, bool]:
    """Of the fields in which both say something, as the register folds names and addresses."""
    both = [name for name in RECORD if said.get(name) and entry.get(name)]
    return {name: _folded(name, said[name]) == _folded(name, entry[name]) for name in both}


def _folded(name: str, value: str) -> str:
    if name in NAMES:
        return fold_name(value)
    if name == "street":
        return fold_street(value)
    return normal_house(value) if name == "house" else value.casefold()


def open_visits(
    rows: Sequence[Request], actor: Actor
) -> list[tuple[Request, Mapping[str, str], Mapping[str, str]]]:
    """A precinct's granted visits with what their voters and their entries say (nothing where these are another precinct's by
    now); each look is written down, as one at the precinct's list. Raises `persons.CLOSED`.
    """
    if not rows:
        return []
    body, places = f"{rows[0].election}/{actor.code}", {row.precinct_id for row in rows} | {actor.precinct}
    asked = [(row.id, bytes(row.sealed)) for row in rows]
    said = client.open_rows(asked, purpose=WORKLIST, table=TABLE, body=body)
    wanted = Voter.objects.filter(id__in=[row.voter for row in rows if row.voter])
    listed = {row.id: bytes(row.sealed) for row in wanted if row.precinct in places}
    opened = client.open_rows(list(listed.items()), purpose=WORKLIST, body=body)
    entries = dict(zip(listed, opened, strict=True))
    looked = [*(row.id for row in rows), *listed]
    access.record(looked, body=actor.code, person=actor.person, purpose=WORKLIST)
    return [(row, one, entries.get(row.voter or 0, {})) for row, one in zip(rows, said, strict=True)]
