"""Single-member districts beside each other: who leads where and by how much; the strongest and the closest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from esaylov.design.words import in_language
from esaylov.publication.pages.common import name_of
from esaylov.publication.pages.contests import Figures, title_of
from esaylov.publication.reads import places
from esaylov.results.queries import Snapshot

SHOWN = 5


@dataclass(frozen=True, slots=True)
class District:
    """A single-member contest: its constituency's name and region, and its figures."""

    code: str
    name: str
    region: str
    region_name: str
    party: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Districts:
    """All districts in the package's order; the strongest and the closest leads among those with votes. With few
    districts only the second list is filled: all of them, the closest first.
    """

    all: tuple[District, ...]
    strongest: tuple[District, ...]
    closest: tuple[District, ...]

    @property
    def counted(self) -> int:
        """Districts in which anything is counted."""
        return sum(1 for one in self.all if one.figures.any)

    @property
    def complete(self) -> int:
        """Districts in which nothing is outstanding."""
        return sum(1 for one in self.all if one.figures.counted.all)


def districts(at: Snapshot, shown: Mapping[int, Figures]) -> Districts:
    """The single-member contests of an election with their figures, which are given by contest id."""
    found = tuple(_districts(at, shown))
    ranked = sorted((one for one in found if one.figures.lead is not None), key=_by_lead)
    if len(ranked) <= 2 * SHOWN:
        return Districts(found, (), tuple(ranked))
    return Districts(found, tuple(reversed(ranked[-SHOWN:])), tuple(ranked[:SHOWN]))


def _by_lead(one: District) -> tuple[Fraction, int, str]:
    """The exact lead as a share of the ballots: no rounding decides who stands in the list."""
    margin = one.figures.margin or 0
    return Fraction(margin, one.figures.ballots), margin, one.code


def _districts(at: Snapshot, shown: Mapping[int, Figures]) -> Iterator[District]:
    known = places(at.tables)
    for contest in at.tables.contests.values():
        if contest.kind == "single-member":
            place = known.by_id[contest.territory]
            region = known.region(place)
            one = shown[contest.id]
            yield District(
                contest.code, in_language(place.names, title_of(contest)), region.soato or region.code, name_of(region),
                one.leader.organisation if one.leader else "", one,
            )  # fmt: skip


__all__ = ["District", "Districts", "districts"]
