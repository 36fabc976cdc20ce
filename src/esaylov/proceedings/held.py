"""Sessions as anybody sees them: when a body sat, with how many, what was put to the vote and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from esaylov.acts.sealing import loads
from esaylov.acts.statements import fetch
from esaylov.proceedings.models import Attendance, Closing, Decision, Dissent, Session

COUNT = """SELECT count(*) FROM proceedings_session s JOIN acts_entry e ON e.journal_id = s.journal AND e.index < %(size)s
WHERE s.election = %(election)s AND (%(body)s = '' OR s.body = %(body)s)"""
SESSIONS = """SELECT s.journal, s.body, s.year, s.number, s.opened_at, jsonb_array_length(s.agenda), e.index, e.leaf_hash,
    v.decisions, v.rejected, c.session_id IS NOT NULL
FROM proceedings_session s JOIN acts_entry e ON e.journal_id = s.journal AND e.index < %(size)s
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE d.number IS NOT NULL) AS decisions,
        count(*) FILTER (WHERE d.number IS NULL) AS rejected
    FROM proceedings_decision d JOIN acts_entry de ON de.journal_id = d.journal AND de.index < %(size)s
    WHERE d.session_id = s.journal) v
LEFT JOIN (proceedings_closing c JOIN acts_entry ce ON ce.journal_id = c.journal AND ce.index < %(size)s)
    ON c.session_id = s.journal
WHERE s.election = %(election)s AND (%(body)s = '' OR s.body = %(body)s) ORDER BY e.index DESC
LIMIT %(limit)s OFFSET %(offset)s"""
BELOW = "SELECT e.journal_id, e.index, e.leaf_hash FROM acts_entry e WHERE e.journal_id = ANY(%s) AND e.index < %s"


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session in the list. `index`, `leaf`: the entry that opened it."""

    id: int
    body: str
    year: int
    number: int
    at: datetime
    items: int
    index: int
    leaf: bytes
    decisions: int
    rejected: int
    closed: bool


def sessions_of(
    size: int, election: str, *, body: str = "", limit: int = 50, offset: int = 0
) -> tuple[int, list[SessionLine]]:
    """The sessions below a size of the log, the latest first, and how many there are in all. `election` "": those of the
    Central Commission outside of elections."""
    given: dict[str, int | str] = {
        "size": size,
        "election": election,
        "body": body,
        "limit": limit,
        "offset": offset,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, given)
        total = int(cursor.fetchone()[0])
        cursor.execute(SESSIONS, given)
        rows = [SessionLine(*row) for row in cursor.fetchall()]
    return total, rows


@dataclass(frozen=True, slots=True)
class Entry:
    """Where the log holds an act."""

    index: int
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Stated:
    """A dissent: `text` empty where its member did not agree to its publication."""

    text: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Question:
    """What was put to the vote: a decision, or without a number where it was not carried."""

    row: Decision
    entry: Entry
    dissents: tuple[Stated, ...]


@dataclass(frozen=True, slots=True)
class HeldSession:
    """A session with all that is public about it. `attendance`: as recorded at its opening, and each time that it changed.
    `agenda`, `place`: their hashes as its entry has them (`place` "" where the entry has none).
    """

    row: Session
    entry: Entry
    agenda: str
    place: str
    attendance: tuple[tuple[Attendance, Entry], ...]
    questions: tuple[Question, ...]
    closing: tuple[Closing, Entry] | None


RECORD = "SELECT j.record FROM acts_journal j WHERE j.id = %s"
NUMBERED = """SELECT s.journal FROM proceedings_session s JOIN acts_entry e ON e.journal_id = s.journal AND e.index < %s
WHERE s.election = %s AND s.body = %s AND s.year = %s AND s.number = %s"""


def numbered_session(size: int, election: str, body: str, year: int, number: int) -> int | None:
    """The record of a body's session by its number, below a size of the log; None where there is none."""
    rows = fetch(NUMBERED, [size, election, body, year, number])
    return int(rows[0][0]) if rows else None


def held_session(size: int, election: str, record: int) -> HeldSession | None:
    """A session below a size of the log by the number of its record, None where there is none."""
    row = Session.objects.filter(pk=record, election=election).first()
    if row is None:
        return None
    decisions = list(Decision.objects.filter(session=row).order_by("journal"))
    attendance = list(Attendance.objects.filter(session=row).order_by("sequence"))
    closing = Closing.objects.filter(session=row).first()
    known = entries_of([row, *decisions, *attendance, *([closing] if closing else [])], size)
    if record not in known:
        return None
    stated = dissents_of(decisions, size)
    said = loads(bytes(fetch(RECORD, [record])[0][0]))
    return HeldSession(
        row,
        known[record],
        said["agenda"],
        said.get("place", ""),
        tuple((one, known[one.pk]) for one in attendance if one.pk in known),
        tuple(Question(one, known[one.pk], stated.get(one.pk, ())) for one in decisions if one.pk in known),
        (closing, known[closing.pk]) if closing and closing.pk in known else None,
    )


def dissents_of(decisions: Sequence[Decision], size: int) -> Mapping[int, tuple[Stated, ...]]:
    """What members stated on questions, below a size of the log, by the question's record."""
    rows = list(Dissent.objects.filter(decision__in=decisions).order_by("journal"))
    known, found = entries_of(rows, size), dict[int, tuple[Stated, ...]]()
    for row in rows:
        if row.pk in known:
            found[row.decision_id] = (*found.get(row.decision_id, ()), Stated(row.text, known[row.pk]))
    return found


def entries_of(rows: Sequence[Any], size: int) -> dict[int, Entry]:
    """The entries of facts below a size of the log, by the number of their act in the journal."""
    found = fetch(BELOW, [[row.pk for row in rows], size]) if rows else []
    return {journal: Entry(index, bytes(leaf)) for journal, index, leaf in found}
