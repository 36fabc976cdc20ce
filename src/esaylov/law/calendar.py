"""When a step may be taken: windows of the electoral calendar, and the time before which no result is public.

Nothing here reads a clock or knows today; dates come in, times with their zone come out. How "n days
before" is counted is a value of the edition, because commissions have counted both ways.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from esaylov.law.editions import Anchor, Calendar, Edition

Days = Mapping[str, date]
"""Days of events, by the names that the edition gives them."""
DAY = timedelta(days=1)
EARLIEST, LATEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
"""The clocks on earth that are furthest ahead and furthest behind."""


@dataclass(frozen=True, slots=True)
class Window:
    """When a step is open: from `opens` on, before `closes`; an end that is None is open.

    `decision` is the number of the decision that moved it, None for the dates of the law. `off`: the step does not take
    place in an election of this form; a decision may set dates all the same.
    """

    opens: datetime | None
    closes: datetime | None
    article: str | None
    decision: str | None = None
    off: bool = False

    def contains(self, at: datetime) -> bool:
        """Whether the step is open at a time (which needs a zone)."""
        begun = self.opens is None or self.opens <= at
        return begun and (self.closes is None or at < self.closes) and not self.off


@dataclass(frozen=True, slots=True)
class Override:
    """Dates that a commission set by decision instead of the law's. `since`: when it was taken; None: it always held."""

    opens: datetime | None
    closes: datetime | None
    decision: str
    since: datetime | None = None


def in_force(moves: Sequence[Override], at: datetime) -> Override | None:
    """The decision by whose dates a step is judged at a time: the last of `moves` (in the order in which they were
    taken) that was taken by then; None: the law's dates hold.

    So a decision never changes whether something was allowed before it: what was taken in time stays in time.
    """
    return next((move for move in reversed(moves) if move.since is None or move.since <= at), None)


def rewritten(before: Window, after: Override, at: datetime) -> tuple[str, ...]:
    """The ends (`opens`, `closes`) to which a decision taken at a time gives another date that has passed already. An end
    that stays as it was may have passed; no end means since ever, or for ever.
    """
    changed = (
        ("opens", before.opens, after.opens, after.opens is None or after.opens < at),
        ("closes", before.closes, after.closes, after.closes is not None and after.closes < at),
    )
    return tuple(name for name, old, new, passed in changed if new != old and passed)


def release_time(edition: Edition, election_date: date, timezone: str | ZoneInfo) -> datetime | None:
    """The time before which no figure of a protocol is public; None when the edition sets none.

    `timezone` is the election's; the edition's own, where it names one, goes before it.
    """
    release = edition.release
    if release is None:
        return None
    zone = _zone(release.timezone or timezone)
    if release.wait_for_abroad and release.abroad_time is not None:
        return _at(election_date + release.abroad_day * DAY, release.abroad_time, zone)
    return _at(election_date + release.day * DAY, release.time, zone)


def window(
    edition: Edition,
    step: str,
    election_date: date,
    timezone: str | ZoneInfo | None = None,
    *,
    abroad: bool = False,
    place: ZoneInfo | None = None,
    events: Days | None = None,
    overrides: Mapping[str, Override] | None = None,
) -> Window | None:
    """The window of a step; None when the edition has no calendar or does not know the step (then it is
    open).

    `abroad`: for a precinct abroad, where the edition gives it an end of its own; `place` is its time zone, in which
    such an end may be read (None: not known; then the earliest place on earth opens it, and the last one closes it). A
    decision's dates are read there too, by the same clock. `events`: dates of events
    other than election day (`announcement`, ...); an end that hangs on an event not given stays open.
    `timezone` is the election's, used when the calendar names none (UTC when neither does).
    """
    calendar = edition.calendar
    found = calendar.steps.get(step) if calendar else None
    if calendar is None or found is None:
        return None
    opens, closes = found.opens, found.closes
    if abroad:
        opens, closes = found.opens_abroad or opens, found.closes_abroad or closes
    zone = _zone(calendar.timezone or timezone or "UTC")
    opens_in = place or EARLIEST if abroad and opens and opens.local else zone
    closes_in = place or LATEST if abroad and closes and closes.local else zone
    override = (overrides or {}).get(step)
    if override is not None:
        dates = _by_clock(override.opens, zone, opens_in), _by_clock(override.closes, zone, closes_in)
        return Window(*dates, found.source.article, override.decision)
    known = {**(events or {}), "election-day": election_date}
    return Window(
        opens=_by_clock(_resolve(opens, calendar, known, zone, "00:00"), zone, opens_in),
        closes=_by_clock(_resolve(closes, calendar, known, zone, "24:00"), zone, closes_in),
        article=found.source.article,
        off=found.off,
    )


def _by_clock(time: datetime | None, zone: ZoneInfo, place: tzinfo) -> datetime | None:
    """The moment at which the clocks of a place show what those of a zone show at a time; a time of that zone."""
    if time is None or place is zone:
        return time
    return time.astimezone(zone).replace(tzinfo=place).astimezone(UTC).astimezone(zone)


def _resolve(
    anchor: Anchor | None, calendar: Calendar, events: Mapping[str, date], zone: ZoneInfo, default: str
) -> datetime | None:
    if anchor is None:
        return None
    start = events.get(anchor.event or "election-day")
    if start is None:
        return None
    return _at(anchor_date(anchor, start, calendar.day_count), anchor.time or default, zone)


def anchor_date(anchor: Anchor, start: date, day_count: str) -> date:
    """The day that an anchor names, counted from `start`.

    "n days before" leaves n full days between (`full-days-left`: start - (n + 1)) or is plain subtraction
    (`calendar-days`: start - n). Months keep the day of the month where the month has it, else its last day.
    """
    found = start
    if anchor.before is not None:
        found = start - (anchor.before + (day_count == "full-days-left")) * DAY
    elif anchor.after is not None:
        found = start + anchor.after * DAY
    elif anchor.day is not None:
        found = start + anchor.day * DAY
    elif anchor.months_before is not None:
        found = _add_months(start, -anchor.months_before)
    elif anchor.months_after is not None:
        found = _add_months(start, anchor.months_after)
    return found + anchor.plus * DAY


def _add_months(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _at(day: date, clock: str, zone: ZoneInfo) -> datetime:
    """`24:00` is midnight at the end of the day."""
    if clock == "24:00":
        return datetime.combine(day + DAY, time(), zone)
    hour, minute = clock.split(":")
    return datetime.combine(day, time(int(hour), int(minute)), zone)


def _zone(timezone: str | ZoneInfo) -> ZoneInfo:
    return timezone if isinstance(timezone, ZoneInfo) else ZoneInfo(timezone)
