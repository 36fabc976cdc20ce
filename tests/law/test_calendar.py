"""The calendar: dates that the commission set in 2021, 2023 and 2024, and the edges of the arithmetic."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esaylov.law.calendar import Override, anchor_date, release_time, window
from esaylov.law.editions import Anchor, Edition, parse_edition, uz_edition_toml

UZ = parse_edition(uz_edition_toml())
TASHKENT = ZoneInfo("Asia/Tashkent")
E2024 = date(2024, 10, 27)
SMALL = """
id = "small"
title = {en = "x"}
[protocol]
lines = ["a"]
[protocol.common]
voters_on_list = ["a"]
ballots_in_boxes = ["a"]
invalid = ["a"]
[contests.list]
method = "dhondt"
"""


def variant(old: str, new: str) -> Edition:
    text = uz_edition_toml().decode()
    assert old in text
    return parse_edition(text.replace(old, new))


def days(edition: Edition, step: str, election: date) -> tuple[int | None, int | None]:
    """First and last day of a step, relative to election day."""
    found = window(edition, step, election)
    assert found is not None
    first = found.opens and (found.opens.date() - election).days
    last = found.closes and ((found.closes - timedelta(seconds=1)).date() - election).days
    return first, last


@pytest.mark.parametrize(
    ("step", "first", "last"),
    [
        ("early-voting", -11, -4),  # 16 to 23.10.2024
        ("participation-papers", None, -71),  # 17.08.2024
        ("registration", None, -36),
        ("campaigning", -35, -2),  # from 22.09.2024
        ("media", None, -11),  # 16.10.2024
        ("interim-finance", None, -6),
        ("silence", -1, 0),
        ("voting", 0, 0),
        ("nomination", -66, -46),
        ("certification", 0, 10),
    ],
)
def test_the_dates_of_2024(step: str, first: int | None, last: int | None) -> None:
    assert days(UZ, step, E2024) == (first, last)


def test_the_dates_of_2021_by_the_other_count() -> None:
    plain = variant('day_count = "full-days-left"', 'day_count = "calendar-days"')
    assert days(plain, "early-voting", date(2021, 10, 24)) == (-10, -3)
    assert days(plain, "campaigning", date(2021, 10, 24)) == (-34, -2)


def test_the_dates_of_2023() -> None:
    found = window(UZ, "early-voting", date(2023, 7, 9))
    assert found is not None
    assert found.opens == datetime(2023, 6, 28, tzinfo=TASHKENT)
    assert found.closes == datetime(2023, 7, 6, tzinfo=TASHKENT), "the last day is 5 July"


def test_the_media_deadline_had_an_hour() -> None:
    found = window(UZ, "media", E2024)
    assert found is not None
    assert found.closes == datetime(2024, 10, 16, 18, tzinfo=TASHKENT)
    assert found.article == "35"


@pytest.mark.parametrize(
    "step", ["turnout", "counting", "acceptance", "annulment", "lots", "certification", "voting"]
)
def test_the_steps_of_election_night_are_there(step: str) -> None:
    found = window(UZ, step, E2024)
    assert found is not None
    assert found.opens is not None
    assert found.closes is not None
    assert found.article
    assert found.contains(datetime(2024, 10, 27, 20, 0, tzinfo=TASHKENT)) is (step != "voting")


def test_nothing_is_counted_before_eight_in_the_evening_inside_the_country() -> None:
    inside = window(UZ, "counting", E2024)
    abroad = window(UZ, "counting", E2024, abroad=True)
    assert inside is not None
    assert abroad is not None
    tokyo = datetime(2024, 10, 27, 20, 5, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert not inside.contains(tokyo)
    assert abroad.contains(tokyo)
    assert not inside.contains(datetime(2024, 10, 27, 19, 59, 59, tzinfo=TASHKENT))
    assert inside.contains(datetime(2024, 10, 27, 15, 0, tzinfo=UTC))
    assert inside.closes == abroad.closes == datetime(2024, 11, 7, tzinfo=TASHKENT)


def test_a_decision_moves_a_step_and_carries_its_number() -> None:
    moved = Override(None, datetime(2024, 12, 1, tzinfo=TASHKENT), "1500")
    found = window(UZ, "counting", E2024, overrides={"counting": moved, "voting": moved})
    assert found is not None
    assert (found.decision, found.closes, found.article) == ("1500", moved.closes, "58, 94")
    assert found.contains(datetime(2024, 1, 1, tzinfo=UTC))


def test_steps_may_hang_on_other_events() -> None:
    announced = date(2024, 7, 26)
    found = window(UZ, "representatives", E2024, events={"announcement": announced})
    assert found is not None
    assert found.closes == datetime(2024, 8, 1, tzinfo=TASHKENT), "the last day is 31 July"
    unknown = window(UZ, "representatives", E2024)
    assert unknown is not None
    assert (unknown.opens, unknown.closes) == (None, None)


def test_without_a_calendar_everything_is_open() -> None:
    edition = parse_edition(SMALL)
    assert window(edition, "counting", E2024) is None
    assert window(UZ, "no-such-step", E2024) is None
    assert release_time(edition, E2024, "Asia/Tashkent") is None


def test_release() -> None:
    assert release_time(UZ, E2024, "Europe/Moscow") == datetime(2024, 10, 27, 20, tzinfo=TASHKENT)
    waiting = variant("wait_for_abroad = false", "wait_for_abroad = true")
    assert release_time(waiting, E2024, "Asia/Tashkent") == datetime(2024, 10, 28, 9, tzinfo=TASHKENT)
    plain = parse_edition(SMALL + '[release]\ntime = "24:00"\n')
    moscow = ZoneInfo("Europe/Moscow")
    assert release_time(plain, E2024, moscow) == datetime(2024, 10, 28, 0, tzinfo=moscow)


@pytest.mark.parametrize(
    ("anchor", "start", "expected"),
    [
        (Anchor(months_before=3), date(2024, 5, 31), date(2024, 2, 29)),
        (Anchor(months_before=3), date(2023, 5, 31), date(2023, 2, 28)),
        (Anchor(months_after=1), date(2024, 1, 31), date(2024, 2, 29)),
        (Anchor(months_after=2), date(2023, 12, 31), date(2024, 2, 29)),
        (Anchor(months_after=12), date(2024, 2, 29), date(2025, 2, 28)),
        (Anchor(after=10), date(2023, 12, 25), date(2024, 1, 4)),
        (Anchor(before=1), date(2024, 3, 1), date(2024, 2, 28)),
        (Anchor(before=35, plus=1), date(2024, 10, 27), date(2024, 9, 22)),
        (Anchor(day=-1), date(2024, 3, 1), date(2024, 2, 29)),
    ],
)
def test_months_leap_days_and_years(anchor: Anchor, start: date, expected: date) -> None:
    assert anchor_date(anchor, start, "full-days-left") == expected


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 400))
def test_the_two_counts_differ_by_one_day(start: date, distance: int) -> None:
    anchor = Anchor(before=distance)
    full, plain = (anchor_date(anchor, start, way) for way in ("full-days-left", "calendar-days"))
    assert plain - full == timedelta(days=1)
    assert (start - full).days - 1 == distance, "that many full days are left between"


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_no_window_ends_before_it_begins(election: date) -> None:
    assert UZ.calendar is not None
    for code in UZ.calendar.steps:
        for abroad in (False, True):
            found = window(UZ, code, election, abroad=abroad)
            assert found is not None
            if found.opens and found.closes:
                assert found.opens < found.closes, code
