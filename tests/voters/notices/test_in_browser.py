"""Those who are to be told, on a phone: nothing that axe finds, no side scroll, targets of 44 px; written down without a script."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.browsing import follow
from tests.cabinet.test_browser import looked_at
from tests.design.test_guide_browser import NARROW
from tests.voters.notices.test_telling import PAGE, Telling, telling  # noqa: F401 (a fixture)

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def shot(page: Page, name: str) -> None:
    """A picture for whoever wants one (ESAYLOV_TEST_PICTURES: a folder)."""
    if folder := os.environ.get("ESAYLOV_TEST_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_telling_on_a_phone(telling: Telling) -> None:  # noqa: F811
    from playwright.sync_api import expect

    from tests.publication.browser import chromium_beside_database, served

    with served() as address, chromium_beside_database() as browser:
        context = browser.new_context(viewport=NARROW, reduced_motion="reduce")

        def seen_by(who: str) -> Page:
            context.clear_cookies()
            client = telling.bench.clients[who]
            context.add_cookies(
                [
                    {"name": name, "value": cookie.value, "url": address}
                    for name, cookie in client.cookies.items()
                ]
            )
            return context.new_page()

        page = seen_by("cec chair")
        page.goto(f"{address}/en/cabinet/voters/changesets/{telling.changeset.id}/")
        expect(page.get_by_text("Nobody leaves without notice")).to_be_visible()
        looked_at(page)
        shot(page, "changeset-notice")
        page = seen_by("pec chair")
        page.goto(f"{address}{PAGE}")
        looked_at(page)
        shot(page, "to-tell")
        page.get_by_role("checkbox", name="Test1 Testovich").check()
        page.get_by_label("Day on which they were told").fill("2026-10-25")
        follow(page, page.get_by_role("button", name="Write down that they were told"))
        expect(page.get_by_text("It is written down")).to_be_visible()
        looked_at(page)
        shot(page, "told")
