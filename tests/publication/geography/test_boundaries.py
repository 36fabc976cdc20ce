"""Boundaries of an election: matched, stored, read, and in the tags of its pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import SHARED
from tests.publication.geography.test_geojson import SQUARE, feature, written

if TYPE_CHECKING:
    from django.test import Client

    from tests.publication.ground import Site

TERRITORIES = """\
id,parent,kind,name_uz,name_en,soato
uz,,country,Mamlakat,Country,17
n,uz,region,Shimol,"North, the",1730
s,uz,region,Janub,South,1735
d,uz,city,Shahar,City,1735
c1,uz,constituency,1-okrug,District 1,
c2,uz,constituency,2-okrug,District 2,
"""


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Iterator[Site]:
    from esaylov.publication.geography.boundaries import forget_boundaries

    yield make_site(territories=TERRITORIES)
    forget_boundaries()


def take(site: Site, path: Path, **more: str) -> Any:
    from esaylov.publication.geography.boundaries import take_boundaries

    return take_boundaries(site.election, path, **{"source": "The survey", "licence": "CC BY 4.0", **more})


def test_taken_by_code_or_soato(site: Site, tmp_path: Path) -> None:
    from esaylov.publication.geography.boundaries import boundaries_of, drop_boundaries

    taken = take(site, written(tmp_path, feature("1730"), feature("s"), feature("c1"), feature("c2")))
    assert [(one.kind, one.count, one.missing) for one in taken.kinds] == [
        ("region", 2, ()),
        ("constituency", 2, ()),
    ]
    found = boundaries_of(site.election, "region", "city")
    assert found is not None
    assert set(found.geometries) == {"n", "s"}
    assert found.source == "The survey"
    assert boundaries_of(site.election, "district") is None
    assert boundaries_of("other", "region") is None
    assert drop_boundaries(site.election) == 2
    assert boundaries_of(site.election, "region") is None


def test_taken_again_in_place_of_the_first(site: Site, tmp_path: Path) -> None:
    from esaylov.publication.geography.boundaries import boundaries_of

    take(site, written(tmp_path, feature("n"), feature("s")))
    taken = take(site, written(tmp_path, feature("n")), source="Another")
    assert taken.kinds[0].missing == ("s",)
    found = boundaries_of(site.election, "region")
    assert found is not None
    assert (set(found.geometries), found.source) == ({"n"}, "Another")


def test_what_matches_nothing_or_too_much(site: Site, tmp_path: Path) -> None:
    from esaylov.publication.geography.boundaries import boundaries_of
    from esaylov.publication.geography.geojson import GeographyError

    with pytest.raises(GeographyError) as found:
        take(
            site,
            written(tmp_path, feature("n"), feature("1730"), feature("1735"), feature("x")),
            source="",
            licence="",
        )
    said = "\n".join(found.value.problems)
    for part in ("--source", "--licence", "“n”", "several territories have the code or SOATO “1735”", "“x”"):
        assert part in said
    assert boundaries_of(site.election, "region") is None


def test_pages_get_a_new_tag(site: Site, tmp_path: Path, client: Client) -> None:
    from esaylov.publication.geography.boundaries import drop_boundaries

    def tag() -> str:
        return str(client.get(f"/uz/elections/{site.election}/").headers["ETag"])

    before = tag()
    take(site, written(tmp_path, feature("n")))
    with_north = tag()
    take(site, written(tmp_path, feature("n", rings=[[[x + 1, y] for x, y in SQUARE]])))
    assert len({before, with_north, tag()}) == 3
    drop_boundaries(site.election)
    assert tag() == before


def test_no_such_election(site: Site, tmp_path: Path) -> None:
    from esaylov.acts.context import UnknownElection
    from esaylov.publication.geography.boundaries import take_boundaries

    with pytest.raises(UnknownElection):
        take_boundaries("none", written(tmp_path, feature("n")), source="x", licence="y")


def test_what_a_page_carries_is_bounded(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from esaylov.publication.geography import boundaries
    from esaylov.publication.geography.geojson import GeographyError

    ring = [[69 + step / 1000, 41 + 0.003 * (step % 2)] for step in range(1000)]
    ring += [[70.0, 42.0], [69.0, 42.0], ring[0]]
    path = written(tmp_path, feature("n", rings=[ring]))
    monkeypatch.setattr(boundaries, "PAGE_BYTES", 2_000)
    taken = take(site, path)
    assert taken.page_bytes <= 2_000
    assert 0.003 <= taken.tolerance < 0.02
    monkeypatch.setattr(boundaries, "PAGE_BYTES", 10)
    with pytest.raises(GeographyError, match="bytes however much"):
        take(site, path)


@pytest.mark.shared
def test_real_boundaries_keep_their_shape_and_their_neighbours(tmp_path: Path) -> None:
    """The districts of 2018, simplified as far as a page of all of them would ask: areas stay, borders stay shared."""
    from esaylov.publication.geography.geojson import read_geojson, signed_area
    from esaylov.publication.geography.simplifying import simplify

    areas = read_geojson(SHARED / "data/uz/uz_districts_2018.geojson", "soato").areas
    assert len(areas) == 199
    made = simplify(areas, 0.02)

    def size(area: Any) -> float:
        return sum(-signed_area(ring) for polygon in area.polygons for ring in polygon)

    whole = sum(size(area) for area in areas.values())
    assert abs(sum(size(area) for area in made.values()) - whole) < whole * 0.01
    points = sum(len(ring) for area in made.values() for polygon in area.polygons for ring in polygon)
    assert points < 6_000
    assert json.loads(json.dumps([area.polygons for area in made.values()]))
