"""The election's clock as each page of the cabinet shows it, and what kind of election it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext, ngettext

from esaylov.acts.context import ElectionContext, UnknownElection, get_context
from esaylov.cabinet.elections import ElectionLine, election_line, zone_abroad
from esaylov.design.words import in_language


@dataclass(frozen=True, slots=True)
class Clock:
    """An election and the time on its clock, in its zone. `is_set`: the clock is not the real one."""

    election: str
    title: str
    date: date
    now: datetime
    is_set: bool
    simulated: bool
    replay: bool
    mode: str

    @property
    def countdown(self) -> str:
        """How far election day is."""
        days = (self.date - self.now.date()).days
        if days == 0:
            return gettext("election day")
        if days > 0:
            text = ngettext("%(n)d day to election day", "%(n)d days to election day", days)
        else:
            text = ngettext("%(n)d day after election day", "%(n)d days after election day", -days)
        return text % {"n": abs(days)}


def clock_of(election: str, precinct: int | None = None) -> Clock | None:
    """The clock of an election, None when there is none of this id; for a precinct (database id) abroad in its own zone."""
    try:
        context = get_context(election)
    except UnknownElection:
        return None
    found = clock_in(context, election_line(election))
    zone = zone_abroad(election, precinct)
    return replace(found, now=found.now.astimezone(zone)) if zone is not None else found


def clock_in(context: ElectionContext, line: ElectionLine | None) -> Clock:
    """The clock of a context."""
    return Clock(
        election=context.id or "",
        title=in_language(line.titles if line else {}, context.id or ""),
        date=context.date,
        now=context.now(),
        is_set=context.clock_is_set,
        simulated=context.simulated,
        replay=context.replay,
        mode=line.mode if line else "official",
    )


def time_left(until: datetime, now: datetime) -> str:
    """How long it is until a deadline, or since: in days from two days on, in hours and minutes below."""
    seconds = (until - now).total_seconds()
    span = span_text(abs(seconds))
    return (gettext("%(span)s left") if seconds >= 0 else gettext("%(span)s late")) % {"span": span}


def span_text(seconds: float) -> str:
    """A length of time in words."""
    minutes = int(seconds // 60)
    if minutes >= 2 * 24 * 60:
        days = minutes // (24 * 60)
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    hours, rest = divmod(minutes, 60)
    if hours:
        return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
    return gettext("%(minutes)d min") % {"minutes": rest}
