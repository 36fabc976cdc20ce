"""Every kind of page in a browser: readable by all (axe), on a wide and on a narrow screen, by keyboard, in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browsing import PATIENCE, follow

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

WIDE, NARROW = (1280, 900), (390, 844)
PAGES = {
    "front": "/en/",
    "verify": "/uz/verify/",
    "national": "/uz/elections/tiny/",
    "contests": "/en/elections/tiny/contests/",
    "list contest": "/en/elections/tiny/contests/list/",
    "single-member contest": "/ru/elections/tiny/contests/d2/",
    "referendum": "/en/elections/tiny/contests/q/",
    "country": "/en/elections/tiny/territories/uz/",
    "region": "/ru/elections/tiny/territories/n/",
    "constituency": "/en/elections/tiny/territories/c2/",
    "outside": "/en/elections/tiny/outside/",
    "protocol": "/en/elections/tiny/protocols/p1/list/",
    "inconsistent protocol": "/ru/elections/tiny/protocols/p2/list/",
    "corrected protocol": "/uz/elections/tiny/protocols/p3/list/",
    "conflicting protocol": "/en/elections/tiny/protocols/p4/list/",
    "awaited protocol": "/uz/elections/tiny/protocols/p5/q/",
    "404": "/ru/elections/none/",
}


@pytest.fixture(params=[pytest.param(WIDE, marks=pytest.mark.slow), NARROW], ids=["wide", "narrow"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A window of one of the two sizes; what it asks of other hosts, and what goes wrong in it, fails the test."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    window = context.new_page()
    wrong: list[str] = []
    window.on("console", lambda message: wrong.append(message.text))
    window.on("pageerror", lambda error: wrong.append(str(error)))
    window.on(
        "request",
        lambda asked: (
            None if asked.url.startswith(("http://127.0.0.1:", "data:")) else wrong.append(asked.url)
        ),
    )
    yield window
    context.close()
    assert [text for text in wrong if "status of 404" not in text] == []


def test_address_that_names_nothing_stops_no_script(page: Page, address: str) -> None:
    page.goto(f"{address}{PAGES['protocol']}#%")
    page.locator("[data-check-start]:enabled").wait_for()


def violations(page: Page) -> list[tuple[str, str]]:
    """What axe objects to: rule and place."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [(one["id"], node["html"][:200]) for one in found for node in one["nodes"]]


@pytest.mark.parametrize("kind", PAGES)
def test_page_is_accessible_and_fits(address: str, page: Page, kind: str) -> None:
    page.goto(address + PAGES[kind])
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
        "the page scrolls sideways"
    )
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("kind", ["national", "inconsistent protocol", "outside"])
def test_dark_page_has_its_contrast_too(address: str, browser: Browser, kind: str) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(address + PAGES[kind])
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(map(int, background.removeprefix("rgb(").rstrip(")").split(","))) < 60
    assert violations(page) == []
    context.close()


def test_keyboard_reaches_the_content_first(address: str, page: Page) -> None:
    page.goto(address + PAGES["national"])
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    box = skip.bounding_box()
    assert box is not None
    assert box["x"] >= 0, "the skip link is seen when it has the focus"
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_wide_table_scrolls_in_a_region_of_its_own_under_a_name_that_stays(
    address: str, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(address + "/en/elections/tiny/contests/")
    region = page.locator(".scroll").first
    assert region.evaluate("one => one.scrollWidth > one.clientWidth")
    assert region.get_attribute("tabindex") == "0"
    name = region.locator("tbody th").first
    before = name.bounding_box()
    region.focus()
    page.keyboard.press("ArrowRight")
    for _ in range(PATIENCE // 50):
        if region.evaluate("one => one.scrollLeft > 0"):
            break
        page.wait_for_timeout(50)
    assert region.evaluate("one => one.scrollLeft > 0")
    after = name.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["x"] - before["x"]) < 2, "the first column stays"
    context.close()


def test_page_is_whole_without_scripts_and_changes_its_language(address: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + PAGES["protocol"])
    follow(page, page.get_by_role("link", name="Русский"))
    assert page.url.endswith("/ru/elections/tiny/protocols/p1/list/")
    assert "Протокол" in page.locator("h1").inner_text()
    context.close()


def test_way_from_the_front_page_down_to_the_proof(address: str, page: Page) -> None:
    page.goto(f"{address}/en/")
    for end in ("/elections/tiny/", "/territories/n/", "/precincts/p2/", "/protocols/p2/list/"):
        link = page.locator(f'main a[href$="{end}"]:visible').first
        if not link.count():  # a narrow screen folds what is further down
            page.locator("main details:not([open]) > summary").evaluate_all(
                "all => all.forEach(one => one.click())"
            )
        follow(page, link)
        assert page.url.endswith(end)
    page.get_by_role("heading", name="Protocol: Precinct 2").wait_for()
    assert "Signed checkpoint" in page.locator("main").text_content()


def test_paper_has_no_navigation_and_black_letters(address: str, browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(address + PAGES["national"])
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.locator(".languages:visible, .sitebar:visible, .skip:visible").count() == 0
    assert len(page.pdf()) > 10_000
    context.close()
