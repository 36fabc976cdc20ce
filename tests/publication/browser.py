"""A site for the browser: Django behind the page cache, on a port of this machine, and Chromium."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

from esaylov.publication.pagecache import PageCache, Sizes
from esaylov.results.queries import sizes
from tests.browsing import PATIENCE, slowed

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
    server = make_server("127.0.0.1", 0, slowed(cache), server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
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


@contextmanager
def chromium_beside_database() -> Iterator[Browser]:
    """The browser for tests that ask the database too: Playwright's loop runs in their thread, where Django asks to be told
    that this is meant.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with chromium() as browser:
            yield browser
