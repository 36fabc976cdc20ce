"""Parquet copies of published tables, for readers; the same tables always give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from esaylov.exchange.datapackage import file_name, integer_columns
from esaylov.exchange.tables import Between, Sheet, nothing

TABLES = ("protocols", "votes", "totals", "totals_votes")
ROW_GROUP = 262_144


def write_parquet(
    folder: Path, sheets: Mapping[str, Sheet], lines: tuple[str, ...], between: Between = nothing
) -> list[str]:
    """Write the Parquet copies beside the CSV files that a folder holds already; the names of the files.

    Counts are 64-bit integers, everything else is text; an empty field is null.
    """
    names = []
    for table in TABLES:
        between()
        sheet = sheets[table]
        integers = integer_columns(table, sheet.head, lines)
        schema = {column: pl.Int64() if column in integers else pl.String() for column in sheet.head}
        frame = pl.read_csv(folder / file_name(table), schema=schema, infer_schema=False)
        name = f"{table}.parquet"
        frame.write_parquet(
            folder / name,
            compression="zstd",
            compression_level=3,
            row_group_size=ROW_GROUP,
            statistics=True,
        )
        names.append(name)
    return names
