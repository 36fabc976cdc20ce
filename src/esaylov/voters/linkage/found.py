"""What a search for duplicates gives: numbers of entries, weights and levels, and no value of anybody's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

COMPARED = ("surname", "given_name", "patronymic", "birth_date", "pinfl", "document", "address", "family")
"""The fields that are compared, and what a family shares anyway (`comparisons`)."""


class LinkageError(RuntimeError):
    """The search for duplicates cannot go on. Its text never quotes a value."""


@dataclass(frozen=True, slots=True)
class FieldVerdict:
    """What the comparison of a field said: the level and how many bits it speaks for (negative: against) one person."""

    field: str
    level: str
    bits: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries that may be one person. `weight`: log2 of the odds; `exact`: the identifier that both have ("": neither)."""

    first: int
    second: int
    weight: float
    exact: str
    verdicts: tuple[FieldVerdict, ...]

    @property
    def probability(self) -> float:
        """How likely the two are one person, as the model sees it."""
        return float(1 / (1 + 2**-self.weight)) if self.weight > -1000 else 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """`table`: first, second, weight, exact, and for each field its level and its bits, heaviest first. `candidates`: by rule."""

    entries: int
    candidates: dict[str, int]
    table: pl.DataFrame

    def pairs(self) -> Iterator[Pair]:
        """The pairs, heaviest first."""
        for row in self.table.iter_rows(named=True):
            verdicts = tuple(
                FieldVerdict(field, row[f"{field}_level"], row[f"{field}_bits"]) for field in COMPARED
            )
            yield Pair(row["first"], row["second"], row["weight"], row["exact"], verdicts)
