"""Errors as registers have them, put into rows on purpose, with a note of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl

from esaylov.exchange.pinfl import check_digit
from esaylov.synthetic.draws import Draws, Ints

KINDS = (
    "check-digit", "birth-date", "document-format", "under-18", "impossible-date", "unknown-address", "empty-name",
    "swapped-columns",
)  # fmt: skip
COLUMNS = ("row", "kind", "pinfl")
Row = dict[str, str]


def with_errors(
    draws: Draws, rows: pl.DataFrame, places: Ints, day: date
) -> tuple[pl.DataFrame, list[tuple[int, str]]]:
    """Spoils the rows at the places, each in one way; says which in which. Every PINFL still begins with 7 or 8."""
    if not len(places):
        return rows, []
    order = sorted(places.tolist())
    kinds = draws.below("error kinds", len(KINDS), len(order)).tolist()
    chances = draws.bits("error details", len(order)).tolist()
    spoilt, noted = rows[order].to_dicts(), []
    for place, kind, chance, row in zip(order, kinds, chances, spoilt, strict=True):
        _SPOIL[kind](row, chance, day)
        noted.append((place, KINDS[kind]))
    values = pl.DataFrame(spoilt, schema=rows.schema)
    return rows.with_columns(rows[name].scatter(order, values[name]) for name in rows.columns), noted


def _check_digit(row: Row, chance: int, _: date) -> None:
    row["pinfl"] = f"{row['pinfl'][:-1]}{(int(row['pinfl'][-1]) + 1 + chance % 9) % 10}"


def _birth_date(row: Row, chance: int, _: date) -> None:
    """Some days to some years earlier than the PINFL says."""
    born = date.fromisoformat(row["birth_date"]) - timedelta(days=1 + chance % 2000)
    row["birth_date"] = born.isoformat()


def _document_format(row: Row, chance: int, _: date) -> None:
    whole = row["document"]
    row["document"] = (whole[:-1], whole[1:], f"{whole[2:]}{whole[:2]}", f"{whole}0", "")[chance % 5]


def _under_18(row: Row, chance: int, day: date) -> None:
    """Born ten to seventeen years before election day; the PINFL says so too."""
    born = day - timedelta(days=3_700 + chance % 2_500)
    digits = f"{row['pinfl'][0]}{born:%d%m%y}{row['pinfl'][7:13]}"
    row["birth_date"], row["pinfl"] = born.isoformat(), f"{digits}{check_digit(digits)}"


def _impossible_date(row: Row, chance: int, _: date) -> None:
    year = row["birth_date"][:4]
    row["birth_date"] = (f"{year}-02-30", f"{year}-13-05", f"{year}-04-31", "0000-00-00", f"{year}-00-10")[
        chance % 5
    ]


def _unknown_address(row: Row, chance: int, _: date) -> None:
    if chance % 3 == 0:
        row["street"] = "Yoʻq koʻcha koʻchasi"
    elif chance % 3 == 1:
        row["house"] = f"{9000 + chance % 999}"
    else:
        row["mahalla"] = f"{row['mahalla']}-X"


def _empty_name(row: Row, chance: int, _: date) -> None:
    row["surname" if chance % 2 else "given_name"] = ""


def _swapped_columns(row: Row, chance: int, _: date) -> None:
    one, other = (("pinfl", "document"), ("surname", "birth_date"), ("document", "birth_date"))[chance % 3]
    row[one], row[other] = row[other], row[one]


_SPOIL: tuple[Callable[[Row, int, date], None], ...] = (
    _check_digit, _birth_date, _document_format, _under_18, _impossible_date, _unknown_address, _empty_name,
    _swapped_columns,
)  # fmt: skip
