"""The acts of election day: reporting turnout."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from esaylov.acts.bulk import insert_rows
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.powers import Power, Target
from esaylov.acts.refusals import simple
from esaylov.acts.statements import ask
from esaylov.elections.queries import ElectionTables
from esaylov.law.findings import Finding
from esaylov.polling.queries import PrecinctReport, precinct_reports

# Reports of one precinct go through one after another, so that no second has two of them; many at once take the lock
# alone instead of many locks.
LOCK = "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 2026))"
LOCK_PRECINCT = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 2027))"
LOCK_ALL = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 2026))"


@dataclass(slots=True, kw_only=True)
class TurnoutCase(Case):
    """A report of one precinct (`report` None: unknown), with what it reported around that time."""

    report: PrecinctReport | None = None


class ReportTurnout(Act[TurnoutCase]):
    """A precinct commission reports how many voters took part until now (Art. 51-55: election day; CEC practice: by hour)."""

    code = "polling.report_turnout"
    power = Power.REPORT_TURNOUT
    step = "turnout"

    class Payload(BaseModel):
        """`voters`: cumulative number of voters who took part."""

        model_config = ConfigDict(extra="forbid")
        precinct: Annotated[str, Field(min_length=1, max_length=100)]
        voters: Annotated[int, Field(ge=0, le=2_147_483_647, strict=True)]

    def place(self, payload: Any) -> str:
        precinct: str = payload.precinct
        return precinct

    def prepare(self, submissions: Sequence[Submission]) -> list[TurnoutCase]:
        self._lock(submissions)
        now = self.context.now()
        places = [(submission.payload.precinct, submission.at or now) for submission in submissions]
        known = precinct_reports(self.context.id, places)
        cases = []
        for number, submission in enumerate(submissions):
            case = TurnoutCase(submission=submission, report=known.get(number))
            if case.report is not None:
                if case.report.reported == submission.payload.voters:
                    case.repeats = case.report.journal
                cell = case.report.cell
                case.target = Target(precinct=case.report.id, territories=self.context.tables.cells[cell])
                tables: ElectionTables = self.context.tables
                case.abroad, case.zone = cell in tables.cells_abroad, tables.zones.get(cell)
            cases.append(case)
        return cases

    def _lock(self, submissions: Sequence[Submission]) -> None:
        if len(submissions) > 1:
            ask(LOCK_ALL, [self.context.id])
            return
        ask(LOCK, [self.context.id])
        ask(LOCK_PRECINCT, [f"{self.context.id} {submissions[0].payload.precinct}"])

    def check(self, case: TurnoutCase) -> Sequence[Finding]:
        payload, report = case.submission.payload, case.report
        if report is None:
            return [unknown_precinct(payload.precinct)]
        if report.reported is not None:
            again = falling if payload.voters < report.reported else reported
            return [again(report.reported)]
        if report.before is not None and payload.voters < report.before:
            return [falling(report.before)]
        if report.after is not None and payload.voters > report.after:
            return [later(report.after)]
        return ()

    def record(self, case: TurnoutCase) -> dict[str, Any]:
        return {"precinct": case.submission.payload.precinct, "voters": case.submission.payload.voters}

    def apply(self, cases: Sequence[TurnoutCase]) -> None:
        insert_rows(
            "polling_turnout",
            ("journal_id", "precinct_id", "at", "voters"),
            [
                (case.journal, case.report.id, case.at, case.submission.payload.voters)
                for case in cases
                if case.report is not None
            ],
        )


def unknown_precinct(precinct: str) -> Finding:
    """V01: there is no such precinct in this election."""
    return simple(
        "V01",
        en=f"There is no precinct “{precinct}” in this election",
        ru=f"На этих выборах нет участка «{precinct}»",
        uz=f"Bu saylovda “{precinct}” uchastkasi yoʻq",
        fields=("precinct",),
    )


def falling(last: int) -> Finding:
    """V02: turnout is cumulative and cannot fall."""
    return simple(
        "V02",
        en=f"Turnout is cumulative: {last} voters were reported before",
        ru=f"Явка считается нарастающим итогом: ранее сообщено {last}",
        uz=f"Ishtirok jami hisoblanadi: avval {last} saylovchi xabar qilingan",
        fields=("voters",),
    )


def reported(voters: int) -> Finding:
    """V03: this precinct's report of this very time stands already, with another number."""
    return simple(
        "V03",
        en=f"A report of this time stands already: {voters} voters",
        ru=f"За это время уже есть сообщение: {voters}",
        uz=f"Bu vaqt uchun xabar allaqachon bor: {voters} saylovchi",
        fields=("voters",),
    )


def later(voters: int) -> Finding:
    """V04: turnout is cumulative, and a later time has fewer."""
    return simple(
        "V04",
        en=f"Turnout is cumulative: {voters} voters were reported for a later time",
        ru=f"Явка считается нарастающим итогом: на более позднее время сообщено {voters}",
        uz=f"Ishtirok jami hisoblanadi: keyingi vaqt uchun {voters} saylovchi xabar qilingan",
        fields=("voters",),
    )
