"""What a Kengash of people's deputies itself says of those who were proposed (Art. 19, 23).

The commission that forms others names the Kengash of a territory; from then on its representative records what it discussed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from esaylov.acts.bulk import insert_rows
from esaylov.acts.catalogue import Listed, register
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.numbers import Number
from esaylov.acts.powers import Power, Target
from esaylov.formation import discussion_findings, findings
from esaylov.formation.models import Discussion, Kengash
from esaylov.formation.proposals import PROPOSAL
from esaylov.law.findings import Finding
from esaylov.proceedings.applications import DECIDED
from esaylov.proceedings.models import Application
from esaylov.proceedings.queries import with_latest
from esaylov.registry.acts import Code
from esaylov.registry.models import Organisation, Territory
from esaylov.registry.queries import commissions_by_code

Present = Annotated[int, Field(ge=1, le=10_000, strict=True)]
ApplicationNumber = Annotated[str, Field(max_length=40, pattern=r"^[0-9]{4}-[0-9]{1,20}$")]
MOST = 500


def kengash_of(election: str, territory: int) -> str:
    """The code of the organisation that is the Kengash of a territory (database id) now, empty where none was named."""
    row = Kengash.objects.filter(election=election, territory_id=territory).order_by("-journal").first()
    return row.organisation if row else ""


def territories_of(election: str, organisation: str) -> list[Territory]:
    """The territories whose Kengash an organisation is now."""
    named = Kengash.objects.filter(election=election, organisation=organisation).values_list("territory_id")
    found = Territory.objects.filter(id__in=[number for (number,) in named]).order_by("position")
    return [row for row in found if kengash_of(election, row.id) == organisation]


@dataclass(slots=True, kw_only=True)
class PlaceCase(Case):
    """A territory on its way through the door."""

    place: Territory | None = None


class NameKengash(Act[PlaceCase]):
    """The commission that forms others names the organisation that is the Kengash of a territory (Art. 19, 23)."""

    code = "formation.name_kengash"
    power = Power.FORM_COMMISSION

    class Payload(BaseModel):
        """`organisation`: entered as a Kengash. The latest named is the one that records."""

        model_config = ConfigDict(extra="forbid")
        territory: Code
        organisation: Code

    def place(self, payload: Any) -> str:
        return str(payload.territory)

    def prepare(self, submissions: Sequence[Submission]) -> list[PlaceCase]:
        rows = _territories(self.context.id, submissions)
        cases = []
        for one in submissions:
            row = rows.get(one.payload.territory)
            target = Target(territories=frozenset(row.lineage if row else ()))
            cases.append(PlaceCase(submission=one, place=row, target=target))
        return cases

    def check(self, case: PlaceCase) -> Sequence[Finding]:
        payload = case.submission.payload
        if case.place is None:
            return [findings.unknown_territory(payload.territory)]
        if not Organisation.objects.filter(code=payload.organisation, kind="kengash").exists():
            return [discussion_findings.no_kengash(payload.organisation)]
        if kengash_of(self.context.id, case.place.id) == payload.organisation:
            return [discussion_findings.named_already(payload.organisation)]
        return ()

    def record(self, case: PlaceCase) -> dict[str, Any]:
        return dict(case.submission.payload.model_dump(mode="json"))

    def apply(self, cases: Sequence[PlaceCase]) -> None:
        rows = [
            (c.journal, self.context.id, c.place.id, c.submission.payload.organisation)
            for c in cases
            if c.place
        ]
        insert_rows("formation_kengash", ("journal", "election", "territory_id", "organisation"), rows)


@dataclass(slots=True, kw_only=True)
class OpinionCase(PlaceCase):
    """A discussion. `proposals`: those it names, by number, with their state."""

    proposals: Mapping[str, tuple[UUID, str]] = field(default_factory=dict)


class DiscussProposals(Act[OpinionCase]):
    """The Kengash of a territory records that it discussed who was proposed, and whom it supports (Art. 19, 23)."""

    code = "formation.discuss_proposals"
    power = Power.DISCUSS_PROPOSALS

    class Payload(BaseModel):
        """`minutes`, `day`: of the Kengash's minutes; `present`: deputies who were there; `opinions`: by the number of a
        proposal whether the Kengash supports it.
        """

        model_config = ConfigDict(extra="forbid")
        territory: Code
        minutes: Number
        day: date
        present: Present
        opinions: dict[ApplicationNumber, bool] = Field(max_length=MOST)

    def place(self, payload: Any) -> tuple[str, str]:
        return (payload.territory, payload.minutes)

    def prepare(self, submissions: Sequence[Submission]) -> list[OpinionCase]:
        rows = _territories(self.context.id, submissions)
        return [self._case(one, rows.get(one.payload.territory)) for one in submissions]

    def _case(self, submission: Submission, row: Territory | None) -> OpinionCase:
        case = OpinionCase(submission=submission, place=row)
        case.target = Target(body=kengash_of(self.context.id, row.id) if row else "")
        if row is not None:
            found = proposals_in(self.context.id, row.id, list(submission.payload.opinions))
            case.proposals = {one.number: (one.pk, one.state) for one in found}
        return case

    def check(self, case: OpinionCase) -> Sequence[Finding]:
        payload = case.submission.payload
        if case.place is None:
            return [findings.unknown_territory(payload.territory)]
        if payload.day > case.at.astimezone(self.context.timezone).date():
            return [findings.day_to_come()]
        known = Discussion.objects.filter(
            election=self.context.id, territory_id=case.place.id, minutes=payload.minutes, day=payload.day
        )
        if known.exists():
            return [findings.recorded_already(payload.minutes)]
        if not payload.opinions:
            return [discussion_findings.nothing_discussed()]
        return [
            *(discussion_findings.no_proposal(one) for one in payload.opinions if one not in case.proposals),
            *(discussion_findings.decided_already(one) for one in payload.opinions
              if one in case.proposals and case.proposals[one][1] in DECIDED | {"appealed"}),
        ]  # fmt: skip

    def record(self, case: OpinionCase) -> dict[str, Any]:
        payload = case.submission.payload
        return {
            "territory": payload.territory,
            "minutes": payload.minutes,
            "day": payload.day.isoformat(),
            "present": payload.present,
            "proposed": len(payload.opinions),
            "supported": sum(payload.opinions.values()),
            "opinions": {number: int(one) for number, one in sorted(payload.opinions.items())},
        }

    def apply(self, cases: Sequence[OpinionCase]) -> None:
        for case in cases:
            payload, said = case.submission.payload, case.submission.payload.opinions
            assert case.place is not None
            insert_rows(
                "formation_discussion",
                ("journal", "election", "territory_id", "minutes", "day", "proposed", "supported", "present"),
                [(case.journal, self.context.id, case.place.id, payload.minutes, payload.day.isoformat(), len(said),
                  sum(said.values()), payload.present)],
            )  # fmt: skip
            rows = [(case.journal, case.proposals[number][0], one) for number, one in said.items()]
            insert_rows("formation_opinion", ("discussion_id", "application", "supported"), rows)


def proposals_in(election: str, territory: int, numbers: Sequence[str] | None = None) -> list[Any]:
    """Proposals of members for commissions within a territory (database id), each with its `state`: all, or those of these
    numbers, in order of arrival.
    """
    rows = Application.objects.filter(election=election, kind=PROPOSAL.code)
    if numbers is not None:
        rows = rows.filter(number__in=numbers)
    found = list(with_latest(rows).order_by("at", "number"))
    within = commissions_by_code(election, sorted({row.public["commission"] for row in found}))
    return [
        row
        for row in found
        if (one := within.get(row.public["commission"])) is not None and territory in one.lineage
    ]


def _territories(election: str, submissions: Sequence[Submission]) -> dict[str, Territory]:
    codes = {one.payload.territory for one in submissions}
    return {row.code: row for row in Territory.objects.filter(election=election, code__in=codes)}


register(
    Listed(act=NameKengash, path=None, publishes=("territory", "organisation")),
    Listed(
        act=DiscussProposals,
        path=None,
        publishes=("territory", "minutes", "day", "present", "proposed", "supported", "opinions"),
    ),
)
