"""The Kengash's discussion of those who were proposed, as the commission that decides records it (Art. 19, 23)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from esaylov.acts.bulk import insert_rows
from esaylov.acts.catalogue import Listed, register
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.numbers import Number
from esaylov.acts.powers import Power, Target
from esaylov.formation import findings
from esaylov.formation.models import Discussion
from esaylov.law.findings import Finding
from esaylov.registry.acts import Code
from esaylov.registry.models import Territory

Count = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]


@dataclass(slots=True, kw_only=True)
class DiscussionCase(Case):
    """A discussion and the territory whose Kengash held it."""

    territory: int | None = None


class RecordDiscussion(Act[DiscussionCase]):
    """The commission that forms others records that the Kengash of a territory discussed who was proposed (Art. 19, 23)."""

    code = "formation.record_discussion"
    power = Power.FORM_COMMISSION

    class Payload(BaseModel):
        """`minutes`, `day`: number and day of the Kengash's minutes; how many were proposed, and how many it supported."""

        model_config = ConfigDict(extra="forbid")
        territory: Code
        minutes: Number
        day: date
        proposed: Count
        supported: Count

    def place(self, payload: Any) -> tuple[str, str]:
        return (payload.territory, payload.minutes)

    def prepare(self, submissions: Sequence[Submission]) -> list[DiscussionCase]:
        codes = {submission.payload.territory for submission in submissions}
        rows = {row.code: row for row in Territory.objects.filter(election=self.context.id, code__in=codes)}
        return [
            DiscussionCase(
                submission=s,
                territory=row.id if (row := rows.get(s.payload.territory)) else None,
                target=Target(territories=frozenset(row.lineage if row else ())),
            )
            for s in submissions
        ]

    def check(self, case: DiscussionCase) -> Sequence[Finding]:
        payload = case.submission.payload
        if case.territory is None:
            return [findings.unknown_territory(payload.territory)]
        if payload.supported > payload.proposed:
            return [findings.more_supported()]
        if payload.day > case.at.astimezone(self.context.timezone).date():
            return [findings.day_to_come()]
        known = Discussion.objects.filter(
            election=self.context.id, territory_id=case.territory, minutes=payload.minutes, day=payload.day
        )
        return [findings.recorded_already(payload.minutes)] if known.exists() else ()

    def record(self, case: DiscussionCase) -> dict[str, Any]:
        return dict(case.submission.payload.model_dump(mode="json"))

    def apply(self, cases: Sequence[DiscussionCase]) -> None:
        columns = ("journal", "election", "territory_id", "minutes", "day", "proposed", "supported")
        said = [(case, case.submission.payload) for case in cases]
        insert_rows(
            "formation_discussion", columns,
            [(case.journal, self.context.id, case.territory, p.minutes, p.day.isoformat(), p.proposed, p.supported)
             for case, p in said],
        )  # fmt: skip


register(
    Listed(
        act=RecordDiscussion, path=None, publishes=("territory", "minutes", "day", "proposed", "supported")
    )
)
