"""The acts of one flow for every application (Art. 26, 101, 102): submitted, checked, returned for repair, repaired, decided;
forwarded where it went to the wrong commission; an appeal noted.

The payload lies in the vault under the application's id; the log holds a commitment to it and what its kind lets anybody know.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID, uuid4

from django.conf import settings
from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from esaylov.acts import shape, vault
from esaylov.acts.bulk import insert_rows
from esaylov.acts.decided import paper_decisions
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.numbers import Number
from esaylov.acts.powers import Power, Target
from esaylov.acts.statements import fetch
from esaylov.law.findings import Finding
from esaylov.proceedings import findings
from esaylov.proceedings.kinds import Kind, kind_of
from esaylov.proceedings.models import Application, ApplicationEvent
from esaylov.proceedings.orders import lock_applications, ordering
from esaylov.proceedings.sittings import commission_of
from esaylov.registry.acts import Code
from esaylov.registry.models import Commission
from esaylov.registry.queries import CommissionRow

OPEN = frozenset({"submitted", "checked", "repaired", "forwarded"})
"""States in which the commission must act."""
DECIDED = frozenset({"granted", "refused"})
Words = Annotated[str, Field(max_length=20_000)]
ArticleText = Annotated[str, Field(max_length=40, pattern=r"^([0-9][^\x00-\x1f\x7f]*)?$")]
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
SECRET_LENGTH = 16


def unrepaired(latest: ApplicationEvent, at: datetime) -> bool:
    """Whether defects were named and the term to repair them is over: the commission answers what it has."""
    return latest.state == "defects" and latest.until is not None and at >= latest.until


def new_secret(seed: str = "") -> str:
    """A code by which an applicant follows an application: 16 characters (78 bits). The same `seed` (a form's key) gives
    the same code, so that a form sent twice gets one answer."""
    digest = (
        hmac.digest(settings.SECRET_KEY.encode(), f"application {seed}".encode(), "sha512")
        if seed
        else secrets.token_bytes(64)
    )
    number = int.from_bytes(digest, "big")
    letters = []
    for _ in range(SECRET_LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[rest])
    return "".join(letters)


def plain_secret(secret: str) -> str:
    """A code as it was made, without what was typed between its letters."""
    return "".join(secret.upper().replace("-", "").split())


def secret_digest(secret: str) -> bytes:
    """What is stored of a code: a digest keyed with the installation's secret."""
    return _digest(settings.SECRET_KEY, secret)


def is_secret(secret: str, digest: bytes) -> bool:
    """Whether a code is the one whose digest is stored, made with the installation's secret or one of before
    (`SECRET_KEY_FALLBACKS`)."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    # Every key is tried: how long it takes says nothing.
    return any([hmac.compare_digest(digest, _digest(key, secret)) for key in keys])  # noqa: C419


def _digest(key: str, secret: str) -> bytes:
    said = b"application code " + plain_secret(secret).encode()
    return hmac.digest(key.encode(), said, "sha256")


@dataclass(slots=True, kw_only=True)
class NewCase(Case):
    """An application that arrives."""

    kind: Kind | None = None
    commission: CommissionRow | None = None
    said: BaseModel | None = None
    shape: Sequence[Finding] = ()
    subject: UUID | None = None
    number: str = ""
    until: datetime | None = None
    sealed: vault.Prepared | None = None


class SubmitApplication(Act[NewCase]):
    """Somebody turns to a commission; the answer is a receipt with number, date and time (Art. 26, 101)."""

    code = "proceedings.submit_application"
    power = Power.SUBMIT_APPLICATION

    class Payload(BaseModel):
        """`payload`: as its kind has it. `secret`: the code by which the applicant will follow it; only its digest is
        kept."""

        model_config = ConfigDict(extra="forbid")
        kind: Annotated[str, Field(max_length=60)]
        to: Code
        payload: dict[str, Any]
        secret: Annotated[str, Field(min_length=SECRET_LENGTH, max_length=40)]

    def prepare(self, submissions: Sequence[Submission]) -> list[NewCase]:
        return [self._case(submission) for submission in submissions]

    def _case(self, submission: Submission) -> NewCase:
        payload = submission.payload
        case = NewCase(submission=submission, kind=kind_of(payload.kind), subject=uuid4())
        case.commission = commission_of(self.context.id, payload.to)
        if case.kind is not None:
            case.said, case.shape = read_payload(case.kind, payload.payload)
        return case

    def check(self, case: NewCase) -> Sequence[Finding]:
        payload = case.submission.payload
        if case.kind is None or case.submission.actor.tier not in case.kind.senders:
            return [findings.unknown_kind(payload.kind)]
        if case.commission is None:
            return [findings.unknown_body(payload.to)]
        if case.commission.tier not in case.kind.to:
            return [findings.wrong_tier(payload.kind, case.commission.tier)]
        return case.shape

    def record(self, case: NewCase) -> dict[str, Any]:
        payload = case.submission.payload
        assert case.kind is not None
        assert case.said is not None
        assert case.subject is not None
        ((serial,),) = fetch("SELECT nextval('proceedings_application_number')", [])
        case.number = f"{case.at.astimezone(self.context.timezone).year}-{serial:06}"
        case.until = case.kind.answer_by(self.context, case.at)
        case.sealed = sealed(case.subject, case.said)
        return {
            "number": case.number,
            "kind": payload.kind,
            "to": payload.to,
            "until": self.context.local(case.until),
            "holder": case.sealed.commitments[0].hex(),
        }

    def apply(self, cases: Sequence[NewCase]) -> None:
        for case in cases:
            payload, actor = case.submission.payload, case.submission.actor
            assert case.sealed is not None
            assert case.kind is not None
            assert case.commission is not None
            case.sealed.write(case.journal)
            public = dict(case.kind.summary(case.said))
            insert_rows(
                "proceedings_application", APPLICATION_COLUMNS,
                [(case.subject, case.number, payload.kind, self.context.id, case.commission.id, actor.code, actor.person,
                  Jsonb(public), secret_digest(payload.secret), case.at, case.journal)],
            )  # fmt: skip
            row = (case.journal, case.subject, 1, "submitted", case.at, case.until, case.commission.id, actor.code,
                   "", "", "", None)  # fmt: skip
            insert_rows("proceedings_applicationevent", EVENT_COLUMNS, [row])


APPLICATION_COLUMNS = (
    "id", "number", "kind", "election", "commission_id", "sender", "person", "public", "secret", "at", "journal"
)  # fmt: skip
EVENT_COLUMNS = (
    "journal", "application_id", "sequence", "state", "at", "until", "commission_id", "body", "reason", "article",
    "decision", "subject",
)  # fmt: skip


def sealed(application: UUID, said: BaseModel) -> vault.Prepared:
    """What an application says, ready for the vault. An application is nobody: the personal numbers in it lead to no subject,
    else a second one about the same person could not be kept, and a member would be taken for an application.
    """
    return vault.prepare([(application, said.model_dump(mode="json"))], known=frozenset({application}))


def read_payload(kind: Kind, said: Mapping[str, Any]) -> tuple[BaseModel | None, Sequence[Finding]]:
    """A kind's payload, or the findings about its shape."""
    try:
        return kind.payload.model_validate(said), ()
    except ValidationError as error:
        errors = [{**one, "loc": ("body", "payload", *one["loc"])} for one in error.errors()]
        return None, shape.of_errors(errors)


@dataclass(slots=True, kw_only=True)
class StepCase(Case):
    """A step of an application that is known. `latest`: what happened last."""

    application: Application | None = None
    latest: ApplicationEvent | None = None
    holder: Commission | None = None
    kind: Kind | None = None
    said: BaseModel | None = None
    shape: Sequence[Finding] = ()
    to: CommissionRow | None = None
    words: vault.Prepared | None = None
    subject: UUID | None = None
    until: datetime | None = None
    state: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


class StepPayload(BaseModel):
    """`application`: its number."""

    model_config = ConfigDict(extra="forbid")
    application: Annotated[str, Field(max_length=40)]


class Step(Act[StepCase]):
    """A step of an application by the commission that holds it. `after`: the states in which it can be taken;
    `after_the_term`: also when defects were not repaired in time.
    """

    power = Power.HANDLE_APPLICATION
    Payload = StepPayload
    after: ClassVar[frozenset[str]] = OPEN
    after_the_term: ClassVar[bool] = False

    @classmethod
    def is_open(cls, latest: ApplicationEvent, at: datetime) -> bool:
        """Whether the step can be taken after what happened last."""
        return latest.state in cls.after or (cls.after_the_term and unrepaired(latest, at))

    def place(self, payload: Any) -> str:
        return str(payload.application)

    def prepare(self, submissions: Sequence[Submission]) -> list[StepCase]:
        lock_applications(self.context.id, [submission.payload.application for submission in submissions])
        return [self._case(submission) for submission in submissions]

    def _case(self, submission: Submission) -> StepCase:
        case = StepCase(submission=submission)
        number = submission.payload.application
        case.application = Application.objects.filter(number=number, election=self.context.id).first()
        if case.application is not None:
            events = ApplicationEvent.objects.filter(application=case.application)
            case.latest = events.select_related("commission").order_by("-sequence")[0]
            case.holder = case.latest.commission
            case.kind = kind_of(case.application.kind)
        case.target = self._target(case)
        return case

    def _target(self, case: StepCase) -> Target:
        """An application of another commission is refused like one that is not there: nobody learns that it is."""
        return Target(body=case.submission.actor.code)

    def check(self, case: StepCase) -> Sequence[Finding]:
        if not self._mine(case) or case.latest is None:
            return [findings.unknown_application()]
        if not self.is_open(case.latest, case.at):
            return [findings.wrong_state(case.latest.state)]
        return self._further(case)

    def _mine(self, case: StepCase) -> bool:
        return case.holder is not None and case.holder.code == case.submission.actor.code

    def _further(self, case: StepCase) -> Sequence[Finding]:
        return ()

    def _earlier(self, case: StepCase, state: str) -> int:
        """How often the application was in a state."""
        return ApplicationEvent.objects.filter(application=case.application, state=state).count()

    def _next(self, case: StepCase) -> str:
        """The state that the step leads to; sets `until` and `extra` of the case."""
        raise NotImplementedError

    def record(self, case: StepCase) -> dict[str, Any]:
        assert case.application is not None
        assert case.latest is not None
        case.until = case.latest.until
        case.state = self._next(case)
        text = getattr(case.submission.payload, "text", "")
        if text:
            case.subject = uuid4()
            case.words = vault.prepare([(case.subject, {"text": text})])
        return {
            "number": case.application.number,
            "kind": case.application.kind,
            "state": case.state,
            "until": self.context.local(case.until) if case.until else None,
            "words": case.words.commitments[0].hex() if case.words else None,
            **case.extra,
        }

    def apply(self, cases: Sequence[StepCase]) -> None:
        for case in cases:
            payload = case.submission.payload
            assert case.application is not None
            assert case.latest is not None
            if case.words is not None:
                case.words.write(case.journal)
            commission = case.to.id if case.to else case.latest.commission_id
            row = (case.journal, case.application.pk, case.latest.sequence + 1, case.state, case.at, case.until, commission,
                   case.submission.actor.code, getattr(payload, "reason", "") or "", getattr(payload, "article", "") or "",
                   getattr(payload, "decision", "") or "", case.subject)  # fmt: skip
            insert_rows("proceedings_applicationevent", EVENT_COLUMNS, [row])


class CheckApplication(Step):
    """The commission has checked an application: it is whole and will be decided (Art. 26, 101)."""

    code = "proceedings.check_application"
    after = frozenset({"submitted", "repaired", "forwarded"})

    def _next(self, case: StepCase) -> str:
        return "checked"


class ReturnApplication(Step):
    """The commission names the defects of an application and gives a term to repair them (Art. 26, 39, 101)."""

    code = "proceedings.return_application"

    class Payload(StepPayload):
        """`text`: the defects, for the applicant alone."""

        text: Annotated[Words, Field(min_length=1)]

    def _further(self, case: StepCase) -> Sequence[Finding]:
        assert case.kind is not None
        rounds = self._earlier(case, "defects")
        return [findings.returned_already(rounds)] if rounds >= case.kind.repair_rounds else ()

    def _next(self, case: StepCase) -> str:
        assert case.kind is not None
        case.until = case.kind.repair_by(self.context, case.at)
        return "defects"


class RepairApplication(Step):
    """The applicant repairs an application within the term (Art. 26, 39, 101)."""

    code = "proceedings.repair_application"
    power = Power.SUBMIT_APPLICATION
    after = frozenset({"defects"})

    class Payload(StepPayload):
        """`secret`: the application's code, not needed by whoever submitted it signed in. `payload`: the whole, anew."""

        payload: dict[str, Any]
        secret: Annotated[str, Field(max_length=40)] = ""

    def _case(self, submission: Submission) -> StepCase:
        case = super()._case(submission)
        if case.kind is not None:
            case.said, case.shape = read_payload(case.kind, submission.payload.payload)
        return case

    def _mine(self, case: StepCase) -> bool:
        return case.application is not None and belongs(
            case.application, case.submission.actor, case.submission.payload.secret
        )

    def _further(self, case: StepCase) -> Sequence[Finding]:
        assert case.latest is not None
        if case.latest.until is not None and case.at >= case.latest.until:
            return [findings.repair_over(case.latest.until.astimezone(self.context.timezone))]
        return case.shape

    def _next(self, case: StepCase) -> str:
        assert case.kind is not None
        assert case.application is not None
        assert case.said is not None
        assert case.latest is not None
        events = ApplicationEvent.objects.filter(application=case.application)
        before = events.get(sequence=case.latest.sequence - 1)
        case.until = case.kind.answer_after_repair(self.context, before.until, case.latest.at, case.at)
        case.words = sealed(case.application.pk, case.said)
        return "repaired"


def belongs(application: Application, actor: Any, secret: str) -> bool:
    """Whether an application is the actor's: submitted signed in by the same person, by the same organisation, or its code
    is known."""
    if actor.tier == "organisation":
        return bool(application.sender == actor.code)
    if application.person is not None and application.person == actor.person:
        return True
    return is_secret(secret, bytes(application.secret))


class DecideApplication(Step):
    """The commission grants an application or refuses it, with reason and article (Art. 26, 101)."""

    code = "proceedings.decide_application"
    after_the_term = True

    class Payload(StepPayload):
        """`granted`; `text`: the answer, for the applicant alone; `reason`: a code, if the kind has such; `decision`: the
        number of the decision, where a session decides."""

        granted: bool
        text: Words = ""
        reason: Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9-]*$")] = ""
        article: ArticleText = ""
        decision: Number | None = None

    def _further(self, case: StepCase) -> Sequence[Finding]:
        payload = case.submission.payload
        assert case.kind is not None
        by_session = payload.decision is not None and payload.decision == ordering()
        if (case.kind.decided_by == "session" or payload.decision is not None) and not by_session:
            return [findings.not_in_a_session(case.kind.code)]
        assert case.latest is not None
        if payload.granted and case.latest.state == "defects":
            return [findings.not_repaired()]
        if not payload.granted and not (payload.article and (payload.text or payload.reason)):
            return [findings.reason_missing()]
        return self._refused_alone(case)

    def _refused_alone(self, case: StepCase) -> Sequence[Finding]:
        """An officer who refuses without a decision of the commission: the log says so, or the edition refuses it."""
        if case.submission.payload.granted or case.submission.payload.decision is not None:
            return ()
        on_paper = paper_decisions(self.context)
        found = (findings.refused_without_decision("warning" if on_paper else "error"),)
        case.findings = found if on_paper else ()
        return () if on_paper else found

    def _next(self, case: StepCase) -> str:
        payload = case.submission.payload
        case.until = None
        case.extra = {
            "decision": payload.decision,
            "reason": payload.reason or None,
            "article": payload.article or None,
        }
        return "granted" if payload.granted else "refused"


class ForwardApplication(Step):
    """The commission forwards an application that went to the wrong one (Art. 101); the term begins anew, once."""

    code = "proceedings.forward_application"

    class Payload(StepPayload):
        """`to`: the commission that it belongs to."""

        to: Code

    def _case(self, submission: Submission) -> StepCase:
        case = super()._case(submission)
        case.to = commission_of(self.context.id, submission.payload.to)
        return case

    def _further(self, case: StepCase) -> Sequence[Finding]:
        payload = case.submission.payload
        assert case.kind is not None
        if case.to is None:
            return [findings.unknown_body(payload.to)]
        if case.to.code == case.submission.actor.code:
            return [findings.same_body()]
        return [] if case.to.tier in case.kind.to else [findings.wrong_tier(case.kind.code, case.to.tier)]

    def _next(self, case: StepCase) -> str:
        assert case.kind is not None
        if not self._earlier(case, "forwarded"):  # else two commissions could send it to and fro for ever
            case.until = case.kind.answer_by(self.context, case.at)
        case.extra = {"to": case.submission.payload.to}
        return "forwarded"


class NoteAppeal(Step):
    """The commission notes that its answer was appealed against, and where (Art. 102)."""

    code = "proceedings.note_appeal"
    after = DECIDED | {"appealed"}

    class Payload(StepPayload):
        """`court`: which kind of body the appeal went to."""

        court: Literal["district-court", "regional-court", "supreme-court", "commission"]

    def _next(self, case: StepCase) -> str:
        case.until = None
        case.extra = {"court": case.submission.payload.court}
        return "appealed"
