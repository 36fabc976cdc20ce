"""Every kind of page in every language, light and dark, wide and narrow: readable by all (axe), still, at home, in one piece.

`make test` opens each kind in two of the languages, in turn, once wide and once narrow, once light and once dark; `make test-slow` every
combination.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Literal
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.publication.pagetypes import PageType, languages, page_types

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.publication.browser import Window

pytestmark = pytest.mark.browser

WIDTHS = {"wide": (1440, 900), "narrow": (390, 844)}
SCHEMES = ("light", "dark")
SHIFT = """() => new Promise(done => {
  let sum = 0;
  const moved = [];
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) {
      sum += one.value;
      for (const {node, previousRect: was, currentRect: is} of one.sources) {
        const name = node ? node.nodeName + " " + (node.textContent || "").trim().slice(0, 30) : "?";
        moved.push(`${name} [${was.x} ${was.y} ${was.width} ${was.height} -> ${is.x} ${is.y} ${is.width} ${is.height}]`);
      }
    }
  }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => done({sum, moved}), 150);
})"""
OVERFLOW = "() => document.documentElement.scrollWidth - window.innerWidth"

View = tuple[str, str]
VIEWS: list[View] = list(product(WIDTHS, SCHEMES))


def few(place: int) -> list[tuple[str, list[View]]]:
    """Views of a kind of page: two languages in turn, in views that have neither width nor scheme in common."""
    spoken, view = languages(), place % len(VIEWS)
    first, second = (spoken[(2 * place + i) % len(spoken)] for i in range(2))
    return [(first, [VIEWS[view]]), (second, [VIEWS[len(VIEWS) - 1 - view]])]


def is_page(address: str, path: str) -> bool:
    """Whether a page of HTML answers there (an error's page too), not a picture or a feed."""
    try:
        with urlopen(address + path) as answer:
            kind = answer.headers["Content-Type"]
    except HTTPError as error:
        kind = error.headers["Content-Type"]
    return bool(kind.startswith("text/html"))


@pytest.fixture(scope="module")
def window(browser: Browser) -> Window:
    """The window of most tests."""
    from tests.publication.browser import Window

    return Window(browser)


@pytest.fixture(scope="module")
def plain(browser: Browser) -> Window:
    """A window without scripts."""
    from tests.publication.browser import Window

    return Window(browser, java_script_enabled=False)


def visit(window: Window, url: str, view: View, colours: Literal["none", "active"] = "none") -> Page:
    """The page at an address in a view, visited for the first time."""
    width, scheme = view
    return window.visit(url, WIDTHS[width], "dark" if scheme == "dark" else "light", colours)


def check(
    browser: Browser, window: Window, address: str, kind: PageType, language: str, views: list[View]
) -> list[str]:
    """What is wrong with a page in a language, in one view after the other."""
    page = visit(window, address + kind.in_language(language), views[0])
    found: list[str] = []
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} first headings")
    if (moves := shift_of(browser, window, views[0]))["sum"]:
        found.append(f"layout shift {moves['sum']:.4f}: {moves['moved'][:3]}")
    for view in views:
        found += [f"{'/'.join(view)}: {text}" for text in look(page, view)]
    if page.context.cookies():
        found.append("sets a cookie")
    found += [text for text in window.wrong if "status of 40" not in text]
    return [f"{kind.name} {language} {text}" for text in found]


def shift_of(browser: Browser, window: Window, view: View) -> dict[str, Any]:
    """By how much the page moved while it came, and what of it. A machine that is busy elsewhere paints a page half read; what
    the page does itself it does at each of five visits.
    """
    from tests.publication.browser import Window

    found: dict[str, Any] = window.page.evaluate(SHIFT)
    for _ in range(4):
        if found["sum"]:
            again = Window(browser)
            moved = visit(again, window.page.url, view).evaluate(SHIFT)
            found = min(found, moved, key=lambda one: float(one["sum"]))
            again.page.context.close()
    return found


def look(page: Page, view: View) -> list[str]:
    """What is wrong with an open page in a view."""
    from tests.publication.test_browser import violations

    wide, high = WIDTHS[view[0]]
    page.set_viewport_size({"width": wide, "height": high})
    page.emulate_media(color_scheme="dark" if view[1] == "dark" else "light")
    found = [f"axe {rule}: {html}" for rule, html in violations(page)]
    if (over := page.evaluate(OVERFLOW)) > 0:
        found.append(f"scrolls sideways by {over} px")
    return found


@pytest.mark.parametrize(
    ("place", "kind"), list(enumerate(page_types())), ids=lambda one: getattr(one, "name", "")
)
def test_every_kind_of_page(
    address: str, browser: Browser, window: Window, place: int, kind: PageType
) -> None:
    if not is_page(address, kind.in_language("en")):
        pytest.skip("no page: a picture, a feed or data")
    found = [
        text
        for language, views in few(place)
        for text in check(browser, window, address, kind, language, views)
    ]
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(page_types()), ids=lambda one: one.name)
def test_every_combination(address: str, browser: Browser, window: Window, kind: PageType) -> None:
    if not is_page(address, kind.in_language("en")):
        pytest.skip("no page: a picture, a feed or data")
    found = [
        text for language in languages() for text in check(browser, window, address, kind, language, VIEWS)
    ]
    assert found == []


@pytest.mark.parametrize("kind", list(page_types()), ids=lambda one: one.name)
def test_without_scripts_a_page_says_as_much(address: str, plain: Window, kind: PageType) -> None:
    if not is_page(address, kind.in_language("en")):
        pytest.skip("no page: a picture, a feed or data")
    page = visit(plain, address + kind.in_language("en"), ("narrow", "light"))
    assert [text for text in plain.wrong if "status of 40" not in text] == []
    assert page.locator("h1").inner_text()
    assert page.locator("main").inner_text().strip()


@pytest.mark.parametrize("kind", list(page_types()), ids=lambda one: one.name)
def test_large_text_and_forced_colours(address: str, window: Window, kind: PageType) -> None:
    """200 % text at 1280 px, and a reader's own colours: nothing scrolls sideways, nothing is lost."""
    if not is_page(address, kind.in_language("ru")):
        pytest.skip("no page: a picture, a feed or data")
    page = visit(window, address + kind.in_language("ru"), ("wide", "light"), "active")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(OVERFLOW) <= 0
    assert page.locator("h1").is_visible()


def test_pages_print(address: str, window: Window) -> None:
    """A protocol is one sheet; no page is printed empty."""
    page = visit(window, f"{address}/uz/elections/tiny/protocols/p1/list/", ("wide", "light"))
    sheet = page.pdf(format="A4")
    assert sheet.startswith(b"%PDF")
    assert sheet.count(b"/Type /Page\n") == 1
