"""The act by which a member notes what was found at a house. Nothing in the list changes by it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from esaylov.acts.bulk import insert_rows
from esaylov.acts.catalogue import Listed, register
from esaylov.acts.context import ElectionContext
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.powers import Power, Target
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
from esaylov.voters.locks import lock_precinct
from esaylov.voters.models import Address, Voter

Outcome = Literal["here", "gone", "died", "wrong", "away"]
FOLLOWED = frozenset({"gone", "died", "wrong"})
"""What the commission has to follow up."""
AWAY = "away"
HANDED, OPENED = "preliminary-list", "lists-open"
PREFIX = b"esaylov household v1\0"
COLUMNS = (
    "journal", "election", "precinct_id", "number", "district", "mahalla", "house", "entries", "answered", "follow",
    "missing", "sealed", "day",
)  # fmt: skip
Entries = Annotated[dict[Annotated[int, Field(ge=1)], Outcome], Field(max_length=500)]


@dataclass(slots=True, kw_only=True)
class CheckCase(Case):
    """A visit on its way. `district`: of the house; `voters`: its entries; `said`: what is known of them after it; `missing`:
    likewise; `number`: of the visit; `sealed`: what is kept; `noted`: its hash.
    """

    precinct: Precinct | None = None
    district: int = 0
    voters: frozenset[int] = frozenset()
    said: dict[int, str] = field(default_factory=dict)
    missing: int = 0
    where: dict[str, str] = field(default_factory=dict)
    number: int = 0
    sealed: bytes = b""
    noted: str = ""


class CheckHousehold(Act[CheckCase]):
    """A member of a precinct commission notes who lives in a house, from door to door (Art. 28)."""

    code = "voters.check_household"
    power = Power.CHECK_HOUSEHOLD

    class Payload(BaseModel):
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

    def place(self, payload: Any) -> str:
        return str(payload.precinct)

    def prepare(self, submissions: Sequence[Submission]) -> list[CheckCase]:
        return [self._case(submission) for submission in submissions]

    def _case(self, submission: Submission) -> CheckCase:
        payload = submission.payload
        case = CheckCase(submission=submission, precinct=own_precinct(self.context.id, payload.precinct))
        if case.precinct is None:
            return case
        case.target = Target(precinct=case.precinct.id)
        case.abroad, case.zone = zone_of(self.context, case.precinct)
        if submission.actor.precinct != case.precinct.id:
            return case
        lock_precinct(case.precinct.id)
        rows = Voter.objects.filter(precinct=case.precinct.id, mahalla=payload.mahalla, house=payload.house)
        found = dict(rows.values_list("id", "district"))
        case.voters, case.district = frozenset(found), min(found.values(), default=0)
        return case

    def check(self, case: CheckCase) -> Sequence[Finding]:
        payload = case.submission.payload
        if case.precinct is None:
            return [unknown_precinct(payload.precinct)]
        allowed = window(self.context, abroad=case.abroad, zone=case.zone)
        if not allowed.contains(case.at):
            return [findings.not_now(*(self._day(case, at) for at in (allowed.opens, allowed.closes)))]
        if not payload.said and payload.missing is None:
            return [findings.nothing_said()]
        if not case.voters:
            return [findings.unknown_house()]
        if not case.voters.issuperset(payload.said):
            return [findings.not_of_this_house()]
        self._merge(case)
        self._seal(case)
        return ()

    def _day(self, case: CheckCase, at: Any) -> str:
        return f"{at.astimezone(case.zone or self.context.timezone):%d.%m.%Y %H:%M}" if at else "…"

    def _merge(self, case: CheckCase) -> None:
        """A later visit replaces what it says again; the rest of the house stays as it was found."""
        payload, precinct = case.submission.payload, case.submission.actor.precinct
        rows = HouseCheck.objects.filter(precinct=precinct, mahalla=payload.mahalla, house=payload.house)
        last = rows.order_by("-number").first()
        case.number = HouseCheck.objects.filter(precinct=precinct).count() + 1
        known: dict[int, str] = {}
        if last is not None:
            body = f"{self.context.id}/{case.submission.actor.code}"
            sealed = [(last.precinct_id, bytes(last.sealed))]
            (record,) = client.open_rows(sealed, purpose=PURPOSE, table=TABLE, wait=PAUSE, body=body)
            known = parted(record["said"])
            case.where = {name: record[name] for name in ("street", "house")}
        case.said = {
            voter: outcome for voter, outcome in known.items() if voter in case.voters
        } | payload.said
        case.missing = payload.missing if payload.missing is not None else last.missing if last else 0

    def _seal(self, case: CheckCase) -> None:
        """Asks the custodian before anything is written: while it is silent the log waits for nobody."""
        assert case.precinct is not None
        kept = (case.where or self._where(case)) | {
            "number": str(case.number), "said": joined(case.said), "missing": str(case.missing),
            "salt": secrets.token_hex(32),
        }  # fmt: skip
        said = {"election": self.context.id, "precinct": case.precinct.code} | kept
        case.noted = sha256(PREFIX + dumps(said)).hexdigest()
        (case.sealed,) = client.seal_rows([(case.precinct.id, kept)], table=TABLE)

    def _where(self, case: CheckCase) -> dict[str, str]:
        """Street and number, of which the digest of a house is made: a change of keys makes it anew."""
        payload = case.submission.payload
        known = Address.objects.filter(mahalla=payload.mahalla, digest=payload.house).first()
        if known is not None:
            return {"street": known.street, "house": known.house}
        number = min(case.voters)
        sealed = bytes(Voter.objects.values_list("sealed", flat=True).get(id=number))
        body = f"{self.context.id}/{case.submission.actor.code}"
        (record,) = client.open_rows([(number, sealed)], purpose=PURPOSE, wait=PAUSE, body=body)
        return {name: record[name] for name in ("street", "house")}

    def record(self, case: CheckCase) -> dict[str, Any]:
        return {"precinct": case.submission.payload.precinct, "number": case.number, "noted": case.noted}

    def apply(self, cases: Sequence[CheckCase]) -> None:
        insert_rows(TABLE, COLUMNS, [self._row(case) for case in cases])

    def _row(self, case: CheckCase) -> tuple[Any, ...]:
        payload, said = case.submission.payload, case.said.values()
        return (
            case.journal, self.context.id, case.submission.actor.precinct, case.number, case.district, payload.mahalla,
            payload.house, len(case.voters), sum(one != AWAY for one in said), sum(one in FOLLOWED for one in said),
            case.missing, case.sealed, case.at.astimezone(case.zone or self.context.timezone).date(),
        )  # fmt: skip


def window(context: ElectionContext, *, abroad: bool = False, zone: Any = None) -> Window:
    """When members go from door to door: from the day on which their commission may have the list until the list is open to the
    public (calendar rows 15 and 22). The Code gives the check no days of its own. An edition that has neither step sets no limit.
    """
    handed, opened = (context.dates(step, abroad=abroad, place=zone) for step in (HANDED, OPENED))
    begins = handed.opens if handed is not None and not handed.off else None
    ends = opened.opens if opened is not None and not opened.off else None
    return Window(begins, ends, "28")


register(Listed(act=CheckHousehold, path=None, publishes=("precinct", "number", "noted")))
