"""Acts on commissions and mandates: forming and changing commissions, ending a mandate (Art. 19-25).

Persons stay in the vault. The log shows bodies, numbers and a root over commitments, one for each member.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field

from esaylov.acts import vault
from esaylov.acts.bulk import insert_rows
from esaylov.acts.catalogue import Listed, register
from esaylov.acts.decided import paper_decisions
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.numbers import Number
from esaylov.acts.powers import Power, Target
from esaylov.acts.statements import fetch
from esaylov.design.scripts import fold
from esaylov.exchange.members import GROUNDS, declared_grounds, sits, workplace
from esaylov.law.composition import Body, Member, composition_findings
from esaylov.law.findings import Finding
from esaylov.registry import findings
from esaylov.registry.forming import STEPS, contests_of, edition_tier, forms
from esaylov.registry.models import Mandate
from esaylov.registry.queries import CommissionRow, commissions_by_code, elsewhere, mandates_of
from esaylov.tlog.tree import leaf_hash, root_hash

Code = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\s\x00-\x1f\x7f/?#%]+$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Role = Literal["chair", "deputy", "secretary", "member"]
Proposer = Literal["", "mahalla", "ngo", "employer", "kengash", "self"]
Ground = Literal["resigned", "recalled", "candidate", "proxy", "died", "other-commission", "conviction"]


class MemberPayload(BaseModel):
    """A person proposed as a member; who is known already is known by the PINFL. What is None was not declared."""

    model_config = ConfigDict(extra="forbid")
    role: Role = "member"
    pinfl: Annotated[str, Field(pattern=r"^[0-9]{14}$")] | None = None
    surname: Name
    given_name: Name
    patronymic: Annotated[str, Field(max_length=200)] = ""
    birth_date: date | None = None
    education: Annotated[str, Field(max_length=60)] | None = None
    employer: Annotated[str, Field(max_length=300)] | None = None
    employer_tin: Annotated[str, Field(pattern=r"^([0-9]{9})?$")] = ""
    position: Annotated[str, Field(max_length=300)] = ""
    grounds: frozenset[Literal[GROUNDS]] = frozenset()  # type: ignore[valid-type]
    proposer: Proposer = ""
    proposer_name: Annotated[str, Field(max_length=300)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    email: Annotated[str, Field(max_length=254)] = ""
    language: Annotated[str, Field(max_length=10)] = ""

    def record(self) -> dict[str, Any]:
        """What the vault keeps."""
        return self.model_dump(mode="json", exclude_defaults=True)


class CompositionPayload(BaseModel):
    """`add`: members to come in; `remove`: mandates that end, each with its ground (a code). `place`: a kind of place for
    which the edition has exceptions (`hospital`), None for an ordinary one; the log shows it.
    """

    model_config = ConfigDict(extra="forbid")
    commission: Code
    decision: Number
    place: Annotated[str, Field(max_length=40, pattern=r"^[a-z]+(-[a-z]+)*$")] | None = None
    add: list[MemberPayload] = Field(default_factory=list, max_length=60)
    remove: dict[int, Ground] = Field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class CompositionCase(Case):
    """A commission as it will be. `persons`: of those who come in, in order; `fresh`: not known before."""

    commission: CommissionRow | None = None
    standing: Mapping[int, Mandate] = field(default_factory=dict)
    persons: list[UUID] = field(default_factory=list)
    fresh: frozenset[UUID] = frozenset()
    sealed: vault.Prepared | None = None


class _Composition(Act[CompositionCase]):
    """Members come into a commission and leave it by a numbered decision of the commission above (Art. 19-25)."""

    power = Power.FORM_COMMISSION
    Payload = CompositionPayload

    def place(self, payload: Any) -> str:
        return str(payload.commission)

    def prepare(self, submissions: Sequence[Submission]) -> list[CompositionCase]:
        lock_compositions(self.context.id)
        return [self._case(submission) for submission in submissions]

    def _case(self, submission: Submission) -> CompositionCase:
        payload: CompositionPayload = submission.payload
        commission = commissions_by_code(self.context.id, [payload.commission]).get(payload.commission)
        case = CompositionCase(submission=submission, commission=commission)
        if commission is None:
            return case
        case.target = commission.target()
        case.due = STEPS.get(commission.tier) if self.due else None
        case.standing = current_members(commission.id)
        known = vault.find("pinfl", [m.pinfl for m in payload.add if m.pinfl])
        case.persons = [known.get(m.pinfl or "") or uuid4() for m in payload.add]
        case.fresh = frozenset(case.persons) - frozenset(known.values())
        return case

    def _composition(self, case: CompositionCase, payload: CompositionPayload) -> tuple[Finding, ...]:
        """Findings about the whole commission as it will be; read only once it is known that the actor may ask."""
        rules = self.context.edition.commissions
        assert case.commission is not None
        if rules is None:
            return ()
        staying = {number: row for number, row in case.standing.items() if number not in payload.remove}
        records = vault.read(
            [row.person_id for row in staying.values()], WEIGHED,
            by=case.submission.actor, purpose="composition of the commission (Art. 25)",
        )  # fmt: skip
        persons = [*case.persons, *(row.person_id for row in staying.values())]
        others = elsewhere(self.context.id, persons, case.at)
        members = [
            law_member(row.person_id, row.role, records.get(row.person_id, {}), others, case.commission.code)
            for row in staying.values()
        ] + [
            law_member(person, m.role, m.model_dump(), others, case.commission.code)
            for person, m in zip(case.persons, payload.add, strict=True)
        ]
        if len({member.id for member in members}) < len(members):
            return (findings.member_twice(),)
        body = Body(edition_tier(case.commission.tier), contests_of(self.context), payload.place)
        return composition_findings(rules, body, members, case.at.astimezone(self.context.timezone).date())

    def _named(self, case: CompositionCase, payload: CompositionPayload) -> Sequence[Finding]:
        """What is wrong with those whom the payload names, before the law is asked about the whole commission."""
        strangers = sorted(set(payload.remove) - set(case.standing))
        if strangers:
            return [findings.no_member(strangers)]
        if not payload.add and not payload.remove:
            return [findings.nothing_changes()]
        twice = _twice(case.persons, payload.add)
        if twice:
            return [findings.same_person(*twice)]
        if wrong := named_otherwise(case, list(zip(case.persons, payload.add, strict=True))):
            return [findings.named_otherwise(wrong, "add")]
        return ()

    def check(self, case: CompositionCase) -> Sequence[Finding]:
        payload: CompositionPayload = case.submission.payload
        if case.commission is None:
            return [findings.unknown_commission(payload.commission)]
        if not forms(self.context, case.submission.actor.tier, case.commission.tier):
            return [findings.formed_by_another(case.commission.tier)]
        if wrong := self._named(case, payload):
            return wrong
        found = self._composition(case, payload)
        errors = [finding for finding in found if finding.severity == "error"]
        case.findings = found
        return errors

    def record(self, case: CompositionCase) -> dict[str, Any]:
        payload: CompositionPayload = case.submission.payload
        assert case.commission is not None
        case.sealed = vault.prepare(
            recorded(
                case, list(zip(case.persons, payload.add, strict=True)), case.fresh, case.commission.code
            ),
            known=frozenset(case.persons) - case.fresh,
        )
        kept = [
            bytes(row.commitment) for number, row in case.standing.items() if number not in payload.remove
        ]
        roles = Counter(row.role for number, row in case.standing.items() if number not in payload.remove)
        roles.update(m.role for m in payload.add)
        return {
            "commission": case.commission.code,
            "decision": payload.decision,
            "place": payload.place,
            "added": len(payload.add),
            "removed": len(payload.remove),
            "members": roles.total(),
            "roles": dict(sorted(roles.items())),
            "proposers": dict(sorted(Counter(m.proposer for m in payload.add if m.proposer).items())),
            "findings": sorted({finding.code for finding in case.findings}),
            "roster": roster([*kept, *case.sealed.commitments]),
        }

    def apply(self, cases: Sequence[CompositionCase]) -> None:
        for case in cases:
            payload: CompositionPayload = case.submission.payload
            assert case.sealed is not None
            assert case.commission is not None
            case.sealed.write(case.journal)
            insert_rows("registry_person", ("id", "journal"), [(p, case.journal) for p in case.fresh])
            insert_rows(
                "registry_mandate", MANDATE_COLUMNS,
                [(person, case.commission.id, None, m.role, self.context.id, None, None, m.proposer, commitment,
                  case.journal)
                 for person, m, commitment in zip(case.persons, payload.add, case.sealed.commitments, strict=True)],
            )  # fmt: skip
            insert_rows(
                "registry_mandateend", ("mandate_id", "at", "ground", "journal"),
                [(number, case.at, ground, case.journal) for number, ground in payload.remove.items()],
            )  # fmt: skip


def _twice(persons: Sequence[UUID], members: Sequence[MemberPayload]) -> tuple[int, int] | None:
    """The places (from 0) of the first two members who are one person, by the PINFL or as they are known."""
    places: dict[Hashable, int] = {}
    for place, (person, member) in enumerate(zip(persons, members, strict=True)):
        for name in (person, member.pinfl):
            if name is not None and places.setdefault(name, place) != place:
                return places[name], place
    return None


MANDATE_COLUMNS = (
    "person_id", "commission_id", "organisation_id", "role", "election", "valid_from", "valid_until", "proposer",
    "commitment", "journal",
)  # fmt: skip


class FormCommission(_Composition):
    """The commission above forms a commission and names its officers and members (Art. 19-23, 25)."""

    code = "registry.form_commission"
    due = tuple(STEPS.values())

    def check(self, case: CompositionCase) -> Sequence[Finding]:
        if case.commission is not None and case.standing:
            return [findings.formed_already(case.commission.code)]
        return super().check(case)


class ChangeComposition(_Composition):
    """The commission above changes a commission's composition: members leave, others come in (Art. 24, 25)."""

    code = "registry.change_composition"

    def check(self, case: CompositionCase) -> Sequence[Finding]:
        if case.commission is not None and not case.standing:
            return [findings.not_formed(case.commission.code)]
        return super().check(case)


class EnrolCentralCommission(FormCommission):
    """The Central Election Commission that parliament has formed is entered, with the number of its resolution (Art. 14)."""

    code = "registry.enrol_central_commission"
    due = ()
    power = Power.SYSTEM


COMPOSITIONS_LOCK = 2032


def lock_compositions(election: str) -> None:
    """Compositions of one election change one after another, until the end of the transaction."""
    fetch("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [COMPOSITIONS_LOCK, election])


def current_members(commission: int) -> dict[int, Mandate]:
    """Mandates in a commission that no act has ended, by number."""
    rows = Mandate.objects.filter(commission=commission, mandateend__isnull=True).order_by("id")
    return {row.pk: row for row in rows}


WEIGHED = (
    "birth_date", "education", "employer", "employer_tin", "grounds", "party_member", "candidate_relative",
)  # fmt: skip
"""What the vault knows of a member that the law's rules weigh."""


def law_member(
    person: UUID, role: str, record: Mapping[str, Any], others: Mapping[UUID, Sequence[str]], own: str
) -> Member:
    """A member as the law's rules take one. `record`: as a payload or the vault has it, however it was entered."""
    birth = record.get("birth_date")
    job = (record.get("employer_tin") or "", record.get("employer") or "")
    flags = (record.get("party_member"), record.get("candidate_relative"))
    commissions, found = sits(others.get(person, ()), own)
    return Member(
        id=str(person),
        role=role,  # type: ignore[arg-type]
        birth_date=date.fromisoformat(birth) if isinstance(birth, str) else birth,
        education=record.get("education"),
        employer=workplace(*job) if any(job) else None,
        grounds=declared_grounds(record.get("grounds") or (), *flags) | found,
        elsewhere=commissions,
    )


IDENTITY = ("pinfl", "surname", "given_name", "patronymic", "birth_date")
KEPT = tuple(set(MemberPayload.model_fields) - {"role", "proposer", "proposer_name"})
"""What belongs to the person, and not to the seat."""


def named_otherwise(case: Case, members: Sequence[tuple[UUID, MemberPayload]]) -> list[int]:
    """Rows (counted from 1) whose personal number belongs to somebody known under another name or birth date: a number that
    was mistyped, or tried in order to learn whose it is. The look is recorded.
    """
    persons = [person for person, m in members if m.pinfl]
    if not persons:
        return []
    known = vault.read(persons, NAMED, by=case.submission.actor, purpose="whose personal number it is")
    return [
        number
        for number, (person, m) in enumerate(members, 1)
        if person in known and any(differs(getattr(m, name), known[person][name]) for name in NAMED)
    ]


NAMED = ("surname", "given_name", "birth_date")


def differs(said: Any, stored: Any) -> bool:
    """Whether somebody says something else of a person than is known; how names are written is no difference."""
    if not said or not stored:
        return False
    text = said.isoformat() if isinstance(said, date) else str(said)
    return text != stored and fold(text) != fold(str(stored))


def recorded(
    case: Case, members: Sequence[tuple[UUID, MemberPayload]], fresh: frozenset[UUID], own: str
) -> list[tuple[UUID, dict[str, Any]]]:
    """What the vault keeps of those who come into a body. What another body in which somebody sits has entered stays:
    whoever enters a person here changes nobody's record there. Only grounds against a seat add up.
    """
    sitting = [
        person
        for person, _ in members
        if person not in fresh and any(row.body != own for row in mandates_of(person, case.at))
    ]
    purpose = "what another body has entered stays"
    known = vault.read(sitting, KEPT, by=case.submission.actor, purpose=purpose) if sitting else {}
    return [(person, _together(m.record(), known.get(person, {}))) for person, m in members]


def _together(said: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in known.items() if value}
    grounds = declared_grounds(said.get("grounds", ())) | declared_grounds(known.get("grounds") or ())
    return {**said, **kept, **({"grounds": sorted(grounds)} if grounds else {})}


def roster(commitments: Sequence[bytes]) -> str:
    """Merkle root (hex) over the members' commitments in ascending order (RFC 6962)."""
    return root_hash([leaf_hash(commitment) for commitment in sorted(commitments)]).hex()


@dataclass(slots=True, kw_only=True)
class EndCase(Case):
    """A mandate that ends. `again`: it has ended already."""

    row: Mandate | None = None
    again: bool = False


class EndMandate(Act[EndCase]):
    """A mandate ends before its time (Art. 24, 25, 43): recalled, resigned, or by law."""

    code = "registry.end_mandate"
    power = Power.END_MANDATE

    class Payload(BaseModel):
        """`mandate`: its number. `decision`: by which the commission above recalls or releases a member; none where an
        organisation's mandate ends, or by law.
        """

        model_config = ConfigDict(extra="forbid")
        mandate: Annotated[int, Field(ge=1, strict=True)]
        ground: Ground
        decision: Number | None = None

    @classmethod
    def may_be_ordered(cls, body: str | None) -> bool:
        """A decision recalls members of commissions, by changing the composition; it ends no mandate in an organisation."""
        return super().may_be_ordered(body) and not (body or "").startswith("org:")

    def place(self, payload: Any) -> int:
        return int(payload.mandate)

    def prepare(self, submissions: Sequence[Submission]) -> list[EndCase]:
        lock_compositions(self.context.id)  # an entry of a composition counts who sits there
        numbers = [submission.payload.mandate for submission in submissions]
        rows = Mandate.objects.filter(pk__in=numbers, election=self.context.id).select_related(
            "commission", "organisation", "mandateend"
        )
        found = {row.pk: row for row in rows}
        lineages = commissions_by_code(
            self.context.id, [row.commission.code for row in found.values() if row.commission]
        )
        return [self._case(s, found.get(s.payload.mandate), lineages) for s in submissions]

    def _case(
        self, submission: Submission, row: Mandate | None, commissions: Mapping[str, CommissionRow]
    ) -> EndCase:
        case = EndCase(submission=submission, row=row, again=row is not None and hasattr(row, "mandateend"))
        if row is not None and row.organisation is not None:
            case.target = Target(body=row.organisation.code)
        elif row is not None and row.commission is not None and row.commission.code in commissions:
            case.target = commissions[row.commission.code].target()
        return case

    def check(self, case: EndCase) -> Sequence[Finding]:
        number = case.submission.payload.mandate
        if case.row is None:
            return [findings.no_mandate_here(number)]
        if case.row.commission is not None and not forms(
            self.context, case.submission.actor.tier, case.row.commission.tier
        ):
            return [findings.formed_by_another(case.row.commission.tier)]
        if case.again:
            return [findings.ended_already(number)]
        return self._undecided(case)

    def _undecided(self, case: EndCase) -> Sequence[Finding]:
        """A person who ends somebody's mandate in a commission names the decision; without one the log says so."""
        assert case.row is not None
        decided = case.submission.payload.decision is not None or case.submission.actor.role is None
        if decided or case.row.commission is None:
            return ()
        on_paper = paper_decisions(self.context)
        found = findings.ended_without_decision("warning" if on_paper else "error")
        case.findings = (found,) if on_paper else ()
        return () if on_paper else (found,)

    def record(self, case: EndCase) -> dict[str, Any]:
        assert case.row is not None
        return {
            "of": case.target.body,
            "role": case.row.role,
            "ground": case.submission.payload.ground,
            "decision": case.submission.payload.decision,
            "holder": bytes(case.row.commitment).hex(),
        }

    def apply(self, cases: Sequence[EndCase]) -> None:
        insert_rows(
            "registry_mandateend", ("mandate_id", "at", "ground", "journal"),
            [(c.submission.payload.mandate, c.at, c.submission.payload.ground, c.journal) for c in cases],
        )  # fmt: skip


COMPOSITION = (
    "commission", "decision", "place", "added", "removed", "members", "roles", "proposers", "findings", "roster",
)  # fmt: skip
register(
    Listed(act=EnrolCentralCommission, path=None, publishes=COMPOSITION),
    Listed(act=FormCommission, path=None, publishes=COMPOSITION, orderable=True),
    Listed(act=ChangeComposition, path=None, publishes=COMPOSITION, orderable=True),
    Listed(
        act=EndMandate,
        path=None,
        publishes=("of", "role", "ground", "decision", "holder"),
        sometimes=("findings",),
        ordered_as=ChangeComposition.code,
    ),
)
