"""A CSV file of an extract, block by block in bounded memory: hashed, counted and cut into tables on the way.

One line is one row: no cell holds a line break, so every problem has its line. A block is read by Polars where its commas and
lines say that all rows are whole; else each line is judged by a pattern, and those that are no rows are told and left out.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from esaylov.exchange.residents.normal import pinfl_check_digit
from esaylov.exchange.residents.problems import ExtractError, no_problems, problem, row_problems

MAX_LINE = 65_536
_TAB, _END, _RETURN, _QUOTE, _COMMA = b'\t\n\r",'
_MARK = b"\xef\xbb\xbf"

Signs = npt.NDArray[np.uint8]
LOST = {"line": pl.UInt32, "pinfl": pl.String, "code": pl.String}
"""PINFLs that can be read in lines which are no rows: nobody leaves the list because the own line is faulty."""


def lost_people(code: str, lines: pl.Series, texts: pl.Series) -> pl.DataFrame:
    """Every sound PINFL that stands anywhere in these texts (LOST)."""
    found = pl.DataFrame({"line": lines.cast(pl.UInt32), "pinfl": texts.str.extract_all(r"[0-9]{14,}")})
    numbers = found.explode("pinfl").filter(pl.col("pinfl").str.contains(r"^[1-8][0-9]{13}$"))
    last = numbers["pinfl"].str.slice(13).cast(pl.Int8)
    return numbers.filter(pinfl_check_digit(numbers["pinfl"]) == last).with_columns(code=pl.lit(code))


@dataclass(slots=True)
class Rows:
    """Rows of a file: a table of texts with `line`, what is no row, how many lines were read, and who stands in what is no row
    (LOST).
    """

    table: pl.DataFrame
    problems: pl.DataFrame
    read: int
    lost: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LOST))


class CommaFile:
    """Reads one file. After the last rows `sha256`, `lines` and `half` (no line end at the end) say what was read."""

    def __init__(self, path: Path, columns: tuple[str, ...], rows: int) -> None:
        self.path = path
        self.columns = columns
        self.rows = rows
        self.lines = 0
        self.half = False
        self._hash = hashlib.sha256()
        cell = r'(?:"(?:[^"]|"")*"|[^",]*)'
        self._whole = rf"^{cell}(?:,{cell}){{{len(columns) - 1}}}\r?$"

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def read(self) -> Iterator[Rows]:
        """The rows, at most so many at once. Raises ExtractError for what ends the reading."""
        with self.path.open("rb") as file:
            rest, order = self._head(file)
            line = 2
            size = 1 << 16
            while True:
                block, rest = self._block(file, rest, size, line)
                if not block:
                    break
                found = self._parse(block, order, line)
                line += found.read
                self.lines += found.read
                size = max(1 << 16, min(1 << 26, len(block) * self.rows // max(found.read, 1)))
                yield from self._cut(found)

    def _cut(self, found: Rows) -> Iterator[Rows]:
        """Blocks of about the right size, cut to the exact one."""
        if found.table.height <= self.rows:
            yield found
            return
        problems, read, lost = found.problems, found.read, found.lost
        for piece in found.table.iter_slices(self.rows):
            yield Rows(piece, problems, read, lost)
            problems, read, lost = no_problems(), 0, lost.clear()

    def _head(self, file: io.BufferedReader) -> tuple[bytes, list[str]]:
        first = file.readline(MAX_LINE)
        self._hash.update(first)
        name = self.path.name
        bare = first.removeprefix(_MARK).rstrip(b"\r\n")
        try:
            head = bare.decode("utf-8")
        except UnicodeDecodeError:
            raise ExtractError([problem("X11", name, 1)]) from None
        if "\x00" in head:
            raise ExtractError([problem("X11", name, 1)])
        if not first.endswith(b"\n"):
            raise ExtractError([problem("X10", name, 1)])
        order = [cell.strip().removeprefix('"').removesuffix('"') for cell in head.split(",")]
        check_columns(name, order, self.columns)
        return b"", order

    def _block(self, file: io.BufferedReader, rest: bytes, size: int, line: int) -> tuple[bytes, bytes]:
        """Whole lines, and what was read of the next one."""
        data = b""
        while b"\n" not in data:
            rest += data
            if len(rest) > MAX_LINE:
                raise ExtractError([problem("X18", self.path.name, line, limit=MAX_LINE)])
            data = file.read(size)
            self._hash.update(data)
            if not data:
                self.half |= bool(rest)
                return rest, b""
        cut = data.rindex(b"\n") + 1
        return rest + data[:cut], data[cut:]

    def _parse(self, block: bytes, order: list[str], line: int) -> Rows:
        signs = _Signs(block)
        lines = signs.lines
        numbers = pl.int_range(line, line + lines, dtype=pl.UInt32, eager=True).alias("line")
        if not signs.control:
            whole = signs.plain and signs.commas == lines * (len(order) - 1)
            bare = block.translate(None, b'"') if signs.quotes else block
            table = self._table(bare, order, lines) if whole else self._quoted(block, order, lines)
            if table is not None:
                return Rows(table.insert_column(0, numbers), no_problems(), lines)
        return self._judge(block, order, numbers)

    def _table(self, block: bytes, order: list[str], lines: int) -> pl.DataFrame | None:
        """The block as a table, None where it has not as many rows as lines."""
        try:
            table = pl.read_csv(
                block, has_header=False, new_columns=order, infer_schema=False, empty_string_is_null=False
            )
        except pl.exceptions.PolarsError:
            return None
        return table.select(self.columns) if table.height == lines else None

    def _quoted(self, block: bytes, order: list[str], lines: int) -> pl.DataFrame | None:
        """The block as a table where every line is a row with quotes in their places."""
        try:
            texts = pl.read_csv(
                block,
                has_header=False,
                new_columns=["text"],
                infer_schema=False,
                separator="\x01",
                quote_char=None,
                empty_string_is_null=False,
            ).to_series()
        except pl.exceptions.PolarsError:
            return None
        sound = texts.len() == lines and texts.str.contains(self._whole).all()
        return self._table(block, order, lines) if sound else None

    def _judge(self, block: bytes, order: list[str], numbers: pl.Series) -> Rows:
        """Line by line: those that are rows, and a problem for each other."""
        texts = self._texts(block, int(numbers[0]))
        name = self.path.name
        whole = texts.str.contains(self._whole)
        controls = whole & texts.str.contains(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r.")
        bare = texts.str.replace_all(r'"(?:[^"]|"")*"', "")
        quotes = ~whole & (
            bare.str.contains('"', literal=True) | (bare.str.count_matches(",") == len(order) - 1)
        )
        broken = [("X20", ~whole & ~quotes), ("X21", quotes), ("X22", controls)]
        problems = [
            row_problems(name, code, None, numbers.filter(wrong)) for code, wrong in broken if wrong.any()
        ]
        good = whole & ~controls
        kept = texts.filter(good).str.strip_chars_end("\r")
        text = "\n".join(kept) + "\n"
        table = self._table(text.encode(), order, kept.len()) if kept.len() else self._nothing()
        if table is None:
            raise ExtractError([problem("X17", name, int(numbers[0]), value="CSV")])
        table = table.insert_column(0, numbers.filter(good))
        return Rows(
            table, pl.concat([no_problems(), *problems]), texts.len(), self._lost(broken, numbers, texts)
        )

    def _lost(
        self, broken: list[tuple[str, pl.Series]], numbers: pl.Series, texts: pl.Series
    ) -> pl.DataFrame:
        """(Tables of houses name nobody.)"""
        if "pinfl" not in self.columns:
            return pl.DataFrame(schema=LOST)
        return pl.concat(
            lost_people(code, numbers.filter(wrong), texts.filter(wrong)) for code, wrong in broken
        )

    def _texts(self, block: bytes, first: int) -> pl.Series:
        try:
            text = block.decode("utf-8")
        except UnicodeDecodeError as error:
            at = first + block.count(b"\n", 0, error.start)
            raise ExtractError([problem("X11", self.path.name, at)]) from None
        return pl.Series(text.removesuffix("\n").split("\n"), dtype=pl.String)

    def _nothing(self) -> pl.DataFrame:
        return pl.DataFrame(schema=dict.fromkeys(self.columns, pl.String))


class _Signs:
    """What signs a block has. `control`: there are control characters, or returns inside lines. `plain`: its only quotes are
    empty cells, which many programs write as `""`.
    """

    def __init__(self, block: bytes) -> None:
        signs = np.frombuffer(block, dtype=np.uint8)
        ends = int(np.count_nonzero(signs == _END))
        self.lines = ends + (not block.endswith(b"\n"))
        self.commas = int(np.count_nonzero(signs == _COMMA))
        returns = np.flatnonzero(signs == _RETURN)
        tabs = int(np.count_nonzero(signs == _TAB))
        low = int(np.count_nonzero(signs < 32)) - ends - tabs - len(returns)
        behind = signs[np.minimum(returns + 1, len(signs) - 1)]
        self.control = bool(low or (behind != _END).any() or np.count_nonzero(signs == 127))
        quotes = np.flatnonzero(signs == _QUOTE)
        self.quotes = len(quotes)
        self.plain = not self.quotes or _all_empty(signs, quotes)


def _all_empty(signs: Signs, quotes: npt.NDArray[np.intp]) -> bool:
    opening, closing = quotes[::2], quotes[1::2]
    if len(opening) != len(closing) or (closing - opening != 1).any():
        return False
    before = signs[np.maximum(opening - 1, 0)][opening > 0]
    behind = signs[np.minimum(closing + 1, len(signs) - 1)][closing + 1 < len(signs)]
    return bool(np.isin(before, (_COMMA, _END)).all() and np.isin(behind, (_COMMA, _END, _RETURN)).all())


def check_columns(name: str, found: list[str], columns: tuple[str, ...]) -> None:
    """Looks whether exactly these columns are there, in any order. Raises ExtractError."""
    problems = [problem("X12", name, 1, column, value=column) for column in columns if column not in found]
    strange = [column for column in dict.fromkeys(found) if column not in columns]
    problems += [problem("X13", name, 1, value=re.sub(r"\d", "#", column)) for column in strange]
    twice = [column for column in columns if found.count(column) > 1]
    problems += [problem("X14", name, 1, column, value=column) for column in twice]
    if problems:
        raise ExtractError(problems)
