"""The voter list in pictures, for the documentation: the simulated election on the eve of its day.

With ESAYLOV_SCREENSHOTS=1 the pictures go to docs/screenshots/, else to a temporary folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browsing import goes_on
from tests.cabinet.test_screenshots import Place, pictures

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ("pictures",)
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass(frozen=True)
class Eve(Place):
    """Where the pictures are taken. `document`, `born`: of the voter whom `people.txt` names."""

    document: str
    born: tuple[str, str, str]


@pytest.fixture(scope="module")
def eve(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Eve]:
    """The simulated election with its voter list, and the custodian who opens it."""
    from esaylov.custody.client import custody
    from esaylov.demo import history
    from esaylov.demo.participants import people
    from esaylov.demo.simulation import SEED, write_package
    from esaylov.exchange.package import read_package
    from esaylov.operations.loading import call_election
    from tests.cabinet.test_screenshots import ELECTION
    from tests.custody.conftest import working
    from tests.publication.browser import served
    from tests.publication.ground import data_folder

    with data_folder(tmp_path_factory.mktemp("demo")) as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ESAYLOV_LOOKUP_WORK_BITS", "8")
        write_package(folder / "package")
        call_election(read_package(folder / "package"), replay=False, start=history.CALLED)
        told = people(ELECTION, folder / "package", SEED, lambda _: None).read_text()
        document = re.search(r"document +(\w+)\n +birth date +(\d+)-(\d+)-(\d+)", told)
        assert document is not None
        with working(folder), served() as found:
            custody.close()
            yield Eve(found, 0, "", document[1], (document[2], document[3], document[4]))
        custody.close()


@pytest.fixture(scope="module")
def browser(eve: Eve) -> Iterator[Browser]:
    from tests.publication.browser import chromium_beside_database

    with chromium_beside_database() as started:
        yield started


def test_a_voter_looks_on_a_telephone(eve: Eve, browser: Browser, pictures: Path) -> None:
    from tests.publication.test_screenshots import shoot, window

    page = window(browser, width=390, scale=1.5)
    page.goto(f"{eve.address}/uz/voter/")
    page.wait_for_function("() => document.querySelector('[name=work]').value")
    page.fill("#document", eve.document)
    for name, value in zip(("birth_year", "birth_month", "birth_day"), eve.born, strict=True):
        page.fill(f"#{name}", value)
    with goes_on(page):
        page.click(".voter-submit")
    assert "OpenStreetMap" in page.inner_text("main")
    shoot(page, pictures / "voter-look-up-telephone.png", ".voter-place")


def test_a_changeset(eve: Eve, browser: Browser, pictures: Path) -> None:
    from tests.publication.test_screenshots import shoot

    page = eve.page(browser, "cec", "chair", "voters/changesets/1/", election="")
    assert "What the checks found" in page.inner_text("main")
    shoot(page, pictures / "voter-changeset.png", "main .facts >> nth=1")
