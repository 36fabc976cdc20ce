"""The voter list: an extract of the residence register read, checked, compared, sealed, approved, applied and indexed, against
bare COPY of the same rows and CREATE INDEX of the same indexes; then a second extract with one per cent of changes.

`ESAYLOV_BENCH_VOTERS` names a folder of `esaylov synth voters` (and `<folder>-second` its second extract, where there is one);
without it 200,000 voters are made. The addresses are loaded before; rules of precincts are not set.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from esaylov.bench.election import NAME, write_package
from esaylov.bench.report import Report

COUNT = 200_000
SEED = 7
PRECINCTS = 100
INDEXES = (
    "ALTER TABLE bench_voters ADD PRIMARY KEY (id)",
    "ALTER TABLE bench_voters ADD UNIQUE (pinfl)",
    "CREATE INDEX ON bench_voters (document)",
    "CREATE INDEX ON bench_voters (precinct)",
    "CREATE INDEX ON bench_voters (mahalla, house)",
    "ANALYZE bench_voters",
)
SAMPLE = 2.0


def run() -> list[Report]:
    """Measures; see the module's text."""
    from esaylov.bench.replay import scratch

    with scratch(), tempfile.TemporaryDirectory(prefix="esaylov-bench-") as folder:
        source = country(Path(folder))
        people = prepare(Path(folder), source)
        with memory() as peak:
            staged, applied = imported(source / "residence", people)
        first = staged + applied
        plain = yardstick(Path(folder))
        reports = [_first(staged, applied, plain, peak)]
        second = source.with_name(source.name + "-second")
        if second.is_dir():
            with memory() as peak:
                again = imported(second / "residence", people)
            reports.append(_second(sum(again), first, peak))
        return reports


def country(folder: Path) -> Path:
    """The folder of synthetic voters that is measured."""
    named = os.environ.get("ESAYLOV_BENCH_VOTERS")
    if named:
        return Path(named)
    from esaylov.synthetic.voters import Wishes, write_voters

    write_voters(Wishes(COUNT, SEED, folder / "country"))
    return folder / "country"


def prepare(folder: Path, source: Path) -> dict[str, Any]:
    """Calls an election, enters the Central Commission, loads the address register; returns the officers by role."""
    from datetime import UTC, datetime

    from esaylov.exchange.package import read_package
    from esaylov.formation.simulated import enter_central
    from esaylov.operations.loading import call_election
    from esaylov.registry.queries import commission_by_code, members_of
    from esaylov.server.database import grant_application_role
    from esaylov.voters.keys import sealer
    from esaylov.voters.places.addresses import load

    grant_application_role()
    call_election(read_package(write_package(folder / "package", PRECINCTS)), replay=False, start=None)
    enter_central(SEED)
    load(source / "addresses", sealer())
    central = commission_by_code("", "cec")
    if central is None:
        raise RuntimeError("the Central Commission was not entered")
    return {held.role: held.actor() for held in members_of(central.id, datetime.now(UTC))}


def imported(extract: Path, people: dict[str, Any]) -> tuple[float, float]:
    """Seconds until the changeset is compared, and from its approval until it is applied."""
    from esaylov.acts.door import Accepted, Result, Submission, perform
    from esaylov.voters.changesets import ApproveChangeset, ProposeChangeset
    from esaylov.voters.importing import apply_approved, import_extract

    def done(result: Result) -> None:
        if not isinstance(result, Accepted):
            raise TypeError(f"refused: {result}")

    begin = time.perf_counter()
    changeset = import_extract(extract, NAME)
    staged = time.perf_counter() - begin
    said = {"changeset": changeset.id, "sha256": bytes(changeset.sha256 or b"").hex()}
    done(perform(ProposeChangeset, NAME, Submission(ProposeChangeset.Payload(**said), people["secretary"])))
    payload = ApproveChangeset.Payload(**said, decision="1")
    done(perform(ApproveChangeset, NAME, Submission(payload, people["chair"])))
    begin = time.perf_counter()
    done(apply_approved(changeset))
    return staged, time.perf_counter() - begin


def yardstick(folder: Path) -> float:
    """Seconds of COPY of the list's own rows into a bare table, and of the same indexes."""
    from django.db import connections

    file = folder / "rows.copy"
    with connections["admin"].cursor() as cursor:
        with file.open("wb") as target, cursor.copy("COPY voters_voter TO STDOUT (FORMAT binary)") as copy:
            for part in copy:
                target.write(part)
        cursor.execute("CREATE TABLE bench_voters (LIKE voters_voter)")
        cursor.execute("SET maintenance_work_mem = '768MB'")
        begin = time.perf_counter()
        with file.open("rb") as source, cursor.copy("COPY bench_voters FROM STDIN (FORMAT binary)") as copy:
            while part := source.read(1 << 17):
                copy.write(part)
        for statement in INDEXES:
            cursor.execute(statement)
        seconds = time.perf_counter() - begin
        cursor.execute("DROP TABLE bench_voters")
    file.unlink()
    return seconds


@contextmanager
def memory() -> Iterator[Callable[[], float]]:
    """The most memory (GiB, shared pages once) that this process and the database's took together, sampled."""
    most, stop = [0.0], threading.Event()

    def sample() -> None:
        while not stop.wait(SAMPLE):
            most[0] = max(most[0], _proportional())

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield lambda: most[0]
    finally:
        stop.set()
        thread.join()


def _proportional() -> float:
    import psutil

    total = 0
    for process in psutil.process_iter(["name", "pid"]):
        if process.pid == os.getpid() or (process.info["name"] or "").startswith("postgres"):
            try:
                total += process.memory_full_info().pss
            except psutil.Error:
                continue
    return float(total / 2**30)


def _size() -> int:
    from esaylov.voters.applying import size

    return size()


def _first(staged: float, applied: float, plain: float, peak: Callable[[], float]) -> Report:
    return Report(
        "voters",
        "an extract of the residence register becomes the list, against COPY of the same rows and the same indexes",
        (staged + applied) / plain,
        6.0,
        False,
        (
            ("voters", f"{_size():,} on the list, invented people"),
            ("read, checked, compared, sealed, staged", f"{staged:,.1f} s"),
            ("hashed again, applied, indexed", f"{applied:,.1f} s"),
            ("COPY and CREATE INDEX", f"{plain:,.1f} s"),
            ("memory, the database's included", f"{peak():.2f} GiB"),
        ),
    )


def _second(seconds: float, first: float, peak: Callable[[], float]) -> Report:
    return Report(
        "voters-again",
        "a second extract with one per cent of changes, against the first import",
        seconds / first,
        1 / 3,
        False,
        (
            ("second extract, compared and applied", f"{seconds:,.1f} s"),
            ("first extract", f"{first:,.1f} s"),
            ("memory, the database's included", f"{peak():.2f} GiB"),
        ),
    )
