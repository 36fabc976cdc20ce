"""The rows of an extract, in batches and in bounded memory, whatever its size.

What makes an extract useless as a whole (a file that is not the one the register wrote, columns swapped, another encoding) raises
ExtractError; what concerns single rows is in the problems of their batch. So every row of every file is either in a table or has
a problem.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from esaylov.exchange.residents.comma import LOST, CommaFile, Rows, check_columns, lost_people
from esaylov.exchange.residents.head import MAHALLA_COLUMNS, Head, Part, read_head
from esaylov.exchange.residents.normal import fold_street, normal_document, normal_house
from esaylov.exchange.residents.problems import ExtractError, no_problems, problem, row_problems
from esaylov.exchange.residents.swapped import check_swapped

__all__ = ["Batch", "Head", "Part", "Piece", "batches", "pieces", "read_head", "read_mahallas"]

BATCH = 100_000
MAX_CELL = 1_000


Familiar = Callable[[pl.DataFrame], pl.Series]
"""Says of rows as they were written which ones are known as rows that were taken: their places wherever that is known, else null.
It speaks only of rows in normal form of which no rule for single rows has anything to tell now (`Checker.still_right`).
"""
FAMILIAR = {"line": pl.UInt32, "pinfl": pl.String, "document": pl.String, "place": pl.Int64}


@dataclass(slots=True)
class Piece:
    """Rows of one file as they were written. `looked`: whether control characters were looked for."""

    file: str
    rows: Rows
    looked: bool = True


@dataclass(slots=True)
class Batch:
    """Rows of one file. `table`: `line` (UInt32, as in the file), all columns of the register in normal form (texts, empty
    ones ""), and `street_key`. `problems`: file, line, code, field, severity of the lines that are no rows. `read`: how many
    lines of the file all stand for. `familiar` (FAMILIAR): rows that were taken before as they stand, and are in no table.
    `lost` (`comma.LOST`): who stands in the lines that are no rows.
    """

    file: str
    table: pl.DataFrame
    problems: pl.DataFrame
    read: int
    familiar: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FAMILIAR))
    lost: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LOST))


def batches(folder: Path, head: Head | None = None, rows: int = BATCH) -> Iterator[Batch]:
    """All rows of an extract. Raises ExtractError, which may be after many batches: what they brought is then worth nothing."""
    return map(normal, pieces(folder, head or read_head(folder), rows))


def pieces(folder: Path, head: Head, rows: int = BATCH) -> Iterator[Piece]:
    """All rows of an extract as they were written. Raises as `batches`."""
    for part in head.files:
        yield from _part(folder, part, head.columns, rows)


def normal(piece: Piece, familiar: Familiar | None = None) -> Batch:
    """The rows of a piece in their normal forms, without those that are familiar."""
    known, rows = _told_apart(piece.rows, familiar)
    whole = rows if piece.looked else _controls(piece.file, rows)
    batch = _normal(piece.file, whole)
    return batch if known is None else replace(batch, familiar=known)


def _told_apart(rows: Rows, familiar: Familiar | None) -> tuple[pl.DataFrame | None, Rows]:
    if familiar is None:
        return None, rows
    places = familiar(rows.table).alias("place")
    there = places.is_not_null()
    known = rows.table.select("line", "pinfl", "document", places).filter(there)
    return known, replace(rows, table=rows.table.filter(~there))


def read_mahallas(folder: Path, head: Head) -> pl.DataFrame:
    """The table of mahallas of an address extract. Raises ExtractError; a line that is no row refuses the table."""
    if head.mahallas is None:
        raise ExtractError([problem("X06", "mahallas.csv")])
    found = [piece.rows for piece in _rows(folder, head.mahallas, MAHALLA_COLUMNS, BATCH)]
    for rows in found:
        if rows.problems.height:
            first = rows.problems.row(0, named=True)
            raise ExtractError([problem(first["code"], first["file"], first["line"])])
    empty = pl.DataFrame(schema={"line": pl.UInt32, **dict.fromkeys(MAHALLA_COLUMNS, pl.String)})
    return pl.concat([empty, *(rows.table for rows in found)]).with_columns(
        pl.col(pl.String).str.strip_chars()
    )


def _part(folder: Path, part: Part, columns: tuple[str, ...], rows: int) -> Iterator[Piece]:
    first = True
    for piece in _rows(folder, part, columns, rows):
        if first and piece.rows.table.height:
            check_swapped(part.name, piece.rows.table)
            first = False
        yield piece


def _rows(folder: Path, part: Part, columns: tuple[str, ...], rows: int) -> Iterator[Piece]:
    if part.name.endswith(".parquet"):
        yield from _parquet(folder / part.name, part, columns, rows)
        return
    file = CommaFile(folder / part.name, columns, rows)
    try:
        for found in file.read():
            if file.lines > part.rows:
                raise ExtractError(
                    [problem("X09", part.name, None, None, found=file.lines, stated=part.rows)]
                )
            yield Piece(part.name, found)
    except OSError as error:
        raise ExtractError([problem("X17", part.name, value=f"CSV: {error.strerror}")]) from None
    _check_whole(part, file.lines, file.sha256, file.half)


def _check_whole(part: Part, lines: int, sha256: str, half: bool) -> None:
    problems = []
    if half and sha256 != part.sha256:
        problems.append(problem("X10", part.name, lines + 1))
    if lines != part.rows:
        problems.append(problem("X09", part.name, None, None, found=lines, stated=part.rows))
    if sha256 != part.sha256:
        problems.append(problem("X08", part.name))
    if problems:
        raise ExtractError(problems)


def _parquet(path: Path, part: Part, columns: tuple[str, ...], rows: int) -> Iterator[Piece]:
    """Row groups one after the other; the file is hashed before, and looked at again behind: it must not change meanwhile."""
    before = path.stat()
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if sha256 != part.sha256:
        raise ExtractError([problem("X08", part.name)])
    read = 0
    try:
        scan = pl.scan_parquet(path, glob=False)
        _check_schema(part.name, scan.collect_schema(), columns)
        total = scan.select(pl.len()).collect().item()
        if total != part.rows:
            raise ExtractError([problem("X09", part.name, None, None, found=total, stated=part.rows)])
        for table in scan.select(columns).collect_batches(chunk_size=rows, maintain_order=True):
            for piece in table.iter_slices(rows):
                numbers = pl.int_range(read + 1, read + piece.height + 1, dtype=pl.UInt32, eager=True)
                read += piece.height
                whole = piece.fill_null("").insert_column(0, numbers.alias("line"))
                yield Piece(part.name, Rows(whole, no_problems(), whole.height), looked=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        raise ExtractError([problem("X17", part.name, value="Parquet")]) from None
    after = path.stat()
    if read != part.rows or (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        raise ExtractError([problem("X08", part.name)])


def _check_schema(name: str, schema: pl.Schema, columns: tuple[str, ...]) -> None:
    check_columns(name, schema.names(), columns)
    problems = [
        problem("X16", name, None, column, value=str(kind))
        for column, kind in schema.items()
        if kind != pl.String
    ]
    if problems:
        raise ExtractError(problems)


def _controls(name: str, rows: Rows) -> Rows:
    """A Parquet file may hold any character; a CSV file was looked at before."""
    table = rows.table
    wrong = table.select(
        pl.any_horizontal(pl.col(pl.String).str.contains(r"[\x00-\x08\x0a-\x1f\x7f]")).alias("wrong")
    ).to_series()
    if not wrong.any():
        return rows
    told = row_problems(name, "X22", None, table["line"].filter(wrong))
    return Rows(table.filter(~wrong), told, rows.read, _lost("X22", table.filter(wrong)))


def _lost(code: str, table: pl.DataFrame) -> pl.DataFrame:
    """Who stands in rows that are not read further."""
    if "pinfl" not in table.columns:
        return pl.DataFrame(schema=LOST)
    return lost_people(code, table["line"], table["pinfl"])


def _normal(name: str, found: Rows) -> Batch:
    """The rows in their normal forms."""
    table = found.table.with_columns(_trimmed(found.table))
    long = table.select(
        pl.any_horizontal(pl.col(pl.String).str.len_bytes() > MAX_CELL).alias("long")
    ).to_series()
    problems, lost = found.problems, found.lost
    if long.any():
        told = row_problems(name, "X23", None, table["line"].filter(long))
        lost = pl.concat([lost, _lost("X23", table.filter(long))])
        problems, table = pl.concat([problems, told]), table.filter(~long)
    changed = [normal_house(table["house"]).alias("house"), fold_street(table["street"]).alias("street_key")]
    if "document" in table.columns:
        changed.append(normal_document(table["document"]).alias("document"))
        lower = pl.col("sex", "status", *(["event"] if "event" in table.columns else [])).str.to_lowercase()
        table = table.with_columns(lower, pl.col("citizenship").str.to_uppercase())
    return Batch(name, table.with_columns(changed), problems, found.read, lost=lost)


def _trimmed(table: pl.DataFrame) -> list[pl.Series]:
    """The columns that have white space around values, or twice in a row, without it."""
    names = [name for name in table.columns if name != "line"]
    untidy = table.select(pl.col(names).str.contains(r"^\s|\s\s|[\t\x{a0}]|\s$").any()).row(0)
    return [
        table[name].str.replace_all(r"\s+", " ").str.strip_chars()
        for name, one in zip(names, untidy, strict=True)
        if one
    ]
