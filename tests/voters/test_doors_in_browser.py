"""From door to door on a phone: nothing that axe finds, no side scroll, targets for a thumb; without scripts too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browsing import follow, goes_on
from tests.design.test_guide_browser import NARROW
from tests.formation.test_browser import looked_at, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.cabinet.people import Bench

pytestmark = pytest.mark.browser
PAGE = "/en/cabinet/voters/doors/"


@pytest.fixture(scope="module")
def town(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    from tests.cabinet.people import bench
    from tests.voters.doors import house_voters
    from tests.voters.precinct_lists import custodian

    with bench(tmp_path_factory.mktemp("town")) as made:
        house_voters(16, known=3)
        with custodian():
            yield made


@pytest.fixture(scope="module")
def address(town: Bench) -> Iterator[str]:
    from tests.publication.browser import served

    with served() as found:
        yield found


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    from tests.publication.browser import chromium_beside_database

    with chromium_beside_database() as started:
        yield started


def test_a_street_on_a_phone_without_scripts(browser: Browser, address: str, town: Bench) -> None:
    page = signed_in(browser, address, town.clients["pec member"], viewport=NARROW, java_script_enabled=False)
    page.goto(address + PAGE)
    follow(page, page.get_by_role("link", name="Navoiy koʻchasi"))
    follow(page, page.get_by_role("link", name="Next: 1"))
    entry = page.get_by_role("group", name="Test1 ")
    with goes_on(page):
        entry.get_by_label("not here any more").check()
        page.get_by_role("button", name="All others live here").click()
    expect(
        page.get_by_text(
            "Noted. When the day is over the log says how many visits there were, and nothing else."
        )
    ).to_be_visible()
    expect(page.get_by_text("3 of 3 entries checked; to follow up: 1")).to_be_visible()
    expect(page.get_by_role("link", name="Next: 2")).to_be_visible()
    follow(page, page.get_by_role("link", name="Next: 2"))
    page.get_by_label("Somebody is missing").fill("2")
    with goes_on(page):
        page.get_by_role("button", name="Nobody home").click()
    expect(page.get_by_text("missing: 2")).to_be_visible()
    expect(page.get_by_role("link", name="Next: 3")).to_be_visible()


def test_every_page_of_it_is_readable_by_all(browser: Browser, address: str, town: Bench) -> None:
    from tests.voters.doors import houses

    number = houses()[2].address
    page = signed_in(browser, address, town.clients["pec member"], viewport=NARROW)
    pages = {
        "doors": PAGE, "street": f"{PAGE}streets/{houses()[0].address}/", "house": f"{PAGE}houses/{number}/",
        "others": f"{PAGE}others/1/", "follow-up": f"{PAGE}follow-up/",
    }  # fmt: skip
    for name, path in pages.items():
        page.goto(address + path)
        looked_at(page, f"doors-{name}", NARROW)
    page.goto(f"{address}{PAGE}houses/{number}/")
    with goes_on(page):
        page.get_by_role("button", name="Note this").click()
    expect(page.get_by_role("alert")).to_be_visible()
    looked_at(page, "doors-wrong", NARROW)
    above = signed_in(browser, address, town.clients["tec chair"], viewport=NARROW)
    above.goto(f"{address}{PAGE}progress/")
    looked_at(above, "doors-progress", NARROW)
