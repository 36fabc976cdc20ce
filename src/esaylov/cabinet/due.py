"""What is due: stages register what somebody must do next, the home page and the board show it together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from esaylov.cabinet.desk import Desk


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do. `until` is its deadline (with a zone), `step` the code of its step of the calendar; `whose`:
    the body that owes it, empty for the desk's own. `at_once`: when the law wants it, in words, where `until` is but the
    outer limit.
    """

    title: str
    url: str
    until: datetime | None = None
    step: str | None = None
    overdue: bool = False
    whose: str = ""
    at_once: str = ""


Provider = Callable[[Desk], Sequence[Due]]

_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Adds a provider; one that is there already is not added twice."""
    if provider not in _providers:
        _providers.append(provider)


def due_of(desk: Desk) -> list[Due]:
    """All that is due at a desk: overdue first, then by deadline, what has none last."""
    return ordered(one for provider in _providers for one in provider(desk))


def ordered(found: Iterable[Due]) -> list[Due]:
    """Overdue first, then what is owed at once, then by deadline, what has none last."""
    return sorted(
        found,
        key=lambda one: (not one.overdue, not one.at_once, one.until is None, one.until or datetime.min),
    )
