"""A protocol on paper: one sheet of A4 with its figures, its sums and the way back to the record; parts that fold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PROTOCOLS = ("protocols/p1/list/", "protocols/p2/list/", "protocols/p3/list/", "protocols/p5/q/")
PAGE_OF_PDF = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture(scope="module")
def address(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The tiny election with protocols in several states, served."""
    from tests.exchange.packages import VOTES, lines_of
    from tests.publication.browser import served
    from tests.publication.ground import EVENING, Site, data_folder

    with data_folder(tmp_path_factory.mktemp("site")) as folder:
        site = Site(folder, start=EVENING)
        for precinct in ("p1", "p2", "p3"):
            lines, votes = lines_of(precinct, "list"), VOTES[precinct]["list"]
            site.submit(precinct, "list", (*lines[:-1], 99) if precinct != "p1" else lines, votes)
        site.correct("p3", "list", lines_of("p3", "list"), VOTES["p3"]["list"])
        site.move_on()
        with served() as found:
            yield found


@pytest.mark.parametrize("place", PROTOCOLS)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_protocol_is_one_sheet(
    address: str, browser: Browser, tmp_path: Path, place: str, language: str
) -> None:
    page = browser.new_page()
    page.goto(f"{address}/{language}/elections/tiny/{place}")
    sheet = page.pdf(path=tmp_path / "sheet.pdf", prefer_css_page_size=True)
    assert len(PAGE_OF_PDF.findall(sheet)) == 1
    page.emulate_media(media="print")
    expect(page.locator(".self .qr")).to_be_visible()
    expect(page.locator("#photo")).to_be_hidden()
    expect(page.locator(".printed"), "the election's name").to_be_visible()
    page.close()


@pytest.mark.parametrize(("width", "shown"), [(1440, True), (390, False)])
@pytest.mark.parametrize("scripts", [True, False])
def test_parts_fold_on_a_narrow_screen_only(
    address: str, browser: Browser, width: int, shown: bool, scripts: bool
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844}, java_script_enabled=scripts)
    page = context.new_page()
    page.goto(f"{address}/en/elections/tiny/")
    table = page.locator("[data-live=outstanding] table").first
    expect(table).to_be_visible(visible=shown)
    if not shown:
        page.locator("summary", has=page.locator("#outstanding")).click()
        expect(table, "it opens without a script too").to_be_visible()
    context.close()


FOLDING = {
    "candidates/": "#d1 tbody td",
    "corrections/": ".correction td.number",
    "protocols/p1/list/": ".sums-fold li",
}


@pytest.mark.parametrize("path", FOLDING)
@pytest.mark.parametrize("scripts", [True, False])
def test_long_lists_fold_on_a_narrow_screen_open_by_key_and_print_whole(
    address: str, browser: Browser, path: str, scripts: bool
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, java_script_enabled=scripts)
    page = context.new_page()
    page.goto(f"{address}/en/elections/tiny/{path}")
    inside = page.locator(FOLDING[path]).first
    expect(inside).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    expect(inside).to_be_hidden()
    page.emulate_media(media="print")
    expect(inside, "paper has all").to_be_visible()
    page.emulate_media(media="screen")
    expect(inside).to_be_hidden()
    page.locator("details.fold > summary", has=page.locator("h2, h3")).first.focus()
    page.keyboard.press("Enter")
    expect(inside).to_be_visible()
    context.close()


def test_relations_that_do_not_hold_never_fold(address: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{address}/en/elections/tiny/protocols/p2/list/")
    expect(page.locator(".fails").first).to_be_visible()
    expect(page.locator(".holds")).to_have_count(1)
    expect(page.locator(".holds")).to_be_hidden()
    context.close()


def test_a_link_to_a_record_opens_it(address: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{address}/en/elections/tiny/candidates/#d2")
    page.locator("#d2 tbody td").first.wait_for(state="visible")
    expect(page.locator("#d1 tbody td").first).to_be_hidden()
    context.close()


@pytest.mark.parametrize(
    "path", ["/en/elections/tiny/protocols/p1/list/", "/ru/elections/tiny/", "/uz/check/", "/en/"]
)
def test_addresses_on_paper_are_whole(address: str, browser: Browser, path: str) -> None:
    page = browser.new_page()
    page.goto(address + path)
    page.emulate_media(media="print")
    said = page.locator("a").evaluate_all(
        "links => links.map((one) => getComputedStyle(one, '::after').content).filter((text) => text.includes('/'))"
    )
    whole = f"{address}/{path.split('/')[1]}/verify/"
    assert [one.replace('" "', "") for one in said] == [f'" ({whole})"']
    if "/protocols/" in path:
        shown = page.locator(".self p.hash").first
        assert shown.inner_text() == address + path
        assert page.locator(".self .qr title").text_content() == f"QR code of this page: {address}{path}"
    page.close()
