"""The calendar: the steps that the edition names, with their dates in this election and how sure those are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from esaylov.design.words import articles_text, date_text, in_language
from esaylov.elections.queries import minutes
from esaylov.law.editions import Anchor
from esaylov.publication.pages.common import Frame, Link, frame
from esaylov.publication.portal.phases import Status, Step, countdown, steps
from esaylov.results.queries import Snapshot


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step in words, its times in the election's zone; `doubt` says how sure the date is, empty where it is
    confirmed.
    """

    code: str
    title: str
    at: str
    until: str
    status: Status
    who: str
    article: str
    doubt: str

    @property
    def text(self) -> str:
        """All that stands below the title."""
        return " · ".join(part for part in (self.who, articles_text(self.article), self.doubt) if part)


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """Everything on the calendar's page, as of `now`. `file`: the same dates as iCalendar, empty where there are none."""

    frame: Frame
    now: datetime
    countdown: str
    edition: str
    open: tuple[StepLine, ...]
    to_come: tuple[StepLine, ...]
    undated: tuple[StepLine, ...]
    past: tuple[StepLine, ...]
    full_days: bool
    unsure: int
    file: str

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        return self.countdown


def calendar_page(at: Snapshot) -> CalendarPage:
    """The calendar of an election."""
    now = minutes()[at.election.id]
    found = steps_of(at, now)
    lines = [(step, step_line(step)) for step in found]
    dated = [line for step, line in lines if is_dated(step)]
    calendar = at.tables.edition.calendar
    return CalendarPage(
        frame=frame(at, Link(gettext("Calendar"))),
        now=now,
        countdown=countdown(now, at.election.date),
        edition=in_language(at.tables.edition.title, at.tables.edition.id),
        open=tuple(line for line in dated if line.status == "now"),
        to_come=tuple(line for line in dated if line.status == "next"),
        undated=tuple(line for step, line in lines if not is_dated(step)),
        past=tuple(line for line in dated if line.status == "past"),
        full_days=calendar is not None and calendar.day_count == "full-days-left",
        unsure=sum(1 for _, line in lines if line.doubt),
        file=reverse("calendar-file", args=[at.election.id]) if dated else "",
    )


def steps_of(at: Snapshot, now: datetime) -> list[Step]:
    """The steps that concern this election."""
    kinds = {contest.kind for contest in at.tables.contests.values()}
    return steps(at.tables.edition, at.election.date, at.zone, now, kinds)


def next_steps(found: Iterable[Step], number: int, statuses: tuple[Status, ...]) -> tuple[StepLine, ...]:
    """The first steps that have a date and one of these statuses, not more than `number`."""
    chosen = [step for step in found if is_dated(step) and step.status in statuses]
    return tuple(step_line(step) for step in chosen[:number])


def is_dated(step: Step) -> bool:
    """Whether a day of the step is known."""
    return step.window.opens is not None or step.window.closes is not None


def step_line(step: Step) -> StepLine:
    """A step in words."""
    first, last = step.window.opens, step.window.closes
    begins, ends = _in_words(step.step.opens), _in_words(step.step.closes)
    if first is None and last is not None:
        begins, ends = gettext("not later than %(date)s") % {"date": day_of_end(last)}, ""
    elif first is not None:
        begins = day_and_time(first)
        ends = _end(first, last) if last is not None else ends
    elif first is None and not begins and ends:
        begins, ends = gettext("not later than %(date)s") % {"date": ends}, ""
    return StepLine(
        code=step.code,
        title=in_language(step.step.title, step.code),
        at=begins,
        until=ends,
        status=step.status,
        who=", ".join(_who(one) for one in step.step.who),
        article=step.step.source.article or "",
        doubt=_doubt(step.step.source.status),
    )


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
    values = {"event": _event(anchor.event or "election-day")}
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


def _event(code: str) -> str:
    names = {
        "election-day": gettext("election day"),
        "term-end": gettext("the end of the term"),
        "announcement": gettext("the announcement of the campaign"),
        "papers-received": gettext("receipt of the papers"),
        "precinct-commission-formed": gettext("the forming of the precinct commission"),
        "deputies-registered": gettext("the registration of the deputies"),
        "results-published": gettext("the publication of the results"),
        "kengashes-elected": gettext("the election of the Kengashes (local councils)"),
    }
    return names.get(code, code.replace("-", " "))


def _who(code: str) -> str:
    names = {
        "central": gettext("Central Election Commission"),
        "territorial": gettext("territorial commissions"),
        "district": gettext("district and city commissions"),
        "okrug": gettext("constituency (okrug) commissions"),
        "precinct": gettext("precinct commissions"),
        "party": gettext("parties"),
        "candidate": gettext("candidates"),
        "voter": gettext("voters"),
        "mahalla": gettext("mahallas"),
        "foreign-body": gettext("foreign states and international bodies"),
        "media": gettext("media"),
        "state-body": gettext("state bodies"),
    }
    return names.get(code, code.replace("-", " "))


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
