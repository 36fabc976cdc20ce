"""Elections for the tests of pages. (Django's rooms are imported late: they need it set up.)"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from esaylov.server.messages import compile_catalogues

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser

    from tests.publication.ground import Site
    from tests.publication.reader import Page

Get = Callable[[str], "Page"]

compile_catalogues()


@pytest.fixture(scope="module")
def site(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The tiny election with turnout and decisions, shared by tests that only read."""
    from tests.exchange.packages import DECISIONS, TURNOUT
    from tests.publication.ground import Site, data_folder

    folder = tmp_path_factory.mktemp("site")
    with data_folder(folder):
        yield Site(folder, turnout=TURNOUT, decisions=DECISIONS)


@pytest.fixture
def make_site(db_clone: object, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Makes the tiny election in a database of the test's own."""
    from tests.publication.ground import Site, data_folder

    with data_folder(tmp_path):

        def make(**options: Any) -> Site:
            return Site(tmp_path, **options)

        yield make


@pytest.fixture
def get(client: Client) -> Get:
    """Gets a page that must be there."""
    from tests.publication.reader import Page

    def ask(path: str) -> Page:
        answer = client.get(path)
        assert answer.status_code == 200, path
        return Page(answer.content.decode(), path)

    return ask


@pytest.fixture(scope="module")
def address(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The tiny election with a protocol in every state, served for a browser."""
    from tests.publication.browser import served
    from tests.publication.ground import data_folder, in_every_state

    with data_folder(tmp_path_factory.mktemp("site")) as folder:
        in_every_state(folder)
        with served() as found:
            yield found


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    """Chromium, started when the site is there."""
    from tests.publication.browser import chromium

    with chromium() as started:
        yield started
