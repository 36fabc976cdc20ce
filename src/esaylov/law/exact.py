"""Exact numbers: how shares and counts come in and go out, without ever being a float."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction

MAX_DIGITS = 40
MAX_EXPONENT = 30


def to_fraction(value: object) -> Fraction:
    """An integer, a Decimal or a decimal string as a fraction.

    Raises ValueError with a reason fit for people: not a number, not finite, or with more digits than any
    count of ballots has (which also keeps `1e999999999` from filling the memory).
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise ValueError("is not a whole number, a decimal or a decimal in quotes")
    decimal = _decimal(value)
    if not decimal.is_finite():
        raise ValueError("is not a finite number")
    _, digits, exponent = decimal.as_tuple()
    if len(digits) > MAX_DIGITS or abs(int(exponent)) > MAX_EXPONENT:
        raise ValueError(f"has more than {MAX_DIGITS} digits or an exponent beyond {MAX_EXPONENT}")
    return Fraction(decimal)


def _decimal(value: int | Decimal | str) -> Decimal:
    if isinstance(value, str) and (not value.isascii() or "_" in value or value != value.strip()):
        raise ValueError(f"{value!r} is not a decimal number")
    try:
        return Decimal(value)
    except (InvalidOperation, ValueError):
        raise ValueError(f"{value!r} is not a decimal number") from None


def ratio(value: Fraction) -> str:
    """A fraction as `p/q` in lowest terms, whole numbers too (`199282/1`)."""
    return f"{value.numerator}/{value.denominator}"


def plain(value: Fraction) -> str:
    """A fraction as people write it: `41000` when whole, else `p/q`."""
    return str(value.numerator) if value.denominator == 1 else ratio(value)
