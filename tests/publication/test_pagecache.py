"""The page cache over an application that counts how often it is asked."""

from __future__ import annotations

import gzip
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import OperationalError

from esaylov.publication import absent, pagecache
from esaylov.publication.absent import Absent
from esaylov.publication.etags import election_tag, site_tag
from esaylov.publication.hosts import Hosts, parted
from esaylov.publication.pagecache import ENTRY_OVERHEAD, Headers, PageCache, Sizes, election_of
from esaylov.publication.portal import urls

PATIENCE = 60.0
"""Seconds for what has to happen: a busy machine is no fault of the code under test."""


@dataclass
class Site:
    """An application whose pages say the size that they were computed from, and a database that may be down."""

    size: int = 7
    down: bool = False
    status: str = "200 OK"
    extra: Headers = field(default_factory=list)
    asked: int = 0
    seen: set[str] = field(default_factory=set)
    slow: float = 0.0
    inside: threading.Event | None = None
    """Told when the next page is being made; `go_on` ends the making."""
    go_on: threading.Event = field(default_factory=threading.Event)
    cache_control: str = "public, max-age=1, must-revalidate"

    def sizes(self) -> Mapping[str, int]:
        if self.down:
            raise ConnectionError("the database is down")
        return {"e": self.size}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.asked += 1
        self.seen |= {key for key, value in environ.items() if value}
        size = self.size
        time.sleep(self.slow)
        if self.inside is not None:
            self.inside.set()
            assert self.go_on.wait(PATIENCE)
        if self.down:
            start_response("503 Service Unavailable", [("Content-Type", "text/html")])
            return [b"down"]
        tag = election_tag(size) if "/elections/" in environ["PATH_INFO"] else site_tag({"e": size})
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("ETag", tag),
            ("Cache-Control", self.cache_control),
            *self.extra,
        ]
        start_response(self.status, headers)
        host = f"on {environ['HTTP_HOST']} " if "HTTP_HOST" in environ else ""
        return [f"page {environ['PATH_INFO']} at {size} {host}".encode() * 20]


@dataclass
class Answer:
    status: str
    headers: dict[str, str]
    body: bytes


class Reader:
    """Asks the cache as a browser would."""

    def __init__(self, site: Site, limit: int = 1 << 20) -> None:
        self.sizes = Sizes(site.sizes, every=3600)
        self.cache = PageCache(site, self.sizes, languages=["uz", "en"], limit=limit)

    def get(self, path: str = "/en/elections/e/", method: str = "GET", **environ: str) -> Answer:
        found: list[tuple[str, Headers]] = []

        def start_response(status: str, headers: Headers, _exc: object = None) -> None:
            found.append((status, headers))

        asked = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", **environ}
        body = b"".join(self.cache(asked, start_response))
        status, headers = found[-1]
        return Answer(status, {key.lower(): value for key, value in headers}, body)


def test_second_request_asks_nobody() -> None:
    site = Site()
    reader = Reader(site)
    first, second = reader.get(), reader.get()
    assert site.asked == 1
    assert first.status == second.status == "200 OK"
    assert first.body == second.body
    assert b"at 7" in first.body
    assert int(first.headers["content-length"]) == len(first.body)


def test_grown_log_makes_a_new_page() -> None:
    site = Site()
    reader = Reader(site)
    reader.get()
    site.size = 8
    reader.sizes.ask_now()
    assert b"at 8" in reader.get().body
    assert site.asked == 2


def test_page_rendered_before_the_poll_is_known_wakes_the_poll() -> None:
    site = Site()
    reader = Reader(site)
    reader.get("/en/")
    site.size = 8  # the poll does not know yet
    assert b"at 8" in reader.get().body
    limit = time.monotonic() + PATIENCE
    while reader.sizes.tag("e") != election_tag(8) and time.monotonic() < limit:
        time.sleep(0.01)
    reader.get()
    assert site.asked == 2


def test_compressed_form_is_the_same_page() -> None:
    reader = Reader(Site())
    plain = reader.get()
    packed = reader.get(HTTP_ACCEPT_ENCODING="br, gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert int(packed.headers["content-length"]) == len(packed.body)
    refused = reader.get(HTTP_ACCEPT_ENCODING="gzip; q=0")
    assert "content-encoding" not in refused.headers


@pytest.mark.parametrize("condition", ["{tag}", '"other", {tag}', "*", "{strong}"])
def test_reader_who_has_the_page_gets_304(condition: str) -> None:
    reader = Reader(Site())
    tag = reader.get().headers["etag"]
    text = condition.format(tag=tag, strong=tag.removeprefix("W/"))
    answer = reader.get(HTTP_IF_NONE_MATCH=text)
    assert answer.status.startswith("304")
    assert answer.body == b""
    assert answer.headers["etag"] == tag
    assert answer.headers["cache-control"]
    assert "content-length" not in answer.headers


def test_condition_on_a_first_request_does_not_spoil_the_page_for_others() -> None:
    site = Site()
    reader = Reader(site)
    assert reader.get(HTTP_IF_NONE_MATCH=election_tag(7)).status.startswith("304")
    assert reader.get().status == "200 OK"
    assert site.asked == 1


def test_head_has_the_headers_and_no_body() -> None:
    site = Site()
    reader = Reader(site)
    head, get = reader.get(method="HEAD"), reader.get()
    assert head.body == b""
    assert head.headers == get.headers
    assert site.asked == 1


@pytest.mark.parametrize(
    "environ",
    [
        {"method": "POST"},
        {"path": "/api/openapi.json"},
        {"path": "/healthz"},
        {"path": "/uzbek/"},
        {"path": "/log/checkpoint"},
    ],
)
def test_what_is_not_a_plain_public_page_passes_through(environ: dict[str, str]) -> None:
    site = Site()
    reader = Reader(site)
    reader.get(**environ)
    reader.get(**environ)
    assert site.asked == 2


@pytest.mark.parametrize(
    "environ", [{"QUERY_STRING": "a=1"}, {"HTTP_COOKIE": "a=1"}, {"HTTP_AUTHORIZATION": "Bearer x"}]
)
def test_what_public_pages_do_not_read_makes_no_page_of_its_own(environ: dict[str, str]) -> None:
    site = Site()
    reader = Reader(site)
    first = reader.get(**environ)
    assert reader.get().body == first.body
    assert site.asked == 1
    assert site.seen == {"REQUEST_METHOD", "PATH_INFO"}


@pytest.mark.parametrize(
    "site",
    [
        Site(status="404 Not Found"),
        Site(extra=[("Set-Cookie", "a=1")]),
        Site(cache_control="no-store"),
        Site(status="500 Internal Server Error"),
    ],
)
def test_only_public_pages_that_are_there_are_kept(site: Site) -> None:
    reader = Reader(site)
    assert reader.get().status == site.status
    reader.get()
    assert site.asked == 2


def test_warm_pages_are_served_while_the_database_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site()
    reader = Reader(site)
    warm = reader.get()
    monkeypatch.setattr(pagecache, "STALE_AFTER", 0.05)
    site.down = True
    reader.sizes.ask_now()
    time.sleep(0.1)
    answer = reader.get()
    assert answer.status == "200 OK"
    assert answer.body == warm.body
    assert "x-esaylov-stale" in answer.headers
    assert "x-esaylov-stale" not in warm.headers
    assert reader.get("/uz/elections/e/").status.startswith("503")
    site.down = False
    monkeypatch.undo()
    reader.sizes.ask_now()
    assert "x-esaylov-stale" not in reader.get().headers


STANDING_ROUTES = [str(route.pattern) for route in urls.pages if (route.name or "").startswith("standing-")]


@pytest.mark.parametrize("route", STANDING_ROUTES)
def test_what_stands_outside_of_elections_passes_through(route: str) -> None:
    site = Site()
    reader = Reader(site)
    for _ in range(2):
        reader.get("/en/" + re.sub("<[^>]*>", "2", route))
    assert site.asked == 2, "its own tag says when it changes, not the size of an election"


def test_error_of_a_rendering_serves_the_page_before() -> None:
    site = Site()
    reader = Reader(site)
    warm = reader.get()
    site.size = 8
    reader.sizes.ask_now()
    site.down = True
    answer = reader.get()
    assert answer.status == "200 OK"
    assert answer.body == warm.body
    assert "x-esaylov-stale" in answer.headers


@pytest.mark.parametrize(
    ("status", "extra", "reason"),
    [
        ("503 Service Unavailable", [("X-Esaylov-Busy", "yes")], "at the moment"),
        ("503 Service Unavailable", [], "the database cannot be reached"),
        ("500 Internal Server Error", [], "could not be made"),
    ],
)
def test_page_before_is_served_with_the_true_reason(status: str, extra: Headers, reason: str) -> None:
    site = Site()
    reader = Reader(site)
    warm = reader.get("/en/elections/e/card.png")
    site.size, site.status, site.extra = 8, status, extra
    reader.sizes.ask_now()
    answer = reader.get("/en/elections/e/card.png")
    assert (answer.status, answer.body) == ("200 OK", warm.body)
    assert reason in answer.headers["x-esaylov-stale"]
    assert ("database" in answer.headers["x-esaylov-stale"]) is (not extra and status.startswith("503"))


def test_application_that_raises_leaves_the_path_free() -> None:
    site = Site()
    reader = Reader(site)
    broken = PageCache(_raises, Sizes(site.sizes, every=3600), languages=["en"])
    reader.cache, good = broken, reader.cache
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            reader.get()
    reader.cache = good
    assert reader.get().status == "200 OK"


def _raises(_environ: dict[str, Any], _start_response: Callable[..., Any]) -> Iterable[bytes]:
    raise ZeroDivisionError


def test_many_at_once_render_a_page_once() -> None:
    site = Site(slow=0.2)
    reader = Reader(site)
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(reader.get())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert site.asked == 1
    assert len({answer.body for answer in answers}) == 1


def test_who_comes_while_a_page_is_made_anew_gets_the_one_before() -> None:
    site = Site()
    reader = Reader(site)
    reader.get()
    site.size, site.inside = 8, threading.Event()
    reader.sizes.ask_now()
    maker = threading.Thread(target=reader.get)
    maker.start()
    assert site.inside.wait(PATIENCE)
    meanwhile = reader.get()
    assert b"at 7" in meanwhile.body
    assert meanwhile.headers["etag"] == election_tag(7)
    site.inside = None
    site.go_on.set()
    maker.join()
    assert b"at 8" in reader.get().body


def test_memory_stays_within_its_limit_and_keeps_what_is_read() -> None:
    site = Site()
    weight = 3 * (ENTRY_OVERHEAD + 1500)
    reader = Reader(site, limit=weight)
    for number in range(20):
        reader.get("/en/elections/e/")
        reader.get(f"/en/elections/e/contests/{number}/")
    assert reader.cache._store.weight <= weight
    assert len(reader.cache._store) >= 2
    assert site.asked == 21, "the page that everybody reads was dropped"


def test_election_of_a_path() -> None:
    assert election_of("/uz/elections/duma-2016/contests/list/") == "duma-2016"
    assert election_of("/uz/elections/x/") == "x"
    assert election_of("/uz/") is None
    assert election_of("/uz/verify/") is None
    raw = "/uz/elections/сайлов/".encode().decode("latin-1")
    assert election_of(raw) == "сайлов"


def with_hosts(site: Site, *names: str, most: int = 16) -> Reader:
    """A reader of a site that does not know its own address."""
    reader = Reader(site)
    hosts = Hosts(names, lambda host: parted(host)[0] in names or parted(host)[0].endswith(".many"), most)
    reader.cache = PageCache(site, reader.sizes, languages=["uz", "en"], hosts=hosts)
    return reader


def test_pages_that_name_their_host_are_kept_for_each_host_apart() -> None:
    site = Site()
    reader = with_hosts(site, "a.example", "b.example")
    for _ in range(2):
        assert b"on a.example" in reader.get(HTTP_HOST="a.example").body
        assert b"on b.example" in reader.get(HTTP_HOST="B.example").body
    assert site.asked == 2


def test_invented_ports_fill_no_cache_and_get_a_page_of_the_same_name() -> None:
    site = Site()
    reader = with_hosts(site, "a.example", most=3)
    for port in (*range(1, 200), *range(1, 200)):
        reader.get(HTTP_HOST=f"a.example:{port}", SERVER_PORT="8000")
    assert site.asked == 3, "two as they were asked for; all others have the site's own port"
    assert b"on a.example:2 " in reader.get(HTTP_HOST="a.example:2", SERVER_PORT="8000").body
    assert b"on a.example:8000 " in reader.get(HTTP_HOST="a.example:3", SERVER_PORT="8000").body
    assert b"on a.example:8000 " in reader.get(HTTP_HOST="a.example:8000", SERVER_PORT="8000").body
    assert site.asked == 3
    assert b"on a.example " in reader.get(HTTP_HOST="a.example", SERVER_PORT="8000").body
    assert site.asked == 4
    assert len(reader.cache._store) == 4


def test_what_is_not_allowed_and_too_many_names_are_not_kept() -> None:
    site = Site()
    reader = with_hosts(site, "a.example", ".many", most=3)
    for _ in range(2):
        for host in ("evil.example", "1.many", "2.many", "3.many", "4.many"):
            reader.get(HTTP_HOST=host)
    assert len(reader.cache._store) == 2
    assert site.asked == 2 + 2 * 3
    assert b"on 4.many " in reader.get(HTTP_HOST="4.many").body, "still its own"


def test_parts_of_a_host() -> None:
    assert parted("a.example") == parted("a.example.") == ("a.example", "")
    assert parted("a.example:80") == ("a.example", "80")
    assert parted("[::1]:80") == ("[::1]", "80")
    assert parted("[::1]") == ("[::1]", "")


def test_with_a_configured_address_the_path_alone_counts() -> None:
    site = Site()
    reader = Reader(site)
    for host in ("a.example", "b.example:81", ""):
        assert reader.get(HTTP_HOST=host).body
    assert site.asked == 1


def test_a_page_that_names_its_address_is_kept_for_each_scheme_apart() -> None:
    site = Site()
    reader = with_hosts(site, "a.example")
    reader.get(HTTP_HOST="a.example", **{"wsgi.url_scheme": "http"})
    reader.get(HTTP_HOST="a.example", **{"wsgi.url_scheme": "https"})
    assert site.asked == 2


def test_what_leads_nowhere_is_asked_for_under_one_address() -> None:
    site = Site(status="404 Not Found")
    reader = Reader(site)
    reader.cache = PageCache(
        site, reader.sizes, languages=["en"], absent=lambda path, known: "e" in known and "nothing" in path
    )
    for number in range(3):
        assert b"page /en/- " in reader.get(f"/en/nothing-{number}/").body
    assert b"page /open/- " in reader.get("/open/elections/e/nothing.json").body
    assert b"page /en/other/ " in reader.get("/en/other/").body


def test_while_the_elections_are_not_known_nothing_is_refused() -> None:
    site = Site(down=True)
    reader = Reader(site)
    reader.cache = PageCache(site, reader.sizes, languages=["en"], absent=lambda _path, _known: True)
    assert reader.get().status.startswith("503")


def test_absent_addresses() -> None:
    read: list[str] = []

    def codes(election: str) -> dict[str, set[str]]:
        read.append(election)
        return {"contests": {"list"}, "precincts": {"п-1", "a.csv"}, "protocols": {"п-1"}}

    is_absent = Absent(codes)

    def nowhere(path: str) -> bool:
        return is_absent(path.encode().decode("latin-1"), ["e", None])

    assert nowhere("/en/elections/x/")
    assert nowhere("/open/elections/x/live.json")
    assert nowhere("/en/elections/x/precincts/1/")
    assert not read, "another election needs no codes"
    for path in ("/en/", "/en/elections/", "/en/elections/e/", "/en/elections/e/contests/", "/en/about/x/y/z/",
                 "/en/elections/e/contests/list/", "/open/elections/e/contests/list.csv", "/en/elections/e/parties/x/",
                 "/en/elections/e/protocols/п-1/whatever/", "/en/elections/e/precincts/п-1/",
                 "/en/elections/e/precincts/a.csv/", "/en/elections/e/contests/card.png"):  # fmt: skip
        assert not nowhere(path), path
    for path in ("/en/elections/e/contests/x/", "/open/elections/e/contests/x.json", "/en/elections/e/precincts/1/",
                 "/en/elections/e/protocols/1/list/", "/en/elections/e/contests/x/pictures/list.svg"):  # fmt: skip
        assert nowhere(path), path
    assert read == ["e"]


def test_codes_that_cannot_be_read_leave_no_connection_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []

    def fails(_election: str) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(absent, "tables", fails)
    monkeypatch.setattr(absent.connection, "close", lambda: closed.append(True))
    assert not Absent()("/en/elections/e/precincts/x/", ["e"])
    assert closed == [True]


def test_without_a_database_no_address_is_called_absent() -> None:
    def fails(_election: str) -> dict[str, set[str]]:
        raise ConnectionError

    assert not Absent(fails)("/en/elections/e/precincts/x/", ["e"])


def test_pictures_are_kept_once_and_not_compressed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site()
    monkeypatch.setattr(pagecache, "COMPRESSED", {"text/html; charset=utf-8"})
    reader = Reader(site)
    for _ in range(2):
        answer = reader.get("/en/card.png", HTTP_ACCEPT_ENCODING="gzip")
        assert "content-encoding" not in answer.headers
        assert answer.body.startswith(b"page /en/card.png")
        assert answer.headers["content-length"] == str(len(answer.body))
    assert reader.cache._store.weight == len(answer.body) + ENTRY_OVERHEAD
