"""What the custodian seals and makes digests of: the bytes of each row."""

from __future__ import annotations

import polars as pl

RECORD = (
    "pinfl",
    "document",
    "surname",
    "given_name",
    "patronymic",
    "birth_date",
    "sex",
    "street",
    "house",
    "flat",
)
"""The keys of a sealed record, in their order."""


def records(table: pl.DataFrame) -> list[bytes]:
    """The record of each row as JSON; empty values are ""."""
    sealed = pl.struct(pl.col(*RECORD).fill_null("")).struct.json_encode().cast(pl.Binary)
    return table.select(sealed.alias("record")).to_series().to_list()


def keys(table: pl.DataFrame) -> dict[str, list[bytes]]:
    """For each row what blind indexes are made of: `pinfl`, `document`, `house` (mahalla|street key|house), all normal forms."""
    house = pl.concat_str("mahalla", "street_key", "house", separator="|")
    found = table.select(
        pl.col("pinfl", "document").cast(pl.Binary), house.cast(pl.Binary).alias("house_key")
    )
    return {
        "pinfl": found["pinfl"].to_list(),
        "document": found["document"].to_list(),
        "house": found["house_key"].to_list(),
    }
