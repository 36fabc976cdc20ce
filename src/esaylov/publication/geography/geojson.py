"""Reads GeoJSON (RFC 7946) that an operator brings, and names whatever is wrong with it. No database."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MOST_BYTES = 64 * 2**20
MOST_FEATURES = 20_000
MOST_POINTS = 2_000_000
KEYS = ("soato", "code", "id")
PLACES = 4
"""Decimals that are kept: about eleven metres."""

Point = tuple[float, float]
Ring = list[Point]
Polygon = list[Ring]


class GeographyError(ValueError):
    """The file cannot be taken; `problems` name every reason that was found."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(problems[0])
        self.problems = tuple(problems)


@dataclass(slots=True)
class Area:
    """A territory's boundary: polygons, each an outer ring and its holes; rings are closed."""

    name: str
    polygons: list[Polygon]


@dataclass(slots=True)
class Drawing:
    """What a file holds: areas by the value that names their territory, and what it says about itself."""

    areas: dict[str, Area] = field(default_factory=dict)
    source: str = ""
    licence: str = ""


def read_geojson(path: Path, key: str | None = None) -> Drawing:
    """The areas of a file. `key` is the property that names the territory; without it `soato`, `code`, `id`, or the
    feature's own id.

    Raises GeographyError with every problem, OSError when the file cannot be read.
    """
    if path.stat().st_size > MOST_BYTES:
        raise GeographyError([f"the file is larger than {MOST_BYTES >> 20} MiB: simplify it first"])
    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise GeographyError([f"not JSON: {error}"]) from error
    return _drawing(document, key)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not a number of JSON")


def _drawing(document: Any, key: str | None) -> Drawing:
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise GeographyError(["not a GeoJSON FeatureCollection"])
    features = document.get("features")
    if not isinstance(features, list) or not features:
        raise GeographyError(["the FeatureCollection has no features"])
    if len(features) > MOST_FEATURES:
        raise GeographyError([f"more than {MOST_FEATURES:,} features"])
    found = Drawing(
        source=_text(document, "source", "attribution"), licence=_text(document, "licence", "license")
    )
    problems: list[str] = []
    if document.get("crs") is not None and "CRS84" not in json.dumps(document["crs"]):
        problems.append("the file names a coordinate system other than WGS 84 (crs)")
    points = 0
    for number, feature in enumerate(features, start=1):
        try:
            name, area = _feature(feature, key)
            points += sum(len(ring) for polygon in area.polygons for ring in polygon)
            if points > MOST_POINTS:
                raise GeographyError([f"more than {MOST_POINTS:,} points: simplify the file first"])
            if name in found.areas:
                raise ValueError(f"“{name}” is there twice")
            found.areas[name] = area
        except GeographyError:
            raise
        except (ValueError, TypeError, OverflowError) as error:
            problems.append(f"feature {number}: {error}")
    if problems:
        raise GeographyError(problems)
    return found


def _text(document: Mapping[str, Any], *members: str) -> str:
    return next((str(document[member]) for member in members if isinstance(document.get(member), str)), "")


def _feature(feature: Any, key: str | None) -> tuple[str, Area]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise ValueError("not a Feature")
    properties = feature.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    name = _name(feature, properties, key)
    try:
        return name, Area(name, list(_polygons(feature.get("geometry"))))
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError(f"“{name}”: {error}") from error


def _name(feature: Mapping[str, Any], properties: Mapping[str, Any], key: str | None) -> str:
    candidates = [properties.get(one) for one in ((key,) if key else KEYS)]
    if key is None:
        candidates.append(feature.get("id"))
    for value in candidates:
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    wanted = f"the property “{key}”" if key else "a property soato, code or id"
    raise ValueError(f"{wanted} is missing: it names the territory")


def _polygons(geometry: Any) -> Iterator[Polygon]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"its geometry is {kind or 'missing'}, and must be a Polygon or a MultiPolygon")
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list) or not coordinates:
        raise ValueError("its geometry is empty")
    for polygon in [coordinates] if kind == "Polygon" else coordinates:
        if not isinstance(polygon, list) or not polygon:
            raise ValueError("a polygon has no ring")
        yield [_turned(_ring(ring), clockwise=number == 0) for number, ring in enumerate(polygon)]


def _ring(points: Any) -> Ring:
    if not isinstance(points, list) or len(points) < 4:
        raise ValueError("a ring has fewer than four points")
    every = [_point(point) for point in points]
    if every[0] != every[-1]:
        raise ValueError("a ring is not closed")
    ring = [point for point, before in zip(every, [None, *every], strict=False) if point != before]
    if len(ring) < 4:
        raise ValueError("a ring encloses nothing")
    return ring


def _point(point: Any) -> Point:
    if not isinstance(point, list) or len(point) < 2 or any(isinstance(one, bool) for one in point[:2]):
        raise ValueError("a point is not a pair of numbers")
    longitude, latitude = point[:2]
    if not isinstance(longitude, int | float) or not isinstance(latitude, int | float):
        raise ValueError("a point is not a pair of numbers")
    if not (
        math.isfinite(longitude) and math.isfinite(latitude) and abs(longitude) <= 180 and abs(latitude) <= 90
    ):
        raise ValueError(
            f"the point {longitude:g}, {latitude:g} is not longitude and latitude in degrees (WGS 84)"
        )
    return round(float(longitude), PLACES), round(float(latitude), PLACES)


def _turned(ring: Ring, *, clockwise: bool) -> Ring:
    """The ring in the direction that Vega (d3-geo) reads: outer rings clockwise, holes the other way; RFC 7946 asks for
    the opposite, and files do either.
    """
    return ring if (signed_area(ring) < 0) == clockwise else ring[::-1]


def signed_area(ring: Sequence[Point]) -> float:
    """Twice the area in square degrees; negative when the ring turns clockwise (north is up)."""
    return sum((x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True))
