"""The Central Commission's officer starts signed out, and ends with an election called; every page readable by all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.cabinet.test_browser import PASSWORD, looked_at, opened, typed_in
from tests.design.test_guide_browser import NARROW, WIDE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.cabinet.people import Bench

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(shared_bench: Bench) -> Iterator[str]:
    from tests.publication.browser import served

    with served() as found:
        yield found


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    from tests.publication.browser import chromium

    with pytest.MonkeyPatch.context() as patch, chromium() as started:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield started


def test_a_by_election_is_called(address: str, browser: Browser, shared_bench: Bench) -> None:
    from tests.accounts.people import app_of
    from tests.elections.test_calling import OPTIONS, given

    account = shared_bench.accounts["cec chair"]
    account.set_password(PASSWORD)
    account.save()
    page = opened(browser, viewport=WIDE)
    page.goto(f"{address}/en/cabinet/drafts/")
    typed_in(page, shared_bench, {"cec chair": app_of(account)}, "cec chair")
    page.wait_for_url("**/en/cabinet/drafts/")
    looked_at(page)
    page.click("text=Prepare an election")
    for name, value in given().items():
        if name in ("edition", "form", "mode", "basis"):
            page.select_option(f"[name={name}]", str(value))
        elif name == "kinds":
            page.check("[name=kinds][value=council]")
        else:
            page.fill(f"[name={name}]", str(value))
    looked_at(page)
    page.click("text=Begin the draft")
    page.wait_for_url("**/drafts/by-2027/")
    looked_at(page)
    page.click("text=Choose contests of door")
    page.select_option("[name=contests]", ["k"])
    looked_at(page)
    page.click("text=Take over")
    page.click("text=Set a table from a file")
    page.select_option("[name=table]", "options")
    file = {"name": "options.csv", "mimeType": "text/csv", "buffer": OPTIONS.encode()}
    page.set_input_files("[name=file]", files=[file])  # type: ignore[list-item]
    page.click("text=Set the table")
    page.wait_for_url("**/drafts/by-2027/")
    assert "Nothing stands against calling it" in page.inner_text("main")
    looked_at(page)
    page.set_viewport_size(NARROW)
    looked_at(page)
    page.click("text=Call the election")
    page.wait_for_url("**/drafts/by-2027/call/")
    looked_at(page)
    page.fill("[name=decision]", "1457")
    page.click("main button[type=submit]")
    page.wait_for_url("**/drafts/by-2027/")
    assert "This election is called" in page.inner_text("main")
    page.click("text=Move the rehearsal's clock")
    looked_at(page)
