"""In which phase an election is: before it, election day, the night of the count, afterwards. Nothing here reads a clock.

The phase follows from the law's windows (the edition's calendar), from the time of the election's own clock, and from
what is public. It holds no figure that is not public.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, ngettext

from esaylov.elections.duties import Owing, Owings
from esaylov.elections.moves import MoveRow, overrides
from esaylov.law.calendar import Override, Window, window
from esaylov.law.editions import CalendarStep, Edition

Phase = Literal["before", "voting", "night", "after"]
Status = Literal["past", "now", "next", "overdue", "undone"]

RESULTS_WITHIN = timedelta(days=30)
"""When the night is over for an edition that sets no day for the result."""


@dataclass(frozen=True, slots=True)
class Times:
    """The times that part the phases: voting opens and closes, the first time at which a figure may be public, the end
    of the time for establishing the result. All in the election's zone.
    """

    day: date
    opens: datetime
    closes: datetime
    release: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """What is public of an election: its contests, how many of them are certified, places counted and expected."""

    contests: int = 0
    final: int = 0
    counted: int = 0
    expected: int = 0

    @property
    def certified(self) -> bool:
        """Whether every contest is certified."""
        return 0 < self.contests == self.final


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the calendar with its window for one election, as of a time. `moves`: the decisions that moved it, `law`
    its dates without them; `abroad`: its window for precincts abroad, where they have one of their own, by the clock of
    the election's zone where it is that of the place; `owings`: how far each body is whose duty it is (None: nobody here
    knows).
    """

    code: str
    step: CalendarStep
    window: Window
    status: Status
    law: Window
    moves: tuple[MoveRow, ...] = ()
    abroad: Window | None = None
    owings: tuple[Owing, ...] | None = None


def times(
    edition: Edition,
    day: date,
    zone: ZoneInfo,
    release: datetime | None,
    *,
    moved: Mapping[str, Override] | None = None,
    events: Mapping[str, date] | None = None,
) -> Times:
    """The times of an election; `moved`: the dates that decisions set; `events`: days of events. Without a calendar: its
    whole day, and a month for the result.
    """
    midnight = datetime.combine(day, time(), zone)
    voting = window(edition, "voting", day, zone, events=events, overrides=moved)
    due = window(edition, "certification", day, zone, events=events, overrides=moved)
    opens = voting.opens if voting and voting.opens else midnight
    closes = voting.closes if voting and voting.closes else midnight + timedelta(days=1)
    return Times(
        day=day,
        opens=opens.astimezone(zone),
        closes=closes.astimezone(zone),
        release=(release or closes).astimezone(zone),
        due=(due.closes if due and due.closes else midnight + RESULTS_WITHIN).astimezone(zone),
    )


def phase(now: datetime, at: Times, public: Progress) -> Phase:
    """The phase at a time. What is public goes before the clock: with the first figure the count has begun, and with
    the last certificate it is over. After the day on which the result is due nothing is live any more.
    """
    if public.certified or now >= at.due:
        return "after"
    if public.counted or now >= max(at.closes, at.release):
        return "night"
    return "voting" if now >= at.opens else "before"


def steps(
    edition: Edition,
    day: date,
    zone: ZoneInfo,
    now: datetime,
    kinds: Iterable[str],
    *,
    moves: Mapping[str, Sequence[MoveRow]] | None = None,
    owed: Owings | None = None,
    events: Mapping[str, date] | None = None,
) -> list[Step]:
    """The calendar's steps that concern contests of these kinds, by time; those that hang on an event whose day is not
    known (is not in `events`) stand last, in the edition's order. `moves`: decisions on their dates; `owed`: how far
    the bodies are whose duty a step is, by step.
    """
    known = edition.calendar.steps if edition.calendar else {}
    wanted, taken, left = set(kinds), moves or {}, owed or {}
    moved = overrides(taken)
    over = times(edition, day, zone, None, moved=moved, events=events).due
    found = []
    for code, step in known.items():
        law = window(edition, code, day, zone, events=events)
        given = window(edition, code, day, zone, events=events, overrides=moved)
        if law is None or given is None or given.off or (step.contests and not wanted & set(step.contests)):
            continue
        dates = _in_zone(given, zone)
        there = window(edition, code, day, zone, abroad=True, place=zone, events=events, overrides=moved)
        abroad = _in_zone(there, zone) if there and (step.opens_abroad or step.closes_abroad) else None
        now_in = status(dates, now, over)
        found.append(
            Step(
                code=code,
                step=step,
                window=dates,
                status=_followed(now_in, left.get(code, ())),
                law=law,
                moves=tuple(taken.get(code, ())),
                abroad=abroad,
                owings=tuple(left[code]) if code in left else None,
            )
        )
    return sorted(found, key=_by_time)


def _followed(by_time: Status, owed: Sequence[Owing]) -> Status:
    """What is over and of which something is owed is overdue; where all that is owed was done once, it was undone since."""
    missing = sum(one.owed for one in owed)
    if by_time != "past" or not missing:
        return by_time
    return "undone" if missing <= sum(one.undone for one in owed) else "overdue"


def _in_zone(dates: Window, zone: ZoneInfo) -> Window:
    """The same moments, shown in a zone: those of a decision come as the database gives them."""
    opens, closes = (end and end.astimezone(zone) for end in (dates.opens, dates.closes))
    return replace(dates, opens=opens, closes=closes)


def status(dates: Window, now: datetime, over: datetime) -> Status:
    """Whether a window is over, open or still to come. What has no end ends with the election (`over`: when its result is due)
    if it began before; what has no beginning is to come until its last moment; so is what has neither.
    """
    closes = dates.closes
    if closes is None and dates.opens is not None and dates.opens < over:
        closes = over
    if closes is not None and now >= closes:
        return "past"
    return "now" if dates.opens is not None and now >= dates.opens else "next"


def _by_time(step: Step) -> tuple[bool, datetime, datetime]:
    first, last = step.window.opens or step.window.closes, step.window.closes or step.window.opens
    if first is None or last is None:
        never = datetime.max.replace(tzinfo=ZoneInfo("UTC"))
        return True, never, never
    return False, first, last


def closest(days: dict[str, tuple[Phase, date, date]]) -> str | None:
    """The election that the front page is about: one that is voted on or counted, else the one whose day is closest to
    today; of equals the later one. In: phase, election day and today of each, by id.
    """

    def key(item: tuple[str, tuple[Phase, date, date]]) -> tuple[bool, int, int, str]:
        name, (now, day, today) = item
        return now not in ("voting", "night"), abs((day - today).days), -day.toordinal(), name

    return min(days.items(), key=key)[0] if days else None


def remaining(now: datetime, then: datetime) -> str:
    """The time between two moments in words, in its two largest units: whole days from two days on."""
    minutes = max(0, int((then - now).total_seconds())) // 60
    days, hours = divmod(minutes // 60, 24)
    in_days = ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    in_hours = ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    if days >= 2:
        return in_days
    if days:
        return f"{in_days} {in_hours}" if hours else in_days
    rest = minutes % 60
    in_minutes = ngettext("%(n)d minute", "%(n)d minutes", rest) % {"n": rest}
    if hours:
        return f"{in_hours} {in_minutes}" if rest else in_hours
    return in_minutes


def countdown(now: datetime, day: date) -> str:
    """How long it is until election day, in words; empty once it is over."""
    left = (day - now.date()).days
    if left < 0:
        return ""
    if left == 0:
        return gettext("Election day is today.")
    if left == 1:
        return gettext("Election day is tomorrow.")
    return ngettext("%(days)d day to election day.", "%(days)d days to election day.", left) % {"days": left}
