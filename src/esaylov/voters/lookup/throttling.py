"""How often something named may be asked for in this process, such as requests with one document.

The same for every number, in the list or not. (Tries of the look-up the custodian counts for all processes: `custody/limits.py`.)
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from esaylov.custody.limits import Memory

BURST = 20
EVERY = 180.0
MOST = 200_000


class Documents:
    """So many tries of a document at once, then one in so many seconds; in each worker."""

    def __init__(
        self, burst: int = BURST, every: float = EVERY, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst, self._every, self._clock = burst, every, clock
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Forgets all tries."""
        self._full_at: Memory[float] = Memory(self._burst * self._every, MOST, self._clock)

    def wait(self, document: str) -> float:
        """Counts a try; or returns after how many seconds to come again (then it is not counted)."""
        key = hash(document)
        with self._lock:
            now = self._clock()
            full_at = max(self._full_at.get(key) or now, now)
            waits = full_at + self._every - self._burst * self._every - now
            if waits > 1e-6:
                return waits
            if not self._full_at.full():
                self._full_at.put(key, full_at + self._every)
            return 0.0

    def give_back(self, document: str) -> None:
        """A try that was counted led to nothing."""
        key = hash(document)
        with self._lock:
            if full_at := self._full_at.get(key):
                self._full_at.put(key, full_at - self._every)
