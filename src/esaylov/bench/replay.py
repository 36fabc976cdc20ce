"""Replay of a whole national election through the door, against a plain loop over the same rows; and recomputing it,
against one SQL sum over the same arrays."""

import os
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field

from esaylov.bench.report import Report

BATCH = 1_000
Count = Annotated[int, Field(ge=0)]


class PlainProtocol(BaseModel):
    """The yardstick's schema: the same fields as the act's payload."""

    precinct: str
    contest: str
    lines: list[Count]
    votes: list[Count]


@contextmanager
def scratch() -> Iterator[None]:
    """A throw-away database and data folder, with Django set up on them."""
    from esaylov.server.database import platform
    from esaylov.server.embedded import Embedded

    with tempfile.TemporaryDirectory(prefix="esaylov-bench-") as folder:
        os.environ["ESAYLOV_DATA"] = str(Path(folder) / "data")
        with platform(Embedded(Path(folder) / "database", durable=False, temporary=True)):
            yield


def package_folder() -> Path:
    """The real package that the goals name. Raises SystemExit where it is not at hand."""
    folder = Path(os.environ.get("ESAYLOV_BENCH_PACKAGE", "../shared/data/duma-2016"))
    if not (folder / "datapackage.json").is_file():
        raise SystemExit(f"{folder} holds no election package; name one in ESAYLOV_BENCH_PACKAGE")
    return folder


def run() -> list[Report]:
    """Measures replay and recomputation in one run."""
    with scratch():
        from esaylov.exchange.package import read_package
        from esaylov.operations.replay import replay

        package = read_package(package_folder())
        plain = _plain_loop(package)
        report = replay(package)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        through_door = Report(
            "replay",
            "protocols per second through the door, sequenced and tabulated, against the plain loop",
            report.rate / plain,
            0.4,
            True,
            (
                ("protocols", str(report.protocols)),
                ("through the door", f"{report.rate:.0f}/s"),
                ("plain loop", f"{plain:.0f}/s"),
                ("memory of the process", f"{memory:.0f} MiB (goal <= 1024)"),
            ),
        )
        return [through_door, _recomputation(package.id)]


def _plain_loop(package: object) -> float:
    """Protocols per second of: Pydantic model, relations, canonical JSON, SHA-256, COPY by thousands."""
    from django.db import connections

    from esaylov.exchange.canonical import dumps
    from esaylov.exchange.package import iter_protocols
    from esaylov.exchange.records import Package
    from esaylov.law.protocol import compile_relations

    assert isinstance(package, Package)
    failed = compile_relations(package.edition)
    begin = time.perf_counter()
    count = 0
    protocols = iter_protocols(package)
    with connections["admin"].cursor() as cursor:
        cursor.execute("CREATE TABLE bench_plain (hash bytea, lines int[], votes int[])")
        while batch := list(islice(protocols, BATCH)):
            with cursor.copy("COPY bench_plain FROM STDIN") as copy:
                for row in batch:
                    model = PlainProtocol(
                        precinct=row.precinct_id,
                        contest=row.contest_id,
                        lines=list(row.lines),
                        votes=list(row.votes),
                    )
                    codes = failed(model.lines, model.votes)
                    entry = dumps({**model.model_dump(), "findings": list(codes)})
                    copy.write_row((sha256(entry).digest(), model.lines, model.votes))
                    count += 1
    seconds = time.perf_counter() - begin
    with connections["admin"].cursor() as cursor:
        cursor.execute("DROP TABLE bench_plain")
    return count / seconds


def _recomputation(election: str) -> Report:
    from django.db import connection

    from esaylov.elections.queries import tables
    from esaylov.results.models import Tabulation
    from esaylov.results.outcomes import decisions, outcome
    from esaylov.results.sums import cell_sums, expected_places, fold

    at_hand = tables(election)
    size = Tabulation.objects.get(pk=election).size
    longest = max(len(contest.options) for contest in at_hand.contests.values())
    sums = [f"sum(lines[{i}])" for i in range(1, len(at_hand.edition.lines) + 1)]
    sums += [f"sum(votes[{i}])" for i in range(1, longest + 1)]

    def one_sum() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(sums)} FROM results_protocol")
            cursor.fetchone()

    def recompute() -> None:
        totals = fold(at_hand, cell_sums(at_hand, size), expected_places(at_hand))
        decided = decisions(at_hand, size)
        for contest in at_hand.contests_by_id:
            outcome(at_hand, contest, totals, decided)

    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    plain = min(_timed(one_sum) for _ in range(3))
    whole = min(_timed(recompute) for _ in range(3))
    return Report(
        "recompute",
        "recomputing standings, sums of every territory and outcomes, against one SQL sum over the same arrays",
        whole / plain,
        3.0,
        False,
        (("recomputation", f"{whole:.2f} s"), ("one SQL sum", f"{plain:.2f} s")),
    )


def _timed(work: object) -> float:
    assert callable(work)
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
