"""A first visit to the national page of the demonstration: what Chromium transfers and when it paints first on a slow line.

Needs Chromium and Playwright, which only the tests install (`make test-tools`).
"""

import os
import shutil
from importlib.util import find_spec
from statistics import median
from typing import TYPE_CHECKING, Any

from esaylov.bench.report import Report
from esaylov.bench.site import demonstration

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGE = "/uz/elections/uz-lc-2024-demo/"
NAMES = ("chromium", "chromium-browser", "google-chrome")
ROUNDS = 3
KIBIBYTES = 300
SECONDS = 2.0
CHARTS_SCRIPT = "charts"
# The preset "Slow 4G" of Chromium's developer tools: bytes per second, milliseconds.
SLOW_4G = {"offline": False, "downloadThroughput": 180_000, "uploadThroughput": 84_375, "latency": 562.5}
FIRST_PAINT = """() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null"""


def run() -> list[Report]:
    """Visits the page on a telephone's screen with an empty cache; the median of three."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None or find_spec("playwright") is None:
        print("visit: not measured, it needs Chromium and Playwright (make test-tools)", flush=True)
        return []
    from playwright.sync_api import sync_playwright

    flags = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with demonstration(workers=2) as at, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        visit(browser, at.port)  # the page cache is warm from here on
        visits = [visit(browser, at.port) for _ in range(ROUNDS)]
        browser.close()
    return reports(visits)


def reports(visits: list[dict[str, Any]]) -> list[Report]:
    """What the visits transferred and when they painted."""
    sent = min(visits, key=lambda one: one["bytes"])
    paint = median(one["paint"] for one in visits)
    largest = sorted(sent["files"].items(), key=lambda file: -file[1])[:6]
    return [
        Report("visit: transfer", "KiB of a first visit to the national page, without the charts' script, of 300 KiB",
               sent["bytes"] / 1024 / KIBIBYTES, 1.0, False,
               (("transferred", f"{sent['bytes'] / 1024:,.0f} KiB in {len(sent['files'])} files"),
                *((name, f"{size / 1024:,.1f} KiB") for name, size in largest))),
        Report("visit: first paint", "first contentful paint on Slow 4G, of 2 seconds", paint / 1000 / SECONDS, 1.0, False,
               tuple((f"visit {n}", f"{one['paint'] / 1000:.2f} s") for n, one in enumerate(visits, start=1))),
    ]  # fmt: skip


def visit(browser: "Browser", port: int) -> dict[str, Any]:
    """One visit with an empty cache on a slow line: bytes over the wire by file, milliseconds to the first paint."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_4G)
    names: dict[str, str] = {}
    files: dict[str, int] = {}
    session.on(
        "Network.responseReceived", lambda event: names.update({event["requestId"]: event["response"]["url"]})
    )
    session.on(
        "Network.loadingFinished",
        lambda event: files.update({names.get(event["requestId"], "?"): int(event["encodedDataLength"])}),
    )
    answer = page.goto(f"http://127.0.0.1:{port}{PAGE}", wait_until="networkidle")
    if answer is None or not answer.ok:
        raise RuntimeError(f"the page did not come: {answer and answer.status}")
    paint = page.evaluate(FIRST_PAINT)
    context.close()
    counted = {name: size for name, size in files.items() if not _of_the_charts(name)}
    return {"bytes": sum(counted.values()), "files": counted, "paint": paint}


def _of_the_charts(url: str) -> bool:
    name = url.rpartition("/")[2]
    return CHARTS_SCRIPT in name or "vega" in name or url.endswith(".json")
