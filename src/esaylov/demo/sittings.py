"""Sessions of simulated commissions, held through the same acts as real ones: opened, questions voted on, dissents, closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

import esaylov.api  # noqa: F401 - every stage lists its acts, which decisions order
from esaylov.acts.door import Accepted, Act, Refused, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.elections.queries import set_clock
from esaylov.proceedings.decisions import AdoptDecision
from esaylov.proceedings.models import Decision
from esaylov.proceedings.sessions import CloseSession, OpenSession, StateDissent
from esaylov.proceedings.sittings import commission_of
from esaylov.registry.queries import MandateRow, members_of

CLOSES_AFTER = timedelta(minutes=9)


class Unheld(RuntimeError):
    """An act of a simulated session was refused; the text says why."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question before a session.

    `number`: of the decision, empty where the question is not to be carried. `against`, `abstain`: how many of those present, the
    last ones in the list, vote so. `orders`: codes and payloads of acts. `dissents`: texts of those who did not prevail,
    and whether they agree that the text is published.
    """

    title: str
    text: str
    number: str = ""
    articles: tuple[str, ...] = ()
    orders: tuple[tuple[str, dict[str, Any]], ...] = ()
    against: int = 0
    abstain: int = 0
    dissents: tuple[tuple[str, bool], ...] = ()


def members(election: str, body: str) -> list[MandateRow]:
    """The members of a commission, officers first; none where it is not formed."""
    row = commission_of(election, body)
    return members_of(row.id, datetime.now(UTC)) if row else []


def officer(election: str, body: str, role: str = "chair") -> Actor:
    """Who holds an office of a commission. Raises Unheld where nobody does."""
    found = next((one.actor() for one in members(election, body) if one.role == role), None)
    if found is None:
        raise Unheld(f"{body} has no {role}")
    return found


def done(act: type[Act[Any]], election: str, payload: Any, by: Actor, at: datetime | None = None) -> Accepted:
    """Performs an act with a payload, given as its members. Raises Unheld when it is refused."""
    made = act.Payload.model_validate(payload)
    result = perform(act, election, Submission(made, by, at))
    if isinstance(result, Refused):
        raise Unheld(f"{act.code} by {by.code}: {[finding.to_json() for finding in result.findings]}")
    return result


def taken(election: str, body: str, number: str) -> bool:
    """Whether a body has taken a decision of this number in an election."""
    return Decision.objects.filter(election=election, body=body, number=number).exists()


def hold(
    election: str, body: str, at: datetime, questions: Sequence[Question], *, absent: int = 0, place: str = ""
) -> None:
    """A commission sits at a time of the election's clock and votes on questions, one for each item of its agenda.

    All of it stands, or nothing. Raises Unheld when an act is refused.
    """
    with transaction.atomic():
        set_clock(election, at)
        all_of_them = members(election, body)
        here = all_of_them[: len(all_of_them) - absent]
        chair = officer(election, body)
        opening = {
            "agenda": [question.title for question in questions], "place": place,
            "present": [one.id for one in here], "presiding": here[0].id,
        }  # fmt: skip
        session = done(OpenSession, election, opening, chair).journal
        for item, question in enumerate(questions, start=1):
            _vote(election, session, item, question, here)
        set_clock(election, at + CLOSES_AFTER)
        done(CloseSession, election, {"session": session}, chair)


def _vote(election: str, session: int, item: int, question: Question, here: Sequence[MandateRow]) -> None:
    choices = ["for"] * (len(here) - question.against - question.abstain)
    choices += ["abstain"] * question.abstain + ["against"] * question.against
    payload = {
        "session": session, "item": item, "number": question.number or None, "title": question.title,
        "text": question.text, "articles": list(question.articles),
        "votes": {one.id: choice for one, choice in zip(here, choices, strict=True)},
        "orders": [{"act": code, "payload": said} for code, said in question.orders],
    }  # fmt: skip
    decision = done(AdoptDecision, election, payload, here[0].actor()).journal
    lost = "against" if question.number else "for"
    losers = [one for one, choice in zip(here, choices, strict=True) if choice == lost]
    for who, (text, public) in zip(losers, question.dissents, strict=False):
        stated = {"decision": decision, "text": text, "public": public}
        done(StateDissent, election, stated, who.actor())
