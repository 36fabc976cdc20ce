"""Reads that other rooms may use: the register of decisions, applications by number and code, letters of a body."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery

from esaylov.acts.context import ElectionContext
from esaylov.acts.statements import fetch
from esaylov.proceedings.applications import is_secret, unrepaired
from esaylov.proceedings.held import Stated, dissents_of
from esaylov.proceedings.kinds import kind_of
from esaylov.proceedings.models import Application, ApplicationEvent, Decision

DECISIONS = """SELECT count(*) OVER (), d.journal, d.body, d.year, d.number, d.title, d.at,
    s.journal, s.number, s.year, e.index, e.leaf_hash
FROM proceedings_decision d JOIN acts_entry e ON e.journal_id = d.journal AND e.index < %s
JOIN proceedings_session s ON s.journal = d.session_id
WHERE d.election = %s AND d.number IS NOT NULL AND (%s = '' OR d.body = %s) AND {} ORDER BY e.index DESC LIMIT %s OFFSET %s"""
EACH_WORD = "position(lower(%s) in lower(d.number || ' ' || d.title || ' ' || d.text)) > 0"
WORDS = 6
ORDERED = """SELECT j.code, j.record, e.index, e.leaf_hash FROM unnest(%s::bigint[]) WITH ORDINALITY AS o(id, place)
JOIN acts_journal j ON j.id = o.id LEFT JOIN acts_entry e ON e.journal_id = j.id AND e.index < %s ORDER BY o.place"""


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision in the register. `session`, `session_year`: its number; `index`, `leaf`: its entry in the log."""

    id: int
    body: str
    year: int
    number: str
    title: str
    at: datetime
    session_id: int
    session: int
    session_year: int
    index: int
    leaf: bytes


def register_of(
    size: int, election: str, *, body: str = "", search: str = "", limit: int = 50, offset: int = 0
) -> tuple[int, list[DecisionLine]]:
    """The numbered decisions below a size of the log, the latest first, and how many there are in all. `election` "":
    those of the Central Commission outside of elections; each word of `search` occurs in number, title or text. Behind the end
    there are 0."""
    words = search.replace("\0", "").split()[:WORDS]
    where = " AND ".join([EACH_WORD] * len(words)) or "true"
    given: list[Any] = [size, election, body, body, *words]
    with connection.cursor() as cursor:
        cursor.execute(DECISIONS.format(where), [*given, limit, offset])
        rows = cursor.fetchall()
    return (rows[0][0] if rows else 0), [DecisionLine(*row[1:]) for row in rows]


@dataclass(frozen=True, slots=True)
class OrderedAct:
    """An act that a decision ordered: its code, the record as canonical JSON, its entry (None until it has one)."""

    code: str
    record: bytes
    index: int | None
    leaf: bytes | None


@dataclass(frozen=True, slots=True)
class FullDecision:
    """A decision with all that is public about it."""

    row: Decision
    index: int
    leaf: bytes
    orders: tuple[OrderedAct, ...]
    stated: tuple[Stated, ...]

    @property
    def opinions(self) -> tuple[str, ...]:
        """The texts of the dissents that are published."""
        return tuple(one.text for one in self.stated if one.text)


ENTRY = "SELECT e.index, e.leaf_hash FROM acts_entry e WHERE e.journal_id = %s AND e.index < %s"


def decision(size: int, election: str, number: int) -> FullDecision | None:
    """A numbered decision below a size of the log by the number of its record, None where there is none."""
    row = Decision.objects.filter(pk=number, election=election, number__isnull=False)
    found = row.select_related("session").first()
    if found is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(ENTRY, [number, size])
        entry = cursor.fetchone()
        if entry is None:
            return None
        cursor.execute(ORDERED, [found.orders, size])
        orders = tuple(
            OrderedAct(code, bytes(record), index, bytes(leaf) if leaf else None)
            for code, record, index, leaf in cursor.fetchall()
        )
    stated = dissents_of([found], size).get(number, ())
    return FullDecision(found, entry[0], bytes(entry[1]), orders, stated)


@dataclass(frozen=True, slots=True)
class Status:
    """An application with what happened to it, in order."""

    application: Application
    events: tuple[ApplicationEvent, ...]

    @property
    def latest(self) -> ApplicationEvent:
        """What happened last."""
        return self.events[-1]

    def repairing(self, now: datetime) -> bool:
        """Whether the applicant is asked to repair it and may still do so."""
        return self.latest.state == "defects" and not unrepaired(self.latest, now)

    def due(self, context: ElectionContext, now: datetime) -> datetime | None:
        """By when the next step is asked of somebody: of the applicant while a repair is open, else of the commission."""
        kind, latest = kind_of(self.application.kind), self.latest
        if kind is None or len(self.events) < 2 or not unrepaired(latest, now):
            return latest.until
        assert latest.until is not None
        return kind.answer_after_repair(context, self.events[-2].until, latest.at, latest.until)

    @property
    def answer(self) -> ApplicationEvent | None:
        """The decision about it, None while there is none."""
        return next((e for e in reversed(self.events) if e.state in ("granted", "refused")), None)


def events_of(application: Application) -> Status:
    """What happened to an application."""
    rows = ApplicationEvent.objects.filter(application=application).select_related("commission")
    return Status(application, tuple(rows.order_by("sequence")))


def by_number(election: str, number: str) -> Status | None:
    """An application by its number, None where the election has none of it."""
    found = Application.objects.filter(election=election, number=number).first()
    return events_of(found) if found else None


NOBODYS = bytes(32)


def by_code(number: str, secret: str) -> Status | None:
    """An application whose number and code somebody knows. A wrong number and a wrong code are answered alike, after the same
    work."""
    found = Application.objects.filter(number=number.strip()[:40].replace("\0", "")).first()
    known = bytes(found.secret) if found else NOBODYS
    right = is_secret(secret[:100], known)
    return events_of(found) if found is not None and right else None


def inbox(election: str, commission: int) -> QuerySet[Any, Any]:
    """Applications that a commission holds or held, the latest first, each with `state`, `until` and `holder` of its
    latest event."""
    held = ApplicationEvent.objects.filter(commission=commission).values("application_id")
    return with_latest(Application.objects.filter(election=election, id__in=held))


def sent_by(person: Any, sender: str) -> QuerySet[Any, Any]:
    """Applications of a person, or of an organisation."""
    mine = Q(person=person) if person else Q(pk__isnull=True)
    if sender.startswith("org:"):
        mine |= Q(sender=sender)
    return with_latest(Application.objects.filter(mine))


def with_latest(rows: QuerySet[Application]) -> QuerySet[Any, Any]:
    """Applications with `state`, `since`, `until` and `holder` (id of the commission) of their latest event, and `before`,
    what was due by the one before it.
    """
    last = ApplicationEvent.objects.filter(application=OuterRef("pk")).order_by("-sequence")
    return rows.annotate(
        state=Subquery(last.values("state")[:1]),
        since=Subquery(last.values("at")[:1]),
        until=Subquery(last.values("until")[:1]),
        before=Subquery(last.values("until")[1:2]),
        holder=Subquery(last.values("commission_id")[:1]),
    ).order_by("-at", "-number")


def open_numbers(
    context: ElectionContext, commission: int, states: Sequence[str], now: datetime
) -> list[tuple[int, datetime | None]]:
    """How many applications wait for a commission, by deadline: (count, until). Those whose defects were not repaired in
    time are among them.
    """
    found: Counter[datetime | None] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [commission, context.id, list(states), now])
        for number, until, code, stopped, before in cursor.fetchall():
            kind = kind_of(code) if stopped else None
            found[kind.answer_after_repair(context, before, stopped, until) if kind else until] += number
    return sorted(((number, until) for until, number in found.items()), key=_by_deadline)


def _by_deadline(line: tuple[int, datetime | None]) -> tuple[bool, datetime]:
    return line[1] is None, line[1] or datetime.max.replace(tzinfo=UTC)


def due_in(context: ElectionContext, row: Any, now: datetime) -> datetime | None:
    """By when an application with its latest event (`with_latest`) asks the next step of somebody, as
    `Status.due`.
    """
    until: datetime | None = row.until
    kind = kind_of(row.kind)
    if row.state != "defects" or kind is None or until is None or now < until:
        return until
    return kind.answer_after_repair(context, row.before, row.since, until)


# From the commission's own events, by their index: most bodies have few, and one election may have very many.
WAITING = """SELECT count(*), e.until, a.kind, CASE WHEN e.state = 'defects' THEN e.at END, b.until
FROM proceedings_applicationevent e JOIN proceedings_application a ON a.id = e.application_id
LEFT JOIN proceedings_applicationevent b
    ON e.state = 'defects' AND b.application_id = e.application_id AND b.sequence = e.sequence - 1
WHERE e.commission_id = %s AND a.election = %s AND (e.state = ANY(%s) OR (e.state = 'defects' AND e.until <= %s))
AND NOT EXISTS (SELECT FROM proceedings_applicationevent n
    WHERE n.application_id = e.application_id AND n.sequence > e.sequence)
GROUP BY 2, 3, 4, 5"""


NUMBERED = """SELECT d.election, d.journal FROM proceedings_decision d
JOIN acts_entry e ON e.journal_id = d.journal AND e.index < %s
WHERE d.election = ANY(%s) AND d.body = %s AND d.number = %s AND d.year = %s
ORDER BY d.election DESC, e.index DESC LIMIT 1"""


def numbered(size: int, election: str, body: str, number: str, year: int) -> tuple[str, int] | None:
    """The decision of a body by number and year, below a size of the log: the election in which it was taken (that one, or ""
    for outside of elections) and the number of its record; None where the register has none.
    """
    rows = fetch(NUMBERED, [size, [election, ""], body, number, year])
    return (rows[0][0], int(rows[0][1])) if rows else None


def next_number(commission: int, series: str, year: int) -> str:
    """The number that a commission's next decision of a year may bear: one more than the greatest among those that are plain
    figures; a commission that numbers otherwise types its own.
    """
    rows = Decision.objects.filter(
        commission=commission, series=series, year=year, number__regex=r"^[0-9]{1,6}$"
    )
    return str(max((int(number or 0) for number in rows.values_list("number", flat=True)), default=0) + 1)
