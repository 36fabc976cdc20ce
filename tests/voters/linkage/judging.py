"""What a search found in an invented country against the truth that was kept aside: `python -m tests.voters.linkage.judging DIR`."""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from pyarrow import parquet

from esaylov.voters.linkage.found import Found
from esaylov.voters.linkage.model import THRESHOLD, find_duplicates
from esaylov.voters.linkage.people import COLUMNS

BATCH = 65_536


@dataclass(frozen=True)
class Judged:
    """How many of the pairs that were found are true, how many of the true ones were found, and what was missed, by kind."""

    precision: float
    recall: float
    found: int
    true: int
    missed: Counter[str]


def batches(folder: Path) -> Iterator[pl.DataFrame]:
    """The residents of a country (Parquet), as a search takes them: an entry's number is its row."""
    first = 1
    codes = {}
    for file in sorted((folder / "residence").glob("*.parquet")):
        for part in parquet.ParquetFile(file).iter_batches(BATCH):
            rows = pl.DataFrame(pl.from_arrow(part))
            for code in rows["mahalla"].unique().to_list():
                codes.setdefault(code, len(codes) + 1)
            mahalla = pl.col("mahalla").replace_strict(codes, return_dtype=pl.Int32)
            ids = pl.Series("id", range(first, first + rows.height), dtype=pl.Int64)
            first += rows.height
            yield rows.with_columns(ids, mahalla).select(COLUMNS)


def truth(folder: Path) -> pl.DataFrame:
    """Pairs of rows that are one person: first, second, kind."""
    told = pl.read_csv(folder / "truth" / "duplicates.csv", infer_schema=False)
    one, other = pl.col("row_a").cast(pl.Int64), pl.col("row_b").cast(pl.Int64)
    return told.select(
        pl.min_horizontal(one, other).alias("first"), pl.max_horizontal(one, other).alias("second"), "kind"
    )


def judge(found: Found, told: pl.DataFrame, threshold: float = THRESHOLD) -> Judged:
    """Holds what was found against the truth."""
    claimed = found.table.filter((pl.col("weight") >= threshold) | (pl.col("exact") != "")).select(
        "first", "second"
    )
    hits = claimed.join(told, on=["first", "second"]).height
    missed = told.join(claimed, on=["first", "second"], how="anti")["kind"].to_list()
    return Judged(
        hits / max(1, claimed.height),
        hits / max(1, told.height),
        claimed.height,
        told.height,
        Counter(missed),
    )


def main(folder: Path) -> None:
    """Prints how long it took, how much memory, how good it was."""
    started = time.monotonic()

    def said(step: str, done: int, total: int) -> None:
        print(
            f"{time.monotonic() - started:7.0f} s  {step} {done:,} of {total:,}", file=sys.stderr, flush=True
        )

    found = find_duplicates(batches(folder), threshold=-3.0, progress=said)
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{found.entries:,} entries: {seconds / 60:.1f} min, {peak:.1f} GiB at most; candidates {found.candidates}"
    )
    for threshold in (0.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0):
        judged = judge(found, truth(folder), threshold)
        print(
            f"from {threshold:g} bits: {judged.found:,} pairs, precision {judged.precision:.4f}, recall {judged.recall:.4f}; "
            f"missed {dict(judged.missed)}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
