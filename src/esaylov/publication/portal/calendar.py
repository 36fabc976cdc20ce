"""The calendar: the steps that the edition names, with their dates in this election and how sure those are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from esaylov.design.words import articles_text, date_text, in_language, zone_name
from esaylov.elections.duties import Owings
from esaylov.elections.moves import Taken, moves
from esaylov.elections.queries import minutes
from esaylov.elections.words import body_text, event_text, events_of
from esaylov.law.calendar import Window
from esaylov.law.editions import Anchor
from esaylov.publication.cited import Cited, register_of
from esaylov.publication.codes.codes import code_of
from esaylov.publication.pages.common import Frame, Link, frame
from esaylov.publication.portal.owed import facts, told
from esaylov.publication.portal.phases import Status, Step, countdown, remaining, steps
from esaylov.results.queries import Snapshot


@dataclass(frozen=True, slots=True)
class Moved:
    """How a step was moved: the law's dates in words, the decision that holds, its record in the log, and the numbers of
    those before it; `note`: what is to be said of its number.
    """

    by_law: str
    number: str
    on: str
    url: str
    earlier: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step in words, its times in the election's zone; `doubt` says how sure the date is, empty where it is
    confirmed. `left`: how long until it begins or ends; `abroad`: its time for precincts abroad; `far`: how far it is;
    `late`: what of it is not done although its time is over, and whose duty that is; `done`: nothing of it is missing;
    `on`: when it was done, `behind`: how long after its deadline.
    """

    code: str
    title: str
    at: str
    until: str
    status: Status
    who: str
    article: str
    doubt: str
    left: str = ""
    abroad: str = ""
    far: str = ""
    late: str = ""
    done: bool = False
    on: str = ""
    behind: str = ""
    moved: Moved | None = None

    @property
    def text(self) -> str:
        """All that stands below the title."""
        parts = (self.who, articles_text(self.article), self.doubt, self.abroad, self.far)
        return " · ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """Everything on the calendar's page, as of `now`. `file`: the same dates as iCalendar, empty where there are none.
    `events`: what steps are counted from besides election day, with its day.
    """

    frame: Frame
    now: datetime
    countdown: str
    edition: str
    overdue: tuple[StepLine, ...]
    undone: tuple[StepLine, ...]
    open: tuple[StepLine, ...]
    to_come: tuple[StepLine, ...]
    undated: tuple[StepLine, ...]
    past: tuple[StepLine, ...]
    events: tuple[tuple[str, str], ...]
    full_days: bool
    unsure: int
    moved: int
    zone: str
    file: str

    @property
    def dated(self) -> bool:
        """Whether a line says on which day its step was done."""
        return any(line.on for line in (*self.undone, *self.past))

    @property
    def belated(self) -> bool:
        """Whether one of them was done after its deadline."""
        return any(line.behind for line in (*self.undone, *self.past))

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        return self.countdown


def calendar_page(at: Snapshot) -> CalendarPage:
    """The calendar of an election."""
    now = minutes()[at.election.id]
    found = steps_of(at, now, moves(at.election.id), facts(at, now))
    cited = cited_by(at, found)
    lines = [(step, _followed(at, step, now, cited)) for step in found]
    dated = [line for step, line in lines if is_dated(step)]
    calendar = at.tables.edition.calendar
    return CalendarPage(
        frame=frame(at, Link(gettext("Calendar"))),
        now=now,
        countdown=countdown(now, at.election.date),
        edition=in_language(at.tables.edition.title, at.tables.edition.id),
        overdue=tuple(line for line in dated if line.status == "overdue"),
        undone=tuple(line for line in dated if line.status == "undone"),
        open=tuple(line for line in dated if line.status == "now"),
        to_come=tuple(line for line in dated if line.status == "next"),
        undated=tuple(line for step, line in lines if not is_dated(step) and not line.done),
        past=(
            # What waits for an event and is done is over all the same.
            *(line for step, line in lines if not is_dated(step) and line.done),
            *(line for line in dated if line.status == "past"),
        ),
        events=tuple(events_of(at.election)),
        full_days=calendar is not None and calendar.day_count == "full-days-left",
        unsure=sum(1 for _, line in lines if line.doubt),
        moved=sum(1 for _, line in lines if line.moved),
        zone=f"{zone_name(now)}, UTC{now.isoformat()[-6:]}",
        file=reverse("calendar-file", args=[at.election.id]) if dated else "",
    )


def steps_of(at: Snapshot, now: datetime, taken: Taken, owed: Owings | None = None) -> list[Step]:
    """The steps that concern this election, with the decisions on their dates (of `taken`) that the log holds at this size,
    and with how far the bodies are whose duty each is.
    """
    kinds = {contest.kind for contest in at.tables.contests.values()}
    known = {
        step: [row for row in rows if row.index is not None and row.index < at.size]
        for step, rows in taken.items()
    }
    public = {step: rows for step, rows in known.items() if rows}
    return steps(
        at.tables.edition, at.election.date, at.zone, now, kinds, moves=public, owed=owed,
        events=at.election.days,
    )  # fmt: skip


def next_steps(
    found: Iterable[Step], number: int, statuses: tuple[Status, ...], now: datetime
) -> tuple[StepLine, ...]:
    """The first steps that have a date and one of these statuses, not more than `number`."""
    chosen = [step for step in found if is_dated(step) and step.status in statuses]
    return tuple(step_line(step, now) for step in chosen[:number])


def is_dated(step: Step) -> bool:
    """Whether a day of the step is known."""
    return step.window.opens is not None or step.window.closes is not None


def step_line(step: Step, now: datetime | None = None) -> StepLine:
    """A step in words; `now`: with the time that is left."""
    begins, ends = _dates(step, step.window, moved=bool(step.moves))
    return StepLine(
        code=step.code,
        title=in_language(step.step.title, step.code),
        at=begins,
        until=ends,
        status=step.status,
        who=", ".join(body_text(one) for one in step.step.who),
        article=step.step.source.article or "",
        doubt="" if step.moves else _doubt(step.step.source.status),
        left=_left(step, now) if now else "",
        abroad=_abroad(step),
        moved=_moved(step),
    )


def _followed(at: Snapshot, step: Step, now: datetime, cited: Mapping[int, Cited]) -> StepLine:
    """A step in words with what is known of its being done."""
    known, line = told(at, step), step_line(step, now)
    return replace(
        line,
        # What is due by a day and is done is over, although the day is still to come.
        status="past" if known.done else line.status,
        left="" if known.done else line.left,
        far=known.far,
        late=known.late,
        done=known.done,
        on=known.on,
        behind=known.behind,
        moved=_decided(step, line.moved, cited),
    )


def cited_by(at: Snapshot, found: Iterable[Step]) -> dict[int, Cited]:
    """The numbers by which steps were moved, by the index of the latest move's entry."""
    latest = [step.moves[-1] for step in found if step.moves]
    numbers = {row.index: row.override.decision for row in latest if row.index is not None}
    return register_of(at.size, at.election.id, numbers)


def _decided(step: Step, moved: Moved | None, cited: Mapping[int, Cited]) -> Moved | None:
    """The move with the page of its decision, where the register has it; else with the record of the move."""
    index = step.moves[-1].index if step.moves else None
    known = cited.get(index) if index is not None else None
    return replace(moved, url=known.url or moved.url, note=known.note) if moved and known else moved


def _dates(step: Step, dates: Window, *, moved: bool) -> tuple[str, str]:
    """Beginning and end in words; by the law an end may hang on an event whose day is not known."""
    first, last = dates.opens, dates.closes
    begins, ends = ("", "") if moved else (_in_words(step.step.opens), _in_words(step.step.closes))
    if first is None and last is not None:
        return gettext("not later than %(date)s") % {"date": day_of_end(last)}, ""
    if first is not None and last is not None:
        return day_and_time(first), _end(first, last)
    if first is not None:
        return (
            (day_and_time(first), ends)
            if ends
            else (gettext("from %(time)s") % {"time": day_and_time(first)}, "")
        )
    if not begins and ends:
        return gettext("not later than %(date)s") % {"date": ends}, ""
    return begins, ends


def _moved(step: Step) -> Moved | None:
    if not step.moves:
        return None
    *earlier, last = step.moves
    begins, ends = _dates(step, step.law, moved=False)
    url = ""
    if last.index is not None and last.leaf is not None:
        url = reverse("check-record", args=[code_of(last.index, last.leaf)])
    zone = (step.window.opens or step.window.closes or last.at).tzinfo
    return Moved(
        by_law=" – ".join(part for part in (begins, ends) if part) or gettext("no date"),
        number=last.override.decision,
        on=date_text(last.at.astimezone(zone)),
        url=url,
        earlier=tuple(row.override.decision for row in earlier),
    )


def _left(step: Step, now: datetime) -> str:
    """How long until a step begins or ends, or since it should have ended."""
    opens, closes = step.window.opens, step.window.closes
    if step.status == "overdue" and closes:
        return gettext("overdue by %(time)s") % {"time": remaining(closes, now)}
    if step.status == "next" and opens:
        return gettext("begins in %(time)s") % {"time": remaining(now, opens)}
    if step.status in ("now", "next") and closes:
        return gettext("%(time)s left") % {"time": remaining(now, closes)}
    return ""


def _abroad(step: Step) -> str:
    """The window of precincts abroad, where they have one of their own."""
    local = any(end is not None and end.local for end in (step.step.opens_abroad, step.step.closes_abroad))
    if step.abroad is None or (step.abroad == step.window and not local):
        return ""
    begins, ends = _dates(step, step.abroad, moved=bool(step.moves))
    dates = " – ".join(part for part in (begins, ends) if part)
    if local:
        return gettext("precincts abroad, by the clock of the place: %(dates)s") % {"dates": dates}
    return gettext("precincts abroad: %(dates)s") % {"dates": dates}


def day_of_end(time: datetime) -> str:
    """The last day of what ends at a time: midnight ends the day before it."""
    if _is_midnight(time):
        return date_text(time - timedelta(minutes=1))
    return f"{date_text(time)}, {time:%H:%M}"


def day_and_time(time: datetime) -> str:
    """A beginning: the day, with the time where it is not midnight."""
    return date_text(time) if _is_midnight(time) else f"{date_text(time)}, {time:%H:%M}"


def _end(first: datetime, last: datetime) -> str:
    """An end as it stands behind its beginning: only the time on the same day, nothing for a whole day."""
    if _is_midnight(first) and last - first == timedelta(days=1):
        return ""
    return f"{last:%H:%M}" if first.date() == last.date() else day_of_end(last)


def _is_midnight(time: datetime) -> bool:
    return (time.hour, time.minute) == (0, 0)


def _in_words(anchor: Anchor | None) -> str:
    """An end that hangs on an event whose day is not known yet."""
    if anchor is None:
        return ""
    values = {"event": event_text(anchor.event or "election-day")}
    if anchor.months_before is not None or anchor.months_after is not None:
        number = anchor.months_before if anchor.months_before is not None else anchor.months_after or 0
        before = ngettext(
            "%(n)d month before this event: %(event)s", "%(n)d months before this event: %(event)s", number
        )
        after = ngettext(
            "%(n)d month after this event: %(event)s", "%(n)d months after this event: %(event)s", number
        )
        return (before if anchor.months_before is not None else after) % {"n": number, **values}
    days = -anchor.before if anchor.before is not None else (anchor.after or anchor.day or 0)
    if days == 0:
        return gettext("day of this event: %(event)s") % values
    before = ngettext(
        "%(n)d day before this event: %(event)s", "%(n)d days before this event: %(event)s", abs(days)
    )
    after = ngettext(
        "%(n)d day after this event: %(event)s", "%(n)d days after this event: %(event)s", abs(days)
    )
    return (before if days < 0 else after) % {"n": abs(days), **values}


def _doubt(status: str | None) -> str:
    """How sure a value of the law is (docs/edition.md); empty where it was seen in a public source."""
    texts = {
        "confirmed": "",
        "confirmed-2023": gettext("seen in the law's text of 2023 only"),
        "derived": gettext("derived, not seen in a source"),
        "recalled": gettext("not checked against a source"),
        "unknown": gettext("not known: a choice of this edition"),
    }
    return texts.get(status or "confirmed", "")
