"""What stands in the head of every page: Open Graph, addresses, schema.org."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client, override_settings

from tests.exchange.packages import OPTIONS

if TYPE_CHECKING:
    from tests.publication.ground import Site

HOST = "http://testserver"
PAGES = [
    "",
    "verify/",
    "about/",
    "check/",
    "search/",
    "elections/tiny/",
    "elections/tiny/contests/d1/",
    "elections/tiny/territories/n/",
    "elections/tiny/protocols/p1/list/",
    "elections/tiny/corrections/",
]


class Head(HTMLParser):
    """Meta data, links and data blocks of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.links: list[dict[str, str]] = []
        self.blocks: list[Any] = []
        self._text: list[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "meta" and (name := named.get("property") or named.get("name")):
            assert name not in self.meta, f"{name} stands there twice"
            self.meta[name] = named["content"]
        if tag == "link":
            self.links.append(named)
        if tag == "script" and named.get("type") == "application/ld+json":
            self._text = []

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._text is not None:
            found = json.loads("".join(self._text))
            self.blocks += found if isinstance(found, list) else [found]
            self._text = None

    def link(self, **wanted: str) -> str:
        """The address of the only link with these attributes."""
        found = [one for one in self.links if all(one.get(name) == value for name, value in wanted.items())]
        assert len(found) == 1, wanted
        return found[0]["href"]


def head(client: Client, path: str) -> Head:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return Head(answer.content.decode())


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("code", ["uz", "en"])
def test_page_says_what_others_may_show_of_it(site: Site, client: Client, code: str, page: str) -> None:
    found = head(client, f"/{code}/{page}")
    assert found.meta["og:url"] == found.link(rel="canonical") == f"{HOST}/{code}/{page}"
    assert found.meta["og:title"]
    assert len(found.meta["description"]) <= 400
    assert found.meta["description"] == found.meta["og:description"]
    assert found.meta["twitter:card"] == "summary_large_image"
    default = found.link(rel="alternate", hreflang="x-default")
    assert default == (f"{HOST}/uz/{page}" if page else f"{HOST}/")
    card = found.meta["og:image"].removeprefix(HOST)
    assert client.get(card).headers["Content-Type"] == "image/png"
    if page.startswith("elections/"):
        assert found.link(type="application/atom+xml") == f"/{code}/elections/tiny/feed.atom"


def test_simulated_election_says_so_wherever_it_is_passed_on(site: Site, client: Client) -> None:
    found = head(client, "/en/elections/tiny/contests/list/")
    assert "(simulated)" in found.meta["og:title"]
    assert "invented" in found.meta["description"]


def test_titles_are_those_of_the_pages(site: Site, client: Client) -> None:
    assert head(client, "/en/elections/tiny/contests/list/").meta["og:title"].startswith("Party lists")


def test_addresses_are_those_of_the_site_that_is_configured(site: Site, client: Client) -> None:
    with override_settings(ESAYLOV_PUBLIC_URL="https://results.example"):
        found = head(client, "/en/elections/tiny/")
    assert found.meta["og:url"] == "https://results.example/en/elections/tiny/"
    assert found.blocks[0]["url"] == "https://results.example/en/elections/tiny/"


def test_another_host_gets_nothing(site: Site, client: Client) -> None:
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        assert client.get("/en/elections/tiny/", headers={"host": "evil.example"}).status_code == 400


def test_election_is_a_data_set(site: Site, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "license" not in head(client, "/en/elections/tiny/").blocks[0], "the operator names none"
    monkeypatch.setenv("ESAYLOV_LICENCE", "CC-BY-4.0")
    (found,) = head(client, "/en/elections/tiny/").blocks
    assert (found["@type"], found["@context"]) == ("Dataset", "https://schema.org")
    assert found["version"] == "21"
    assert found["license"].startswith("https://creativecommons.org/")
    assert found["description"].startswith("Simulated")
    for file in found["distribution"]:
        answer = client.get(file["contentUrl"].removeprefix(HOST))
        assert answer.headers["Content-Type"].startswith(file["encodingFormat"])


def test_data_set_names_the_published_files(make_site: Callable[..., Site], client: Client) -> None:
    from esaylov.publication.publisher import publish_site

    make_site()
    publish_site()
    (found,) = head(client, "/en/elections/tiny/").blocks
    addresses = [file["contentUrl"].removeprefix(HOST) for file in found["distribution"]]
    assert "/data/tiny/nist-cdf/summary.json" in addresses
    assert "/data/tiny/votes.parquet" in addresses
    for address in addresses:
        assert client.get(address).status_code == 200


def test_no_name_ends_the_data_block(make_site: Callable[..., Site], client: Client) -> None:
    from tests.publication.ground import EVENING
    from tests.publication.newsroom.conftest import happen

    evil = "</script><script>alert(1)</script>&<!--"
    happen(make_site(start=EVENING, options=OPTIONS.replace("party-list,Green", f"party-list,{evil}")))
    answer = client.get("/en/elections/tiny/protocols/p1/list/").content.decode()
    assert "<script>alert" not in answer
    (found,) = Head(answer).blocks
    assert evil in found["claimReviewed"]
