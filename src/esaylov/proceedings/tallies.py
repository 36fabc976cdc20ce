"""How many applications came to the commissions of an election, and what became of them: sums, no application by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from esaylov.acts.context import ElectionContext, get_context
from esaylov.acts.statements import fetch
from esaylov.proceedings.kinds import kind_of

# Each application counts once, with the commission that holds it; an answer stays one when an appeal is noted, and stays late.
# What was not repaired in time is due by days that the edition counts: of each such one its times are given.
TALLIES = """WITH known AS (
    SELECT v.application_id, v.sequence, v.state, v.at, v.until, v.commission_id, v.decision,
        v.state IN ('granted', 'refused') AS answer, lag(v.state) OVER w AS state_before, lag(v.at) OVER w AS at_before,
        lag(v.until) OVER w AS due, lag(v.until, 2) OVER w AS due_before
    FROM proceedings_application a JOIN proceedings_applicationevent v ON v.application_id = a.id
    JOIN acts_entry e ON e.journal_id = v.journal AND e.index < %s WHERE a.election = %s
    WINDOW w AS (PARTITION BY v.application_id ORDER BY v.sequence)),
latest AS (SELECT DISTINCT ON (application_id) * FROM known ORDER BY application_id, sequence DESC),
outcome AS (SELECT application_id, bool_or(state = 'granted') AS granted, bool_or(state = 'refused') AS refused,
    bool_or(state = 'refused' AND decision = '') AS alone, bool_or(state = 'appealed') AS appealed,
    bool_or(answer AND state_before <> 'defects' AND at >= due) AS delayed,
    max(ARRAY[at_before, due, due_before, at]) FILTER (WHERE answer AND state_before = 'defects') AS unrepaired
    FROM known GROUP BY application_id),
one AS (SELECT l.commission_id, o.*, NOT o.granted AND NOT o.refused AS waits,
    l.state <> 'defects' AND l.until <= %s AS over,
    CASE WHEN l.state = 'defects' AND l.until <= %s THEN ARRAY[l.at, l.until, l.due, NULL] ELSE o.unrepaired END AS pause
    FROM latest l JOIN outcome o USING (application_id))
SELECT a.kind, c.tier, count(*), count(*) FILTER (WHERE granted), count(*) FILTER (WHERE refused),
    count(*) FILTER (WHERE alone), count(*) FILTER (WHERE appealed), count(*) FILTER (WHERE delayed),
    count(*) FILTER (WHERE waits), count(*) FILTER (WHERE waits AND over),
    array_agg(pause) FILTER (WHERE pause IS NOT NULL)
FROM one JOIN proceedings_application a ON a.id = one.application_id
JOIN registry_commission c ON c.id = one.commission_id GROUP BY a.kind, c.tier ORDER BY a.kind, c.tier"""


@dataclass(frozen=True, slots=True)
class Tally:
    """Applications of one kind before commissions of one tier. `alone`: of the refused ones, by an officer without a decision;
    `delayed`: answered later than the law allows; `late`: of those that wait, longer than it allows.
    """

    kind: str
    tier: str
    received: int
    granted: int
    refused: int
    alone: int
    appealed: int
    delayed: int
    waiting: int
    late: int


def tallies(size: int, election: str, now: datetime) -> list[Tally]:
    """Applications in an election below a size of the log, at a time of its clock; one statement."""
    context, found = get_context(election), []
    for *row, pauses in fetch(TALLIES, [size, election, now, now]):
        one = Tally(*row)
        more = _unrepaired(context, one.kind, pauses or (), now)
        found.append(replace(one, delayed=one.delayed + more[True], late=one.late + more[False]))
    return found


def _unrepaired(
    context: ElectionContext, code: str, pauses: Sequence[Sequence[datetime | None]], now: datetime
) -> Counter[bool]:
    """How many of the applications that were not repaired in time were answered late (True), or wait too long (False)."""
    kind, found = kind_of(code), Counter[bool]()
    for stopped, over, before, answered in pauses if kind else ():
        assert kind is not None
        assert stopped is not None
        assert over is not None
        due = kind.answer_after_repair(context, before, stopped, over)
        found[answered is not None] += (answered or now) >= due
    return found
