"""Figures over the whole list that a page shows as of a moment ago: many look at them, and each count reads millions of rows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from typing import Generic, NamedTuple, TypeVar

Found = TypeVar("Found")
MOST = 200


class Known(NamedTuple, Generic[Found]):
    """What was read, and when."""

    at: datetime
    found: Found


class Lately(Generic[Found]):
    """Keeps what was read for so many `seconds`, by a key; one thread reads, the others wait for what it finds."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock, self._lock = seconds, clock, threading.Lock()
        self._kept: dict[Hashable, tuple[float, Known[Found]]] = {}

    def __call__(self, key: Hashable, read: Callable[[], Found]) -> Known[Found]:
        """What `read` found for a key not long ago. What it raises passes through, and nothing is kept."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or self._clock() - kept[0] >= self._seconds:
                now = datetime.now(UTC)
                kept = self._clock(), Known(now, read())
                if len(self._kept) >= MOST:
                    self._kept.clear()
                self._kept[key] = kept
            return kept[1]

    def forget(self) -> None:
        """Reads anew at the next question."""
        with self._lock:
            self._kept.clear()
