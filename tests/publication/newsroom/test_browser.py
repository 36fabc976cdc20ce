"""An embed on a foreign page (another origin): it comes by one line, fits its height, sets no cookie; axe is content."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browsing import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

pytestmark = pytest.mark.browser

SEATS = "/en/elections/tiny/embed/seats/"
SMALL = "/en/elections/tiny/embed/territories/n/"
PAGES = {
    "seats": SEATS,
    "map": "/ru/elections/tiny/embed/map/",
    "territory": "/uz-cyrl/elections/tiny/embed/territories/uz/",
    "newsroom": "/en/elections/tiny/for-newsrooms/",
}


@pytest.fixture(scope="module")
def address(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from tests.exchange.packages import DECISIONS, TURNOUT
    from tests.publication.browser import served
    from tests.publication.ground import Site, data_folder

    with data_folder(tmp_path_factory.mktemp("site")) as folder:
        Site(folder, turnout=TURNOUT, decisions=DECISIONS)
        with served() as found:
            yield found


@contextmanager
def newspaper(body: str) -> Iterator[str]:
    """A page of somebody else's, on another port and so of another origin; its address."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!DOCTYPE html><title>News</title><p>before{body}<p id=after>after".encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def line(address: str, path: str) -> str:
    return f'<script async src="{address}/embed.js" data-embed="{path}" data-title="Seats"></script>'


BOTH_TOLD = """() => { const all = [...document.querySelectorAll('iframe')];
return all.length === 2 && all.every(one => one.height !== '480') }"""


INNER = "body => document.fonts.ready.then(() => Math.ceil(body.getBoundingClientRect().height))"


def settled(frame: Locator) -> int:
    """The frame's height once it has been told, is that of what stands in it, and no longer changes."""
    frame.wait_for()
    before = -1
    for _ in range(PATIENCE // 100):
        frame.page.wait_for_timeout(100)
        height, inner = (
            int(frame.get_attribute("height") or 0),
            frame.content_frame.locator("body").evaluate(INNER),
        )
        if before == height == inner != 480:
            return height
        before = height
    raise AssertionError(f"the frame is {height} high, what stands in it {inner}")


@pytest.mark.parametrize("width", [1000, 390])
def test_one_line_puts_it_there_and_it_fits(address: str, browser: Browser, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    with newspaper(line(address, SEATS)) as paper:
        page.goto(paper)
        height = settled(page.locator("iframe"))
        frame = page.frames[1]
        inner = frame.evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
        assert height == inner
        assert frame.evaluate("document.documentElement.scrollHeight") <= height + 1, "nothing scrolls inside"
        assert frame.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert page.locator("iframe").get_attribute("title") == "Seats"
        assert page.locator("iframe").get_attribute("loading") == "lazy"
        box, after = page.locator("iframe").bounding_box(), page.locator("#after").bounding_box()
        assert box is not None
        assert after is not None
        assert box["y"] + box["height"] <= after["y"] + 1
        assert "simulated" in frame.locator("main").inner_text()
        assert context.cookies() == []
        page.set_viewport_size({"width": 320, "height": 900})
        frame.wait_for_function("() => innerWidth <= 320")
        narrow = settled(page.locator("iframe"))
        assert narrow == frame.evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
    assert wrong == []
    context.close()


def test_two_embeds_keep_their_own_heights(address: str, browser: Browser) -> None:
    page = browser.new_page()
    with newspaper(line(address, SEATS) + line(address, SMALL)) as paper:
        page.goto(paper)
        page.wait_for_function(BOTH_TOLD)
        embeds = page.locator("iframe").all()
        heights = [settled(one) for one in embeds]
        assert len(set(heights)) == 2
        for height, embed in zip(heights, embeds, strict=True):
            inner = embed.content_frame.locator("body")
            assert height == inner.evaluate("body => Math.ceil(body.getBoundingClientRect().height)")
    page.close()


def test_messages_of_others_change_nothing(address: str, browser: Browser) -> None:
    page = browser.new_page()
    with newspaper(line(address, SMALL)) as paper:
        page.goto(paper)
        height = settled(page.locator("iframe"))
        page.evaluate("window.postMessage({type: 'esaylov:height', height: 5000}, '*')")
        page.wait_for_timeout(200)
        assert int(page.locator("iframe").get_attribute("height") or 0) == height
    page.close()


def test_line_to_another_site_puts_nothing_there(address: str, browser: Browser) -> None:
    page = browser.new_page()
    with newspaper(line(address, "https://evil.example/x")) as paper:
        page.goto(paper)
        page.wait_for_timeout(500)
        assert page.locator("iframe").count() == 0
    page.close()


def test_plain_frame_without_scripts(address: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    with newspaper(f'<iframe src="{address}{SMALL}" title="x" width="100%" height="500"></iframe>') as paper:
        page.goto(paper)
        assert "Green" in page.frames[1].locator("main").inner_text()
    context.close()


def test_line_of_the_page_for_newsrooms_works(address: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(address + PAGES["newsroom"])
    copied = page.locator("pre.copyline").first.inner_text()
    with newspaper(copied) as paper:
        page.goto(paper)
        assert settled(page.locator("iframe")) > 200
        with page.context.expect_page() as opened:
            page.frames[1].get_by_role("link", name="The full result").click()
        expect(opened.value).to_have_url(f"{address}/en/elections/tiny/")
    page.close()


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_accessible(address: str, browser: Browser, kind: str, scheme: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})  # type: ignore[arg-type]
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(address + PAGES[kind])
    found = Axe().run(page).response["violations"]
    assert [(one["id"], node["html"][:200]) for one in found for node in one["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert wrong == [], "the content security policy has nothing against the data blocks either"
    context.close()
