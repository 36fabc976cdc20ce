"""Dates for other people's calendars: iCalendar (RFC 5545, names of RFC 7986), written by the library `icalendar`.

A window of days becomes an event of whole days, anything else an event with its times in UTC, which every reader shows in
its own zone. The same events give the same bytes: no clock stands in a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar

CONTENT_TYPE = "text/calendar; charset=utf-8"
REFRESH = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Dated:
    """A step with a date. `opens` None: a deadline, which stands on its last day or at its time; `closes` None: it begins
    and has no end. Both None is an error of the caller.

    `uid` names it for ever, whatever its dates become; `sure` false: the date may change (TENTATIVE). `revision`: how many
    times its dates were moved (SEQUENCE), `changed`: when they were last (None: when the calendar was made).
    """

    uid: str
    title: str
    text: str
    opens: datetime | None
    closes: datetime | None
    url: str
    sure: bool
    revision: int = 0
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What a calendar says of itself. `zone`: in which days begin; `stamp`: when what it holds was made (DTSTAMP)."""

    name: str
    description: str
    url: str
    zone: ZoneInfo
    stamp: datetime


def calendar(head: Head, steps: Iterable[Dated]) -> bytes:
    """The calendar as a file. Raises ValueError for a step without any date."""
    found = icalendar.Calendar()
    found.add("prodid", "-//esaylov//calendar//EN")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    for key, value in (("name", head.name), ("x-wr-calname", head.name), ("description", head.description)):
        found.add(key, value)
    found.add("url", head.url)
    found.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for step in steps:
        found.add_component(_event(step, head))
    written: bytes = found.to_ical()
    return written


def _event(step: Dated, head: Head) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", step.uid)
    changed = max(head.stamp, step.changed or head.stamp).astimezone(UTC)
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", step.revision)
    event.add("summary", step.title)
    event.add("description", step.text)
    event.add("url", step.url)
    event.add("status", "CONFIRMED" if step.sure else "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    for key, value in zip(("dtstart", "dtend"), _ends(step, head.zone), strict=False):
        event.add(key, value)
    return event


def _ends(step: Dated, zone: ZoneInfo) -> list[date | datetime]:
    """Beginning and end of the event; the end is the first day, or the moment, after it."""
    opens, closes = (one and one.astimezone(zone) for one in (step.opens, step.closes))
    known = [one for one in (opens, closes) if one is not None]
    if not known:
        raise ValueError(f"{step.uid} has no date and no place in a calendar")
    if not all(_is_midnight(one) for one in known):
        return [*sorted({one.astimezone(UTC) for one in known})]
    first = opens.date() if opens else known[0].date() - timedelta(days=1)
    return [first, max(closes.date(), first + timedelta(days=1))] if closes else [first]


def _is_midnight(time: datetime) -> bool:
    return (time.hour, time.minute, time.second) == (0, 0, 0)
