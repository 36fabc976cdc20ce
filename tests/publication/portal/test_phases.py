"""Phases, statuses and countdown: pure functions of times and of what is public."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from esaylov.law.calendar import Window
from esaylov.law.editions import parse_edition
from esaylov.publication.portal.phases import Phase, Progress, closest, countdown, phase, status, steps, times
from tests.exchange.packages import EDITION
from tests.publication.portal.calendars import CALENDAR

Known = tuple[Phase, date, date]

ZONE = ZoneInfo("Asia/Tashkent")
DAY = date(2026, 10, 25)
OVER = datetime(2026, 11, 5, tzinfo=ZONE)
NOTHING = Progress(contests=4, expected=12)
SOME = Progress(contests=4, counted=1, expected=12)
ALMOST = Progress(contests=4, final=3, counted=12, expected=12)
ALL = Progress(contests=4, final=4, counted=12, expected=12)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "public", "expected"),
    [
        ("2026-09-01T12:00", NOTHING, "before"),
        ("2026-10-25T07:59", NOTHING, "before"),
        ("2026-10-25T08:00", NOTHING, "voting"),
        ("2026-10-25T19:59", NOTHING, "voting"),
        ("2026-10-25T20:00", NOTHING, "night"),
        ("2026-10-25T19:00", SOME, "night"),
        ("2026-10-26T09:00", SOME, "night"),
        ("2026-10-26T09:00", ALMOST, "night"),
        ("2026-10-26T09:00", ALL, "after"),
        ("2026-11-04T23:59", ALMOST, "night"),
        ("2026-11-05T00:00", ALMOST, "after"),
        ("2026-11-05T00:00", NOTHING, "after"),
        ("2027-11-05T00:00", Progress(), "after"),
    ],
)
def test_phase_with_a_calendar(now: str, public: Progress, expected: str) -> None:
    known = times(parse_edition(CALENDAR), DAY, ZONE, at("2026-10-25T20:00"))
    assert phase(at(now), known, public) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-10-24T23:59", "before"),
        ("2026-10-25T00:00", "voting"),
        ("2026-10-26T00:00", "night"),
        ("2026-11-23T23:59", "night"),
        ("2026-11-24T00:00", "after"),
    ],
)
def test_phase_without_a_calendar_is_the_whole_day_and_a_month(now: str, expected: str) -> None:
    assert phase(at(now), times(parse_edition(EDITION), DAY, ZONE, None), NOTHING) == expected


def test_a_release_after_the_end_of_voting_keeps_the_night_waiting() -> None:
    known = times(parse_edition(CALENDAR), DAY, ZONE, at("2026-10-26T09:00"))
    assert phase(at("2026-10-25T21:00"), known, NOTHING) == "voting"
    assert phase(at("2026-10-26T09:00"), known, NOTHING) == "night"


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [
        ("2026-10-01T00:00", "2026-10-02T00:00", "past"),
        ("2026-10-01T00:00", "2026-10-20T00:00", "now"),
        ("2026-10-11T00:00", "2026-10-20T00:00", "next"),
        (None, "2026-10-10T12:00", "past"),
        (None, "2026-10-10T12:01", "next"),
        ("2026-10-01T00:00", None, "now"),
        (None, None, "next"),
    ],
)
def test_status_of_a_window(opens: str | None, closes: str | None, expected: str) -> None:
    dates = Window(at(opens) if opens else None, at(closes) if closes else None, None)
    assert status(dates, at("2026-10-10T12:00"), OVER) == expected


def test_what_has_no_end_ends_with_the_election() -> None:
    lists_open = Window(at("2026-10-09T00:00"), None, None)
    assert status(lists_open, at("2026-10-26T00:00"), OVER) == "now", "the count goes on"
    assert status(lists_open, OVER, OVER) == "past"


def test_steps_stand_by_time_those_without_a_date_last_and_those_of_other_contests_not_at_all() -> None:
    found = steps(parse_edition(CALENDAR), DAY, ZONE, at("2026-10-25T12:00"), ["list", "single-member"])
    assert [step.code for step in found] == ["early-voting", "voting", "certification", "finance-report"]
    assert [step.status for step in found] == ["past", "now", "next", "next"]
    assert steps(parse_edition(EDITION), DAY, ZONE, at("2026-10-25T12:00"), ["list"]) == []


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-10-01T23:59", "24 days to election day."),
        ("2026-10-23T00:00", "2 days to election day."),
        ("2026-10-24T23:59", "Election day is tomorrow."),
        ("2026-10-25T00:00", "Election day is today."),
        ("2026-10-26T00:00", ""),
    ],
)
def test_countdown(now: str, expected: str) -> None:
    with translation.override("en"):
        assert countdown(at(now), DAY) == expected


def test_the_front_page_is_about_the_election_that_is_counted_then_the_closest() -> None:
    today = date(2026, 10, 25)
    counted: Known = ("night", date(2026, 10, 4), today)
    soon: Known = ("before", date(2026, 10, 27), today)
    later: Known = ("before", date(2026, 12, 27), today)
    past: Known = ("after", date(2026, 10, 20), today)
    assert closest({}) is None
    assert closest({"soon": soon, "past": past, "counted": counted}) == "counted"
    assert closest({"soon": soon, "past": past}) == "soon"
    assert closest({"later": later, "past": past}) == "past"
    assert closest({"past": past, "five": ("before", date(2026, 10, 30), today)}) == "five"
