"""Lists of places that have their own: abroad, military units, hospitals, detention, remote places (Art. 10, 27, 28).

The head of an institution hands over one CSV file for one precinct. Its people are held against the same rules as the rows of
the residence register (codes V). A list of which anything is wrong is refused as a whole: it is short, its author corrects it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from esaylov.exchange.residents.checks import Checker, Parameters
from esaylov.exchange.residents.extracts import MAX_CELL, Batch
from esaylov.exchange.residents.normal import normal_document
from esaylov.exchange.residents.problems import ExtractError, ExtractProblem, no_problems, problem

PERSON = (
    "pinfl", "document", "surname", "given_name", "patronymic", "birth_date", "sex", "citizenship",
)  # fmt: skip
COLUMNS = ("precinct", "place", *PERSON)
PLACES = ("abroad", "military-unit", "hospital", "detention", "remote")
MAX_ROWS = 5_000
FILE = "special.csv"
# What the residence register says besides and such a list does not: where its people live stays with the register.
_UNSAID = {
    "region": "1700", "district": "1700000", "mahalla": "", "street": "", "street_key": "", "house": "", "flat": "", "status": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpecialList:
    """The people of one precinct: `table` has `line` and PERSON in normal form; `warnings`: what stands beside them."""

    precinct: str
    place: str
    table: pl.DataFrame
    warnings: tuple[ExtractProblem, ...] = ()


def read_special(
    content: bytes, parameters: Parameters, *, precincts: Collection[str] | None = None,
    places: Collection[str] = PLACES, file: str = FILE,
) -> SpecialList:  # fmt: skip
    """Reads a list. `precincts`: codes of those that may have one (None: any); `places`: kinds that the edition knows.

    Raises ExtractError with every problem: the list is then not taken.
    """
    rows = list(_lines(content, file))
    _check_place(rows, precincts, places, file)
    table = pl.DataFrame(
        [(line, *(cells[name] for name in PERSON)) for line, cells in rows],
        schema={"line": pl.UInt32, **dict.fromkeys(PERSON, pl.String)}, orient="row",
    )  # fmt: skip
    table = table.with_columns(
        pl.col("sex").str.to_lowercase(), pl.col("citizenship").str.to_uppercase(), normal_document(table["document"])
    )  # fmt: skip
    told = _told(table, parameters, file)
    if any(one.severity != "warning" for one in told):
        raise ExtractError(told)
    return SpecialList(rows[0][1]["precinct"], rows[0][1]["place"], table, tuple(told))


def wrong_with(record: Mapping[str, str], parameters: Parameters, file: str = "") -> ExtractProblem | None:
    """The first thing for which somebody's record (in normal form, as `sealing.RECORD`; citizenship taken for granted) could be
    no row of an extract; what is only warned of there is none.
    """
    said = {name: record.get(name, "") for name in PERSON} | {"citizenship": parameters.citizenship}
    table = pl.DataFrame(
        [{"line": 1, **said}], schema={"line": pl.UInt32, **dict.fromkeys(PERSON, pl.String)}
    )
    return next((one for one in _told(table, parameters, file) if one.severity != "warning"), None)


def _told(table: pl.DataFrame, parameters: Parameters, file: str) -> list[ExtractProblem]:
    """What the checks tell of people."""
    unsaid = {name: pl.lit(said) for name, said in _UNSAID.items()}
    batch = Batch(file, table.with_columns(**unsaid), no_problems(), table.height)
    checked = Checker(_of_people(parameters), table.height).check(batch)
    return [
        problem(row["code"], row["file"], row["line"], row["field"])
        for row in checked.problems.sort("line").iter_rows(named=True)
    ]


def _of_people(parameters: Parameters) -> Parameters:
    return Parameters(
        election_day=parameters.election_day, as_of=parameters.as_of, simulated=parameters.simulated, mahallas=("",),
        age=parameters.age, citizenship=parameters.citizenship,
    )  # fmt: skip


def _lines(content: bytes, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # No line: that of the first byte of a spreadsheet's own format would send people to look for a fault in a row.
        raise ExtractError([problem("S09", file)]) from None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        head = [cell.strip() for cell in next(reader, [])]
        _check_head(head, file)
        for cells in reader:
            if cells:
                yield reader.line_num, _cells(head, cells, file, reader.line_num)
            if reader.line_num > MAX_ROWS + 1:
                raise ExtractError([problem("S01", file, reader.line_num, reason=f"> {MAX_ROWS:,}")])
    except csv.Error as error:
        raise ExtractError([problem("S01", file, reader.line_num, reason=str(error))]) from None


def _delimiter(text: str) -> str:
    """Spreadsheet programs of the region part cells with semicolons."""
    head = text.partition("\n")[0]
    return ";" if head.count(";") > head.count(",") else ","


def _check_head(head: list[str], file: str) -> None:
    problems = [problem("X12", file, 1, name, value=name) for name in COLUMNS if name not in head]
    problems += [problem("X13", file, 1, value=name) for name in head if name not in COLUMNS]
    problems += [problem("X14", file, 1, name, value=name) for name in COLUMNS if head.count(name) > 1]
    if problems:
        raise ExtractError(problems)


def _cells(head: list[str], cells: list[str], file: str, line: int) -> dict[str, str]:
    if len(cells) != len(head):
        raise ExtractError([problem("X20", file, line)])
    if not all(cell.replace("\t", " ").isprintable() for cell in cells):
        raise ExtractError([problem("X22", file, line)])
    if max(map(len, cells)) > MAX_CELL:
        raise ExtractError([problem("X23", file, line, limit=MAX_CELL)])
    return {name: " ".join(cell.split()) for name, cell in zip(head, cells, strict=True)}


def _check_place(
    rows: list[tuple[int, dict[str, str]]], precincts: Collection[str] | None, places: Collection[str], file: str
) -> None:  # fmt: skip
    """One precinct and one kind of place in the file, both known."""
    if not rows:
        raise ExtractError([problem("S01", file, reason="0")])
    first = rows[0][1]
    problems = []
    if not first["precinct"] or (precincts is not None and first["precinct"] not in precincts):
        problems.append(problem("B02", file, rows[0][0], "precinct"))
    if first["place"] not in places:
        problems.append(problem("S02", file, rows[0][0], "place", expected=", ".join(places)))
    problems += [
        problem("S03", file, line, name)
        for line, cells in rows
        for name in ("precinct", "place")
        if cells[name] != first[name]
    ]
    if problems:
        raise ExtractError(problems)
