"""Replays an election package: its protocols go through the same door as live ones, into a log with a throw-away key."""

import gc
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connections

from esaylov.acts.models import Checkpoint
from esaylov.acts.sequencer import Busy, Sequencer
from esaylov.exchange.records import CALENDAR, Package
from esaylov.law.calendar import release_time
from esaylov.operations.loading import (
    Event,
    Performer,
    batches,
    belongs,
    call_election,
    closing_time,
    events,
)
from esaylov.results.summary import contest_results, finding_counts, outside
from esaylov.results.tabulation import Tabulator

Progress = Callable[[int, int], None]


class ReplayError(RuntimeError):
    """The replay cannot be done as asked."""


@dataclass(slots=True)
class Report:
    """What a replay did; `to_json` is the file that contract.md describes."""

    protocols: int = 0
    seconds: float = 0.0
    findings: dict[str, int] = field(default_factory=dict)
    left_outside: list[dict[str, Any]] = field(default_factory=list)
    contests: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    size: int = 0

    @property
    def rate(self) -> float:
        """Protocols per second."""
        return self.protocols / self.seconds if self.seconds else 0.0

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "protocols": self.protocols,
            "seconds": round(self.seconds, 3),
            "protocols_per_second": round(self.rate, 1),
            "findings": self.findings,
            "left_outside": self.left_outside,
            "refused": self.refused,
            "contests": self.contests,
        }

    def write(self, path: Path) -> None:
        """Writes the JSON file."""
        path.write_text(json.dumps(self.to_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def replay(
    package: Package,
    *,
    speed: float | None = None,
    until: datetime | None = None,
    progress: Progress = lambda _done, _all: None,
) -> Report:
    """Replays a package into the database at hand.

    `speed` None: as fast as it goes; else that many times real time by the protocols' own times. `until`: events after
    it are left out. Raises ReplayError, LoadError, IdentityError.
    """
    stream = events(package)
    if speed is not None and not _has_times(package):
        raise ReplayError("the package's protocols have no submitted_at: only --speed max is possible")
    if until is not None:
        stream = (event for event in stream if event.at <= until)
    _refuse_beside_a_site()
    begin = time.monotonic()
    call_election(package, replay=True, start=_start(package))
    runner = _Runner(package, progress, live=speed is not None)
    release = release_time(package.edition, package.date, package.timezone)
    groups = batches(stream, release=release) if speed is None else _paced(stream, speed, release)
    with _few_collections():
        for group in groups:
            runner.step(group)
        runner.finish()
    return runner.report(time.monotonic() - begin)


def _refuse_beside_a_site() -> None:
    """A replay sequences and tabulates by itself; before anything is written it makes sure that nobody else does."""
    sequencer = Sequencer()
    try:
        sequencer.acquire()
    except Busy:
        raise ReplayError("a site is running on this database: stop it first, then replay") from None
    sequencer.release()


@contextmanager
def _few_collections() -> Iterator[None]:
    """A replay makes millions of short-lived objects without cycles; looking for cycles all the time costs a tenth."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _has_times(package: Package) -> bool:
    return all(package.protocols.times.text(row) is not None for row in range(len(package.protocols)))


def _start(package: Package) -> datetime:
    times = [package.protocols.times.text(row) for row in range(len(package.protocols))]
    reports = [report.at for report in package.turnout]
    moves = [decision.at for decision in package.decisions if decision.kind == CALENDAR]
    known = [datetime.fromisoformat(text) for text in [*times, *reports, *moves] if text]
    return min([closing_time(package), *known])


def _paced(stream: Iterator[Event], speed: float, release: datetime | None) -> Iterator[list[Event]]:
    """Groups of events that are due, waiting in between."""
    begin: tuple[float, datetime] | None = None
    waiting: list[Event] = []
    for event in stream:
        begin = begin or (time.monotonic(), event.at)
        due = begin[0] + max(0.0, (event.at - begin[1]).total_seconds()) / speed
        pause = due - time.monotonic()
        if waiting and (pause > 0.05 or len(waiting) >= 500 or not belongs(event, waiting, release)):
            yield waiting
            waiting = []
        if (pause := due - time.monotonic()) > 0:
            time.sleep(pause)
        waiting.append(event)
    if waiting:
        yield waiting


class _Sequencing(threading.Thread):
    """Sequences beside the door; both wait for the database most of the time, each on its own connection."""

    def __init__(self) -> None:
        super().__init__(name="sequencer", daemon=True)
        self._done = threading.Event()
        self._failure: BaseException | None = None

    def run(self) -> None:
        try:
            sequencer = Sequencer()
            sequencer.acquire()
            while not self._done.is_set():
                if not sequencer.run_once():
                    self._done.wait(0.05)
            while sequencer.run_once():
                pass
        except BaseException as failure:
            self._failure = failure
        finally:
            connections.close_all()

    def check(self) -> None:
        """Raises what stopped the thread, if anything did."""
        if self._failure is not None:
            raise ReplayError("the sequencer stopped") from self._failure

    def finish(self) -> None:
        """Waits until everything committed is in the log."""
        self._done.set()
        self.join()
        self.check()


class _Runner:
    """Performs groups of events; sequences beside, tabulates at the end, and in a paced replay all the time."""

    def __init__(self, package: Package, progress: Progress, *, live: bool) -> None:
        self.package = package
        self.progress = progress
        self.live = live
        self.performer = Performer(package.id)
        self.sequencing = _Sequencing()
        self.sequencing.start()
        self.tabulator = Tabulator(package.id)
        self.done = 0
        self.total = len(package.turnout) + len(package.protocols) + len(package.decisions)

    def step(self, group: Sequence[Event]) -> None:
        """Performs one group."""
        self.performer.perform(group)
        self.done += len(group)
        self.progress(self.done, self.total)
        self.sequencing.check()
        if self.live:
            self._tabulate()

    def finish(self) -> None:
        """Sequences and tabulates what is left."""
        self.sequencing.finish()
        self._tabulate()

    def _tabulate(self) -> None:
        latest = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first()
        self.tabulator.advance(latest or 0)

    def report(self, seconds: float) -> Report:
        """What came of it."""
        tables = self.tabulator.tables
        accepted = Counter(self.performer.loaded.accepted)
        protocols = accepted["results.submit_protocol"] + accepted["results.correct_protocol"]
        refused = [
            {"act": event.act.code, "findings": [finding.code for finding in found]}
            for event, found in self.performer.loaded.refused[:1000]
        ]
        return Report(
            protocols=protocols,
            seconds=seconds,
            findings=finding_counts(tables),
            left_outside=outside(tables),
            contests=contest_results(tables),
            refused=refused,
            size=Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0,
        )
