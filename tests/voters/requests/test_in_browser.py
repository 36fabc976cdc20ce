"""A voter's way and the secretary's on a phone: nothing that axe finds, no side scroll; with scripts and without."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from esaylov.voters.requests import gathering
from esaylov.voters.requests.models import Gathering
from tests.browsing import follow, goes_on, pressed
from tests.voters.requests.site import ASK, STATUS, STRANGER, Site, site_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

NARROW = {"width": 390, "height": 844}
PICTURES = os.environ.get("ESAYLOV_TEST_PICTURES")
LINES = ("document", "birth_day", "birth_month", "birth_year", "street", "house", "reason", "time")


@pytest.fixture(scope="module")
def site(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_of(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    from tests.publication.browser import served

    with served() as found:
        yield found


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    from tests.publication.browser import chromium_beside_database

    with chromium_beside_database() as started:
        yield started


def opened(browser: Browser, url: str, **more: Any) -> Page:
    page = browser.new_context(viewport=NARROW, reduced_motion="reduce", **more).new_page()
    page.goto(url, wait_until="load")
    return page


def judged(page: Page, name: str) -> list[str]:
    """What is wrong with an open page; it is pictured where somebody asks for that."""
    from tests.publication.test_browser import violations

    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"request-{name}.png", full_page=True)
    found = [f"{name}: axe {rule}: {html}" for rule, html in violations(page)]
    if page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth"):
        found.append(f"{name}: scrolls sideways")
    if page.locator("h1").count() != 1:
        found.append(f"{name}: not one first heading")
    return found


def fill(page: Page, site: Site, number: int = 1) -> None:
    form = site.form(number)
    for name in LINES:
        page.fill(f"#{name}", form[name])
    page.select_option("#territory", "n1")


def asked(page: Page) -> tuple[str, str]:
    return page.inner_text(".request-number"), page.inner_text(".request-secret")


def test_the_way_of_a_voter_and_of_the_secretary(site: Site, address: str, browser: Browser) -> None:
    page = opened(browser, f"{address}/en/{ASK}")
    found = judged(page, "choice")
    follow(page, "main a[href*='kind=home']")
    found += judged(page, "form")
    with goes_on(page):
        page.click(".voter-submit")
    found += judged(page, "problems")
    page.wait_for_function("() => document.querySelector('[name=work]').value")
    fill(page, site)
    with goes_on(page):
        page.click(".voter-submit")
    number, code = asked(page)
    found += judged(page, "received")
    assert page.context.cookies() == []
    assert number not in page.url
    follow(page, page.get_by_role("link", name="Follow the request"))
    found += judged(page, "follow")
    shown = followed(page, number, code)
    found += judged(page, "waiting")
    assert "Not decided yet" in shown
    found += decided(site, address, browser, number)
    page.goto(f"{address}/en/{STATUS}")
    assert "The papers were seen." in followed(page, number, code)
    found += judged(page, "refused")
    page.goto(f"{address}/en/voter/request/counts/")
    found += judged(page, "counts")
    assert found == []
    page.context.close()


def followed(page: Page, number: str, code: str) -> str:
    page.fill("#number", number.lower())
    page.fill("#secret", code.replace("-", " "))
    with goes_on(page):
        page.click(".voter-submit")
    return page.inner_text("main")


def decided(site: Site, address: str, browser: Browser, number: str) -> list[str]:
    """The secretary finds the request, opens it and refuses it."""
    page = browser.new_context(viewport=NARROW, reduced_motion="reduce").new_page()
    cookies = site.bench.clients["pec secretary"].cookies.items()
    page.context.add_cookies([{"name": name, "value": one.value, "url": address} for name, one in cookies])
    page.goto(f"{address}/en/cabinet/voters/requests/")
    found = judged(page, "queue")
    follow(page, page.get_by_role("link", name=number))
    found += judged(page, "one")
    page.get_by_label("refused").check()
    page.get_by_label("Reason of a refusal").select_option("list-is-right")
    page.get_by_label("In words, for the voter").fill("The papers were seen.")
    follow(page, page.get_by_role("button", name="Record the decision"))
    assert "The decision stands" in page.content()
    page.goto(f"{address}/en/cabinet/voters/requests/visits/")
    found += judged(page, "visits")
    page.context.close()
    return found


@pytest.mark.parametrize("language", ["uz", "ru"])
def test_without_scripts(site: Site, address: str, browser: Browser, language: str) -> None:
    from tests.voters.lookup.asking import answer_to

    page = opened(browser, f"{address}/{language}/{ASK}?kind=home", java_script_enabled=False)
    fill(page, site, 2)
    page.fill("#answer", answer_to(str(page.get_attribute("[name=challenge]", "value")), language))
    with goes_on(page):
        page.click(".voter-submit")
    assert asked(page)[0].startswith("R-")
    page.context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
def test_a_request_is_withdrawn_in_two_steps_by_keyboard(
    site: Site, address: str, browser: Browser, scripts: bool
) -> None:
    number, code = site.asked(3)
    page = opened(browser, f"{address}/en/{STATUS}", java_script_enabled=scripts)
    followed(page, number, code)
    pressed(page, "Withdraw the request")
    expect(page.get_by_role("heading", name="Withdraw this request?", level=1)).to_be_visible()
    assert number in page.title()
    expect(page.get_by_text("SIMULATED")).to_be_visible()
    pressed(page, "Keep the request")
    assert "Not decided yet" in page.inner_text("main")
    pressed(page, "Withdraw the request")
    assert not scripts or judged(page, "withdraw") == []  # (axe is a script itself)
    pressed(page, "Withdraw it for good")
    assert "You took it back" in page.inner_text("main")
    page.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_from_the_answer_to_the_form(site: Site, address: str, browser: Browser, width: int) -> None:
    """Nobody types document and birth date twice: the look-up's answer takes them along."""
    found: list[str] = []
    for number, button, name in (
        (1, "Ask for a correction", "listed"),
        (STRANGER, "Ask to be entered", "missing"),
    ):
        page = opened(browser, f"{address}/en/voter/")
        page.set_viewport_size({"width": width, "height": 844})
        form = site.form(number)
        for field in LINES[:4]:
            page.fill(f"#{field}", form[field])
        page.wait_for_function("() => document.querySelector('[name=work]').value")
        with goes_on(page):
            page.click(".voter-submit")
        found += judged(page, f"answer-{name}-{width}")
        with goes_on(page):
            page.get_by_role("button", name=button).click()
        found += judged(page, f"carried-{name}-{width}")
        assert [page.input_value(f"#{field}") for field in LINES[:4]] == [form[field] for field in LINES[:4]]
        assert form["document"] not in page.url
        assert page.context.cookies() == []
        page.context.close()
    assert found == []


@pytest.mark.parametrize("width", [390, 1280])
def test_several_are_refused_and_gathered(site: Site, address: str, browser: Browser, width: int) -> None:
    numbers = [site.asked(voter, "home")[0] for voter in (1, 4)]
    page = desk_of(site, address, browser, "pec chair", width)
    page.goto(f"{address}/en/cabinet/voters/requests/refuse/")
    found = judged(page, f"several-{width}")
    for number in numbers:
        page.get_by_label(number, exact=True).check()
    page.get_by_label("Reason of a refusal").select_option("not-proven")
    follow(page, page.get_by_role("button", name="Refuse those selected"))
    found += judged(page, f"several-problem-{width}")
    assert page.get_by_label(numbers[0], exact=True).is_checked()
    page.get_by_label("In words, for the voters").fill("Nobody brought papers.")
    follow(page, page.get_by_role("button", name="Refuse those selected"))
    assert "2 requests are refused" in page.inner_text("main")
    found += judged(page, f"several-done-{width}")
    page.context.close()
    Gathering.objects.all().delete()
    gathering.ask(site.bench.election, None, numbers)
    page = desk_of(site, address, browser, "cec chair", width)
    page.goto(f"{address}/en/cabinet/voters/")
    found += judged(page, f"changesets-{width}")
    follow(page, page.get_by_role("link", name="How far it is"))
    found += judged(page, f"gathering-{width}")
    page.context.close()
    assert found == []


def desk_of(site: Site, address: str, browser: Browser, who: str, width: int) -> Page:
    """A page of somebody who is signed in."""
    size = {"width": width, "height": 844}
    page = browser.new_context(viewport=size, reduced_motion="reduce").new_page()  # type: ignore[arg-type]
    cookies = site.bench.clients[who].cookies.items()
    page.context.add_cookies([{"name": name, "value": one.value, "url": address} for name, one in cookies])
    return page
