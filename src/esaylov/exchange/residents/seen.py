"""Which keys of a batch came before, exactly, for a whole country: a table of keys with open addressing in numpy arrays.

A PINFL and a document are numbers below 2^63, so eight bytes hold them whole: 20 million take 268 MB. Digests of 16 bytes
take twice that.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_FULL = 0.7
_SPREAD = np.uint64(0x9E3779B97F4A7C15)

Keys = npt.NDArray[np.uint64]


class Seen:
    """Keys that were met. `expected`: how many will come; more are welcome, and cost time when the table grows.

    width: numbers of 64 bits that one key has (1, or 2 for a digest of 16 bytes). Zero is no key and is never repeated.
    """

    def __init__(self, expected: int = 0, width: int = 1) -> None:
        self.width = width
        self.count = 0
        self._table = self._room(max(expected, 1_000))

    def repeated(self, keys: Keys | Sequence[bytes]) -> npt.NDArray[np.bool_]:
        """For each key whether an earlier one, of this batch or before it, is the same. From now on all of them are seen.

        keys: numbers, an array of (n, width), or digests of 16 bytes (width 2).
        """
        rows = self._rows(keys)
        self._grow(len(rows))
        different, first = self._different(rows)
        again = np.ones(len(rows), dtype=np.bool_)
        again[first] = self._add(different)
        again[~rows.any(axis=1)] = False
        return again

    @property
    def nbytes(self) -> int:
        """Memory that the table takes."""
        return int(self._table.nbytes)

    def _rows(self, keys: Keys | Sequence[bytes]) -> Keys:
        if not isinstance(keys, np.ndarray):
            keys = np.frombuffer(b"".join(keys), dtype=np.uint64)
        return keys.astype(np.uint64, copy=False).reshape(-1, self.width)

    def _room(self, expected: int) -> Keys:
        size = 1 << int(np.ceil(np.log2(expected / _FULL)))
        return np.zeros((size, self.width), dtype=np.uint64)

    def _grow(self, more: int) -> None:
        if self.count + more <= _FULL * len(self._table):
            return
        old = self._table
        self._table = self._room(2 * (self.count + more))
        self.count = 0
        for piece in range(0, len(old), 1 << 20):
            rows = old[piece : piece + (1 << 20)]
            self._add(rows[rows.any(axis=1)])

    def _different(self, rows: Keys) -> tuple[Keys, npt.NDArray[np.intp]]:
        """Each different key once, and where it comes first."""
        if self.width == 1:
            different, first = np.unique(rows[:, 0], return_index=True)
            return different.reshape(-1, 1), first
        different, first = np.unique(rows, axis=0, return_index=True)
        return different, first

    def _add(self, keys: Keys) -> npt.NDArray[np.bool_]:
        """Put different keys into the table; for each whether it was there."""
        known = np.zeros(len(keys), dtype=np.bool_)
        mask = np.uint64(len(self._table) - 1)
        slots = self._slots(keys) & mask
        waiting = np.flatnonzero(keys.any(axis=1))
        while len(waiting):
            there = self._table[slots[waiting]]
            same = (there == keys[waiting]).all(axis=1)
            known[waiting[same]] = True
            free = ~there.any(axis=1)
            # Several keys may want one free place: who stands there afterwards has got it.
            wanting = waiting[free]
            self._table[slots[wanting]] = keys[wanting]
            placed = np.zeros(len(waiting), dtype=np.bool_)
            placed[free] = (self._table[slots[wanting]] == keys[wanting]).all(axis=1)
            self.count += int(placed.sum())
            waiting = waiting[~same & ~placed]
            slots[waiting] = (slots[waiting] + np.uint64(1)) & mask
        return known

    def _slots(self, keys: Keys) -> Keys:
        mixed = keys[:, 0] * _SPREAD
        for column in range(1, self.width):
            mixed ^= keys[:, column] * _SPREAD
        return mixed ^ (mixed >> np.uint64(29))
