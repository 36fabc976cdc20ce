"""A precinct's commission tells those whom a changeset is to remove, at their door, and writes down that it did (Art. 28, 29).

The log has one entry for each time this is written down. It names the changeset, and neither precinct nor number: "one voter of
this precinct leaves the list" names somebody to the neighbours (docs/decisions/0112).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, NamedTuple

from django.db.models import Count
from pydantic import BaseModel, ConfigDict, Field

from esaylov.acts.bulk import insert_rows
from esaylov.acts.catalogue import Listed, register
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.powers import Power, Target
from esaylov.acts.statements import fetch
from esaylov.law.findings import Finding
from esaylov.registry.acts import Code
from esaylov.registry.models import Precinct
from esaylov.voters.freezing.findings import unknown_precinct
from esaylov.voters.freezing.supplements import members_among, own_precinct
from esaylov.voters.hidden import hidden, in_log, opened
from esaylov.voters.locks import lock_precinct
from esaylov.voters.notices import findings
from esaylov.voters.notices.models import Told

COMMISSIONS = "pec"
"""Whose members told somebody, as the log says: those of a precinct commission."""


class Leaving(NamedTuple):
    """An entry that is to leave the list of a precinct. `day`: when its voter was told, None: not yet."""

    changeset: int
    voter: int
    reason: str
    begins: datetime
    ends: datetime
    day: date | None
    sealed: bytes


LEAVING = """SELECT n.changeset, n.voter, n.reason, p.begins, p.ends, t.day, v.sealed FROM voters_voter v
JOIN voters_notice n ON n.voter = v.id JOIN voters_noticeperiod p ON p.changeset = n.changeset
JOIN voters_changeset c ON c.id = n.changeset AND c.state = 'approved' AND c.election = %s
LEFT JOIN voters_told t ON t.changeset = n.changeset AND t.voter = n.voter
WHERE v.precinct = %s ORDER BY t.day IS NOT NULL, p.ends, n.voter"""


def leaving(precinct: Precinct) -> list[Leaving]:
    """Who is to leave the list of a precinct and may still object: first those who were not told yet."""
    return [Leaving(*row) for row in fetch(LEAVING, [precinct.election, precinct.id])]


@dataclass(slots=True, kw_only=True)
class TellCase(Case):
    """Voters of a precinct who were told. `due`, by number of their entry: those who can be told; `member`: who told them."""

    precinct: Precinct | None = None
    waiting: dict[int, Leaving] = field(default_factory=dict)
    member: bool = False


class TellRemoval(Act[TellCase]):
    """A precinct commission tells voters that they are to be removed from the list, and how to object (Art. 28, 29)."""

    code = "voters.tell_removal"
    power = Power.TELL_REMOVAL
    shown_as = COMMISSIONS

    class Payload(BaseModel):
        """`voters`: numbers of their entries; `mandate`: of the member who told them on that `day`."""

        model_config = ConfigDict(extra="forbid")
        precinct: Code
        changeset: Annotated[int, Field(ge=1, strict=True)]
        voters: Annotated[list[Annotated[int, Field(ge=1, strict=True)]], Field(min_length=1, max_length=500)]
        day: date
        mandate: Annotated[int, Field(ge=1, strict=True)]

    def place(self, payload: Any) -> str:
        return str(payload.precinct)

    def prepare(self, submissions: Sequence[Submission]) -> list[TellCase]:
        return [self._case(submission) for submission in submissions]

    def _case(self, submission: Submission) -> TellCase:
        payload = submission.payload
        case = TellCase(submission=submission, precinct=own_precinct(self.context.id, payload.precinct))
        if case.precinct is None:
            return case
        case.target = Target(precinct=case.precinct.id)
        if submission.actor.precinct == case.precinct.id:
            lock_precinct(case.precinct.id)
            rows = leaving(case.precinct)
            case.waiting = {
                row.voter: row for row in rows if row.changeset == payload.changeset and row.day is None
            }
        case.member = bool(members_among(self.context, case.precinct, [payload.mandate]))
        return case

    def check(self, case: TellCase) -> Sequence[Finding]:
        payload = case.submission.payload
        if case.precinct is None:
            return [unknown_precinct(payload.precinct)]
        if not case.member:
            return [findings.not_a_member()]
        if set(payload.voters) - case.waiting.keys() or len(set(payload.voters)) < len(payload.voters):
            return [findings.nobody_to_tell()]
        zone = self.context.timezone
        first = case.waiting[payload.voters[0]].begins.astimezone(zone).date()
        today = case.at.astimezone(zone)
        if not first <= payload.day <= today.date():
            return [findings.not_within(first.isoformat(), today.date().isoformat())]
        # (No time of day, as with marks: between two visits to a door it would say who was told.)
        case.at = today.replace(hour=0, minute=0, second=0, microsecond=0)
        return ()

    def record(self, case: TellCase) -> dict[str, Any]:
        payload = case.submission.payload
        written = Told.objects.filter(precinct=case.precinct)
        number = written.aggregate(acts=Count("journal", distinct=True))["acts"] + 1
        said = _said(self.context.id, payload.precinct, number, payload.changeset, len(payload.voters))
        return {"changeset": payload.changeset, "telling": hidden("telling", said)[1]}

    def apply(self, cases: Sequence[TellCase]) -> None:
        rows = [
            (said.changeset, voter, case.submission.actor.precinct, said.day.isoformat(), said.mandate, case.journal)
            for case in cases
            for said in [case.submission.payload]
            for voter in said.voters
        ]  # fmt: skip
        columns = ("changeset", "voter", "precinct_id", "day", "mandate", "journal")
        insert_rows("voters_told", columns, rows)


class Opening(NamedTuple):
    """What shows that an entry of the log is the n-th telling of a precinct, of so many voters. `telling`: SHA-256 of "esaylov
    telling v1", 0x00, `salt` and the canonical JSON of changeset, election, number, precinct and voters. `logged`: it stands in
    the log.
    """

    number: int
    changeset: int
    voters: int
    salt: str
    telling: str
    logged: bool


def _said(election: str, precinct: str, number: int, changeset: int, voters: int) -> dict[str, Any]:
    return {
        "changeset": changeset, "election": election, "number": number, "precinct": precinct, "voters": voters,
    }  # fmt: skip


def openings(election: str, precinct: str) -> list[Opening]:
    """All tellings of a precinct opened, for a court: of how many voters each was, each sought in the log; not of whom."""
    rows = Told.objects.filter(precinct__election=election, precinct__code=precinct)
    acts = rows.values("journal", "changeset").annotate(voters=Count("voter")).order_by("journal")
    known = in_log(election, TellRemoval.code, "telling")
    return [
        Opening(number, one["changeset"], one["voters"], *opened("telling", said, known))
        for number, one in enumerate(acts, 1)
        for said in [_said(election, precinct, number, one["changeset"], one["voters"])]
    ]


register(Listed(act=TellRemoval, path=None, publishes=("changeset", "telling")))
