"""The demonstration in pictures: what the documentation shows, taken from the pages as they are.

With ESAYLOV_SCREENSHOTS=1 the pictures go to docs/screenshots/, else to a temporary folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DOCS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
DEMO = "elections/uz-lc-2024-demo/"
PNG = b"\x89PNG"
LARGEST = 500_000


@pytest.fixture(scope="module")
def address(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The simulated election, counted to the end, served."""
    from esaylov.acts.sequencer import Sequencer
    from esaylov.demo.simulation import write_package
    from esaylov.exchange.package import read_package
    from esaylov.operations.loading import load
    from esaylov.results.tabulator import Tabulators
    from tests.publication.browser import served
    from tests.publication.ground import data_folder

    with data_folder(tmp_path_factory.mktemp("demo")) as folder:
        write_package(folder / "package")
        load(read_package(folder / "package"))
        Sequencer(head_every=3600).run_once()
        assert Tabulators().run_once()
        with served() as found:
            yield found


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if os.environ.get("ESAYLOV_SCREENSHOTS") == "1":
        DOCS.mkdir(parents=True, exist_ok=True)
        return DOCS
    return tmp_path_factory.mktemp("pictures")


def shoot(page: Page, path: Path, last: str, first: str = "") -> None:
    """The page from its top, where it says that it is simulated (or from an element), to the end of an element."""
    expect(page.locator(".mark").first).to_be_visible()
    page.evaluate("scrollTo(0, 0)")  # places are counted from the window's top
    page.wait_for_timeout(300)
    box, top = page.locator(last).last.bounding_box(), 0.0
    if first:
        start = page.locator(first).first.bounding_box()
        assert start is not None
        top = start["y"] - 12
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert box is not None
    clip = {"x": 0, "y": top, "width": width, "height": box["y"] + box["height"] + 12 - top}
    page.screenshot(path=path, full_page=True, clip=clip)  # type: ignore[arg-type]
    assert path.read_bytes().startswith(PNG)
    assert path.stat().st_size <= LARGEST, f"{path.name}: {path.stat().st_size:,} bytes"


def window(browser: Browser, width: int = 1280, scheme: str = "light", scale: float = 1) -> Page:
    """A new window."""
    return browser.new_context(
        viewport={"width": width, "height": 900},
        device_scale_factor=scale,
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    ).new_page()


def test_front_page(address: str, browser: Browser, pictures: Path) -> None:
    page = window(browser)
    page.goto(f"{address}/ru/")
    shoot(page, pictures / "front.png", "main .doors")


@pytest.mark.parametrize(
    ("language", "answer"), [("en", "64 of 150 seats"), ("uz", "150 oʻrindan 64 tasini oldi")]
)
def test_national_page(address: str, browser: Browser, pictures: Path, language: str, answer: str) -> None:
    page = window(browser)
    page.goto(f"{address}/{language}/{DEMO}")
    assert answer in page.locator(".answer").first.inner_text()
    seats = [
        [int(row.locator("td").nth(place).inner_text()) for place in (0, 1, 2)]
        for row in page.locator("table.seats tbody tr").all()
    ]
    assert sorted(seats) == sorted([[64, 26, 38], [29, 14, 15], [20, 13, 7], [21, 12, 9], [16, 10, 6]])
    shoot(page, pictures / f"national-{language}.png", ".answer-columns")


def test_national_page_on_a_telephone(address: str, browser: Browser, pictures: Path) -> None:
    page = window(browser, width=390, scheme="dark", scale=1.5)
    page.goto(f"{address}/uz-cyrl/{DEMO}")
    shoot(page, pictures / "national-telephone.png", ".answer-picture .chart-picture")


def test_map_of_districts(address: str, browser: Browser, pictures: Path) -> None:
    page = window(browser, width=900, scale=1.5)
    page.goto(f"{address}/en/{DEMO}")
    page.locator(".chart-label-lead").first.click()
    assert page.locator(".chart-districts").first.get_by_role("link").count() >= 75
    shoot(page, pictures / "districts.png", ".chart-districts .chart-form-lead .chart-keys", "#map")


def test_worked_allocation(address: str, browser: Browser, pictures: Path) -> None:
    page = window(browser)
    page.goto(f"{address}/en/{DEMO}contests/list/")
    steps = page.locator(".stages > li")
    assert steps.count() == 6
    steps.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    assert "14,946,187 ÷ 75 = 199,282 37/75" in steps.nth(3).inner_text()
    assert "73 seats are given, 2 are left" in steps.nth(4).inner_text()
    shoot(page, pictures / "worked-allocation.png", ".stages", ".page-header")


def test_protocol(address: str, browser: Browser, pictures: Path) -> None:
    page = window(browser)
    page.goto(f"{address}/en/{DEMO}protocols/1703-0001/list/")
    assert "It counts" in page.locator(".answer").first.inner_text()
    assert page.locator(".sums .holds").count() == 8
    page.locator("[data-check-start]:enabled").click()
    page.locator("[data-check-result][data-result=holds]").wait_for()
    shoot(page, pictures / "protocol.png", "[data-check-steps]", ".page-header")


def test_page_for_newsrooms(address: str, browser: Browser, pictures: Path) -> None:
    from tests.publication.newsroom.test_browser import settled

    page = window(browser)
    page.goto(f"{address}/en/{DEMO}for-newsrooms/")
    frame = page.frame_locator(".embed-preview iframe").first
    frame.locator(".embed-foot").wait_for()
    settled(page.locator(".embed-preview iframe").first)
    shoot(page, pictures / "newsrooms.png", ".offer >> nth=0")
