"""The rows of an address register: places of houses, by mahalla."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from esaylov.exchange.residents.checks import Checked, Wrong
from esaylov.exchange.residents.extracts import Batch
from esaylov.exchange.residents.places import hashes
from esaylov.exchange.residents.problems import no_problems
from esaylov.exchange.residents.seen import Seen

LATITUDES, LONGITUDES = (37.0, 46.0), (55.5, 73.5)
"""Between which the country lies, in degrees, with a margin."""


class AddressChecker:
    """Checks batch after batch of one extract. mahallas: the codes of its table; expected: its rows."""

    def __init__(self, mahallas: Collection[str], expected: int = 0) -> None:
        self._mahallas = pl.lit(pl.Series(sorted(mahallas), dtype=pl.String)).implode()
        self._seen = Seen(expected)

    def check(self, batch: Batch) -> Checked:
        """The addresses that are taken, with `latitude` and `longitude` as numbers (null: not known). An address that is there
        twice is taken once.
        """
        degrees = batch.table.with_columns(
            pl.col("latitude", "longitude").cast(pl.Float64, strict=False).fill_nan(None)
        )
        inside = pl.col("latitude").is_between(*LATITUDES) & pl.col("longitude").is_between(*LONGITUDES)
        table = degrees.with_columns(inside=inside.fill_null(False))
        given = (batch.table["latitude"] != "") | (batch.table["longitude"] != "")
        wrong = Wrong(
            table.select(
                (~pl.col("mahalla").is_in(self._mahallas)).alias("V08 mahalla"),
                ((pl.col("mahalla") == "") | (pl.col("house") == "")).alias("V20 house"),
                (given & ~pl.col("inside")).alias("V21 latitude"),
            )
        )
        again = pl.Series(self._seen.repeated(hashes(batch.table)))
        wrong.add("V22 house", again)
        refused = wrong.first("error")
        placed = pl.when("inside").then(pl.col("latitude", "longitude"))
        return Checked(
            batch.file,
            table.with_columns(placed).drop("inside").filter(refused.is_null() & ~again),
            batch.table.with_columns(code=pl.lit("V22")).filter(refused.is_null() & again),
            batch.table.select("line", pinfl=pl.lit(""), code=refused).filter(refused.is_not_null()),
            pl.concat([no_problems(), batch.problems, *wrong.told(batch.file, batch.table["line"])]),
        )
