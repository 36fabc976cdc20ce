"""Names of parties, candidates and places that try to be something else: markup, formulas, colours, references."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from django.test import Client

from esaylov.publication.charts import Bar, Progress, contest_result, districts_map, list_result
from tests.exchange.packages import OPTIONS, TERRITORIES
from tests.publication.charts import examples

if TYPE_CHECKING:
    from tests.publication.ground import Site

HOSTILE = (
    "</script><script>alert(1)</script><!--",
    '" onmouseover="alert(1)" x=\'',
    "var(--evil) url(#list-tone-99) var(--tone-1)",
    '=HYPERLINK("https://evil.example","won")',
    "\u202egpj.exe \u2066{{ 7|add:7 }} %(name)s %s {index} \u2028 ]]>",
    "\ue0000\ue001 \ue00099\ue001",
)
PAGES = (
    "", "contests/", "contests/list/", "contests/d1/", "territories/uz/", "territories/n/", "territories/c1/",
    "precincts/p1/", "protocols/p1/list/", "protocols/p1/d1/", "outside/", "candidates/", "parties/",
    "parties/green/", "documents/", "corrections/", "territories/", "for-newsrooms/", "embed/seats/", "embed/map/",
    "embed/territories/uz/", "search/?q=alert", "search/?in=n", "feed.atom",
)  # fmt: skip


class Tags(HTMLParser):
    """The elements of a page that could run something."""

    def __init__(self) -> None:
        super().__init__()
        self.running: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "script" and not named.get("src") and named.get("type") != "application/ld+json":
            self.running.append(tag)
        self.running += [name for name in named if name.startswith("on")]
        self.running += [
            value
            for name in ("href", "src", "action")
            if re.match(r"\s*(javascript|data|vbscript):", value := named.get(name) or "")
        ]


def hostile(table: str, column: int) -> str:
    """A table of the package with hostile names in a column."""
    head, *rows = csv.reader(io.StringIO(table))
    for number, row in enumerate(rows):
        row[column] = f"{HOSTILE[number % len(HOSTILE)]} {number}"
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head, *rows])
    return out.getvalue()


def name_column(table: str) -> int:
    head = table.splitlines()[0].split(",")
    return next(n for n, one in enumerate(head) if one.startswith(("name", "title")))


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site(
        options=hostile(OPTIONS, name_column(OPTIONS)),
        territories=hostile(TERRITORIES, name_column(TERRITORIES)),
    )


def test_no_page_runs_or_breaks(site: Site, client: Client) -> None:
    for path in PAGES:
        for language in ("en", "uz-cyrl"):
            answer = client.get(f"/{language}/elections/tiny/{path}")
            assert answer.status_code in (
                (200, 404) if path.startswith(("parties/g", "embed/")) else (200,)
            ), path
            text = answer.content.decode()
            if path.endswith(".atom"):
                ElementTree.fromstring(text)  # noqa: S314  (our own)
                continue
            tags = Tags()
            tags.feed(text)
            assert not tags.running, path
            for data in re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL):
                json.loads(data)


def test_pictures_and_tables(site: Site, client: Client) -> None:
    drawn = 0
    for page in ("", "contests/list/", "contests/d1/", "territories/uz/", "territories/n/"):
        text = client.get(f"/en/elections/tiny/{page}").content.decode()
        for path in set(
            re.findall(r"/en/elections/tiny/[^\"]*pictures/[a-z-]+\.(?:svg|csv|json|page\.json)", text)
        ):
            answer = client.get(path)
            assert answer.status_code == 200, path
            body = answer.content.decode()
            drawn += 1
            if path.endswith(".svg"):
                root = ElementTree.fromstring(body)  # noqa: S314  (our own)
                assert not [one for one in root.iter() if one.tag.endswith("script")]
                assert "sandbox" in answer.headers["Content-Security-Policy"]
            elif path.endswith(".csv"):
                cells = [cell for row in csv.reader(io.StringIO(body)) for cell in row]
                assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))], path
            else:
                json.loads(body)
        card = client.get(f"/en/elections/tiny/{page}card.png")
        assert card.status_code == 200, page
    assert drawn


@pytest.mark.parametrize("kind", ["results", "contests/list", "contests/d1", "territories/uz"])
def test_open_data(site: Site, client: Client, kind: str) -> None:
    assert client.get(f"/open/elections/tiny/{kind}.json").json()
    body = client.get(f"/open/elections/tiny/{kind}.csv").content.decode()
    assert not [cell for row in csv.reader(io.StringIO(body)) for cell in row if cell.startswith("=")]


@pytest.mark.parametrize("name", HOSTILE)
def test_every_kind_of_picture_takes_every_name(name: str) -> None:
    bars = [Bar(f"o{n}", f"{one} {n}", n, 900 - n, 2_000) for n, one in enumerate((name, '" x="', "Plain"))]
    made = [replace(one, name=f"{name} {n}", leader=name) for n, one in enumerate(examples.districts(12))]
    source = replace(examples.SOURCE, title=name)
    pictures = [
        list_result(source, bars, Progress(3, 4)),
        contest_result(source, bars, Progress(3, 4)),
        districts_map(source, made, "winner"),
    ]
    for chart in pictures:
        for text in (str(chart.svg), chart.picture()):
            root = ElementTree.fromstring(text)  # noqa: S314  (our own)
            assert all(not attribute.startswith("on") for one in root.iter() for attribute in one.attrib)
            assert not [one for one in root.iter() if one.tag.endswith("script")]
        assert chart.png()
        assert json.dumps(chart.json())


def test_no_name_stands_for_another_text_of_a_picture() -> None:
    evil = '" onload="alert(1)" x="'
    marks = "".join(f"\ue000{number}\ue001" for number in range(60))
    bars = [Bar("a", evil, 1, 900, 2_000), Bar("b", marks, 2, 800, 2_000)]
    made = [replace(one, name=marks, leader=evil) for one in examples.districts(12)]
    for chart in (
        list_result(examples.SOURCE, bars, Progress(3, 4)),
        contest_result(examples.SOURCE, bars, Progress(3, 4)),
        districts_map(examples.SOURCE, made, "winner", lists=[(evil, 1)]),
    ):
        for text in (str(chart.svg), chart.picture()):
            root = ElementTree.fromstring(text)  # noqa: S314  (our own)
            assert "onload" not in {attribute for one in root.iter() for attribute in one.attrib}
