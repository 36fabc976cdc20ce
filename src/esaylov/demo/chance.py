"""Random figures with fixed sums, the same on every machine.

Only `random.Random.random()`, whose sequence Python guarantees, and the four operations and comparisons of
IEEE 754, which are rounded alike everywhere, are used: no exp, log or pow, whose last bits differ between C
libraries, and no `sum` of floats, which rounds differently since Python 3.12. Figures are drawn as floats
and then made whole numbers whose sums are exact; nothing here decides anything in an election.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import fsum, sqrt
from typing import TypeVar

T = TypeVar("T")

_UNIT = sqrt(3.0)
HALVINGS = 48


class Chance:
    """A stream of random draws; streams of different names are independent of each other."""

    def __init__(self, seed: int, name: str) -> None:
        self._random = random.Random(f"{seed}/{name}").random

    def unit(self) -> float:
        """A number from 0 to below 1."""
        return self._random()

    def below(self, limit: int) -> int:
        """A whole number from 0 to below limit."""
        return int(self._random() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._random() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[int(self._random() * len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in random order."""
        found = list(items)
        for last in range(len(found) - 1, 0, -1):
            other = int(self._random() * (last + 1))
            found[last], found[other] = found[other], found[last]
        return found

    def normal(self) -> float:
        """About normal: mean 0, variance 1, never beyond ±3.47 (the sum of four uniform draws)."""
        draw = self._random
        return (draw() + draw() + draw() + draw() - 2.0) * _UNIT

    def factor(self, spread: float) -> float:
        """A positive factor around 1, like exp(spread × normal); spread below 0.57."""
        half = spread * self.normal() / 2.0
        return (1.0 + half) / (1.0 - half)


def apportion(weights: Sequence[float], total: int) -> list[int]:
    """Whole numbers in proportion to weights (not negative, one of them positive) that sum to total:
    largest remainders."""
    scale = total / fsum(weights)
    values = [weight * scale for weight in weights]
    return rounded(values, total, [total] * len(values))


def rounded(values: Sequence[float], total: int, tops: Sequence[int]) -> list[int]:
    """Whole numbers near values, 0 to tops, that sum to total: floors, then one more for the largest
    remainders.

    Raises ValueError when total is negative or above the sum of tops.
    """
    if not 0 <= total <= sum(tops):
        raise ValueError(f"{total} does not lie between 0 and {sum(tops)}")
    found = [min(int(value), top) for value, top in zip(values, tops, strict=True)]
    rest = total - sum(found)
    order = sorted(range(len(values)), key=lambda place: (found[place] - values[place], place))
    while rest:
        step = 1 if rest > 0 else -1
        for place in order if rest > 0 else reversed(order):
            if rest and 0 <= found[place] + step <= tops[place]:
                found[place] += step
                rest -= step
    return found


def at_odds(wholes: Sequence[int], odds: Sequence[float], total: int) -> list[int]:
    """A part of every whole, in sum exactly total: the share of each has its odds times one common factor.

    Odds are positive; the spread of shares bends at 0 and 1 instead of piling up there.
    Raises ValueError when total is negative or above the sum of wholes.
    """
    low, high = 0.0, 1.0
    while fsum(_parts(wholes, odds, high)) < total and high < 1e12:
        low, high = high, high * 4.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        if fsum(_parts(wholes, odds, middle)) < total:
            low = middle
        else:
            high = middle
    return rounded(_parts(wholes, odds, high), total, wholes)


def _parts(wholes: Sequence[int], odds: Sequence[float], factor: float) -> list[float]:
    return [whole * (odd * factor / (1.0 + odd * factor)) for whole, odd in zip(wholes, odds, strict=True)]


def table(
    rows: Sequence[int], columns: Sequence[int], weights: Sequence[Sequence[float]], chance: Chance
) -> list[list[int]]:
    """Whole numbers with given sums of every row and every column, in proportion to weights as far as the
    sums allow.

    Iterative proportional fitting in floats, rows rounded by largest remainders, and single units moved
    within rows until the columns are exact. Weights are positive. Raises ValueError when rows and columns
    differ in sum.
    """
    if sum(rows) != sum(columns):
        raise ValueError(f"the rows sum to {sum(rows)}, the columns to {sum(columns)}")
    found = [
        rounded(values, row, [row] * len(values))
        for row, values in zip(rows, _proportional(rows, columns, weights), strict=True)
    ]
    _settle(found, columns, chance)
    return found


def _proportional(
    rows: Sequence[int], columns: Sequence[int], weights: Sequence[Sequence[float]]
) -> list[list[float]]:
    factors = [1.0] * len(columns)
    for _ in range(8):
        scaled = [_scaled(row, factors, line) for row, line in zip(rows, weights, strict=True)]
        sums = [fsum(column) for column in zip(*scaled, strict=True)]
        factors = [f * (c / s if s else 1.0) for f, c, s in zip(factors, columns, sums, strict=True)]
    return [_scaled(row, factors, line) for row, line in zip(rows, weights, strict=True)]


def _scaled(row: int, factors: Sequence[float], weights: Sequence[float]) -> list[float]:
    values = [factor * weight for factor, weight in zip(factors, weights, strict=True)]
    scale = row / fsum(values)
    return [value * scale for value in values]


def _settle(found: list[list[int]], columns: Sequence[int], chance: Chance) -> None:
    gaps = [target - sum(column) for target, column in zip(columns, zip(*found, strict=True), strict=True)]
    while any(gaps):
        for row in chance.shuffled(found):
            giver, taker = gaps.index(min(gaps)), gaps.index(max(gaps))
            if not gaps[taker]:
                return
            if row[giver]:
                row[giver] -= 1
                row[taker] += 1
                gaps[giver] += 1
                gaps[taker] -= 1
