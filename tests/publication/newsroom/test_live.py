"""An embed on a foreign page follows the count: new figures, its own height, no mix of two sizes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connections

from tests.browsing import PATIENCE
from tests.publication.newsroom.test_browser import line, newspaper

if TYPE_CHECKING:
    from tests.publication.ground import Site

pytestmark = pytest.mark.browser


def test_embed_follows_the_count(make_site: Callable[..., Site]) -> None:
    from tests.exchange.packages import VOTES, lines_of
    from tests.publication.browser import chromium, served
    from tests.publication.ground import EVENING

    site = make_site(start=EVENING)

    def report() -> int:
        try:
            site.submit("p1", "list", lines_of("p1", "list"), VOTES["p1"]["list"])
            return site.move_on()
        finally:
            connections.close_all()

    with served() as address, chromium() as browser:
        page = browser.new_page(reduced_motion="reduce")
        with newspaper(line(address, "/en/elections/tiny/embed/territories/uz/")) as paper:
            page.goto(paper)
            page.locator("iframe").wait_for()
            frame = page.frames[1]
            assert "0 of 5 precincts counted" in frame.locator("main").inner_text()
            before = int(frame.locator("main").get_attribute("data-size") or 0)
            with ThreadPoolExecutor(
                1
            ) as pool:  # Playwright's loop runs in this thread, where Django asks nothing
                size = pool.submit(report).result()
            for _ in range(PATIENCE // 100):
                if frame.locator("main").get_attribute("data-size") != str(before):
                    break
                page.wait_for_timeout(100)
            text = frame.locator("main").inner_text()
            assert frame.locator("main").get_attribute("data-size") == str(size)
            assert "1 of 5 precincts counted" in text
            assert f"Tree size {size}" in text
            assert page.context.cookies() == []
