"""The acts of election day: reporting turnout."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from esaylov.acts.bulk import insert_rows
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.powers import Power, Target
from esaylov.acts.refusals import simple
from esaylov.law.findings import Finding
from esaylov.polling.queries import precinct_reports


@dataclass(slots=True, kw_only=True)
class TurnoutCase(Case):
    """A report of one precinct: its database id (0: unknown), voters on its list, its latest report."""

    precinct: int = 0
    on_list: int = 0
    last: tuple[Any, int] | None = None


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
        known = precinct_reports(self.context.id, [s.payload.precinct for s in submissions])
        cases = []
        for submission in submissions:
            case = TurnoutCase(submission=submission)
            if (row := known.get(submission.payload.precinct)) is not None:
                case.precinct, case.on_list = row.id, row.voters
                case.last = (row.at, row.reported) if row.at is not None else None
                if (
                    submission.at is not None
                    and row.at == submission.at
                    and row.reported == submission.payload.voters
                ):
                    case.repeats = row.journal
                case.target = Target(precinct=row.id, territories=self.context.tables.cells[row.cell])
                case.abroad = row.cell in self.context.tables.cells_abroad
            cases.append(case)
        return cases

    def check(self, case: TurnoutCase) -> Sequence[Finding]:
        payload = case.submission.payload
        if not case.precinct:
            return [unknown_precinct(payload.precinct)]
        if case.last is not None and case.at >= case.last[0] and payload.voters < case.last[1]:
            return [falling(case.last[1])]
        return ()

    def record(self, case: TurnoutCase) -> dict[str, Any]:
        return {"precinct": case.submission.payload.precinct, "voters": case.submission.payload.voters}

    def apply(self, cases: Sequence[TurnoutCase]) -> None:
        insert_rows(
            "polling_turnout",
            ("journal_id", "precinct_id", "at", "voters"),
            [(case.journal, case.precinct, case.at, case.submission.payload.voters) for case in cases],
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
