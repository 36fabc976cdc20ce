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
PLACES = (
    "Asia/Tokyo", "Asia/Kolkata", "Europe/Moscow", "Europe/Istanbul", "Europe/London", "America/New_York",
    "America/Los_Angeles", "Asia/Riyadh",
)  # fmt: skip
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


@pytest.mark.parametrize(
    ("place", "opens", "closes"),
    [
        ("Asia/Tokyo", "2024-10-27T04:00", "2024-10-27T16:00"),
        ("Europe/Moscow", "2024-10-27T10:00", "2024-10-27T22:00"),
        ("Europe/Berlin", "2024-10-27T12:00", "2024-10-28T00:00"),  # summer time ended in that night
        ("America/New_York", "2024-10-27T17:00", "2024-10-28T05:00"),  # it still held there
        ("America/Los_Angeles", "2024-10-27T20:00", "2024-10-28T08:00"),
        ("Asia/Tashkent", "2024-10-27T08:00", "2024-10-27T20:00"),
        (None, "2024-10-26T23:00", "2024-10-28T13:00"),
    ],
)
def test_abroad_votes_by_the_clock_of_the_place(place: str | None, opens: str, closes: str) -> None:
    zone = ZoneInfo(place) if place else None
    voting = window(UZ, "voting", E2024, abroad=True, place=zone)
    counting = window(UZ, "counting", E2024, abroad=True, place=zone)
    assert voting is not None
    assert counting is not None
    expected = [datetime.fromisoformat(text).replace(tzinfo=TASHKENT) for text in (opens, closes)]
    assert [voting.opens, voting.closes] == expected
    assert counting.opens == (voting.closes if place else datetime(2024, 10, 27, 11, tzinfo=TASHKENT))
    assert counting.closes == datetime(2024, 11, 7, tzinfo=TASHKENT), "results are due everywhere at once"
    home = window(UZ, "voting", E2024)
    assert home is not None
    assert home.opens == datetime(2024, 10, 27, 8, tzinfo=TASHKENT)


def test_a_decision_is_read_by_the_clock_of_the_place() -> None:
    longer = Override(
        datetime(2024, 10, 27, 3, tzinfo=UTC), datetime(2024, 10, 27, 16, tzinfo=UTC), "1500"
    )  # 08:00 to 21:00 in Tashkent
    tokyo = window(
        UZ, "voting", E2024, abroad=True, place=ZoneInfo("Asia/Tokyo"), overrides={"voting": longer}
    )
    home = window(UZ, "voting", E2024, overrides={"voting": longer})
    assert tokyo is not None
    assert home is not None
    assert (home.opens, home.closes) == (longer.opens, longer.closes)
    assert (tokyo.opens, tokyo.closes) == (
        datetime(2024, 10, 26, 23, tzinfo=UTC),
        datetime(2024, 10, 27, 12, tzinfo=UTC),
    )
    assert tokyo.decision == "1500"


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(PLACES))
def test_what_is_known_of_a_place_only_narrows(election: date, place: str) -> None:
    """Year ends, 29 February, days on which clocks change: the window of a known place lies within that of an unknown one."""
    for step in ("voting", "counting", "acceptance"):
        known = window(UZ, step, election, abroad=True, place=ZoneInfo(place))
        unknown = window(UZ, step, election, abroad=True)
        assert known is not None
        assert unknown is not None
        assert known.opens is not None
        assert known.closes is not None
        assert unknown.opens is not None
        assert unknown.closes is not None
        assert unknown.opens <= known.opens < known.closes <= unknown.closes
        shown = known.opens.astimezone(ZoneInfo(place))
        assert (shown.date(), shown.hour) == (election, 8 if step == "voting" else 20)
