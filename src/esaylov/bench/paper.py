"""A precinct's list on paper: opened, ordered, set, beside what Typst takes for the same rows in a plain table; and the lists of
a whole territory.

The clock runs for the list of a precinct nobody has looked at before. `ESAYLOV_BENCH_LISTS` says how many precincts the territory
has (40 without it).
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from esaylov.bench.election import NAME, write_package
from esaylov.bench.meter import Meter, Spent, memory
from esaylov.bench.report import Report

VOTERS = 1_850
PRECINCTS = 40
REGION = 800
GOAL = 1.0
TABLE = b"#table(columns: (10mm, 1.5fr, 19mm, 1.2fr, 19mm, 34mm), ..json(bytes(sys.inputs.data)).flatten())"


def run() -> Report:
    """Measures; see the module's text."""
    from esaylov.bench.replay import scratch

    precincts = int(os.environ.get("ESAYLOV_BENCH_LISTS") or PRECINCTS)
    with scratch(), tempfile.TemporaryDirectory(prefix="esaylov-bench-") as folder:
        prepare(Path(folder), precincts)
        meter = Meter()
        with meter.step("one"):
            size = one_list()
        begin = time.perf_counter()
        yardstick()
        plain = time.perf_counter() - begin
        with memory() as peak, meter.step("all"):
            territory(Path(folder) / "lists")
        one, whole = meter.steps["one"], meter.steps["all"]
        return _report(
            one,
            (
                ("PDF", f"{VOTERS:,} voters, {size / 1e6:.1f} MB"),
                ("Typst, the same rows as a plain table", f"{plain:.2f} s"),
                (f"a territory of {precincts} lists", f"{whole}, with memory {peak():.2f} GiB"),
                (f"one of {REGION}, extrapolated", f"{REGION * whole.seconds / precincts / 60:.1f} min"),
                *meter.details(one + whole, ()),
            ),
        )


def prepare(folder: Path, precincts: int) -> None:
    """An election with lists of so many precincts."""
    from esaylov.bench.lookup import enter
    from esaylov.exchange.package import read_package
    from esaylov.operations.loading import call_election
    from esaylov.server.database import grant_application_role

    grant_application_role()
    call_election(read_package(write_package(folder / "package", precincts)), replay=False, start=None)
    enter(precincts * VOTERS)


def one_list() -> int:
    """Prints the first precinct's list; how many bytes it has."""
    from esaylov.acts.context import get_context
    from esaylov.custody.sealer import Sealer
    from esaylov.exchange.documents import pdf
    from esaylov.registry.models import Precinct
    from esaylov.voters.keys import keyring
    from esaylov.voters.precinct_list.printing import _opened, document, precinct_name
    from esaylov.voters.precinct_list.reading import PrecinctList

    sealer, precinct = Sealer(keyring()), Precinct.objects.order_by("id")[0]
    found = PrecinctList(precinct, lambda rows: _opened(sealer, rows))
    return len(pdf(document(found, get_context(NAME), "signed", "uz", precinct_name(precinct))))


def yardstick() -> None:
    """The same rows by Typst alone."""
    import typst

    rows = [
        [f"{row}", f"Sinovchi{row} Sinov Sinovovich", "01.02.1980", "Navoiy koʻchasi, 1", "", ""]
        for row in range(VOTERS)
    ]
    given: Any = {"data": json.dumps(rows)}
    typst.compile(
        TABLE, sys_inputs=given, font_paths=typst.Fonts(include_system_fonts=False), ignore_system_fonts=True
    )


def territory(folder: Path) -> None:
    """Prints all lists of the country."""
    from esaylov.voters.precinct_list.printing import print_territory

    print_territory(NAME, "uz", folder)


def _report(one: Spent, details: tuple[tuple[str, str], ...]) -> Report:
    return Report(
        "paper",
        f"the list of a precinct becomes a PDF, against {GOAL:g} s",
        one.seconds / GOAL,
        1.0,
        False,
        (("the list, from the database to the PDF", str(one)), *details),
    )
