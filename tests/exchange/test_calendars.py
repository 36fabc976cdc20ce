"""Calendar files: read back by a second program, whatever the dates and texts are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream

from esaylov.exchange.calendars import Dated, Head, calendar

TASHKENT = ZoneInfo("Asia/Tashkent")
CALLED = datetime(2024, 7, 26, 9, 30, tzinfo=TASHKENT)
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200)


def at(day: int, clock: str = "00:00", month: int = 10) -> datetime:
    return datetime.fromisoformat(f"2024-{month:02}-{day:02}T{clock}+05:00")


def step(opens: datetime | None, closes: datetime | None, **more: object) -> Dated:
    values = {
        "uid": "x@y",
        "title": "A step",
        "text": "Somebody",
        "url": "https://example.org/",
        "sure": True,
    }
    return Dated(opens=opens, closes=closes, **{**values, **more})  # type: ignore[arg-type]


def written(*steps: Dated) -> bytes:
    return calendar(Head("Calendar", "Dates", "https://example.org/", TASHKENT, CALLED), steps)


def read(*steps: Dated) -> list[Any]:
    return list(IcsCalendarStream.calendar_from_ics(written(*steps).decode()).events)


@pytest.mark.parametrize(
    ("opens", "closes", "start", "end"),
    [
        (at(16), at(24), date(2024, 10, 16), date(2024, 10, 24)),
        (at(27), at(28), date(2024, 10, 27), date(2024, 10, 28)),
        (None, at(24), date(2024, 10, 23), date(2024, 10, 24)),
        (at(27, "08:00"), at(27, "20:00"), at(27, "08:00"), at(27, "20:00")),
        (at(27, "20:00"), at(7, month=11), at(27, "20:00"), at(7, month=11)),
        (None, at(16, "18:00"), at(16, "18:00"), at(16, "18:00")),
    ],
)
def test_windows_are_read_back(
    opens: datetime | None, closes: datetime | None, start: date, end: date
) -> None:
    (event,) = read(step(opens, closes))
    assert (event.start, event.end) == (start, end)


def test_what_begins_and_has_no_end_stands_on_its_first_day() -> None:
    (event,) = read(step(at(12), None))
    assert event.start == date(2024, 10, 12)
    assert b"DTEND" not in written(step(at(12), None))


def test_days_begin_in_the_zone_of_the_election() -> None:
    assert b"DTSTART;VALUE=DATE:20241016" in written(step(at(16).astimezone(UTC), at(24).astimezone(UTC)))


def test_an_unsure_date_is_tentative() -> None:
    assert b"STATUS:TENTATIVE" in written(step(None, at(24), sure=False))
    assert b"STATUS:CONFIRMED" in written(step(None, at(24)))


def test_a_step_without_a_date_is_refused() -> None:
    with pytest.raises(ValueError, match="x@y has no date"):
        written(step(None, None))


def test_the_same_dates_are_the_same_bytes_in_lines_of_75() -> None:
    steps = [step(at(16), at(24), text="Участковая комиссия; ст. 57, \n" * 9)]
    assert written(*steps) == written(*steps)
    assert all(len(line) <= 75 for line in written(*steps).split(b"\r\n"))


@given(DAYS, st.integers(min_value=0, max_value=2000), TEXTS, TEXTS)
@settings(max_examples=60)
def test_any_day_and_any_text_comes_back(first: date, minutes: int, title: str, text: str) -> None:
    opens = datetime(first.year, first.month, first.day, tzinfo=TASHKENT)
    closes = opens + timedelta(minutes=minutes)
    (event,) = read(step(opens, closes, title=title, text=text))
    assert event.summary == title
    assert event.description == text
    assert event.start <= event.end
