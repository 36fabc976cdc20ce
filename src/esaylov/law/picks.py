"""The best of some, with ties: shared by seat allocation and by the election of candidates.

A tie at the last place is a state, not an accident: it waits for a lot, which a commission draws and records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any, Literal

Why = Literal["rank", "more-votes", "lot"]


@dataclass(frozen=True, slots=True)
class Lots:
    """A lot that must be drawn: `places` of those in `between`, who are equal."""

    between: tuple[str, ...]
    places: int

    def to_json(self) -> dict[str, Any]:
        return {"between": list(self.between), "for": self.places}


@dataclass(frozen=True, slots=True)
class Picked:
    """One that was chosen, and why: by its rank, by more votes among equals, or by a lot that was drawn."""

    option: str
    why: Why


@dataclass(frozen=True, slots=True)
class Pick:
    """Those who are certain, best first, and the lot that the remaining places wait for."""

    chosen: tuple[Picked, ...]
    lots: Lots | None


class Drawn:
    """The lots recorded so far, in the order drawn. Each name decides one place, once."""

    def __init__(self, options: Iterable[str] = ()) -> None:
        self.left: list[str] = list(options)

    def take(self, between: Sequence[str], places: int) -> list[str]:
        """The first `places` recorded names that belong to `between`, fewer while not so many are drawn."""
        taken: list[str] = []
        for option in tuple(self.left):
            if len(taken) < places and option in between and option not in taken:
                taken.append(option)
                self.left.remove(option)
        return taken


def pick(
    values: Mapping[str, Fraction], places: int, drawn: Drawn, votes: Mapping[str, Fraction] | None = None
) -> Pick:
    """The `places` options with the highest values, in the order of `values` among equals.

    Equals who cannot all have a place are told apart by `votes` where given, then by what was drawn; what is
    still open comes back as `lots`.
    """
    chosen: list[Picked] = []
    for group in _groups(values, values):
        room = places - len(chosen)
        if room <= 0:
            break
        if len(group) <= room:
            chosen += [Picked(option, "rank") for option in group]
            continue
        split = _split(group, room, drawn, votes)
        return Pick((*chosen, *split.chosen), split.lots)
    return Pick(tuple(chosen), None)


def _groups(options: Iterable[str], values: Mapping[str, Fraction]) -> list[list[str]]:
    ordered = sorted(options, key=lambda option: -values[option])
    return [list(group) for _, group in groupby(ordered, key=lambda option: values[option])]


def _split(tied: list[str], room: int, drawn: Drawn, votes: Mapping[str, Fraction] | None) -> Pick:
    chosen: list[Picked] = []
    for group in _groups(tied, votes) if votes is not None else [tied]:
        left = room - len(chosen)
        if left <= 0:
            break
        if len(group) <= left:
            chosen += [Picked(option, "more-votes") for option in group]
            continue
        taken = drawn.take(group, left)
        chosen += [Picked(option, "lot") for option in taken]
        if len(taken) < left:
            between = tuple(option for option in group if option not in taken)
            return Pick(tuple(chosen), Lots(between, left - len(taken)))
    return Pick(tuple(chosen), None)
