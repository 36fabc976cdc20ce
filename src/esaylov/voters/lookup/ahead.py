"""The elections that the page speaks of: those ahead, then the last one held, as one that is over: between two elections its
precincts are the only ones that the list knows. With what the law says a voter must know of each.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from esaylov.acts.context import ElectionContext, get_context
from esaylov.elections.moves import all_moves, overrides
from esaylov.elections.queries import elections, minute_of, tables
from esaylov.law.calendar import Override
from esaylov.law.voters import voter_rules
from esaylov.registry.models import Territory
from esaylov.voters.models import Rule

FRESH = 15.0
"""Seconds for which this is kept: it stands on the page of everybody who asks."""
LONGEST = 600.0
"""Seconds for which it is kept while the database does not answer."""
Days = tuple[datetime, datetime]
Names = tuple[tuple[str, str], ...]
"""A text by language."""
PARTS = ("constituency", "abroad")
"""Kinds of territories that no voter would name as the place where an election is held."""


@dataclass(frozen=True)
class Ahead:
    """An election. `titles` by language; `voting`: from when to when on election day; `early`: first and last day of early
    voting; `changes`: until when the list may be changed (`closed`: that is over); all in its `zone`, None where the edition
    does not say. `over`: its day is over. `answer_hours`: within which a commission answers. `age`: of voters, on election day.
    `placed`: its precincts have their houses; `precincts`: until when they are formed, None where that is over or not said.
    `where`: the one place in which it is held, by language; empty for an election of the whole country. `clock`: what its set
    clock shows, None where the real one holds.
    """

    id: str
    titles: Names
    date: date
    simulated: bool
    replay: bool
    pilot: bool
    over: bool
    voting: Days | None
    early: Days | None
    changes: datetime | None
    zone: ZoneInfo
    closed: bool
    answer_hours: int
    age: int
    placed: bool
    precincts: datetime | None
    where: Names
    clock: datetime | None = None


class Known:
    """What was read last. Several threads may ask."""

    def __init__(self) -> None:
        self._found: tuple[Ahead, ...] = ()
        self._at = float("-inf")
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Reads anew at the next question."""
        self._at = float("-inf")

    def read(self) -> tuple[Ahead, ...]:
        """The elections, nearest first. Raises django.db's errors where nothing is known that could be shown."""
        with self._lock:
            age = time.monotonic() - self._at
            if age > FRESH:
                try:
                    self._found, self._at = read_elections(), time.monotonic()
                except Exception:
                    if age > LONGEST:
                        raise
            return self._found


known = Known()
ahead = known.read


def read_elections() -> tuple[Ahead, ...]:
    """The elections whose day is not over by their own clock, nearest first, then the one that was held last."""
    rows, moved = elections(), all_moves()
    coming = [row for row in rows if row.date >= minute_of(row).date()]
    held = [row for row in rows if row not in coming][:1]
    return tuple(
        _of(get_context(row.id), dict(row.titles), pilot=row.pilot, moved=overrides(moved.get(row.id, {})))
        for row in [*sorted(coming, key=lambda row: (row.date, row.id)), *held]
    )


def _of(at: ElectionContext, titles: dict[str, str], *, pilot: bool, moved: dict[str, Override]) -> Ahead:
    voting, early, changes, formed = (
        at.dates(step, moved=moved) for step in ("voting", "early-voting", "list-changes", "precincts")
    )
    rules = voter_rules(at.edition)
    until = changes.closes.astimezone(at.timezone) if changes and changes.closes else None
    forming = formed.closes.astimezone(at.timezone) if formed and formed.closes else None
    return Ahead(
        id=at.id,
        titles=tuple(sorted(titles.items())),
        date=at.date,
        simulated=at.simulated,
        replay=at.replay,
        pilot=pilot,
        over=at.date < at.now().date(),
        voting=_both(voting.opens, voting.closes, at) if voting and not voting.off else None,
        early=_both(early.opens, early.closes, at, last_moment=True) if early and not early.off else None,
        changes=until,
        zone=at.timezone,
        closed=until is not None and until <= at.now(),
        answer_hours=rules.answer_hours,
        age=rules.age,
        placed=Rule.objects.filter(election=at.id, ended=None).exists(),
        precincts=forming - timedelta(seconds=1) if forming and forming > at.now() else None,
        where=_held_in(at.id),
        clock=at.now() if at.clock_is_set else None,
    )


def _held_in(election: str) -> Names:
    """The names of the place that is the only one of its kind in the election, and of all that lies above it."""
    known = tables(election).places
    country = place = tables(election).country
    while len(below := [one for one, (_, lineage) in known.items() if lineage[1:2] == (place,)]) == 1:
        if known[below[0]][0] in PARTS:
            break
        place = below[0]
    found = Territory.objects.filter(id=place).exclude(id=country).values_list("names", flat=True).first()
    return tuple(sorted((found or {}).items()))


def _both(
    opens: datetime | None, closes: datetime | None, at: ElectionContext, *, last_moment: bool = False
) -> Days | None:
    """Both ends in the election's zone; `last_moment`: the last moment within instead of the first after it, whose day counts."""
    if opens is None or closes is None:
        return None
    end = closes - timedelta(seconds=1) if last_moment else closes
    return opens.astimezone(at.timezone), end.astimezone(at.timezone)
