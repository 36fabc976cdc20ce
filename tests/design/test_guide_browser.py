"""The style guide in a browser: readable by all in every form, sortable by keyboard, and nothing moves when fonts come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browsing import follow

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser

GUIDE = "/en/styleguide/"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SHIFTS = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) sum += one.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 300);
})"""
SMALL = """() => [...document.querySelectorAll("a, button, summary, select, input:not([type=radio], [type=checkbox])")]
  .filter(one => one.checkVisibility() && !one.closest("p, td, th, .error-summary, .skip"))
  .filter(one => one.getBoundingClientRect().height < 43.5)
  .map(one => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def address(module_db_clone: object) -> Iterator[str]:
    from tests.publication.browser import served

    with served() as found:
        yield found


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    from tests.publication.browser import chromium

    with chromium() as started:
        yield started


def opened(browser: Browser, address: str, **options: Any) -> Page:
    page = browser.new_context(**({"viewport": WIDE, "reduced_motion": "reduce"} | options)).new_page()
    page.goto(address)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_component_is_accessible(address: str, browser: Browser, scheme: str, viewport: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(browser, address + GUIDE, color_scheme=scheme, viewport=viewport)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(SMALL) == [], "targets are 44 px high"
    page.context.close()


@pytest.mark.parametrize("form", ["200 %", "forced colours", "more contrast"])
def test_guide_holds_in_the_forms_that_readers_choose(address: str, browser: Browser, form: str) -> None:
    options = {"forced colours": {"forced_colors": "active"}, "more contrast": {"contrast": "more"}}.get(
        form, {}
    )
    page = opened(browser, address + GUIDE, viewport=NARROW, **options)
    if form == "200 %":
        page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for text in ("Style guide", "There is a problem", "Submit protocol"):
        expect(page.get_by_text(text, exact=True).first, text).to_be_visible()
    page.context.close()


def column(page: Page, place: int) -> list[str]:
    cells = page.locator(f"table[data-sortable] tbody tr > :nth-child({place})")
    return [text.strip() for text in cells.all_inner_texts()]


def test_table_is_sorted_by_keyboard_and_returns_to_its_own_order(address: str, browser: Browser) -> None:
    page = opened(browser, address + GUIDE)
    names = column(page, 1)
    head = page.locator("table[data-sortable] thead th").nth(3)
    expect(head).to_have_attribute("aria-sort", "none")
    head.locator("button").focus()
    page.keyboard.press("Enter")
    expect(head, "figures start with the largest").to_have_attribute("aria-sort", "descending")
    shares = [float(text.split()[0]) for text in column(page, 4)]
    assert shares == sorted(shares, reverse=True)
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    shares = [float(text.split()[0]) for text in column(page, 4)]
    assert shares == sorted(shares)
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "none")
    assert column(page, 1) == names
    state = page.locator("table[data-sortable] thead th").nth(4)
    state.locator("button").click()
    expect(state).to_have_attribute("aria-sort", "ascending")
    assert column(page, 5)[-1] == "–", "what has no value stays below"
    assert page.locator("table[data-sortable] tfoot th").inner_text() == "Together"
    page.context.close()


def test_table_without_scripts_is_a_plain_table(address: str, browser: Browser) -> None:
    page = opened(browser, address + GUIDE, java_script_enabled=False)
    assert page.locator("table[data-sortable] button").count() == 0
    assert len(column(page, 1)) == 12
    page.context.close()


def test_menu_of_a_narrow_screen_opens_without_scripts(address: str, browser: Browser) -> None:
    page = opened(browser, address + GUIDE, viewport=NARROW, java_script_enabled=False)
    link = page.get_by_role("link", name="Русский")
    assert link.count() == 0
    page.locator(".menu summary").click()
    follow(page, link)
    assert page.url.endswith("/ru/styleguide/")
    page.context.close()


def test_reader_of_a_form_with_errors_is_led_to_the_field(address: str, browser: Browser) -> None:
    page = opened(browser, address + GUIDE)
    page.get_by_role("link", name="Enter a whole number").click()
    expect(page.locator("#wrong_voters")).to_be_focused()
    assert page.locator("#wrong_voters").input_value() == "many"
    page.context.close()


@pytest.mark.parametrize("language", ["en", "uz", "uz-cyrl", "kaa", "ru"])
def test_nothing_moves_when_the_fonts_come_late(address: str, browser: Browser, language: str) -> None:
    """Fonts arrive half a second after everything else; the page has been painted without them."""
    context = browser.new_context(viewport=NARROW)
    page = context.new_page()
    asked: list[str] = []

    def late(route: Route) -> None:
        page.wait_for_timeout(500)
        route.continue_()

    page.on("request", lambda request: asked.append(request.url))
    page.route("**/*.woff2", late)
    page.goto(f"{address}/{language}/no-such-page/")
    page.evaluate("document.fonts.ready.then(() => 1)")
    moved = page.evaluate(SHIFTS)
    assert moved < 0.005
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert page.evaluate("document.fonts.check('600 20px \"esaylov Serif\"')")
    context.close()
