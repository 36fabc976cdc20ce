"""What a page costs when no cache holds it: at most twelve queries, whatever it shows; server time is reported."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from tests.publication.reader import Page

if TYPE_CHECKING:
    from django.test import Client

    from tests.publication.ground import Site

MOST = 12
OF_EACH = 20
ENGLISH = "/en/elections/tiny/"
CONTROL = ("BEGIN", "COMMIT", "SET TRANSACTION")
"""Statements that read nothing: every page has them, whatever it shows."""


def cost(client: Client, path: str) -> tuple[int, float, str]:
    """Queries and seconds of a page that nobody asked for before, and its HTML ("" for anything else)."""
    with CaptureQueriesContext(connection) as asked:
        start = time.perf_counter()
        answer = client.get(path)
        seconds = time.perf_counter() - start
    assert answer.status_code == 200, path
    html = answer.headers["Content-Type"].startswith("text/html")
    queries = [one["sql"] for one in asked.captured_queries if not one["sql"].startswith(CONTROL)]
    return len(queries), seconds, answer.content.decode() if html else ""


def kind_of(path: str) -> str:
    """What kind of page stands at an address."""
    found = resolve(path)
    return found.url_name or found.route


def found_from(client: Client, start: str) -> Iterator[tuple[str, str, int]]:
    """Kind, address and queries of the pages that links lead to, at most OF_EACH of a kind."""
    seen: set[str] = set()
    kinds: dict[str, int] = {}
    waiting = [start]
    while waiting:
        path = waiting.pop(0)
        if path in seen or not path.startswith("/en/") or path.endswith(".png"):
            continue
        seen.add(path)
        kind = kind_of(path)
        if kinds.get(kind, 0) < OF_EACH:
            kinds[kind] = kinds.get(kind, 0) + 1
            queries, _, html = cost(client, path)
            yield kind, path, queries
            if html:
                waiting += [link.partition("#")[0].partition("?")[0] for link in Page(html, path).links]


def test_no_page_asks_more_than_twelve_times(site: Site, client: Client) -> None:
    client.get(ENGLISH)  # contests and territories are read once a process
    found = list(found_from(client, "/en/"))
    kinds = {kind for kind, _, _ in found}
    expected = {
        "election", "contests", "contest", "contest-precincts", "territory", "precinct", "protocol", "outside",
    }  # fmt: skip
    assert expected <= kinds
    dear = [(path, queries) for _, path, queries in found if queries > MOST]
    assert dear == []


def test_pages_of_long_lists_cost_the_same(site: Site, client: Client) -> None:
    for path in ("territories/n/precincts/1/", "contests/list/precincts/1/", "outside/1/"):
        assert cost(client, ENGLISH + path)[0] <= MOST
