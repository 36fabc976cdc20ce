"""Random figures by counting: the draw number `index` of a named stream is a function of seed, name and index.

No state is carried on, so the same seed gives the same bytes whatever the order or the size of the pieces. The function is
SplitMix64 in whole numbers: no floating point whose last bits could differ between machines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_HALF = np.uint64(32)
MILLION = 1_000_000


class Draws:
    """The streams of one place: every `name` is a stream of its own."""

    def __init__(self, seed: int, place: str) -> None:
        self._prefix = f"{seed}/{place}/"

    def bits(self, name: str, count: int) -> Bits:
        """64 random bits for each of `count` indices."""
        digest = hashlib.blake2b(f"{self._prefix}{name}".encode(), digest_size=8).digest()
        state = np.arange(1, count + 1, dtype=np.uint64)
        state *= _GAMMA
        state += np.frombuffer(digest, dtype="<u8")[0]
        state ^= state >> np.uint64(30)
        state *= _FIRST
        state ^= state >> np.uint64(27)
        state *= _SECOND
        state ^= state >> np.uint64(31)
        return state

    def below(self, name: str, limits: int | Ints, count: int) -> Ints:
        """A whole number from 0 to below the limit (which stays below 2**31), for each index."""
        found = ((self.bits(name, count) >> _HALF) * np.asarray(limits, dtype=np.uint64)) >> _HALF
        return found.astype(np.int64)

    def between(self, name: str, low: int, high: int, count: int) -> Ints:
        """A whole number from low to high, both included, for each index."""
        return low + self.below(name, high - low + 1, count)

    def chance(self, name: str, millionths: int | Ints, count: int) -> Flags:
        """True for so many millionths of the indices."""
        return self.below(name, MILLION, count) < millionths

    def pick(self, name: str, weights: Sequence[int] | Ints, count: int) -> Ints:
        """The place of a weight, in proportion to the weights, for each index."""
        ends = np.cumsum(np.asarray(weights, dtype=np.int64))
        return np.searchsorted(ends, self.below(name, int(ends[-1]), count), side="right")


def apportion(weights: Sequence[int] | Ints, total: int) -> Ints:
    """Whole numbers in proportion to the weights that sum to total: largest remainders, in whole numbers throughout."""
    shares = [int(weight) for weight in weights]
    whole = sum(shares)
    found = [share * total // whole for share in shares]
    rest = total - sum(found)
    order = sorted(range(len(shares)), key=lambda place: (-(shares[place] * total % whole), place))
    for place in order[:rest]:
        found[place] += 1
    return np.asarray(found, dtype=np.int64)


def starts(counts: Ints) -> Ints:
    """Where each of the pieces begins that lie behind one another."""
    return np.cumsum(counts) - counts


def ordinals(counts: Ints) -> Ints:
    """0, 1, 2 … within each of the pieces."""
    return np.arange(int(counts.sum()), dtype=np.int64) - np.repeat(starts(counts), counts)
