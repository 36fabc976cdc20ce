"""Replay of a whole national election through the door, against a plain loop over the same rows; and recomputing it,
against one SQL sum over the same arrays."""

import csv
import gzip
import json
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
from esaylov.law.editions import Edition, parse_edition

BATCH = 1_000
Count = Annotated[int, Field(ge=0)]


class PlainProtocol(BaseModel):
    """The yardstick's schema: the same fields as the act's payload."""

    precinct: str
    contest: str
    lines: dict[str, Count]
    votes: dict[str, Count]


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
        return [replay_report(package_folder()), recomputation_report()]


def replay_report(folder: Path) -> Report:
    """Replays the package into the database at hand, and runs the plain loop over the same rows; both read the files."""
    from esaylov.exchange.package import read_package
    from esaylov.operations.replay import replay

    plain = plain_loop(folder)
    begin = time.perf_counter()
    report = replay(read_package(folder))
    rate = report.protocols / (time.perf_counter() - begin)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Report(
        "replay",
        "protocols per second from the package through the door, sequenced and tabulated, against a plain loop",
        rate / plain,
        0.4,
        True,
        (
            ("protocols", f"{report.protocols:,}"),
            ("package read, through the door, sequenced, tabulated", f"{rate:,.0f}/s"),
            ("through the door, sequenced, tabulated", f"{report.rate:,.0f}/s"),
            ("plain loop", f"{plain:,.0f}/s"),
            ("memory of the process", f"{memory:,.0f} MiB (goal <= 1,024)"),
        ),
    )


def plain_loop(folder: Path) -> float:
    """Protocols per second of the yardstick: CSV rows, Pydantic model, relations, canonical JSON, SHA-256, COPY by
    thousands; nothing else, written as anybody would."""
    from django.db import connections

    edition = parse_edition((folder / "edition.toml").read_bytes())
    begin = time.perf_counter()
    count = 0
    votes = _votes(folder)
    protocols = _rows(folder, "protocols")
    with connections["admin"].cursor() as cursor:
        cursor.execute("CREATE TABLE bench_plain (hash bytea, lines int[], votes int[])")
        while batch := list(islice(protocols, BATCH)):
            with cursor.copy("COPY bench_plain FROM STDIN") as copy:
                for row in batch:
                    model = PlainProtocol(
                        precinct=row["precinct"],
                        contest=row["contest"],
                        lines={line: row[line] for line in edition.lines},
                        votes=votes[row["precinct"], row["contest"]],
                    )
                    entry = model.model_dump() | {"findings": _failed(edition, model)}
                    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
                    hashed = sha256(text.encode()).digest()
                    copy.write_row((hashed, list(model.lines.values()), list(model.votes.values())))
                    count += 1
    seconds = time.perf_counter() - begin
    with connections["admin"].cursor() as cursor:
        cursor.execute("DROP TABLE bench_plain")
    return count / seconds


def _rows(folder: Path, table: str) -> Iterator[dict[str, str]]:
    packed = folder / f"{table}.csv.gz"
    if packed.exists():
        with gzip.open(packed, "rt", encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
    else:
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def _votes(folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    votes: dict[tuple[str, str], dict[str, str]] = {}
    for row in _rows(folder, "votes"):
        votes.setdefault((row["precinct"], row["contest"]), {})[row["option"]] = row["votes"]
    return votes


def _failed(edition: Edition, model: PlainProtocol) -> list[str]:
    figures = {**model.lines, "votes": sum(model.votes.values())}
    failed = []
    for relation in edition.relations:
        left = sum(figures[name] for name in relation.left)
        right = sum(figures[name] for name in relation.right)
        if left > right or (relation.op == "=" and left != right):
            failed.append(relation.code)
    return failed


def recomputation_report() -> Report:
    """Recomputes the election in the database at hand, against one SQL sum over the same arrays."""
    from django.db import connection, connections

    from esaylov.elections.queries import tables
    from esaylov.results.models import Tabulation
    from esaylov.results.outcomes import decisions, outcome
    from esaylov.results.sums import cell_sums, expected_places, fold

    tabulated = Tabulation.objects.get()
    at_hand, size = tables(tabulated.election_id), tabulated.size
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

    with connections["admin"].cursor() as cursor:
        cursor.execute("ANALYZE")  # as the database does by itself within a minute
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
