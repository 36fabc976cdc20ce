"""What a measurement took: seconds by the clock, processor seconds of what it started and of its database, and how busy the
machine was with other things meanwhile; steps inside, each with its own.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import wraps
from typing import Any

import psutil

SAMPLE = 2.0
Details = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock; processor seconds of this process and those it started, of the database's, of all others."""

    seconds: float = 0.0
    own: float = 0.0
    database: float = 0.0
    others: float = 0.0

    def __add__(self, more: Spent) -> Spent:
        return Spent(
            self.seconds + more.seconds, self.own + more.own,
            self.database + more.database, self.others + more.others,
        )  # fmt: skip

    def __sub__(self, less: Spent) -> Spent:
        return self + Spent(-less.seconds, -less.own, -less.database, -less.others)

    def __str__(self) -> str:
        return f"{self.seconds:,.1f} s (processor: {self.own:,.1f} s here, {self.database:,.1f} s database)"


class Meter:
    """Measures against the server that the default connection leads to."""

    def __init__(self) -> None:
        self._server = server()
        self.steps: dict[str, Spent] = {}
        self.load = os.getloadavg()[0]

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Adds what happens inside to a step."""
        begin = self.now()
        try:
            yield
        finally:
            self.steps[name] = self.steps.get(name, Spent()) + (self.now() - begin)

    @contextmanager
    def around(self, *places: tuple[str, Any, str]) -> Iterator[None]:
        """While it is open, calls of functions are steps: name of the step, owner of the function, its name there."""
        before = [(owner, name, owner.__dict__[name]) for _, owner, name in places]
        for step, owner, name in places:
            setattr(owner, name, self._measured(step, owner.__dict__[name]))
        try:
            yield
        finally:
            for owner, name, function in before:
                setattr(owner, name, function)

    def _measured(self, step: str, function: Any) -> Any:
        plain = function.__func__ if isinstance(function, classmethod) else function

        @wraps(plain)
        def measured(*values: Any, **named: Any) -> Any:
            with self.step(step):
                return plain(*values, **named)

        return classmethod(measured) if isinstance(function, classmethod) else measured

    def now(self) -> Spent:
        """What was spent since some moment in the past."""
        below = [self._server, *self._server.children(recursive=True)]
        started = [one for one in psutil.Process().children(recursive=True) if one not in below]
        ended = os.times()
        own = time.process_time() + ended.children_user + ended.children_system + _processor(started)
        database = _processor(below) + _ended(self._server)
        machine = psutil.cpu_times()
        idle = machine.idle + machine.iowait + machine.guest + machine.guest_nice
        return Spent(time.perf_counter(), own, database, sum(machine) - idle - own - database)

    def details(self, whole: Spent, steps: Sequence[str]) -> Details:
        """Steps, and how free the machine was, as a report tells them."""
        told = tuple((f"  {name}", str(self.steps[name])) for name in steps if name in self.steps)
        cores = os.cpu_count() or 1
        share = whole.others / max(whole.seconds, 1e-9)
        said = f"{cores} cores, of which other work took {share:.2f}; load {self.load:.1f} before, {os.getloadavg()[0]:.1f} after"
        return (*told, ("machine", said))


def server() -> psutil.Process:
    """The server that the default connection leads to."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        parent = psutil.Process(cursor.fetchone()[0]).parent()
    if parent is None:
        raise RuntimeError("the database runs on another machine")
    return parent


def _processor(processes: Sequence[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        with suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def _ended(process: psutil.Process) -> float:
    """Processor seconds of those that ended below a process."""
    times = process.cpu_times()
    return float(times.children_user + times.children_system)


@contextmanager
def memory() -> Iterator[Callable[[], float]]:
    """The most memory (GiB, shared pages once) that this process and its database's took together, sampled."""
    most, stop, root = [0.0], threading.Event(), server()

    def sample() -> None:
        while not stop.wait(SAMPLE):
            most[0] = max(most[0], _proportional(root))

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield lambda: most[0]
    finally:
        stop.set()
        thread.join()


def _proportional(root: psutil.Process) -> float:
    total = 0
    for process in (psutil.Process(), root, *root.children(recursive=True)):
        with suppress(psutil.Error):
            total += process.memory_full_info().pss
    return float(total / 2**30)
