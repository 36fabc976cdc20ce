"""Sitemaps name every page, in every language, each with its alternates; robots.txt names them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as XML

import pytest
from django.conf import settings
from django.test import Client, override_settings

if TYPE_CHECKING:
    from tests.publication.ground import Site

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
HOST = "http://testserver"
LANGUAGES = [code for code, _ in settings.LANGUAGES]


def locations(client: Client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert len(answer.content) < 50 * 2**20
    root = XML.fromstring(answer.content)  # noqa: S314  (our own)
    return [one.text or "" for one in root.iter(f"{SITEMAP}loc")]


def everything(client: Client) -> list[str]:
    found = [
        page
        for one in locations(client, "/sitemap.xml")
        for page in locations(client, one.removeprefix(HOST))
    ]
    assert len(found) == len(set(found))
    return found


def test_every_page_is_there_once_and_answers(site: Site, client: Client) -> None:
    found = everything(client)
    english = [page for page in found if page.startswith(f"{HOST}/en/")]
    assert len(found) == len(english) * len(LANGUAGES)
    for page in english:
        assert client.get(page.removeprefix(HOST)).status_code == 200, page
    for path in ("", "verify/", "elections/tiny/", "elections/tiny/contests/d2/", "elections/tiny/territories/n/",
                 "elections/tiny/protocols/p5/q/", "elections/tiny/precincts/p1/", "elections/tiny/for-newsrooms/"):  # fmt: skip
        assert f"{HOST}/en/{path}" in english
    assert not [page for page in found if "/embed/" in page or page.endswith((".png", ".atom"))]


def test_alternates_name_all_languages_and_a_default(site: Site, client: Client) -> None:
    for path in ("/sitemaps/ru.xml", "/sitemaps/tiny/uz-cyrl/1.xml"):
        root = XML.fromstring(client.get(path).content)  # noqa: S314
        for url in root.findall(f"{SITEMAP}url"):
            links = {link.get("hreflang", ""): link.get("href", "") for link in url.findall(f"{XHTML}link")}
            assert {name.lower() for name in links} == {*LANGUAGES, "x-default"}
            assert url.findtext(f"{SITEMAP}loc") in links.values()


def test_files_are_bounded(site: Site, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from esaylov.publication.newsroom import sitemaps

    before = sorted(everything(client))
    monkeypatch.setattr(sitemaps, "ADDRESSES", 7)
    for one in locations(client, "/sitemap.xml"):
        if "/tiny/" in one:
            assert len(locations(client, one.removeprefix(HOST))) <= 7
    assert sorted(everything(client)) == before


@pytest.mark.parametrize(
    "path",
    ["/sitemaps/de.xml", "/sitemaps/tiny/de/1.xml", "/sitemaps/tiny/en/0.xml", "/sitemaps/tiny/en/99.xml",
     "/sitemaps/none/en/1.xml", "/sitemaps/tiny/en/x.xml"],
)  # fmt: skip
def test_unknown(site: Site, client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_robots(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert f"Sitemap: {HOST}/sitemap.xml" in text.splitlines()
    with override_settings(ESAYLOV_PUBLIC_URL="https://results.example"):
        text = client.get("/robots.txt").content.decode()
    assert "Sitemap: https://results.example/sitemap.xml" in text
