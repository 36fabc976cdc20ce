"""Work that takes long is done by one thread of a worker; one more waits, and the rest is sent away at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from django.test import Client

from esaylov.publication import gate
from esaylov.publication.gate import Busy, Gate


def test_one_works_one_waits_others_are_sent_away() -> None:
    found = Gate(patience=60)
    order: list[str] = []

    def wait() -> None:
        with found.turn():
            order.append("second")

    with found.turn():
        second = threading.Thread(target=wait)
        second.start()
        while found._places._value:
            time.sleep(0.001)
        began = time.monotonic()
        with pytest.raises(Busy), found.turn():
            raise AssertionError("a third one got in")
        assert time.monotonic() - began < 30, "who is sent away does not wait"
        order.append("first")
    second.join()
    assert order == ["first", "second"]
    with found.turn():
        pass


def test_patience_ends_and_errors_free_the_place() -> None:
    found = Gate(waiting=1, patience=0.01)
    with found.turn(), pytest.raises(Busy), found.turn():
        raise AssertionError("two at once")
    with pytest.raises(ValueError, match="broken"), found.turn():
        raise ValueError("broken")
    with found.turn():
        pass


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    found = Gate(waiting=0)
    monkeypatch.setattr(gate, "gate", found)
    with found.turn():
        yield


@pytest.mark.parametrize(
    "path",
    [
        "/en/card.png",
        "/en/elections/tiny/card.png",
        "/en/elections/tiny/pictures/seats.png",
        "/en/elections/tiny/contests/list/pictures/list.svg",
        "/en/elections/tiny/territories/n/pictures/turnout.svg",
        "/en/elections/tiny/feed/1.atom",
        "/sitemap.xml",
        "/sitemaps/tiny/en/1.xml",
    ],
)
def test_heavy_answers_stand_behind_the_gate(full: None, client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers[gate.BUSY], "the page cache must not call this a failure of the database"


def test_a_search_says_so_in_a_page(site: object, full: None, client: Client) -> None:
    for path in ("/en/search/", "/en/elections/tiny/search/"):
        answer = client.get(path, {"q": "north"})
        assert answer.status_code == 503
        assert "<h1" in answer.content.decode()
        assert answer.headers["Retry-After"]


def test_pages_do_not(site: object, full: None, client: Client) -> None:
    for path in (
        "/en/",
        "/en/elections/tiny/",
        "/en/elections/tiny/feed.atom",
        "/open/elections/tiny/live.json",
    ):
        assert client.get(path).status_code == 200
