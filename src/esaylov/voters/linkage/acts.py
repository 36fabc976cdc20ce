"""Two persons decide about a pair of entries: one proposes, another approves (Art. 27-30).

The log shows the number of the pair and what was decided, never an entry. Nothing is merged: where the two are one person, one
entry waits to be removed by a changeset, which is proposed and approved as any other (`removal`).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from esaylov.acts.bulk import insert_rows
from esaylov.acts.catalogue import Listed, register
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.powers import Power
from esaylov.law.findings import Finding
from esaylov.voters.linkage import findings
from esaylov.voters.linkage.models import Pair, PairStep
from esaylov.voters.linkage.queue import standing, target_of

Verdict = Literal["same", "different", "unclear"]
STEP = ("pair_id", "step", "verdict", "removes", "person", "at", "journal")
PROPOSED, APPROVED = "proposed", "approved"


class PairPayload(BaseModel):
    """`pair`: its number; `verdict`: one person, two persons, or unclear; `removes`: which of the two entries leaves the list."""

    model_config = ConfigDict(extra="forbid")
    pair: Annotated[int, Field(ge=1, strict=True)]
    verdict: Verdict
    removes: Literal["first", "second"] | None = None


@dataclass(slots=True, kw_only=True)
class PairCase(Case):
    """A pair on its way through the door (None: there is none). `last`: what was said of it last."""

    pair: Pair | None = None
    last: PairStep | None = None
    there: bool = True

    @property
    def removes(self) -> int | None:
        """The entry that leaves."""
        named = self.submission.payload.removes
        return getattr(self.pair, named) if self.pair is not None and named else None


class PairAct(Act[PairCase]):
    """What both steps share. `after`: the state of a pair that took it; `step`-name in `said`."""

    power = Power.DECIDE_PAIR
    Payload = PairPayload
    said = ""
    after = ""

    def place(self, payload: Any) -> Hashable:
        return int(payload.pair)

    def prepare(self, submissions: Sequence[Submission]) -> list[PairCase]:
        return [self._case(submission) for submission in submissions]

    def _case(self, submission: Submission) -> PairCase:
        pair = Pair.objects.select_for_update().filter(id=submission.payload.pair).first()
        case = PairCase(submission=submission, pair=pair)
        if pair is not None:
            case.target = target_of(self.context.id, pair)
            case.last = pair.steps.order_by("-id").first()
            case.there = standing(pair)
            if self._repeats(case):
                case.repeats = case.last.journal if case.last else None
        return case

    def _repeats(self, case: PairCase) -> bool:
        """Whether the same person said the very same last."""
        last, actor = case.last, case.submission.actor
        return last is not None and (last.step, last.verdict, last.removes, last.person) == (
            self.said, case.submission.payload.verdict, case.removes, actor.person,
        )  # fmt: skip

    def check(self, case: PairCase) -> Sequence[Finding]:
        pair, payload = case.pair, case.submission.payload
        if pair is None:
            return [findings.unknown_pair()]
        if not case.there or pair.state not in self._open(pair):
            return [findings.settled_pair()]
        if (payload.verdict == "same") != (payload.removes is not None):
            return [findings.removes_whom()]
        return self._check(case, pair)

    def _open(self, _pair: Pair) -> tuple[str, ...]:
        return ()

    def _check(self, _case: PairCase, _pair: Pair) -> Sequence[Finding]:
        return ()

    def record(self, case: PairCase) -> dict[str, Any]:
        payload = case.submission.payload
        return {"pair": payload.pair, "verdict": payload.verdict}

    def apply(self, cases: Sequence[PairCase]) -> None:
        rows = []
        for case in cases:
            verdict, actor = case.submission.payload.verdict, case.submission.actor
            number = case.submission.payload.pair
            rows.append((number, self.said, verdict, case.removes, actor.person, case.at, case.journal))
            Pair.objects.filter(id=number).update(state=self.after, verdict=verdict, removes=case.removes)
        insert_rows(PairStep._meta.db_table, STEP, rows)


class ProposePairDecision(PairAct):
    """A member proposes whether two entries of the voter list are one person (Art. 27-30)."""

    code = "voters.propose_pair_decision"
    said = PROPOSED
    after = Pair.State.PROPOSED

    def _open(self, pair: Pair) -> tuple[str, ...]:
        # What was left unclear may be looked at again; a second person who sees it otherwise proposes that.
        return (
            Pair.State.OPEN,
            Pair.State.PROPOSED,
            *([Pair.State.DECIDED] if pair.verdict == "unclear" else []),
        )


class ApprovePairDecision(PairAct):
    """A second person approves what was proposed about two entries of the voter list (Art. 27-30)."""

    code = "voters.approve_pair_decision"
    said = APPROVED
    after = Pair.State.DECIDED

    def _open(self, _pair: Pair) -> tuple[str, ...]:
        return (Pair.State.PROPOSED,)

    def _check(self, case: PairCase, pair: Pair) -> Sequence[Finding]:
        if (pair.verdict, pair.removes) != (case.submission.payload.verdict, case.removes):
            return [findings.nothing_proposed()]
        person = case.submission.actor.person
        if person is None or case.last is None or case.last.person == person:
            return [findings.same_person()]
        return ()


register(
    Listed(act=ProposePairDecision, path=None, publishes=("pair", "verdict"), done="proposed"),
    Listed(act=ApprovePairDecision, path=None, publishes=("pair", "verdict"), done="approved"),
)
