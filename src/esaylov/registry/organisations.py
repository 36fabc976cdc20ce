"""Acts on organisations and their people: parties, media, bodies that propose or observe (Art. 33-35, 43)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from esaylov.acts import vault
from esaylov.acts.bulk import insert_rows
from esaylov.acts.catalogue import Listed, register
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.powers import Power, Target
from esaylov.law.findings import Finding
from esaylov.registry import findings
from esaylov.registry.acts import MANDATE_COLUMNS, Code, MemberPayload, Name, named_otherwise, recorded
from esaylov.registry.models import Organisation
from esaylov.registry.queries import mandates_of


class RegisterOrganisation(Act[Case]):
    """The Central Election Commission enters an organisation: a party, a media outlet, a body that proposes or
    observes (Art. 33-35)."""

    code = "registry.register_organisation"
    power = Power.REGISTER_ORGANISATION

    class Payload(BaseModel):
        """`names` by language."""

        model_config = ConfigDict(extra="forbid")
        organisation: Annotated[str, Field(pattern=r"^org:[a-z0-9-]{1,60}$")]
        kind: Literal[
            "party", "media", "mahalla", "ngo", "employer", "state", "foreign", "international", "kengash"
        ]
        names: dict[Literal["uz", "uz-cyrl", "kaa", "ru", "en"], Name] = Field(min_length=1)

    def place(self, payload: Any) -> str:
        return str(payload.organisation)

    def prepare(self, submissions: Sequence[Submission]) -> list[Case]:
        return [Case(submission=s) for s in submissions]

    def check(self, case: Case) -> Sequence[Finding]:
        code = case.submission.payload.organisation
        return [findings.organisation_exists(code)] if Organisation.objects.filter(code=code).exists() else ()

    def record(self, case: Case) -> dict[str, Any]:
        return {"organisation": case.submission.payload.organisation, "kind": case.submission.payload.kind}

    def apply(self, cases: Sequence[Case]) -> None:
        payloads = [(case.journal, case.submission.payload) for case in cases]
        insert_rows(
            "registry_organisation", ("code", "kind", "names", "journal"),
            [(p.organisation, p.kind, Jsonb(p.names), journal) for journal, p in payloads],
        )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class GrantCase(Case):
    """A person who gets a mandate in an organisation."""

    organisation: Organisation | None = None
    subject: UUID | None = None
    is_fresh: bool = False
    sealed: vault.Prepared | None = None


class GrantMandate(Act[GrantCase]):
    """An organisation's head or representative gets a mandate (Art. 33-35, 43): the first head from the Central
    Election Commission, all others from the head."""

    code = "registry.grant_mandate"
    power = Power.GRANT_MANDATE

    class Payload(BaseModel):
        """`member.role` is not read: `role` is the role in the organisation."""

        model_config = ConfigDict(extra="forbid")
        organisation: Code
        role: Literal["head", "representative", "staff"]
        member: MemberPayload
        valid_until: AwareDatetime | None = None

    def prepare(self, submissions: Sequence[Submission]) -> list[GrantCase]:
        cases = []
        for submission in submissions:
            payload = submission.payload
            organisation = Organisation.objects.filter(code=payload.organisation).first()
            known = vault.find("pinfl", [payload.member.pinfl] if payload.member.pinfl else [])
            person = next(iter(known.values()), None)
            case = GrantCase(submission=submission, organisation=organisation, subject=person or uuid4())
            case.is_fresh = person is None
            case.target = Target(body=payload.organisation)
            cases.append(case)
        return cases

    def check(self, case: GrantCase) -> Sequence[Finding]:
        payload = case.submission.payload
        if case.organisation is None:
            return [findings.unknown_organisation(payload.organisation)]
        if payload.valid_until is not None and not self.context.holds(payload.valid_until):
            return [findings.ends_before_it_begins()]
        if case.is_fresh:
            return ()
        assert case.subject is not None
        if named_otherwise(case, [(case.subject, payload.member)]):
            return [findings.named_otherwise([1], "member")]
        held = mandates_of(case.subject, case.at)
        if any(row.body == payload.organisation and row.role == payload.role for row in held):
            return [findings.held_already(payload.role)]
        if case.organisation.kind == "party" and any(row.tier != "organisation" for row in held):
            case.findings = (findings.sits_on_commission(),)
        return ()

    def record(self, case: GrantCase) -> dict[str, Any]:
        payload = case.submission.payload
        assert case.subject is not None
        known = frozenset() if case.is_fresh else frozenset({case.subject})
        fresh = frozenset({case.subject}) - known
        said = recorded(case, [(case.subject, payload.member)], fresh, payload.organisation)
        case.sealed = vault.prepare(said, known=known)
        until = payload.valid_until
        return {
            "organisation": payload.organisation,
            "role": payload.role,
            "until": self.context.local(until) if until else None,
            "holder": case.sealed.commitments[0].hex(),
        }

    def apply(self, cases: Sequence[GrantCase]) -> None:
        for case in cases:
            payload = case.submission.payload
            assert case.sealed is not None
            assert case.organisation is not None
            case.sealed.write(case.journal)
            fresh = [(case.subject, case.journal)] if case.is_fresh else []
            insert_rows("registry_person", ("id", "journal"), fresh)
            row = (case.subject, None, case.organisation.pk, payload.role, self.context.id, None, payload.valid_until,
                   "", case.sealed.commitments[0], case.journal)  # fmt: skip
            insert_rows("registry_mandate", MANDATE_COLUMNS, [row])


register(
    Listed(act=RegisterOrganisation, path=None, publishes=("organisation", "kind")),
    Listed(act=GrantMandate, path=None, publishes=("organisation", "role", "until", "holder")),
)
