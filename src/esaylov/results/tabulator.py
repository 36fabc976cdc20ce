"""Keeps the projections of every election at the size of the latest checkpoint: a loop of its own."""

import time
from collections.abc import Callable

from django.db import DatabaseError, connection

from esaylov.acts.models import Checkpoint
from esaylov.elections.queries import elections
from esaylov.results.tabulation import Tabulator

PAUSE = 0.2
LOCK = 0x7461_6275


class Tabulators:
    """One tabulator for each election."""

    def __init__(self) -> None:
        self._known: dict[str, Tabulator] = {}

    def run_once(self) -> bool:
        """Brings every election to the latest checkpoint. Returns whether anything changed."""
        latest = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first()
        if latest is None:
            return False
        changed = False
        for election in elections():
            if election.id not in self._known:
                self._known[election.id] = Tabulator(election.id)
            changed |= self._known[election.id].advance(latest)
        return changed


def run_forever(stop: Callable[[], bool]) -> None:
    """Tabulates until `stop()` is true; one at a time for a database."""
    tabulators = Tabulators()
    locked = False
    while not stop():
        try:
            locked = locked or _lock()
            if not locked or not tabulators.run_once():
                time.sleep(PAUSE)
        except DatabaseError:
            connection.close()
            raise


def _lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])
