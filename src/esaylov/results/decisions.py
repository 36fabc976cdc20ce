"""The acts that decide on a whole contest: a lot, an outcome where the law is silent, certifying (Art. 96, 97)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from esaylov.acts import mandates
from esaylov.acts.bulk import insert_rows
from esaylov.acts.door import Act, Ahead, Case, Submission
from esaylov.acts.powers import Power, Target
from esaylov.acts.statements import ask
from esaylov.elections.queries import ContestRow, ElectionTables
from esaylov.law.determination import Determination
from esaylov.law.findings import Finding
from esaylov.results import findings
from esaylov.results.acts import Code, Number
from esaylov.results.ahead import lock_ahead
from esaylov.results.cases import lock_contests
from esaylov.results.outcomes import decisions, determination
from esaylov.results.sums import Sums, cell_sums, empty, expected_places, fold

DECISION_COLUMNS = ("journal_id", "kind", "contest_id", "number", "outcome", "at")


@dataclass(slots=True, kw_only=True)
class ContestCase(Case):
    """A submission about one contest, with its sums and its determination from all facts committed until now."""

    contest: ContestRow | None = None
    sums: Sums | None = None
    determination: Determination | None = None
    closed: bool = False
    sealed: bool = False


# An opening that is committed has a lower place in the log than whatever begins to write after it was seen.
SEALED = """SELECT DISTINCT f.contest_id FROM results_protocol f JOIN acts_sealed s ON s.journal_id = f.journal_id
WHERE f.contest_id = ANY(%s::int[]) AND f.sealed AND s.opened_by IS NULL"""


class _ContestAct(Act[ContestCase]):
    """An act about one contest, once every place of it is settled (counted or annulled) and no protocol of it is sealed: its
    entry tells figures. It has the contest's lock alone (`whole`)."""

    kind: ClassVar[str]
    whole: ClassVar[bool] = True

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self.tables: ElectionTables = context.tables

    @classmethod
    def ahead(cls) -> Ahead | None:
        return lock_ahead

    def place(self, payload: Any) -> str:
        contest: str = payload.contest
        return contest

    def prepare(self, submissions: Sequence[Submission]) -> list[ContestCase]:
        cases = [self._case(submission) for submission in submissions]
        # Who may not decide gets no lock and no sum: a refusal must cost others nothing.
        allowed = [case for case in cases if self._may(case)]
        chosen = sorted({case.contest.id for case in allowed if case.contest is not None})
        if not chosen:
            return cases
        lock_contests(chosen, shared=False)
        totals = fold(self.tables, cell_sums(self.tables, None, chosen), expected_places(self.tables))
        decided = decisions(self.tables, None)
        sealed = {contest for (contest,) in ask(SEALED, [chosen]).rows()}
        for case in allowed:
            if case.contest is not None:
                key = (case.contest.id, case.contest.territory)
                case.sums = totals.get(key) or empty(self.tables, case.contest)
                case.closed = decided[case.contest.id].final
                case.sealed = case.contest.id in sealed
                case.determination = determination(
                    self.tables, case.contest, case.sums, decided[case.contest.id]
                )
        return cases

    def _may(self, case: ContestCase) -> bool:
        return mandates.allows(case.submission.actor, self.power, case.target, case.contest_kind)

    def _case(self, submission: Submission) -> ContestCase:
        contest = self.tables.contests.get(submission.payload.contest)
        case = ContestCase(submission=submission, contest=contest)
        if contest is not None:
            case.contest_kind = contest.kind
            case.target = Target(territories=frozenset({contest.territory}))
        return case

    def check(self, case: ContestCase) -> Sequence[Finding]:
        if case.contest is None:
            return [findings.unknown_contest(case.submission.payload.contest)]
        if case.closed:
            return [findings.certified()]
        if case.sealed:
            return [findings.still_sealed()]
        assert case.sums is not None
        if open_places := case.sums.expected - case.sums.counted - case.sums.annulled:
            return [findings.places_open(open_places)]
        return self.check_contest(case, case.contest)

    def check_contest(self, case: ContestCase, contest: ContestRow) -> Sequence[Finding]:
        """Reasons to refuse, for a contest that is known and not certified."""
        raise NotImplementedError

    def outcome(self, case: ContestCase) -> Sequence[str]:
        """Option ids that the decision names."""
        raise NotImplementedError

    def apply(self, cases: Sequence[ContestCase]) -> None:
        rows = [
            (case.journal, self.kind, case.contest.id, case.submission.payload.decision,
             list(self.outcome(case)), case.at)
            for case in cases
            if case.contest is not None
        ]  # fmt: skip
        insert_rows("results_contestdecision", DECISION_COLUMNS, rows)


class RecordLot(_ContestAct):
    """The lot drawn between options that the law cannot part (tie rules: a parameter of the edition)."""

    code = "results.record_lot"
    power = Power.RECORD_LOT
    step = "lots"
    kind = "lot"

    class Payload(BaseModel):
        """`drawn`: ids of the options that the lot chose, in the order drawn."""

        model_config = ConfigDict(extra="forbid")
        contest: Code
        decision: Number
        drawn: Annotated[list[Code], Field(min_length=1, max_length=1000)]

    def outcome(self, case: ContestCase) -> Sequence[str]:
        drawn: list[str] = case.submission.payload.drawn
        return drawn

    def check_contest(self, case: ContestCase, contest: ContestRow) -> Sequence[Finding]:
        drawn = self.outcome(case)
        assert case.determination is not None
        lots = case.determination.to_json()["lots"]
        between: list[str] = lots["between"] if lots else []
        if (
            len(set(drawn)) != len(drawn)
            or not set(drawn) <= set(between)
            or len(drawn) > (lots or {}).get("for", 0)
        ):
            return [findings.lot_not_asked(", ".join(between))]
        return ()

    def record(self, case: ContestCase) -> dict[str, Any]:
        payload = case.submission.payload
        return {"contest": payload.contest, "decision": payload.decision, "drawn": payload.drawn}


class SupplyDetermination(_ContestAct):
    """A decision supplies the outcome where the law gives no answer (Art. 96-1 is silent when no list passes)."""

    code = "results.supply_determination"
    power = Power.SUPPLY_DETERMINATION
    step = "lots"
    kind = "determination"

    class Payload(BaseModel):
        """`outcome`: ids of the lists that share the seats, or of the options elected."""

        model_config = ConfigDict(extra="forbid")
        contest: Code
        decision: Number
        outcome: Annotated[list[Code], Field(min_length=1, max_length=1000)]

    def outcome(self, case: ContestCase) -> Sequence[str]:
        named: list[str] = case.submission.payload.outcome
        return named

    def check_contest(self, case: ContestCase, contest: ContestRow) -> Sequence[Finding]:
        named = self.outcome(case)
        unknown = [option for option in named if option not in contest.option_codes]
        if unknown or len(set(named)) != len(named):
            return [findings.unknown_options(", ".join(unknown or named))]
        assert case.determination is not None
        status = case.determination.to_json()["status"]
        return () if status == "undetermined" else [findings.already(status)]

    def record(self, case: ContestCase) -> dict[str, Any]:
        payload = case.submission.payload
        return {"contest": payload.contest, "decision": payload.decision, "outcome": payload.outcome}


class Certify(_ContestAct):
    """The commission establishes the result of a contest (Art. 96, 97): every place is settled and the outcome determined."""

    code = "results.certify"
    power = Power.CERTIFY
    step = "certification"
    kind = "certification"

    class Payload(BaseModel):
        """The contest and the number of the decision."""

        model_config = ConfigDict(extra="forbid")
        contest: Code
        decision: Number

    def outcome(self, case: ContestCase) -> Sequence[str]:
        return ()

    def check_contest(self, case: ContestCase, contest: ContestRow) -> Sequence[Finding]:
        assert case.determination is not None
        status = case.determination.to_json()["status"]
        return [findings.not_determined(status)] if status in ("needs-decision", "undetermined") else ()

    def record(self, case: ContestCase) -> dict[str, Any]:
        assert case.sums is not None
        assert case.determination is not None
        payload = case.submission.payload
        return {
            "contest": payload.contest,
            "decision": payload.decision,
            "counted": case.sums.counted,
            "lines": case.sums.lines,
            "votes": case.sums.votes,
            "seats": case.determination.to_json()["seats"],
        }
