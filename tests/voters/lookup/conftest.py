"""An election with voters in its list, and the custodian who holds their keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.voters.lookup.asking import Asked


@pytest.fixture
def asked(
    db_clone: object, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Asked]:
    """Voters to be looked up, in a database of the test's own. Looks are written down when a test says so (`views.notes`): the
    thread that does it elsewhere may still live, with what it collects, at the database of the test before.
    """
    from esaylov.voters.lookup import views
    from esaylov.voters.lookup.noting import Notes
    from tests.voters.lookup.asking import to_be_asked

    monkeypatch.setattr(Notes, "_run", lambda _notes: None)
    monkeypatch.setattr(views, "notes", Notes())
    with to_be_asked(tmp_path_factory.mktemp("lookup")) as made:
        yield made


@pytest.fixture(scope="module")
def shared_asked(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """The same for the tests of a module."""
    from tests.voters.lookup.asking import to_be_asked

    with to_be_asked(tmp_path_factory.mktemp("lookup")) as made:
        yield made


@pytest.fixture(scope="module")
def address(shared_asked: Asked) -> Iterator[str]:
    """The site of these voters, for a browser."""
    from tests.publication.browser import served

    with served() as found:
        yield found


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    from tests.publication.browser import chromium_beside_database

    with chromium_beside_database() as started:
        yield started
