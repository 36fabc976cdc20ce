"""The addresses that are known, as a look-up for millions of rows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import polars as pl

KEY = ("mahalla", "street_key", "house")


class Addresses:
    """Known addresses by mahalla, street key and house, in 16 bytes each: the sorted hashes of their keys. Two keys of one hash
    would need 2^32 addresses; the hashes are this process's own and are stored nowhere.
    """

    def __init__(self, tables: Iterable[pl.DataFrame]) -> None:
        """tables: pieces with the columns of KEY; the place of an address counts through all of them."""
        pieces = [hashes(table) for table in tables]
        every = np.concatenate(pieces) if pieces else np.empty(0, dtype=np.uint64)
        self._order = np.argsort(every, kind="stable")
        self._sorted = every[self._order]

    def __len__(self) -> int:
        return len(self._sorted)

    def known(self, table: pl.DataFrame) -> pl.Series:
        """For each row of a table with the columns of KEY whether its address is known."""
        return pl.Series("known", self._found(table)[1])

    def place(self, table: pl.DataFrame) -> pl.Series:
        """For each row the place of its address among all (Int64), null where it is unknown; the first of two equal ones."""
        at, known = self._found(table)
        places = pl.Series("place", self._order[at] if len(self) else np.zeros(len(at), dtype=np.int64))
        return places.cast(pl.Int64).set(~pl.Series(known), None)

    def _found(self, table: pl.DataFrame) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
        wanted = hashes(table)
        if not len(self):
            return np.zeros(len(wanted), dtype=np.intp), np.zeros(len(wanted), dtype=np.bool_)
        at = np.searchsorted(self._sorted, wanted)
        at[at == len(self)] = 0
        return at, self._sorted[at] == wanted


def hashes(table: pl.DataFrame) -> npt.NDArray[np.uint64]:
    """One number of 64 bits for each address of a table with the columns of KEY."""
    key = table.select(pl.concat_str(*KEY, separator="|").hash(seed=0).alias("key")).to_series()
    return key.to_numpy().astype(np.uint64, copy=False)
