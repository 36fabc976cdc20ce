"""The voter list: an extract of the residence register read, checked, compared, sealed, approved, applied and indexed, against
bare COPY of the same rows and CREATE INDEX of the same indexes; then a second extract with one per cent of changes.

`ESAYLOV_BENCH_VOTERS` names a folder of `esaylov synth voters` (and `<folder>-second` its second extract, where there is one);
without it 200,000 voters are made. The addresses are loaded before; rules of precincts are not set.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from esaylov.bench.election import NAME, write_package
from esaylov.bench.meter import Details, Meter, Spent, memory
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
LIST, ROWS, TAKEN, COUNTED = (
    "the list read",
    "waited for rows",
    "compared, sealed, written",
    "counted and hashed",
)
STAGED, APPLIED = "read, checked, compared, sealed, staged", "hashed again, applied, indexed"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an extract took until its changeset was compared, and from the approval until it was applied."""

    staged: Spent
    applied: Spent
    details: Details

    @property
    def seconds(self) -> float:
        """By the clock."""
        return self.staged.seconds + self.applied.seconds


def run() -> list[Report]:
    """Measures; see the module's text."""
    from esaylov.bench.replay import scratch

    with scratch(), tempfile.TemporaryDirectory(prefix="esaylov-bench-") as folder:
        source = country(Path(folder))
        people = prepare(Path(folder), source)
        with memory() as peak:
            first = imported(source / "residence", people)
        plain = yardstick(Path(folder))
        reports = [_first(first, plain, peak)]
        second = source.with_name(source.name + "-second")
        if second.is_dir():
            with memory() as peak:
                again = imported(second / "residence", people)
            reports.append(_second(again, first, peak))
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
    from esaylov.exchange.package import read_package
    from esaylov.formation.simulated import enter_central
    from esaylov.operations.loading import call_election
    from esaylov.registry.queries import commission_by_code, members_of
    from esaylov.server.database import grant_application_role
    from esaylov.voters.keys import sealer
    from esaylov.voters.places.addresses import load

    grant_application_role()
    call_election(
        read_package(write_package(folder / "package", PRECINCTS)), replay=False, start=datetime.now(UTC)
    )
    enter_central(SEED)
    load(source / "addresses", sealer())
    central = commission_by_code("", "cec")
    if central is None:
        raise RuntimeError("the Central Commission was not entered")
    return {held.role: held.actor() for held in members_of(central.id, datetime.now(UTC))}


def imported(extract: Path, people: dict[str, Any]) -> Imported:
    """Compares an extract with the list, lets two officers decide, applies it; what that took."""
    from esaylov.voters import staging
    from esaylov.voters.importing import apply_approved, import_extract
    from esaylov.voters.known import Known

    meter = Meter()
    watched = (
        (LIST, Known, "read"), (TAKEN, staging._Stage, "take"), (COUNTED, staging, "compared"),
    )  # fmt: skip
    with meter.step(STAGED), meter.around(*watched):
        changeset = import_extract(extract, NAME)
    staged = meter.steps[STAGED]
    others = (meter.steps[name] for name in (LIST, TAKEN, COUNTED))
    meter.steps[ROWS] = staged - sum(others, Spent())
    decided(changeset, people)
    with meter.step(APPLIED):
        accepted(apply_approved(changeset))
    applied = meter.steps[APPLIED]
    steps = (STAGED, LIST, ROWS, TAKEN, COUNTED, APPLIED)
    return Imported(staged, applied, meter.details(staged + applied, steps))


def decided(changeset: Any, people: dict[str, Any]) -> None:
    """One officer proposes the changeset, another approves it; the time of the notice to those whom it removes passes."""
    from esaylov.acts.door import Submission, perform
    from esaylov.elections.queries import set_clock
    from esaylov.voters.changesets import ApproveChangeset, ProposeChangeset

    said = {
        "changeset": changeset.id,
        "sha256": bytes(changeset.sha256 or b"").hex(),
        "accepts_removals": True,
    }
    proposal = ProposeChangeset.Payload(**said)
    accepted(perform(ProposeChangeset, NAME, Submission(proposal, people["secretary"])))
    approval = ApproveChangeset.Payload(**said, decision="1")
    record = accepted(perform(ApproveChangeset, NAME, Submission(approval, people["chair"])))
    if record["notice_until"] is not None:
        set_clock(NAME, datetime.fromisoformat(record["notice_until"]) + timedelta(seconds=1))


def accepted(result: Any) -> dict[str, Any]:
    """What an act recorded. Raises TypeError for what the door refused."""
    from esaylov.acts.door import Accepted

    if not isinstance(result, Accepted):
        raise TypeError(f"refused: {result}")
    return result.record


def yardstick(folder: Path) -> Spent:
    """What COPY of the list's own rows into a bare table takes, and the same indexes."""
    from django.db import connections

    file, meter = folder / "rows.copy", Meter()
    with connections["admin"].cursor() as cursor:
        with file.open("wb") as target, cursor.copy("COPY voters_voter TO STDOUT (FORMAT binary)") as copy:
            for part in copy:
                target.write(part)
        cursor.execute("CREATE TABLE bench_voters (LIKE voters_voter)")
        cursor.execute("SET maintenance_work_mem = '768MB'")
        begin = meter.now()
        with file.open("rb") as source, cursor.copy("COPY bench_voters FROM STDIN (FORMAT binary)") as copy:
            while part := source.read(1 << 17):
                copy.write(part)
        for statement in INDEXES:
            cursor.execute(statement)
        spent = meter.now() - begin
        cursor.execute("DROP TABLE bench_voters")
    file.unlink()
    return spent


def _size() -> int:
    from esaylov.voters.applying import size

    return size()


def _first(first: Imported, plain: Spent, peak: Callable[[], float]) -> Report:
    return Report(
        "voters",
        "an extract of the residence register becomes the list, against COPY of the same rows and the same indexes",
        first.seconds / plain.seconds,
        6.0,
        False,
        (
            ("voters", f"{_size():,} on the list, invented people"),
            *first.details,
            ("COPY and CREATE INDEX", str(plain)),
            ("memory, the database's included", f"{peak():.2f} GiB"),
        ),
    )


def _second(again: Imported, first: Imported, peak: Callable[[], float]) -> Report:
    return Report(
        "voters-again",
        "a second extract with one per cent of changes, against the first import",
        again.seconds / first.seconds,
        1 / 3,
        False,
        (
            ("second extract, compared and applied", f"{again.seconds:,.1f} s"),
            *again.details,
            ("first extract", f"{first.seconds:,.1f} s"),
            ("memory, the database's included", f"{peak():.2f} GiB"),
        ),
    )
