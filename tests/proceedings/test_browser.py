"""The room's pages in a browser at both widths: nothing that axe finds, no side scroll; a vote without the pages' script."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browsing import follow
from tests.design.test_guide_browser import NARROW, WIDE

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser, Page

    from tests.cabinet.people import Bench

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("ESAYLOV_TEST_SHOTS")
"""A folder for screenshots, where somebody wants to look."""


@pytest.fixture(scope="module")
def address(shared_bench: Bench) -> Iterator[str]:
    from tests.publication.browser import served

    with served() as found:
        yield found


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    from tests.publication.browser import chromium_beside_database

    with chromium_beside_database() as started:
        yield started


@pytest.fixture(scope="module")
def filled(shared_bench: Bench) -> dict[str, str]:
    """Addresses of pages with something on them, by name, with whose they are."""
    from esaylov.proceedings.models import Letter
    from esaylov.proceedings.motions import propose
    from esaylov.proceedings.sessions import StateDissent
    from tests.proceedings.acting import act, adopt, now, open_session, sitting, submit, votes
    from tests.proceedings.test_public import reload
    from tests.registry.people import accepted

    chair, people = sitting()
    text = "The step of acceptance ends later.\n\nThe secretary tells all commissions."
    agenda = ["Dates of the acceptance of protocols", "Application of a voter", "Other business"]
    session = accepted(open_session("door", present=8, agenda=agenda))
    move = {"step": "acceptance", "opens": "2026-10-25T20:00:00+05:00", "closes": "2026-11-30T00:00:00+05:00"}
    decided = accepted(
        adopt(session.journal, "12/1", "door", votes=votes(people[:8], against=2), title=agenda[0], text=text,
              orders=[{"act": "elections.move_step", "payload": move}])
    )  # fmt: skip
    accepted(adopt(session.journal, None, "door", votes=votes(people[:8], against=6), title=agenda[1]))
    dissent = {"decision": decided.journal, "text": "The dates stand in the law.", "public": True}
    accepted(act(StateDissent, "door", people[7].actor(), dissent))
    order = [("elections.move_step", move | {"closes": "2026-11-20T00:00:00+05:00"})]
    propose(chair, "door", title=agenda[2], text="A shorter term.", articles=["95"], orders=order)
    past = ("elections.move_step", move | {"closes": "2026-10-25T20:10:00+05:00"})
    composed = propose(chair, "door", title="Terms", text="A term.", articles=["95"], orders=[*order, past],
                       source="proceedings.composed")  # fmt: skip
    number = accepted(submit("door", "cec")).record["number"]
    from esaylov.proceedings.applications import ReturnApplication
    from esaylov.proceedings.letters import SendLetter

    accepted(act(ReturnApplication, "door", chair, {"application": number, "text": "Which precinct?"}))
    other = accepted(submit("door", "cec")).record["number"]
    letter = {"bodies": ["tec:n", "pec:n1-1"], "subject": "Lamps at the entrance", "text": "Count them.\n\nBy Friday.",
              "reply_by": now().replace(year=2027)}  # fmt: skip
    accepted(act(SendLetter, "door", chair, letter))
    reload(shared_bench.world)
    sent = Letter.objects.get().id
    cabinet = "/en/cabinet/"
    draft = f"{cabinet}decision-drafts/{composed}/"
    return {
        "drafts": f"{cabinet}decision-drafts/", "new draft": f"{cabinet}decision-drafts/new/", "draft": draft,
        "choice of orders": f"{draft}orders/add/",
        "order": f"{draft}orders/1/", "list of ids": f"{draft}orders/add/?act=results.supply_determination",
        "taken out": f"{draft}orders/1/remove/", "voted draft": f"{cabinet}sessions/{session.journal}/decide/?motion={composed}",
        "sessions": f"{cabinet}sessions/", "session": f"{cabinet}sessions/{session.journal}/",
        "opening": f"{cabinet}sessions/open/", "attendance": f"{cabinet}sessions/{session.journal}/attendance/",
        "decide": f"{cabinet}sessions/{session.journal}/decide/", "close": f"{cabinet}sessions/{session.journal}/close/",
        "applications": f"{cabinet}applications/", "application": f"{cabinet}applications/{number}/",
        "answer": f"{cabinet}applications/{other}/decide/", "mine": f"{cabinet}my-applications/",
        "apply": f"{cabinet}apply/?election=door", "status": f"{cabinet}status/", "letters": f"{cabinet}letters/sent/",
        "letter": f"{cabinet}letters/{sent}/", "write": f"{cabinet}letters/new/",
        "register": "/en/elections/door/decisions/",
        "decision": f"/en/elections/door/decisions/record/{decided.journal}/", "home": cabinet,
    }  # fmt: skip


def signed_in(browser: Browser, address: str, client: Client, **options: Any) -> Page:
    """A page that carries a test client's session."""
    context = browser.new_context(**({"reduced_motion": "reduce"} | options))
    context.add_cookies([
        {"name": name, "value": one.value, "url": address} for name, one in client.cookies.items()
    ])  # fmt: skip
    return context.new_page()


def looked_at(page: Page) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("size", [pytest.param(WIDE, marks=pytest.mark.slow), NARROW], ids=["wide", "narrow"])
def test_readable_by_all(
    browser: Browser, address: str, shared_bench: Bench, filled: dict[str, str], size: Any
) -> None:
    page = signed_in(browser, address, shared_bench.clients["cec chair"], viewport=size)
    for name, path in filled.items():
        page.goto(address + path)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{size['width']}.png", full_page=True)
        assert page.locator("h1").count() == 1, name
        looked_at(page)


def test_a_vote_without_the_script(
    browser: Browser, address: str, shared_bench: Bench, filled: dict[str, str]
) -> None:
    page = signed_in(
        browser, address, shared_bench.clients["cec chair"], viewport=NARROW, java_script_enabled=False
    )
    page.goto(address + filled["session"])
    follow(page, page.get_by_role("link", name="Other business"))
    page.fill("[name=number]", "12/2")
    for field in page.locator("select[name^=vote-]").all():
        field.select_option("for")
    follow(page, "main form.deskform button[type=submit]")
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "preview-390.png", full_page=True)
    follow(page, page.get_by_role("button", name="Record the vote"))
    assert page.get_by_text("Decision No. 12/2 is adopted.").count() == 1


def test_an_order_is_composed_without_the_script(
    browser: Browser, address: str, shared_bench: Bench, filled: dict[str, str]
) -> None:
    page = signed_in(
        browser, address, shared_bench.clients["cec chair"], viewport=NARROW, java_script_enabled=False
    )
    page.goto(address + filled["new draft"])
    page.select_option("[name=election]", "door")
    page.fill("[name=title]", "Composed")
    page.fill("[name=text]", "The step ends later.")
    follow(page, "main form.deskform button[type=submit]")
    follow(page, page.get_by_role("link", name="Add an order"))
    follow(page, page.get_by_role("link", name="Move dates of the calendar"))
    page.select_option("[name=step]", "counting")
    page.fill("[name=opens]", "2026-10-25T20:00")
    page.fill("[name=closes]", "2026-11-30T00:00")
    follow(page, page.get_by_role("button", name="Keep the order"))
    follow(page, page.get_by_role("button", name="Try what it would give now"))
    assert page.get_by_text("All orders would be performed now").count() == 1
    follow(page, page.get_by_role("link", name="Vote on it in session"))
    assert page.input_value("[name=title]") == "Composed"
