"""Names of places, parties and candidates that try to be something else, in Chromium with Vega in the page: nothing runs, nothing
is fetched, every picture is drawn, every name is shown as it is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browsing import PATIENCE
from tests.publication.test_hostile_names import HOSTILE
from tests.publication.test_quiet_console import draw_all, listen

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

NAMES = (
    *HOSTILE,
    "</script><img src=x onerror=alert(1)></title></svg></text><svg onload=alert(1)>",
    "'\"`${alert(1)}` &lt;b&gt; &amp;amp; \\u003cscript\\u003e \\",
    "datum.votes; signal('x'); [object Object] __proto__ constructor",
    "a\u0085b\u009fc\u200bd\ufeffe\u061cf\u2060g",
    "\ue000\uf8ff\U000f0000 \ue00012\ue001",
    "tab\tline\r\nline\n\n=1+1",
    "W" * 200,
    "\u040b" * 199 + "\u0301",
    "word " * 40,
)
PAGES = (
    "", "contests/", "contests/list/", "contests/d1/", "contests/q/", "territories/uz/", "territories/n/", "territories/c1/",
    "precincts/p1/", "protocols/p1/list/", "protocols/p1/d1/", "candidates/", "parties/", "embed/seats/", "embed/map/",
    "embed/territories/uz/", "search/?q=alert", "for-newsrooms/", "corrections/",
)  # fmt: skip
WATCH = """
globalThis.ran = [];
for (const name of ["alert", "confirm", "prompt"]) globalThis[name] = (...given) => ran.push([name, ...given]);
"""


def named(table: str, first: int) -> str:
    """A table of the package whose names are hostile ones, from one of them on."""
    head, *rows = csv.reader(io.StringIO(table))
    column = next(n for n, one in enumerate(head) if one.startswith(("name", "title")))
    for number, row in enumerate(rows):
        row[column] = f"{NAMES[(first + number) % len(NAMES)]} {number}"
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head, *rows])
    return out.getvalue()


def with_every_name(table: str, contest: str) -> str:
    """The table of options with one more candidate or list of a contest for each name."""
    kind = "party-list" if contest == "list" else "candidate"
    out = io.StringIO()
    more = [(f"x{n}", contest, kind, f"{name} {n}", 10 + n, "", "") for n, name in enumerate(NAMES)]
    csv.writer(out, lineterminator="\n").writerows(more)
    return table + out.getvalue()


@pytest.fixture(scope="module")
def address(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The tiny election with hostile names, and one protocol for each contest, served."""
    from tests.exchange.packages import (
        CONTESTS,
        OPTIONS,
        TERRITORIES,
        VOTES,
        lines_of,
        protocols_text,
        votes_text,
    )
    from tests.publication.browser import served
    from tests.publication.ground import EVENING, Site, data_folder

    empty = {
        "protocols": protocols_text().splitlines()[0] + "\n",
        "votes": votes_text().splitlines()[0] + "\n",
    }
    options = with_every_name(with_every_name(named(OPTIONS, 0), "list"), "d1")
    with data_folder(tmp_path_factory.mktemp("site")) as folder:
        site = Site(
            folder,
            start=EVENING,
            options=options,
            territories=named(TERRITORIES, 3),
            contests=named(CONTESTS, 6),
            **empty,
        )
        for contest in ("list", "d1", "q"):
            votes = VOTES["p1"][contest]
            more = [1] * len(NAMES) if contest != "q" else []
            site.submit("p1", contest, lines_of("p1", contest), [votes[0], votes[1] - len(more), *more])
        site.submit("p3", "d2", lines_of("p3", "d2"), VOTES["p3"]["d2"])
        site.move_on()
        with served() as found:
            yield found


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A reader whose browser notes what runs and lets nothing out to another site."""
    made = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    made.add_init_script(WATCH)
    strange: list[str] = []
    made.on(
        "request",
        lambda asked: None if asked.url.startswith((address, "blob:")) else strange.append(asked.url),
    )
    yield made
    made.close()
    assert strange == []


def foreign(page: Page) -> list[str]:
    """What no name may have put into a page: code, frames, references to elsewhere."""
    found: list[str] = page.evaluate(
        """() => [
            ...[...document.querySelectorAll("script:not([src])")].filter((one) => one.type !== "application/ld+json"),
            ...[...document.querySelectorAll("*")].filter((one) => one.getAttributeNames().some((name) => name.startsWith("on"))),
            ...[...document.querySelectorAll("iframe")].filter((one) => !one.src.startsWith(`${location.origin}/`)),
            ...document.querySelectorAll("img[src=x], object, foreignObject, [href^='javascript:' i], [href^='data:' i]"),
        ].map((one) => one.outerHTML.slice(0, 200)).concat(globalThis.ran.map(String))"""
    )
    return found


def beside(page: Page, expected: str) -> str | None:
    """The name beside the pointer: the expected one as soon as it is there, else what stands there in its stead."""
    for _ in range(PATIENCE // 50):
        text = page.locator(".chart-tip strong").text_content()
        if text == expected:
            break
        page.wait_for_timeout(50)
    return text


@pytest.mark.parametrize("language", ["en", pytest.param("uz-cyrl", marks=pytest.mark.slow)])
def test_no_name_runs_in_a_page_with_pictures(address: str, context: BrowserContext, language: str) -> None:
    page = context.new_page()
    told = listen(page)
    drawn = 0
    for path in PAGES:
        answer = page.goto(f"{address}/{language}/elections/tiny/{path}")
        assert answer is not None
        assert answer.status == 200, path
        page.wait_for_load_state("networkidle")
        drawn += draw_all(page)
        assert foreign(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    assert drawn >= 5
    assert told == []
    page.close()


def test_vega_shows_every_name_as_it_is(address: str, context: BrowserContext) -> None:
    """The words under the pointer come from the specification: for each bar the whole name, and nothing made of it."""
    page = context.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    told = listen(page)
    for contest in ("list", "d1"):
        page.goto(f"{address}/en/elections/tiny/contests/{contest}/")
        page.wait_for_load_state("networkidle")
        assert draw_all(page)
        figure = page.locator("figure[data-spec-url]").first
        written = page.evaluate(
            "async (url) => (await (await fetch(url)).json()).datasets.bars.map((one) => one.option)",
            figure.get_attribute("data-spec-url"),
        )
        assert len(written) == len(NAMES) + 2
        shown = []
        bars = figure.locator(".chart-drawn .mark-rect").last.locator("path").all()
        assert len(bars) == len(written)
        for bar in bars:
            bar.hover(force=True)
            shown.append(beside(page, written[len(shown)]))
            assert page.locator(".chart-tip *:not(strong)").count() == 0
        assert shown == written
        assert foreign(page) == []
    assert told == []
    page.close()


@pytest.mark.parametrize("name", ["a\u0007b", "a\u001fb", "a\u007fb", "a\u0000b", "a\u000bb"])
def test_control_characters_are_no_part_of_a_name(name: str) -> None:
    from esaylov.exchange.values import parse_text

    with pytest.raises(ValueError, match="control character"):
        parse_text(name)
