"""Public pages, warm, through the page cache, against a static file from the same server."""

import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request

from esaylov.bench.client import http_request
from esaylov.bench.election import NAME
from esaylov.bench.report import Report
from esaylov.bench.site import Site, site

PRECINCTS = 560
SECONDS = 4
ROUNDS = 3
CONNECTIONS = 16
WAIT = 30.0
STATIC = "/static/esaylov.css"
PAGE = f"/en/elections/{NAME}/"


def run() -> list[Report]:
    """Measures the national page of a small election and the style sheet in turns; `wrk` drives where it is installed."""
    with site(PRECINCTS, workers=2, loops=("sequencer", "tabulator"), durable=False) as at:
        sizes = {path: len(_get(at, path)) for path in (STATIC, PAGE)}
        rates: dict[str, list[float]] = {STATIC: [], PAGE: []}
        for _ in range(ROUNDS):
            for path, found in rates.items():
                found.append(_rate(at, path))
    page, static = (sorted(rates[path])[ROUNDS // 2] for path in (PAGE, STATIC))
    return [
        Report("pages", "requests per second of a warm page against a static file from the same server",
               page / static, 0.5, True,
               ((f"page, {sizes[PAGE]:,} bytes", f"{page:,.0f}/s"),
                (f"static file, {sizes[STATIC]:,} bytes", f"{static:,.0f}/s"),
                ("driven by", "wrk" if shutil.which("wrk") else "a Python client, which may be the limit of both"))),
    ]  # fmt: skip


def _get(at: Site, path: str) -> bytes:
    """A page, waiting for it: an election is seen once it is sequenced and tabulated."""
    deadline = time.monotonic() + WAIT
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{at.port}{path}", timeout=WAIT) as answer:
                body: bytes = answer.read()
            return body
        except urllib.error.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


def _rate(at: Site, path: str) -> float:
    if shutil.which("wrk") is None:
        answer = at.drive([http_request("GET", path, {})] * 20_000, CONNECTIONS)
        return 20_000 / float(answer["seconds"])
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}", f"http://127.0.0.1:{at.port}{path}"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text or (found := re.search(r"Requests/sec:\s+([\d.]+)", text)) is None:
        raise RuntimeError(f"the measurement of {path} failed: {text}")
    return float(found[1])
