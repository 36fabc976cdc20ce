"""The rows of a residence register against the law and against each other, a batch at a time.

Each row ends in exactly one of three places: taken, left out (in order, but no voter: under age, removed by its status, no
citizen), or refused (an error: the register has to correct it). `refused` keeps the PINFL where it can be read, so that nobody
disappears from the list because a row about him is faulty.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from esaylov.exchange.pinfl import CENTURIES, INVENTED
from esaylov.exchange.residents.extracts import Batch
from esaylov.exchange.residents.head import EVENTS
from esaylov.exchange.residents.normal import DOCUMENT, check_digit_of
from esaylov.exchange.residents.places import Addresses
from esaylov.exchange.residents.problems import codes, no_problems, row_problems
from esaylov.exchange.residents.seen import Seen

REMOVING = {"died": "27", "left": "27", "incapable": "5", "imprisoned": "5"}
"""Statuses that remove a person from the list, each with its article. Which they are is the edition's parameter; a court sentence
removes only for grave crimes (Art. 5), so a register tells them apart by its status.
"""

MAX_AGE = 120


@dataclass(frozen=True, slots=True)
class Parameters:
    """What rows are held against.

    as_of: the day of the extract; mahallas: known codes; addresses: None while no address register was read (nothing is known,
    and nothing is told); removing: status -> article; staying: known statuses that remove nobody.
    """

    election_day: date
    as_of: date
    simulated: bool
    mahallas: Collection[str]
    addresses: Addresses | None = None
    age: int = 18
    removing: Mapping[str, str] = field(default_factory=lambda: dict(REMOVING))
    staying: Collection[str] = ()
    citizenship: str = "UZB"


@dataclass(slots=True)
class Checked:
    """What became of a batch. `table`: the rows taken, with `address_known` (null: not looked). `left_out`: all columns and
    `code` (V05, V12, V13). `refused`: line, pinfl ("" where it cannot be read), code; what is no row only where a PINFL can be
    read. `problems`: everything told, those of the batch included. `familiar`: the places of the familiar rows that are taken
    again.
    """

    file: str
    table: pl.DataFrame
    left_out: pl.DataFrame
    refused: pl.DataFrame
    problems: pl.DataFrame
    familiar: pl.Series


class Checker:
    """Checks batch after batch of one extract. expected: its rows, for the memory of duplicates."""

    def __init__(self, parameters: Parameters, expected: int = 0) -> None:
        self.parameters = parameters
        self._facts = _facts(parameters)
        self._people = Seen(expected)
        self._documents = Seen(expected)

    def check(self, batch: Batch) -> Checked:
        """Where each row of the batch goes, and why."""
        table = batch.table
        parts = table.with_columns(**_PARTS).with_columns(document_numbers(table["document"]), right=_RIGHT)
        wrong = Wrong(parts, self._facts | (_EVENT if "event" in table.columns else {}))
        known = self._address(table, wrong)
        same = batch.familiar.with_columns(
            pl.col("pinfl").cast(pl.Int64).alias("number"), document_numbers(batch.familiar["document"])
        )
        again = Wrong(same, {})
        self._twice(parts, wrong, same, again)
        refused, left_out = wrong.first("error"), wrong.first("left out")
        taken = refused.is_null() & left_out.is_null()
        readable = pl.when("right").then("pinfl").otherwise(pl.lit(""))
        return Checked(
            batch.file,
            table.with_columns(known).filter(taken),
            table.with_columns(left_out.alias("code")).filter(refused.is_null() & left_out.is_not_null()),
            pl.concat(
                [
                    parts.select("line", readable.alias("pinfl"), refused.alias("code")),
                    same.select("line", "pinfl", again.first("error").alias("code")),
                    batch.lost,
                ]
            ).drop_nulls("code"),
            pl.concat(
                [
                    no_problems(), batch.problems, *wrong.told(batch.file, table["line"]),
                    *again.told(batch.file, same["line"]),
                ]
            ),
            same["place"].filter(~again.broken("error")),
        )  # fmt: skip

    def still_right(self, rows: pl.DataFrame) -> pl.Series:
        """Which rows of a full extract, as they were written, no rule for single rows has anything to tell of, supposed that the
        same surname, names, birth date, sex, numbers and address were taken before.
        """
        parts = rows.with_columns(
            number=pl.col("pinfl").cast(pl.Int64, strict=False), born=_PARTS["born"], right=pl.lit(True)
        )
        return parts.select(
            ~pl.any_horizontal(self._facts[name].fill_null(True) for name in _LATER)
        ).to_series()

    def _address(self, table: pl.DataFrame, wrong: Wrong) -> pl.Series:
        """Whether each address is known; null where nobody looked, or the mahalla is none."""
        addresses = self.parameters.addresses
        if addresses is None:
            return pl.repeat(None, table.height, dtype=pl.Boolean, eager=True).alias("address_known")
        known = addresses.known(table)
        wrong.add("V09 house", ~known & ~wrong.of("V08 mahalla"))
        return known.alias("address_known")

    def _twice(self, parts: pl.DataFrame, wrong: Wrong, same: pl.DataFrame, again: Wrong) -> None:
        """Numbers that an earlier row has. Rows that are refused count for nothing: the next one may be the right one.

        `same`: the familiar rows, which stand among the others; `again`: what is wrong with them.
        """
        numbers = ("line", "number", "document_number")
        every = pl.concat([parts.select(numbers), same.select(numbers)])
        order = every["line"].arg_sort().to_numpy()
        asked = np.concatenate([~wrong.broken("error").to_numpy(), np.ones(same.height, dtype=np.bool_)])
        for name, seen, column in (
            ("V10 pinfl", self._people, "number"),
            ("V11 document", self._documents, "document_number"),
        ):
            keys = np.where(asked, every[column].fill_null(0).to_numpy(), 0).astype(np.uint64)
            twice = np.empty(len(keys), dtype=np.bool_)
            twice[order] = seen.repeated(keys[order])
            asked &= ~twice
            wrong.add(name, pl.Series(twice[: parts.height]))
            again.add(name, pl.Series(twice[parts.height :]))


class Wrong:
    """What is wrong with the rows of a batch: a column of truths for each `code field` that is broken anywhere."""

    def __init__(self, table: pl.DataFrame, facts: Mapping[str, pl.Expr]) -> None:
        self._height = table.height
        found = table.select(fact.fill_null(False).alias(name) for name, fact in facts.items())
        broken = found.select(pl.all().any()).row(0) if facts else ()
        self._columns = {name: found[name] for name, one in zip(found.columns, broken, strict=True) if one}

    def add(self, name: str, wrong: pl.Series) -> None:
        """One more rule."""
        if wrong.any():
            self._columns[name] = wrong

    def of(self, name: str) -> pl.Series:
        """Where one rule is broken."""
        return self._columns.get(name, pl.repeat(False, self._height, dtype=pl.Boolean, eager=True))

    def broken(self, severity: str) -> pl.Series:
        """Whether each row breaks a rule of this severity."""
        found = pl.repeat(False, self._height, dtype=pl.Boolean, eager=True)
        for name, wrong in self._columns.items():
            if codes()[name[:3]].severity == severity:
                found |= wrong
        return found

    def first(self, severity: str) -> pl.Series:
        """For each row its first code of this severity, or null."""
        names = [name for name in sorted(self._columns) if codes()[name[:3]].severity == severity]
        if not names:
            return pl.repeat(None, self._height, dtype=pl.String, eager=True)
        found = pl.coalesce(pl.when(self._columns[name]).then(pl.lit(name[:3])) for name in names)
        return pl.select(found.alias("code")).to_series()

    def told(self, file: str, lines: pl.Series) -> Iterator[pl.DataFrame]:
        """The problems of rows; why a row is left out is told only where it is not refused."""
        refused = self.broken("error")
        for name, wrong in sorted(self._columns.items(), key=lambda one: one[0]):
            code, _, column = name.partition(" ")
            rows = wrong & ~refused if codes()[code].severity == "left out" else wrong
            if rows.any():
                yield row_problems(file, code, column, lines.filter(rows))


_NUMBER = pl.col("number")
_PARTS = {
    "number": pl.when(pl.col("pinfl").str.contains(r"^[1-8][0-9]{13}$")).then(pl.col("pinfl")).cast(pl.Int64, strict=False),
    "born": pl.when(pl.col("birth_date").str.len_bytes() == 10)
    .then(pl.col("birth_date"))
    .str.to_date("%Y-%m-%d", strict=False),
}  # fmt: skip
_RIGHT = (check_digit_of(_NUMBER // 10) == _NUMBER % 10).fill_null(False)
_FIRST = _NUMBER // 10**13
_BORN = pl.col("born").dt
_DIGITS = _BORN.day().cast(pl.Int64) * 10_000 + _BORN.month().cast(pl.Int64) * 100 + _BORN.year() % 100
# The number of an invented person tells the year, not the century.
_CENTURY = _FIRST.replace_strict(
    {int(digit): year for digit, year in CENTURIES.items()}, default=None, return_dtype=pl.Int32
)
_AGREES = (_DIGITS == _NUMBER // 10**7 % 10**6) & (
    _CENTURY.is_null() | (_BORN.year() // 100 * 100 == _CENTURY)
)


def _facts(parameters: Parameters) -> dict[str, pl.Expr]:
    """The rules for single rows: code and column -> where it is broken."""
    text = {name: pl.col(name) for name in ("status", "sex", "region", "district", "mahalla")}
    invented = _FIRST.is_in([int(digit) for digit in INVENTED])
    known_statuses = ["", *parameters.removing, *parameters.staying]
    mahallas = pl.lit(pl.Series(sorted(parameters.mahallas), dtype=pl.String)).implode()
    return {
        "V01 pinfl": _NUMBER.is_null(),
        "V02 pinfl": _NUMBER.is_not_null() & ~pl.col("right"),
        "V03 birth_date": pl.col("right") & ~_AGREES,
        "V04 document": pl.col("document_number") == 0,
        "V05 birth_date": pl.col("born") > years_before(parameters.election_day, parameters.age),
        "V06 birth_date": pl.col("born").is_null()
        | (pl.col("born") > parameters.as_of)
        | (pl.col("born") < years_before(parameters.as_of, MAX_AGE)),
        "V07 surname": pl.col("surname") == "",
        "V07 given_name": pl.col("given_name") == "",
        "V08 mahalla": ~text["mahalla"].is_in(mahallas),
        "V12 status": text["status"].is_in(list(parameters.removing)),
        "V13 citizenship": pl.lit(bool(parameters.citizenship)) & (pl.col("citizenship") != parameters.citizenship),
        "V14 sex": pl.col("right") & (pl.when(_FIRST % 2 == 1).then(pl.lit("m")).otherwise(pl.lit("f")) != text["sex"]),
        "V15 pinfl": pl.col("right") & (invented != parameters.simulated),
        "V16 status": ~text["status"].is_in(known_statuses),
        "V17 district": ~text["region"].str.contains(r"^[0-9]{4}$")
        | ~text["district"].str.contains(r"^[0-9]{7}$")
        | ~text["district"].str.starts_with(text["region"]),
    }  # fmt: skip


_EVENT = {"V18 event": ~pl.col("event").is_in(EVENTS)}
_LATER = tuple(
    f"{code} {column}"
    for code, column in (
        ("V05", "birth_date"), ("V06", "birth_date"), ("V08", "mahalla"), ("V12", "status"), ("V13", "citizenship"),
        ("V14", "sex"), ("V15", "pinfl"), ("V16", "status"), ("V17", "district"),
    )
)  # fmt: skip
"""Rules that a row which was taken once may break now: by status, citizenship or region, of which a list keeps nothing, or held
against other parameters; and the one that only warns.
"""


def document_numbers(documents: pl.Series) -> pl.Series:
    """Each document as a number of its own; 0 where it has not the form of one."""
    sound = documents.str.contains(DOCUMENT)
    text = "".join(documents.filter(sound).to_list()).encode()
    signs = np.frombuffer(text, dtype=np.uint8).reshape(-1, 9).astype(np.int64)
    letters = (signs[:, 0] - ord("A")) * 26 + signs[:, 1] - ord("A")
    digits = (signs[:, 2:] - ord("0")) @ (10 ** np.arange(6, -1, -1))
    numbers = np.zeros(len(documents), dtype=np.int64)
    numbers[sound.to_numpy()] = letters * 10**7 + digits + 1
    return pl.Series("document_number", numbers)


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 28 February where that year has no 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
