"""The configuration of nginx that operators are given, before a site of one line."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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


def test_the_way_to_a_language_is_one_for_each() -> None:
    with before_a_site() as port:
        assert [ask(port, "/", Accept_Language=one) for one in ("ru", "en", "ru")] == [
            "/  ru",
            "/  en",
            "/  ru",
        ]
        assert len(Upstream.asked) == 2
