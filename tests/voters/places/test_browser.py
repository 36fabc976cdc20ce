"""The pages of addresses and precincts in a browser at both widths: nothing that axe finds, no side scroll; by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browsing import goes_on
from tests.design.test_guide_browser import NARROW, WIDE
from tests.formation.test_browser import looked_at, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.cabinet.people import Bench

pytestmark = pytest.mark.browser
AT = "/en/cabinet/places/"


@pytest.fixture(scope="module")
def town(shared_bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    from esaylov.voters.placing import compiled  # noqa: F401 - Django is set up
    from tests.voters.listed import enter_voters
    from tests.voters.places.registers import street
    from tests.voters.places.rules import NAVOI, given, place_all, register, set_rules

    houses = [
        *street("t-1", NAVOI, range(1, 31)),
        *street("t-2", "Bobur", ["1", "2A"]),
        *street("t-2", "Amir Temur", [7]),
    ]
    register(tmp_path_factory.mktemp("addresses"), houses)
    enter_voters(119, [None])
    set_rules(shared_bench.world, given(f"n1-1,t-1,{NAVOI},1,10,all", f"n1-2,t-1,{NAVOI},11,29,odd"))
    place_all()
    return shared_bench


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


@pytest.mark.parametrize("size", [pytest.param(WIDE, marks=pytest.mark.slow), NARROW], ids=["wide", "narrow"])
def test_readable_by_all(browser: Browser, address: str, town: Bench, size: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from esaylov.voters.models import Mahalla
    from tests.voters.places.rules import HEAD, NAVOI

    client = town.clients["tec chair"]

    def handed_in(rows: str) -> str:
        form = {"file": SimpleUploadedFile("rules.csv", (HEAD + rows).encode())}
        return str(client.post(AT + "rules/", form).headers["Location"])

    pages = {
        "places": AT, "place": f"{AT}precincts/n1-1/", "place-mahallas": f"{AT}mahallas/",
        "place-mahalla": f"{AT}mahallas/{Mahalla.objects.get(code='t-2').id}/", "place-upload": f"{AT}rules/",
        "place-report": handed_in(f"n1-1,t-1,{NAVOI},1,30,even\nn1-2,t-1,{NAVOI},1,29,odd\nn2-1,t-2,Bobur,,,all\n"),
        "place-wrong": handed_in(f"n1-1,t-1,{NAVOI},x,30,even\nn1-2,t-1,{NAVOI},9,1,odd\n"),
    }  # fmt: skip
    page = signed_in(browser, address, client, viewport=size)
    for name, path in pages.items():
        page.goto(address + path)
        looked_at(page, name, size)
    page.goto(f"{address}{AT}precincts/n1-2/change/")
    page.get_by_label("From house").first.fill("5")
    with goes_on(page):
        page.locator("[value=check]").last.click()
    looked_at(page, "place-overlap", size)
    page.get_by_label("From house").first.fill("21")
    with goes_on(page):
        page.locator("[value=check]").last.click()
    looked_at(page, "place-preview", size)


def test_a_border_moves_by_keyboard_without_scripts(browser: Browser, address: str, town: Bench) -> None:
    page = signed_in(browser, address, town.clients["tec chair"], viewport=NARROW, java_script_enabled=False)
    page.goto(f"{address}{AT}precincts/n1-2/change/")
    page.get_by_label("From house").first.fill("21")
    with goes_on(page):
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Whom this moves")).to_be_visible()
    page.get_by_label("Number of the decision").fill("31")
    with goes_on(page):
        page.get_by_role("button", name="Set the rules").press("Enter")
    expect(page.get_by_text("are set by decision No. 31")).to_be_visible()
