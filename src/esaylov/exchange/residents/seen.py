"""Which keys of a batch came before, exactly, for a whole country: a table of keys with open addressing in a numpy array.

A PINFL and a document are numbers below 2^63, so eight bytes hold them whole: 20 million take 268 MB.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_FULL = 0.7
_SPREAD = np.uint64(0x9E3779B97F4A7C15)

Keys = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]


class Seen:
    """Keys that were met. `expected`: how many will come; more are welcome, and cost time when the table grows.

    Zero is no key and is never repeated.
    """

    def __init__(self, expected: int = 0) -> None:
        self.count = 0
        self._table = self._room(max(expected, 1_000))

    def repeated(self, keys: Keys) -> Flags:
        """For each key whether an earlier one, of this batch or before it, is the same. From now on all of them are seen."""
        keys = keys.astype(np.uint64, copy=False)
        self._grow(len(keys))
        again = _alike(keys)
        first = np.flatnonzero(~again & (keys != 0))
        again[first] = self._add(keys[first])
        return again

    @property
    def nbytes(self) -> int:
        """Memory that the table takes."""
        return int(self._table.nbytes)

    def _room(self, expected: int) -> Keys:
        return np.zeros(1 << int(np.ceil(np.log2(expected / _FULL))), dtype=np.uint64)

    def _grow(self, more: int) -> None:
        if self.count + more <= _FULL * len(self._table):
            return
        old = self._table
        self._table = self._room(2 * (self.count + more))
        self.count = 0
        for piece in range(0, len(old), 1 << 20):
            keys = old[piece : piece + (1 << 20)]
            self._add(keys[keys != 0])

    def _add(self, keys: Keys) -> Flags:
        """Put different keys into the table; for each whether it was there."""
        known: Flags = np.zeros(len(keys), dtype=np.bool_)
        table, mask = self._table, len(self._table) - 1
        waiting, slots = np.arange(len(keys)), self._slots(keys)
        while len(waiting):
            there = table[slots]
            same, free = there == keys, there == 0
            known[waiting[same]] = True
            # Several keys may want one free place: who stands there afterwards has got it.
            table[slots[free]] = keys[free]
            placed = free & (table[slots] == keys)
            self.count += int(np.count_nonzero(placed))
            left = ~(same | placed)
            waiting, keys, slots = waiting[left], keys[left], (slots[left] + 1) & mask
        return known

    def _slots(self, keys: Keys) -> npt.NDArray[np.int64]:
        mixed = keys * _SPREAD
        mixed ^= mixed >> np.uint64(29)
        return (mixed & np.uint64(len(self._table) - 1)).astype(np.int64)


def _alike(keys: Keys) -> Flags:
    """Keys that an earlier one of the same batch is."""
    again: Flags = np.zeros(len(keys), dtype=np.bool_)
    ordered = np.sort(keys)
    later = ordered[1:]
    twice = np.unique(later[(later == ordered[:-1]) & (later != 0)])
    if len(twice):
        at = np.searchsorted(twice, keys)
        at[at == len(twice)] = 0
        places = np.flatnonzero(twice[at] == keys)
        again[places] = True
        again[places[np.unique(keys[places], return_index=True)[1]]] = False
    return again
