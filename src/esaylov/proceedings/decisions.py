"""The act by which a commission decides: the vote, the numbered decision, and the acts that it orders (Art. 16, 26)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field

from esaylov.acts.bulk import insert_rows
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.numbers import Number
from esaylov.acts.powers import Power, Target
from esaylov.acts.vault import reads_survive
from esaylov.law.deciding import Outcome, Sitting, Vote, outcome, quorum, vote_findings
from esaylov.law.findings import Finding
from esaylov.proceedings import findings, motions
from esaylov.proceedings.models import Decision
from esaylov.proceedings.orders import Carried, Undone, carry_out
from esaylov.proceedings.sessions import MandateNumber, Title
from esaylov.proceedings.sittings import Seated, current, rules_of, seated, series_of, still_sitting
from esaylov.proceedings.wording import OneLineEnd, decision_digest

Article = Annotated[str, Field(pattern=r"^[0-9]{1,3}[0-9¹²³, -]{0,20}$", max_length=24)]
Choice = Literal["for", "against", "abstain"]


class Order(BaseModel):
    """An act that the decision orders: its code and payload; the decision's number is put into it."""

    model_config = ConfigDict(extra="forbid")
    act: Annotated[str, Field(max_length=100)]
    payload: dict[str, Any] = Field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class DecisionCase(Case):
    """A vote with what came of it and what was carried out."""

    found: Seated | None = None
    sitting: Sitting | None = None
    outcome: Outcome | None = None
    carried: Carried = field(default_factory=lambda: Carried((), ()))
    year: int = 0


class AdoptDecision(Act[DecisionCase]):
    """A session votes on a question; carried, it is a numbered decision, and the acts that it orders are performed with
    it (Art. 16, 26)."""

    code = "proceedings.adopt_decision"
    power = Power.HOLD_SESSION

    class Payload(BaseModel):
        """`votes` by mandate; `number` is used only if the question is carried; `motion`: what was prepared for it."""

        model_config = ConfigDict(extra="forbid")
        session: MandateNumber
        item: Annotated[int, Field(ge=1, strict=True)]
        number: Number | None = None
        title: Title
        text: Annotated[str, Field(min_length=1, max_length=100_000), OneLineEnd]
        articles: list[Article] = Field(default_factory=list, max_length=40)
        votes: dict[int, Choice] = Field(max_length=200)
        orders: list[Order] = Field(default_factory=list, max_length=500)
        motion: UUID | None = None

    def place(self, payload: Any) -> int:
        return int(payload.session)

    def prepare(self, submissions: Sequence[Submission]) -> list[DecisionCase]:
        return [
            DecisionCase(
                submission=s,
                found=seated(s.payload.session, s.actor.code, self.context.id),
                target=Target(body=s.actor.code),
            )
            for s in submissions
        ]

    def check(self, case: DecisionCase) -> Sequence[Finding]:
        payload = case.submission.payload
        if case.submission.at is not None:
            return [findings.decided_now()]
        wrong = still_sitting(case.found, payload.session, self.context, case.at) or self._question(case)
        if wrong:
            return wrong
        assert case.found is not None
        case.sitting = current(case.found, case.at)
        votes = [Vote(str(mandate), choice) for mandate, choice in payload.votes.items()]
        absent = vote_findings(case.sitting, votes)
        if absent:
            return absent
        if case.sitting.presiding not in case.sitting.present:
            return [findings.presiding_gone()]
        case.outcome = outcome(rules_of(self.context), case.sitting, votes)
        return self._carry(case) if case.outcome.adopted else ()

    def _question(self, case: DecisionCase) -> Sequence[Finding]:
        """The item stands on the agenda, and what was prepared for it waits before this commission."""
        payload = case.submission.payload
        assert case.found is not None
        session = case.found.session
        if payload.item > len(session.agenda):
            return [findings.no_item(payload.item, len(session.agenda))]
        if payload.motion and not motions.waits(payload.motion, session.commission_id, session.election):
            return [findings.no_motion()]
        return ()

    def _carry(self, case: DecisionCase) -> Sequence[Finding]:
        """The number, and the orders: they are performed here, last of all checks, so that a refusal of one refuses the
        decision; what they wrote ends with the transaction where the decision does not stand."""
        payload = case.submission.payload
        assert case.found is not None
        if payload.number is None:
            return [findings.number_missing()]
        case.year = case.at.astimezone(self.context.timezone).year
        used = Decision.objects.filter(
            commission=case.found.session.commission_id, series=series_of(self.context), year=case.year,
            number=payload.number,
        )  # fmt: skip
        if used.exists():
            return [findings.number_used(payload.number, case.year)]
        ordered = [(order.act, order.payload) for order in payload.orders]
        try:
            with reads_survive(), transaction.atomic():
                case.carried = carry_out(self.context, case.submission.actor, payload.number, ordered)
        except Undone as undone:
            return undone.findings
        return ()

    def record(self, case: DecisionCase) -> dict[str, Any]:
        payload, found = case.submission.payload, case.outcome
        assert found is not None
        assert case.found is not None
        assert case.sitting is not None
        session = case.found.session
        return {
            "session": session.number,
            "year": session.year,
            "item": payload.item,
            "number": payload.number if found.adopted else None,
            "adopted": found.adopted,
            "members": len(case.sitting.members),
            "present": len(case.sitting.present),
            "votes": {"abstain": found.abstained, "against": found.against, "for": found.votes_for},
            "casting": found.casting,
            "text": decision_digest(payload.title, payload.text, payload.articles).hex(),
            "articles": list(payload.articles),
            "orders": dict(sorted(Counter(order.act for order in payload.orders).items()))
            if found.adopted
            else {},
            "carried": list(case.carried.leaves),
        }

    def apply(self, cases: Sequence[DecisionCase]) -> None:
        for case in cases:
            insert_rows("proceedings_decision", COLUMNS, [self._row(case)])
            votes = case.submission.payload.votes
            insert_rows(
                "proceedings_vote", ("decision_id", "mandate", "choice"),
                [(case.journal, mandate, choice) for mandate, choice in sorted(votes.items())],
            )  # fmt: skip
            if case.submission.payload.motion is not None:
                motions.decided(case.submission.payload.motion, case.submission.actor.code, case.journal)

    def _row(self, case: DecisionCase) -> tuple[Any, ...]:
        payload, found = case.submission.payload, case.outcome
        assert found is not None
        assert case.found is not None
        assert case.sitting is not None
        session = case.found.session
        year = case.at.astimezone(self.context.timezone).year
        members = len(case.sitting.members)
        return (
            case.journal, session.pk, session.commission_id, self.context.id, case.submission.actor.code,
            series_of(self.context), year, payload.number if found.adopted else None, payload.item, payload.title, payload.text,
            list(payload.articles), case.at, members, len(case.sitting.present),
            max(1, quorum(rules_of(self.context), members)), found.votes_for, found.against, found.abstained,
            found.not_voting, found.needed, found.casting,
            decision_digest(payload.title, payload.text, payload.articles), list(case.carried.journals),
        )  # fmt: skip


COLUMNS = (
    "journal", "session_id", "commission_id", "election", "body", "series", "year", "number", "item", "title",
    "text", "articles",
    "at", "members", "present", "quorum", "votes_for", "against", "abstained", "not_voting", "needed", "casting",
    "digest", "orders",
)  # fmt: skip
