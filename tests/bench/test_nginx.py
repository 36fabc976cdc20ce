"""The configuration of nginx that operators are given, before a site of one line."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from esaylov.bench import nginx

pytestmark = pytest.mark.skipif(nginx.program() is None, reason="nginx is not installed")


class Upstream(BaseHTTPRequestHandler):
    """Answers with what it was asked for, as the site's pages do."""

    asked: list[tuple[str, str]] = []

    def do_GET(self) -> None:
        encoding = self.headers.get("Accept-Encoding", "")
        type(self).asked.append((self.path, encoding))
        body = f"{self.path} {encoding} {self.headers.get('Accept-Language', '')}".encode()
        by = "Accept-Language" if self.path == "/" else "Accept-Encoding"
        self.send_response(200)
        for name, value in (("Cache-Control", "public, max-age=60"), ("Vary", by), ("ETag", 'W/"1"')):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def before_a_site() -> Iterator[int]:
    """nginx before an upstream that was asked for nothing yet."""
    Upstream.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with nginx.nginx(server.server_address[1]) as port:
            Upstream.asked.clear()
            yield port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ask(port: int, path: str, **headers: str) -> str:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with urlopen(Request(f"http://127.0.0.1:{port}{path}", headers=named)) as answer:
        body: bytes = answer.read()
    return body.decode()


def test_a_page_is_asked_for_once_in_each_form() -> None:
    with before_a_site() as port:
        for wording in ("gzip, deflate, br, zstd", "br, gzip", "GZIP;q=0.5", "gzip"):
            assert ask(port, "/uz/about/", Accept_Encoding=wording) == "/uz/about/ gzip "
        for wording in ("identity", "gzip;q=0, br", "br, gzip; q=0.0", "deflate"):
            assert ask(port, "/uz/about/", Accept_Encoding=wording) == "/uz/about/  "
        assert Upstream.asked == [("/uz/about/", "gzip"), ("/uz/about/", "")]


def test_only_what_the_cache_does_not_hold_is_limited() -> None:
    """One address that asks for a thousand pages is slowed down; a thousand readers of one page behind it are not."""
    with before_a_site() as port:
        began = time.monotonic()
        statuses = Counter(status(port, f"/uz/check/{number}/") for number in range(1_000))
        most = 400 + 20 * (time.monotonic() - began) + 2
        assert statuses.keys() == {200, 429}
        assert 400 <= statuses[200] <= most
        assert len(Upstream.asked) == statuses[200]
        assert status(port, "/uz/check/0/") == 200, "what the cache holds has no limit"
        assert Counter(status(port, "/uz/check/0/") for _ in range(1_000)) == {200: 1_000}
        assert len(Upstream.asked) <= most


def test_a_reader_cannot_choose_in_whose_name_he_asks() -> None:
    with before_a_site() as port:
        # (Each name asks for a few pages only; how many the address gets depends on how long they take.)
        asked = (
            status(port, f"/uz/{number}/", X_Reader=f"192.0.2.{number % 250}") for number in range(2_000)
        )
        assert 429 in asked


def status(port: int, path: str, **headers: str) -> int:
    try:
        ask(port, path, **headers)
    except HTTPError as error:
        return error.code
    return 200


def test_the_way_to_a_language_is_one_for_each() -> None:
    with before_a_site() as port:
        assert [ask(port, "/", Accept_Language=one) for one in ("ru", "en", "ru")] == [
            "/  ru",
            "/  en",
            "/  ru",
        ]
        assert len(Upstream.asked) == 2
