"""The act by which a body sends a letter or a circular (Art. 16, 26), and who has received and read it.

Letters between bodies are not public: subject and text lie in the vault, the log holds a commitment and figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from django.db import connection
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from esaylov.acts import vault
from esaylov.acts.bulk import insert_rows
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.powers import Power, Target
from esaylov.acts.statements import fetch
from esaylov.exchange.canonical import dumps
from esaylov.law.findings import Finding
from esaylov.proceedings import findings
from esaylov.proceedings.limits import LIMITS, Sent, sent_since
from esaylov.proceedings.models import Letter
from esaylov.registry.acts import Code
from esaylov.registry.matrix import FORMED

Group = Literal[
    "party", "media", "mahalla", "ngo", "employer", "state", "foreign", "international", "kengash",
    "territorial", "district", "okrug", "precinct",
]  # fmt: skip
MOST = 20_000
NUMBERS_LOCK = 2031
"""Class of the advisory locks by which letters of one body get their numbers one after another."""

RESOLVE = """SELECT code FROM registry_commission WHERE (election = %s AND (tier = ANY(%s) OR code = ANY(%s)) AND tier <> 'cec')
    OR (election = '' AND tier = 'cec' AND code = ANY(%s))
UNION SELECT code FROM registry_organisation WHERE kind = ANY(%s) OR code = ANY(%s) ORDER BY 1"""


def resolve(election: str, groups: Sequence[str], bodies: Sequence[str]) -> list[str]:
    """Codes of the bodies that groups (tiers of commissions, kinds of organisations) and codes mean; codes that nobody has
    are left out."""
    tiers = [group for group in groups if group in FORMED]
    kinds = [group for group in groups if group not in FORMED]
    named = list(bodies)
    return [row[0] for row in fetch(RESOLVE, [election, tiers, named, named, kinds, named])]


@dataclass(slots=True, kw_only=True)
class LetterCase(Case):
    """A letter with those whom it goes to."""

    to: tuple[str, ...] = ()
    unknown: str = ""
    answered: Letter | None = None
    answers_wrong: bool = False
    sent: Sent = field(default_factory=Sent)
    year: int = 0
    number: int = 0
    subject: UUID | None = None
    sealed: vault.Prepared | None = None


class SendLetter(Act[LetterCase]):
    """A body sends a numbered letter; a circular leaves for all at the same moment (Art. 16, 26)."""

    code = "proceedings.send_letter"
    power = Power.SEND_LETTER

    class Payload(BaseModel):
        """`groups`: all commissions of a tier, all organisations of a kind; `bodies`: codes; `answers`: the letter that this
        one replies to."""

        model_config = ConfigDict(extra="forbid")
        groups: frozenset[Group] = frozenset()
        bodies: frozenset[Code] = Field(default=frozenset(), max_length=2_000)
        subject: Annotated[str, Field(min_length=1, max_length=300, pattern=r"^\S(.*\S)?$")]
        text: Annotated[str, Field(min_length=1)]
        reply_by: AwareDatetime | None = None
        answers: UUID | None = None

    def place(self, payload: Any) -> str:
        return "letter"

    def prepare(self, submissions: Sequence[Submission]) -> list[LetterCase]:
        for body in sorted({submission.actor.code for submission in submissions}):
            fetch(
                "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [NUMBERS_LOCK, f"{self.context.id} {body}"]
            )
        return [self._case(submission) for submission in submissions]

    def _case(self, submission: Submission) -> LetterCase:
        payload, body = submission.payload, submission.actor.code
        case = LetterCase(submission=submission, target=Target(body=body), subject=uuid4())
        found = resolve(self.context.id, sorted(payload.groups), sorted(payload.bodies))
        case.unknown = next((code for code in sorted(payload.bodies) if code not in found), "")
        case.to = tuple(code for code in found if code != body)
        if payload.answers is not None:
            case.answered = Letter.objects.filter(
                pk=payload.answers, election=self.context.id, letterrecipient__body=body
            ).first()
            case.answers_wrong = case.answered is None
        case.year = self.context.now().year
        ((last,),) = fetch(LAST, [self.context.id, body, case.year])
        case.number = last + 1
        today = datetime.now(UTC).astimezone(self.context.timezone)
        case.sent = sent_since(
            self.context.id, body, today.replace(hour=0, minute=0, second=0, microsecond=0)
        )
        return case

    def check(self, case: LetterCase) -> Sequence[Finding]:
        payload = case.submission.payload
        if case.submission.at is not None:
            return [findings.decided_now()]
        if wrong := self._recipients(case) or self._too_much(case):
            return wrong
        if case.answers_wrong or (case.answered and case.answered.body not in case.to):
            return [findings.no_letter()]
        late = payload.reply_by is not None and payload.reply_by <= case.at
        return [findings.reply_in_the_past()] if late else ()

    def _recipients(self, case: LetterCase) -> Sequence[Finding]:
        if case.unknown:
            return [findings.unknown_body(case.unknown, "bodies")]
        if not case.to or len(case.to) > MOST:
            return [findings.nobody_to_write_to()]
        organisation = case.submission.actor.tier == "organisation"
        if organisation and (len(case.to) > 1 or case.to[0].startswith("org:")):
            return [findings.circular_by_commissions()]
        return ()

    def _too_much(self, case: LetterCase) -> Sequence[Finding]:
        """What the day's limits, and that of a letter, say."""
        sent, length = case.sent, len(case.submission.payload.text)
        if length > LIMITS.text:
            return [findings.letter_too_long(length, LIMITS.text)]
        most = LIMITS.letters(case.submission.actor.tier)
        if sent.letters >= most:
            return [findings.letters_of_the_day(most)]
        if len(case.to) > 1 and sent.circulars >= LIMITS.circulars:
            return [findings.circulars_of_the_day(LIMITS.circulars)]
        if sent.recipients + len(case.to) > LIMITS.recipients:
            return [findings.recipients_of_the_day(sent.recipients, len(case.to), LIMITS.recipients)]
        return ()

    def record(self, case: LetterCase) -> dict[str, Any]:
        payload = case.submission.payload
        assert case.subject is not None
        case.sealed = vault.prepare([(case.subject, {"subject": payload.subject, "text": payload.text})])
        return {
            "number": case.number,
            "year": case.year,
            "circular": len(case.to) > 1,
            "recipients": len(case.to),
            "to": sha256(dumps(sorted(case.to))).hexdigest(),
            "words": case.sealed.commitments[0].hex(),
            "until": self.context.local(payload.reply_by) if payload.reply_by else None,
        }

    def apply(self, cases: Sequence[LetterCase]) -> None:
        for case in cases:
            payload = case.submission.payload
            assert case.sealed is not None
            case.sealed.write(case.journal)
            insert_rows(
                "proceedings_letter", LETTER_COLUMNS,
                [(case.subject, case.submission.actor.code, self.context.id, case.year, case.number, len(case.to) > 1,
                  case.at, payload.reply_by, payload.answers, case.journal)],
            )  # fmt: skip
            insert_rows(
                "proceedings_letterrecipient", ("letter_id", "body"), [(case.subject, to) for to in case.to]
            )


LAST = (
    "SELECT COALESCE(max(number), 0) FROM proceedings_letter WHERE election = %s AND body = %s AND year = %s"
)
LETTER_COLUMNS = (
    "id", "body", "election", "year", "number", "circular", "released_at", "reply_by", "answers_id", "journal"
)  # fmt: skip
READING = """INSERT INTO proceedings_letterreading (letter_id, body, what, mandate, at)
SELECT r.letter_id, r.body, %s, %s, %s FROM proceedings_letterrecipient r
WHERE r.body = %s AND r.letter_id = ANY(%s) ON CONFLICT DO NOTHING"""


def note_reading(
    what: Literal["delivered", "read"], letters: Sequence[UUID], body: str, mandate: int, at: datetime
) -> None:
    """Notes that letters reached a body, or were read, the first time that it happens under a mandate. Letters that
    did not go to the body are left out."""
    if letters:
        with connection.cursor() as cursor:
            cursor.execute(READING, [what, mandate, at, body, list(letters)])
