"""A bound on work that nobody may ask for without end: pictures, searches, long lists for robots.

A worker has a few threads. Finished pages take none of their time; a picture or a search takes tenths of a second and has
as many addresses as somebody cares to invent. So one of them is made at a time in each worker, one more waits for its turn,
and whoever comes then is told to come again: the other threads stay free for pages.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

AT_ONCE, WAITING = 1, 1
PATIENCE = 2.0
RETRY_SECONDS = "3"
BUSY = "X-Esaylov-Busy"
"""Marks the answer of who is too busy: what was made before may be served instead, and must not be called a failure."""

View = Callable[..., HttpResponse]


class Busy(Exception):
    """Others are at work, and enough wait already."""


class Gate:
    """Lets so many through at once; so many more wait, each for so many seconds."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING, patience: float = PATIENCE) -> None:
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._turns = threading.BoundedSemaphore(at_once)
        self._patience = patience

    @contextmanager
    def turn(self) -> Iterator[None]:
        """For the work itself. Raises Busy where it cannot begin soon."""
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            if not self._turns.acquire(timeout=self._patience):
                raise Busy
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()


gate = Gate()
"""The gate of this process."""


def gated(view: View) -> View:
    """A view that takes its turn at the gate, before it asks the database for anything; 503 where it is busy."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with gate.turn():
                return view(request, *args, **kwargs)
        except Busy:
            return busy()

    return answer


def busy() -> HttpResponse:
    """503, and when to come again."""
    response = HttpResponse("Many ask for this at the moment. Come again in a few seconds.\n", status=503)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = RETRY_SECONDS
    response.headers[BUSY] = "yes"
    # Django notes every 503 as an error of the server: a flood of requests must not become one of the log.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
