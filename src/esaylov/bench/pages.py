"""Public pages, warm, through the page cache, against a static file from the same server; and both behind nginx."""

import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from esaylov.bench.client import http_request
from esaylov.bench.election import NAME
from esaylov.bench.nginx import nginx, program
from esaylov.bench.report import Report
from esaylov.bench.site import Site, site
from esaylov.server.processes import STATIC

PRECINCTS = 560
SECONDS = 4
ROUNDS = 3
CONNECTIONS = 16
WAIT = 30.0
PAGE = f"/en/elections/{NAME}/"


@dataclass(frozen=True, slots=True)
class Race:
    """A page and a static file of one server, as addresses with their sizes in bytes."""

    port: int
    page: int
    static: str
    static_size: int

    @property
    def details(self) -> tuple[str, str]:
        """Both in words."""
        return f"page, {self.page:,} bytes", f"static file, {self.static_size:,} bytes"


def run() -> list[Report]:
    """Measures the national page of a small election and a static file of about its size in turns, by the site itself,
    and behind nginx where that is installed; `wrk` drives where it is installed.
    """
    with site(PRECINCTS, workers=2, loops=("sequencer", "tabulator"), durable=False) as at:
        page = _get(at.port, PAGE)
        reports = [_measure("pages", "of a warm page against a static file from the same server", 0.5, at,
                            Race(at.port, len(page), *static_like(len(page))))]  # fmt: skip
        if program() is None:
            print("pages behind nginx: not measured, nginx is not installed", flush=True)
        else:
            reports.append(_behind_nginx(at, page))
    return reports


def _behind_nginx(at: Site, page: bytes) -> Report:
    """The same with nginx before the site; the static file holds the page's own bytes."""
    with tempfile.TemporaryDirectory(prefix="esaylov-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "page.html").write_bytes(page)
        with nginx(at.port, folder) as port:
            return _measure(
                "pages behind nginx", "of a page in nginx's cache against the same bytes as nginx's own file", 0.9, at,
                Race(port, len(page), "/static/page.html", len(page)),
            )  # fmt: skip


def static_like(size: int) -> tuple[str, int]:
    """The address and size of the static file (a font: the web server serves those by itself) nearest to `size` bytes."""
    files = [(path, path.stat().st_size) for path in (STATIC / "assets" / "fonts").iterdir()]
    found, bytes_ = min(files, key=lambda file: abs(file[1] - size))
    return f"/static/{found.relative_to(STATIC).as_posix()}", bytes_


def _measure(name: str, what: str, goal: float, at: Site, race: Race) -> Report:
    rates: dict[str, list[float]] = {PAGE: [], race.static: []}
    for path in rates:
        _get(race.port, path)
    for _ in range(ROUNDS):
        for path, found in rates.items():
            found.append(_rate(at, race.port, path))
    page, file = (sorted(rates[path])[ROUNDS // 2] for path in (PAGE, race.static))
    driver = "wrk" if shutil.which("wrk") else "a Python client, which may be the limit of both"
    shown = tuple(zip(race.details, (f"{page:,.0f}/s", f"{file:,.0f}/s"), strict=True))
    return Report(
        name, f"requests per second {what}", page / file, goal, True, (*shown, ("driven by", driver))
    )


def _get(port: int, path: str) -> bytes:
    """A page, waiting for it: an election is seen once it is sequenced and tabulated."""
    deadline = time.monotonic() + WAIT
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=WAIT) as answer:
                body: bytes = answer.read()
            return body
        except urllib.error.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


def _rate(at: Site, port: int, path: str) -> float:
    if shutil.which("wrk") is None:
        answer = Site(port, at.tokens).drive([http_request("GET", path, {})] * 20_000, CONNECTIONS)
        return 20_000 / float(answer["seconds"])
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}", f"http://127.0.0.1:{port}{path}"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text or (found := re.search(r"Requests/sec:\s+([\d.]+)", text)) is None:
        raise RuntimeError(f"the measurement of {path} failed: {text}")
    return float(found[1])
