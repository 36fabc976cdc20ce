"""The board of due work: the steps of the election's calendar that a body has to take, and how far they are.

The stage of elections gives the calendar, other stages the pages on which a step is taken and how much of it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from django.urls import reverse

from esaylov.cabinet.desk import Desk
from esaylov.registry.forming import edition_tier

Status = Literal["overdue", "now", "next", "past"]


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """A step of an election's calendar with the dates that hold, in the election's zone. `decision`: the number of the
    decision that moved it. `sure` false: the date of the law is read, not confirmed. `followed` false: the platform does
    not know whether what is owed by its end is done.
    """

    code: str
    title: str
    who: tuple[str, ...]
    opens: datetime | None
    closes: datetime | None
    article: str = ""
    decision: str = ""
    sure: bool = True
    followed: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """A number of things in one state; `url` lists them."""

    state: Mapping[str, str]
    number: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step is in a body's territory: `done` of `expected` things (protocols, reports), by state in `parts`."""

    step: str
    title: str
    done: int
    expected: int
    parts: tuple[Part, ...] = ()
    url: str = ""

    @property
    def owed(self) -> int:
        """How many are still owed."""
        return max(0, self.expected - self.done)


@dataclass(frozen=True, slots=True)
class Line:
    """A step on the board."""

    step: CalendarLine
    status: Status
    url: str = ""
    progress: tuple[Progress, ...] = ()

    @property
    def done(self) -> bool:
        """Whether it is known that nothing of it is owed any more."""
        return bool(self.progress) and not any(one.owed for one in self.progress)

    @property
    def until(self) -> datetime | None:
        """What the line counts down to: its beginning while that lies ahead, else its end."""
        return self.step.opens if self.status == "next" and self.step.opens else self.step.closes


@dataclass(frozen=True, slots=True)
class Board:
    """A body's board: what is overdue, what is open, what comes next, what is over, and what has no date yet."""

    overdue: tuple[Line, ...]
    now: tuple[Line, ...]
    next: tuple[Line, ...]
    past: tuple[Line, ...]
    undated: tuple[Line, ...]
    progress: tuple[Progress, ...]

    @property
    def empty(self) -> bool:
        """Whether no step is this body's."""
        return not (self.overdue or self.now or self.next or self.past or self.undated or self.progress)


Calendar = Callable[[str, int | None], Sequence[CalendarLine]]
Provider = Callable[[Desk], Sequence[Progress]]
Page = tuple[str, Callable[[Desk], bool]]

_calendar: list[Calendar] = []
_providers: list[Provider] = []
_pages: dict[str, Page] = {}


def register_calendar(calendar: Calendar) -> None:
    """Names the function that gives the calendar of an election (by id) with the dates of a precinct (database id; None:
    those of the country), in the order of its dates.
    """
    _calendar[:] = [calendar]


def register_page(step: str, url_name: str, may: Callable[[Desk], bool]) -> None:
    """Says on which page (without arguments) a step is taken, and by whom."""
    _pages[step] = (url_name, may)


def register(provider: Provider) -> None:
    """Adds a provider of progress; one that is there already is not added twice."""
    if provider not in _providers:
        _providers.append(provider)


def calendar_of(election: str, precinct: int | None = None) -> Sequence[CalendarLine]:
    """The calendar of an election; empty where no stage gives one."""
    return _calendar[0](election, precinct) if _calendar else ()


def board_of(desk: Desk) -> Board:
    """The board of the desk's body in its election."""
    election, clock = desk.election, desk.clock
    if not election or clock is None or desk.actor is None:
        return Board((), (), (), (), (), ())
    progress = [one for provider in _providers for one in provider(desk)]
    name = desk.mandate.kind if desk.mandate and desk.mandate.kind else edition_tier(desk.tier)
    mine = [line for line in calendar_of(election, desk.actor.precinct) if name in line.who]
    lines = [line_of(desk, line, clock.now, progress) for line in mine]
    known = {line.code for line in mine}
    dated = [line for line in lines if line.step.opens or line.step.closes]
    return Board(
        overdue=_with("overdue", dated),
        now=_with("now", dated),
        next=_with("next", dated),
        past=_with("past", dated)[::-1],
        undated=tuple(line for line in lines if not (line.step.opens or line.step.closes)),
        progress=tuple(one for one in progress if one.step not in known),
    )


def _with(status: Status, lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.status == status)


def line_of(desk: Desk, step: CalendarLine, now: datetime, progress: Sequence[Progress]) -> Line:
    """A step with its status: overdue is what is over and of which something is still owed."""
    own = tuple(one for one in progress if one.step == step.code)
    return Line(step, status_of(step, now, own), page_of(desk, step.code), own)


def status_of(step: CalendarLine, now: datetime, progress: Sequence[Progress]) -> Status:
    """Where a step stands at a time."""
    if step.closes is not None and step.closes <= now:
        return "overdue" if any(one.owed for one in progress) else "past"
    if step.closes is None and step.opens is None:
        return "next"
    return "next" if step.opens is not None and now < step.opens else "now"


def page_of(desk: Desk, step: str) -> str:
    """The page on which a step is taken, empty where there is none or it is not open to the desk."""
    url_name, may = _pages.get(step, ("", _nobody))
    return reverse(url_name) if url_name and may(desk) else ""


def _nobody(_desk: Desk) -> bool:
    return False


def shortened(board: Board, number: int) -> Board:
    """The board with not more than `number` lines of what comes and what is over."""
    values: dict[str, Any] = {"next": board.next[:number], "past": board.past[:number]}
    return replace(board, **values)
