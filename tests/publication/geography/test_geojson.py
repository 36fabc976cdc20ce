"""What an operator's GeoJSON may hold, and what is named when it does not; fewer points without gaps."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esaylov.publication.geography import geojson
from esaylov.publication.geography.geojson import (
    Area,
    GeographyError,
    read_geojson,
    signed_area,
)
from esaylov.publication.geography.simplifying import simplify

SQUARE = [[69.0, 41.0], [70.0, 41.0], [70.0, 42.0], [69.0, 42.0], [69.0, 41.0]]
HOLE = [[69.4, 41.4], [69.4, 41.6], [69.6, 41.6], [69.6, 41.4], [69.4, 41.4]]

Change = Callable[[dict[str, Any]], object]


def feature(name: object = "n", rings: Any = None, kind: str = "Polygon") -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": [SQUARE] if rings is None else rings}
    return {"type": "Feature", "properties": {"soato": name}, "geometry": geometry}


def written(folder: Path, *features: Any, **members: Any) -> Path:
    path = folder / "borders.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features), **members}))
    return path


def problems(path: Path, key: str | None = None) -> str:
    with pytest.raises(GeographyError) as found:
        read_geojson(path, key)
    return "\n".join(found.value.problems)


def test_rings_are_turned_for_the_map(tmp_path: Path) -> None:
    for ring in (SQUARE, SQUARE[::-1]):
        for hole in (HOLE, HOLE[::-1]):
            drawing = read_geojson(written(tmp_path, feature(rings=[ring, hole])))
            outer, inner = drawing.areas["n"].polygons[0]
            assert signed_area(outer) < 0 < signed_area(inner)


def test_where_the_name_may_stand(tmp_path: Path) -> None:
    plain = {"type": "Feature", "id": 1730, "properties": None, "geometry": feature()["geometry"]}
    assert list(read_geojson(written(tmp_path, plain)).areas) == ["1730"]
    other = feature()
    other["properties"] = {"KOD": " 17 ", "soato": "x"}
    assert list(read_geojson(written(tmp_path, other), "KOD").areas) == ["17"]
    assert "“KOD” is missing" in problems(written(tmp_path, feature()), "KOD")


def test_source_and_licence_of_the_file(tmp_path: Path) -> None:
    drawing = read_geojson(written(tmp_path, feature(), attribution="The survey", license="CC BY 4.0"))
    assert (drawing.source, drawing.licence) == ("The survey", "CC BY 4.0")


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        (None, "missing"),
        ({"type": "Point", "coordinates": [1, 2]}, "Point"),
        ({"type": "Polygon", "coordinates": []}, "empty"),
        ({"type": "Polygon", "coordinates": [[]]}, "fewer than four points"),
        ({"type": "Polygon", "coordinates": [SQUARE[:3]]}, "fewer than four points"),
        ({"type": "Polygon", "coordinates": [SQUARE[:4]]}, "not closed"),
        ({"type": "Polygon", "coordinates": [[[69.0, 41.0]] * 5]}, "encloses nothing"),
        ({"type": "Polygon", "coordinates": [[[7_680_000.0, 5_000_000.0], *SQUARE, [7_680_000.0, 5_000_000.0]]]}, "WGS 84"),
        ({"type": "Polygon", "coordinates": [[["a", "b"], *SQUARE[1:4], ["a", "b"]]]}, "not a pair of numbers"),
        ({"type": "Polygon", "coordinates": [[[True, 1], *SQUARE[1:4], [True, 1]]]}, "not a pair of numbers"),
        ({"type": "Polygon", "coordinates": [[[10**400, 1], *SQUARE[1:4], [10**400, 1]]]}, "feature 1"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "no ring"),
    ],
)  # fmt: skip
def test_geometry_that_is_none(tmp_path: Path, geometry: Any, said: str) -> None:
    one = feature()
    one["geometry"] = geometry
    assert said in problems(written(tmp_path, one))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a GeoJSON FeatureCollection"),
        ('{"type": "Topology"}', "not a GeoJSON FeatureCollection"),
        ('{"type": "FeatureCollection", "features": []}', "no features"),
        ('{"type": "FeatureCollection", "features": [1]}', "feature 1: not a Feature"),
        ('{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": NaN}]}', "NaN is not a number"),
    ],
)  # fmt: skip
def test_files_that_are_no_geojson(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "borders.geojson"
    path.write_text(text)
    assert said in problems(path)


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    said = problems(
        written(tmp_path, feature(), feature(), feature("m", kind="LineString"), crs={"name": "EPSG:3857"})
    )
    assert "“n” is there twice" in said
    assert "“m”: its geometry is LineString" in said
    assert "coordinate system" in said


def test_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, feature("a"), feature("b"))
    for bound, limit, said in (
        ("MOST_POINTS", 6, "points"),
        ("MOST_FEATURES", 1, "features"),
        ("MOST_BYTES", 10, "larger"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(geojson, bound, limit)
            assert said in problems(path)


def grid(size: int, wiggle: list[float]) -> dict[str, Area]:
    """Squares side by side whose borders waver; neighbours share every point of them."""
    steps = len(wiggle)

    def across(x: int, y: int) -> list[tuple[float, float]]:
        return [(x + step / (steps + 1), y + offset) for step, offset in enumerate(wiggle, start=1)]

    def up(x: int, y: int) -> list[tuple[float, float]]:
        return [(x + offset, y + step / (steps + 1)) for step, offset in enumerate(wiggle, start=1)]

    areas = {}
    for x in range(size):
        for y in range(size):
            a, b, c, d = (x, y), (x, y + 1), (x + 1, y + 1), (x + 1, y)
            ring = [a, *up(x, y), b, *across(x, y + 1), c, *up(x + 1, y)[::-1], d, *across(x, y)[::-1], a]
            areas[f"{x}-{y}"] = Area("", [[ring]])  # type: ignore[list-item]
    return areas


@given(
    st.integers(1, 3),
    st.lists(st.floats(-0.1, 0.1, allow_nan=False), max_size=6),
    st.floats(0, 0.5),
)
def test_neighbours_stay_neighbours(size: int, wiggle: list[float], tolerance: float) -> None:
    """What one area loses its neighbour wins: the sum of all stays the area of what they cover together."""
    made = simplify(grid(size, wiggle), tolerance)
    edges: dict[frozenset[Any], int] = {}
    for area in made.values():
        (ring,) = area.polygons[0]
        assert ring[0] == ring[-1]
        for edge in pairwise(ring):
            edges[frozenset(edge)] = edges.get(frozenset(edge), 0) + 1
    inner = [edge for edge, count in edges.items() if count == 2]
    assert set(edges.values()) <= {1, 2}
    assert len(inner) >= 2 * size * (size - 1)


def test_fewer_points_and_the_largest_ring_stays() -> None:
    line = [(step / 100, 0.0001 * (step % 2)) for step in range(100)]
    ring = [*line, (1.0, 1.0), (0.0, 1.0), line[0]]
    speck = [(5.0, 5.0), (5.001, 5.0), (5.001, 5.001), (5.0, 5.0)]
    made = simplify(
        {
            "a": Area("a", [[ring], [speck]]),
            "b": Area("b", [[[(9.0, y) for _, y in speck[:3]] + [(9.0, 5.0)]]]),
        },
        0.01,
    )
    assert len(made["a"].polygons[0][0]) <= 6
    assert len(made["a"].polygons) == 1
    assert len(made["b"].polygons) == 1
