"""The ground under the tests: one throw-away database server for the whole run, a fresh database for each
test that asks.

A test that touches the database takes the fixture `db_clone` (or `module_db_clone`): a copy of a migrated
template, to which both of Django's connections lead while it lasts. Without it there is no database to reach.
Nothing is rolled back or flushed: the journal refuses both, and tests see commits as they are.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

import pytest

DATA = tempfile.mkdtemp(prefix="esaylov-data-")
os.environ |= {"DJANGO_SETTINGS_MODULE": "esaylov.settings", "ESAYLOV_DATA": DATA}
for name in ("DATABASE_URL", "DATABASE_ADMIN_URL"):
    os.environ.pop(name, None)

import django  # noqa: E402
import hypothesis  # noqa: E402
import psycopg  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from psycopg import sql  # noqa: E402

from esaylov.design import assets  # noqa: E402
from esaylov.server.database import migrate, point_to  # noqa: E402
from esaylov.server.embedded import ADMIN_ROLE, DATABASE, Embedded, Urls  # noqa: E402
from esaylov.server.messages import compile_catalogues  # noqa: E402
from tests.order import longest  # noqa: E402

SHARED = Path(__file__).resolve().parents[2] / "shared"


# A busy machine is no fault of the code under test.
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")

setup_failures: list[BaseException] = []


def pytest_configure() -> None:
    """Set Django up. Where that fails, tests without Django still run, and the others say why. Nothing runs without
    the built front end.
    """
    compile_catalogues()
    if reason := assets.missing():
        raise pytest.UsageError(reason)
    try:
        django.setup()
    except Exception as error:
        setup_failures.append(error)
    else:
        setup_test_environment()


def pytest_unconfigure() -> None:
    shutil.rmtree(DATA, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked `shared` need the folder ../shared; without it they are skipped, and say so. Where several processes share
    the modules, long ones begin first.
    """
    if not SHARED.is_dir():
        for item in items:
            if item.get_closest_marker("shared"):
                item.add_marker(pytest.mark.skip(reason=f"needs the folder {SHARED}, which is not here"))
    if hasattr(config, "workerinput"):
        seconds = longest()
        items.sort(key=lambda item: -seconds.get(item.nodeid.partition("::")[0], 0))


@dataclass(frozen=True)
class Clone:
    """A database of a test's own: its URLs for each role, and the environment that leads a process to it."""

    name: str
    urls: Urls

    @property
    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.urls.app, "DATABASE_ADMIN_URL": self.urls.admin}


def _quick_folder() -> Path:
    """Memory where the system offers enough of it (a clone takes 10 ms there, 100 ms on a disk), else
    temporary files.
    """
    memory = Path("/dev/shm")
    with contextlib.suppress(OSError):
        if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4 << 30:
            return memory
    return Path(tempfile.gettempdir())


@pytest.fixture(scope="session")
def embedded(request: pytest.FixtureRequest) -> Iterator[Embedded]:
    """The database server of this worker. Workers do not share one: the sequencer waits for every transaction that runs in
    its server, those of other databases too, and what a test sees would hang on its neighbours.
    """
    worker = getattr(request.config, "workerinput", {})
    run = f"{worker['testrunuid']}-{worker['workerid']}" if worker else os.urandom(8).hex()
    server = Embedded(_quick_folder() / f"esaylov-tests-{run}", durable=False, temporary=True)
    with server:
        yield server


@pytest.fixture(scope="session")
def template(embedded: Embedded) -> Embedded:
    """The same server; its platform database is migrated and closed to connections: the template of all
    clones.
    """
    if setup_failures:
        raise setup_failures[0]
    name = sql.Identifier(DATABASE)
    with psycopg.connect(embedded.urls_of("postgres").superuser, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")
        found = connection.execute("SELECT datistemplate FROM pg_database WHERE datname = %s", [DATABASE])
        if found.fetchone() != (True,):
            with _leading_to(embedded.urls):
                migrate()
            connection.execute(
                sql.SQL("ALTER DATABASE {} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false").format(name)
            )
    return embedded


REMEMBERED = (
    ("esaylov.acts.bulk", "journal_ids.forget"),
    ("esaylov.elections.queries", "forget"),
    ("esaylov.publication.geography.boundaries", "forget_boundaries"),
    ("esaylov.voters.freezing.marks", "papers.forget"),
    ("esaylov.voters.freezing.marks", "tries.forget"),
    ("esaylov.voters.lookup.ahead", "known.forget"),
    ("esaylov.voters.lookup.answers", "ready.clear"),
    ("esaylov.voters.lookup.finding", "door.open"),
    ("esaylov.voters.precinct_list.reading", "orders.forget"),
    ("esaylov.voters.registers.state", "known.forget"),
    ("esaylov.voters.requests.boards", "lately.forget"),
    ("esaylov.voters.requests.boards", "many.forget"),
    ("esaylov.voters.requests.counts", "lately.forget"),
    ("esaylov.voters.requests.flooding", "flood.forget"),
    ("esaylov.voters.requests.places", "_districts.cache_clear"),
    ("esaylov.voters.requests.places", "_missions.cache_clear"),
    ("esaylov.voters.requests.views", "documents.forget"),
)
"""What a process remembers of its database and of who asked: a test must not go on with what the one before has left."""


def _forget() -> None:
    for module, forget in REMEMBERED:
        if module in sys.modules:
            attrgetter(forget)(sys.modules[module])()
    if looks := sys.modules.get("esaylov.voters.lookup.noting"):
        with looks.notes._writing:
            looks.notes._waiting.clear()


@contextlib.contextmanager
def _leading_to(urls: Urls) -> Iterator[None]:
    """Lead Django's connections to a database for a while, then back; nothing is remembered of either."""
    before = {alias: dict(connections[alias].settings_dict) for alias in connections}
    point_to(urls)
    _forget()
    try:
        yield
    finally:
        _forget()
        for alias, settings in before.items():
            connections[alias].close()
            connections[alias].settings_dict.update(settings)


@contextlib.contextmanager
def _clone(server: Embedded, of: str = DATABASE) -> Iterator[Clone]:
    """Make a database from the template (or from another, which nobody may be connected to), lead Django to it, and drop
    it at the end.
    """
    clone = f"test_{os.urandom(6).hex()}"
    name, owner, original = (sql.Identifier(part) for part in (clone, ADMIN_ROLE, of))
    with psycopg.connect(server.urls_of("postgres").superuser, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY").format(
                name, original, owner
            )
        )
        try:
            urls = server.urls_of(clone)
            with _leading_to(urls):
                yield Clone(clone, urls)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.fixture
def db_clone(template: Embedded) -> Iterator[Clone]:
    """A fresh database for one test."""
    with _clone(template) as clone:
        yield clone


@pytest.fixture(scope="module")
def module_db_clone(template: Embedded) -> Iterator[Clone]:
    """A fresh database that the tests of one module share."""
    with _clone(template) as clone:
        yield clone


@pytest.fixture
def client() -> Client:
    """Django's test client."""
    return Client()
