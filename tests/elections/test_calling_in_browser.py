"""The Central Commission's secretary starts signed out, and ends with an election called; every page readable by all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browsing import follow, hears
from tests.cabinet.test_browser import PASSWORD, looked_at, opened, typed_in
from tests.design.test_guide_browser import NARROW, WIDE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.cabinet.people import Bench

pytestmark = pytest.mark.browser


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


def test_the_election_of_2024_is_called_on_its_day(
    address: str, browser: Browser, shared_bench: Bench
) -> None:
    """The secretary calls a rehearsal on 26.07.2024; its public calendar has the days of 2024 (law/facts.md, section 2)."""
    page = opened(browser, viewport=WIDE)
    page.goto(f"{address}/en/cabinet/drafts/")
    assert "/account/sign-in/" in page.url
    typed_in(page, shared_bench, {"cec secretary": secretary(shared_bench)}, "cec secretary")
    assert page.url == f"{address}/en/cabinet/drafts/"
    looked_at(page)
    follow(page, "text=Prepare an election")
    page.select_option("[name=edition]", "uz-lc-2024")
    for name, value in (("form", "regular"), ("mode", "rehearsal"), ("basis", "door")):
        page.select_option(f"[name={name}]", value)
    for kind in ("list", "single-member"):
        page.check(f"[name=kinds][value={kind}]")
    for name, value in SAID.items():
        page.fill(f"[name={name}]", value)
    looked_at(page)
    follow(page, "text=Begin the draft")
    assert page.url.endswith("/drafts/lc-2024/")
    looked_at(page)
    follow(page, "text=Choose contests of door")
    page.select_option("[name=contests]", ["list", "d1", "d2"])
    looked_at(page)
    follow(page, "text=Take over")
    follow(page, "text=Set a table from a file")
    page.select_option("[name=table]", "options")
    file = {"name": "options.csv", "mimeType": "text/csv", "buffer": OPTIONS.encode()}
    page.set_input_files("[name=file]", files=[file])  # type: ignore[list-item]
    follow(page, "text=Set the table")
    assert page.url.endswith("/drafts/lc-2024/")
    assert "Nothing stands against calling it" in page.inner_text("main")
    looked_at(page)
    page.set_viewport_size(NARROW)
    looked_at(page)
    called(page)
    read_by_anybody(page, address, shared_bench)


SAID = {
    "draft": "lc-2024", "title_uz": "Qonunchilik palatasi saylovi", "date": "2024-10-27", "start": "2024-07-26T10:00",
    "events": "term-end 2024-12-20\nannouncement 2024-07-26",
}  # fmt: skip
OPTIONS = """\
id,contest,kind,name_uz,ballot_order
a,list,party-list,a,1
b,d1,candidate,b,1
c,d2,candidate,c,1
"""


def secretary(bench: Bench) -> str:
    """The Central Commission's secretary gets an account; the secret of the app."""
    from esaylov.registry.accounts.models import Account
    from tests.accounts.people import app_of
    from tests.registry.people import actors_of

    account = Account.objects.open(person=actors_of("", "cec", datetime.now(UTC))["secretary"].person)
    account.set_password(PASSWORD)
    account.save()
    bench.accounts["cec secretary"] = account
    return app_of(account)


def called(page: Page) -> None:
    """The decision, on a page of its own."""
    follow(page, "text=Call the election")
    assert page.url.endswith("/drafts/lc-2024/call/")
    looked_at(page)
    page.fill("[name=decision]", "1353")
    follow(page, "main button[type=submit]")
    assert page.url.endswith("/drafts/lc-2024/")
    assert "This election is called" in page.inner_text("main")
    follow(page, "text=Move the rehearsal's clock")
    looked_at(page)


def read_by_anybody(page: Page, address: str, bench: Bench) -> None:
    """The public calendar, once the log has the election: days that the law counts from the announcement and to the vote."""
    from esaylov.acts.models import Checkpoint
    from esaylov.results.tabulation import Tabulator

    bench.world.sequence()
    Tabulator("lc-2024").advance(Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0])
    page.goto(f"{address}/en/elections/lc-2024/calendar/")
    said = page.inner_text("main")
    for days in ("26 July 2024 – 31 July 2024", "16 October 2024 – 23 October 2024", "27 October 2024"):
        assert days in said


def test_constituencies_are_drawn_live(address: str, browser: Browser, shared_bench: Bench) -> None:
    """What is typed is computed at once as the server computes it; the page is readable by all at both widths."""
    from esaylov.elections.models import Draft
    from tests.accounts.people import app_of
    from tests.elections.test_divisions import PAGE, drawn

    client = shared_bench.clients["cec chair"]
    drawn(client)
    account = shared_bench.accounts["cec chair"]
    account.set_password(PASSWORD)
    account.save()
    page = opened(browser, viewport=WIDE)
    page.goto(f"{address}{PAGE}")
    typed_in(page, shared_bench, {"cec chair": app_of(account)}, "cec chair")
    assert page.url == f"{address}{PAGE}"
    hears(page.locator("[data-division]"), "input")
    looked_at(page)
    page.fill("[name=voters-0]", "700")
    page.select_option("[name=to-0]", "c2")
    expect(page.locator("[data-beyond]")).to_have_text("2")
    live = page.inner_text("[data-constituency=c1]").split()
    assert {"3,000", "-22.1", "beyond"} <= set(live), live
    page.fill("[name=voters-1]", "19")
    expect(page.locator("tr[data-precinct] >> nth=1")).to_contain_text("fewer voters")
    page.fill("[name=voters-1]", "1000")
    page.set_viewport_size(NARROW)
    looked_at(page)
    follow(page, "text=Recalculate")
    assert "not saved yet" in page.inner_text("main")
    assert page.inner_text("[data-constituency=c1] [data-deviation]") == "-22.1 %"
    hears(page.locator("[data-division]"), "input")
    page.fill("[name=voters-0]", "1000")
    expect(page.locator("[data-constituency=c2] [data-count]")).to_have_text("5,000")
    looked_at(page)
    follow(page, "text=Save in the draft")
    assert "saved in the draft" in page.inner_text("body")
    page.goto(f"{address}/en/cabinet/drafts/lc-2029/constituencies/")
    looked_at(page)
    Draft.objects.filter(pk="lc-2029").delete()
