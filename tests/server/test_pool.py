"""Connections to the database: as many as a site holds, and what is said when there are too few."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import psycopg
import pytest

from esaylov.server import pool
from esaylov.server.embedded import Embedded
from esaylov.server.pool import PoolError, allowed_connections, check_connections, needed
from esaylov.server.supervisor import LOOPS
from tests.conftest import Clone
from tests.server.test_serve import Site, serving
from tests.server.test_supervisor import until


def test_loops_are_counted() -> None:
    assert len(LOOPS) + 1 == pool.LOOPS, "the courier of e-mails beside them"
    assert needed(2) == 2 * 6 + 6 + 10


def test_a_site_that_does_not_fit_is_refused_with_advice(
    db_clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert allowed_connections() == 97
    check_connections(13)
    with pytest.raises(
        PoolError, match=r"14 workers need 100 connections .* allows 97: serve with --workers 13"
    ):
        check_connections(14)
    monkeypatch.setattr(pool, "COMMANDS", 200)
    with pytest.raises(PoolError, match="allows 97: raise max_connections there"):
        check_connections(1)


def test_the_embedded_database_takes_as_many_as_are_needed(tmp_path_factory: pytest.TempPathFactory) -> None:
    for workers, expected in ((1, 100), (40, needed(40) + 3)):
        folder = tmp_path_factory.mktemp("pool") / "data"
        with (
            Embedded(folder, durable=False, temporary=True, connections=needed(workers)) as urls,
            psycopg.connect(urls.app) as connection,
        ):
            assert connection.execute("SHOW max_connections").fetchone() == (str(expected),)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


def test_a_busy_site_holds_no_more_than_was_counted(site: Site) -> None:
    def held() -> int:
        with Embedded(site.data / "database") as urls, psycopg.connect(urls.superuser) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'esaylov'"
            ).fetchone()
        return int(row[0]) if row else 0

    assert until(site.answers)
    with contextlib.ExitStack() as stack:
        from concurrent.futures import ThreadPoolExecutor

        askers = stack.enter_context(ThreadPoolExecutor(16))
        limit = time.monotonic() + 3
        while time.monotonic() < limit:
            assert set(askers.map(lambda _: site.status(), range(64))) <= {200, 503}
    assert 5 <= held() <= needed(2) - pool.COMMANDS
