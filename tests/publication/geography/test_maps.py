"""The maps that boundaries give: on pages and as files, in the colours and words of the other map."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.publication.geography.test_geojson import HOLE, SQUARE, feature, written

if TYPE_CHECKING:
    from django.test import Client

    from esaylov.publication.charts import Chart
    from tests.publication.ground import Site

Places = Mapping[str, tuple[int, int]]
"""Precincts counted and expected by code."""


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    from django.utils.translation import override

    with override("en"):
        yield


def square(west: float, south: float = 41.0, size: float = 1.0) -> list[list[float]]:
    return [[west + size * (x - 69), south + size * (y - 41)] for x, y in SQUARE]


def shapes(**rings: Any) -> Any:
    from esaylov.publication.geography.boundaries import Shapes

    geometries = {code: {"type": "Polygon", "coordinates": found} for code, found in rings.items()}
    return Shapes(geometries, "The survey", "CC BY 4.0")


def drawn(boundaries: Any, places: Places, mode: Any = "winner", **more: Any) -> Chart:
    from esaylov.publication.charts import District, Progress, Source, territories_map

    source = Source("x", "An election", 7, "/p/", simulated=True)
    found = [
        District(
            code,
            code,
            f"Place {code}",
            "",
            "",
            Progress(*counts),
            "Amber",
            2,
            10,
            4,
            900,
            5000,
            url=f"/{code}",
        )
        for code, counts in places.items()
    ]
    return territories_map(source, found, boundaries, mode, lists=[("Amber", 2)], **more)


def test_every_place_is_a_link_with_words() -> None:
    chart = drawn(shapes(a=[square(60)], b=[square(61)]), {"a": (3, 3), "b": (0, 4)})
    assert re.findall(r'<a href="(/[ab])"', chart.drawing) == ["/a", "/b"]
    assert "Place a: Amber leads by 4 votes" in chart.drawing
    assert "Place b: nothing counted yet" in chart.drawing
    assert "simulated" in chart.picture().lower()
    assert "Boundaries: The survey (CC BY 4.0)" in chart.picture()
    assert chart.csv().splitlines()[0].startswith("territory,leader,")
    assert chart.png()[:4] == b"\x89PNG"


def test_what_is_outstanding_is_hatched_and_what_is_partly_counted_dashed() -> None:
    boundaries = shapes(a=[square(60)], b=[square(61)], c=[square(62)])
    chart = drawn(boundaries, {"a": (3, 3), "b": (0, 4), "c": (1, 2)})
    assert "outstanding" in chart.drawing
    assert chart.drawing.count("stroke-dasharray") == 1
    assert {key.style for key in chart.keys} == {"tone-2", "outstanding", "dashed"}
    whole = drawn(boundaries, {"a": (3, 3), "b": (4, 4), "c": (2, 2)})
    assert "stroke-dasharray" not in whole.drawing
    assert "outstanding" not in whole.drawing


def test_a_place_without_a_boundary_stands_in_the_table_and_is_named() -> None:
    chart = drawn(shapes(a=[square(60)], b=[square(61)]), {"a": (1, 1), "b": (1, 1), "new": (1, 1)})
    assert len(chart.rows) == 3
    assert "/new" not in chart.drawing
    assert "Without a boundary, in the table only: Place new." in chart.picture()
    with pytest.raises(ValueError, match="boundary"):
        drawn(shapes(), {"a": (1, 1)})


def test_every_form_of_the_map_is_there() -> None:
    chart = drawn(shapes(a=[square(60)], b=[square(61)]), {"a": (1, 1), "b": (1, 1)}, name="regions")
    for mode in ("winner", "lead", "turnout", "counted"):
        form = chart.named(f"regions-{mode}")
        assert form is not None
        assert form.name == f"regions-{mode}"
    assert chart.named("districts-winner") is None
    assert chart.kind == "regions"


def test_the_same_boundaries_keep_their_places() -> None:
    """North is up, east is right, a hole stays a hole, a name stands inside, and the picture is not too high."""
    from esaylov.publication.charts.drawing import WIDTH
    from esaylov.publication.charts.outlines import outlines

    hole = [[x - 9, y] for x, y in HOLE]
    boundaries = shapes(west=[square(60), hole], north=[square(61, 42.0)], east=[square(62, size=0.2)])
    found = outlines(boundaries, ("west", "north", "east"), WIDTH)
    assert found is outlines(boundaries, ("west", "north", "east"), WIDTH)
    west, north, east = (found.by_code[one] for one in ("west", "north", "east"))
    assert west.x < north.x < east.x
    assert north.y < west.y
    assert west.path.count("M") == 2
    assert north.room > west.room > east.room > 0
    assert 0 < found.height <= WIDTH
    tall = outlines(shapes(a=[[[60, 0], [60, 80], [60.1, 80], [60.1, 0], [60, 0]]]), ("a",), WIDTH)
    assert tall.height <= WIDTH


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Iterator[Site]:
    from esaylov.publication.geography.boundaries import forget_boundaries

    yield make_site()
    forget_boundaries()


def test_pages_with_boundaries(site: Site, tmp_path: Path, client: Client) -> None:
    from esaylov.publication.geography.boundaries import take_boundaries

    page = f"/en/elections/{site.election}/"
    assert "Territories on a map" not in client.get(page).content.decode()
    features = [
        feature(code, rings=[square(60 + place)]) for place, code in enumerate(("n", "s", "c1", "c2"))
    ]
    take_boundaries(site.election, written(tmp_path, *features), source="The survey", licence="CC BY 4.0")
    text = client.get(page).content.decode()
    assert 'id="chart-regions-winner"' in text
    assert 'id="chart-geography-winner"' in text
    assert 'id="chart-districts-winner"' in text
    assert text.count("Boundaries: The survey (CC BY 4.0)") >= 2
    for name in (
        "regions-turnout.svg",
        "geography-lead.png",
        "regions-winner.csv",
        "regions-winner.page.json",
    ):
        assert client.get(f"{page}pictures/{name}").status_code == 200
    assert client.get(f"{page}territories/n/pictures/regions-winner.svg").status_code == 404


def test_the_command(tmp_path: Path, site: Site, db_clone: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an operator runs it, on the database of the test."""
    from typer.testing import CliRunner

    from esaylov.cli import app

    for name, value in db_clone.environment.items():
        monkeypatch.setenv(name, value)
    runner, path = CliRunner(), str(written(tmp_path, feature("n")))
    done = runner.invoke(
        app, ["boundaries", site.election, path, "--source", "The survey", "--licence", "CC0"]
    )
    assert done.exit_code == 0, done.output
    assert "region: 1 boundaries" in done.output
    assert "region: 1 without a boundary stand in the table only: s" in done.output
    for arguments, said in (
        (["boundaries", site.election, path], "--source"),
        (["boundaries", "none", path], "there is no election “none”"),
        (["boundaries", site.election], "name a GeoJSON file, or --remove"),
    ):
        refused = runner.invoke(app, arguments)
        assert refused.exit_code == 1
        assert said in refused.output
    assert "1 kinds" in runner.invoke(app, ["boundaries", site.election, "--remove"]).output
