"""What every page of results of the whole demonstration costs, in every language: queries and server time.

A module of its own: it has a database, and a log with a key, beside that of the small election (`test_queries`).
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

import django
import pytest
from django.conf import settings
from django.test import Client
from django.test.utils import setup_test_environment

from tests.publication.test_queries import MOST, cost

if TYPE_CHECKING:
    from tests.conftest import Clone

PROCESSES = 2
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
@pytest.mark.alone
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
