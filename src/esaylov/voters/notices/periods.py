"""From when until when those may object whom a changeset removes, and who stays because they did (Art. 29, 30)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from psycopg import sql

from esaylov.acts.bulk import insert_rows
from esaylov.voters.assignments.following import INCLUDED
from esaylov.voters.assignments.models import Assignment
from esaylov.voters.models import Changeset, ChangesetStep
from esaylov.voters.notices.models import Notice, NoticePeriod
from esaylov.voters.notices.preparing import rules_of

HOLDS = 7
"""The time that a notice stood counts for so many times the length of a notice: the same removal, compared anew because another
changeset went before, does not begin another whole one.
"""
State = Changeset.State
COUNT = """WITH earlier AS (SELECT e.voter, e.reason, max(s.stood) AS stood FROM voters_notice e
    JOIN unnest(%(changesets)s::bigint[], %(stood)s::interval[]) AS s(changeset, stood) ON s.changeset = e.changeset
    GROUP BY 1, 2)
SELECT count(*), count(*) FILTER (WHERE earlier.stood IS NULL), min(earlier.stood)
FROM voters_notice n LEFT JOIN earlier ON earlier.voter = n.voter AND earlier.reason = n.reason
WHERE n.changeset = %(changeset)s"""


def period(changeset: Changeset, at: datetime) -> NoticePeriod | None:
    """The notice that an approval at a time begins (not written yet); None where a changeset removes nobody who is told.

    Whom an earlier notice told is told for as long as is left of it: the time counts for which the longest one stood.
    """
    length = timedelta(hours=rules_of(changeset).notice_hours)
    stood = _stood(changeset.election, at, HOLDS * length)
    asked: dict[str, Any] = {
        "changeset": changeset.id, "changesets": list(stood), "stood": list(stood.values()),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(COUNT, asked)
        notices, told, least = cursor.fetchone()
    if not notices:
        return None
    ends = at + length if told else _second(at) + max(length - least, timedelta())
    return NoticePeriod(changeset=changeset.id, begins=at, ends=ends, notices=notices, told=told)


def _stood(election: str, at: datetime, within: timedelta) -> dict[int, timedelta]:
    """How long the notices stood that began within a time and whose changesets never went into the list: until these were given
    up, or still. In whole seconds, as the log has them.
    """
    begun = dict(NoticePeriod.objects.filter(begins__gte=at - within).values_list("changeset", "begins"))
    never = Changeset.objects.filter(id__in=list(begun), election=election)
    standing = dict.fromkeys(never.filter(state=State.APPROVED).values_list("id", flat=True), at)
    given_up = ChangesetStep.objects.filter(changeset__in=never, step=State.DISCARDED)
    ended = standing | dict(given_up.values_list("changeset", "at"))
    return {one: _second(end) - _second(begun[one]) for one, end in ended.items()}


def _second(time: datetime) -> datetime:
    return time.replace(microsecond=0)


def ends_of(changesets: Iterable[int]) -> dict[int, datetime]:
    """Before when changesets are not applied; those without a notice are not named."""
    rows = NoticePeriod.objects.filter(changeset__in=list(changesets))
    return dict(rows.values_list("changeset", "ends"))


KEPT = """SELECT DISTINCT r.id, n.voter, d.verdict IS NOT NULL FROM voters_notice n
JOIN voters_request r ON r.voter = n.voter AND r.election = %(election)s AND r.kind = 'objection' AND r.received_at >= %(since)s
LEFT JOIN voters_requestdecision d ON d.request_id = r.id
WHERE n.changeset = %(changeset)s AND (d.verdict IS NULL OR d.verdict = 'granted')"""


class Objection(NamedTuple):
    """A request by whose grant a voter stays in the list."""

    request: int
    voter: int
    granted: bool


def objections(changeset: Changeset) -> list[Objection]:
    """Objections against a changeset's removals that are granted, or not decided yet.

    Those count too that were made when an earlier notice of the same removal ran.
    """
    found = NoticePeriod.objects.filter(changeset=changeset.id).first()
    if found is None:
        return []
    length = timedelta(hours=rules_of(changeset).notice_hours)
    asked: dict[str, Any] = {
        "election": changeset.election,
        "changeset": changeset.id,
        "since": found.begins - HOLDS * length,
    }
    with connection.cursor() as cursor:
        cursor.execute(KEPT, asked)
        return [Objection(*row) for row in cursor.fetchall()]


REFUSED_SINCE = """SELECT DISTINCT ON (n.voter) n.voter, n.reason FROM voters_request r
JOIN voters_requestdecision d ON d.request_id = r.id AND d.verdict = 'refused'
JOIN voters_notice n ON n.voter = r.voter JOIN voters_voter v ON v.id = n.voter AND v.changeset < n.changeset
JOIN voters_changeset c ON c.id = n.changeset AND c.election = r.election AND c.state = 'applied' AND c.kind = 'delta'
JOIN voters_changesetstep s ON s.changeset_id = c.id AND s.step = 'applied' AND s.at <= d.at
WHERE r.election = %(election)s AND r.kind = 'objection'
AND NOT EXISTS (SELECT 1 FROM voters_changeset f WHERE f.id > c.id AND f.kind = 'full' AND f.state = 'applied')
AND NOT EXISTS (SELECT 1 FROM voters_request o LEFT JOIN voters_requestdecision g ON g.request_id = o.id
    WHERE o.voter = n.voter AND o.election = r.election AND o.kind = 'objection' AND o.received_at >= r.received_at
    AND (g.verdict IS NULL OR g.verdict = 'granted'))
ORDER BY n.voter, n.changeset DESC"""


def refused_since(election: str) -> tuple[list[int], list[str]]:
    """Entries, and why, that a delta would have removed had no objection waited then, which was refused since; nothing that came
    later says otherwise. They were told then, and are told again.
    """
    with connection.cursor() as cursor:
        cursor.execute(REFUSED_SINCE, {"election": election})
        rows = cursor.fetchall()
    return [voter for voter, _ in rows], [reason for _, reason in rows]


def settle(changeset: Changeset, granted: Sequence[Objection]) -> None:
    """Within the transaction that applies a changeset: granted objections are carried out by it, and their voters stay in the
    list from now on, though the register does not have them.
    """
    taken = [(one.request, changeset.id) for one in granted]
    insert_rows("voters_requesttaken", ("request_id", "changeset"), taken)
    voters = {one.voter for one in granted}
    open_ones = Assignment.objects.filter(voter__in=voters, election=changeset.election, end__isnull=True)
    voters -= set(open_ones.values_list("voter", flat=True))
    rows = [(voter, changeset.election, INCLUDED, changeset.id) for voter in sorted(voters)]
    insert_rows("voters_assignment", ("voter", "election", "why", "changeset"), rows)


def is_to_leave(voter: int | None) -> bool:
    """Whether an approved changeset waits that removes a voter, who may object to it."""
    approved = Changeset.objects.filter(state=State.APPROVED).values("id")
    return voter is not None and Notice.objects.filter(voter=voter, changeset__in=approved).exists()


def keep(stage: str, voters: Iterable[int]) -> int:
    """Takes removals of these voters out of the changes that wait, within the transaction that applies the rest; how many."""
    statement = sql.SQL("DELETE FROM {stage} WHERE kind = 2 AND voter = ANY(%s)").format(
        stage=sql.Identifier(stage)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(), [sorted(set(voters))])
        return int(cursor.rowcount)
