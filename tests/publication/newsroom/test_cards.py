"""Social cards: one beside every page, drawn from what the page says, at the page's own tree size."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING
from xml.etree import ElementTree as XML

import pytest
from django.test import Client

from esaylov.publication.newsroom import cards
from esaylov.publication.newsroom.facts import Facts, facts_of

if TYPE_CHECKING:
    from tests.publication.ground import Site

PAGES = [
    "",
    "verify/",
    "elections/tiny/",
    "elections/tiny/contests/",
    "elections/tiny/contests/list/",
    "elections/tiny/territories/n/",
    "elections/tiny/precincts/p1/",
    "elections/tiny/protocols/p1/list/",
    "elections/tiny/outside/",
    "elections/tiny/corrections/",
    "elections/tiny/for-newsrooms/",
]


def texts(picture: str) -> list[str]:
    root = XML.fromstring(picture)  # noqa: S314  (our own)
    return [one.text or "" for one in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("code", ["uz-cyrl", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_a_card(site: Site, client: Client, code: str, page: str) -> None:
    answer = client.get(f"/{code}/{page}card.png")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", answer.content[16:24]) == (1200, 630)
    assert len(answer.content) < 300_000
    assert answer.headers["ETag"] == client.get(f"/{code}/{page}").headers["ETag"]
    assert answer.headers["Cache-Control"].startswith("public")
    again = client.get(f"/{code}/{page}card.png", headers={"if-none-match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "page",
    ["none/", "elections/none/", "elections/tiny/contests/none/", "elections/tiny/embed/seats/", "search/",
     "elections/tiny/search/", "check/", "check/20-7304/", "elections/tiny/card.png", "elections/tiny/feed.atom",
     "elections/tiny/%00/", "styleguide/", "elections/tiny/contests/list"],
)  # fmt: skip
def test_no_card(site: Site, client: Client, page: str) -> None:
    assert client.get(f"/en/{page}card.png").status_code == 404


def test_code_of_the_card_leads_to_the_record(
    site: Site, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(cards, "_png", lambda picture: drawn.append(picture) or b"")
    client.get("/en/elections/tiny/card.png")
    code = next(text for text in texts(drawn[0]) if "/check/" in text).rpartition("/")[2]
    assert client.get(f"/en/check/{code}/").status_code == 200
    client.get("/en/elections/tiny/protocols/p1/list/card.png")
    code = next(text for text in texts(drawn[1]) if "/check/" in text).rpartition("/")[2]
    record = client.get(f"/en/check/{code}/").content.decode()
    assert "/protocols/p1/list/" in record, "the card of a protocol leads to that protocol's record"


def test_very_long_texts_stay_inside() -> None:
    facts = Facts(
        over="x" * 500, title="Ҳ" * 200, answer="word " * 400, tags=[("preliminary", "w" * 300)], size=7
    )
    root = XML.fromstring(cards.svg(facts, "y" * 500, "6-1234", "https://" + "h" * 200))  # noqa: S314
    for one in root.iter("{http://www.w3.org/2000/svg}text"):
        assert 0 < float(one.get("y", "0")) <= cards.HEIGHT
        assert cards.measure(one.text or "", float(one.get("font-size", "0"))) <= cards.INNER + 1
    for one in root.iter("{http://www.w3.org/2000/svg}rect"):
        assert float(one.get("width", "0")) <= cards.WIDTH


def test_texts_are_escaped() -> None:
    picture = cards.svg(Facts(title='<script>"&'), "&lt;", "", "https://x")
    assert '<script>"&' in texts(picture)


def test_facts_of_a_page_without_any() -> None:
    assert facts_of("<p>nothing") == Facts()
    assert facts_of('<main data-size="x"><h1>a<br>b <b>c</b></h1><h1>d</h1>').title == "ab c"
    assert facts_of("</p></h1><h1>open").title == ""
