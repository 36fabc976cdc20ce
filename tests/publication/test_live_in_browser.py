"""A page that is open while the night goes on: it follows, it keeps what its reader does, it is never of two sizes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browsing import drawn

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

    from tests.publication.ground import Site

pytestmark = pytest.mark.browser

NATIONAL = "/en/elections/tiny/"
LIVE = "**/open/elections/tiny/live.json"


class Night:
    """The site, and an election night that goes on one protocol at a time."""

    def __init__(self, address: str, site: Site) -> None:
        from tests.exchange.packages import VOTES

        self.address = address
        self.site = site
        self.places = [(p, c) for p, contests in VOTES.items() for c in contests]

    def go_on(self, contest: str = "") -> int:
        """The next protocol (of a contest) arrives; the size afterwards. (In a thread: Playwright keeps this one's event loop.)"""
        from tests.exchange.packages import VOTES, lines_of

        # Once every place has reported, one reports again and is kept beside as conflicting.
        left = [place for place in self.places if contest in ("", place[1])]
        precinct, contest = left[0] if left else ("p1", "list")
        self.places = [place for place in self.places if place != (precinct, contest)]
        sizes: list[int] = []

        def work() -> None:
            from django.db import connections

            self.site.submit(precinct, contest, lines_of(precinct, contest), VOTES[precinct][contest])
            sizes.append(self.site.move_on())
            connections.close_all()

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        return sizes[0]


@pytest.fixture(scope="module")
def night(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    from tests.publication.browser import served
    from tests.publication.ground import EVENING, Site, data_folder

    with data_folder(tmp_path_factory.mktemp("site")) as folder:
        site = Site(folder, start=EVENING)
        night = Night("", site)
        night.go_on()
        with served() as address:
            night.address = address
            yield night


@pytest.fixture(scope="module")
def address(night: Night) -> str:
    return night.address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 390, "height": 844})
    yield made
    made.unroute_all(behavior="ignoreErrors")
    made.close()


def opened(night: Night, context: BrowserContext, path: str = NATIONAL) -> Page:
    """A page with its scripts at work."""
    page = context.new_page()
    page.goto(night.address + path)
    page.locator("[data-live-bar][data-state=on]").wait_for()
    return page


def still(context: BrowserContext) -> None:
    """From now on no picture is drawn by the script: its words change with the night alone, not when the script gets to it."""
    context.route("**/*.page.json", lambda route: route.abort())


def size_of(page: Page) -> int:
    return int(page.locator("main").get_attribute("data-size") or 0)


def ask(page: Page) -> None:
    """Has the page ask now, as when the network is back, instead of some seconds later."""
    page.evaluate("dispatchEvent(new Event('online'))")


def follow(page: Page, size: int) -> None:
    """Waits until the page is at a size."""
    page.wait_for_function(
        """size => {
            if (Number(document.querySelector("main").dataset.size) === size) return true;
            dispatchEvent(new Event("online"));
            return false;
        }""",
        arg=size,
        polling=300,
    )


def shown(page: Page) -> str:
    """What stands in the page, without the script's own parts."""
    return str(
        page.evaluate(
            """() => {
                const copy = document.body.cloneNode(true);
                for (const one of copy.querySelectorAll("[data-live-keep], script, noscript")) one.remove();
                return copy.textContent.replace(/\\s+/g, " ").trim();
            }"""
        )
    )


@pytest.mark.parametrize("path", [NATIONAL, f"{NATIONAL}contests/list/", f"{NATIONAL}territories/n/"])
def test_page_follows_and_is_then_like_one_that_was_just_opened(
    night: Night, context: BrowserContext, path: str
) -> None:
    page = opened(night, context, path)
    drawn(page)
    still(context)
    before = size_of(page)
    size = night.go_on("q")
    assert size > before
    follow(page, size)
    fresh = opened(night, context, path)
    assert size_of(fresh) == size
    assert shown(page) == shown(fresh)
    assert page.title() == fresh.title()


def test_new_answer_is_announced_politely_and_seldom(night: Night, context: BrowserContext) -> None:
    page = opened(night, context)
    region = page.locator("[data-live-announce]")
    assert region.get_attribute("role") == "status"
    assert region.inner_text() == ""
    follow(page, night.go_on("list"))
    first = region.inner_text()
    answer = page.locator("main [data-live=answer]").inner_text()
    assert first
    assert " ".join(first.split()) == " ".join(answer.split())
    follow(page, night.go_on("list"))
    assert region.inner_text() == first, "not twice within a minute"


def test_page_asks_by_itself(night: Night, context: BrowserContext) -> None:
    page = opened(night, context)
    size = night.go_on()
    page.wait_for_function("size => Number(document.querySelector('main').dataset.size) === size", arg=size)


WATCH = """() => {
  window.frames_seen = [];
  const look = () => {
    const size = document.querySelector("main").dataset.size;
    const source = document.querySelector("[data-live=source]").textContent.replace(/\\D+/g, " ").trim();
    const counted = document.querySelector("[data-live=counted]")?.textContent.replace(/\\s+/g, " ").trim();
    window.frames_seen.push(JSON.stringify([size, source, counted]));
    requestAnimationFrame(look);
  };
  look();
}"""

FRAME = "size => window.frames_seen.some((seen) => JSON.parse(seen)[0] === size)"


def test_no_frame_mixes_two_sizes(night: Night, context: BrowserContext) -> None:
    page = opened(night, context)
    page.evaluate(WATCH)
    known = set()
    for _ in range(2):
        size = night.go_on()
        follow(page, size)
        page.wait_for_function(FRAME, arg=str(size))
    for seen in set(page.evaluate("window.frames_seen")):
        known.add(seen)
        size, source, _ = json.loads(seen)
        assert size in source.split(), seen
    assert len(known) == 3, "before, between and after; nothing else was ever seen"


def test_reader_keeps_what_is_open_where_he_is_and_what_he_marked(
    night: Night, context: BrowserContext
) -> None:
    page = opened(night, context)
    fold = page.locator("main details").first
    fold.evaluate("one => { one.open = true }")
    link = page.locator("main a").nth(2)
    link.focus()
    page.evaluate(
        """() => {
            const heading = document.querySelector("main h1").firstChild;
            getSelection().setBaseAndExtent(heading, 0, heading, 6);
            scrollTo(0, 240);
        }"""
    )
    before = page.evaluate("[getSelection().toString(), document.activeElement.href, scrollY]")
    assert before[0]
    follow(page, night.go_on())
    assert page.evaluate("[getSelection().toString(), document.activeElement.href, scrollY]") == before
    assert fold.evaluate("one => one.open")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_changed_number_is_shown_once_to_who_wants_movement(
    night: Night, browser: Browser, motion: Any
) -> None:
    context = browser.new_context(reduced_motion=motion)
    page = opened(night, context)
    page.evaluate(
        """() => {
            window.moved = [];
            const plain = Element.prototype.animate;
            Element.prototype.animate = function (...given) {
                window.moved.push(this.textContent);
                return plain.apply(this, given);
            };
        }"""
    )
    follow(page, night.go_on())
    moved = page.evaluate("window.moved")
    assert bool(moved) is (motion == "no-preference")
    assert all(any(char.isdigit() for char in text) for text in moved)
    context.close()


def count(page: Page) -> list[str]:
    """Collects what the page asks the site for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def test_pause_asks_for_nothing_until_it_is_over(night: Night, context: BrowserContext) -> None:
    page = opened(night, context)
    drawn(page)  # nothing that comes lazily is left to ask for
    before = size_of(page)
    button = page.locator("[data-live-pause]")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_text("Resume updates")
    expect(page.locator("[data-live-message]")).to_contain_text("paused")
    asked = count(page)
    size = night.go_on()
    ask(page)
    page.wait_for_timeout(1_000)
    assert (asked, size_of(page)) == ([], before)
    page.keyboard.press("Enter")
    follow(page, size)
    expect(button).to_have_text("Pause updates")


def test_lost_network_is_said_quietly_and_survived(night: Night, context: BrowserContext) -> None:
    still(context)
    page = opened(night, context)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    context.set_offline(True)
    page.locator("[data-live-bar][data-state=offline]").wait_for()
    before = shown(page)
    size = night.go_on()
    ask(page)
    page.wait_for_timeout(300)
    assert shown(page) == before
    context.set_offline(False)
    follow(page, size)
    expect(page.locator("[data-live-bar]")).to_have_attribute("data-state", "on")
    assert wrong == []


def test_hidden_page_sleeps_and_is_up_to_date_when_it_is_seen(night: Night, context: BrowserContext) -> None:
    page = opened(night, context)
    drawn(page)  # nothing that comes lazily is left to ask for
    hide = """hidden => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, True)
    asked = count(page)
    size = night.go_on()
    ask(page)
    page.wait_for_timeout(500)
    assert asked == []
    page.evaluate(hide, False)
    page.wait_for_function("size => Number(document.querySelector('main').dataset.size) === size", arg=size)


def replaced(context: BrowserContext, change: Callable[[str], str]) -> None:
    """The site says that there is more, and gives a page that was changed on its way."""

    def page(route: Route) -> None:
        if route.request.resource_type == "document":
            route.continue_()
            return
        answer = route.fetch()
        route.fulfill(response=answer, body=change(answer.text()))

    still(context)
    context.route(f"**{NATIONAL}", page)
    context.route(LIVE, lambda route: route.fulfill(json={"election": "tiny", "size": 10**6, "every": 5}))


def test_older_page_does_not_take_the_place_of_a_newer_one(night: Night, context: BrowserContext) -> None:
    replaced(context, lambda text: text.replace("</h1>", " OLDER</h1>"))
    page = opened(night, context)
    before = shown(page)
    with page.expect_response(lambda answer: answer.url.endswith(NATIONAL)):
        ask(page)
    page.wait_for_timeout(300)
    assert shown(page) == before
    assert page.locator("[data-live-bar]").get_attribute("data-state") == "on"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('data-election="tiny"', 'data-election="other"'),
        lambda text: text.replace("/static/assets/main-", "/static/assets/newer-"),
        lambda _: "<p>something else</p>",
        lambda text: text.replace('data-live="source"', 'data-live="moved"'),
    ],
)
def test_page_of_another_kind_is_offered_by_reloading(
    night: Night, context: BrowserContext, change: Callable[[str], str]
) -> None:
    replaced(context, lambda text: change(text.replace('data-size="', 'data-size="9')))
    page = opened(night, context)
    before = shown(page)
    ask(page)
    page.locator("[data-live-bar][data-state=reload]").wait_for()
    assert shown(page) == before


@pytest.mark.parametrize(
    "answer", ["", "{}", "null", "<html>", '{"size": "many"}', '{"size": 99999, "every": -1}']
)
def test_nonsense_instead_of_the_file_changes_nothing(
    night: Night, context: BrowserContext, answer: str
) -> None:
    still(context)
    context.route(LIVE, lambda route: route.fulfill(body=answer))
    page = opened(night, context)
    before = shown(page)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    with page.expect_response(LIVE):
        ask(page)
    page.wait_for_timeout(200)
    assert (shown(page), wrong) == (before, [])


def test_check_of_a_protocol_is_forgotten_when_the_figures_change(
    night: Night, context: BrowserContext
) -> None:
    page = opened(night, context, f"{NATIONAL}protocols/p1/list/")
    page.locator("[data-check-start]:enabled").click()
    page.locator("[data-check-result][data-result=holds]").wait_for()
    follow(page, night.go_on())
    expect(
        page.locator("[data-check-result]"), "another protocol came: this one is as it was"
    ).to_be_visible()
    page.locator("[data-line]").first.evaluate("cell => { cell.textContent = '9' }")
    page.evaluate("document.dispatchEvent(new CustomEvent('esaylov:updated'))")
    expect(page.locator("[data-check-result]")).to_be_hidden()
