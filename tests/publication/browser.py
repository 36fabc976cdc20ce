"""A site for the browser: Django behind the page cache, on a port of this machine, and Chromium."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any, Literal
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from playwright.sync_api import Browser, Page, Request, sync_playwright

from esaylov.publication.pagecache import PageCache, Sizes
from esaylov.results.queries import sizes
from tests.browsing import PATIENCE, Application, slowed

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def _closing(answer: Iterable[bytes]) -> Iterator[Iterable[bytes]]:
    """As WSGI asks: an answer that can be closed is closed."""
    try:
        yield answer
    finally:
        if hasattr(answer, "close"):
            answer.close()


class _Counted:
    """An application that is waited for: a request that its browser gave up must not go on in the database of the next test."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._working = 0
        self._ended = False
        self._change = threading.Condition()

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        with self._change:
            if self._ended:
                raise ConnectionAbortedError("the test is over")
            self._working += 1
        try:
            with _closing(self._application(environ, start)) as parts:
                return list(parts)
        finally:
            with self._change:
                self._working -= 1
                self._change.notify_all()

    def end(self) -> None:
        """No further request is answered; those that are being answered have ended afterwards."""
        with self._change:
            self._ended = True
            assert self._change.wait_for(lambda: not self._working, PATIENCE / 1_000)


def _ask() -> dict[str, int]:
    try:
        return sizes()
    finally:
        connections.close_all()


@contextmanager
def served() -> Iterator[str]:
    """The whole site on a free port; its address."""
    asked = Sizes(_ask)
    cache = PageCache(get_wsgi_application(), asked, languages=[code for code, _ in settings.LANGUAGES])
    application = _Counted(slowed(cache))
    server = make_server("127.0.0.1", 0, application, server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        application.end()
        asked.stop()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail("needs the browser Chromium: install the package chromium")
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags, timeout=3 * PATIENCE)
        browser.on("context", lambda context: context.set_default_timeout(PATIENCE))
        try:
            yield browser
        finally:
            if os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE"):
                # What a test asked the database beside Playwright's loop went over connections of that loop's own:
                # they lead to the database of this module, which is about to go.
                connections.close_all()
            browser.close()


class Window:
    """One window that visits page after page, each as if it were its first: nothing is kept (files, cookies, what a page stores)
    from one to the next. A window of its own for each page costs several times what the page does.
    """

    def __init__(self, browser: Browser, **options: Any) -> None:
        self.page = browser.new_context(reduced_motion="reduce", **options).new_page()
        self._host = ""
        self.wrong: list[str] = []
        """Errors that the page at hand has met, and what it asked of other hosts."""
        self._session = self.page.context.new_cdp_session(self.page)
        self._session.send("Network.enable")
        self._session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self.page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self._host, "data:")):
            self.wrong.append(request.url)

    def visit(
        self,
        url: str,
        size: tuple[int, int],
        scheme: Literal["light", "dark"],
        colours: Literal["none", "active"] = "none",
    ) -> Page:
        """The page at an address, in a size and a scheme, after what was there before is forgotten. `colours`: whether the
        reader's own are forced upon it.
        """
        self._host = f"{url.rpartition('//')[0]}//127.0.0.1:"
        self.page.goto("about:blank")
        self.page.context.clear_cookies()
        origin = "/".join(url.split("/")[:3])
        self._session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(color_scheme=scheme, forced_colors=colours)
        self.wrong.clear()
        self.page.goto(url, wait_until="load")
        return self.page


@contextmanager
def chromium_beside_database() -> Iterator[Browser]:
    """The browser for tests that ask the database too: Playwright's loop runs in their thread, where Django asks to be told
    that this is meant.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with chromium() as browser:
            yield browser
