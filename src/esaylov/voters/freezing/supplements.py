"""Entries of a precinct's supplement: after the freeze nobody comes into its list in another way (Art. 29, 52)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from esaylov.acts import refusals
from esaylov.acts.bulk import insert_rows
from esaylov.acts.catalogue import Listed, register
from esaylov.acts.context import ElectionContext
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.powers import Power, Target
from esaylov.custody import client
from esaylov.exchange.residents.normal import normal_document, pinfl_check_digit
from esaylov.law.findings import Finding
from esaylov.law.voters import of_age, voter_rules
from esaylov.registry.acts import Code
from esaylov.registry.models import Commission, Mandate, Precinct
from esaylov.voters import access
from esaylov.voters.freezing import findings
from esaylov.voters.freezing.models import FrozenList, Mark, Supplement
from esaylov.voters.freezing.queries import place_of
from esaylov.voters.keys import under_one_key
from esaylov.voters.locks import lock_precinct, lock_voter
from esaylov.voters.models import Voter

TABLE = "voters_supplement"
PURPOSE = "request"
VOTED = ("early", "home", "elsewhere")
"""Kinds of marks which say that somebody voted."""
Text = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Person(BaseModel):
    """Who is entered, as the document says."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    pinfl: Annotated[str, Field(pattern=r"^[0-9]{14}$")]
    document: Annotated[str, Field(min_length=5, max_length=20)]
    surname: Name
    given_name: Name
    patronymic: Text = ""
    birth_date: date
    sex: Annotated[str, Field(pattern=r"^[mf]$")]
    street: Name
    house: Name
    flat: Text = ""

    def record(self) -> dict[str, str]:
        """As a record of the list is sealed."""
        said = self.model_dump(mode="json")
        return {**said, "document": normal_document(self.document)}


@dataclass(slots=True, kw_only=True)
class SupplementCase(Case):
    """An entry on its way. `voter`: the entry of the list that the person has (None: none); `pinfls`: digests of the number,
    by each generation of keys, the current one first; `sealed`: the record as it is kept, under `number_kept`.
    """

    precinct: Precinct | None = None
    frozen: bool = False
    voter: int | None = None
    pinfls: list[UUID] = field(default_factory=list)
    number_kept: int = 0
    sealed: bytes = b""
    known: frozenset[int] = field(default_factory=frozenset)
    number: int = 0


class AddSupplement(Act[SupplementCase]):
    """A precinct commission enters somebody who is missing into the supplement of its frozen list (Art. 29, 52)."""

    code = "voters.add_supplement"
    power = Power.ADD_SUPPLEMENT

    class Payload(BaseModel):
        """`reason`: a code of the edition; `paper`: what proves address and citizenship; `members`: mandates of who agreed."""

        model_config = ConfigDict(extra="forbid")
        precinct: Code
        reason: Code
        paper: Name
        members: Annotated[list[int], Field(min_length=1, max_length=50)]
        person: Person

    def place(self, payload: Any) -> str:
        return str(payload.precinct)

    def prepare(self, submissions: Sequence[Submission]) -> list[SupplementCase]:
        return [self._case(submission) for submission in submissions]

    def _case(self, submission: Submission) -> SupplementCase:
        payload = submission.payload
        case = SupplementCase(submission=submission)
        case.precinct = own_precinct(self.context.id, payload.precinct)
        if case.precinct is None:
            return case
        case.target = Target(precinct=case.precinct.id)
        lock_precinct(case.precinct.id)
        case.frozen = FrozenList.objects.filter(precinct=case.precinct, journal__isnull=False).exists()
        if case.frozen and submission.actor.precinct == case.precinct.id:
            body = f"{self.context.id}/{submission.actor.code}"
            digests = client.digests("pinfl", [payload.person.pinfl], purpose=PURPOSE, body=body)
            case.pinfls = [UUID(bytes=made[0]) for made in digests]
            case.voter = Voter.objects.filter(pinfl__in=case.pinfls).values_list("id", flat=True).first()
            lock_voter(case.voter)
        case.known = members_among(self.context, case.precinct, payload.members)
        return case

    def check(self, case: SupplementCase) -> Sequence[Finding]:
        payload, rules = case.submission.payload, voter_rules(self.context.edition)
        if case.precinct is None:
            return [findings.unknown_precinct(payload.precinct)]
        if not case.frozen:
            return [findings.not_frozen()]
        voting = self.context.dates("voting")
        if voting is not None and voting.closes is not None and case.at >= voting.closes:
            return [refusals.outside_window("voting", voting, self.context.local)]
        found = []
        if payload.reason not in rules.supplement_reasons:
            found.append(findings.unknown_reason(", ".join(rules.supplement_reasons)))
        if case.known != set(payload.members) or len(case.known) < rules.supplement_members:
            found.append(findings.too_few_members(rules.supplement_members))
        found += self._of_data(payload.person, rules.age)
        if found:  # what the list says of a PINFL is told to who would enter the person, not to who is sure of being refused
            return found
        found += self._of_list(case)
        if not found:
            self._seal(case)
        self._note(case)
        return found

    def _note(self, case: SupplementCase) -> None:
        """Whose entry was asked about sees by whom."""
        if case.voter is not None:
            actor = case.submission.actor
            access.record([case.voter], body=actor.code, person=actor.person, purpose=PURPOSE)

    def _seal(self, case: SupplementCase) -> None:
        """Asks the custodian before anything is written: while it is silent the log waits for nobody."""
        payload = case.submission.payload
        record = payload.person.record() | {"paper": payload.paper}
        case.number_kept = case.voter if case.voter is not None else _new_number()
        (case.sealed,) = client.seal_rows([(case.number_kept, record)], table=TABLE)
        # Of two digests the first is of the new keys already, as whatever is sealed since.
        if len(case.pinfls) == 1:
            under_one_key([case.sealed])

    def _of_data(self, person: Person, age: int) -> Sequence[Finding]:
        if pinfl_check_digit(person.pinfl) != int(person.pinfl[-1]):
            return [findings.wrong_pinfl()]
        return () if of_age(person.birth_date, self.context.date, age) else [findings.too_young(age)]

    def _of_list(self, case: SupplementCase) -> Sequence[Finding]:
        """What the list and other supplements say of the person."""
        if Supplement.objects.filter(election=self.context.id, pinfl__in=case.pinfls).exists():
            return [findings.supplemented()]
        if case.voter is None:
            return ()
        place = place_of(self.context.id, case.voter)
        if place is not None and place.row.precinct_id == case.submission.actor.precinct:
            return [findings.listed_here(place.number)]
        voted = Mark.objects.filter(election=self.context.id, voter=case.voter, kind__in=VOTED)
        return [findings.voted_elsewhere()] if voted.exists() else ()

    def record(self, case: SupplementCase) -> dict[str, Any]:
        payload = case.submission.payload
        case.number = Supplement.objects.filter(precinct=case.precinct).count() + 1
        return {
            "precinct": payload.precinct, "number": case.number, "reason": payload.reason, "members": len(case.known),
        }  # fmt: skip

    def apply(self, cases: Sequence[SupplementCase]) -> None:
        for case in cases:
            payload = case.submission.payload
            insert_rows(TABLE, COLUMNS, [
                (case.journal, self.context.id, case.submission.actor.precinct, case.number, case.number_kept,
                 case.pinfls[0], case.voter is not None, payload.reason, sorted(case.known), case.sealed, case.at),
            ])  # fmt: skip


OWN_NUMBERS = 2**58
COLUMNS = (
    "journal", "election", "precinct_id", "number", "voter", "pinfl", "listed", "reason", "members", "sealed", "at",
)  # fmt: skip


def zone_of(context: ElectionContext, precinct: Precinct) -> tuple[bool, ZoneInfo | None]:
    """Whether a precinct lies abroad, and its time zone there (None: not known)."""
    tables = context.tables
    return precinct.cell_id in tables.cells_abroad, tables.zones.get(precinct.cell_id)


def own_precinct(election: str, code: str) -> Precinct | None:
    """The precinct of an election with a code."""
    return Precinct.objects.filter(election=election, code=code).first()


def members_among(context: ElectionContext, precinct: Precinct, mandates: Sequence[int]) -> frozenset[int]:
    """Those of some mandates that members of a precinct's commission hold now."""
    commission = Commission.objects.filter(precinct=precinct, tier="precinct")
    rows = Mandate.objects.filter(id__in=mandates, commission__in=commission, mandateend__isnull=True)
    return frozenset(
        mandate for mandate, until in rows.values_list("id", "valid_until") if context.holds(until)
    )


def _new_number() -> int:
    """A number of an entry for somebody whom the list has not, drawn at random above all that entries are numbered from: a
    sequence would have to be written to.
    """
    return OWN_NUMBERS + secrets.randbelow(OWN_NUMBERS)


register(Listed(act=AddSupplement, path=None, publishes=("precinct", "number", "reason", "members")))
