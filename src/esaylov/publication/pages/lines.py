"""Territories as lines of a table, with one contest's figures in each; and which contest makes the headline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from esaylov.elections.queries import ContestRow
from esaylov.publication.pages.common import NATIONWIDE, name_of, territory_kinds, territory_url
from esaylov.publication.pages.contests import Counted, Figures, figures, together, without_seats
from esaylov.publication.reads import Place
from esaylov.results.queries import Snapshot, TotalRow, totals_in


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A territory in a table: how far it is counted, and one contest's figures there, where it is voted on.
    `outstanding` is None without such a contest.
    """

    code: str
    name: str
    kind: str
    url: str
    counted: Counted
    figures: Figures | None
    outstanding: Outstanding | None


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Places of a contest that may still come to count: `awaited` have nothing public yet, `outside` wait for a
    correction or a decision. (Annulled ones are decided.)
    """

    awaited: int
    outside: int

    @property
    def all(self) -> int:
        """Both together."""
        return self.awaited + self.outside


def main_contest(at: Snapshot) -> ContestRow | None:
    """The contest of the headline: the list contest, else the President's, a referendum, or the only one."""
    contests = list(at.tables.contests.values())
    for kind in NATIONWIDE:
        found = next((contest for contest in contests if contest.kind == kind), None)
        if found is not None:
            return found
    return contests[0] if len(contests) == 1 else None


def outstanding(total: TotalRow) -> Outstanding:
    """What may still come to count."""
    outside = total.inconsistent + total.returned
    return Outstanding(total.expected - total.counted - total.annulled - outside, outside)


def place_lines(at: Snapshot, contest: ContestRow | None, here: Sequence[Place]) -> list[PlaceLine]:
    """Territories in which anything is voted on, with a contest's figures (one query)."""
    return lines_of(at, contest, here, totals_in(at, [place.id for place in here]))


def lines_of(
    at: Snapshot,
    contest: ContestRow | None,
    here: Sequence[Place],
    totals: Mapping[tuple[int, int], TotalRow],
) -> list[PlaceLine]:
    """The same from totals that were read. Where the contest is not voted on (or without one), the places of all
    contests together say how far the count is.
    """
    by_place: dict[int, list[TotalRow]] = {}
    for (_, territory), total in totals.items():
        by_place.setdefault(territory, []).append(total)
    return [_line(at, contest, place, by_place[place.id], totals) for place in here if place.id in by_place]


def _line(
    at: Snapshot,
    contest: ContestRow | None,
    place: Place,
    found: Sequence[TotalRow],
    totals: Mapping[tuple[int, int], TotalRow],
) -> PlaceLine:
    own = totals.get((contest.id, place.id)) if contest is not None else None
    shown = without_seats(figures(at, contest, own)) if contest is not None and own is not None else None
    counted = together(Counted(total.counted, total.expected, total.annulled) for total in found)
    return PlaceLine(
        code=place.code,
        name=name_of(place),
        kind=territory_kinds(place.kind),
        url=territory_url(at, place.code),
        counted=shown.counted if shown is not None else counted,
        figures=shown,
        outstanding=outstanding(own) if own is not None else None,
    )
