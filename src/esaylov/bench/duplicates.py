"""The search for people who stand in the voter list twice: how long, how much memory, and how good it is against the known truth.

`ESAYLOV_BENCH_VOTERS` names a folder of `esaylov synth voters`; without it 200,000 voters are made. Rows are read from the
extract, not out of a database: opening the sealed records of a list comes on top (`esaylov voters duplicates`).
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from esaylov.bench.report import Report
from esaylov.bench.voters import country
from esaylov.voters.linkage.found import Found
from esaylov.voters.linkage.model import THRESHOLD, find_duplicates
from esaylov.voters.linkage.people import COLUMNS

MINUTES, GIB, PRECISION, RECALL = 45, 16, 0.99, 0.95
BATCH = 65_536
AT = (2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
"""Thresholds in bits that are shown beside the one in use."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found against the truth; `missed`: how many of each kind."""

    precision: float
    recall: float
    found: int
    true: int
    missed: Counter[str]


def run() -> list[Report]:
    """Measures; see the module's text."""
    with tempfile.TemporaryDirectory(prefix="esaylov-bench-") as folder:
        source = country(Path(folder))
        started = time.monotonic()
        found = find_duplicates(batches(source), threshold=min(AT), progress=_said)
        minutes = (time.monotonic() - started) / 60
        used = resource.getrusage(resource.RUSAGE_SELF)
        return _reports(found, truth(source), minutes, used)


def _reports(found: Found, told: pl.DataFrame, minutes: float, used: resource.struct_rusage) -> list[Report]:
    gib, cpu = used.ru_maxrss / 2**20, (used.ru_utime + used.ru_stime) / 60
    here = judge(found, told, THRESHOLD)
    what = f"duplicates in {found.entries:,} entries"
    pairs = sum(count for rule, count in found.candidates.items() if rule != "left out")
    others = tuple((f"from {least:g} bits", _line(judge(found, told, least))) for least in AT)
    return [
        Report("duplicates", f"minutes for {what}", minutes, MINUTES, False,
               (("of CPU", f"{cpu:.1f} min"), ("pairs that were weighed", f"{pairs:,}"),
                ("left out under keys of too many", f"{found.candidates['left out']:,}"))),
        Report("duplicates-memory", f"GiB for {what}", gib, GIB, False),
        Report("duplicates-precision", f"true pairs among those from {THRESHOLD:g} bits on", here.precision, PRECISION, True,
               others),
        Report("duplicates-recall", f"pairs found of the {here.true:,} true ones", here.recall, RECALL, True,
               tuple((f"missed, {kind}", f"{count:,}") for kind, count in sorted(here.missed.items()))),
    ]  # fmt: skip


def _line(judged: Judged) -> str:
    return f"{judged.found:,} pairs, precision {judged.precision:.4f}, recall {judged.recall:.4f}"


def batches(folder: Path) -> Iterator[pl.DataFrame]:
    """The residents of a country as a search takes them: an entry's number is its row, a mahalla's the turn in which it came."""
    first, codes = 1, dict[str, int]()
    for rows in _parts(folder / "residence"):
        for code in rows["mahalla"].unique(maintain_order=True).to_list():
            codes.setdefault(code, len(codes) + 1)
        ids = pl.Series("id", range(first, first + rows.height), dtype=pl.Int64)
        first += rows.height
        yield rows.with_columns(ids, pl.col("mahalla").replace_strict(codes, return_dtype=pl.Int32)).select(
            COLUMNS
        )


def _parts(folder: Path) -> Iterator[pl.DataFrame]:
    from pyarrow.parquet import ParquetFile  # type: ignore[import-untyped]

    for file in sorted(folder.glob("*.parquet")):
        for part in ParquetFile(file).iter_batches(BATCH):
            yield pl.DataFrame(pl.from_arrow(part))
    for file in sorted(folder.glob("*.csv")):
        yield from pl.read_csv(file, infer_schema=False).fill_null("").iter_slices(BATCH)


def truth(folder: Path) -> pl.DataFrame:
    """Pairs of rows that are one person: first, second, kind."""
    told = pl.read_csv(folder / "truth" / "duplicates.csv", infer_schema=False)
    one, other = pl.col("row_a").cast(pl.Int64), pl.col("row_b").cast(pl.Int64)
    return told.select(
        pl.min_horizontal(one, other).alias("first"), pl.max_horizontal(one, other).alias("second"), "kind"
    )


def judge(found: Found, told: pl.DataFrame, threshold: float) -> Judged:
    """Holds what was found from a weight on, and all that share a number, against the truth."""
    keys = ["first", "second"]
    claimed = found.table.filter((pl.col("weight") >= threshold) | (pl.col("exact") != "")).select(keys)
    hits = claimed.join(told, on=keys).height
    missed = Counter[str](told.join(claimed, on=keys, how="anti")["kind"].to_list())
    return Judged(
        hits / max(1, claimed.height), hits / max(1, told.height), claimed.height, told.height, missed
    )


def _said(step: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(
            f"\r\033[K{step}: {done:,}" + (f" of {total:,}" if total else ""),
            end="",
            file=sys.stderr,
            flush=True,
        )
