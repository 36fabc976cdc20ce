"""The page of the calendar and its file when decisions moved dates, when work is overdue, and how much time is left."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import translation
from ical.calendar_stream import IcsCalendarStream

from esaylov.publication.portal.phases import remaining
from tests.publication.portal.calendars import CALENDAR, step

if TYPE_CHECKING:
    from tests.publication.ground import Site
    from tests.publication.reader import Page

Get = Callable[[str], "Page"]
MakeSite = Callable[..., "Site"]

PAGE = "/en/elections/tiny/calendar/"
FILE = "/en/elections/tiny/calendar.ics"
START = datetime.fromisoformat("2026-10-13T09:00:00+05:00")
ABROAD = CALENDAR + step(
    "counting", "Counting", "precinct", opens='{day = 0, time = "20:00"}', opens_abroad='{day = 0, time = "11:00"}',
    closes="{after = 10}", article='"58"',
)  # fmt: skip


def move(site: Site, decision: str, at: str, **dates: Any) -> None:
    from esaylov.elections.calendar import MoveStep

    site.act(MoveStep, "cec", datetime.fromisoformat(at), decision=decision, **dates)


def move_early_voting(
    site: Site, decision: str = "1400", *, at: str = "2026-10-13T10:00:00+05:00", day: int = 15
) -> None:
    dates = {"opens": f"2026-10-{day}T00:00:00+05:00", "closes": "2026-10-24T00:00:00+05:00"}
    move(site, decision, at, step="early-voting", **dates)


def test_the_page_shows_both_dates_and_the_decision(make_site: MakeSite, get: Get, client: Client) -> None:
    site = make_site(edition=CALENDAR, start=START)
    assert "14 October 2026 – 21 October 2026" in get(PAGE).text
    move_early_voting(site)
    assert "15 October 2026 – 23 October 2026" not in get(PAGE).text, "not before it stands in the log"
    site.move_on()
    page = get(PAGE)
    assert "15 October 2026 – 23 October 2026 (begins in 1 day 14 hours) Early voting" in page.text
    assert (
        "By the law: 14 October 2026 – 21 October 2026 . Moved by decision No. 1400 of 13 October 2026"
        in page.text
    )
    assert "A decision of the Central Election Commission moved 1 step." in page.text
    assert "derived, not seen in a source" not in page.text, "a decision makes the date sure"
    html = client.get(PAGE).content.decode()
    assert "<del>14 October 2026 – 21 October 2026</del>" in html
    (record,) = [link for link in page.links if link.startswith("/en/check/") and link != "/en/check/"]
    told = get(record).text
    assert "The Central Election Commission moved dates of the calendar by decision." in told


def test_the_decision_stands_among_the_documents(make_site: MakeSite, get: Get) -> None:
    site = make_site(edition=CALENDAR, start=START)
    move_early_voting(site)
    move(
        site,
        "1400",
        "2026-10-13T10:30:00+05:00",
        step="finance-report",
        opens=None,
        closes="2027-01-01T00:00:00+05:00",
    )
    move_early_voting(site, "1401", at="2026-10-13T11:00:00+05:00", day=16)
    site.move_on()
    page, paper = get("/en/elections/tiny/documents/"), "(on paper: not in the register)"
    assert f"No. 1401 {paper} Dates of the calendar moved: Early voting – Calendar" in page.text
    assert f"No. 1400 {paper} Dates of the calendar moved – Calendar" in page.text, "one decision, two steps"


def test_several_decisions_on_one_step(make_site: MakeSite, get: Get) -> None:
    site = make_site(edition=CALENDAR, start=START)
    move_early_voting(site)
    move_early_voting(site, "1401 <b>", at="2026-10-13T11:00:00+05:00", day=16)
    site.move_on()
    text = get(PAGE).text
    assert "16 October 2026 – 23 October 2026" in text
    paper = "on paper: not in the register"
    assert f"Moved by decision No. 1401 <b> of 13 October 2026 ({paper}) (before: No. 1400)" in text
    assert "By the law: 14 October 2026 – 21 October 2026" in text


def test_a_step_without_a_date_gets_one_by_decision(make_site: MakeSite, get: Get) -> None:
    site = make_site(edition=CALENDAR, start=START)
    move(
        site,
        "7",
        "2026-10-13T10:00:00+05:00",
        step="finance-report",
        opens=None,
        closes="2027-01-01T00:00:00+05:00",
    )
    site.move_on()
    text = get(PAGE).text
    assert "not later than 31 December 2026 (79 days left) Finance report" in text
    assert "By the law: day of this event: the publication of the results" in text


def test_time_left_and_the_zone(make_site: MakeSite, get: Get) -> None:
    from esaylov.elections.queries import set_clock

    make_site(edition=ABROAD, start=START)
    text = get(PAGE).text
    assert "All times are those of this zone: Tashkent, UTC+05:00." in text
    assert "25 October 2026, 08:00 – 20:00 (begins in 11 days)" in text
    assert "precincts abroad: 25 October 2026, 11:00 – 4 November 2026" in text
    set_clock("tiny", datetime.fromisoformat("2026-10-25T18:29:00+05:00"))
    assert "25 October 2026, 08:00 – 20:00 now (1 hour 31 minutes left) Voting" in get(PAGE).text


def test_what_is_overdue_and_whose(make_site: MakeSite, get: Get) -> None:
    from esaylov.elections.queries import set_clock

    make_site(edition=ABROAD, start=START)
    set_clock("tiny", datetime.fromisoformat("2026-11-04T23:59:00+05:00"))
    assert "overdue" not in get(PAGE).text.lower()
    set_clock("tiny", datetime.fromisoformat("2026-11-07T01:00:00+05:00"))
    text = get(PAGE).text
    assert "(overdue by 2 days) Counting" in text
    assert "protocols have not come. Whose duty: precinct commissions, " in text
    assert "are not certified. Whose duty: " in text
    assert text.index("Counting") < text.index("Early voting"), "what is overdue stands first"


def test_nothing_is_overdue_when_all_is_done(make_site: MakeSite, get: Get) -> None:
    from esaylov.elections.queries import set_clock

    make_site(edition=ABROAD)
    set_clock("tiny", datetime.fromisoformat("2026-11-07T01:00:00+05:00"))
    text = get(PAGE).text
    assert "protocols have not come" not in text
    assert "not certified" in text, "this package holds no certificates"
    assert re.search(r"2026 done on \d+ October 2026 Counting", text), "the day of the last protocol's entry"


OPEN = CALENDAR + "".join(
    (
        step("lists-open", "Lists shown", "precinct", opens="{before = 14}"),
        step("precincts", "Precincts drawn", "central", closes="{before = 5}"),
        step("constituencies", "Constituencies drawn", "central", closes="{before = 20}"),
        step("registration", "Registration", "central", opens="{before = 6}", closes="{before = 4}"),
        step(
            "announcement", "Campaign announced", "central", closes='{months_before = 3, event = "term-end"}'
        ),
    )
)


def test_what_is_done_and_when(make_site: MakeSite, get: Get, client: Client) -> None:
    """Days of entries; what is due by a day is over once it is done; no step is "now" and "done" at once."""
    from esaylov.elections.queries import set_clock

    make_site(edition=OPEN, start=START)
    text = get(PAGE).text
    brought = "in the package of the call, 13 October 2026"
    assert f"not later than 19 October 2026 {brought} Precincts drawn" in text
    assert text.index("Over") < text.index("Precincts drawn"), "the day is to come, but nothing is owed"
    assert text.index("Over") < text.index("Campaign announced"), "it waits for an event, and is done"
    assert "so much of it is late" not in text, "when what came with the package arose is not known"
    assert f"not later than 4 October 2026 {brought} Constituencies drawn" in text, (
        "nobody knows that it was late"
    )
    assert "18 October 2026 – 20 October 2026 (begins in 4 days) Registration" in text, (
        "not done before it began"
    )
    set_clock("tiny", datetime.fromisoformat("2026-10-19T12:00:00+05:00"))
    text = get(PAGE).text
    assert f"now (1 day 12 hours left) Registration Central Election Commission · {brought}" in text
    assert "now done" not in text
    set_clock("tiny", datetime.fromisoformat("2026-10-22T12:00:00+05:00"))
    assert f"18 October 2026 – 20 October 2026 {brought} Registration" in get(PAGE).text


def test_the_page_and_the_file_agree_on_what_has_no_end(
    make_site: MakeSite, get: Get, client: Client
) -> None:
    make_site(edition=OPEN, start=START)
    assert "from 10 October 2026 now Lists shown" in get(PAGE).text
    assert events(client)["From this day: Lists shown"].start == date(2026, 10, 10)


def test_a_second_reader_of_the_file(make_site: MakeSite, client: Client) -> None:
    site = make_site(edition=CALENDAR, start=START)
    before = events(client)
    assert before["Early voting"].sequence == 0
    assert before["Early voting"].last_modified == datetime(2026, 10, 13, 4, tzinfo=UTC)
    move_early_voting(site)
    move_early_voting(site, "1401", at="2026-10-14T11:00:00+05:00", day=16)
    site.move_on()
    after = events(client)
    early = after["Early voting"]
    assert early.uid == before["Early voting"].uid
    assert (early.start, early.end) == (date(2026, 10, 16), date(2026, 10, 24))
    assert early.sequence == 2
    assert early.last_modified == early.dtstamp == datetime(2026, 10, 14, 6, tzinfo=UTC)
    assert early.status == "CONFIRMED"
    assert "Moved by decision No. 1401 of 14 October 2026." in (early.description or "")
    assert "(on paper: not in the register)" in (early.description or "")
    assert "By the law: 14 October 2026 – 21 October 2026." in (early.description or "")
    assert after["Voting"] == before["Voting"]


def events(client: Client) -> dict[str, Any]:
    calendar = IcsCalendarStream.calendar_from_ics(client.get(FILE).content.decode())
    return {(event.summary or "").removeprefix("Simulated: "): event for event in calendar.events}


def test_voting_that_ends_later_is_voting_until_then(make_site: MakeSite, get: Get) -> None:
    """The phase of the front page follows the moved dates."""
    from esaylov.elections.queries import set_clock

    shorter = CALENDAR.replace('closes = {day = 0, time = "20:00"}', 'closes = {day = 0, time = "18:00"}', 1)
    site = make_site(edition=shorter, start=START)
    dates = {"opens": "2026-10-25T09:00:00+05:00", "closes": "2026-10-25T20:00:00+05:00"}
    move(site, "8", "2026-10-13T10:00:00+05:00", step="voting", **dates)
    site.move_on()
    set_clock("tiny", datetime.fromisoformat("2026-10-25T08:30:00+05:00"))
    early = get("/en/").text
    set_clock("tiny", datetime.fromisoformat("2026-10-25T19:30:00+05:00"))
    late = get("/en/").text
    assert "09:00 – 20:00" in early
    assert "09:00 – 20:00 now (30 minutes left) Voting" in late


@pytest.mark.parametrize(
    ("then", "words"),
    [
        ("2026-10-25T20:00", "0 minutes"),
        ("2026-10-25T20:01", "1 minute"),
        ("2026-10-25T21:00", "1 hour"),
        ("2026-10-26T19:59", "23 hours 59 minutes"),
        ("2026-10-26T20:00", "1 day"),
        ("2026-10-27T19:59", "1 day 23 hours"),
        ("2026-10-27T20:00", "2 days"),
        ("2026-12-31T23:59", "67 days"),
        ("2026-10-25T19:00", "0 minutes"),
    ],
)
def test_remaining(then: str, words: str) -> None:
    zone = ZoneInfo("Asia/Tashkent")
    now, end = (datetime.fromisoformat(text).replace(tzinfo=zone) for text in ("2026-10-25T20:00", then))
    with translation.override("en"):
        assert remaining(now, end) == words
