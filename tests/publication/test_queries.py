"""What a page costs when no cache holds it: at most twelve queries, whatever it shows; server time is reported."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

import django
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment
from django.urls import resolve

from tests.publication.reader import Page

if TYPE_CHECKING:
    from tests.conftest import Clone
    from tests.publication.ground import Site

MOST = 12
PROCESSES = 2
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


# --- the whole demonstration ---

DEMO = "uz-lc-2024-demo"


@pytest.fixture(scope="module")
def demo(module_db_clone: Clone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The simulated election, counted to the end; the environment that leads a process to it."""
    from esaylov.acts.sequencer import Sequencer
    from esaylov.demo.simulation import write_package
    from esaylov.exchange.package import read_package
    from esaylov.operations.loading import load
    from esaylov.results.tabulator import Tabulators
    from tests.publication.ground import data_folder

    with data_folder(tmp_path_factory.mktemp("demo")) as folder:
        write_package(folder / "package")
        load(read_package(folder / "package"))
        Sequencer(head_every=3600).run_once()
        assert Tabulators().run_once()
        yield {**module_db_clone.environment, "ESAYLOV_DATA": str(folder)}


def addresses() -> Iterator[tuple[str, str]]:
    """Kind and address, without the language, of every page of results of the demonstration."""
    from esaylov.elections.queries import tables
    from esaylov.registry.models import Precinct, Territory

    known = tables(DEMO)
    yield from (("election", ""), ("contests", "contests/"), ("outside", "outside/"))
    precincts = list(
        Precinct.objects.filter(election=DEMO).order_by("position").values_list("code", "cell_id")
    )
    pages = -(-len(precincts) // 100)
    yield from (("contest-precincts", f"contests/list/precincts/{n}/") for n in range(1, pages + 1))
    yield from (("contest", f"contests/{code}/") for code in known.contests)
    for code in Territory.objects.filter(election=DEMO).order_by("position").values_list("code", flat=True):
        yield "territory", f"territories/{code}/"
    for code, cell in precincts:
        yield "precinct", f"precincts/{code}/"
        for contest in known.contests.values():
            if known.concerns(contest, cell):
                yield "protocol", f"protocols/{code}/{contest.code}/"


Cost = tuple[str, str, int, float]


def lead(environment: dict[str, str]) -> None:
    """Begins a process of the crawl: it is led to the demonstration's database."""
    os.environ |= environment
    django.setup()
    setup_test_environment()


def crawl(part: int) -> list[Cost]:
    """Kind, address, queries and seconds of every PROCESSES-th page, in the site's languages in turn."""
    languages = [code for code, _ in settings.LANGUAGES]
    client = Client()
    client.get(f"/en/elections/{DEMO}/")
    found = []
    for number, (kind, rest) in enumerate(addresses()):
        if number % PROCESSES == part:
            path = f"/{languages[number % len(languages)]}/elections/{DEMO}/{rest}"
            queries, seconds, html = cost(client, path)
            assert html, path
            found.append((kind, path, queries, seconds))
    return found


@pytest.mark.slow
def test_every_page_of_the_demonstration(demo: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    # Spawned: what draws pictures runs in threads, which a fork would lose.
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), lead, (demo,)) as processes:
        found = [one for part in processes.map(crawl, range(PROCESSES)) for one in part]
    assert len(found) > 30_000
    assert [(path, queries) for _, path, queries, _ in found if queries > MOST] == []
    with capsys.disabled():
        print("\nserver time of pages that no cache holds (goal: 100 ms)")
        for kind in dict.fromkeys(kind for kind, *_ in found):
            print(f"  {told(kind, [one for one in found if one[0] == kind])}")


def told(kind: str, found: list[Cost]) -> str:
    """What the pages of a kind cost."""
    times, queries = sorted(1000 * seconds for *_, seconds in found), max(number for _, _, number, _ in found)
    return (
        f"{kind:18} {len(found):6} pages, median {statistics.median(times):6.1f} ms,"
        f" 99th hundredth {times[len(times) * 99 // 100]:6.1f} ms, slowest {times[-1]:7.1f} ms, {queries} queries at most"
    )
