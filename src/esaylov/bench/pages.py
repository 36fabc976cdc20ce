"""Public pages, warm, through the page cache, against a static file from the same server; and both behind nginx."""

import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from esaylov.bench.client import http_request
from esaylov.bench.election import NAME
from esaylov.bench.nginx import nginx, program
from esaylov.bench.report import Report
from esaylov.bench.site import Site, site
from esaylov.server.processes import STATIC

PRECINCTS = 560
SECONDS = 3
ROUNDS = 5
CONNECTIONS = 16
WAIT = 30.0
PAGE = f"/en/elections/{NAME}/"
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
PLAIN: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Race:
    """A page and a static file of one server, as addresses with their sizes in bytes, and the headers to ask with."""

    port: int
    page: int
    static: str
    static_size: int
    headers: Mapping[str, str]

    @property
    def details(self) -> tuple[str, str]:
        """Both in words."""
        return f"page, {self.page:,} bytes", f"static file, {self.static_size:,} bytes"


def run() -> list[Report]:
    """Measures the national page of a small election and a static file of about its size in turns, by the site itself,
    and behind nginx where that is installed; `wrk` drives where it is installed. Pages are asked for as browsers do,
    who all take them compressed; a font, the file beside it, is compressed in itself.
    """
    with site(PRECINCTS, workers=2, loops=("sequencer", "tabulator"), durable=False) as at:
        page = len(_get(at.port, PAGE, BROWSER))
        reports = [_measure("pages", "of a warm page against a static file from the same server", 0.5, at,
                            Race(at.port, page, *static_like(page), BROWSER))]  # fmt: skip
        if program() is None:
            print("pages behind nginx: not measured, nginx is not installed", flush=True)
        else:
            reports.append(_behind_nginx(at))
    return reports


def _behind_nginx(at: Site) -> Report:
    """The same with nginx before the site, asked as browsers ask; the static file holds the page's own bytes, compressed
    beforehand as nginx's other static files are. The plain forms of both are raced too, and told.
    """
    with tempfile.TemporaryDirectory(prefix="esaylov-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with nginx(at.port, folder) as port:
            plain, packed = _get(port, PAGE), _get(port, PAGE, BROWSER)
            (folder / "page.html").write_bytes(plain)
            (folder / "page.html.gz").write_bytes(packed)
            found = _measure(
                "pages behind nginx", "of a page in nginx's cache against the same bytes as nginx's own file", 0.9, at,
                Race(port, len(packed), "/static/page.html", len(packed), BROWSER),
            )  # fmt: skip
            pages, files = _rates(at, Race(port, len(plain), "/static/page.html", len(plain), PLAIN))
    told = f"{_ratio(pages, files):.2f} ({median(pages):,.0f}/s against {median(files):,.0f}/s)"
    return replace(
        found, details=(*found.details, (f"not compressed, {len(plain):,} bytes, as no browser asks", told))
    )


def static_like(size: int) -> tuple[str, int]:
    """The address and size of the static file (a font: the web server serves those by itself) nearest to `size` bytes."""
    files = [(path, path.stat().st_size) for path in (STATIC / "assets" / "fonts").iterdir()]
    found, bytes_ = min(files, key=lambda file: abs(file[1] - size))
    return f"/static/{found.relative_to(STATIC).as_posix()}", bytes_


def _measure(name: str, what: str, goal: float, at: Site, race: Race) -> Report:
    pages, files = _rates(at, race)
    driver = "wrk" if shutil.which("wrk") else "a Python client, which may be the limit of both"
    shown = tuple(zip(race.details, (f"{median(one):,.0f}/s" for one in (pages, files)), strict=True))
    return Report(
        name, f"requests per second {what}", _ratio(pages, files), goal, True, (*shown, ("driven by", driver))
    )


def _ratio(pages: Sequence[float], files: Sequence[float]) -> float:
    """The median of the rounds' ratios: both halves of a round find the machine about equally busy."""
    return median(page / file for page, file in zip(pages, files, strict=True))


def _rates(at: Site, race: Race) -> tuple[list[float], list[float]]:
    """Requests per second of the page and of the file, round by round."""
    found: dict[str, list[float]] = {PAGE: [], race.static: []}
    for path in found:
        _get(race.port, path, race.headers)
    for _ in range(ROUNDS):
        for path, rates in found.items():
            rates.append(_rate(at, race, path))
    return found[PAGE], found[race.static]


def _get(port: int, path: str, headers: Mapping[str, str] = PLAIN) -> bytes:
    """A page, waiting for it: an election is seen once it is sequenced and tabulated."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=dict(headers))
    deadline = time.monotonic() + WAIT
    while True:
        try:
            with urllib.request.urlopen(asked, timeout=WAIT) as answer:  # noqa: S310  an address of this machine
                body: bytes = answer.read()
            return body
        except urllib.error.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


def _rate(at: Site, race: Race, path: str) -> float:
    if shutil.which("wrk") is None:
        requests = [http_request("GET", path, dict(race.headers))] * 20_000
        return 20_000 / float(Site(race.port, at.tokens).drive(requests, CONNECTIONS)["seconds"])
    headers = [part for name, value in race.headers.items() for part in ("-H", f"{name}: {value}")]
    address = f"http://127.0.0.1:{race.port}{path}"
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}", *headers, address]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text or (found := re.search(r"Requests/sec:\s+([\d.]+)", text)) is None:
        raise RuntimeError(f"the measurement of {path} failed: {text}")
    return float(found[1])
