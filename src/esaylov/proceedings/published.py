"""What `sittings.json` of the open data holds (docs/formats.md, section 6): sessions with the words behind their hashes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from esaylov.acts.sealing import loads

Said = dict[str, Any]
COMMON = frozenset({"v", "act", "edition", "election", "simulated", "replay"})
"""Members of an entry that say nothing of the session."""
OF_SESSION = frozenset({"body", "session", "year"})
"""Members that acts of a session share with its opening."""

ENTRIES = """SELECT {session}, e.index, j.record, {words} FROM {rows}
JOIN acts_entry e ON e.journal_id = x.journal AND e.index < %s JOIN acts_journal j ON j.id = x.journal
WHERE {of} = %s {more} ORDER BY e.index"""
DECISION = "proceedings_decision x"
OPENED = ENTRIES.format(
    session="x.journal",
    words="x.agenda::text, x.place",
    rows="proceedings_session x",
    of="x.election",
    more="",
)
ATTENDED = ENTRIES.format(
    session="x.session_id", words="NULL", of="s.election", more="AND x.sequence > 1",
    rows="proceedings_attendance x JOIN proceedings_session s ON s.journal = x.session_id",
)  # fmt: skip
VOTED = ENTRIES.format(
    session="x.session_id", words="x.title, x.text", rows=DECISION, of="x.election", more=""
)
DISSENTED = ENTRIES.format(
    session="d.session_id", words="x.text", of="d.election", more="",
    rows="proceedings_dissent x JOIN proceedings_decision d ON d.journal = x.decision_id",
)  # fmt: skip
CLOSED = ENTRIES.format(
    session="x.session_id", words="NULL", of="s.election", more="",
    rows="proceedings_closing x JOIN proceedings_session s ON s.journal = x.session_id",
)  # fmt: skip


def sittings(election: str, size: int) -> list[Said]:
    """The sessions that commissions held in an election, by the entries below a size of the log, in their order: what each
    entry says, and the words that it hashes. A dissent that its member did not agree to publish has none.
    """
    held = {session: _opened(*row) for session, *row in _rows(OPENED, election, size)}
    for session, index, record, _ in _rows(ATTENDED, election, size):
        held[session]["attendance"].append(_said(index, record))
    for session, index, record, title, text in _rows(VOTED, election, size):
        held[session]["questions"].append(_said(index, record) | {"title": title, "text": text})
    for session, index, record, text in _rows(DISSENTED, election, size):
        held[session]["dissents"].append(_said(index, record) | {"text": text or None})
    for session, index, record, _ in _rows(CLOSED, election, size):
        held[session]["closing"] = _said(index, record)
    return list(held.values())


def _rows(statement: str, election: str, size: int) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [size, election])
        yield from cursor.fetchall()


def _opened(index: int, record: bytes, agenda: str, place: str) -> Said:
    said = {name: value for name, value in loads(bytes(record)).items() if name not in COMMON}
    return {
        **said,
        "agenda": loads(agenda.encode()),
        "place": place if "place" in said else None,
        "entry": index,
        "attendance": [],
        "questions": [],
        "dissents": [],
        "closing": None,
    }


def _said(index: int, record: bytes) -> Said:
    """What an entry of a session says, without what its opening says already."""
    hidden = COMMON | OF_SESSION
    return {name: value for name, value in loads(bytes(record)).items() if name not in hidden} | {
        "entry": index
    }
