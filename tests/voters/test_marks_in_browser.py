"""A mark in two steps on a phone, by keyboard, with scripts and without: nothing that axe finds, no side scroll."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browsing import goes_on, pressed
from tests.design.test_guide_browser import NARROW
from tests.formation.test_browser import looked_at, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.cabinet.people import Bench

pytestmark = pytest.mark.browser
PAGE = "/en/cabinet/voters/precinct/"


@pytest.fixture(scope="module")
def room(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Six voters of n1-1, one of another precinct; the lists are frozen."""
    from tests.cabinet.people import bench
    from tests.voters.freezing import frozen_world
    from tests.voters.listed import enter_voters
    from tests.voters.precinct_lists import custodian

    with bench(tmp_path_factory.mktemp("room")) as made:
        enter_voters(6, ("n1-1",))
        enter_voters(1, ("n2-1",), first=70_000)
        frozen_world()
        with custodian():
            yield made


@pytest.fixture(scope="module")
def address(room: Bench) -> Iterator[str]:
    from tests.publication.browser import served

    with served() as found:
        yield found


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    from tests.publication.browser import chromium_beside_database

    with chromium_beside_database() as started:
        yield started


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
def test_a_voter_of_the_list(browser: Browser, address: str, room: Bench, scripts: bool) -> None:
    client = room.clients["pec secretary"]
    page = signed_in(browser, address, client, viewport=NARROW, java_script_enabled=scripts)
    page.goto(address + PAGE)
    row = page.get_by_role("row").nth(2 if scripts else 3)
    row.get_by_role("combobox").select_option("home-asked")
    row.get_by_role("combobox").focus()
    pressed_in = row.get_by_role("button", name="Mark", exact=True)
    page.keyboard.press("Tab")
    expect(pressed_in).to_be_focused()
    with goes_on(page):
        page.keyboard.press("Enter")
    expect(page).to_have_title("Confirm the mark – esaylov")
    expect(page.get_by_role("heading", name="Confirm the mark", level=1)).to_be_visible()
    expect(page.get_by_text(f"Number {2 if scripts else 3} of the list")).to_be_visible()
    expect(page.get_by_text("Asked for a home visit")).to_be_visible()
    expect(page.get_by_text("A mark cannot be taken back")).to_be_visible()
    if scripts:  # (axe is a script itself)
        looked_at(page, "mark", NARROW)
    pressed(page, "Do not mark")
    expect(page.get_by_text("The mark is made.")).to_have_count(0)
    row.get_by_role("combobox").select_option("home-asked")
    with goes_on(page):
        pressed_in.click()
    pressed(page, "Confirm the mark")
    expect(page.get_by_text("The mark is made.")).to_be_visible()
    expect(row.get_by_role("cell", name="asked for a home visit", exact=True)).to_be_visible()
    page.context.close()


def test_a_voter_of_another_list(browser: Browser, address: str, room: Bench) -> None:
    from tests.voters.listed import person

    page = signed_in(browser, address, room.clients["pec secretary"], viewport=NARROW)
    page.goto(address + PAGE)
    said = person(70_000)
    page.get_by_label("Identity document").fill(said["document"])
    page.get_by_label("Date of birth").fill(said["birth_date"])
    with goes_on(page):
        page.get_by_role("button", name="Mark as voted here").click()
    expect(page.get_by_text(said["document"])).to_be_visible()
    expect(page.get_by_text("Votes here, stands on another list")).to_be_visible()
    looked_at(page, "mark-elsewhere", NARROW)
    pressed(page, "Confirm the mark")
    expect(page.get_by_text("The mark is made.")).to_be_visible()
    page.context.close()
