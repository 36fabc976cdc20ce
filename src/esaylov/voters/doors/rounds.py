"""The worker's part: when a precinct's day is over, its visits become one act. What was noted lies in its table meanwhile."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from esaylov.acts.context import get_context
from esaylov.acts.door import Refused, Submission, perform_batch
from esaylov.acts.powers import SYSTEM
from esaylov.voters.doors.acts import RecordRound
from esaylov.voters.doors.reading import rows_of

logger = logging.getLogger(__name__)
BATCH = 200
"""Precincts whose rounds are recorded in one transaction."""
PAUSE = 60.0
"""Seconds between two looks for days that are over: each asks the index once for every precinct."""
ELECTIONS = """SELECT e.id FROM elections_election e
    WHERE EXISTS (SELECT 1 FROM voters_housecheck h WHERE h.election = e.id) ORDER BY e.id"""
WAITING = """SELECT p.code, p.cell_id, h.day FROM registry_precinct p
    JOIN LATERAL (SELECT number FROM voters_housecheck WHERE precinct_id = p.id ORDER BY number DESC LIMIT 1) l ON true
    LEFT JOIN LATERAL (SELECT last FROM voters_doorround WHERE precinct_id = p.id ORDER BY number DESC LIMIT 1) r ON true
    JOIN LATERAL (SELECT day FROM voters_housecheck WHERE precinct_id = p.id AND number > coalesce(r.last, 0)
        AND journal IS NULL ORDER BY number LIMIT 1) h ON true
    WHERE p.election = %(election)s AND l.number > coalesce(r.last, 0) AND (h.day < %(today)s OR p.cell_id = ANY(%(abroad)s))
    ORDER BY p.id"""


def due(election: str) -> list[str]:
    """Codes of the precincts of an election in which a day with visits is over by their own clock, and has no round."""
    context = get_context(election)
    now, tables = context.now(), context.tables
    rows = rows_of(WAITING, election=election, today=now.date(), abroad=list(tables.cells_abroad))
    zones = tables.zones
    return [
        code for code, cell, day in rows if day < now.astimezone(zones.get(cell) or context.timezone).date()
    ]


def record_rounds(election: str) -> int:
    """Records the rounds that are due in an election, those of one day after another; returns how many."""
    recorded = 0
    while found := due(election):
        done = 0
        for start in range(0, len(found), BATCH):
            submissions = [
                Submission(RecordRound.Payload(precinct=code), SYSTEM)
                for code in found[start : start + BATCH]
            ]
            results = perform_batch(RecordRound, election, submissions)
            done += sum(not isinstance(one, Refused) for one in results)
        recorded += done
        if not done:
            logger.warning("rounds of %d precincts of %s were not recorded", len(found), election)
            break
    return recorded


class Rounds:
    """Looks for days that are over, every PAUSE seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._looked = clock, -PAUSE

    def step(self) -> bool:
        """Records what is due where it is time to look; whether anything was."""
        if self._clock() - self._looked < PAUSE:
            return False
        self._looked = self._clock()
        return sum(record_rounds(election) for (election,) in rows_of(ELECTIONS)) > 0
