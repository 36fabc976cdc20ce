"""Values as bars: seats or votes of the front page, shares of a party's page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from esaylov.design import numbers
from esaylov.design.words import language


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of `design/components/barlist.html`; `share` is its length in hundredths of a per cent of the longest."""

    label: str
    text: str
    share: int
    tone: int = 0
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """What a bar shows: `number` makes the length, `text` stands beside it."""

    label: str
    number: int
    text: str
    tone: int = 0
    url: str = ""
    note: str = ""


def whole(number: int) -> str:
    """A whole number in the page's language."""
    return numbers.whole(number, language())


def share(number: int | None) -> str:
    """A share in the page's language."""
    return numbers.percent(number or 0, language())


def bars(values: Iterable[Value]) -> tuple[Bar, ...]:
    """Bars from zero, in the order given."""
    rows = tuple(values)
    longest = max((row.number for row in rows), default=0)
    return tuple(
        Bar(row.label, row.text, numbers.ratio_down(row.number, longest) or 0, row.tone, row.url, row.note)
        for row in rows
    )
