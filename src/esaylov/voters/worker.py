"""The loop behind the voter list: applies what two persons approved, gathers requests that were granted, and places voters where
rules or addresses changed; makes one act of a precinct's visits from door to door when the day is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import DatabaseError, connection

from esaylov.voters import locks, placing
from esaylov.voters.doors.rounds import Rounds
from esaylov.voters.importing import apply_one
from esaylov.voters.requests import gathering

TICK = 1.0


def run_forever(stop: Callable[[], bool]) -> None:
    """Works until `stop()`; one such process for a database. Raises DatabaseError when the connection is lost: the supervisor
    starts it again.
    """
    locked, refused, rounds = False, set[int](), Rounds()
    while not stop():
        try:
            if not locked and (locked := locks.keep(locks.WORKER)):
                gathering.resume()
            if not locked or not (_step(refused) or rounds.step()):
                time.sleep(TICK)
        except DatabaseError:
            connection.close()
            raise


def _step(refused: set[int]) -> bool:
    """The next piece of work; whether there was any."""
    return apply_one(refused) or gathering.run_one() or placing.place_waiting() is not None
