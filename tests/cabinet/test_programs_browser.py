"""A secretary admits a program in a browser; it submits a protocol; the access is taken back. Readable by all, at both widths."""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from tests.acts.election import form
from tests.browsing import follow
from tests.cabinet.test_browser import address, browser, looked_at, opened, secrets, typed_in
from tests.design.test_guide_browser import NARROW, WIDE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.cabinet.people import Bench

__all__ = ["address", "browser", "secrets"]
pytestmark = pytest.mark.browser
WHO = "pec secretary"


def seen(page: Page, name: str) -> None:
    """Looks at the page at both widths; keeps pictures where a folder for them is named."""
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        looked_at(page)
        if folder := os.environ.get("ESAYLOV_PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{size['width']}.png", full_page=True)


def submitted(token: str, election: str) -> int:
    """What a program gets that submits the precinct's protocol with the token."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = Client().post(
        f"/api/elections/{election}/protocols", form("n1-1"), "application/json", headers=headers
    )
    return int(answer.status_code)


def test_a_program_is_admitted_and_its_access_taken_back(
    browser: Browser, address: str, secrets: dict[str, str], shared_bench: Bench
) -> None:
    page = opened(browser)
    page.goto(f"{address}/en/account/")
    typed_in(page, shared_bench, secrets, WHO)
    assert page.url == f"{address}/en/account/"
    follow(page, 'a[href$="/cabinet/programs/"]')
    seen(page, "programs-none")
    follow(page, 'a[href$="/programs/new/"]')
    follow(page, "main form button[type=submit]")
    assert page.locator(".error-summary").count() == 1
    seen(page, "programs-errors")
    page.fill("[name=name]", "The counting table")
    page.locator("[name=mandate]").first.check()
    page.fill("[name=days]", "30")
    follow(page, "main form button[type=submit]")
    token = re.search(r"esaylov_[\w-]{43}", page.content())
    assert token is not None
    seen(page, "programs-token")
    assert submitted(token[0], shared_bench.election) == 201
    follow(page, 'main a[href$="/cabinet/programs/"]')
    assert "The counting table" in page.content()
    assert token[0] not in page.content()
    shown = datetime.now(ZoneInfo("Asia/Tashkent"))
    assert re.search(rf"{shown:%d.%m.%Y} ({shown:%H}|{shown - timedelta(minutes=5):%H}):", page.content())
    seen(page, "programs-list")
    follow(page, "main form button[name=number]")
    assert "has ended" in page.content()
    assert submitted(token[0], shared_bench.election) == 401
