"""From codes to the texts of a register's columns."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl

from esaylov.synthetic.draws import Draws, Ints
from esaylov.synthetic.dwellings import SUFFIXES, Dwellings
from esaylov.synthetic.names import MALE, tables
from esaylov.synthetic.people import EPOCH, People
from esaylov.synthetic.places import District, streets
from esaylov.synthetic.scripts import PASSPORT, PROPER, RUSSIAN, WRITINGS

COLUMNS = (
    "pinfl", "document", "surname", "given_name", "patronymic", "birth_date", "sex", "citizenship", "region",
    "district", "mahalla", "street", "house", "flat", "status",
)  # fmt: skip
ADDRESS = ("region", "district", "mahalla", "street", "house", "flat")
FOREIGN = ("UZB", "KAZ", "RUS", "TJK", "XXA")
_CITIZENS = (9970, 8, 8, 6, 8)
STATUSES = ("", "imprisoned", "incapable", "left", "died")
_STATUS = (9978, 8, 5, 6, 3)
_FIRST_DAY = (date(1900, 1, 1) - EPOCH).days
_LAST_DAY = (date(2100, 1, 1) - EPOCH).days


def gathered(values: pl.Series, places: Ints) -> pl.Series:
    """The values at the places."""
    return values.gather(pl.Series(places.astype(np.uint32)))


@cache
def _days() -> pl.Series:
    days = (EPOCH + timedelta(days=day) for day in range(_FIRST_DAY, _LAST_DAY))
    return pl.Series([day.isoformat() for day in days], dtype=pl.String)


def day_texts(days: Ints) -> pl.Series:
    """Days from 1970 as ISO dates."""
    return gathered(_days(), days - _FIRST_DAY)


@cache
def _letters() -> pl.Series:
    return pl.Series(
        [f"{first}{chr(65 + second)}" for first in "XZ" for second in range(26)], dtype=pl.String
    )


def document_texts(numbers: Ints) -> pl.Series:
    """Two letters and seven digits. The series begin with X or Z, which (as far as is known) no office gives out."""
    digits = pl.Series(numbers % 10_000_000 + 10_000_000).cast(pl.String).str.slice(1)
    return gathered(_letters(), numbers // 10_000_000) + digits


def numbers_as_text(numbers: Ints, hidden: int = -1) -> pl.Series:
    """Whole numbers as text; the hidden one is empty."""
    series = pl.Series(numbers)
    return pl.select(pl.when(series == hidden).then(pl.lit("")).otherwise(series.cast(pl.String))).to_series()


def house_texts(dwellings: Dwellings, places: Ints) -> pl.Series:
    """12, 12A, 12/1."""
    suffixes = pl.Series(SUFFIXES, dtype=pl.String)
    return pl.Series(dwellings.number[places]).cast(pl.String) + gathered(suffixes, dwellings.suffix[places])


def street_texts(dwellings: Dwellings, places: Ints, writing: Ints | int = PROPER) -> pl.Series:
    """Names of streets in a writing."""
    return gathered(streets().labels, dwellings.street[places] * WRITINGS + writing)


def name_columns(people: People) -> dict[str, pl.Series]:
    """Surname, given name, patronymic."""
    names = tables()
    return {
        "surname": gathered(names.surname, names.surname_index(people.surname, people.sex, people.writing)),
        "given_name": gathered(names.given, people.given * WRITINGS + people.writing),
        "patronymic": gathered(
            names.patronymic, names.patronymic_index(people.father, people.sex, people.form, people.writing)
        ),
    }


def address_columns(
    district: District, dwellings: Dwellings, homes: Ints, writing: Ints
) -> dict[str, pl.Series]:
    """Region, district, mahalla, street, house, flat of dwellings; streets as the writer of the row spelt them."""
    count = len(homes)
    codes = pl.Series([mahalla.code for mahalla in district.mahallas], dtype=pl.String)
    return {
        "region": pl.Series([district.region.soato], dtype=pl.String).new_from_index(0, count),
        "district": pl.Series([district.soato], dtype=pl.String).new_from_index(0, count),
        "mahalla": gathered(codes, dwellings.mahalla[homes]),
        "street": street_texts(dwellings, homes, writing),
        "house": house_texts(dwellings, homes),
        "flat": numbers_as_text(dwellings.flat[homes], hidden=0),
    }


def resident_rows(  # noqa: PLR0917 (columns of one table)
    draws: Draws,
    district: District,
    dwellings: Dwellings,
    people: People,
    numbers: Ints,
    papers: Ints,
    plain: Ints,
) -> pl.DataFrame:
    """The rows of people with their PINFLs and documents. A few are foreigners or have a status, none at the plain places."""
    count = len(people)
    citizenship, status = draws.pick("citizenship", _CITIZENS, count), draws.pick("status", _STATUS, count)
    citizenship[plain] = status[plain] = 0
    sexes = pl.Series(["m", "f"], dtype=pl.String)
    columns = {"pinfl": pl.Series(numbers).cast(pl.String), "document": document_texts(papers)}
    columns |= name_columns(people)
    columns["birth_date"] = day_texts(people.birth)
    columns["sex"] = gathered(sexes, np.where(people.sex == MALE, 0, 1))
    columns["citizenship"] = gathered(pl.Series(FOREIGN), citizenship)
    columns |= address_columns(district, dwellings, people.dwelling, _street_writing(people.writing))
    columns["status"] = gathered(pl.Series(STATUSES), status)
    return pl.DataFrame(columns).select(COLUMNS)


def _street_writing(writing: Ints) -> Ints:
    """Streets have no Russian names here: who writes names in Russian takes the street from the address register."""
    return np.where((writing == RUSSIAN) | (writing == PASSPORT), PROPER, writing)


def address_rows(draws: Draws, district: District, dwellings: Dwellings, firsts: Ints) -> pl.DataFrame:
    """The houses of the address register, with an invented point near the middle of the region."""
    codes = pl.Series([mahalla.code for mahalla in district.mahallas], dtype=pl.String)
    region, mahalla = district.region, dwellings.mahalla[firsts]
    return pl.DataFrame(
        {
            "mahalla": gathered(codes, mahalla),
            "street": street_texts(dwellings, firsts),
            "house": house_texts(dwellings, firsts),
            "latitude": _degrees(draws, "latitude", region.latitude, region.spread, mahalla, len(firsts)),
            "longitude": _degrees(draws, "longitude", region.longitude, region.spread, mahalla, len(firsts)),
        }
    )


def _degrees(  # noqa: PLR0917 (one call a column)
    draws: Draws, name: str, middle: float, spread: int, mahalla: Ints, count: int
) -> pl.Series:
    """Ten thousandths of a degree: the district somewhere around the middle, its mahallas and houses around it."""
    reach = spread * 100
    base = round(middle * 10_000) + int(draws.between(f"{name} of district", -reach, reach, 1)[0])
    mahallas = draws.between(f"{name} of mahallas", -300, 300, int(mahalla.max(initial=0)) + 1)
    places = base + mahallas[mahalla] + draws.between(name, -40, 40, count)
    whole, rest = pl.Series(places // 10_000), pl.Series(places % 10_000 + 10_000)
    return whole.cast(pl.String) + "." + rest.cast(pl.String).str.slice(1)
