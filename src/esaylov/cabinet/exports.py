"""Lists as files: CSV and XLSX. No cell can become a formula in the program that opens it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""First characters by which spreadsheets take a cell for a formula (their wide forms too)."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
CELL_LIMIT = 32_000
XLSX_ROWS = 1_000_000
FILE_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that could be begins with an apostrophe."""
    clean = CONTROL.sub("", text)
    return (
        f"'{clean}"
        if clean.lstrip(" \u00a0\u200b\ufeff").startswith(FORMULA) or clean.startswith(FORMULA)
        else clean
    )


def plain(value: Any) -> str | int:
    """A value as a cell holds it: whole numbers as they are, times as ISO 8601, the rest as neutral text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return neutral(str(value))


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A table as CSV (UTF-8 with its mark, so that spreadsheets read it right), line by line."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow([plain(title) for title in head])
    for row in rows:
        yield writer.writerow([plain(value) for value in row])


def xlsx_bytes(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table as XLSX; every text is written as a text. Raises ValueError for more rows than a sheet has."""
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    file = io.BytesIO()
    book = Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31].strip() or "list")
    bold = book.add_format({"bold": True})
    for column, name in enumerate(head):
        sheet.write_string(0, column, str(plain(name)), bold)
    for number, row in enumerate(rows, 1):
        if number > XLSX_ROWS:
            raise ValueError(f"more than {XLSX_ROWS} rows do not fit into a sheet")
        for column, value in enumerate(row):
            cell = plain(value)
            if isinstance(cell, int) and abs(cell) < 2**53:
                sheet.write_number(number, column, cell)
            else:
                sheet.write_string(number, column, str(cell)[:CELL_LIMIT])
    sheet.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """A table as a CSV file to download."""
    response = StreamingHttpResponse(csv_lines(head, rows), content_type="text/csv; charset=utf-8")
    return _attached(response, f"{name}.csv")


def xlsx_response(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """A table as an XLSX file to download."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _attached(HttpResponse(xlsx_bytes(name, head, rows), content_type=kind), f"{name}.xlsx")


def _attached(response: HttpResponseBase, name: str) -> HttpResponseBase:
    safe = FILE_NAME.sub("-", name).strip("-.") or "list"
    response.headers["Content-Disposition"] = f'attachment; filename="{safe}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
