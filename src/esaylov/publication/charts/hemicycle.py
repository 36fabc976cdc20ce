"""Places of seats in a half circle, by our own arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

HOLE = 0.42
"""Radius of the empty middle as a part of the whole."""
LARGEST = 0.09
"""Largest radius of a seat as a part of the whole: few seats are not drawn as balloons."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat's middle and radius, in parts of the half circle's radius; its own middle is at 0, 0, `y`
    upward.
    """

    x: float
    y: float
    radius: float


def hemicycle(seats: int) -> list[Seat]:
    """Places of all seats from left to right, so that those who follow one another sit together.

    As few rows as hold them: so the seats are as large as they can be. Raises ValueError for fewer than one.
    """
    if seats < 1:
        raise ValueError("a half circle needs at least one seat")
    rows = next(count for count in range(1, seats + 1) if sum(_capacities(count)) >= seats)
    radii = _radii(rows)
    size = min(LARGEST, 0.45 * _spacing(rows))
    places = []
    for radius, count in zip(radii, spread(seats, _capacities(rows)), strict=True):
        for seat in range(count):
            angle = pi / 2 if count == 1 else pi * (1 - seat / (count - 1))
            places.append((round(-angle, 9), radius, angle))
    places.sort()
    return [Seat(radius * cos(angle), radius * sin(angle), size) for _, radius, angle in places]


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """A number in parts that follow weights and sum to it exactly (largest remainder); no part is larger
    than its weight where all weights together suffice.
    """
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: -(total * weights[place] % whole))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts


def _spacing(rows: int) -> float:
    return (1 - HOLE) / max(1, rows)


def _radii(rows: int) -> list[float]:
    """Radii of the rows from the innermost; the outermost seats end at 1."""
    gap = _spacing(rows)
    return [HOLE + gap * (row + 0.5) for row in range(rows)]


def _capacities(rows: int) -> list[int]:
    gap = _spacing(rows)
    return [int(pi * radius / gap) + 1 for radius in _radii(rows)]
