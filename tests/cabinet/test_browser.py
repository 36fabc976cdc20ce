"""From sign-in to receipt in a browser, on a phone, without the pages' script where it does not matter; readable by all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browsing import follow, hears
from tests.design.test_guide_browser import NARROW, SMALL, WIDE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.cabinet.people import Bench

pytestmark = pytest.mark.browser
PASSWORD = "ein stilles Pferd am Fluss"


@pytest.fixture(scope="module")
def address(shared_bench: Bench) -> Iterator[str]:
    from tests.publication.browser import served

    with served() as found:
        yield found


@pytest.fixture(scope="module")
def secrets(shared_bench: Bench) -> dict[str, str]:
    """The second factor of each account, and a password for all."""
    from tests.accounts.people import app_of

    found = {}
    for who in ("pec chair", "pec secretary", "tec chair"):
        account = shared_bench.accounts[who]
        account.set_password(PASSWORD)
        account.save()
        found[who] = app_of(account)
    return found


@pytest.fixture(scope="module")
def browser(address: str, secrets: dict[str, str]) -> Iterator[Browser]:
    from tests.publication.browser import chromium_beside_database

    with chromium_beside_database() as started:
        yield started


def opened(browser: Browser, **options: Any) -> Page:
    return browser.new_context(**({"viewport": NARROW, "reduced_motion": "reduce"} | options)).new_page()


def typed_in(page: Page, bench: Bench, secrets: dict[str, str], who: str) -> None:
    """Fills the sign-in page and the page of the second factor."""
    from tests.accounts.people import code_now

    page.fill("[name=login]", bench.accounts[who].code)
    page.fill("[name=password]", PASSWORD)
    follow(page, "form:has([name=login]) button[type=submit] >> nth=0")
    assert "/second-factor/" in page.url
    page.fill("[name=code]", code_now(secrets[who]))
    follow(page, "form:has([name=code]) button[type=submit] >> nth=0")


def looked_at(page: Page) -> None:
    """Nothing that axe finds, no side scroll, targets of 44 px."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found] == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    assert page.evaluate(SMALL) == [], page.url


def filled(page: Page, contest: str, **changes: str) -> None:
    from tests.cabinet.people import protocol_data

    for name, figure in (protocol_data(contest) | changes).items():
        if name.startswith(("line-", "vote-")):
            page.fill(f"[name={name}]", figure)


def test_from_sign_in_to_receipt(
    address: str, browser: Browser, shared_bench: Bench, secrets: dict[str, str]
) -> None:
    page = opened(browser)
    page.goto(f"{address}/en/cabinet/protocols/")
    assert "/account/sign-in/" in page.url
    typed_in(page, shared_bench, secrets, "pec secretary")
    assert page.url == f"{address}/en/cabinet/protocols/"
    looked_at(page)
    follow(page, "text=Lists")
    looked_at(page)
    assert page.get_attribute("[name=line-0]", "inputmode") == "numeric"
    hears(page.locator("form[data-figures]"), "input")
    assert page.locator("[data-figures-restored]").is_hidden(), "nothing was typed before"
    filled(page, "list", **{"vote-0": "101"})
    form = page.url
    page.goto(form.replace("/en/", "/ru/"))
    expect(page.locator("[data-figures-restored]")).to_be_visible()
    assert page.input_value("[name=vote-0]") == "101", "another language keeps what was typed"
    looked_at(page)
    page.goto(form)
    expect(page.locator("[data-figures-restored]")).to_be_visible()
    follow(page, "button[value=check]")
    expect(page.locator("[data-error-summary]"), "the reader starts at the errors").to_be_focused()
    looked_at(page)
    page.click(".error-summary a")
    expect(page.locator("[name=line-4]")).to_be_focused()
    page.fill("[name=vote-0]", "100")
    follow(page, "button[value=check]")
    follow(page, "button[value=read]")
    looked_at(page)
    follow(page, "button[value=submit]")
    assert "/receipts/" in page.url
    assert "The protocol is recorded" in page.inner_text("h1")
    looked_at(page)
    page.wait_for_function("() => sessionStorage.length === 0")  # nothing is kept of what is recorded
    with page.expect_download() as download:
        page.click("text=Download the receipt")
    assert download.value.suggested_filename == "receipt-n1-1-list.txt"


def test_what_was_typed_outlives_the_session(
    address: str, browser: Browser, shared_bench: Bench, secrets: dict[str, str]
) -> None:
    from esaylov.registry.accounts.models import Session

    page = opened(browser, java_script_enabled=False)
    page.goto(f"{address}/en/cabinet/protocols/d1/")
    typed_in(page, shared_bench, secrets, "pec chair")
    assert page.url == f"{address}/en/cabinet/protocols/d1/"
    filled(page, "d1")
    Session.objects.filter(account=shared_bench.accounts["pec chair"]).delete()
    follow(page, "button[value=check]")
    assert "/account/sign-in/" in page.url
    secrets["pec chair"] = _new_app(shared_bench, "pec chair")  # a code serves once
    typed_in(page, shared_bench, secrets, "pec chair")
    assert page.url == f"{address}/en/cabinet/protocols/d1/"
    assert page.input_value("[name=line-0]") == "20000"
    assert "nothing was sent" in page.inner_text("body")


def _new_app(bench: Bench, who: str) -> str:
    from allauth.mfa.models import Authenticator

    from tests.accounts.people import app_of

    Authenticator.objects.filter(user=bench.accounts[who]).delete()
    return app_of(bench.accounts[who])


@pytest.mark.parametrize(
    "viewport", [pytest.param(WIDE, marks=pytest.mark.slow), NARROW], ids=["wide", "narrow"]
)
@pytest.mark.parametrize("who", ["pec secretary", "pec member", "tec chair", "cec chair", "bystander"])
def test_pages_of_the_shell(
    address: str, browser: Browser, shared_bench: Bench, who: str, viewport: Any
) -> None:
    from tests.cabinet.people import sign_in

    client = sign_in(shared_bench.accounts[who])
    page = opened(browser, viewport=viewport)
    page.context.add_cookies(
        [{"name": name, "value": one.value, "url": address} for name, one in client.cookies.items()]
    )
    for path in ("", "board/", "notices/", "protocols/", "acceptance/"):
        page.goto(f"{address}/en/cabinet/{path}")
        looked_at(page)
    if viewport == NARROW:
        page.click("summary:has-text('Menu')")
        looked_at(page)
