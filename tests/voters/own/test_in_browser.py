"""The page of the own entry in a browser: readable by all, on a phone too."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.browsing import goes_on
from tests.voters.lookup.asking import LISTED, REMOVED, Asked
from tests.voters.own.conftest import through_oneid

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.accounts.test_providers import StandIn

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("ESAYLOV_TEST_PICTURES")


@pytest.fixture(scope="module")
def address(asked: Asked) -> Iterator[str]:
    from tests.publication.browser import served

    with served() as found:
        yield found


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    from tests.publication.browser import chromium_beside_database

    with chromium_beside_database() as started:
        yield started


def judged(page: Page, name: str) -> list[str]:
    """What is wrong with an open page."""
    from tests.publication.test_browser import violations

    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"own-{name}.png", full_page=True)
    found = [f"{name}: axe {rule}: {html}" for rule, html in violations(page)]
    if page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth"):
        found.append(f"{name}: scrolls sideways")
    if page.locator("h1").count() != 1:
        found.append(f"{name}: not one first heading")
    return found


def phone(browser: Browser, address: str, session: str = "") -> BrowserContext:
    from django.conf import settings

    context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    if session:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    return context


def test_who_has_not_shown_who_they_are(browser: Browser, address: str, oneid: StandIn) -> None:
    context = phone(browser, address)
    page = context.new_page()
    page.goto(f"{address}/en/account/voter/")
    wrong = judged(page, "who")
    with goes_on(page):
        page.click("text=Look me up by document")
    assert page.url.endswith("/en/voter/")
    with goes_on(page):
        page.click("text=See your entry without typing anything")
    assert page.url.endswith("/en/account/voter/")
    context.close()
    assert not wrong


def test_the_own_entry_is_readable_by_all(
    browser: Browser, address: str, oneid: StandIn, asked: Asked
) -> None:
    from esaylov.voters import access

    access.record([asked.people[LISTED].id], body="pec:n1-1", person=uuid4(), purpose="precinct list")
    wrong = []
    for person, name in ((LISTED, "listed"), (REMOVED, "removed")):
        client, _ = through_oneid(oneid, asked.people[person].record["pinfl"])
        context = phone(browser, address, client.session.session_key or "")
        page = context.new_page()
        for language in ("en", "ru"):
            page.goto(f"{address}/{language}/account/voter/")
            wrong += judged(page, f"{name}-{language}")
        assert page.locator("table").count() == 1
        with goes_on(page):
            page.click("form[action$='/voter/leave/'] button")
        assert page.locator("table").count() == 0
        context.close()
    assert not wrong


def test_a_browser_goes_to_oneid_and_comes_back(
    browser: Browser, address: str, asked: Asked, tmp_path: Path
) -> None:
    """The form leads to another site, which the page's policy must allow; and it is sent with where it comes from."""
    from django.conf import settings
    from django.test import override_settings

    from esaylov.demo import standin

    people = tmp_path / "people.json"
    people.write_text(json.dumps([{"what": "listed", "pinfl": asked.people[LISTED].record["pinfl"]}]))
    site = urlsplit(address)
    known = standin.StandIn(people, "secret", frozenset({str(site.hostname)}), int(site.port or 0))
    listening = standin.server("127.0.0.1", 0, known)
    threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
    origin = f"http://127.0.0.1:{listening.server_port}"
    app = {
        "client_id": standin.CLIENT,
        "secret": "secret",
        "settings": {"url": f"{origin}{standin.PATH}", "scope": ["s"]},
    }
    providers = settings.SOCIALACCOUNT_PROVIDERS | {"oneid": {"APPS": [app]}}
    context = phone(browser, address)
    page = context.new_page()
    with override_settings(SOCIALACCOUNT_PROVIDERS=providers, ESAYLOV_FORMS_LEAD_TO=[origin]):
        page.goto(f"{address}/en/account/voter/")
        with goes_on(page):
            page.click("text=Continue with OneID")
        assert page.url.startswith(origin)
        wrong = judged(page, "stand-in")
        with goes_on(page):
            page.click("li a")
        assert "You are on the list" in page.inner_text("main")
        with goes_on(page):
            page.click("form[action$='/voter/leave/'] button")
        assert "Continue with OneID" in page.inner_text("main")
    context.close()
    listening.shutdown()
    listening.server_close()
    assert not wrong
