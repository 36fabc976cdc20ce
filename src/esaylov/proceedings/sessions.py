"""Acts of a session: it opens with a quorum, attendance changes, members dissent, it closes (Art. 16, 26)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict, Field

from esaylov.acts import vault
from esaylov.acts.bulk import insert_rows
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.powers import Power, Target
from esaylov.acts.statements import fetch
from esaylov.law.deciding import quorum, sitting_findings
from esaylov.law.findings import Finding
from esaylov.proceedings import findings
from esaylov.proceedings.minutes import minutes_digest
from esaylov.proceedings.models import Decision, Dissent, Session, Vote
from esaylov.proceedings.sittings import (
    Seated,
    commission_of,
    members_at,
    out_of_quorum,
    presiding_findings,
    rules_of,
    seated,
    series_of,
    sitting,
)
from esaylov.proceedings.wording import OneLineEnd, agenda_digest, place_digest
from esaylov.registry.matrix import OFFICERS
from esaylov.registry.queries import CommissionRow, MandateRow

Title = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^\S(.*\S)?$")]
MandateNumber = Annotated[int, Field(ge=1, strict=True)]


def attendance_findings(
    context: Any, rows: Sequence[MandateRow], present: Sequence[int], presiding: int
) -> list[Finding]:
    """Why these people cannot sit, with figures where they are too few, or not under this one."""
    rules, members = rules_of(context), [row.id for row in rows]
    found = sitting_findings(rules, sitting(members, present, presiding))
    there, needed = len({*members} & {*present}), max(1, quorum(rules, len(members)))
    short = findings.quorum_short(there, needed, len(members))
    led = () if found else presiding_findings(rows, present, presiding)
    return [*(short if finding.code == short.code else finding for finding in found), *led]


@dataclass(slots=True, kw_only=True)
class OpeningCase(Case):
    """A session that opens: the commission, its members' mandates, the number of the session."""

    commission: CommissionRow | None = None
    rows: tuple[MandateRow, ...] = ()
    year: int = 0
    number: int = 0
    still_open: str = ""

    @property
    def members(self) -> tuple[int, ...]:
        """The members' mandates."""
        return tuple(row.id for row in self.rows)


class OpenSession(Act[OpeningCase]):
    """A commission opens a session: agenda, who is present, who presides (Art. 16, 26)."""

    code = "proceedings.open_session"
    power = Power.HOLD_SESSION

    class Payload(BaseModel):
        """`present`: mandates of the members present; `presiding`: one of them."""

        model_config = ConfigDict(extra="forbid")
        agenda: list[Title] = Field(min_length=1, max_length=200)
        present: frozenset[MandateNumber] = Field(max_length=200)
        presiding: MandateNumber
        place: Annotated[str, Field(max_length=300), OneLineEnd] = ""

    def place(self, payload: Any) -> str:
        return "session"

    def prepare(self, submissions: Sequence[Submission]) -> list[OpeningCase]:
        return [self._case(submission) for submission in submissions]

    def _case(self, submission: Submission) -> OpeningCase:
        body = submission.actor.code
        commission = commission_of(self.context.id, body)
        case = OpeningCase(submission=submission, commission=commission, target=Target(body=body))
        if commission is None:
            return case
        at = self.context.now()
        case.rows = tuple(members_at(commission.id, at))
        case.year = at.year
        ((last, still_open),) = fetch(
            LAST_SESSION,
            [commission.id, series_of(self.context), case.year, commission.id, self.context.id],
        )
        case.number, case.still_open = last + 1, still_open or ""
        return case

    def check(self, case: OpeningCase) -> Sequence[Finding]:
        payload = case.submission.payload
        if case.submission.at is not None:
            return [findings.decided_now()]
        if case.commission is None or not case.members:
            return [findings.no_members(case.submission.actor.code)]
        if case.still_open:
            return [findings.session_open(case.still_open)]
        return attendance_findings(self.context, case.rows, sorted(payload.present), payload.presiding)

    def record(self, case: OpeningCase) -> dict[str, Any]:
        payload = case.submission.payload
        return {
            "session": case.number,
            "year": case.year,
            "items": len(payload.agenda),
            "agenda": agenda_digest(payload.agenda).hex(),
            "place": place_digest(payload.place).hex(),
            **_figures(self.context, case.members, payload.present),
        }

    def apply(self, cases: Sequence[OpeningCase]) -> None:
        for case in cases:
            payload = case.submission.payload
            assert case.commission is not None
            insert_rows(
                "proceedings_session", SESSION_COLUMNS,
                [(case.journal, case.commission.id, self.context.id, case.submission.actor.code,
                  series_of(self.context), case.year, case.number, case.at, payload.place, Jsonb(payload.agenda))],
            )  # fmt: skip
            _write_attendance(self.context, case, case.journal, 1, case.members)


LAST_SESSION = """SELECT COALESCE((SELECT max(number) FROM proceedings_session
WHERE commission_id = %s AND series = %s AND year = %s), 0),
(SELECT s.number::text FROM proceedings_session s LEFT JOIN proceedings_closing c ON c.session_id = s.journal
 WHERE s.commission_id = %s AND s.election = %s AND c.session_id IS NULL LIMIT 1)"""
SESSION_COLUMNS = (
    "journal", "commission_id", "election", "body", "series", "year", "number", "opened_at", "place", "agenda"
)  # fmt: skip
ATTENDANCE_COLUMNS = ("journal", "session_id", "sequence", "at", "members", "present", "presiding", "needed")


def _figures(context: Any, members: Sequence[int], present: frozenset[int]) -> dict[str, int]:
    needed = max(1, quorum(rules_of(context), len(members)))
    return {"members": len(members), "present": len(present), "needed": needed}


def _write_attendance(context: Any, case: Case, session: int, sequence: int, members: Sequence[int]) -> None:
    payload = case.submission.payload
    needed = _figures(context, members, payload.present)["needed"]
    row = (case.journal, session, sequence, case.at, list(members), sorted(payload.present), payload.presiding,
           needed)  # fmt: skip
    insert_rows("proceedings_attendance", ATTENDANCE_COLUMNS, [row])


@dataclass(slots=True, kw_only=True)
class SeatedCase(Case):
    """An act of a session."""

    found: Seated | None = None
    members: tuple[int, ...] = ()


class _OfSession(Act[SeatedCase]):
    """An act of a session that stands."""

    power = Power.HOLD_SESSION

    def place(self, payload: Any) -> int:
        return int(payload.session)

    def prepare(self, submissions: Sequence[Submission]) -> list[SeatedCase]:
        return [
            SeatedCase(
                submission=s,
                found=seated(s.payload.session, s.actor.code, self.context.id),
                target=Target(body=s.actor.code),
            )
            for s in submissions
        ]


class RecordAttendance(_OfSession):
    """Members come to a session or leave it, or another one presides (Art. 16, 26)."""

    code = "proceedings.record_attendance"

    class Payload(BaseModel):
        """`session`: its record's number; otherwise as at its opening."""

        model_config = ConfigDict(extra="forbid")
        session: MandateNumber
        present: frozenset[MandateNumber] = Field(max_length=200)
        presiding: MandateNumber

    def check(self, case: SeatedCase) -> Sequence[Finding]:
        payload = case.submission.payload
        if case.submission.at is not None:
            return [findings.decided_now()]
        if case.found is None:
            return [findings.no_session(payload.session)]
        if case.found.closed:
            return [findings.session_closed()]
        rows = members_at(case.found.session.commission_id, case.at)
        case.members = tuple(row.id for row in rows)
        return attendance_findings(self.context, rows, sorted(payload.present), payload.presiding)

    def record(self, case: SeatedCase) -> dict[str, Any]:
        assert case.found is not None
        session = case.found.session
        return {
            "session": session.number,
            "year": session.year,
            **_figures(self.context, case.members, case.submission.payload.present),
        }

    def apply(self, cases: Sequence[SeatedCase]) -> None:
        for case in cases:
            assert case.found is not None
            sequence = case.found.attendance.sequence + 1
            _write_attendance(self.context, case, case.found.session.pk, sequence, case.members)


class CloseSession(_OfSession):
    """The presiding member closes a session; the hash of its minutes is recorded (Art. 16, 26)."""

    code = "proceedings.close_session"

    class Payload(BaseModel):
        """`session`: its record's number."""

        model_config = ConfigDict(extra="forbid")
        session: MandateNumber

    def check(self, case: SeatedCase) -> Sequence[Finding]:
        if case.submission.at is not None:
            return [findings.decided_now()]
        if case.found is None:
            return [findings.no_session(case.submission.payload.session)]
        return [findings.session_closed()] if case.found.closed else self._by_another(case)

    def _by_another(self, case: SeatedCase) -> Sequence[Finding]:
        """Why this officer does not close the session. For a plain member who presides, who has no such power, an officer
        closes it; so does one when too few are left to go on, else the session could not end."""
        assert case.found is not None
        rows = members_at(case.found.session.commission_id, case.at)
        presiding = next((row for row in rows if row.id == case.found.attendance.presiding), None)
        if presiding is None:
            left = not out_of_quorum(case.found, self.context, case.at)
            return [findings.presiding_gone()] if left else ()
        own = presiding.id == case.submission.actor.mandate or presiding.role not in OFFICERS
        return () if own else [findings.closed_by_presiding()]

    def record(self, case: SeatedCase) -> dict[str, Any]:
        assert case.found is not None
        session = case.found.session
        taken = list(Decision.objects.filter(session=session).values_list("number", flat=True))
        return {
            "session": session.number,
            "year": session.year,
            "decisions": sum(number is not None for number in taken),
            "rejected": sum(number is None for number in taken),
            "minutes": minutes_digest(session, self.context.local(case.at)).hex(),
        }

    def apply(self, cases: Sequence[SeatedCase]) -> None:
        insert_rows(
            "proceedings_closing", ("journal", "session_id", "at", "minutes"),
            [(c.journal, c.submission.payload.session, c.at, bytes.fromhex(c.record["minutes"])) for c in cases],
        )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class DissentCase(Case):
    """A dissent: the vote concerned, how the member voted."""

    decision: Decision | None = None
    session: Session | None = None
    choice: str | None = None
    stated: bool = False
    subject: UUID | None = None
    sealed: vault.Prepared | None = None


class StateDissent(Act[DissentCase]):
    """A member who did not vote with those who prevailed states a dissent in writing (Art. 16, 26)."""

    code = "proceedings.state_dissent"
    power = Power.STATE_DISSENT

    class Payload(BaseModel):
        """`decision`: the record's number; `public`: the member agrees that the text is published."""

        model_config = ConfigDict(extra="forbid")
        decision: MandateNumber
        text: Annotated[str, Field(min_length=1, max_length=20_000), OneLineEnd]
        public: bool

    CHOICES: ClassVar[dict[bool, str]] = {True: "for", False: "against"}

    def place(self, payload: Any) -> int:
        return int(payload.decision)

    def prepare(self, submissions: Sequence[Submission]) -> list[DissentCase]:
        return [self._case(submission) for submission in submissions]

    def _case(self, submission: Submission) -> DissentCase:
        actor = submission.actor
        case = DissentCase(submission=submission, target=Target(body=actor.code))
        found = Decision.objects.filter(
            pk=submission.payload.decision, body=actor.code, election=self.context.id
        )
        case.decision = found.select_related("session").first()
        if case.decision is not None and actor.mandate is not None:
            case.session = case.decision.session
            vote = Vote.objects.filter(decision=case.decision, mandate=actor.mandate).first()
            case.choice = vote.choice if vote else None
            case.stated = Dissent.objects.filter(decision=case.decision, mandate=actor.mandate).exists()
        return case

    def check(self, case: DissentCase) -> Sequence[Finding]:
        if case.decision is None:
            return [findings.no_decision(case.submission.payload.decision)]
        prevailing = self.CHOICES[case.decision.number is not None]
        if case.choice is None or case.choice == prevailing:
            return [findings.no_dissent_of_yours()]
        return [findings.dissent_stated()] if case.stated else ()

    def record(self, case: DissentCase) -> dict[str, Any]:
        payload = case.submission.payload
        assert case.decision is not None
        assert case.session is not None
        if payload.public:
            digest = sha256(payload.text.encode()).digest()
        else:
            case.subject = uuid4()
            case.sealed = vault.prepare([(case.subject, {"text": payload.text})])
            digest = case.sealed.commitments[0]
        return {
            "session": case.session.number,
            "year": case.session.year,
            "item": case.decision.item,
            "number": case.decision.number,
            "text": digest.hex(),
            "public": payload.public,
        }

    def apply(self, cases: Sequence[DissentCase]) -> None:
        for case in cases:
            payload = case.submission.payload
            if case.sealed is not None:
                case.sealed.write(case.journal)
            row = (case.journal, payload.decision, case.submission.actor.mandate, case.at,
                   payload.text if payload.public else "", case.subject, bytes.fromhex(case.record["text"]))  # fmt: skip
            insert_rows("proceedings_dissent", DISSENT_COLUMNS, [row])


DISSENT_COLUMNS = ("journal", "decision_id", "mandate", "at", "text", "subject", "digest")
