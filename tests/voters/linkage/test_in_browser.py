"""A pair on a phone: nothing that axe finds, no side scroll, targets of 44 px; decided without a script's help."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.browsing import follow
from tests.cabinet.test_browser import looked_at
from tests.design.test_guide_browser import NARROW
from tests.voters.linkage.test_pages import LIST, Desk, desk  # noqa: F401 (a fixture)

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def shot(page: Page, name: str) -> None:
    """A picture for whoever wants one (ESAYLOV_TEST_PICTURES: a folder)."""
    if folder := os.environ.get("ESAYLOV_TEST_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_pair_on_a_phone(desk: Desk) -> None:  # noqa: F811
    from playwright.sync_api import expect

    from tests.publication.browser import chromium_beside_database, served

    with served() as address, chromium_beside_database() as browser:
        context = browser.new_context(viewport=NARROW, reduced_motion="reduce", java_script_enabled=True)
        client = desk.bench.clients["cec chair"]
        context.add_cookies(
            [{"name": name, "value": cookie.value, "url": address} for name, cookie in client.cookies.items()]
        )
        page = context.new_page()
        for path, name in ((LIST, "pairs"), (desk.page, "pair")):
            page.goto(f"{address}{path}")
            looked_at(page)
            shot(page, name)
        page.get_by_label("Two persons: both stay").check()
        follow(page, page.get_by_role("button", name="Propose"))
        expect(page.get_by_text("Proposed. A second person decides.")).to_be_visible()
        looked_at(page)
        shot(page, "proposed")
