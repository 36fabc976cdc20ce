"""Who sits: the commission of an actor, its members at a time, and the session at hand, read for the acts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection

from esaylov.acts.context import STANDING, ElectionContext, edition_in_force
from esaylov.elections.queries import ElectionTables
from esaylov.law.deciding import Sitting, quorum
from esaylov.law.editions import Commissions
from esaylov.law.findings import Finding
from esaylov.proceedings import findings
from esaylov.proceedings.models import Attendance, Session
from esaylov.registry.queries import CommissionRow, MandateRow, commission_by_code, members_of

CENTRAL = "cec"
PRESIDE = ("chair", "deputy")
"""Roles that preside, the first that is there."""
LOCK = 4_001
"""Class of the advisory locks by which acts of one session go one after another."""


def rules_of(context: ElectionContext) -> Commissions:
    """How commissions decide: by the election's edition, else by the one in force. LookupError where neither says."""
    rules = context.edition.commissions or edition_in_force(settings.ESAYLOV_EDITION).commissions
    if rules is None:
        raise LookupError("the edition does not say how commissions decide")
    return rules


def commission_of(election: str, code: str) -> CommissionRow | None:
    """The commission that sits under a code. The Central Commission is the same in every election."""
    return commission_by_code(STANDING if code == CENTRAL else election, code)


def series_of(context: ElectionContext) -> str:
    """Which numbers of sessions and decisions are one series: a commission's official ones of all elections (""), and those
    of each pilot, rehearsal and replay by themselves, so that none of these takes a number from an official decision.
    """
    tables: ElectionTables | None = context.tables
    pilot = tables is not None and tables.election.pilot
    return context.id if pilot or context.simulated or context.replay else ""


def members_at(commission: int, at: datetime) -> list[MandateRow]:
    """Its members at a time of the election's clock; on a clock that is set back whose mandate has ended since is no
    member."""
    return members_of(commission, max(at, datetime.now(UTC)))


@dataclass(frozen=True, slots=True)
class Seated:
    """An open or closed session with its latest attendance."""

    session: Session
    attendance: Attendance
    closed: bool

    @property
    def sitting(self) -> Sitting:
        """As the law's rules take it."""
        row = self.attendance
        return sitting(row.members, row.present, row.presiding)


def sitting(members: Sequence[int], present: Sequence[int], presiding: int) -> Sitting:
    """Who could come, who came, who presides, as the law's rules take it."""
    return Sitting(frozenset(map(str, members)), frozenset(map(str, present)), str(presiding))


def presiding_findings(
    members: Sequence[MandateRow], present: Collection[int], presiding: int
) -> Sequence[Finding]:
    """Why one of those present cannot preside: the chair does, without the chair the deputy; any member only where neither
    is there (Art. 16)."""
    roles = {row.id: row.role for row in members if row.id in present}
    first = next((role for role in PRESIDE if role in roles.values()), None)
    wrong = first is not None and roles.get(presiding, first) != first
    return [findings.presided_by(first)] if first is not None and wrong else ()


def lock(session: int) -> None:
    """Waits until no other act of the session is under way, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, session % 2**31])


def seated(session: int, body: str, election: str) -> Seated | None:
    """A session of a body in an election with its latest attendance, None where it has no such session."""
    lock(session)
    row = Session.objects.filter(pk=session, body=body, election=election).select_related("closing").first()
    if row is None:
        return None
    latest = Attendance.objects.filter(session=row).order_by("-sequence")[0]
    return Seated(row, latest, hasattr(row, "closing"))


def still_sitting(
    found: Seated | None, session: int, context: ElectionContext, at: datetime
) -> Sequence[Finding]:
    """Why the session cannot act now: it is not there, it is closed, or the quorum is gone, also because mandates of
    those present have ended since."""
    if found is None:
        return [findings.no_session(session)]
    if found.closed:
        return [findings.session_closed()]
    return out_of_quorum(found, context, at)


def out_of_quorum(found: Seated, context: ElectionContext, at: datetime) -> Sequence[Finding]:
    """That too few of those who were present still are members, as a finding."""
    held = {row.id for row in members_at(found.session.commission_id, at)}
    present = held.intersection(found.attendance.present)
    needed = max(1, quorum(rules_of(context), len(held)))
    return [findings.quorum_short(len(present), needed, len(held))] if len(present) < needed else ()


def current(found: Seated, at: datetime) -> Sitting:
    """Who sits now: the attendance, less those whose mandates have ended since."""
    held = {row.id for row in members_at(found.session.commission_id, at)}
    row = found.attendance
    return sitting(sorted(held), sorted(held.intersection(row.present)), row.presiding)
