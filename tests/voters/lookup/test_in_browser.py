"""The look-up in a browser: with scripts the device does its sum, without them a question is answered; readable by all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browsing import goes_on
from tests.voters.lookup.asking import LISTED, NOBODY, REMOVED, UNPLACED, Asked, answer_to

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

WIDTHS = {"wide": (1440, 900), "narrow": (390, 844)}
LANGUAGES = ("uz", "uz-cyrl", "kaa", "ru", "en")
PICTURES = os.environ.get("ESAYLOV_TEST_PICTURES")
"""A folder: then each state is pictured there."""


def opened(browser: Browser, address: str, language: str, width: str, **more: Any) -> tuple[Page, list[str]]:
    """The form in a window of its own, and what went wrong in it."""
    wide, high = WIDTHS[width]
    context = browser.new_context(viewport={"width": wide, "height": high}, reduced_motion="reduce", **more)
    page, wrong = context.new_page(), []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{address}/{language}/voter/", wait_until="load")
    return page, wrong


def fill(page: Page, asked: Asked, person: int, **changes: str) -> None:
    form = asked.form(person) | changes
    for name in ("document", "birth_day", "birth_month", "birth_year"):
        page.fill(f"#{name}", form[name])


def send(page: Page) -> None:
    with goes_on(page):
        page.click(".voter-submit")


def judged(page: Page, name: str) -> list[str]:
    """What is wrong with an open page; it is pictured where somebody asks for that."""
    from tests.publication.test_browser import violations

    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
    found = [f"{name}: axe {rule}: {html}" for rule, html in violations(page)]
    if page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth"):
        found.append(f"{name}: scrolls sideways")
    if page.context.cookies():
        found.append(f"{name}: sets a cookie")
    if page.locator("h1").count() != 1:
        found.append(f"{name}: not one first heading")
    return found


@pytest.mark.parametrize(
    ("width", "language"),
    [
        *(pytest.param("wide", one, marks=[pytest.mark.slow] if one != "uz" else []) for one in LANGUAGES),
        *(("narrow", one) for one in LANGUAGES),
    ],
)
def test_every_answer(shared_asked: Asked, address: str, browser: Browser, language: str, width: str) -> None:
    page, wrong = opened(browser, address, language, width)
    found = judged(page, f"form-{language}-{width}")
    for name, person in (
        ("listed", LISTED),
        ("unplaced", UNPLACED),
        ("removed", REMOVED),
        ("missing", NOBODY),
    ):
        page.goto(f"{address}/{language}/voter/", wait_until="load")
        fill(page, shared_asked, person)
        send(page)
        assert page.url == f"{address}/{language}/voter/"
        found += judged(page, f"{name}-{language}-{width}")
    assert found == []
    assert wrong == []
    page.context.close()


def test_the_device_does_its_sum(shared_asked: Asked, address: str, browser: Browser) -> None:
    """What the browser computes is what the site checks; no question is to be seen."""
    page, wrong = opened(browser, address, "en", "narrow")
    page.wait_for_function("() => document.querySelector('[name=work]').value")
    assert not page.locator("#answer").is_visible()
    fill(page, shared_asked, LISTED)
    send(page)
    assert page.inner_text("h1") == "You are on the list"
    assert "Precinct 1" in page.inner_text("main")
    assert wrong == []
    page.context.close()


def test_without_a_worker_the_page_does_the_sum(shared_asked: Asked, address: str, browser: Browser) -> None:
    context = browser.new_context()
    context.add_init_script("delete window.Worker")
    page = context.new_page()
    page.goto(f"{address}/en/voter/")
    page.wait_for_function("() => document.querySelector('[name=work]').value")
    fill(page, shared_asked, LISTED)
    send(page)
    assert page.inner_text("h1") == "You are on the list"
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_scripts(shared_asked: Asked, address: str, browser: Browser, language: str) -> None:
    page, wrong = opened(browser, address, language, "narrow", java_script_enabled=False)
    assert page.locator("#answer").is_visible()
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"noscript-{language}.png", full_page=True)
    fill(page, shared_asked, LISTED)
    challenge = page.get_attribute("[name=challenge]", "value")
    page.fill("#answer", answer_to(str(challenge), language))
    send(page)
    assert page.locator(".voter-place").count() == 1
    assert wrong == []
    page.context.close()


def test_what_is_wrong_is_said(shared_asked: Asked, address: str, browser: Browser) -> None:
    page, wrong = opened(browser, address, "en", "narrow")
    fill(page, shared_asked, LISTED, document="12345", birth_month="13")
    send(page)
    assert judged(page, "wrong-en-narrow") == []
    assert page.locator("[data-error-summary]").evaluate("one => one === document.activeElement")
    assert page.input_value("#document") == "12345"
    assert page.locator("[aria-invalid]").count() == 4
    assert wrong == []
    page.context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_when_nobody_is_answered(
    shared_asked: Asked, address: str, browser: Browser, width: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from esaylov.custody import client
    from esaylov.voters.lookup import finding, views

    reasons = {
        "throttled": client.Throttled(1_234), "custodian": client.CustodianDown(), "renewed": finding.Locked(),
    }  # fmt: skip
    found = []
    for name, reason in reasons.items():

        def refused(*_: object, reason: Exception = reason) -> None:
            raise reason

        monkeypatch.setattr(views, "find", refused)
        page, wrong = opened(browser, address, "en", width)
        fill(page, shared_asked, LISTED)
        send(page)
        found += judged(page, f"{name}-en-{width}")
        assert all("status of" in text for text in wrong)
        page.context.close()
    assert found == []
