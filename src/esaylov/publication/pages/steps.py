"""What the stages of a worked computation are made of: the steps of a determination with exact numbers, what their words
need besides, and how numbers are written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext

from esaylov.design import numbers
from esaylov.design.words import language
from esaylov.law.seats import Standing


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a worked table: its text, whether it is a number, and whether it is what the step decides."""

    text: str
    numeric: bool = False
    decides: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a determination, its numbers exact again."""

    kind: str
    reason: str
    options: tuple[str, ...]
    seats: int
    article: str
    figures: Mapping[str, Fraction]
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A stage without its number."""

    title: str
    text: str
    head: tuple[Cell, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """What the words of a stage need besides its steps; `partial`: precincts are outstanding, so nothing is decided."""

    names: Mapping[str, str]
    seats: int
    votes: Mapping[str, Fraction]
    more_than: bool
    voters: int
    partial: bool

    def enough(self, needed: Fraction) -> str:
        """What a majority takes: the number itself is enough, or it must be passed."""
        text = gettext("more than %(needed)s") if self.more_than else gettext("at least %(needed)s")
        return text % {"needed": rounded(needed)}

    def either(self, so_far: str, decided: str) -> str:
        """The words while the count is partial, or those for when nothing is outstanding."""
        return so_far if self.partial else decided

    def name(self, option: str) -> str:
        """An option's name."""
        return self.names.get(option, option)

    def all_names(self, options: Sequence[str]) -> str:
        """Several names after one another."""
        return ", ".join(self.name(option) for option in options)


def read(step: dict[str, Any]) -> Step:
    """A step from the JSON of a determination (docs/formats.md, section 6)."""
    return Step(
        kind=step["kind"],
        reason=step["reason"],
        options=tuple(step["options"]),
        seats=step["seats"],
        article=step["article"] or "",
        figures={name: Fraction(value) for name, value in step["figures"].items()},
        standings=tuple(
            Standing(s["option"], Fraction(s["votes"]), s["seats"], Fraction(s["value"]))
            for s in step["standings"]
        ),
    )


# --- how numbers are written ---


def exact(value: Fraction) -> str:
    """As it is, a fraction as one."""
    return numbers.exact(value, language())


def rounded(value: Fraction) -> str:
    """To two places, marked where that is not all."""
    text = numbers.fraction(value, language())
    return text if (value * 100).denominator == 1 else f"≈ {text}"


def both(value: Fraction) -> str:
    """Exact, and beside it as a decimal where it is a fraction."""
    if value.denominator == 1:
        return exact(value)
    return f"{exact(value)} ({rounded(value)})"


def share(value: Fraction) -> str:
    """A share of one as a percentage without needless zeros."""
    return f"{numbers.fraction(value * 100, language())}{numbers.THIN_SPACE}%"


def text_cell(text: str) -> Cell:
    """A cell of words."""
    return Cell(text)


def number_cell(text: str, *, decides: bool = False) -> Cell:
    """A cell of figures."""
    return Cell(text, numeric=True, decides=decides)
