"""Boundaries as paths of a picture: projected, fitted into its width, with the place where a name fits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Protocol

TALLEST = 0.9
LEVELS = 24
HALF_LINE = 5.0

Ring = Sequence[Sequence[float]]


class Boundaries(Protocol):
    """What `publication.geography` gives: GeoJSON geometries by code. The same object each time it is the same."""

    @property
    def geometries(self) -> Mapping[str, Mapping[str, Any]]: ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Outline:
    """A territory's path from the picture's upper left corner; `x`, `y`, `room`: where a name may stand, and how wide."""

    path: str
    x: float
    y: float
    room: float


@dataclass(frozen=True, slots=True)
class Outlines:
    """All outlines of a map, by code, and its height."""

    by_code: Mapping[str, Outline]
    height: float


@lru_cache(maxsize=64)
def outlines(boundaries: Boundaries, codes: tuple[str, ...], width: float) -> Outlines:
    """The outlines of those territories that have a boundary, in an equirectangular projection that is true at their middle
    latitude: north is up, and a country of this size keeps its shape.
    """
    shapes = {
        code: list(_polygons(boundaries.geometries[code])) for code in codes if code in boundaries.geometries
    }
    points = [point for polygons in shapes.values() for rings in polygons for ring in rings for point in ring]
    west, east = min(point[0] for point in points), max(point[0] for point in points)
    south, north = min(point[1] for point in points), max(point[1] for point in points)
    narrow = math.cos(math.radians((south + north) / 2))
    wide, high = max((east - west) * narrow, 1e-6), max(north - south, 1e-6)
    scale = min((width - 4) / wide, width * TALLEST / high)
    left = (width - wide * scale) / 2

    def placed(point: Sequence[float]) -> tuple[float, float]:
        return round(left + (point[0] - west) * narrow * scale, 1), round(2 + (north - point[1]) * scale, 1)

    made = {
        code: _outline([[[placed(point) for point in ring] for ring in rings] for rings in polygons])
        for code, polygons in shapes.items()
    }
    return Outlines(made, round(high * scale + 4, 1))


def _polygons(geometry: Mapping[str, Any]) -> Iterator[Sequence[Ring]]:
    if geometry["type"] == "Polygon":
        yield geometry["coordinates"]
    else:
        yield from geometry["coordinates"]


def _outline(polygons: Sequence[Sequence[Sequence[tuple[float, float]]]]) -> Outline:
    path = "".join(_path(ring) for rings in polygons for ring in rings)
    room, x, y = max((_room(rings) for rings in polygons), default=(0.0, 0.0, 0.0))
    return Outline(path, round(x, 1), round(y, 1), round(room, 1))


def _path(ring: Sequence[tuple[float, float]]) -> str:
    """A ring as a path, without the points that fall together in the picture."""
    kept = [point for point, before in zip(ring, [None, *ring], strict=False) if point != before]
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in kept[:-1] or kept) + "Z"


def _room(rings: Sequence[Sequence[tuple[float, float]]]) -> tuple[float, float, float]:
    """The widest place for a line of text inside a polygon: its width and its middle."""
    heights = [y for _, y in rings[0]]
    low, high = min(heights), max(heights)
    best = (0.0, 0.0, 0.0)
    for step in range(1, LEVELS):
        y = low + (high - low) * step / LEVELS
        for left, right in _spans(rings, y):
            middle = (left + right) / 2
            sides = [_half(rings, y + offset, middle) for offset in (-HALF_LINE, 0.0, HALF_LINE)]
            best = max(best, (2 * min(sides), middle, y))
    return best


def _spans(rings: Sequence[Sequence[tuple[float, float]]], y: float) -> list[tuple[float, float]]:
    """The parts of a horizontal line that lie inside."""
    crossings = sorted(
        x1 + (y - y1) * (x2 - x1) / (y2 - y1)
        for ring in rings
        for (x1, y1), (x2, y2) in pairwise(ring)
        if (y1 > y) != (y2 > y)
    )
    return list(zip(crossings[::2], crossings[1::2], strict=False))


def _half(rings: Sequence[Sequence[tuple[float, float]]], y: float, middle: float) -> float:
    """How far it is from a point to the nearer side; nothing when the point lies outside."""
    return max(
        (min(middle - left, right - middle) for left, right in _spans(rings, y) if left <= middle <= right),
        default=0.0,
    )
