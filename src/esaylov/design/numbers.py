"""Numbers as people read them, by whole-number arithmetic: marks of thousands, shares that add up,
fractions.

Percentages are handled as hundredths of a per cent (3475 is 34.75 %): integers, from the division to the
page.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

THIN_SPACE = "\u202f"
HUNDREDTHS = 10_000
MOST_PLACES = 9
MARKS = {"en": (",", ".")}
"""Marks of thousands and of decimals by language; elsewhere a thin space and a comma."""


def marks(language: str) -> tuple[str, str]:
    """The mark of thousands and the decimal mark of a language."""
    return MARKS.get(language, (THIN_SPACE, ","))


def whole(number: int, language: str) -> str:
    """A whole number with marks between thousands."""
    return f"{number:,}".replace(",", marks(language)[0])


def hundredths(value: int, language: str) -> str:
    """Hundredths as a decimal with two places."""
    sign = "-" if value < 0 else ""
    units, rest = divmod(abs(value), 100)
    return f"{sign}{whole(units, language)}{marks(language)[1]}{rest:02d}"


def percent(value: int, language: str) -> str:
    """Hundredths of a per cent with the sign."""
    return f"{hundredths(value, language)}{THIN_SPACE}%"


def ratio(part: int, base: int) -> int | None:
    """`part` of `base` in hundredths of a per cent, rounded half up; None of nothing."""
    if base <= 0:
        return None
    return (2 * part * HUNDREDTHS + base) // (2 * base)


def ratio_down(part: int, base: int) -> int | None:
    """The same rounded down, for what is complete only when it is: 11,027 of 11,028 is never shown as all."""
    return part * HUNDREDTHS // base if base > 0 else None


def shares(parts: Sequence[int]) -> list[int | None]:
    """Shares of the sum of all parts in hundredths of a per cent that add up to 100 per cent: each rounded
    down, what is left goes to the largest remainders (equal ones: to the earlier part). All None when there
    is nothing to share.
    """
    total = sum(parts)
    if total <= 0:
        return [None] * len(parts)
    found = [part * HUNDREDTHS // total for part in parts]
    rest = HUNDREDTHS - sum(found)
    order = sorted(range(len(parts)), key=lambda place: (-(parts[place] * HUNDREDTHS % total), place))
    for place in order[:rest]:
        found[place] += 1
    return list(found)


def fraction(value: Fraction, language: str) -> str:
    """An exact number to two places (rounded half up); whole numbers without them."""
    if value.denominator == 1:
        return whole(value.numerator, language)
    return hundredths((200 * value.numerator + value.denominator) // (2 * value.denominator), language)


def exact(value: Fraction, language: str) -> str:
    """An exact number as whole part and fraction: `199,282 37/75`."""
    units, rest = divmod(value.numerator, value.denominator)
    if not rest:
        return whole(units, language)
    part = f"{whole(rest, language)}/{whole(value.denominator, language)}"
    return f"{whole(units, language)} {part}" if units else part


def decimal(value: Fraction, language: str) -> str:
    """An exact number as a decimal with as many places as it takes, as whole part and fraction where none
    are enough.
    """
    scaled, places = value, 0
    while scaled.denominator != 1 and places < MOST_PLACES:
        scaled, places = scaled * 10, places + 1
    if scaled.denominator != 1:
        return exact(value, language)
    units, rest = divmod(scaled.numerator, 10**places)
    return whole(units, language) + (f"{marks(language)[1]}{rest:0{places}d}" if places else "")
