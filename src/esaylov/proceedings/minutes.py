"""The minutes of a session as data: what their hash in the log covers."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from esaylov.exchange.canonical import dumps
from esaylov.proceedings.models import Attendance, Decision, Dissent, Session, Vote


def minutes_of(session: Session, closed_at: str) -> dict[str, Any]:
    """The minutes (docs/formats.md, section 3): members appear by the numbers of their mandates, never by name."""
    decisions = list(Decision.objects.filter(session=session).order_by("journal"))
    votes: dict[int, dict[str, str]] = {}
    for vote in Vote.objects.filter(decision__in=decisions).order_by("mandate"):
        votes.setdefault(vote.decision_id, {})[str(vote.mandate)] = vote.choice
    dissents: dict[int, list[str]] = {}
    for dissent in Dissent.objects.filter(decision__in=decisions).order_by("journal"):
        dissents.setdefault(dissent.decision_id, []).append(bytes(dissent.digest).hex())
    return {
        "body": session.body,
        "election": session.election or None,
        "session": session.number,
        "year": session.year,
        "agenda": session.agenda,
        "closed": closed_at,
        "attendance": [
            {"members": row.members, "present": row.present, "presiding": row.presiding}
            for row in Attendance.objects.filter(session=session).order_by("sequence")
        ],
        "questions": [
            {
                "item": row.item,
                "number": row.number,
                "decision": bytes(row.digest).hex(),
                "votes": votes.get(row.pk, {}),
                "dissents": dissents.get(row.pk, []),
            }
            for row in decisions
        ],
    }


def minutes_digest(session: Session, closed_at: str) -> bytes:
    """SHA-256 of the minutes in canonical JSON."""
    return sha256(dumps(minutes_of(session, closed_at))).digest()
