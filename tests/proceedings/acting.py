"""Sessions, decisions, applications and letters for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

import esaylov.api  # noqa: F401 - every stage lists its acts
from esaylov.acts.door import Act, Result, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.proceedings.applications import (
    CheckApplication,
    DecideApplication,
    ForwardApplication,
    NoteAppeal,
    RepairApplication,
    ReturnApplication,
    SubmitApplication,
    new_secret,
)
from esaylov.proceedings.decisions import AdoptDecision
from esaylov.proceedings.letters import SendLetter, note_reading
from esaylov.proceedings.models import Letter
from esaylov.proceedings.sessions import CloseSession, OpenSession, RecordAttendance, StateDissent
from esaylov.registry.queries import MandateRow
from tests.registry.people import accepted, actors_of, held

ANYBODY = Actor("person", "person")
GENERAL = {
    "sort": "complaint", "name": "Sinovbek Testov", "contact": "sinov@example.invalid", "subject": "Lamp",
    "text": "The lamp at the door is broken.",
}  # fmt: skip


def now() -> datetime:
    return datetime.now(UTC)


def act(
    kind: type[Act[Any]], election: str, by: Actor, payload: BaseModel | dict[str, Any], **more: Any
) -> Result:
    made = payload if isinstance(payload, BaseModel) else kind.Payload.model_validate(payload)
    return perform(kind, election, Submission(made, by, **more))


def sitting(election: str = "", commission: str = "cec") -> tuple[Actor, list[MandateRow]]:
    """Who may open a session (the chair), and all members."""
    of = "" if commission == "cec" else election
    return actors_of(of, commission, now())["chair"], held(of, commission, now())


def open_session(
    election: str = "",
    commission: str = "cec",
    *,
    present: int | None = None,
    agenda: Sequence[str] = ("Item",),
) -> Result:
    chair, members = sitting(election, commission)
    there = [row.id for row in members][:present]
    payload = {"agenda": list(agenda), "present": frozenset(there), "presiding": members[0].id}
    return act(OpenSession, election, chair, payload)


def votes(members: Sequence[MandateRow], *, against: int = 0, abstain: int = 0) -> dict[int, str]:
    """Everybody votes; the last ones against, those before them abstain."""
    choices = ["for"] * (len(members) - against - abstain) + ["abstain"] * abstain + ["against"] * against
    return {row.id: choice for row, choice in zip(members, choices, strict=True)}


def adopt(
    session: int, number: str | None, election: str = "", commission: str = "cec", **more: Any
) -> Result:
    chair, members = sitting(election, commission)
    payload = {
        "session": session, "item": 1, "number": number, "title": "On the lamp", "text": "The lamp is repaired.",
        "votes": votes(members), "articles": ["16", "26"],
    } | more  # fmt: skip
    return act(AdoptDecision, election, chair, payload)


def submit(election: str = "", to: str = "cec", secret: str = "", by: Actor = ANYBODY, **more: Any) -> Result:
    kind = more.pop("kind_code", "general")
    payload = {"kind": kind, "to": to, "payload": GENERAL | more, "secret": secret or new_secret()}
    return act(SubmitApplication, election, by, payload)


def perform_on_proceedings() -> None:
    """Every act of the room, one after another; the Central Commission and that of the North have members."""
    chair, members = sitting()
    session = accepted(open_session())
    attendance = {
        "session": session.journal,
        "present": frozenset(r.id for r in members[:8]),
        "presiding": members[0].id,
    }
    accepted(act(RecordAttendance, "", chair, attendance))
    here = votes(members[:8], against=1)
    decision = accepted(adopt(session.journal, "1", votes=here))
    dissent = {"decision": decision.journal, "text": "I would not.", "public": False}
    accepted(act(StateDissent, "", members[7].actor(), dissent))
    accepted(act(CloseSession, "", chair, {"session": session.journal}))
    secret = new_secret()
    number = accepted(submit(secret=secret)).record["number"]
    accepted(act(ReturnApplication, "", chair, {"application": number, "text": "No date."}))
    repaired = {"application": number, "payload": GENERAL | {"text": "Today."}, "secret": secret}
    accepted(act(RepairApplication, "", ANYBODY, repaired))
    accepted(act(CheckApplication, "", chair, {"application": number}))
    refusal = {"application": number, "granted": False, "text": "It shines.", "article": "101"}
    accepted(act(DecideApplication, "", chair, refusal))
    accepted(act(NoteAppeal, "", chair, {"application": number, "court": "supreme-court"}))
    number = accepted(submit("door", "cec")).record["number"]
    accepted(act(ForwardApplication, "door", chair, {"application": number, "to": "tec:n"}))
    letter = {"groups": frozenset({"territorial"}), "subject": "On lamps", "text": "Count them."}
    accepted(act(SendLetter, "door", chair, letter))
    letters = list(Letter.objects.values_list("id", flat=True))
    note_reading("read", letters, "tec:n", held("door", "tec:n", now())[0].id, now())
