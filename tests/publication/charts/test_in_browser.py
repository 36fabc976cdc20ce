"""Pictures in a browser: whole without a script, answering with one, and never of another tree size than their page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browsing import PATIENCE, goes_on

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

pytestmark = pytest.mark.browser

NATIONAL = "/en/elections/tiny/"
MAP = ".chart-districts"
DRAWN = f"{MAP} .chart-drawn"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=PHONE)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Iterator[Page]:
    """A phone; an error of a script, and what the policy refuses, fails the test."""
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on(
        "request", lambda asked: None if asked.url.startswith((address, "data:")) else wrong.append(asked.url)
    )
    yield page
    assert wrong == []


def open_map(page: Page, address: str) -> None:
    page.goto(f"{address}{NATIONAL}")
    page.locator(MAP).scroll_into_view_if_needed()


def colours(page: Page) -> list[str]:
    """What the districts are painted with, as the browser computes it."""
    script = "found => found.map(one => getComputedStyle(one).fill)"
    return list(page.eval_on_selector_all(f"{MAP} .chart-picture a path", script))


def test_switch_works_without_a_script(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    open_map(page, address)
    expect(page.locator(f"{MAP} .chart-form-winner")).to_be_visible()
    winner = page.locator(f"{MAP} .chart-picture").screenshot()
    page.locator(f"{MAP} .chart-label-counted").click()
    expect(page.locator(f"{MAP} .chart-form-counted")).to_be_visible()
    expect(page.locator(f"{MAP} .chart-form-winner")).to_be_hidden()
    assert page.locator(f"{MAP} .chart-picture").screenshot() != winner
    page.locator(f"{MAP} .chart-mode-counted").press("ArrowLeft")
    expect(page.locator(f"{MAP} .chart-form-turnout"), "the keyboard switches too").to_be_visible()
    context.close()


def specifications_held(page: Page) -> list[Route]:
    """The map is not drawn before a test continues what is asked for from here on."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/pictures/districts*.json", hold)
    return held


def the_one(page: Page, held: list[Route]) -> Route:
    """What was held, once it has been asked for."""
    for _ in range(PATIENCE // 50):
        if held:
            break
        page.wait_for_timeout(50)
    (route,) = held
    return route


def test_vega_draws_the_same_and_links_stay(page: Page, address: str) -> None:
    held = specifications_held(page)
    open_map(page, address)
    still = page.eval_on_selector_all(
        f"{MAP} .chart-svg a", "all => all.map(a => [a.getAttribute('href'), a.ariaLabel])"
    )
    painted = colours(page)
    the_one(page, held).continue_()
    page.wait_for_selector(DRAWN)
    drawn = page.eval_on_selector_all(
        f"{DRAWN} a", "all => all.map(a => [a.getAttribute('href'), a.ariaLabel])"
    )
    assert still == drawn
    assert painted == colours(page)
    assert page.locator(DRAWN).get_attribute("role") == "group"
    assert page.locator("style").count() == 0, "no style is put into the page"
    page.locator(f"{MAP} .chart-mode-winner").focus()
    page.keyboard.press("Tab")
    assert page.locator(f"{MAP} .chart-tip").inner_text().replace("\n", "")
    page.keyboard.press("Escape")
    expect(page.locator(f"{MAP} .chart-tip")).to_have_count(0)
    with goes_on(page):
        page.keyboard.press("Enter")
    assert "/contests/" in page.url


def test_script_follows_the_switch(page: Page, address: str) -> None:
    open_map(page, address)
    page.wait_for_selector(DRAWN)
    page.locator(f"{MAP} .chart-label-counted").click()
    page.wait_for_selector(DRAWN)
    page.locator(f"{DRAWN} a path[fill*=ramp]").first.wait_for(state="attached")


def test_who_stands_on_a_link_stays_on_it(page: Page, address: str) -> None:
    held = specifications_held(page)
    open_map(page, address)
    link = page.locator(f"{MAP} .chart-picture a").nth(1)
    link.focus()
    href = link.get_attribute("href")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    the_one(page, held).continue_()
    page.locator(DRAWN).wait_for()
    where = "one => [one.getAttribute('href'), !!one.closest('.chart-drawn'), one.matches(':focus-visible')]"
    assert page.locator(":focus").evaluate(where) == [href, True, True]


def test_other_size_is_not_drawn(page: Page, address: str) -> None:
    """A specification of another tree size than the page's changes nothing."""

    def newer(route: Route) -> None:
        spec = route.fetch().json()
        spec["usermeta"]["size"] += 1
        route.fulfill(body=json.dumps(spec), content_type="application/json")

    page.route("**/*.page.json", newer)
    with page.expect_response("**/districts-winner.page.json"):
        open_map(page, address)
    page.wait_for_timeout(1_500)
    assert page.locator(".chart-drawn").count() == 0
    assert page.locator(f"{MAP} .chart-svg").is_visible()


def test_picture_stays_when_vega_does_not_come(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport=PHONE)
    page.route("**/*.page.json", lambda route: route.abort())
    open_map(page, address)
    page.wait_for_timeout(1_500)
    assert page.locator(f"{MAP} .chart-svg a").count() > 0
    page.close()


def test_pictures_fit_the_phone(page: Page, address: str) -> None:
    open_map(page, address)
    page.wait_for_selector(DRAWN)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    smallest = page.evaluate(
        f"Math.min(...[...document.querySelectorAll('{DRAWN} text')].filter(t => t.textContent)"
        ".map(t => t.getBoundingClientRect().height))"
    )
    assert smallest >= 9, "letters can be read at this width"
