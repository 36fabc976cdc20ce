"""What the door must know of an election, asked through a provider that a higher room registers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from esaylov.acts.identity import IdentityError, identity
from esaylov.law.calendar import Days, Override, Window, window
from esaylov.law.editions import Edition, parse_edition, uz_edition_toml


@dataclass(frozen=True, slots=True)
class ElectionContext:
    """An election as the door sees it; with the id "" what lies outside of elections (`standing`).

    `set_time` is the time of a set clock (rehearsal, replay, demonstration, an election of the past); None means the real
    clock. `release` is the time before which no result is public; None means at once. `tables` is whatever the stage's acts
    need in memory (contests, options, cells); the door does not look into it. `events`: days of the events that steps of
    its calendar hang on, as the act that called it has them.
    """

    id: str
    edition: Edition
    timezone: ZoneInfo
    date: date
    simulated: bool
    replay: bool
    set_time: datetime | None
    clock_is_set: bool
    release: datetime | None
    tables: Any
    events: Days = field(default_factory=dict)

    def dates(
        self,
        step: str,
        *,
        abroad: bool = False,
        place: ZoneInfo | None = None,
        moved: Mapping[str, Override] | None = None,
    ) -> Window | None:
        """The window of a step in this election (`law.calendar.window`); `moved`: the dates that decisions set."""
        return window(
            self.edition,
            step,
            self.date,
            self.timezone,
            abroad=abroad,
            place=place,
            events=self.events,
            overrides=moved,
        )

    def now(self, real: datetime | None = None) -> datetime:
        """The time on the election's clock, in its zone: of the set clock, else the real time (`real`, where a caller read
        it already). Windows, terms, the release and the times of acts ask this and nothing else.
        """
        return time_on(self.set_time if self.clock_is_set else None, real).astimezone(self.timezone)

    def latest(self, real: datetime | None = None) -> datetime:
        """The later of the election's clock and the real one: what a person may do has ended when either has passed its
        end (docs/decisions/0082-two-clocks-end-a-mandate.md).
        """
        real = real or datetime.now(UTC)
        return max(self.now(real), real)

    def holds(self, until: datetime | None, real: datetime | None = None) -> bool:
        """Whether a mandate that ends at `until` (None: it has no end) still holds."""
        return until is None or self.latest(real) < until

    def local(self, time: datetime) -> str:
        """The time as entries write it: seconds, with the offset of the election's zone."""
        return time.astimezone(self.timezone).isoformat(timespec="seconds")


def time_on(set_time: datetime | None, real: datetime | None = None) -> datetime:
    """What a clock shows that was set to a time (None: it was not, it is the real one)."""
    return set_time or real or datetime.now(UTC)


STANDING = ""
STANDING_ZONE = ZoneInfo("Asia/Tashkent")
_provider: Callable[[str], ElectionContext] | None = None


class UnknownElection(LookupError):
    """There is no election with this id."""


def register_provider(provider: Callable[[str], ElectionContext]) -> None:
    """Names the function that answers `get_context`; it raises UnknownElection."""
    global _provider  # noqa: PLW0603 - one provider for the process, set when the apps are ready
    _provider = provider


def standing() -> ElectionContext:
    """The context of acts outside of elections: the real clock, the edition in force (`ESAYLOV_EDITION`).

    Raises IdentityError before the log has an identity (`esaylov setup`, or the first election).
    """
    known = identity()
    if known is None:
        raise IdentityError("this installation's log has no identity yet: run `esaylov setup` first")
    return ElectionContext(
        id=STANDING,
        edition=edition_in_force(settings.ESAYLOV_EDITION),
        timezone=STANDING_ZONE,
        date=date.max,
        simulated=known.simulated,
        replay=known.replay,
        set_time=None,
        clock_is_set=False,
        release=None,
        tables=None,
    )


@lru_cache(maxsize=4)
def edition_in_force(name: str) -> Edition:
    """The edition that new elections and acts outside of elections follow. Raises FileNotFoundError."""
    return parse_edition(uz_edition_toml(name))


_known: ContextVar[dict[str, ElectionContext] | None] = ContextVar("contexts that were read", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Within, an election's context is read once: for a page that only shows, of which many parts ask for it. Acts never run
    within: a clock that was set or a call that was taken meanwhile holds for them at once.
    """
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def get_context(election: str) -> ElectionContext:
    """The election's context; that of "" is `standing`. Raises UnknownElection."""
    if election == STANDING:
        return standing()
    if _provider is None:
        raise RuntimeError("no provider of election contexts is registered")
    known = _known.get()
    if known is None:
        return _provider(election)
    if election not in known:
        known[election] = _provider(election)
    return known[election]


Moves = Callable[[], Sequence[Override]]
_moves: Callable[[str, str], Moves] | None = None


def register_moves(reader: Callable[[str, str], Moves]) -> None:
    """Names the function that answers `ask_moves`."""
    global _moves  # noqa: PLW0603 - one reader for the process, set when the apps are ready
    _moves = reader


def ask_moves(election: str, step: str) -> Moves:
    """Notes the question by which decisions a step of an election was moved; what comes back waits for the answer, in the
    order in which they were taken. They are read each time: a decision taken in another process holds at once.
    """
    if _moves is None:
        raise RuntimeError("no reader of moved steps is registered")
    return _moves(election, step)
