"""Walks through the site as its readers take them: each step is something that the reader sees, never an address.

A voter on a phone, a journalist, a blind reader, a reader with a bad connection. The observer's walk is
test_check_in_browser.py: a protocol checked on its page and from the kept file, then one byte spoiled and refused.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browsing import follow, goes_on

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Route

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
NATIONAL = "/en/elections/tiny/"
TARGET = 24
"""Pixels that a finger needs at least (WCAG 2.2, 2.5.8)."""


@pytest.fixture(scope="module")
def address(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The tiny election, counted, with a precinct in a street that has an Uzbek name."""
    from tests.exchange.packages import DECISIONS, PRECINCTS, TURNOUT
    from tests.publication.browser import served
    from tests.publication.ground import Site, data_folder

    precincts = PRECINCTS.replace("p2,n,c1,2,200,,", "p2,n,c1,2,200,Oʻqituvchilar koʻchasi 12,")
    assert precincts != PRECINCTS
    with data_folder(tmp_path_factory.mktemp("site")) as folder:
        Site(folder, turnout=TURNOUT, decisions=DECISIONS, precincts=precincts)
        with served() as found:
            yield found


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens windows with options of their own; what goes wrong in one fails the test."""
    contexts, wrong = [], list[str]()

    def new(**options: Any) -> Page:
        context = browser.new_context(reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page

    yield new
    for context in contexts:
        context.close()
    assert wrong == []


# --- the voter ---


def touch(one: Locator) -> None:
    """Taps what is seen and large enough for a finger."""
    one.scroll_into_view_if_needed()
    box = one.bounding_box()
    assert box is not None, "not to be seen"
    assert box["height"] >= TARGET, f"{box['height']} px high"
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    one.tap()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_voter_finds_the_result_of_their_precinct(
    address: str, window: Callable[..., Page], scripts: bool
) -> None:
    """Phone, Uzbek Cyrillic: front page, the street typed as one speaks it, the precinct, its protocol."""
    page = window(**PHONE, java_script_enabled=scripts)
    page.goto(f"{address}/uz-cyrl/")
    touch(page.get_by_text("Меню", exact=True))
    box = page.get_by_role("search").get_by_role("searchbox").locator("visible=true").first
    touch(box)
    box.fill("ўқитувчилар 12")
    with goes_on(page):
        box.press("Enter")
    with goes_on(page):
        touch(page.locator("main").get_by_role("link", name="2-сайлов участкаси"))
    assert page.url == f"{address}/uz-cyrl/elections/tiny/precincts/p2/"
    assert "koʻchasi 12" in page.locator("main").inner_text(), "the address as the commission wrote it"
    row = page.locator("main tbody tr").first
    shown = row.inner_text()
    assert "60" in shown, "the most votes of the list contest"
    with goes_on(page):
        touch(row.get_by_role("link"))
    assert page.url == f"{address}/uz-cyrl/elections/tiny/protocols/p2/list/"
    main = page.locator("main")
    assert re.search("[Ѐ-ӿ]{4}", page.locator("h1").inner_text())
    for votes in ("50", "60"):
        assert main.locator("td.number", has_text=re.compile(rf"^\s*{votes}\s*$")).first.is_visible()
    assert page.locator(".mark").first.is_visible(), "it is said that all of this is simulated"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


# --- the journalist ---


def dimensions(path: Path) -> tuple[int, int]:
    """Width and height of a PNG file, from its first chunk (W3C PNG 11.2.2)."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert data[12:16] == b"IHDR"
    assert b"IEND" in data[-12:]
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def test_journalist_takes_a_picture(address: str, window: Callable[..., Page], tmp_path: Path) -> None:
    """The national page, the link PNG below the half circle of seats, the file on the disk."""
    page = window(accept_downloads=True)
    page.goto(address + NATIONAL)
    figure = page.locator("figure[data-chart=seats]")
    saved = {}
    for kind in ("PNG", "SVG"):
        with page.expect_download() as download:
            figure.get_by_role("link", name=kind).click()
        saved[kind] = tmp_path / download.value.suggested_filename
        download.value.save_as(saved[kind])
    picture = saved["PNG"]
    assert picture.suffix == ".png"
    width, height = dimensions(picture)
    assert width >= 1000, "large enough for a newspaper"
    assert 5_000 < picture.stat().st_size < 500_000
    drawing = saved["SVG"].read_text()
    assert "simulated" in drawing.lower(), "the picture is made of this drawing"
    view = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawing)
    assert view is not None
    assert abs(width / height - float(view[1]) / float(view[2])) < 0.02


def test_journalist_embeds_the_seats(address: str, window: Callable[..., Page]) -> None:
    """From the national page to the line to copy; on a page of another origin it shows the seats and fits."""
    from tests.publication.newsroom.test_browser import newspaper, settled

    page = window(viewport={"width": 1100, "height": 900})
    page.goto(address + NATIONAL)
    follow(page, page.get_by_role("link", name="For newsrooms").first)
    line = page.get_by_role("region", name=re.compile("^Line to copy")).first.inner_text()
    with newspaper(line) as paper:
        page.goto(paper)
        wide = settled(page.locator("iframe"))
        frame = page.frames[1]
        assert "Green" in frame.locator("main").inner_text()
        assert "simulated" in frame.locator("main").inner_text()
        assert frame.get_by_role("img").or_(frame.locator("svg")).first.is_visible()
        frame.get_by_text("The numbers of this picture").click()
        opened = settled(page.locator("iframe"))
        assert opened > wide, "it grows with what is opened in it"
        assert opened == frame.evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
        assert page.context.cookies() == []


# --- the blind reader ---

FOCUSABLE = """() => [...document.querySelectorAll(
  "a[href], button:not([disabled]), input, summary, select, textarea, [tabindex='0']")].filter(one => {
    const group = one.type === "radio" ? document.querySelectorAll(`input[name="${one.name}"]`) : [];
    const seen = one.checkVisibility({visibilityProperty: true}) && (!group.length || one.checked);
    return seen && !one.closest("[inert]") && one.tabIndex >= 0;
  }).length"""
FOCUSED = """() => {
  const one = document.activeElement;
  if (one === document.body || one === document.documentElement) return null;
  window.stops ??= [];
  const figure = one instanceof SVGElement ? one.closest("figure") : null;  // drawn anew, a link is still the same
  const key = figure ? `${figure.dataset.chart} ${one.getAttribute("href")}` : one;
  const again = window.stops.includes(key);
  window.stops.push(key);
  const marked = one.type === "radio" ? document.querySelector(`label[for="${one.id}"]`) : one;
  const looks = [marked, ...marked.querySelectorAll("*")].map(part => getComputedStyle(part));
  const inset = looks.some(look => look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2);
  const shape = looks.some(look => look.stroke !== "none" && parseFloat(look.strokeWidth) >= 2);
  const box = marked.getBoundingClientRect();
  const around = [box.left, box.top, box.right, box.bottom];
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const middle = document.elementFromPoint(Math.max(0, Math.min(innerWidth - 1, (box.left + box.right) / 2)),
                                           Math.max(0, Math.min(innerHeight - 1, (box.top + box.bottom) / 2)));
  const label = one.getAttribute("aria-label") ?? one.labels?.[0]?.textContent ?? one.textContent;
  return {again, ring: inset || (one instanceof SVGElement && shape), inside, around,
          covered: !(one instanceof SVGElement) && !!middle && !marked.contains(middle) && !middle.contains(marked),
          name: label.replace(/\\s+/g, " ").trim(), tag: one.tagName.toLowerCase(), html: one.outerHTML.slice(0, 150)};
}"""


def stops(page: Page, key: str) -> list[dict[str, Any]]:
    """Presses a key until the focus has gone round; everything where it stopped."""
    page.evaluate("window.stops = []")
    met: list[dict[str, Any]] = []
    for _ in range(400):
        page.keyboard.press(key)
        stop = page.evaluate(FOCUSED)
        if stop is None or stop["again"]:
            return met
        met.append(stop)
    pytest.fail(f"after 400 times {key} the focus is at {met[-1]}")


@pytest.mark.parametrize("width", [1440, 390])
def test_keyboard_goes_round_the_national_page(address: str, window: Callable[..., Page], width: int) -> None:
    """Everything is reached, nothing holds the focus, and one always sees where it is."""
    page = window(viewport={"width": width, "height": 900})
    page.goto(address + NATIONAL)
    page.locator("[data-live-bar][data-state=on]").wait_for()
    met = stops(page, "Tab")
    assert [one["html"] for one in met if not one["ring"]] == [], "focus that is not seen"
    assert [one["html"] for one in met if not one["inside"]] == [], "focus outside the window"
    assert [one["html"] for one in met if one["covered"]] == [], "focus under something else"
    assert [one["html"] for one in met if not one["name"]] == [], "stops without a name"
    assert len(met) == page.evaluate(FOCUSABLE)
    names = [one["name"] for one in met]
    assert names[0] == "Skip to the content"
    assert "Pause updates" in names
    assert any(name.startswith("District 1") for name in names), "hexagons"
    back = [one["name"] for one in stops(page, "Shift+Tab")]
    assert sorted(back) == sorted(names)


def test_keyboard_works_every_part_of_the_national_page(address: str, window: Callable[..., Page]) -> None:
    """Skip link, folds, the map's switch, a hexagon, the pause button: with Tab, Enter, Space and arrows alone."""
    page = window(viewport={"width": 390, "height": 844})
    page.goto(address + NATIONAL)
    page.locator("[data-live-bar][data-state=on]").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    for fold in page.locator("main details.fold:visible").all():
        before = fold.evaluate("one => one.open")
        fold.locator("summary").first.focus()
        page.keyboard.press("Enter")
        assert fold.evaluate("one => one.open") is not before
        page.keyboard.press("Space")
        assert fold.evaluate("one => one.open") is before
    switch = page.locator("input.chart-mode").first
    switch.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("input.chart-mode").nth(1)).to_be_checked()
    pause = page.get_by_role("button", name="Pause updates")
    pause.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Resume updates").wait_for()
    hexagon = page.locator(".chart-districts svg a").first
    hexagon.focus()
    with goes_on(page):
        page.keyboard.press("Enter")
    assert "/elections/tiny/" in page.url
    assert page.url != address + NATIONAL


def test_reader_of_the_tree_hears_the_answer_first(address: str, window: Callable[..., Page]) -> None:
    """Landmarks, headings in order, the answer before every figure, names for hexagons and tables, a live region."""
    page = window(viewport={"width": 1440, "height": 900})
    page.goto(address + NATIONAL)
    page.locator("[data-live-bar][data-state=on]").wait_for()
    whole = page.locator("body").aria_snapshot()
    for landmark in ("banner", "main", "contentinfo", "navigation", "search"):
        assert re.search(rf"^\s*- {landmark}\b", whole, re.M), landmark
    levels = [int(level) for level in re.findall(r"- heading .*\[level=(\d)\]", whole)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    main = page.locator("main").aria_snapshot()
    answer = page.locator("main .answer").first.inner_text().split(".")[0][:30]
    assert answer in main
    assert main.index("heading") < main.index(answer) < main.index("table")
    assert all(f'- {kind} "' not in main[: main.index(answer)] for kind in ("table", "img", "figure"))
    unnamed = [
        line for line in main.splitlines() if re.fullmatch(r"\s*- (table|region|img|link|button):?", line)
    ]
    assert unnamed == [], "tables, regions, pictures and links have names"
    hexagons = page.locator(".chart-districts").first.aria_snapshot()
    assert re.search(r'link "District 1[^"]*\d', hexagons), "a hexagon says its name and who leads"
    assert page.get_by_role("status").count() >= 1


# --- bad conditions ---


def without(page: Page, *kinds: str) -> None:
    """The window loads nothing of these kinds: image, stylesheet, font, script."""

    def decide(route: Route) -> None:
        if route.request.resource_type in kinds:
            route.abort()
        else:
            route.continue_()

    page.route("**/*", decide)


def test_page_reads_in_order_without_pictures_and_styles(address: str, window: Callable[..., Page]) -> None:
    page = window(viewport={"width": 390, "height": 844})
    without(page, "image", "stylesheet", "font", "script")
    page.goto(address + NATIONAL)
    answer = page.locator("main .answer")
    places = [
        page.locator(one).first.bounding_box() for one in ("h1", "main .answer", "main table", "footer")
    ]
    heights = [box["y"] for box in places if box]
    assert heights == sorted(heights)
    assert len(heights) == len(places)
    assert answer.is_visible()
    large = page.locator("svg.icon").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().width > 40).map(one => one.outerHTML)"
    )
    assert large == [], "icons know their size without the style sheet"
    assert page.locator("main table").first.locator("caption, th").first.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_readers_own_colours_hide_nothing(address: str, window: Callable[..., Page], scheme: str) -> None:
    """High contrast: letters of every hexagon and bar stand out from their ground; the focus is seen."""
    page = window(viewport={"width": 390, "height": 844}, forced_colors="active", color_scheme=scheme)
    page.goto(address + NATIONAL)
    lost = page.locator(".chart-picture text").evaluate_all(
        """all => { const ground = getComputedStyle(document.querySelector(".chart-picture")).backgroundColor;
            return all.filter(one => getComputedStyle(one).fill === ground).map(one => one.textContent); }"""
    )
    assert [text for text in lost if not text.isdigit()] == [], "only numbers of districts stand on a colour"
    tabs = page.locator(".chart-switch label")
    lines = tabs.evaluate_all("all => all.map(one => getComputedStyle(one).borderBottomColor)")
    assert lines.count(lines[0]) == 1, "the chosen map is the one with a line"
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["ring"]
    button = page.locator("[data-live-pause]")
    assert button.evaluate("one => parseFloat(getComputedStyle(one).borderTopWidth)") >= 1


def test_national_page_prints_whole(address: str, window: Callable[..., Page]) -> None:
    """On paper nothing stays folded or reserved for a screen. (The protocol on one sheet: test_print.py.)"""
    page = window(viewport={"width": 390, "height": 844})
    page.goto(address + NATIONAL)
    sheet = page.pdf(format="A4", prefer_css_page_size=True)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", sheet)) <= 12
    page.emulate_media(media="print")
    expect(page.locator(".mark").first).to_be_visible()
    expect(page.locator(".source"), "what it was computed from").to_be_visible()
    expect(page.locator(".live-bar")).to_be_hidden()


SHIFTS = """() => { window.moved = [];
  new PerformanceObserver(list => { for (const one of list.getEntries())
    window.moved.push([one.value, ...one.sources.map(source => source.node?.textContent.trim().slice(0, 80))]); })
    .observe({type: "layout-shift", buffered: true}); }"""


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_jumps_when_scripts_and_letters_come_late(
    address: str, window: Callable[..., Page], width: int
) -> None:
    """Fonts and scripts arrive after the page; the reader scrolls to its end: nothing has moved."""
    page = window(viewport={"width": width, "height": 900})

    def late(route: Route) -> None:
        if route.request.resource_type in ("font", "script"):
            page.wait_for_timeout(150)
        route.continue_()

    page.route("**/static/**", late)
    page.goto(address + NATIONAL)
    page.evaluate(SHIFTS)
    for _ in range(8):
        page.mouse.wheel(0, 900)
        page.wait_for_timeout(80)
    page.wait_for_timeout(300)
    assert page.evaluate("window.moved") == []
