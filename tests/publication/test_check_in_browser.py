"""An observer checks a protocol in the browser: on its page, and with the file to keep; then one byte is spoiled."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from esaylov.tlog.tree import leaf_hash
from tests.browsing import goes_on

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

pytestmark = pytest.mark.browser

AFTERNOON = datetime.fromisoformat("2026-10-25T17:00:00+05:00")
RELEASED = datetime.fromisoformat("2026-10-25T20:00:00+05:00")
SEALED, OPEN = "/en/elections/tiny/protocols/p1/list/", "/en/elections/tiny/protocols/p2/list/"
WITHOUT_ED25519 = """
const plain = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (format, key, algorithm, ...rest) =>
  (algorithm.name ?? algorithm) === "Ed25519"
    ? Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"))
    : plain(format, key, algorithm, ...rest);
"""
WITHOUT_CRYPTO = "Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true });"


@pytest.fixture(scope="module")
def address(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The tiny election with a protocol that was sealed until the release, and one that came after it, served."""
    from esaylov.elections.queries import set_clock
    from tests.exchange.packages import EDITION, VOTES, lines_of
    from tests.publication.browser import served
    from tests.publication.ground import Site, data_folder

    with data_folder(tmp_path_factory.mktemp("site")) as folder:
        site = Site(folder, edition=EDITION + '\n[release]\ntime = "20:00"\n', start=AFTERNOON)
        site.submit("p1", "list", lines_of("p1", "list"), VOTES["p1"]["list"], at=AFTERNOON)
        site.move_on()
        set_clock("tiny", RELEASED)
        site.move_on()
        site.submit("p2", "list", lines_of("p2", "list"), VOTES["p2"]["list"])
        site.move_on()
        with served() as found:
            yield found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(reduced_motion="reduce", accept_downloads=True)
    yield made
    made.close()


def check(page: Page, path: str) -> tuple[str, list[tuple[str, str]]]:
    """Presses the button; the result, and each step with its outcome."""
    page.goto(path)
    page.locator("[data-check-start]:enabled").click()
    return outcome(page)


def outcome(page: Page) -> tuple[str, list[tuple[str, str]]]:
    result = page.locator("[data-check-result][data-result]")
    result.wait_for()
    steps = page.locator("[data-check-steps] > li")
    told = [
        (one.get_attribute("data-step") or "", one.get_attribute("data-outcome") or "") for one in steps.all()
    ]
    return result.get_attribute("data-result") or "", told


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        (SEALED, ["key", "checkpoint", "entry", "tree", "opening", "record", "figures", "stands"]),
        (OPEN, ["key", "checkpoint", "entry", "tree", "record", "figures", "stands"]),
    ],
)
@pytest.mark.parametrize("language", ["en", "uz-cyrl"])
def test_protocol_holds_and_the_page_says_how(
    address: str, context: BrowserContext, path: str, steps: list[str], language: str
) -> None:
    from tests.publication.test_browser import violations

    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    result, told = check(page, address + path.replace("/en/", f"/{language}/"))
    assert (result, told) == ("holds", [(step, "holds") for step in steps])
    assert page.locator("[data-check-status]").inner_text().strip()
    text = page.locator("[data-check-steps]").inner_text()
    assert "{" not in text
    assert page.locator("[data-check-here], [data-check]").first.get_attribute("data-leaf") or "" in text
    page.locator("[data-check-more]").click()
    page.locator("[data-check-steps] > li[data-step=place][data-outcome=holds]").wait_for()
    assert outcome(page)[0] == "holds"
    assert violations(page) == []
    assert wrong == []


def spoil(context: BrowserContext, pattern: str, at: int) -> list[str]:
    """Flips one bit of every file that the browser gets from addresses like this."""
    met: list[str] = []

    def change(route: Route) -> None:
        answer = route.fetch()
        body = bytearray(answer.body())
        body[at] ^= 1
        met.append(route.request.url)
        route.fulfill(response=answer, body=bytes(body))

    context.route(pattern, change)
    return met


@pytest.mark.parametrize(
    ("pattern", "at", "step"),
    [
        ("**/log/checkpoint", 3, "checkpoint"),
        ("**/log/checkpoint", -5, "checkpoint"),
        ("**/log/tile/entries/**", 40, "entry"),
        ("**/log/tile/entries/**", -1, "entry"),
        ("**/log/tile/0/**", 0, "entry"),
        ("**/log/tile/0/**", -1, "entry"),
    ],
)
def test_one_spoiled_byte_is_refused(
    address: str, context: BrowserContext, pattern: str, at: int, step: str
) -> None:
    met = spoil(context, pattern, at)
    result, told = check(context.new_page(), address + SEALED)
    assert met
    assert result == "fails"
    assert told[-1] == (step, "fails")


@pytest.mark.parametrize(
    "change",
    [
        "cell => { cell.textContent = '7' }",
        "cell => { cell.dataset.line = '7' }",
        "cell => { cell.textContent = '7'; cell.dataset.line = '7' }",
        "cell => cell.remove()",
        "cell => cell.after(cell.cloneNode(true))",
        "cell => { cell.innerHTML = [...cell.textContent.trim()].join('.') + '0' }",
        # The signed figures, hidden, and others where the eye looks:
        "cell => { const shown = cell.closest('[data-version-index]'), other = shown.cloneNode(true);"
        " shown.hidden = true; shown.after(other); for (const one of other.querySelectorAll('[data-line]'))"
        " { one.textContent = '7' } }",
        "cell => { const shown = cell.closest('[data-version-index]'), other = shown.cloneNode(true);"
        " shown.hidden = true; shown.after(other); delete other.dataset.versionIndex;"
        " for (const one of other.querySelectorAll('[data-line]')) { one.textContent = '7' } }",
        "cell => { cell.className = 'visually-hidden' }",
    ],
)
def test_page_that_shows_another_figure_is_caught(address: str, context: BrowserContext, change: str) -> None:
    page = context.new_page()
    page.goto(address + OPEN)
    page.locator("[data-line]").nth(2).evaluate(change)
    page.locator("[data-check-start]:enabled").click()
    result, told = outcome(page)
    assert (result, told[-1]) == ("fails", ("figures", "fails"))
    assert page.locator("[data-check-result]").inner_text().strip()


def test_check_holds_on_a_narrow_screen(address: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    assert check(page, address + OPEN)[0] == "holds"
    figures = page.locator("[data-step=figures] dd").all_text_contents()
    assert figures == page.locator("[data-line], [data-votes]").evaluate_all(
        "cells => cells.map((cell) => cell.dataset.line ?? cell.dataset.votes)"
    )
    context.close()


def test_entry_of_another_place_is_caught(address: str, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(address + OPEN)
    page.locator("[data-check]").evaluate("section => { section.dataset.precinct = 'p1' }")
    page.locator("[data-check-start]:enabled").click()
    result, told = outcome(page)
    assert (result, told[-1]) == ("fails", ("record", "fails"))


@pytest.mark.parametrize("script", [WITHOUT_ED25519, WITHOUT_CRYPTO])
def test_browser_that_cannot_check_is_never_green(address: str, context: BrowserContext, script: str) -> None:
    context.add_init_script(script)
    page = context.new_page()
    result, told = check(page, address + OPEN)
    assert result == "cannot"
    assert ("checkpoint", "holds") not in told
    expect(page.locator("[data-check-more]")).to_be_hidden()


def test_lost_network_is_no_forgery(address: str, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(address + OPEN)
    page.locator("[data-check-start]:enabled").wait_for()
    context.set_offline(True)
    page.locator("[data-check-start]").click()
    assert outcome(page)[0] == "cannot"
    context.set_offline(False)
    page.locator("[data-check-start]").click()
    page.locator("[data-check-result][data-result=holds]").wait_for()


@pytest.mark.parametrize("width", [1440, 390])
def test_record_of_a_code_is_accessible_and_fits(address: str, browser: Browser, width: int) -> None:
    from tests.publication.test_browser import violations

    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme="dark")
    page = context.new_page()
    page.goto(address + OPEN)
    page.locator("a[download][href$='proof.json'], a[download][href*='/proofs/']").first.wait_for()
    code = page.locator("strong.code").inner_text()
    page.goto(f"{address}/en/check/")
    page.locator("#code").fill(code.replace("-", " "))
    with goes_on(page):
        page.keyboard.press("Enter")
    assert page.url == f"{address}/en/check/{code}/"
    for path in (f"/en/check/{code}/", "/uz/check/1-0000/"):
        page.goto(address + path)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


# --- the file to keep ---


@pytest.fixture
def tool(address: str, context: BrowserContext, tmp_path: Path) -> Page:
    """The downloaded file, opened from the disk; what it asks of anybody but the site fails the test."""
    page = context.new_page()
    page.goto(address + OPEN)
    with page.expect_download() as download:
        page.locator("a[download][href$='tool.html']").click()
    kept = tmp_path / "check.html"
    download.value.save_as(kept)
    page.goto(kept.as_uri())
    page.locator("[data-tool-form] button:enabled").wait_for()
    return page


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"#{name}").fill(value)
    page.locator("[data-check-result]").evaluate(
        "one => delete one.dataset.result"
    )  # of the check before this one
    page.locator("[data-tool-form] button").click()


def test_file_checks_a_site_from_the_disk(tool: Page) -> None:
    fill(tool, election="tiny", precinct="p1", contest="list")
    result, told = outcome(tool)
    assert result == "holds"
    assert ("opening", "holds") in told
    expect(tool.locator("[data-tool-figures] tr")).to_have_count(7 + 2)
    expect(tool.locator("#result")).to_be_focused()
    tool.locator("[data-check-more]").click()
    whole = tool.locator("[data-check-steps] > li[data-step=place][data-outcome=holds]")
    whole.wait_for()
    assert "received" in whole.inner_text()


def test_file_checks_a_short_code(address: str, tool: Page, context: BrowserContext) -> None:
    from esaylov.publication.codes.codes import code_of

    saved = context.request.get(f"{address}/open/elections/tiny/proofs/p2/list.json").json()
    index = int(saved["proof"].split("\n")[1].removeprefix("index "))
    code = code_of(index, leaf_hash(b64decode(saved["entry"])))
    fill(tool, code=code.replace("-", " \u2013 "))
    assert outcome(tool)[0] == "holds"
    fill(tool, code=code, precinct="p1")
    tool.locator("[data-check-result][data-result=fails]").wait_for()
    fill(tool, code=code, precinct="p2")
    tool.locator("[data-check-result][data-result=holds]").wait_for()
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    fill(tool, code=wrong)
    tool.locator("[data-check-result][data-result=fails]").wait_for()
    fill(tool, code="nonsense")
    tool.locator("[data-check-result][data-result=fails]").wait_for()


def test_file_checks_a_saved_proof_without_a_network(
    address: str, tool: Page, context: BrowserContext, tmp_path: Path
) -> None:
    saved = context.request.get(f"{address}/open/elections/tiny/proofs/p1/list.json").json()
    context.set_offline(True)

    def load(content: Any) -> str:
        path = tmp_path / "proof.json"
        path.write_text(json.dumps(content))
        tool.locator("[data-check-result]").evaluate("one => delete one.dataset.result")
        tool.locator("#file").set_input_files([])
        tool.locator("#file").set_input_files(path)
        return outcome(tool)[0]

    assert load(saved) == "holds"
    first = "B" if saved["entry"][9] != "B" else "C"
    spoiled: list[Callable[[], dict[str, Any]]] = [
        lambda: saved | {"entry": saved["entry"][:9] + first + saved["entry"][10:]},
        lambda: saved | {"precinct": "p2"},
        lambda: saved | {"format": "other"},
        lambda: {name: value for name, value in saved.items() if name != "opening"},
        lambda: saved | {"proof": saved["proof"].replace("index ", "index 1", 1)},
    ]
    for change in spoiled:
        assert load(change()) == "fails"


def test_file_with_another_key_refuses_this_log(tool: Page, tmp_path: Path) -> None:
    from esaylov.tlog.notes import Signer

    kept = tmp_path / "check.html"
    text = kept.read_text()
    name, _, _ = (tool.locator("body").get_attribute("data-key") or "").split("+", 2)
    for other in (Signer("other.invalid", bytes(32)).vkey, Signer(name, bytes(32)).vkey):
        kept.write_text(re.sub(r'data-key="[^"]*"', f'data-key="{other}"', text))
        tool.goto(kept.as_uri())
        fill(tool, election="tiny", precinct="p2", contest="list")
        result, told = outcome(tool)
        assert (result, told[-1]) == ("fails", ("checkpoint", "fails"))


def test_file_is_accessible(tool: Page) -> None:
    from tests.publication.test_browser import violations

    assert violations(tool) == []
    fill(tool, election="tiny", precinct="p2", contest="list")
    outcome(tool)
    assert violations(tool) == []
