"""The calendar as a file to subscribe to, read by a second program."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from ical.calendar_stream import IcsCalendarStream

from tests.publication.portal.calendars import CALENDAR

if TYPE_CHECKING:
    from ical.calendar import Calendar

    from tests.publication.ground import Site

FILE = "elections/tiny/calendar.ics"
START = datetime.fromisoformat("2026-10-13T09:00:00+05:00")


def read(client: Client, language: str = "en") -> Calendar:
    answer = client.get(f"/{language}/{FILE}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return IcsCalendarStream.calendar_from_ics(answer.content.decode())


def test_steps_with_a_date_are_events(make_site: Callable[..., Site], client: Client) -> None:
    make_site(edition=CALENDAR, start=START)
    events = {event.summary.removeprefix("Simulated: "): event for event in read(client).events}
    assert set(events) == {"Early voting", "Voting", "Results established"}
    early, voting, result = events["Early voting"], events["Voting"], events["Results established"]
    assert (early.start, early.end) == (date(2026, 10, 14), date(2026, 10, 22))
    assert (voting.start, voting.end) == (
        datetime(2026, 10, 25, 3, tzinfo=UTC),
        datetime(2026, 10, 25, 15, tzinfo=UTC),
    )
    assert result.end == datetime(2026, 11, 4, 19, tzinfo=UTC)
    assert [events[one].status for one in ("Voting", "Early voting")] == ["CONFIRMED", "TENTATIVE"]
    assert "Article 51" in (voting.description or "")
    assert "derived, not seen in a source" in (early.description or "")
    assert str(voting.url) == "http://testserver/en/elections/tiny/calendar/"


def test_what_is_simulated_says_so_in_every_event(make_site: Callable[..., Site], client: Client) -> None:
    make_site(edition=CALENDAR, start=START)
    for event in read(client).events:
        assert (event.summary or "").startswith("Simulated: ")
        assert "All of this is simulated." in (event.description or "")


def test_an_election_without_a_calendar_has_no_such_file(site: Site, client: Client) -> None:
    assert client.get(f"/en/{FILE}").status_code == 404
    assert "calendar.ics" not in client.get("/en/elections/tiny/calendar/").content.decode()


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_every_language_reads_it(make_site: Callable[..., Site], client: Client, language: str) -> None:
    make_site(edition=CALENDAR, start=START)
    first, again = read(client, language), read(client, language)
    assert len(first.events) == 3
    assert [event.uid for event in first.events] == [event.uid for event in again.events]
    assert all(event.dtstamp == datetime(2026, 10, 13, 4, tzinfo=UTC) for event in first.events)


def test_the_page_leads_to_it(make_site: Callable[..., Site], client: Client) -> None:
    make_site(edition=CALENDAR, start=START)
    assert (
        'href="/en/elections/tiny/calendar.ics"'
        in client.get("/en/elections/tiny/calendar/").content.decode()
    )
    assert client.get("/en/elections/none/calendar.ics").status_code == 404
