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


class _Place(Generic[Found]):
    """What is kept for a key; whoever asks for another key does not wait while it is read."""

    __slots__ = ("known", "lock", "read")

    def __init__(self) -> None:
        self.lock, self.read = threading.Lock(), 0.0
        self.known: Known[Found] | None = None


class Lately(Generic[Found]):
    """Keeps what was read for so many `seconds`, by a key; one thread reads, others who ask for the same wait for it."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock, self._lock = seconds, clock, threading.Lock()
        self._kept: dict[Hashable, _Place[Found]] = {}

    def __call__(self, key: Hashable, read: Callable[[], Found]) -> Known[Found]:
        """What `read` found for a key not long ago. What it raises passes through, and nothing is kept."""
        with self._lock:
            if key not in self._kept and len(self._kept) >= MOST:
                self._kept.clear()
            place = self._kept.setdefault(key, _Place())
        with place.lock:
            if place.known is None or self._clock() - place.read >= self._seconds:
                now = datetime.now(UTC)
                place.known, place.read = Known(now, read()), self._clock()
            return place.known

    def forget(self) -> None:
        """Reads anew at the next question."""
        with self._lock:
            self._kept.clear()
