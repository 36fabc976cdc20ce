"""The act that moves a step of the calendar by decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from esaylov.acts.bulk import insert_rows
from esaylov.acts.context import ask_moves
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.powers import Power
from esaylov.acts.refusals import simple
from esaylov.law.calendar import Override, Window, rewritten
from esaylov.law.findings import Finding
from esaylov.law.numbers import is_decision_number

ARTICLES = "60, 66, 74, 93"
VOTING = "voting"
YEARS = range(2000, 2100)
NUMBER_LENGTH = 60
MOVE_COLUMNS = ("journal_id", "election_id", "step", "sequence", "opens", "closes", "number", "at")


def _whole_second(time: datetime) -> datetime:
    """Entries write whole seconds."""
    if time.year not in YEARS:
        raise ValueError(f"the year lies outside of {YEARS[0]} to {YEARS[-1]}")
    if time.microsecond:
        raise ValueError("a time has whole seconds")
    return time


Moment = Annotated[AwareDatetime, AfterValidator(_whole_second)]


@dataclass(slots=True, kw_only=True)
class MoveCase(Case):
    """A submission with the decisions on its step until now."""

    taken: Sequence[Override] = ()


class MoveStep(Act[MoveCase]):
    """The Central Election Commission moves the dates of a step of the calendar by decision (Art. 60, 66, 74, 93)."""

    code = "elections.move_step"
    power = Power.MOVE_STEP
    brief = True

    class Payload(BaseModel):
        """`step`: its code in the edition's calendar. `opens` (from then on) and `closes` (until then, that moment not
        included) are the new dates, both; null means open at that end. `decision`: number of the decision."""

        model_config = ConfigDict(extra="forbid")
        step: Annotated[str, Field(min_length=1, max_length=100)]
        opens: Moment | None
        closes: Moment | None
        decision: Annotated[str, Field(max_length=NUMBER_LENGTH)]

    def place(self, payload: Any) -> str:
        step: str = payload.step
        return step

    def prepare(self, submissions: Sequence[Submission]) -> list[MoveCase]:
        asked = [ask_moves(self.context.id, submission.payload.step) for submission in submissions]
        return [
            MoveCase(submission=submission, taken=taken())
            for submission, taken in zip(submissions, asked, strict=True)
        ]

    def check(self, case: MoveCase) -> Sequence[Finding]:
        payload, context = case.submission.payload, self.context
        latest = case.taken[-1] if case.taken else None
        holds = context.dates(payload.step, moved={payload.step: latest} if latest else None)
        if holds is None:
            return [unknown_step(payload.step)]
        return list(self._problems(case, holds, latest))

    def _problems(self, case: MoveCase, holds: Window, latest: Override | None) -> list[Finding]:
        payload, local = case.submission.payload, self.context.local
        fresh = Override(payload.opens, payload.closes, payload.decision)
        found = []
        if not _is_number(payload.decision, by_person=case.submission.actor.role is not None):
            found.append(no_number())
        if fresh.opens is not None and fresh.closes is not None and fresh.opens >= fresh.closes:
            found.append(ends_before_it_begins(local(fresh.opens), local(fresh.closes)))
        elif not holds.off and (fresh.opens, fresh.closes) == (holds.opens, holds.closes):
            found.append(nothing_moves())
        found += [past_date(end, local(case.at)) for end in rewritten(holds, fresh, case.at)]
        if latest is not None and latest.since is not None and case.at < latest.since:
            found.append(decided_later(latest.decision, local(latest.since)))
        release = self.context.release
        if payload.step == VOTING and release and (fresh.closes is None or fresh.closes > release):
            found.append(after_release(local(release)))
        return found

    def record(self, case: MoveCase) -> dict[str, Any]:
        payload, local = case.submission.payload, self.context.local
        return {
            "step": payload.step,
            "opens": local(payload.opens) if payload.opens else None,
            "closes": local(payload.closes) if payload.closes else None,
            "decision": payload.decision,
        }

    def apply(self, cases: Sequence[MoveCase]) -> None:
        rows = []
        for case in cases:
            payload = case.submission.payload
            rows.append(
                (case.journal, self.context.id, payload.step, len(case.taken) + 1, payload.opens,
                 payload.closes, payload.decision, case.at)
            )  # fmt: skip
        insert_rows("elections_move", MOVE_COLUMNS, rows)


def _is_number(text: str, *, by_person: bool) -> bool:
    """A number of a decision. Packages bring those of elsewhere as they were written there: no white space around it, no
    control character in it."""
    return (
        is_decision_number(text) if by_person else bool(text) and text == text.strip() and text.isprintable()
    )


def unknown_step(step: str) -> Finding:
    """C02: the edition's calendar has no such step."""
    return simple(
        "C02",
        en=f"The calendar of this election has no step “{step}”",
        ru=f"В календаре этих выборов нет этапа «{step}»",
        uz=f"Bu saylov taqvimida “{step}” bosqichi yoʻq",
        fields=("step",),
    )


def no_number() -> Finding:
    """C03: a date is moved by a numbered decision only."""
    return simple(
        "C03",
        en="A date is moved by a decision, which has a number",
        ru="Срок переносится решением, у которого есть номер",
        uz="Muddat raqamga ega qaror bilan koʻchiriladi",
        fields=("decision",),
        article=ARTICLES,
    )


def ends_before_it_begins(opens: str, closes: str) -> Finding:
    """C04: the end does not lie after the beginning."""
    return simple(
        "C04",
        en=f"The step would end ({closes}) before it begins ({opens})",
        ru=f"Этап закончился бы ({closes}) раньше, чем начался ({opens})",
        uz=f"Bosqich boshlanishidan ({opens}) oldin tugab qoladi ({closes})",
        fields=("opens", "closes"),
    )


def nothing_moves() -> Finding:
    """C05: the step has these dates already."""
    return simple(
        "C05",
        en="The step has these dates already; nothing was moved",
        ru="У этапа уже такие сроки; ничего не перенесено",
        uz="Bosqichning muddatlari allaqachon shunday; hech narsa koʻchirilmadi",
        fields=("opens", "closes"),
    )


def past_date(end: str, now: str) -> Finding:
    """C06: no date is set to a time before the decision: what was taken in time stays so, what was not does not become so."""
    beginning = end == "opens"
    return simple(
        "C06",
        en=f"The new {'beginning' if beginning else 'end'} lies before the decision ({now}); what was allowed until then"
        " cannot be changed",
        ru=f"{'Новое начало' if beginning else 'Новый конец'} раньше самого решения ({now}); то, что было разрешено до"
        " него, изменить нельзя",
        uz=f"Yangi {'boshlanish' if beginning else 'tugash'} vaqti qarordan ({now}) oldin; ungacha ruxsat etilgan narsani"
        " oʻzgartirib boʻlmaydi",
        fields=(end,),
        article=ARTICLES,
    )


def decided_later(number: str, at: str) -> Finding:
    """C07: a later decision on the same step stands already."""
    return simple(
        "C07",
        en=f"Decision {number} on this step was taken later ({at})",
        ru=f"Решение {number} об этом этапе принято позже ({at})",
        uz=f"Bu bosqich boʻyicha {number}-sonli qaror keyinroq qabul qilingan ({at})",
        fields=("step",),
    )


def after_release(release: str) -> Finding:
    """C08: results become public at a time that the calling of the election fixed; voting cannot last longer."""
    return simple(
        "C08",
        en=f"Results become public at {release}, as the calling of the election fixed it: voting cannot end later",
        ru=f"Результаты становятся открытыми в {release}, как установлено при назначении выборов: голосование не может"
        " закончиться позже",
        uz=f"Natijalar saylov tayinlanganda belgilanganidek {release} da oshkor boʻladi: ovoz berish undan keyin tugashi"
        " mumkin emas",
        fields=("closes",),
        article="51",
    )
