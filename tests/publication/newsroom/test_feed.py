"""The feed: valid, read by a reader that nobody here wrote, with ids that stay and an archive that never changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as XML

import pytest
from django.test import Client

from tests.publication.newsroom.conftest import happen

if TYPE_CHECKING:
    from tests.publication.ground import Site

FEED = "/en/elections/tiny/feed.atom"
ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}-\d\d-\d\d:\S+")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
# RFC 4287, sections 4.1.1 and 4.1.2: what is required, and what stands there at most once
REQUIRED = {"id", "title", "updated"}
ONCE = {"generator", "icon", "logo", "id", "rights", "subtitle", "title", "updated", "published", "summary"}


def read(client: Client, path: str = FEED) -> Any:
    """The feed as feedparser reads it."""
    import feedparser

    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    found = feedparser.parse(answer.content)
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "atom10"
    return found


def check_atom(body: bytes) -> XML.Element:
    """What RFC 4287 demands of a feed document; its root."""
    root = XML.fromstring(body)  # noqa: S314  (our own)
    assert root.tag == f"{ATOM}feed"
    entries = root.findall(f"{ATOM}entry")
    for element in (root, *entries):
        names = [child.tag.removeprefix(ATOM) for child in element]
        assert set(names) >= REQUIRED
        assert [name for name in ONCE if names.count(name) > 1] == []
        assert TAG.fullmatch(element.findtext(f"{ATOM}id") or "")
        for kind in ("updated", "published"):
            for time in element.findall(f"{ATOM}{kind}"):
                assert TIME.fullmatch(time.text or "")
        links = element.findall(f"{ATOM}link")
        assert all(link.get("href", "").startswith("http://testserver/") for link in links)
        assert len([link for link in links if link.get("rel") == "alternate"]) == 1
    assert [link for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert root.find(f"{ATOM}author/{ATOM}name") is not None, "entries have that of the feed"
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    return root


def test_what_happened_newest_first(eventful: Site, client: Client) -> None:
    found = read(client)
    assert [entry.title for entry in found.entries] == [
        "Results of a precinct declared invalid: precinct 3, South (p3), all contests",
        "Protocol returned for correction: precinct 2, North, the (p2), Party lists",
        "Protocol corrected: precinct 1, North, the (p1), Party lists",
    ]
    first = found.entries[0]
    assert "Decision No. 8." in first.summary
    assert "simulated" in first.summary
    assert found.feed.title.startswith("Simulated:")
    assert client.get(found.entries[1].link.removeprefix("http://testserver")).status_code == 200
    assert client.get(first.link.removeprefix("http://testserver")).status_code == 200


@pytest.mark.parametrize("code", ["uz", "uz-cyrl", "kaa", "ru", "en"])
def test_feed_is_valid_in_every_language(eventful: Site, client: Client, code: str) -> None:
    path = f"/{code}/elections/tiny/feed.atom"
    root = check_atom(client.get(path).content)
    assert len(root.findall(f"{ATOM}entry")) == 3
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang", "").lower() == code


def test_ids_hold_the_place_in_the_log_and_stay(eventful: Site, client: Client) -> None:
    ids = [entry.id for entry in read(client).entries]
    places = [int(one.split("/")[-2]) for one in ids]
    assert places == sorted(places, reverse=True)
    from esaylov.acts.models import Entry, Journal

    codes = Journal.objects.filter(entry__index__in=places).values_list("code", flat=True)
    assert set(codes) == {"results.annul_precinct", "results.return_protocol", "results.correct_protocol"}
    assert Entry.objects.count() > max(places)
    assert [entry.id for entry in read(client).entries] == ids


def test_feed_before_anything_happened(make_site: Callable[..., Site], client: Client) -> None:
    from tests.publication.ground import EVENING

    make_site(start=EVENING)
    assert not check_atom(client.get(FEED).content).findall(f"{ATOM}entry")
    assert client.get("/en/elections/tiny/feed/1.atom").status_code == 404


def test_archive_by_path(
    make_site: Callable[..., Site], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from esaylov.publication.newsroom import feed
    from tests.publication.ground import EVENING

    monkeypatch.setattr(feed, "ENTRIES", 2)
    happen(make_site(start=EVENING))
    newest = check_atom(client.get(FEED).content)
    assert len(newest.findall(f"{ATOM}entry")) == 2
    links = {link.get("rel"): link.get("href") for link in newest.findall(f"{ATOM}link")}
    assert links["current"] == f"http://testserver{FEED}"
    assert links["prev-archive"] == "http://testserver/en/elections/tiny/feed/1.atom"
    first = check_atom(client.get("/en/elections/tiny/feed/1.atom").content)
    assert first.find(f"{HISTORY}archive") is not None
    assert newest.find(f"{HISTORY}archive") is None
    assert "prev-archive" not in {link.get("rel") for link in first.findall(f"{ATOM}link")}
    titles = [entry.findtext(f"{ATOM}title") or "" for entry in first.findall(f"{ATOM}entry")]
    assert [title.partition(":")[0] for title in titles] == [
        "Protocol returned for correction",
        "Protocol corrected",
    ]
    for path in ("2", "0", "99999999999999999999"):
        assert client.get(f"/en/elections/tiny/feed/{path}.atom").status_code == 404


def test_feed_costs_little(eventful: Site, client: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(FEED)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(FEED)
    assert len(asked) <= 12
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(FEED, headers={"if-none-match": answer.headers["ETag"]}).status_code == 304


def test_texts_that_xml_cannot_hold(make_site: Callable[..., Site], client: Client) -> None:
    from esaylov.results.acts import AnnulPrecinct
    from tests.publication.ground import EVENING

    site = make_site(start=EVENING)
    site.act(AnnulPrecinct, "cec", precinct="p3", contest=None, decision="<8>&\u000b9")
    site.move_on()
    assert "Decision No. <8>&9." in read(client).entries[0].summary


def test_unknown_election(eventful: Site, client: Client) -> None:
    assert client.get("/en/elections/none/feed.atom").status_code == 404
