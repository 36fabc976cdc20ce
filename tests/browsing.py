"""How tests look at a browser without a race: at a page when it stands, at a script's work when the script is at work.

`click()` and `press()` wait for the page that they lead to on an idle machine only: what leads to another page stands in `goes_on`.
What a page or its script does in its own time is waited for with `expect(...)`.

With ESAYLOV_TEST_SLOW=0.7 the site answers forms after 0.7 seconds, pages after half of it, and each file that pages load besides
after a time of its own; and no action waits for another page. A test that does not wait itself then fails here too, not only on a
busy machine.
"""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partialmethod
from typing import Any

from playwright.sync_api import Frame, Locator, Page, expect

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

PATIENCE = 60_000
"""Milliseconds for what has to happen: a busy machine is no fault of the code under test."""
SLOW = float(os.environ.get("ESAYLOV_TEST_SLOW", "0"))

expect.set_options(timeout=PATIENCE)
if SLOW:
    for kind in (Frame, Locator, Page):
        for action in ("click", "press"):
            setattr(kind, action, partialmethod(getattr(kind, action), no_wait_after=True))


@contextmanager
def goes_on(page: Page) -> Iterator[None]:
    """Around what leads to another page: afterwards that page stands, and its script has run."""
    with page.expect_navigation():
        yield


def follow(page: Page, target: str | Locator) -> None:
    """Presses what leads to another page, and waits for that page."""
    with goes_on(page):
        (page.locator(target).first if isinstance(target, str) else target).click()


def hears(target: Locator, event: str) -> None:
    """Waits until a script listens to an event at an element: scripts that come late are then at work."""
    page = target.page
    mark = f"heard-{time.monotonic_ns()}"
    target.evaluate("(one, mark) => { window[mark] = one }", mark)
    session = page.context.new_cdp_session(page)  # (left open: one that ends takes virtual passkeys with it)
    for _ in range(PATIENCE // 50):
        found = session.send("Runtime.evaluate", {"expression": f"window[{json.dumps(mark)}]"})["result"]
        heard = session.send("DOMDebugger.getEventListeners", {"objectId": found["objectId"]})["listeners"]
        if any(one["type"] == event for one in heard):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"no script listens to {event} at {target} on {page.url}")


def drawn(page: Page) -> None:
    """Waits until each picture that can be seen without unfolding anything was drawn by the script; then back to the top."""
    for figure in page.locator("figure[data-spec-url]:visible").all():
        figure.scroll_into_view_if_needed()
        figure.locator("svg.chart-drawn").wait_for()
    page.evaluate("() => { scrollTo(0, 0); return document.fonts.ready.then(() => true) }")


def slowed(application: Application) -> Application:
    """The application as a slow machine runs it, where ESAYLOV_TEST_SLOW asks for that."""

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        page = "text/html" in environ.get("HTTP_ACCEPT", "")
        besides = zlib.crc32(environ["PATH_INFO"].encode()) % 100 / 100
        time.sleep(SLOW if environ["REQUEST_METHOD"] == "POST" else SLOW / 2 if page else SLOW * besides)
        return application(environ, start)

    return answer if SLOW else application


def pressed(page: Page, name: str) -> None:
    """Presses a button of the page's own as who has no mouse does: from field to field until it is reached."""
    button = page.locator("main").get_by_role("button", name=name, exact=True).first
    for _ in range(100):
        page.keyboard.press("Tab")
        if button.evaluate("one => one === document.activeElement"):
            break
    expect(button).to_be_focused()
    with goes_on(page):
        page.keyboard.press("Enter")
