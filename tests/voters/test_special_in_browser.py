"""The list of a place on a phone, without scripts: handed in wrong, handed in, given up; nothing that axe finds, no side scroll."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browsing import goes_on
from tests.design.test_guide_browser import NARROW
from tests.formation.test_browser import looked_at, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.cabinet.people import Bench

pytestmark = pytest.mark.browser
PAGE = "/en/cabinet/voters/special/"


@pytest.fixture(scope="module")
def place(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """n1-1 has no houses, n1-2 has them; three voters of n1-2."""
    from esaylov.acts.door import Submission, perform
    from esaylov.voters.places.acts import SetRules
    from tests.cabinet.people import bench
    from tests.registry.people import accepted, actors_of
    from tests.voters.freezing import ELECTION
    from tests.voters.listed import enter_voters
    from tests.voters.places.rules import given
    from tests.voters.precinct_lists import custodian

    with bench(tmp_path_factory.mktemp("place")) as made, custodian():
        enter_voters(3, ("n1-2",), first=70_000)
        payload = SetRules.Payload(decision="70", given=given("n1-2,t-1,*,,,all"))
        chair = actors_of("", "cec", datetime.now(UTC))["chair"]
        accepted(perform(SetRules, ELECTION, Submission(payload, chair)))
        yield made


@pytest.fixture(scope="module")
def address(place: Bench) -> Iterator[str]:
    from tests.publication.browser import served

    with served() as found:
        yield found


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    from tests.publication.browser import chromium_beside_database

    with chromium_beside_database() as started:
        yield started


def hand_in(page: Page, *numbers: int) -> None:
    from tests.voters.test_special import special

    content = special("n1-1", "hospital", *numbers)
    page.get_by_label("List of the place (CSV)").set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": content}
    )
    with goes_on(page):
        page.get_by_role("button", name="Hand the list in").click()


def test_on_a_phone_without_scripts(browser: Browser, address: str, place: Bench) -> None:
    client = place.clients["pec secretary"]
    page = signed_in(browser, address, client, viewport=NARROW, java_script_enabled=False)
    page.goto(address + PAGE)
    hand_in(page, 70_000, 70_000)
    wrong = page.get_by_role("region", name="The list was not taken: 1 error")
    expect(wrong.get_by_role("rowheader", name="Line 3")).to_be_visible()
    expect(page).to_have_title("Error: List of the place – esaylov")
    hand_in(page, 70_000, 71_000)
    expect(page.get_by_text("The list is handed in.")).to_be_visible()
    with goes_on(page):
        page.get_by_role("button", name="Give the list up").click()
    expect(page.get_by_role("button", name="Give the list up")).to_have_count(0)


def test_readable_by_all(browser: Browser, address: str, place: Bench) -> None:
    page = signed_in(browser, address, place.clients["pec secretary"], viewport=NARROW)
    page.goto(address + PAGE)
    looked_at(page, "special", NARROW)
    with goes_on(page):
        page.get_by_role("button", name="Hand the list in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    looked_at(page, "special-missing", NARROW)
    hand_in(page, 70_000, 70_000)
    expect(page.get_by_role("region", name="The list was not taken: 1 error")).to_be_focused()
    looked_at(page, "special-wrong", NARROW)
    hand_in(page, 70_000)
    looked_at(page, "special-handed-in", NARROW)
