"""CSV in: comma or semicolon, UTF-8, quotes as RFC 4180 has them.

A file whose records are single lines is read by Polars; one with line ends inside quotes, or with a quote that is never
closed, record by record. Both give the same cells.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from esaylov.exchange.members.grid import MAX_ROWS, Grid, Heading, read_heading
from esaylov.exchange.members.kinds import BOM, UTF16
from esaylov.exchange.members.problems import Problems, Refused

LINE_LIMIT = 1 << 15
RECORD_LINES = 20
"""A quoted cell over more lines is taken for a quote that somebody forgot to close."""

# What a cell may hold beside plain text: white space of other kinds, invisible characters.
_MARKS = ("  ", "\xa0", "\xad", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2060", "\ufeff")
_CONTROLS = bytes(code for code in (*range(32), 127) if code != 10)
_BLANK = " ,;\t"
_CYRILLIC = re.compile("[а-яёА-ЯЁ]")


def read_comma(data: bytes, problems: Problems) -> Grid:
    """The table of a CSV file. Raises Refused when there is none; single rows that are none are recorded and left out."""
    data = _sound(data, problems)
    lines = _lines(data, problems)
    if len(lines) > MAX_ROWS + RECORD_LINES:
        problems.add("F08", values={"what": "rows", "limit": MAX_ROWS})
        raise Refused
    start, delimiter = _head_line(lines.head(2 * RECORD_LINES).to_list())
    if start is None:
        problems.add("F14", 1, values={"what": "commission, role, pinfl, …"})
        raise Refused
    heading, width, rest = _heading(lines.slice(start, RECORD_LINES).to_list(), start, delimiter, problems)
    body = _Body(data, lines.slice(rest), rest, delimiter, width, problems)
    frame, numbers = body.read()
    named = frame.select(frame.to_series(place).alias(name) for name, place in heading.names.items())
    return Grid(None, named, numbers, body.plain, body.plain and body.trimmed)


def _sound(data: bytes, problems: Problems) -> bytes:
    """The text without its mark, lines ending with a line feed. Raises Refused for what holds zero bytes."""
    if data.startswith(UTF16) or data[:4096].count(0) * 4 > len(data[:4096]):
        problems.add("F04", 1, values={"what": "UTF-16"})
        raise Refused
    nul = data.find(b"\0")
    if nul >= 0:
        problems.add("F05", data.count(b"\n", 0, nul) + 1)
        raise Refused
    data = data.removeprefix(BOM)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
        if b"\n" not in data:
            data = data.replace(b"\r", b"\n")
    return data


def _lines(data: bytes, problems: Problems) -> pl.Series:
    """All lines, the last one without its end. Raises Refused for what is not UTF-8."""
    if b"\x01" not in data and data:
        try:
            # A separator that does not occur: every line is one cell.
            frame = pl.read_csv(
                data, has_header=False, separator="\x01", quote_char=None, infer_schema=False,
                empty_string_is_null=False, new_columns=["line"],
            )  # fmt: skip
        except pl.exceptions.PolarsError:
            pass
        else:
            return frame.to_series()
    try:
        return pl.Series("line", data.decode("utf-8").split("\n"), dtype=pl.String)
    except UnicodeDecodeError as error:
        what = _other_encoding(data, error.start)
        problems.add("F04", data.count(b"\n", 0, error.start) + 1, values={"what": what})
        raise Refused from None


def _other_encoding(data: bytes, at: int) -> str:
    around = data[at : at + 40].decode("cp1251", "replace")
    return "Windows-1251" if len(_CYRILLIC.findall(around)) >= 3 else f"0x{data[at]:02x}"


def _head_line(lines: Sequence[str]) -> tuple[int | None, str]:
    """Index of the head row and the delimiter. Spreadsheet programs may write `sep=;` before it."""
    if lines and (named := re.fullmatch(r'"?sep=([,;])"?', lines[0].strip())):
        return 1 if len(lines) > 1 else None, named[1]
    start = next((place for place, line in enumerate(lines) if line.strip(_BLANK)), None)
    head = lines[start] if start is not None else ""
    return start, ";" if head.count(";") > head.count(",") else ","


def _heading(
    lines: Sequence[str], start: int, delimiter: str, problems: Problems
) -> tuple[Heading, int, int]:  # fmt: skip
    """The head row, its number of fields, and the index of the line after it. Raises Refused."""
    first = next(_records(lines, start, delimiter, problems), None)
    if first is None or first[0] != start + 1:
        raise Refused
    _, cells, used = first
    heading = read_heading(cells, start + 1, None, problems)
    return heading, len(cells), start + used


@dataclass(slots=True)
class _Body:
    """What stands under the head row: `lines` after `shift` others of `data`, each of `width` cells.

    `plain` and `trimmed` are known once it was read.
    """

    data: bytes
    lines: pl.Series
    shift: int
    delimiter: str
    width: int
    problems: Problems
    plain: bool = False
    trimmed: bool = False

    def read(self) -> tuple[pl.DataFrame, pl.Series]:
        """Cells and line numbers of all rows that have as many fields as the head."""
        line = pl.col("line").str
        facts = self.lines.to_frame().select(
            line.count_matches('"', literal=True).alias("quotes"),
            (line.count_matches(self.delimiter, literal=True) == self.width - 1).alias("fits"),
            (line.len_bytes() > LINE_LIMIT).any().alias("long"),
            pl.any_horizontal(line.contains(mark, literal=True).any() for mark in _MARKS).alias("marked"),
            pl.any_horizontal(line.contains(edge, literal=True).any() for edge in self._edges()).alias(
                "edged"
            ),
            (line.starts_with(" ") | line.ends_with(" ")).any().alias("ends"),
        )
        fits, quoted = facts["fits"], facts["quotes"] > 0
        if (facts["quotes"] % 2 == 1).any() or facts["long"].any():
            return self._slowly()
        if quoted.any():
            fits = fits.zip_with(~quoted, self._whole(quoted))
        self.plain = not facts["marked"].any() and len(self.data) == len(self.data.translate(None, _CONTROLS))
        self.trimmed = not facts["edged"].any() and not facts["ends"].any()
        return self._fast(fits, quoted.any())

    def _edges(self) -> tuple[str, ...]:
        """What stands somewhere in a line when one of its cells begins or ends with a space."""
        return f" {self.delimiter}", f"{self.delimiter} ", ' "', '" '

    def _fast(self, fits: pl.Series, quoted: bool) -> tuple[pl.DataFrame, pl.Series]:
        """All lines are records, or none at all where `fits` says so."""
        count = len(self.lines)
        numbers = pl.Series("line", range(self.shift + 1, self.shift + 1 + count), dtype=pl.UInt32)
        if fits.all() and count:
            body = self._bytes()
        else:
            for index in (~fits).arg_true().to_list():
                self._misfit(self.lines[index], self.shift + index + 1)
            numbers = numbers.filter(fits)
            body = "\n".join(self.lines.filter(fits).to_list()).encode()
        names = [str(n) for n in range(self.width)]
        if not len(numbers):
            return pl.DataFrame(schema=dict.fromkeys(names, pl.String)), numbers
        frame = pl.read_csv(
            body, has_header=False, separator=self.delimiter, infer_schema=False,
            quote_char='"' if quoted else None, empty_string_is_null=False, new_columns=names,
        )  # fmt: skip
        return frame, numbers

    def _bytes(self) -> bytes:
        """The bytes of all lines."""
        at = 0
        for _ in range(self.shift):
            at = self.data.index(b"\n", at) + 1
        return self.data[at:]

    def _whole(self, quoted: pl.Series) -> pl.Series:
        """Which lines are a record with every quote in its place; asked of those with quotes only."""
        field = rf'(?:"[^"]*(?:""[^"]*)*"|[^"{self.delimiter}]*)'
        pattern = rf"^{field}(?:{self.delimiter}{field}){{{self.width - 1}}}$"
        found = self.lines.filter(quoted).str.contains(pattern)
        none = pl.repeat(False, len(self.lines), dtype=pl.Boolean, eager=True)
        return none.scatter(quoted.arg_true(), found)

    def _records(self) -> Iterator[tuple[int, list[str], int]]:
        return _records(self.lines.to_list(), self.shift, self.delimiter, self.problems, self.width)

    def _misfit(self, line: str, number: int) -> None:
        """Says why a line is no row; a line without any value is none that anybody meant."""
        if line.strip(_BLANK):
            for _, cells, _ in _records([line], number - 1, self.delimiter, self.problems):
                self._fields(cells, number)

    def _fields(self, cells: Sequence[str], number: int) -> None:
        self.problems.add("F07", number, values={"found": len(cells), "expected": self.width})

    def _slowly(self) -> tuple[pl.DataFrame, pl.Series]:
        """Record by record, since some have several lines."""
        rows, numbers = [], []
        for number, cells, _ in self._records():
            if len(cells) == self.width:
                rows.append(cells)
                numbers.append(number)
            elif any(cell.strip() for cell in cells):
                self._fields(cells, number)
        made = list(zip(*rows, strict=True)) or [()] * self.width
        frame = pl.DataFrame([pl.Series(str(n), cells, dtype=pl.String) for n, cells in enumerate(made)])
        return frame, pl.Series("line", numbers, dtype=pl.UInt32)


def _records(
    lines: Sequence[str], shift: int, delimiter: str, problems: Problems, width: int = 0
) -> Iterator[tuple[int, list[str], int]]:
    """Records: the line on which one begins (from 1), its cells, and how many lines it has. What is none is recorded.

    Good rows may follow a quote that somebody forgot to close: where a record over several lines is none, or has not `width`
    cells, the next one is looked for on the next line.
    """
    at = 0
    field = rf'(?:"[^"]*(?:""[^"]*)*"|[^"{delimiter}]*)'
    whole = re.compile(rf"{field}(?:{delimiter}{field})*")
    while at < len(lines):
        used = _lines_of(lines, at)
        record = "\n".join(lines[at : at + used])
        if used == 1 and len(record) > LINE_LIMIT:
            problems.add("F08", shift + at + 1, values={"what": "characters", "limit": LINE_LIMIT})
        elif not whole.fullmatch(record):
            problems.add("F06", shift + at + 1)
            used = 1
        else:
            cells = _cells(record, delimiter)
            yield shift + at + 1, cells, used
            used = 1 if width and len(cells) != width else used
        at += used


def _lines_of(lines: Sequence[str], at: int) -> int:
    """How many lines the record that begins here has; 1 when a quote that opens in it is not closed soon."""
    quotes = 0
    for used, line in enumerate(lines[at : at + RECORD_LINES], start=1):
        quotes += line.count('"')
        if quotes % 2 == 0:
            return used
    return 1


def _cells(record: str, delimiter: str) -> list[str]:
    # One record at a time: the reader is given whole records, so it has nothing to guess. A lone carriage return would be an
    # error to it; in a cell it is white space like any other.
    cells = next(csv.reader([record.replace("\r", "\v")], delimiter=delimiter, strict=True), [])
    return [cell.replace("\v", "\r") for cell in cells] if "\r" in record else cells
