"""Work that is done a little ahead of its turn, by a thread of its own: the reader of an extract works outside Python's lock."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 0.1
END = object()


def ahead(items: Iterable[T], depth: int = 2) -> Iterator[T]:
    """The items in their order, each made while those before it are worked on; at most `depth` of them wait.

    What making them raises is raised at its place. Whoever stops early stops the thread too.
    """
    waiting: queue.Queue[object] = queue.Queue(depth)
    stopped = threading.Event()

    def put(item: object) -> None:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=PATIENCE)
            except queue.Full:
                continue
            return

    def make() -> None:
        try:
            for item in items:
                put(item)
                if stopped.is_set():
                    return
            put(END)
        except BaseException as error:
            put(error)

    thread = threading.Thread(target=make, name="reader of an extract", daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not END:
            if isinstance(item, BaseException):
                raise item
            yield item  # type: ignore[misc]
    finally:
        stopped.set()
        thread.join()
