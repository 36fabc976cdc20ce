"""Pictures of a small election as files, and in its pages."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.publication.conftest import Get

if TYPE_CHECKING:
    from tests.publication.ground import Site

TINY = "/en/elections/tiny/"
MEDIA = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "page.json": "application/json",
}
CHARTS = (
    "pictures/seats",
    "pictures/list",
    "pictures/turnout",
    "pictures/districts-winner",
    "pictures/districts-counted",
    "contests/list/pictures/result",
    "contests/d1/pictures/result",
    "contests/q/pictures/result",
    "territories/n/pictures/result",
)


@pytest.mark.parametrize("kind", MEDIA)
@pytest.mark.parametrize("chart", CHARTS)
def test_file(site: Site, client: Client, chart: str, kind: str) -> None:
    answer = client.get(f"{TINY}{chart}.{kind}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == MEDIA[kind]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["ETag"].startswith('W/"')
    assert "public" in answer.headers["Cache-Control"]
    name = re.fullmatch(r'inline; filename="([^"]+)"', answer.headers["Content-Disposition"])
    assert name
    assert re.fullmatch(rf"tiny-{chart.rpartition('/')[2]}-\d+\.{re.escape(kind)}", name[1])
    again = client.get(f"{TINY}{chart}.{kind}", headers={"if-none-match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "pictures/nothing.svg",
        "pictures/seats.gif",
        "pictures/seats.page.csv",
        "pictures/districts-nothing.svg",
        "contests/nothing/pictures/result.svg",
        "contests/list/pictures/seats.svg",
        "territories/nothing/pictures/result.svg",
    ],
)
def test_nothing_of_the_kind(site: Site, client: Client, path: str) -> None:
    assert client.get(f"{TINY}{path}").status_code == 404
    assert client.get(f"/en/elections/no-such/{path}").status_code == 404


def test_size_is_that_of_the_page(site: Site, client: Client, get: Get) -> None:
    page = client.get(TINY).content.decode()
    size = re.search(r'<main[^>]* data-size="(\d+)"', page)
    assert size
    urls = re.findall(r'data-spec-url="([^"]+)"', page)
    assert urls
    for url in urls:
        spec = json.loads(client.get(url).content)
        assert spec["usermeta"]["size"] == int(size[1])
        assert spec["usermeta"]["simulated"] is True


def test_data_are_those_of_the_picture(site: Site, client: Client) -> None:
    table = list(
        csv.DictReader(io.StringIO(client.get(f"{TINY}contests/list/pictures/result.csv").content.decode()))
    )
    spec = json.loads(client.get(f"{TINY}contests/list/pictures/result.json").content)
    drawn = {row["option"]: row["votes"] for row in spec["datasets"]["bars"]}
    assert drawn == {row["option"]: int(row["votes"]) for row in table if row["option"] in drawn}
    assert drawn
    picture = client.get(f"{TINY}contests/list/pictures/result.svg").content.decode()
    assert all(name in picture for name in drawn)
    assert "SIMULATED" in picture


def test_figures_of_the_national_page(site: Site, client: Client) -> None:
    page = client.get(TINY).content.decode()
    assert page.count('<figure class="chart ') == page.count("data-chart-picture")
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids)), "ids are unique in a page"
    for described in re.findall(r'aria-describedby="([^"]+)"', page):
        assert set(described.split()) <= set(ids)
    for used in re.findall(r"url\(#([^)]+)\)", page):
        assert used in ids
    assert " style=" not in page
    assert "vega.github.io" not in page
    for url in re.findall(r'href="([^"]+\.(?:svg|png|csv|json))" download', page):
        assert client.get(url).status_code == 200, url
