"""Fewer points for the same picture. Borders that two territories share stay shared: each is cut at the places where three
meet, and simplified once, so that no gap opens between neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from esaylov.publication.geography.geojson import Area, Point, Polygon, Ring, signed_area

Arc = tuple[Point, ...]


def simplify(areas: Mapping[str, Area], tolerance: float) -> dict[str, Area]:
    """Areas without the points that lie within `tolerance` degrees of the line that is left. Rings that vanish are left out;
    the largest of an area stays.
    """
    rings = [ring for area in areas.values() for polygon in area.polygons for ring in polygon]
    corners = _corners(rings)
    thinned: dict[Arc, Arc] = {}
    return {
        name: Area(area.name, _polygons(area.polygons, corners, thinned, tolerance))
        for name, area in areas.items()
    }


def _polygons(
    polygons: Sequence[Polygon], corners: set[Point], thinned: dict[Arc, Arc], tolerance: float
) -> list[Polygon]:
    made: list[Polygon] = []
    for polygon in polygons:
        rings = [_ring(ring, corners, thinned, tolerance) for ring in polygon]
        if _whole(rings[0]):
            made.append([rings[0], *(ring for ring in rings[1:] if _whole(ring))])
    return made or [[max((polygon[0] for polygon in polygons), key=lambda ring: abs(signed_area(ring)))]]


def _whole(ring: Ring) -> bool:
    return len(ring) >= 4 and signed_area(ring) != 0


def _corners(rings: Iterable[Ring]) -> set[Point]:
    """Points that have other neighbours in one ring than in another: there borders part."""
    neighbours: dict[Point, frozenset[Point]] = {}
    corners: set[Point] = set()
    for ring in rings:
        points = ring[:-1]
        for place, point in enumerate(points):
            beside = frozenset((points[place - 1], points[(place + 1) % len(points)]))
            if neighbours.setdefault(point, beside) != beside:
                corners.add(point)
    return corners


def _ring(ring: Ring, corners: set[Point], thinned: dict[Arc, Arc], tolerance: float) -> Ring:
    points = ring[:-1]
    # A ring that meets nobody starts at its lowest point, so that a hole and the island in it are cut alike.
    cuts = [place for place, point in enumerate(points) if point in corners]
    if len(cuts) < 2:
        lowest = cuts[0] if cuts else points.index(min(points))
        cuts = sorted({lowest, _farthest(points, lowest)})
    made: list[Point] = []
    for first, last in zip(cuts, [*cuts[1:], cuts[0] + len(points)], strict=True):
        arc = tuple(points[place % len(points)] for place in range(first, last + 1))
        made += _thin(arc, thinned, tolerance)[:-1]
    return [*made, made[0]]


def _farthest(points: Sequence[Point], place: int) -> int:
    x, y = points[place]
    return max(
        range(len(points)),
        key=lambda other: ((points[other][0] - x) ** 2 + (points[other][1] - y) ** 2, points[other]),
    )


def _thin(arc: Arc, thinned: dict[Arc, Arc], tolerance: float) -> Arc:
    """The arc with fewer points; the same ones whichever way it is walked."""
    backward = arc[::-1]
    turned = backward < arc
    standard = backward if turned else arc
    if standard not in thinned:
        thinned[standard] = _douglas_peucker(standard, tolerance)
    found = thinned[standard]
    return found[::-1] if turned else found


def _douglas_peucker(arc: Arc, tolerance: float) -> Arc:
    kept = {0, len(arc) - 1}
    waiting = [(0, len(arc) - 1)]
    while waiting:
        first, last = waiting.pop()
        distance, place = max(
            ((_distance(arc[place], arc[first], arc[last]), place) for place in range(first + 1, last)),
            default=(0.0, 0),
        )
        if distance > tolerance:
            kept.add(place)
            waiting += [(first, place), (place, last)]
    return tuple(arc[place] for place in sorted(kept))


def _distance(point: Point, start: Point, end: Point) -> float:
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    share = min(1.0, max(0.0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length)) if length else 0.0
    return float(((x - x1 - share * (x2 - x1)) ** 2 + (y - y1 - share * (y2 - y1)) ** 2) ** 0.5)
