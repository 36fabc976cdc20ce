"""Embeds: whole small pages for the frames of others, without cookies, that lead back; and the script that puts them there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.publication.conftest import Get

if TYPE_CHECKING:
    from tests.publication.ground import Site

EMBEDS = [
    "embed/seats/",
    "embed/map/",
    "embed/territories/uz/",
    "embed/territories/n/",
    "embed/territories/c1/",
]
LANGUAGES = ["uz", "uz-cyrl", "kaa", "ru", "en"]


@pytest.mark.parametrize("path", EMBEDS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_embed_may_stand_in_every_page(site: Site, client: Client, code: str, path: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address = f"/{code}/elections/tiny/{path}"
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address, headers={"cookie": "x=y"})
    assert answer.status_code == 200
    assert len(asked) <= 12
    assert "X-Frame-Options" not in answer.headers
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src 'self'" in policy
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = client.get(address, headers={"if-none-match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert "X-Frame-Options" not in again.headers


def test_other_pages_stand_in_no_frame(site: Site, client: Client) -> None:
    for path in ("elections/tiny/", "elections/tiny/for-newsrooms/"):
        answer = client.get(f"/en/{path}")
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_embed_says_what_it_shows_and_leads_back(site: Site, get: Get) -> None:
    page = get("/en/elections/tiny/embed/seats/")
    assert "simulated" in page.text
    assert "preliminary" in page.text
    assert "Tree size 21" in page.text
    assert "/en/elections/tiny/" in page.links
    assert 'data-size="21"' in page.html
    assert 'data-live-url="/open/elections/tiny/live.json"' in page.html
    assert "Green" in page.text
    territory = get("/en/elections/tiny/embed/territories/n/")
    assert territory.row("Green")[1:] == ["100", "54.35%"]
    assert "/en/elections/tiny/territories/n/" in territory.links


def test_nobody_is_elected_before_it_is_final(site: Site, get: Get) -> None:
    page = get("/en/elections/tiny/embed/territories/uz/")
    assert page.row("Green") == ["Green", "218", "51.30%", "2"], "with seats in the contest's own territory"
    assert "elected" not in page.text


@pytest.mark.parametrize(
    "path",
    [
        "tiny/embed/territories/none/",
        "none/embed/seats/",
        "none/embed/map/",
        "tiny/embed/none/",
        "tiny/embed/territories/%00/",
    ],
)
def test_unknown(site: Site, client: Client, path: str) -> None:
    assert client.get(f"/en/elections/{path}").status_code == 404


def test_script_is_small_and_for_everybody(client: Client) -> None:
    answer = client.get("/embed.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age=86400" in answer.headers["Cache-Control"]
    assert len(answer.content) < 4_000
    assert client.get("/embed.js", headers={"if-none-match": answer.headers["ETag"]}).status_code == 304
    assert b"cookie" not in answer.content.replace(b"sets no cookie", b"")


@pytest.mark.parametrize("code", LANGUAGES)
def test_page_for_newsrooms(
    site: Site, client: Client, get: Get, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESAYLOV_LICENCE", "CC-BY-4.0")
    page = get(f"/{code}/elections/tiny/for-newsrooms/")
    for path in ("seats/", "map/", "territories/uz/"):
        line = f"&lt;script async src=&quot;http://testserver/embed.js&quot; data-embed=&quot;/{code}/elections/tiny/embed/{path}&quot;"
        assert line in page.html
        assert f"&lt;iframe src=&quot;http://testserver/{code}/elections/tiny/embed/{path}&quot;" in page.html
    for link in page.links:
        if link.startswith("/") and not link.startswith("/static"):
            assert client.get(link.partition("#")[0]).status_code == 200, link
    assert "http://testserver/open/elections/tiny/results.json" in page.links
    assert "Creative Commons Attribution 4.0" in page.text


def test_embeds_of_an_election_without_lists(site: Site, client: Client, get: Get) -> None:
    from esaylov.elections.queries import tables

    known = tables("tiny")
    kept = dict(known.contests)
    try:
        for code in ("list", "d1", "d2"):
            known.contests.pop(code)
        assert client.get("/en/elections/tiny/embed/seats/").status_code == 404
        assert client.get("/en/elections/tiny/embed/map/").status_code == 404
        assert "embed/seats" not in get("/en/elections/tiny/for-newsrooms/").html
    finally:
        known.contests.clear()
        known.contests.update(kept)
