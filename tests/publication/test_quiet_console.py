"""Pages with pictures say nothing on the console of the browser: neither an error nor a warning of what draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browsing import PATIENCE
from tests.publication.test_live_in_browser import Night, address, night  # noqa: F401  (fixtures)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PAGES = (
    "", "contests/list/", "contests/d1/", "contests/d2/", "contests/q/", "territories/uz/", "territories/n/",
    "territories/s/", "territories/c1/",
)  # fmt: skip


def listen(page: Page) -> list[str]:
    """Everything that pages say on the console from now on."""
    told: list[str] = []
    page.on("console", lambda message: told.append(f"{page.url}: {message.type}: {message.text}"))
    page.on("pageerror", lambda error: told.append(f"{page.url}: {error}"))
    return told


def draw_all(page: Page) -> int:
    """Waits until the script has drawn every picture of a page anew, in all its modes; how many there are."""
    for part in page.locator("details").all():
        part.evaluate("part => { part.open = true }")  # parts fold on a narrow screen
    figures = page.locator("figure[data-spec-url]").all()
    for figure in figures:
        figure.scroll_into_view_if_needed()
        figure.locator("svg.chart-drawn").wait_for(timeout=PATIENCE)
        for mode in figure.locator(".chart-mode").all():
            mode.evaluate("input => input.click()")
            figure.locator("svg.chart-drawn").wait_for(timeout=PATIENCE)
    return len(figures)


@pytest.mark.parametrize(("counted", "width"), [(1, 1440), (100, 390)])
def test_pages_with_pictures_say_nothing(
    night: Night,  # noqa: F811
    browser: Browser,
    counted: int,
    width: int,
) -> None:
    for _ in range(min(counted, len(night.places)) - 1):
        night.go_on()
    page = browser.new_page(viewport={"width": width, "height": 844}, reduced_motion="reduce")
    told = listen(page)
    drawn = 0
    for path in PAGES:
        page.goto(f"{night.address}/en/elections/tiny/{path}")
        page.wait_for_load_state("networkidle")
        drawn += draw_all(page)
    page.close()
    assert told == []
    assert drawn >= 2
