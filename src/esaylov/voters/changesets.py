"""The acts by which the single electronic voter list changes: proposed by one person, approved by another, applied as a whole.

An entry of the log holds counts and hashes; the SHA-256 over all changes says that what was approved is what was applied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from esaylov.acts.bulk import insert_rows
from esaylov.acts.catalogue import Listed, register
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.numbers import Number
from esaylov.acts.powers import Power
from esaylov.law.findings import Finding
from esaylov.voters import applying, findings
from esaylov.voters.blocks import Kind
from esaylov.voters.linkage import removal
from esaylov.voters.linkage.findings import settled_pair
from esaylov.voters.locks import lock_list
from esaylov.voters.models import Changeset, ChangesetStep
from esaylov.voters.notices import findings as noticed
from esaylov.voters.notices import periods, preparing
from esaylov.voters.notices.alerts import Alert
from esaylov.voters.notices.models import NoticePeriod
from esaylov.voters.places.waiting import wait_after
from esaylov.voters.special.comparing import STRANGER

State = Changeset.State
KINDS = tuple(kind.name.lower() for kind in Kind)
STEP = ("changeset_id", "step", "person", "at", "journal")


@dataclass(slots=True, kw_only=True)
class ChangesetCase(Case):
    """A changeset on its way through the door (None: there is none). `steps`: who did what with it. `period`: the notice that its
    approval begins; `kept`: how many stay who objected; `granted`: the objections of those of them to whom it was granted.
    """

    changeset: Changeset | None = None
    steps: Mapping[str, ChangesetStep] = field(default_factory=dict)
    period: NoticePeriod | None = None
    kept: int = 0
    granted: list[periods.Objection] = field(default_factory=list)
    voters: int = 0


class ChangesetAct(Act[ChangesetCase]):
    """What all acts on changesets share. `before`: the states in which they are taken; `after`: the state they lead to."""

    before: tuple[str, ...] = ()
    after: str = ""

    class Payload(BaseModel):
        """`changeset`: its number; `sha256`: of its changes, as they were looked at."""

        model_config = ConfigDict(extra="forbid")
        changeset: Annotated[int, Field(ge=1, strict=True)]
        sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

    def place(self, payload: Any) -> str:
        return "one after another"

    def prepare(self, submissions: Sequence[Submission]) -> list[ChangesetCase]:
        lock_list()
        return [self._case(submission) for submission in submissions]

    def _case(self, submission: Submission) -> ChangesetCase:
        case = ChangesetCase(submission=submission)
        rows = Changeset.objects.filter(id=submission.payload.changeset, election=self.context.id)
        case.changeset = rows.select_related("extract").first()
        if case.changeset is not None:
            case.steps = {step.step: step for step in case.changeset.steps.all()}
            if case.changeset.state == self.after and self.after in case.steps:
                case.repeats = case.steps[self.after].journal
        return case

    def check(self, case: ChangesetCase) -> Sequence[Finding]:
        changeset = case.changeset
        if changeset is None:
            return [findings.unknown_changeset()]
        if changeset.state not in self.before:
            return [findings.wrong_state(changeset.state)]
        if changeset.sha256 is None or bytes(changeset.sha256).hex() != case.submission.payload.sha256:
            return [findings.not_what_was_approved()]
        return self._check(case, changeset)

    def _check(self, case: ChangesetCase, changeset: Changeset) -> Sequence[Finding]:
        if applying.touches_frozen(changeset.id, case.at.date()):
            return [findings.frozen()]
        last = applying.head()
        if changeset.base != last:
            return [findings.compared_with_an_older_list(changeset.base, last)]
        if changes(changeset)["removed"] and (other := preparing.stricter(changeset, case.at.date())):
            return [noticed.stricter_elsewhere(other)]
        return ()

    def record(self, case: ChangesetCase) -> dict[str, Any]:
        assert case.changeset is not None
        return {"changeset": case.changeset.id, "sha256": case.submission.payload.sha256}

    def apply(self, cases: Sequence[ChangesetCase]) -> None:
        rows = [(case.submission.payload.changeset, self.after, case.submission.actor.person, case.at, case.journal)
                for case in cases]  # fmt: skip
        insert_rows("voters_changesetstep", STEP, rows)
        Changeset.objects.filter(id__in=[row[0] for row in rows]).update(state=self.after)


class LookedAt(ChangesetAct):
    """What both persons do: where a district would lose more of its list than is usual, each says that it was looked at."""

    class Payload(ChangesetAct.Payload):
        """`accepts_removals`: the removals of the districts above the edition's level are right."""

        accepts_removals: bool = False

    def _check(self, case: ChangesetCase, changeset: Changeset) -> Sequence[Finding]:
        if found := super()._check(case, changeset):
            return found
        # (The hash is held against the changes when they are applied; nobody is told before of removals that are not there.)
        if any(changes(changeset).values()) and applying.is_emptied(changeset.id):
            return [findings.not_what_was_approved()]
        if (districts := alerts_of(changeset)) and not case.submission.payload.accepts_removals:
            return [noticed.many_removals(len(districts))]
        return ()


class ProposeChangeset(LookedAt):
    """The Central Commission proposes changes to the voter list, found by comparing it with a register (Art. 28)."""

    code = "voters.propose_changeset"
    power = Power.PROPOSE_CHANGESET
    before = (State.COMPARED,)
    after = State.PROPOSED

    def _check(self, case: ChangesetCase, changeset: Changeset) -> Sequence[Finding]:
        if not any(changes(changeset).values()):
            return [findings.no_changes()]
        return super()._check(case, changeset)

    def record(self, case: ChangesetCase) -> dict[str, Any]:
        changeset = case.changeset
        assert changeset is not None
        extract = changeset.extract
        return {
            **super().record(case),
            "kind": changeset.kind,
            "base": changeset.base,
            "reverses": changeset.reverses,
            "extract": bytes(extract.sha256).hex() if extract else None,
            "as_of": self.context.local(extract.as_of) if extract else None,
            "rows": extract.rows if extract else 0,
            "counts": changes(changeset),
            "problems": {
                code: many for code, many in changeset.counts.get("problems", {}).items() if code != STRANGER
            },
            "alerts": len(alerts_of(changeset)),
        }


class ApproveChangeset(LookedAt):
    """A second person of the Central Commission approves the changes to the list; whom they remove is told (Art. 28, 29)."""

    code = "voters.approve_changeset"
    power = Power.APPROVE_CHANGESET
    before = (State.PROPOSED,)
    after = State.APPROVED

    class Payload(LookedAt.Payload):
        """`decision`: number of the decision by which it is approved."""

        decision: Number

    def _check(self, case: ChangesetCase, changeset: Changeset) -> Sequence[Finding]:
        if case.steps[State.PROPOSED].person == case.submission.actor.person:
            return [findings.same_person()]
        if found := super()._check(case, changeset):
            return found
        if removals := preparing.unwritten(changeset, applying.stage_of(changeset.id)):
            return [noticed.notices_missing(removals)]
        case.period = periods.period(changeset, case.at)
        return ()

    def record(self, case: ChangesetCase) -> dict[str, Any]:
        period = case.period
        return {
            **super().record(case),
            "decision": case.submission.payload.decision,
            "notices": period.notices if period else 0,
            "told": period.told if period else 0,
            "notice_until": self.context.local(period.ends) if period else None,
        }

    def apply(self, cases: Sequence[ChangesetCase]) -> None:
        super().apply(cases)
        for case in cases:
            if case.period is not None:
                case.period.journal = case.journal
                case.period.save(force_insert=True)


class ApplyChangeset(ChangesetAct):
    """The approved changes go into the list after the notice; who objected and was not refused stays in it (Art. 28-30)."""

    code = "voters.apply_changeset"
    power = Power.SYSTEM
    before = (State.APPROVED,)
    after = State.APPLIED

    def _check(self, case: ChangesetCase, changeset: Changeset) -> Sequence[Finding]:
        if found := super()._check(case, changeset) or self._runs(case, changeset):
            return found
        if changeset.reverses is not None and (entries := applying.touched_since(changeset.reverses)):
            return [findings.touched(entries)]
        staged = applying.is_staged(changeset.id)
        if (
            not staged
            or applying.fingerprint(changeset.id) != bytes(changeset.sha256 or b"")
            or preparing.unwritten(changeset, applying.stage_of(changeset.id))
        ):
            return [findings.not_what_was_approved()]
        if changeset.kind == removal.KIND and removal.nobody_stays(changeset.id):
            return [settled_pair()]
        return ()

    def _runs(self, case: ChangesetCase, changeset: Changeset) -> Sequence[Finding]:
        """That those whom it removes may still object."""
        ends = periods.ends_of([changeset.id]).get(changeset.id)
        early = ends is not None and case.at < ends
        return [noticed.notice_runs(self.context.local(ends))] if early and ends else ()

    def record(self, case: ChangesetCase) -> dict[str, Any]:
        changeset = case.changeset
        assert changeset is not None
        counts = self._without_objections(case, changeset)
        case.voters = applying.listed() + counts["added"] - counts["removed"]
        applying.apply_changes(changeset.id, counts, case.at)
        return {
            **super().record(case),
            "base": changeset.base,
            "reverses": changeset.reverses,
            "counts": counts,
            "kept": case.kept,
            "voters": case.voters,
        }

    def _without_objections(self, case: ChangesetCase, changeset: Changeset) -> dict[str, int]:
        """What is changed: nobody leaves whose objection was granted, or is not decided."""
        counts = changes(changeset)
        if objections := periods.objections(changeset):
            case.kept = periods.keep(applying.stage_of(changeset.id), [one.voter for one in objections])
            case.granted = [one for one in objections if one.granted]
        return {**counts, "removed": counts["removed"] - case.kept}

    def apply(self, cases: Sequence[ChangesetCase]) -> None:
        super().apply(cases)
        for case in cases:
            assert case.changeset is not None
            if case.changeset.reverses is not None:
                Changeset.objects.filter(id=case.changeset.reverses).update(state=State.REVERSED)
                removal.offer_anew(case.changeset.reverses)
            counts = {
                **case.changeset.counts,
                **case.record["counts"],
                "voters": case.voters,
                "kept": case.kept,
            }
            Changeset.objects.filter(id=case.changeset.id).update(counts=counts)
            periods.settle(case.changeset, case.granted)
            wait_after(case.changeset, case.at.date())
            applying.drop_stage(case.changeset.id)


class DiscardChangeset(ChangesetAct):
    """Changes to the voter list that were proposed are given up; the list stays as it is (Art. 28)."""

    code = "voters.discard_changeset"
    power = Power.PROPOSE_CHANGESET
    before = (State.COMPARED, State.PROPOSED, State.APPROVED)
    after = State.DISCARDED

    def _check(self, case: ChangesetCase, changeset: Changeset) -> Sequence[Finding]:
        return ()

    def apply(self, cases: Sequence[ChangesetCase]) -> None:
        super().apply(cases)
        for case in cases:
            applying.drop_stage(case.submission.payload.changeset)
            preparing.forget(case.submission.payload.changeset)


def changes(changeset: Changeset) -> dict[str, int]:
    """How many changes of each kind a changeset has."""
    return {kind: int(changeset.counts.get(kind, 0)) for kind in KINDS}


def alerts_of(changeset: Changeset) -> list[Alert]:
    """Districts of which it removes more than is usual."""
    return list(changeset.counts.get("alerts", ()))


BASICS = ("changeset", "sha256")
register(
    Listed(
        act=ProposeChangeset,
        path=None,
        publishes=(
            *BASICS,
            "kind",
            "base",
            "reverses",
            "extract",
            "as_of",
            "rows",
            "counts",
            "problems",
            "alerts",
        ),
    ),
    Listed(
        act=ApproveChangeset, path=None, publishes=(*BASICS, "decision", "notices", "told", "notice_until")
    ),
    Listed(
        act=ApplyChangeset, path=None, publishes=(*BASICS, "base", "reverses", "counts", "kept", "voters")
    ),
    Listed(act=DiscardChangeset, path=None, publishes=BASICS),
)
