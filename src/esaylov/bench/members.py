"""120,000 members of commissions as one decision that carries the file: read, checked, composed, encrypted, written, against
the csv module reading the same file and COPY writing its rows into a bare table."""

from __future__ import annotations

import csv
import gc
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from esaylov.bench.election import write_package
from esaylov.bench.replay import scratch
from esaylov.bench.report import Report

PRECINCTS = 11_028
ROWS = 120_000
SEED = 20241027


def run() -> Report:
    """Measures; see the module's text. Both read the file from the disk; both end with a commit."""
    from esaylov.exchange.members import read_members

    with scratch(), tempfile.TemporaryDirectory(prefix="esaylov-bench-") as folder:
        package = write_package(Path(folder) / "package", PRECINCTS)
        file = members_file(package, Path(folder) / "members.csv")
        plain = min(_timed(lambda: plain_copy(file)) for _ in range(2))
        call(package)
        # Both run warm: the yardstick is the better of two runs, and a cabinet has read the file, and its election's edition,
        # before it is confirmed.
        read_members(file)
        open_election()
        whole = _timed(lambda: enter(file))
        return report(file, plain, whole)


def report(file: Path, plain: float, whole: float) -> Report:
    """The figures as a report."""
    with file.open("rb") as lines:
        rows = sum(1 for _ in lines) - 1
    return Report(
        "members",
        "importing members as one decision, against the csv module and COPY into a bare table",
        whole / plain,
        6.0,
        False,
        (
            ("file", f"{rows:,} rows, {file.stat().st_size / 2**20:.0f} MiB, simulated people"),
            (
                "import (reading, checks, composition, encryption, persons, mandates, vault, journal)",
                f"{whole:.2f} s",
            ),
            ("csv.reader and COPY", f"{plain:.2f} s"),
        ),
    )


def members_file(package: Path, file: Path) -> Path:
    """Simulated members of every commission of a package but the Central one, cut after ROWS rows."""
    from esaylov.demo.members import write_members

    write_members(package, SEED, file)
    with file.open("rb") as source:
        lines = [line for line in source if not line.startswith(b"cec,")]
    # What is cut off lies at the end; the last commission stays whole.
    last = lines[min(ROWS, len(lines) - 1)].split(b",")[0]
    while len(lines) > ROWS and lines[-1].split(b",")[0] != last:
        lines.pop()
    file.write_bytes(b"".join(lines))
    return file


def plain_copy(file: Path) -> None:
    """The yardstick: csv.reader, COPY into a table of text without an index."""
    from django.db import connections

    with connections["admin"].cursor() as cursor, file.open(newline="", encoding="utf-8") as source:
        reader = csv.reader(source)
        names = ", ".join(f'"{name}" text' for name in next(reader))
        cursor.execute(f"DROP TABLE IF EXISTS bench_members; CREATE TABLE bench_members ({names})")
        with cursor.copy("COPY bench_members FROM STDIN") as copy:
            for row in reader:
                copy.write_row(row)


def call(package: Path) -> None:
    """Calls the election and enters the Central Commission, whose chair imports."""
    from esaylov.exchange.package import read_package
    from esaylov.formation.simulated import enter_central
    from esaylov.operations.loading import call_election
    from esaylov.server.database import grant_application_role

    grant_application_role()
    call_election(read_package(package), replay=False, start=None)
    enter_central(SEED)


def open_election() -> None:
    """Reads the election, as each page of a cabinet does."""
    from esaylov.acts.context import get_context
    from esaylov.bench.election import NAME

    get_context(NAME)


def enter(file: Path) -> None:
    """The import, from the file to the commit. Raises RuntimeError where it is refused."""
    from esaylov.bench.election import NAME
    from esaylov.formation.simulated import enter_file

    record = enter_file(NAME, file, "1")
    if record["taken"] != record["rows"]:
        raise RuntimeError(f"not every row was taken: {record}")


def _timed(work: Callable[[], None]) -> float:
    # Neither side sweeps up what was made before it.
    gc.collect()
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
