"""What the door must know of an election, asked through a provider that a higher room registers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from esaylov.law.editions import Edition


@dataclass(frozen=True, slots=True)
class ElectionContext:
    """An election as the door sees it.

    `set_time` is the time of a set clock (rehearsal, replay, demonstration, an election of the past); None means the real
    clock. `release` is the time before which no result is public; None means at once. `tables` is whatever the stage's acts
    need in memory (contests, options, cells); the door does not look into it.
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

    def local(self, time: datetime) -> str:
        """The time as entries write it: seconds, with the offset of the election's zone."""
        return time.astimezone(self.timezone).isoformat(timespec="seconds")


_provider: Callable[[str], ElectionContext] | None = None


class UnknownElection(LookupError):
    """There is no election with this id."""


def register_provider(provider: Callable[[str], ElectionContext]) -> None:
    """Names the function that answers `get_context`; it raises UnknownElection."""
    global _provider  # noqa: PLW0603 - one provider for the process, set when the apps are ready
    _provider = provider


def get_context(election: str) -> ElectionContext:
    """The election's context. Raises UnknownElection."""
    if _provider is None:
        raise RuntimeError("no provider of election contexts is registered")
    return _provider(election)
