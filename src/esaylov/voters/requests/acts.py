"""A voter asks, a commission decides, within the law's hours (Art. 27¹, 29, 30, 56, 57).

The log shows a number drawn at random, the kind and the times, the verdict and its reason: never who asked. What is said is
sealed by the custodian before anything is written. Whether somebody stands in the list is looked at by the decision, never by the
receipt: it would tell.
"""

from __future__ import annotations

import secrets
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from esaylov.acts.bulk import insert_rows
from esaylov.acts.catalogue import Listed, register
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.powers import Power, Target
from esaylov.custody import client
from esaylov.law.findings import Finding
from esaylov.law.voters import voter_rules
from esaylov.proceedings.applications import SECRET_LENGTH, is_secret, secret_digest
from esaylov.registry.acts import Code
from esaylov.registry.models import Precinct, Territory
from esaylov.voters.freezing.supplements import own_precinct
from esaylov.voters.locks import lock_request
from esaylov.voters.requests import findings, kinds
from esaylov.voters.requests.granting import Granting
from esaylov.voters.requests.kinds import KINDS
from esaylov.voters.requests.models import Request, RequestDecision
from esaylov.voters.requests.opening import look
from esaylov.voters.requests.said import DECISIONS, TABLE, Entry, Said, Words, decided_texts

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of numbers: what looks alike is left out (0 and O, 1, I and L, U and V)."""
NUMBER = r"^R-[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{2}$"
COMMISSION = "commission"
"""Who decided, as the log says: "one home visit in this precinct" would name somebody to the neighbours (docs/decisions/0112)."""
FIRST_ID = 2**59
"""Above all numbers of entries, so that a look at a request and a look at an entry are told apart."""
COLUMNS = (
    "id", "journal", "election", "number", "kind", "precinct_id", "territory_id", "voter", "code", "sealed", "received_at", "due",
)  # fmt: skip
DECIDED = ("request_id", "journal", "verdict", "reason", "body", "person", "late", "sealed", "at")


def new_number() -> str:
    """A number that says nothing of when it was drawn or how many there are."""
    drawn = [secrets.choice(ALPHABET) for _ in range(6)]
    return f"R-{''.join(drawn[:4])}-{''.join(drawn[4:])}"


@dataclass(slots=True, kw_only=True)
class ReceivedCase(Case):
    """A request on its way. `id`: what it is sealed under."""

    territory: Territory | None = None
    precinct: Precinct | None = None
    id: int = 0
    number: str = ""
    sealed: bytes = b""

    @property
    def received_at(self) -> datetime:
        """When it came, to the second: as the log says it."""
        return self.at.replace(microsecond=0)


class ReceiveRequest(Act[ReceivedCase]):
    """A voter asks for something that concerns the list, early voting or a visit; the clock of the answer runs (Art. 29)."""

    code = "voters.receive_request"
    power = Power.SYSTEM

    class Payload(BaseModel):
        """`secret`: the code with which it is asked after, only its digest is kept. `voter`: the entry that was found."""

        model_config = ConfigDict(extra="forbid")
        kind: kinds.Code
        said: Said
        secret: Annotated[str, Field(min_length=SECRET_LENGTH, max_length=40)]
        territory: Code
        precinct: Code | None = None
        voter: Annotated[int, Field(ge=1, strict=True)] | None = None

    def prepare(self, submissions: Sequence[Submission]) -> list[ReceivedCase]:
        return [self._case(submission) for submission in submissions]

    def _case(self, submission: Submission) -> ReceivedCase:
        payload = submission.payload
        case = ReceivedCase(
            submission=submission, id=FIRST_ID + secrets.randbelow(FIRST_ID), number=new_number()
        )
        case.territory = Territory.objects.filter(election=self.context.id, code=payload.territory).first()
        # (Asked for in any case: whether somebody was found in a precinct is not to be seen from outside.)
        case.precinct = own_precinct(self.context.id, payload.precinct or "")
        return case

    def check(self, case: ReceivedCase) -> Sequence[Finding]:
        payload, kind = case.submission.payload, KINDS[case.submission.payload.kind]
        if (over := kinds.closed(self.context, kind.received, case.at)) is not None:
            return [findings.closed(kind.article, over.closes, receiving=True)]
        if case.territory is None:
            return [findings.unknown_place("territory")]
        if payload.precinct is not None and case.precinct is None:
            return [findings.unknown_place("precinct")]
        if missing := next((name for name in kind.needs if not getattr(payload.said, name)), None):
            return [findings.says_nothing(f"said.{missing}")]
        if (days := self._other_days(case)) is not None:
            return [findings.not_in_these_days(*days)]
        (case.sealed,) = client.seal_rows([(case.id, payload.said.texts())], table=TABLE)
        return ()

    def _other_days(self, case: ReceivedCase) -> tuple[date, date] | None:
        """The days that can be asked for, where another one is."""
        payload = case.submission.payload
        days = (
            kinds.days_of(self.context, KINDS[payload.kind].received, case.at) if payload.said.day else None
        )
        if days is None or days[0].isoformat() <= payload.said.day <= days[1].isoformat():
            return None
        return days

    def _due(self, case: ReceivedCase) -> datetime:
        return case.received_at + timedelta(hours=voter_rules(self.context.edition).answer_hours)

    def record(self, case: ReceivedCase) -> dict[str, Any]:
        return {
            "number": case.number,
            "kind": case.submission.payload.kind,
            "due": self.context.local(self._due(case)),
        }

    def apply(self, cases: Sequence[ReceivedCase]) -> None:
        rows = []
        for case in cases:
            payload = case.submission.payload
            territory = case.precinct.territory_id if case.precinct else case.territory and case.territory.id
            rows.append(
                (case.id, case.journal, self.context.id, case.number, payload.kind, case.precinct and case.precinct.id, territory,
                 payload.voter, secret_digest(payload.secret), case.sealed, case.received_at, self._due(case))
            )  # fmt: skip
        insert_rows(TABLE, COLUMNS, rows)


@dataclass(slots=True, kw_only=True)
class DecidedCase(Case):
    """A decision on its way. `verdict`: what was decided before (""). `listed`: the record that the entry is to have (None: the
    one that it has). `placed`: where the entry is to be listed.
    """

    request: Request | None = None
    verdict: str = ""
    listed: dict[str, str] | None = None
    placed: dict[str, str] = field(default_factory=dict)
    sealed: bytes = b""

    @property
    def late(self) -> bool:
        """Whether the clock had run out, by the second as the log has it."""
        return self.request is not None and self.at.replace(microsecond=0) > self.request.due


class DecideRequest(Act[DecidedCase]):
    """The commission grants a voter's request or refuses it with its reasons; court is open against it (Art. 29, 30)."""

    code = "voters.decide_request"
    power = Power.DECIDE_REQUEST
    shown_as = COMMISSION

    class Payload(BaseModel):
        """`explanation`: in words, for the voter alone. `entry`: what the list is to say, where it is granted."""

        model_config = ConfigDict(extra="forbid")
        number: Annotated[str, Field(pattern=NUMBER)]
        verdict: Literal["granted", "refused"]
        reason: Annotated[str, Field(max_length=40)] = ""
        explanation: Words
        entry: Entry | None = None

    def place(self, payload: Any) -> Hashable:
        return str(payload.number)

    def prepare(self, submissions: Sequence[Submission]) -> list[DecidedCase]:
        return [self._case(submission) for submission in submissions]

    def _case(self, submission: Submission) -> DecidedCase:
        case = DecidedCase(submission=submission)
        rows = Request.objects.filter(election=self.context.id, number=submission.payload.number)
        case.request = rows.select_related("territory").first()
        if case.request is not None:
            case.target = target_of(case.request)
            lock_request(case.request.id)
            found = RequestDecision.objects.filter(request=case.request)
            case.verdict = found.values_list("verdict", flat=True).first() or ""
        return case

    def check(self, case: DecidedCase) -> Sequence[Finding]:
        request, payload = case.request, case.submission.payload
        if request is None:
            return [findings.unknown_request()]
        if case.verdict:
            return [findings.decided_already(case.verdict)]
        if found := self._of_form(payload):
            return found
        if payload.verdict == "granted" and (found := self._grants(case, request)):
            return found
        said = decided_texts(payload.explanation, case.listed, case.placed)
        (case.sealed,) = client.seal_rows([(request.id, said)], table=DECISIONS)
        return ()

    def _of_form(self, payload: Any) -> Sequence[Finding]:
        known = voter_rules(self.context.edition).request_reasons
        if (payload.verdict == "refused") != (payload.reason in known) or (
            payload.reason and payload.reason not in known
        ):
            return [findings.unknown_reason(", ".join(known))]
        return [] if payload.explanation.strip() else [findings.says_nothing("explanation")]

    def _grants(self, case: DecidedCase, request: Request) -> Sequence[Finding]:
        """Why it cannot be granted; else what the list is to say stands in the case."""
        kind, payload = KINDS[request.kind], case.submission.payload
        if (over := kinds.closed(self.context, kind.granted, case.at)) is not None:
            return [findings.closed(kind.article, over.closes, receiving=False)]
        actor = case.submission.actor
        granting = Granting(
            self.context, request, payload.entry or Entry(), case.at.date(), body=f"{self.context.id}/{actor.code}",
            look=partial(look, actor=actor),
        )  # fmt: skip
        if wrong := granting.findings():
            return wrong
        if kind.listed:
            case.listed, case.placed = granting.record, granting.placed
        return ()

    def record(self, case: DecidedCase) -> dict[str, Any]:
        payload = case.submission.payload
        return {
            "number": payload.number,
            "verdict": payload.verdict,
            "reason": payload.reason or None,
            "late": case.late,
        }

    def apply(self, cases: Sequence[DecidedCase]) -> None:
        rows = []
        for case in cases:
            payload, by = case.submission.payload, case.submission.actor
            assert case.request is not None
            rows.append(
                (case.request.id, case.journal, payload.verdict, payload.reason, by.code, by.person, case.late, case.sealed,
                 case.at)
            )  # fmt: skip
        insert_rows(DECISIONS, DECIDED, rows)


@dataclass(slots=True, kw_only=True)
class WithdrawnCase(Case):
    """A request that its voter takes back. `verdict`: what was decided before ("")."""

    request: Request | None = None
    verdict: str = ""
    sealed: bytes = b""


class WithdrawRequest(Act[WithdrawnCase]):
    """A voter takes a request back that is not decided yet (Art. 29)."""

    code = "voters.withdraw_request"
    power = Power.SYSTEM

    class Payload(BaseModel):
        """`secret`: the code that was shown with the number."""

        model_config = ConfigDict(extra="forbid")
        number: Annotated[str, Field(pattern=NUMBER)]
        secret: Annotated[str, Field(max_length=40)]

    def place(self, payload: Any) -> Hashable:
        return str(payload.number)

    def prepare(self, submissions: Sequence[Submission]) -> list[WithdrawnCase]:
        return [self._case(submission) for submission in submissions]

    def _case(self, submission: Submission) -> WithdrawnCase:
        case, payload = WithdrawnCase(submission=submission), submission.payload
        row = Request.objects.filter(election=self.context.id, number=payload.number).first()
        if row is not None and is_secret(payload.secret, bytes(row.code)):
            case.request = row
            lock_request(row.id)
            found = RequestDecision.objects.filter(request=row)
            case.verdict = found.values_list("verdict", flat=True).first() or ""
        return case

    def check(self, case: WithdrawnCase) -> Sequence[Finding]:
        if case.request is None:
            return [findings.unknown_request()]
        if case.verdict:
            return [findings.decided_already(case.verdict)]
        (case.sealed,) = client.seal_rows([(case.request.id, decided_texts("", None, {}))], table=DECISIONS)
        return ()

    def record(self, case: WithdrawnCase) -> dict[str, Any]:
        return {"number": case.submission.payload.number}

    def apply(self, cases: Sequence[WithdrawnCase]) -> None:
        rows = [
            (case.request.id, case.journal, WITHDRAWN, "", case.submission.actor.code, None, False, case.sealed, case.at)
            for case in cases
            if case.request is not None
        ]  # fmt: skip
        insert_rows(DECISIONS, DECIDED, rows)


WITHDRAWN = "withdrawn"


def target_of(request: Request) -> Target:
    """Whose matter a request is: its precinct's alone; without one that of the territory and those above it."""
    if request.precinct_id is not None:
        return Target(precinct=request.precinct_id)
    return Target(territories=frozenset(request.territory.lineage))


register(
    Listed(act=ReceiveRequest, path=None, publishes=("number", "kind", "due"), done="received"),
    Listed(act=WithdrawRequest, path=None, publishes=("number",), done="withdrawn"),
    Listed(act=DecideRequest, path=None, publishes=("number", "verdict", "reason", "late"), done="decided"),
)
