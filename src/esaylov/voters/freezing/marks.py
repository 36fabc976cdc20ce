"""Marks of how somebody voted other than in the room on the day, or asked to (Art. 53, 57).

Whoever votes in the room on the day is not recorded at all. A mark has a day and no time; who is marked is known to the precincts
concerned and stands in no log. The precinct's officers make it; nobody above them holds the power, or a page, by which to list
who has voted or has not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field, model_validator

from esaylov.acts.bulk import insert_rows
from esaylov.acts.catalogue import Listed, register
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.powers import Power, Target
from esaylov.custody import client
from esaylov.exchange.residents.normal import normal_document
from esaylov.law.findings import Finding
from esaylov.registry.acts import Code
from esaylov.registry.models import Precinct
from esaylov.voters.freezing import findings
from esaylov.voters.freezing.models import Mark, Supplement
from esaylov.voters.freezing.queries import place_of
from esaylov.voters.freezing.supplements import (
    PURPOSE,
    VOTED,
    own_precinct,
)
from esaylov.voters.locks import lock_precinct, lock_voter
from esaylov.voters.models import Voter

Kind = Literal["early", "home-asked", "home", "elsewhere", "replaced"]
EARLY, VOTING = "early-voting", "voting"
WINDOWS: dict[str, tuple[str, ...]] = {
    "early": (EARLY,),
    "home-asked": (),
    "home": (VOTING,),
    "elsewhere": (EARLY, VOTING),
    "replaced": (EARLY, VOTING),
}
"""Steps of the calendar in which a mark is made; none: at any time before voting closes."""


@dataclass(slots=True, kw_only=True)
class MarkCase(Case):
    """A mark on its way. `voter`: who is marked, None: nobody was found; `own`: in the precinct's list or supplement."""

    precinct: Precinct | None = None
    voter: int | None = None
    own: bool = False
    number: int = 0


class MarkVoter(Act[MarkCase]):
    """A precinct commission marks who voted early, at home or elsewhere, asked for a visit or got a new ballot (Art. 53, 57)."""

    code = "voters.mark_voter"
    power = Power.MARK_VOTER

    class Payload(BaseModel):
        """Who: `voter`, the number of the entry, of the own list; or `document` of somebody of another one who votes here."""

        model_config = ConfigDict(extra="forbid")
        precinct: Code
        kind: Kind
        voter: Annotated[int, Field(ge=1, strict=True)] | None = None
        document: Annotated[str, Field(min_length=5, max_length=20)] | None = None

        @model_validator(mode="after")
        def _one_of_both(self) -> MarkVoter.Payload:
            if (self.voter is None) == (self.document is None) or (
                self.document and self.kind != "elsewhere"
            ):
                raise ValueError("either voter, or with the kind elsewhere document")
            return self

    def place(self, payload: Any) -> str:
        return str(payload.precinct)

    def prepare(self, submissions: Sequence[Submission]) -> list[MarkCase]:
        return [self._case(submission) for submission in submissions]

    def _case(self, submission: Submission) -> MarkCase:
        payload = submission.payload
        case = MarkCase(submission=submission, precinct=own_precinct(self.context.id, payload.precinct))
        if case.precinct is None or submission.actor.precinct != case.precinct.id:
            return case
        case.target = Target(precinct=case.precinct.id)
        lock_precinct(case.precinct.id)
        if payload.document is not None:
            case.voter = by_document(payload.document, f"{self.context.id}/{submission.actor.code}")
            lock_voter(case.voter)
            return case
        case.voter = payload.voter
        lock_voter(case.voter)
        case.own = is_of(self.context.id, case.precinct.id, payload.voter)
        return case

    def check(self, case: MarkCase) -> Sequence[Finding]:
        payload = case.submission.payload
        if case.precinct is None:
            return [findings.unknown_precinct(payload.precinct)]
        if not self._is_open(case, payload.kind):
            return [findings.not_open(payload.kind)]
        if case.voter is None:
            return [findings.unknown_voter()]
        if payload.voter is not None and not case.own:
            return [findings.not_of_this_precinct()]
        # A day and no time: the entry, and the journal's time of the act, begin it.
        case.at = case.at.astimezone(self.context.timezone).replace(hour=0, minute=0, second=0, microsecond=0)
        return self._repeated(case, payload.kind)

    def _is_open(self, case: MarkCase, kind: str) -> bool:
        windows = [window for step in WINDOWS[kind] if (window := self.context.dates(step)) is not None]
        if WINDOWS[kind]:
            return not windows or any(window.contains(case.at) for window in windows)
        voting = self.context.dates(VOTING)
        return voting is None or voting.closes is None or case.at < voting.closes

    def _repeated(self, case: MarkCase, kind: str) -> Sequence[Finding]:
        assert case.voter is not None
        for mark in Mark.objects.filter(election=self.context.id, voter=case.voter):
            if mark.kind in VOTED and kind in VOTED:
                here = mark.precinct_id == case.submission.actor.precinct
                return [
                    findings.voted_here(mark.kind, mark.day.isoformat())
                    if here
                    else findings.voted_elsewhere()
                ]
            if mark.kind == kind:
                return [findings.marked_so()]
        moved = Supplement.objects.filter(election=self.context.id, voter=case.voter)
        if kind in VOTED and moved.exclude(precinct=case.precinct).exists():
            return [findings.supplemented()]
        return ()

    def record(self, case: MarkCase) -> dict[str, Any]:
        payload = case.submission.payload
        case.number = Mark.objects.filter(precinct=case.precinct, kind=payload.kind).count() + 1
        return {"precinct": payload.precinct, "kind": payload.kind, "number": case.number}

    def apply(self, cases: Sequence[MarkCase]) -> None:
        insert_rows(
            "voters_mark", ("id", "election", "precinct_id", "voter", "kind", "day"),
            [(uuid4(), self.context.id, case.submission.actor.precinct, case.voter, case.submission.payload.kind,
              case.at.date().isoformat()) for case in cases],
        )  # fmt: skip


def by_document(document: str, body: str = "") -> int | None:
    """The entry of the list with a document, None where there is none or more than one. `body`: who asks."""
    made = client.digests("document", [normal_document(document)], purpose=PURPOSE, body=body)
    wanted = [UUID(bytes=digests[0]) for digests in made]
    found = Voter.objects.filter(document__in=wanted).values_list("id", flat=True)[:2]
    return found[0] if len(found) == 1 else None


def is_of(election: str, precinct: int, voter: int) -> bool:
    """Whether a voter stands in the list of a precinct (after its freeze: in the frozen one) or in its supplement."""
    if Supplement.objects.filter(precinct_id=precinct, voter=voter).exists():
        return True
    place = place_of(election, voter)
    if place is not None:
        return place.row.precinct_id == precinct
    return Voter.objects.filter(id=voter, precinct=precinct).exists()


register(Listed(act=MarkVoter, path=None, publishes=("precinct", "kind", "number")))
