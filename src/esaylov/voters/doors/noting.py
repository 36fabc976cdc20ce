"""A member notes what was found at a house: written down at once, and part of the day's round (`rounds`) when the day is over.

Nothing in the list changes by it. A note is working paper of the commission and no act of its own (docs/decisions/0115), but it
is taken as one is: by whoever holds the power, in its weeks, never changed afterwards, and once however often it is sent.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field

from esaylov.acts import mandates, refusals
from esaylov.acts.bulk import insert_rows
from esaylov.acts.context import ElectionContext
from esaylov.acts.door import Refused
from esaylov.acts.powers import Actor, Power, Target
from esaylov.custody import client
from esaylov.exchange.canonical import dumps
from esaylov.law.calendar import Window
from esaylov.law.findings import Finding
from esaylov.registry.acts import Code
from esaylov.registry.models import Precinct
from esaylov.voters.doors import findings
from esaylov.voters.doors.models import HouseCheck
from esaylov.voters.doors.reading import PAUSE, PURPOSE, TABLE, joined, parted
from esaylov.voters.freezing.findings import unknown_precinct
from esaylov.voters.freezing.supplements import own_precinct, zone_of
from esaylov.voters.keys import steady, under_one_key
from esaylov.voters.locks import lock_precinct
from esaylov.voters.models import Address, Voter

Outcome = Literal["here", "gone", "died", "wrong", "away"]
FOLLOWED = frozenset({"gone", "died", "wrong"})
"""What the commission has to follow up."""
AWAY = "away"
HANDED, OPENED = "preliminary-list", "lists-open"
PREFIX = b"esaylov household v1\0"
COLUMNS = (
    "election", "precinct_id", "number", "district", "mahalla", "house", "entries", "answered", "follow", "missing", "checked",
    "sealed", "noted", "day", "person", "key", "request",
)  # fmt: skip
Entries = Annotated[dict[Annotated[int, Field(ge=1)], Outcome], Field(max_length=500)]


class HouseVisit(BaseModel):
    """`mahalla`, `house`: as entries of the list have them. `said`: by number of the entry: lives here, not here any more,
    died, data wrong, nobody home; what is left out stays as it was. `missing`: people who live here and are not in the list
    (None: as it was).
    """

    model_config = ConfigDict(extra="forbid")
    precinct: Code
    mahalla: int
    house: int
    said: Entries = {}
    missing: Annotated[int, Field(ge=0, le=99)] | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """What makes a form the same when it comes twice: its key, and the digest of what was sent."""

    key: str
    request: bytes


@dataclass(frozen=True, slots=True)
class Noted:
    """A visit that is written down. `number`: of the precinct's; `repeated`: it was noted before, and not again."""

    number: int
    repeated: bool = False


@dataclass(slots=True)
class _Note:
    """A visit on its way. `voters`: entries of the house; `last`: the visit there before; `before`: the precinct's last one."""

    context: ElectionContext
    actor: Actor
    visit: HouseVisit
    precinct: Precinct
    at: datetime
    zone: ZoneInfo
    voters: dict[int, int] = field(default_factory=dict)
    last: HouseCheck | None = None
    before: HouseCheck | None = None

    @property
    def body(self) -> str:
        return f"{self.context.id}/{self.actor.code}"


def note(
    context: ElectionContext,
    actor: Actor,
    visit: HouseVisit,
    form: Form | None = None,
    at: datetime | None = None,
) -> Noted | Refused:
    """Writes a visit down, in a transaction of its own (Art. 28); refuses with findings what an act would be refused for.

    Raises CustodianDown, Throttled, KeyringError: nothing is written then.
    """
    now = datetime.now(UTC)
    precinct = own_precinct(context.id, visit.precinct)
    if precinct is None:
        return Refused((unknown_precinct(visit.precinct),))
    abroad, zone = zone_of(context, precinct)
    taken = _Note(context, actor, visit, precinct, at or context.now(now), zone or context.timezone)
    if foreign := _foreign(taken, now):
        return Refused(tuple(foreign))
    with transaction.atomic():
        lock_precinct(precinct.id)
        if form is not None and (known := _repeated(taken, form)):
            return known
        steady()  # Between the keys a part of a house would be found, and the rest not.
        if found := _refusals(taken, window(context, abroad=abroad, zone=zone), now):
            return Refused(tuple(found))
        return _write(taken, form)


def _foreign(taken: _Note, now: datetime) -> list[Finding]:
    """Why the actor may not note anything here at all: as the door of acts asks."""
    actor, context = taken.actor, taken.context
    held = mandates.allows(actor, Power.CHECK_HOUSEHOLD, Target(precinct=taken.precinct.id))
    if actor.election not in (None, context.id) or actor.precinct != taken.precinct.id or not held:
        return [refusals.no_mandate(actor.code, Power.CHECK_HOUSEHOLD)]
    if actor.until is not None and not context.holds(actor.until, now):
        return [refusals.mandate_ended(actor.code, context.local(actor.until))]
    return []


def _repeated(taken: _Note, form: Form) -> Noted | Refused | None:
    known = HouseCheck.objects.filter(precinct=taken.precinct, key=_key(taken.actor, form)).first()
    if known is None:
        return None
    if bytes(known.request or b"") != form.request:
        return Refused((refusals.key_reused(),), conflict=True)
    return Noted(known.number, repeated=True)


def _key(actor: Actor, form: Form) -> str:
    """Two persons of one commission may choose one key."""
    return f"{actor.person.hex if actor.person else '-'} {form.key}"


def _refusals(taken: _Note, allowed: Window, now: datetime) -> Sequence[Finding]:
    visit = taken.visit
    if not allowed.contains(taken.at):
        return [findings.not_now(*(_time(taken, at) for at in (allowed.opens, allowed.closes)))]
    if not taken.context.clock_is_set and taken.at > now:
        return [refusals.future_time(taken.at.isoformat())]
    if not visit.said and visit.missing is None:
        return [findings.nothing_said()]
    rows = Voter.objects.filter(precinct=taken.precinct.id, mahalla=visit.mahalla, house=visit.house)
    taken.voters = dict(rows.values_list("id", "district"))
    if not taken.voters:
        return [findings.unknown_house()]
    if not taken.voters.keys() >= visit.said.keys():
        return [findings.not_of_this_house()]
    return ()


def _time(taken: _Note, at: datetime | None) -> str:
    return f"{at.astimezone(taken.zone):%d.%m.%Y %H:%M}" if at else "…"


def _write(taken: _Note, form: Form | None) -> Noted:
    visit = taken.visit
    rows = HouseCheck.objects.filter(precinct=taken.precinct).order_by("-number")
    taken.before = rows.first()
    taken.last = last = rows.filter(mahalla=visit.mahalla, house=visit.house).first()
    number = taken.before.number + 1 if taken.before else 1
    said, where = _merged(taken)
    missing = visit.missing if visit.missing is not None else last.missing if last else 0
    sealed, noted = _sealed(
        taken, where | {"number": str(number), "said": joined(said), "missing": str(missing)}
    )
    answered = sum(one != AWAY for one in said.values())
    checked = answered - (last.answered if last else 0) + (taken.before.checked if taken.before else 0)
    row = (
        taken.context.id, taken.precinct.id, number, min(taken.voters.values()), visit.mahalla, visit.house,
        len(taken.voters), answered, sum(one in FOLLOWED for one in said.values()), missing, checked, sealed, noted,
        _day(taken), taken.actor.person, form and _key(taken.actor, form), form and form.request,
    )  # fmt: skip
    insert_rows(TABLE, COLUMNS, [row])
    return Noted(number)


def _day(taken: _Note) -> date:
    return taken.at.astimezone(taken.zone).date()


def _merged(taken: _Note) -> tuple[dict[int, str], dict[str, str]]:
    """What is known of the house after the visit, and where it is. A later visit replaces what it says again; the rest stays."""
    if taken.last is None:
        return dict(taken.visit.said), _where(taken)
    sealed = [(taken.precinct.id, bytes(taken.last.sealed))]
    (record,) = client.open_rows(sealed, purpose=PURPOSE, table=TABLE, wait=PAUSE, body=taken.body)
    known = {voter: found for voter, found in parted(record["said"]).items() if voter in taken.voters}
    return known | dict(taken.visit.said), {name: record[name] for name in ("street", "house")}


def _where(taken: _Note) -> dict[str, str]:
    """Street and number, of which the digest of a house is made: a change of keys makes it anew."""
    known = Address.objects.filter(mahalla=taken.visit.mahalla, digest=taken.visit.house).first()
    if known is not None:
        return {"street": known.street, "house": known.house}
    number = min(taken.voters)
    sealed = bytes(Voter.objects.values_list("sealed", flat=True).get(id=number))
    (record,) = client.open_rows([(number, sealed)], purpose=PURPOSE, wait=PAUSE, body=taken.body)
    return {name: record[name] for name in ("street", "house")}


def _sealed(taken: _Note, found: dict[str, str]) -> tuple[bytes, bytes]:
    """What is kept, sealed, and its hash with a salt in it (as the entries of single visits had it)."""
    kept = found | {"salt": secrets.token_hex(32)}
    (sealed,) = client.seal_rows([(taken.precinct.id, kept)], table=TABLE)
    under_one_key([sealed])
    return sealed, hash_of(taken.context.id, taken.precinct.code, kept)


def hash_of(election: str, precinct: str, kept: Mapping[str, str]) -> bytes:
    """The hash of what is sealed of a visit: what a round pins."""
    return sha256(PREFIX + dumps({"election": election, "precinct": precinct} | dict(kept))).digest()


def window(context: ElectionContext, *, abroad: bool = False, zone: Any = None) -> Window:
    """When members go from door to door: from the day on which their commission may have the list until the list is open to the
    public (calendar rows 15 and 22). The Code gives the check no days of its own. An edition that has neither step sets no limit.
    """
    handed, opened = (context.dates(step, abroad=abroad, place=zone) for step in (HANDED, OPENED))
    begins = handed.opens if handed is not None and not handed.off else None
    ends = opened.opens if opened is not None and not opened.off else None
    return Window(begins, ends, "28")
