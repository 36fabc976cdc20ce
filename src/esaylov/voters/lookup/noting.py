"""Writes down the looks of the public look-up, each second at most, in one statement.

Five hundred a second would be as many transactions. So a worker collects them, summed by voter and hour, and a thread of its
own writes them. What cannot be written is kept and tried again; when too much waits, no further look-up is answered (`Full`):
nobody looks unnoticed. A worker that is killed takes the looks of its last second with it.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections import Counter
from datetime import datetime

from django.db import Error, connection

from esaylov.acts.bulk import insert_rows
from esaylov.voters.access import COLUMNS, LOOK_UP, TABLE, hour

logger = logging.getLogger(__name__)

EVERY = 1.0
MOST = 50_000
PIECE = 5_000
Waiting = Counter[tuple[datetime, int]]


class Full(RuntimeError):
    """Too many looks wait to be written down."""


class Notes:
    """The looks of this process that are not written yet."""

    def __init__(self, every: float = EVERY, most: int = MOST) -> None:
        self._every, self._most = every, most
        self._waiting: Waiting = Counter()
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._thread: threading.Thread | None = None
        self._some = threading.Event()
        self._silent = False

    def check(self) -> None:
        """Raises Full where no further look may be taken."""
        if len(self._waiting) >= self._most:
            raise Full

    def add(self, voter: int) -> None:
        """A look at a voter (0: nobody was found, nothing is written)."""
        with self._lock:
            if voter:
                self._waiting[hour(), voter] += 1
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="looks at voters", daemon=True)
                self._thread.start()
        self._some.set()

    def flush(self) -> None:
        """Writes what waits. Raises django.db.Error, and then nothing is lost."""
        with self._writing:
            with self._lock:
                waiting, self._waiting = self._waiting, Counter()
            try:
                while waiting:
                    piece = [(at, voter, "", None, LOOK_UP, times) for (at, voter), times in _first(waiting)]
                    insert_rows(TABLE, COLUMNS, piece)
                    for at, voter, *_ in piece:
                        del waiting[at, voter]
            except BaseException:
                with self._lock:
                    self._waiting += waiting
                raise

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            if not self._some.wait(10 * self._every):
                connection.close()  # nobody looks: the connection is free for others
                self._some.wait()
            self._some.clear()
            pause.wait(self._every)
            self._try()

    def _try(self) -> None:
        try:
            self.flush()
            self._silent = False
        except Error as error:
            if not self._silent:
                logger.warning("looks at voters wait to be written: %s", type(error).__name__)
            self._silent = True
            connection.close()
            self._some.set()


def _first(waiting: Waiting) -> list[tuple[tuple[datetime, int], int]]:
    return [found for found, _ in zip(waiting.items(), range(PIECE), strict=False)]


notes = Notes()
"""Those of this process."""


@atexit.register
def _at_the_end() -> None:
    if notes._waiting:
        notes._try()
