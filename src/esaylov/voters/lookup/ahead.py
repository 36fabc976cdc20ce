"""The elections that the page speaks of: those ahead, else the last one; with what the law says a voter must know of them."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from esaylov.acts.context import ElectionContext, get_context
from esaylov.elections.moves import all_moves, overrides
from esaylov.elections.queries import elections, minute_of
from esaylov.law.calendar import Override
from esaylov.law.voters import voter_rules

FRESH = 15.0
"""Seconds for which this is kept: it stands on the page of everybody who asks."""
LONGEST = 600.0
"""Seconds for which it is kept while the database does not answer."""
Days = tuple[datetime, datetime]


@dataclass(frozen=True)
class Ahead:
    """An election. `titles` by language; `voting`: from when to when on election day; `early`: first and last day of early
    voting; `changes`: until when the list may be changed (`closed`: that is over); all in its zone, None where the edition does
    not say. `over`: its day is over. `answer_hours`: within which a commission answers. `age`: of voters, on election day.
    """

    id: str
    titles: tuple[tuple[str, str], ...]
    date: date
    simulated: bool
    replay: bool
    pilot: bool
    over: bool
    voting: Days | None
    early: Days | None
    changes: datetime | None
    closed: bool
    answer_hours: int
    age: int


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
    """The elections whose day is not over by their own clock; where there is none, the one that was held last."""
    rows, moved = elections(), all_moves()
    coming = [row for row in rows if row.date >= minute_of(row).date()]
    return tuple(
        _of(get_context(row.id), dict(row.titles), pilot=row.pilot, moved=overrides(moved.get(row.id, {})))
        for row in sorted(coming or rows[:1], key=lambda row: (row.date, row.id))
    )


def _of(at: ElectionContext, titles: dict[str, str], *, pilot: bool, moved: dict[str, Override]) -> Ahead:
    voting, early, changes = (
        at.dates(step, moved=moved) for step in ("voting", "early-voting", "list-changes")
    )
    rules = voter_rules(at.edition)
    until = changes.closes.astimezone(at.timezone) if changes and changes.closes else None
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
        closed=until is not None and until <= at.now(),
        answer_hours=rules.answer_hours,
        age=rules.age,
    )


def _both(
    opens: datetime | None, closes: datetime | None, at: ElectionContext, *, last_moment: bool = False
) -> Days | None:
    """Both ends in the election's zone; `last_moment`: the last moment within instead of the first after it, whose day counts."""
    if opens is None or closes is None:
        return None
    end = closes - timedelta(seconds=1) if last_moment else closes
    return opens.astimezone(at.timezone), end.astimezone(at.timezone)
