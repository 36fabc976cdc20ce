"""The room's pages in a browser at both widths: nothing that axe finds, no side scroll; a commission formed without scripts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browsing import follow
from tests.design.test_guide_browser import NARROW, WIDE

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser, Page

    from tests.cabinet.people import Bench

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("ESAYLOV_TEST_SHOTS")
"""A folder for screenshots, where somebody wants to look."""
WHOLE = "/en/cabinet/commissions/of/pec:n1-2/form/"


@pytest.fixture(scope="module")
def address(shared_bench: Bench) -> Iterator[str]:
    from tests.publication.browser import served

    with served() as found:
        yield found


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    from tests.publication.browser import chromium_beside_database

    with chromium_beside_database() as started:
        yield started


@pytest.fixture(scope="module")
def filled(shared_bench: Bench) -> dict[str, tuple[Client, str]]:
    """Pages with something on them, by name: who looks, and where."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from esaylov.acts.door import Submission, perform
    from esaylov.exchange.members import members_csv
    from esaylov.formation.importer import run_once
    from esaylov.formation.opinions import NameKengash
    from esaylov.proceedings.applications import DecideApplication
    from esaylov.registry.accounts.models import Account
    from tests.cabinet.people import sign_in
    from tests.formation.people import kengash, propose_member, row, rows
    from tests.registry.people import accepted, actors_of

    central = actors_of("", "cec", datetime.now(UTC))["chair"]
    chair = actors_of("door", "tec:n", datetime.now(UTC))["chair"]
    speaker = kengash(central)
    named = NameKengash.Payload(territory="n1", organisation=speaker.code)
    accepted(perform(NameKengash, "door", Submission(named, chair)))
    decided = DecideApplication.Payload(application=propose_member(1), granted=True, text="ok")
    accepted(perform(DecideApplication, "door", Submission(decided, chair)))
    propose_member(2)
    territorial, at = shared_bench.clients["tec chair"], shared_bench.clients["cec chair"]
    data = members_csv([*rows("pec:n1-1", 20), row("pec:n1-2", 40, surname=""), *rows("pec:s1-1", 60)])

    def sent(client: Client) -> str:
        form = {"file": SimpleUploadedFile("members.csv", data), "decision": "7"}
        return str(client.post("/en/cabinet/commissions/import/", form).headers["Location"])

    read = sent(territorial)
    run_once()
    return {
        "whole": (territorial, WHOLE), "kengash": (sign_in(Account.objects.open(person=speaker.person)), "/en/cabinet/kengash/"),
        "naming": (territorial, "/en/cabinet/discussions/kengash/"), "report": (territorial, read),
        "problems": (territorial, f"{read}problems/"), "upload": (territorial, "/en/cabinet/commissions/import/"),
        "progress": (at, sent(at)),
    }  # fmt: skip


def signed_in(browser: Browser, address: str, client: Client, **options: Any) -> Page:
    """A page that carries a test client's session."""
    context = browser.new_context(**({"reduced_motion": "reduce"} | options))
    context.add_cookies([
        {"name": name, "value": one.value, "url": address} for name, one in client.cookies.items()
    ])  # fmt: skip
    return context.new_page()


def looked_at(page: Page, name: str, size: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name


@pytest.mark.parametrize("size", [pytest.param(WIDE, marks=pytest.mark.slow), NARROW], ids=["wide", "narrow"])
def test_readable_by_all(
    browser: Browser, address: str, filled: dict[str, tuple[Client, str]], size: Any
) -> None:
    for name, (client, path) in filled.items():
        page = signed_in(browser, address, client, viewport=size)
        page.goto(address + path)
        looked_at(page, name, size)
        if name == "whole":
            follow(page, "button[value=add]")
            page.wait_for_selector("#row-0")
            page.fill("[name=row-0-pinfl]", "12")
            follow(page, "button[value=form]")
            page.wait_for_selector(".error-summary")
            expect(page.locator("[data-error-summary]")).to_be_focused()
            looked_at(page, "whole-errors", size)
        page.context.close()


def test_a_commission_is_formed_without_scripts(
    browser: Browser, address: str, filled: dict[str, tuple[Client, str]]
) -> None:
    from tests.formation.people import OFFICES, pinfl

    client, _ = filled["whole"]
    page = signed_in(browser, address, client, viewport=NARROW, java_script_enabled=False)
    page.goto(address + WHOLE)
    page.check("[type=checkbox][name^=seat-]")
    for number in range(6):
        follow(page, "button[value=add]")
        page.fill(f"[name=row-{number}-pinfl]", pinfl(800 + number))
        page.fill(f"[name=row-{number}-surname]", f"Qator{number}")
        page.fill(f"[name=row-{number}-given_name]", "Sinov")
        page.fill(f"[name=row-{number}-birth_date]", "02.01.1980")
        if number < len(OFFICES):
            page.select_option(f"[name=row-{number}-role]", OFFICES[number])
    page.fill("[name=decision]", "12/4")
    follow(page, "button[value=form]")
    assert page.url.endswith("/of/pec:n1-2/")
    assert "7 members sit on this commission" in page.inner_text("body")
    assert "decision No. 12/4" in page.inner_text("body")
