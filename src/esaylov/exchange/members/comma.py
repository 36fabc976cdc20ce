"""CSV in: comma or semicolon, UTF-8, quotes as RFC 4180 has them.

A file whose records are single lines is read by Polars; one with line ends inside quotes, or with a quote that is never
closed, record by record. Both give the same cells.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

import polars as pl

from esaylov.exchange.members.grid import MAX_ROWS, Grid, Heading, read_heading
from esaylov.exchange.members.kinds import BOM, UTF16
from esaylov.exchange.members.problems import Problems, Refused

LINE_LIMIT = 1 << 15
RECORD_LINES = 20
"""A quoted cell over more lines is taken for a quote that somebody forgot to close."""

_NOT_PLAIN = ("  ", "\t", "\xa0", "\u200b", "\u200e", "\u200f", "\u2060", "\ufeff")
_CONTROLS = bytes(code for code in (*range(32), 127) if code not in (9, 10, 13))
_CYRILLIC = re.compile("[а-яёА-ЯЁ]")
_QUOTES_OR_FIELDS = ("F06", "F07")


def read_comma(data: bytes, problems: Problems) -> Grid:
    """The table of a CSV file. Raises Refused when there is none; single rows that are none are recorded and left out."""
    text = _decoded(data, problems)
    controls = len(data) != len(data.translate(None, _CONTROLS))
    lines = text.split("\n")
    while lines and not lines[-1].strip(" ,;\t"):
        lines.pop()
    start, delimiter = _head_line(lines)
    if start >= len(lines):
        problems.add("F14", 1, values={"what": "commission, role, pinfl, …"})
        raise Refused
    if len(lines[start]) > LINE_LIMIT:
        problems.add("F08", start + 1, values={"what": "characters", "limit": LINE_LIMIT})
        raise Refused
    if len(lines) - start - 1 > MAX_ROWS:
        problems.add("F08", None, values={"what": "rows", "limit": MAX_ROWS})
        raise Refused
    heading, width, rest = _heading(lines, start, delimiter, problems)
    frame, numbers = _body(lines[rest:], rest, delimiter, width, problems)
    names = heading.names
    named = frame.select(frame.to_series(place).alias(name) for name, place in names.items())
    plain = not controls and not any(mark in text for mark in _NOT_PLAIN)
    return Grid(None, named, numbers, plain)


def _decoded(data: bytes, problems: Problems) -> str:
    if data.startswith(UTF16) or data[:4096].count(0) * 4 > len(data[:4096]):
        problems.add("F04", 1, values={"what": "UTF-16"})
        raise Refused
    nul = data.find(b"\0")
    if nul >= 0:
        problems.add("F05", data.count(b"\n", 0, nul) + 1)
        raise Refused
    try:
        text = data.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start + (len(BOM) if data.startswith(BOM) else 0)
        problems.add("F04", data.count(b"\n", 0, at) + 1, values={"what": _other_encoding(data, at)})
        raise Refused from None
    if "\r" in text:
        text = text.replace("\r\n", "\n")
        if "\n" not in text:
            text = text.replace("\r", "\n")
    return text


def _other_encoding(data: bytes, at: int) -> str:
    around = data[at : at + 40].decode("cp1251", "replace")
    return "Windows-1251" if len(_CYRILLIC.findall(around)) >= 3 else f"0x{data[at]:02x}"


def _head_line(lines: Sequence[str]) -> tuple[int, str]:
    """Index of the head row and the delimiter. Spreadsheet programs may write `sep=;` before it."""
    start = 0
    if lines and (named := re.fullmatch(r'"?sep=([,;])"?', lines[0].strip())):
        return 1, named[1]
    while start < len(lines) and not lines[start].strip(" ,;\t"):
        start += 1
    head = lines[start] if start < len(lines) else ""
    return start, ";" if head.count(";") > head.count(",") else ","


def _heading(
    lines: list[str], start: int, delimiter: str, problems: Problems
) -> tuple[Heading, int, int]:  # fmt: skip
    """The head row, its number of fields, and the index of the line after it."""
    records = _records(lines[start : start + RECORD_LINES], start, delimiter, problems)
    first = next(records, None)
    if first is None:
        raise Refused
    _, cells, used = first
    heading = read_heading(cells, start + 1, None, problems)
    return heading, len(cells), start + used


def _body(
    lines: list[str], shift: int, delimiter: str, width: int, problems: Problems
) -> tuple[pl.DataFrame, pl.Series]:
    """Cells and line numbers of all rows that have as many fields as the head."""
    every = pl.Series("line", lines, dtype=pl.String)
    quotes = every.str.count_matches('"', literal=True)
    if (quotes % 2 == 1).any() or (every.str.len_bytes() > LINE_LIMIT).any():
        return _slowly(lines, shift, delimiter, width, problems)
    quoted = quotes > 0
    fits = every.str.count_matches(delimiter, literal=True) == width - 1
    if quoted.any():
        fits = fits.zip_with(~quoted, _whole_records(every, quoted, delimiter, width))
    numbers = pl.Series("line", range(shift + 1, shift + 1 + len(lines)), dtype=pl.UInt32)
    if not fits.all():
        for index in (~fits).arg_true().to_list():
            _misfit(lines[index], shift + index + 1, delimiter, width, problems)
        lines, numbers = every.filter(fits).to_list(), numbers.filter(fits)
    if not lines:
        return pl.DataFrame(
            {str(n): [] for n in range(width)}, dict.fromkeys(map(str, range(width)), pl.String)
        ), numbers
    frame = pl.read_csv(
        "\n".join(lines).encode(), has_header=False, separator=delimiter, infer_schema=False,
        quote_char='"' if quoted.any() else None, empty_string_is_null=False,
        new_columns=[str(n) for n in range(width)],
    )  # fmt: skip
    return frame, numbers


def _whole_records(lines: pl.Series, quoted: pl.Series, delimiter: str, width: int) -> pl.Series:
    """Which lines are a record of `width` fields with every quote in its place; asked of those with quotes only."""
    field = rf'(?:"[^"]*(?:""[^"]*)*"|[^"{delimiter}]*)'
    pattern = rf"^{field}(?:{delimiter}{field}){{{width - 1}}}$"
    found = lines.filter(quoted).str.contains(pattern)
    return pl.repeat(False, len(lines), dtype=pl.Boolean, eager=True).scatter(quoted.arg_true(), found)


def _misfit(line: str, number: int, delimiter: str, width: int, problems: Problems) -> None:
    """Says why a line is no row; a line without any value is none that anybody meant."""
    if not line.strip(" ,;\t"):
        return
    for _, cells, _ in _records([line], number - 1, delimiter, problems):
        _fields(cells, number, width, problems)


def _fields(cells: Sequence[str], number: int, width: int, problems: Problems) -> None:
    problems.add("F07", number, values={"found": len(cells), "expected": width})


def _slowly(
    lines: list[str], shift: int, delimiter: str, width: int, problems: Problems
) -> tuple[pl.DataFrame, pl.Series]:
    rows, numbers = [], []
    for number, cells, _ in _records(lines, shift, delimiter, problems):
        if len(cells) == width:
            rows.append(cells)
            numbers.append(number)
        elif any(cell.strip() for cell in cells):
            _fields(cells, number, width, problems)
    made = list(zip_longest(*rows)) or [()] * width
    frame = pl.DataFrame([pl.Series(str(n), cells, dtype=pl.String) for n, cells in enumerate(made)])
    return frame, pl.Series("line", numbers, dtype=pl.UInt32)


def _records(
    lines: Sequence[str], shift: int, delimiter: str, problems: Problems
) -> Iterator[tuple[int, list[str], int]]:
    """Records: the line on which one begins (from 1), its cells, and how many lines it has. What is none is recorded."""
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
        else:
            yield shift + at + 1, _cells(record, delimiter), used
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
    # One record at a time: the reader is given whole records, so it has nothing to guess.
    return next(csv.reader([record], delimiter=delimiter, strict=True), [])
