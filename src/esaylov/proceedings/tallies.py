"""How many applications came to the commissions of an election, and what became of them: sums, no application by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from esaylov.acts.statements import fetch

# Each application counts once, with the commission that holds it; an answer stays one when an appeal is noted.
TALLIES = """WITH known AS (
    SELECT v.application_id, v.sequence, v.state, v.until, v.commission_id, v.decision
    FROM proceedings_application a JOIN proceedings_applicationevent v ON v.application_id = a.id
    JOIN acts_entry e ON e.journal_id = v.journal AND e.index < %s WHERE a.election = %s),
latest AS (SELECT DISTINCT ON (application_id) * FROM known ORDER BY application_id, sequence DESC),
outcome AS (SELECT application_id, bool_or(state = 'granted') AS granted, bool_or(state = 'refused') AS refused,
    bool_or(state = 'refused' AND decision = '') AS alone, bool_or(state = 'appealed') AS appealed
    FROM known GROUP BY application_id)
SELECT a.kind, c.tier, count(*), count(*) FILTER (WHERE o.granted), count(*) FILTER (WHERE o.refused),
    count(*) FILTER (WHERE o.alone), count(*) FILTER (WHERE o.appealed),
    count(*) FILTER (WHERE NOT o.granted AND NOT o.refused),
    count(*) FILTER (WHERE NOT o.granted AND NOT o.refused AND l.state <> 'defects' AND l.until <= %s)
FROM latest l JOIN outcome o USING (application_id) JOIN proceedings_application a ON a.id = l.application_id
JOIN registry_commission c ON c.id = l.commission_id GROUP BY a.kind, c.tier ORDER BY a.kind, c.tier"""


@dataclass(frozen=True, slots=True)
class Tally:
    """Applications of one kind before commissions of one tier. `alone`: of the refused ones, by an officer without a decision;
    `late`: of those that wait, longer than the law allows.
    """

    kind: str
    tier: str
    received: int
    granted: int
    refused: int
    alone: int
    appealed: int
    waiting: int
    late: int


def tallies(size: int, election: str, now: datetime) -> list[Tally]:
    """Applications in an election below a size of the log, at a time of its clock; one statement."""
    return [Tally(*row) for row in fetch(TALLIES, [size, election, now])]
