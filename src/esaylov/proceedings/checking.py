"""Compares the facts of this room with the journal, row by row: what somebody changed behind the application's back shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any

import orjson
from django.db import connection

from esaylov.acts.context import UnknownElection, get_context
from esaylov.acts.identity import IdentityError
from esaylov.exchange.canonical import dumps
from esaylov.proceedings.minutes import minutes_digest
from esaylov.proceedings.models import (
    Application,
    ApplicationEvent,
    Attendance,
    Closing,
    Decision,
    Dissent,
    Letter,
    LetterRecipient,
    Session,
    Vote,
)
from esaylov.proceedings.wording import agenda_digest, decision_digest, place_digest

Difference = tuple[str, str, str]
CODES = (
    "open_session", "record_attendance", "adopt_decision", "state_dissent", "close_session", "submit_application",
    "check_application", "return_application", "repair_application", "decide_application", "forward_application",
    "note_appeal", "send_letter",
)  # fmt: skip
EVENTS = frozenset(CODES[5:12])


def differences() -> Iterator[Difference]:
    """Every row that does not say what its act recorded, and every act without its row: (table, row, reason)."""
    records = _records()
    checks: tuple[tuple[Any, str, frozenset[str], Callable[[Any, dict[str, Any]], bool]], ...] = (
        (Session, "session", frozenset({"open_session"}), _session),
        (Attendance, "attendance", frozenset({"open_session", "record_attendance"}), _attendance),
        (Decision, "decision", frozenset({"adopt_decision"}), _decision),
        (Dissent, "dissent", frozenset({"state_dissent"}), _dissent),
        (Closing, "closing", frozenset({"close_session"}), _closing),
        (Application, "application", frozenset({"submit_application"}), _application),
        (ApplicationEvent, "applicationevent", EVENTS, _event),
        (Letter, "letter", frozenset({"send_letter"}), _letter),
    )
    for model, name, codes, agrees in checks:
        expected = {key for key, (code, _) in records.items() if code in codes}
        yield from _of(f"proceedings_{name}", model.objects.order_by("journal"), expected, records, agrees)


def _records() -> dict[int, tuple[str, dict[str, Any]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, code, record FROM acts_journal WHERE code = ANY(%s)",
            [[f"proceedings.{code}" for code in CODES]],
        )
        return {
            key: (code.removeprefix("proceedings."), orjson.loads(bytes(record)))
            for key, code, record in cursor.fetchall()
        }


def _of(
    table: str,
    rows: Iterable[Any],
    expected: set[int],
    records: dict[int, tuple[str, dict[str, Any]]],
    agrees: Callable[[Any, dict[str, Any]], bool],
) -> Iterator[Difference]:
    missing = set(expected)
    for row in rows:
        missing.discard(row.journal)
        if row.journal not in expected:
            yield table, str(row.journal), "no act of the journal wrote it"
        elif not agrees(row, records[row.journal][1]):
            yield table, str(row.journal), "differs from the record of its act"
    for journal in sorted(missing):
        yield table, str(journal), "the row of an act of the journal is missing"


def _session(row: Session, record: dict[str, Any]) -> bool:
    agenda, place = agenda_digest(row.agenda).hex(), place_digest(row.place).hex()
    said = (record["session"], record["year"], record["agenda"], record["body"], record["election"] or "")
    # Sessions that opened before places were hashed have none in their record.
    return (row.number, row.year, agenda, row.body, row.election) == said and record.get(
        "place", place
    ) == place


def _attendance(row: Attendance, record: dict[str, Any]) -> bool:
    return (len(row.members), len(row.present), row.needed) == (
        record["members"], record["present"], record["needed"]
    )  # fmt: skip


def _decision(row: Decision, record: dict[str, Any]) -> bool:
    cast = [choice for (choice,) in Vote.objects.filter(decision=row).values_list("choice")]
    counted = {name: cast.count(name) for name in ("abstain", "against", "for")}
    stored = {"abstain": row.abstained, "against": row.against, "for": row.votes_for}
    digest = decision_digest(row.title, row.text, row.articles).hex()
    return (
        counted == stored == record["votes"]
        and digest == bytes(row.digest).hex() == record["text"]
        and (row.number, row.item, row.body) == (record["number"], record["item"], record["body"])
        and (row.members, row.present) == (record["members"], record["present"])
        and len(row.orders) == len(record["carried"])
    )


def _dissent(row: Dissent, record: dict[str, Any]) -> bool:
    said = sha256(row.text.encode()).hexdigest() if row.text else record["text"]
    return bytes(row.digest).hex() == said == record["text"] and bool(row.text) is record["public"]


def _closing(row: Closing, record: dict[str, Any]) -> bool:
    if bytes(row.minutes).hex() != record["minutes"]:
        return False
    try:
        at = get_context(row.session.election).local(row.at)
    except (UnknownElection, IdentityError):
        return False
    # A dissent that was stated after the session closed is not in its minutes.
    late = Dissent.objects.filter(decision__session=row.session, at__gt=row.at).exists()
    return late or minutes_digest(row.session, at).hex() == record["minutes"]


def _application(row: Application, record: dict[str, Any]) -> bool:
    said = (record["number"], record["kind"], record["election"] or "", record["body"])
    return (row.number, row.kind, row.election, row.sender) == said


def _event(row: ApplicationEvent, record: dict[str, Any]) -> bool:
    state = record.get("state", "submitted")
    decision = record.get("decision") or ""
    article = record.get("article") or ""
    said = (record["body"], state, record["number"], decision, article)
    return (row.body, row.state, row.application.number, row.decision, row.article) == said


def _letter(row: Letter, record: dict[str, Any]) -> bool:
    to = sorted(LetterRecipient.objects.filter(letter=row).values_list("body", flat=True))
    said = (record["number"], record["year"], record["body"], record["to"])
    return (row.number, row.year, row.body, sha256(dumps(to)).hexdigest()) == said
