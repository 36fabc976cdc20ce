"""The page cache: finished public pages in memory, in front of Django, for each worker of the web server.

A page is valid while its entity tag is the one that the current sizes of the log give (and, for the few pages that show
the time, the minute of the election's clock). A thread of its own
asks the database for them, so that a hit asks nobody. When the database cannot be reached, what was
rendered last is served and says so: the public side stays up. No two requests render the same page at once;
those that come meanwhile receive the page before, which is whole in itself.

Pages name their own address (feeds, social cards, open data). Where the site knows it (`ESAYLOV_PUBLIC_URL`),
a page is kept by its path alone; where it is taken from the request, each host has pages of its own, but for invented
ones (`hosts.py`). Addresses that lead nowhere are refused without the database (`absent.py`).
"""

from __future__ import annotations

import gzip
import logging
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from esaylov.design.headers import PERSONAL
from esaylov.publication.absent import Absent
from esaylov.publication.etags import dated_tag, election_tag, site_tag
from esaylov.publication.gate import BUSY
from esaylov.publication.hosts import Hosts

logger = logging.getLogger(__name__)

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

POLL_EVERY = 0.3
STALE_AFTER = 3.0
WAIT_FOR_RENDERING = 20.0
ENTRY_OVERHEAD = 2_000
DEFAULT_LIMIT = 64 * 2**20
STALE, WARNING = "X-Esaylov-Stale", ("Warning", '110 - "stale"')
NO_DATABASE = "the database cannot be reached"
TOO_BUSY = "others are being made at the moment; this is the one before"
FAILED = "a newer one could not be made; this is the one before"
NOT_OF_A_304 = frozenset({"content-length", "content-type", "content-encoding"})
COMPRESSED = frozenset({"image/png"})
OPEN = "/open/"
NOWHERE = "-"
"""No address of the site: what it answers there is said of every address that leads nowhere."""
UNCACHED = ("search/", "check/", "voter/", "account/", "cabinet/", "decisions/find/", "commissions/list/")
"""What reads the query of its address or is somebody's own, as the address continues after the language or the election."""
OF_NO_ELECTION = ("decisions/", "sessions/", "recoveries")
"""Pages outside of elections that change without any election's size: their own tags say when."""
CONDITIONAL = (
    "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_RANGE",
    "HTTP_IF_RANGE", "HTTP_ACCEPT_ENCODING",
)  # fmt: skip
# Public pages read none of these: with them nobody gets around the cache to have a page rendered for each request.
UNREAD = ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "CONTENT_LENGTH", "CONTENT_TYPE")


class Sizes:
    """The current sizes of the log by election, asked for in the background from the first request on."""

    def __init__(
        self,
        ask: Callable[[], Mapping[str, int]],
        every: float = POLL_EVERY,
        clocks: Callable[[], Mapping[str, datetime]] = dict,
    ) -> None:
        self._ask = ask
        self._clocks = clocks
        self._every = every
        self._tags: dict[str | None, str] = {}
        self._dated: dict[str | None, str] = {}
        self._answered = 0.0
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._silent = False

    def start(self) -> None:
        """Starts asking, once a process (a worker forks before its first request)."""
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self.ask_now()
                    self._thread = threading.Thread(target=self._run, name="page cache sizes", daemon=True)
                    self._thread.start()

    def tag(self, election: str | None) -> str | None:
        """The tag that a page of the election (None: of all of them) has now; None when it is not known."""
        return self._tags.get(election)

    def holds(self, page: CachedPage) -> bool:
        """Whether a page is what it would be now; one that shows the time is for a minute only."""
        return page.tag in (self._tags.get(page.election), self._dated.get(page.election))

    @property
    def elections(self) -> Collection[str | None] | None:
        """The elections that have pages now; None when they are not known."""
        return None if self.stale or None not in self._tags else self._tags.keys()

    @property
    def stale(self) -> bool:
        """Whether the database did not answer for a while."""
        return time.monotonic() - self._answered > STALE_AFTER

    def hurry(self) -> None:
        """Asks at once: somebody saw that the log has grown."""
        self._wake.set()

    def stop(self) -> None:
        """Ends the asking for good, and waits for it."""
        self._stopped = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def ask_now(self) -> None:
        """Asks the database; what is known stays when it does not answer."""
        try:
            sizes, clocks = self._ask(), self._clocks()
        except Exception as error:  # whatever it is, pages are still served
            if not self._silent:
                logger.warning("the database does not answer: %s", error)
            self._silent = True
            return
        self._silent = False
        tags: dict[str | None, str] = {election: election_tag(size) for election, size in sizes.items()}
        tags[None] = site_tag(sizes)
        self._tags = tags
        times = {election: clocks[election] for election in sizes if election in clocks}
        self._dated = {
            election: dated_tag(tags[election], {election: minute}) for election, minute in times.items()
        }
        self._dated[None] = dated_tag(tags[None], times)
        self._answered = time.monotonic()

    def _run(self) -> None:
        while not self._stopped:
            self._wake.wait(self._every)
            self._wake.clear()
            self.ask_now()


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A finished page of an election (None: of all of them), plain and compressed, with the headers of each; `packed` is
    empty where the page is compressed in itself.
    """

    election: str | None
    tag: str
    body: bytes
    packed: bytes
    headers: Headers
    packed_headers: Headers
    headers_304: Headers

    @property
    def weight(self) -> int:
        """Bytes that it takes, about."""
        return len(self.body) + len(self.packed) + ENTRY_OVERHEAD


class Store:
    """Pages by key (their path, behind the host where they depend on it); the least recently used ones are dropped
    beyond a number of bytes.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._pages: OrderedDict[str, CachedPage] = OrderedDict()
        self._lock = threading.Lock()
        self.weight = 0

    def get(self, key: str) -> CachedPage | None:
        """The page of a key, whatever its tag."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: str, page: CachedPage) -> None:
        """Keeps a page in place of the one before."""
        if page.weight > self._limit:
            return
        with self._lock:
            before = self._pages.pop(key, None)
            self.weight += page.weight - (before.weight if before else 0)
            self._pages[key] = page
            while self.weight > self._limit:
                self.weight -= self._pages.popitem(last=False)[1].weight

    def __len__(self) -> int:
        return len(self._pages)


@dataclass(slots=True)
class _Rendered:
    """What the application answered."""

    status: str = ""
    headers: Headers = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")


class PageCache:
    """WSGI middleware. `application` renders; every GET and HEAD of a public page comes out of the cache, whatever its
    query, cookies or credentials. `hosts`: pages hold the address under which they were asked for, and these are the
    ones that they are kept for. `absent`: says of a path and the known elections whether it leads nowhere.
    """

    def __init__(
        self,
        application: Application,
        sizes: Sizes,
        *,
        languages: Iterable[str],
        limit: int = DEFAULT_LIMIT,
        hosts: Hosts | None = None,
        absent: Callable[[str, Collection[Any]], bool] = lambda _path, _elections: False,
    ) -> None:
        self._hosts = hosts
        self._absent = absent
        self._application = application
        self.sizes = sizes
        self._prefixes = (*(f"/{language}/" for language in languages), OPEN)
        self._store = Store(limit)
        self._under_way: dict[str, threading.Event] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not self._keeps(path):
            return self._application(environ, start_response)
        self.sizes.start()
        key = path
        if self._hosts is not None:
            host = self._hosts.kept_as(environ.get("HTTP_HOST", ""), environ.get("SERVER_PORT", ""))
            if host is None:
                return self._application(environ, start_response)
            key = f"{environ.get('wsgi.url_scheme', 'http')}://{host}{path}"
            if host != environ.get("HTTP_HOST", ""):
                environ = environ | {"HTTP_HOST": host}
        page = self._store.get(key)
        if page is not None and self.sizes.holds(page):
            return _answer(page, environ, start_response, stale=NO_DATABASE if self.sizes.stale else "")
        if page is not None and self.sizes.stale:
            return _answer(page, environ, start_response, stale=NO_DATABASE)
        if page is None and (known := self.sizes.elections) is not None and self._absent(path, known):
            nowhere = environ | {"PATH_INFO": f"/{path.split('/', 2)[1]}/{NOWHERE}", "QUERY_STRING": ""}
            return self._application(nowhere, start_response)
        return self._miss(key, page, environ, start_response)

    def _keeps(self, path: str) -> bool:
        """Whether an answer depends on its path alone."""
        if not path.startswith(self._prefixes) or PERSONAL.match(path):
            return False
        rest = path.split("/", 2)[2]
        if rest.startswith("elections/"):
            rest = rest.split("/", 2)[-1]
        elif rest.startswith(OF_NO_ELECTION):
            return False
        return not rest.startswith(UNCACHED)

    def _miss(
        self, key: str, before: CachedPage | None, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        with self._lock:
            running = self._under_way.get(key)
            if running is None:
                self._under_way[key] = threading.Event()
        if running is not None:
            if before is None:
                running.wait(WAIT_FOR_RENDERING)
                before = self._store.get(key)
            if before is not None:
                return _answer(before, environ, start_response)
            return self._application(environ, start_response)
        try:
            return self._render(key, before, environ, start_response)
        finally:
            with self._lock:
                self._under_way.pop(key).set()

    def _render(
        self, key: str, before: CachedPage | None, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        rendered = _call(self._application, environ)
        page = _page(rendered, election_of(environ["PATH_INFO"]))
        if page is not None:
            self._store.put(key, page)
            if not self.sizes.holds(page):
                self.sizes.hurry()
            return _answer(page, environ, start_response)
        if before is not None and rendered.status.startswith("5"):
            return _answer(before, environ, start_response, stale=_why(rendered))
        start_response(rendered.status, rendered.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [rendered.body]


def over_django(application: Application) -> PageCache:
    """The page cache over Django's application, once Django is set up. `ESAYLOV_PAGE_CACHE_MIB` limits the
    memory that it takes in each worker (default 64).
    """
    from django.conf import settings
    from django.db import connection
    from django.http.request import split_domain_port, validate_host

    from esaylov.elections.queries import minutes
    from esaylov.results.queries import sizes

    def ask() -> Mapping[str, int]:
        try:
            return sizes()
        except Exception:
            connection.close()
            raise

    def allowed(host: str) -> bool:
        name, _ = split_domain_port(host)
        return bool(name) and validate_host(name, settings.ALLOWED_HOSTS)

    limit = os.environ.get("ESAYLOV_PAGE_CACHE_MIB")
    return PageCache(
        application,
        Sizes(ask, clocks=minutes),
        languages=[code for code, _ in settings.LANGUAGES],
        limit=int(limit) << 20 if limit else DEFAULT_LIMIT,
        hosts=None if settings.ESAYLOV_PUBLIC_URL else Hosts(settings.ALLOWED_HOSTS, allowed),
        absent=Absent(),
    )


def election_of(path: str) -> str | None:
    """The id of the election that a path belongs to: `/uz/elections/<id>/…`."""
    parts = path.split("/", 4)
    if len(parts) == 5 and parts[2] == "elections":
        return parts[3].encode("latin-1").decode("utf-8", "replace")
    return None


def _call(application: Application, environ: Environ) -> _Rendered:
    """The application's whole answer to the plain, unconditional GET of the same path."""
    plain = {key: value for key, value in environ.items() if key not in CONDITIONAL and key not in UNREAD}
    plain |= {"REQUEST_METHOD": "GET", "QUERY_STRING": ""}
    found = _Rendered()
    written: list[bytes] = []

    def start_response(status: str, headers: Headers, _exc_info: Any = None) -> Callable[[bytes], object]:
        found.status, found.headers = status, headers
        return written.append

    chunks = application(plain, start_response)
    try:
        written.extend(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    found.body = b"".join(written)
    return found


def _why(rendered: _Rendered) -> str:
    """Why there is no newer page than the one before."""
    if rendered.header(BUSY.lower()):
        return TOO_BUSY
    return NO_DATABASE if rendered.status.startswith("503") else FAILED


def _page(rendered: _Rendered, election: str | None) -> CachedPage | None:
    """The answer as a page to keep; None when it is not a public page that says its tag."""
    tag = rendered.header("etag")
    public = "public" in rendered.header("cache-control") and not rendered.header("set-cookie")
    if not rendered.status.startswith("200") or not tag or not public:
        return None
    # A picture is compressed in itself: once more would only take time, and twice its room.
    drawn = rendered.header("content-type") in COMPRESSED
    packed = b"" if drawn else gzip.compress(rendered.body, 6, mtime=0)
    common = [(k, v) for k, v in rendered.headers if k.lower() not in ("content-length", "vary")]
    common.append(("Vary", "Accept-Encoding"))
    return CachedPage(
        election,
        tag,
        rendered.body,
        packed,
        [*common, ("Content-Length", str(len(rendered.body)))],
        [*common, ("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))],
        [(key, value) for key, value in common if key.lower() not in NOT_OF_A_304],
    )


def _answer(
    page: CachedPage, environ: Environ, start_response: StartResponse, *, stale: str = ""
) -> Iterable[bytes]:
    """A page as the answer; `stale` says why it is not known to be what it would be now."""
    more: Headers = [(STALE, stale), WARNING] if stale else []
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known is not None and _matches(known, page.tag):
        start_response("304 Not Modified", page.headers_304 + more)
        return []
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
    packed = bool(page.packed) and "gzip" in accepted and "gzip;q=0" not in accepted.replace(" ", "")
    start_response("200 OK", (page.packed_headers if packed else page.headers) + more)
    if environ["REQUEST_METHOD"] == "HEAD":
        return []
    return [page.packed if packed else page.body]


def _matches(condition: str, tag: str) -> bool:
    """Whether `If-None-Match` names the tag, by the weak comparison (RFC 9110, section 13.1.2)."""
    bare = tag.removeprefix("W/")
    return condition.strip() == "*" or any(
        one.strip().removeprefix("W/") == bare for one in condition.split(",")
    )
