"""XLSX in, behind the guard of `archive`: every sheet whose first row is a head of members."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime

import polars as pl
from python_calamine import CalamineError, CalamineSheet, SheetTypeEnum, SheetVisibleEnum, load_workbook

from esaylov.exchange.members.archive import check_archive
from esaylov.exchange.members.grid import MAX_ROWS, Grid, looks_like_head, read_heading
from esaylov.exchange.members.problems import Problems, Refused
from esaylov.exchange.members.texts import LANGUAGES, word

MAX_SHEETS = 20
MAX_AREA = 20_000_000
"""Places between the first and the last cell, in all sheets: the reader makes room for each."""
HEAD_WITHIN = 20
"""A title may stand above the head row, but not more than that."""

_OURS = frozenset(word("explanations", language) for language in LANGUAGES)


def read_workbook(data: bytes, problems: Problems) -> list[Grid]:
    """The tables of a workbook. Raises Refused when it is dangerous, broken, or holds no table of members."""
    check_archive(data, problems)
    grids: list[Grid] = []
    heads = area = 0
    try:
        with load_workbook(io.BytesIO(data)) as book:
            if len(book.sheet_names) > MAX_SHEETS:
                problems.add("F08", values={"what": "sheets", "limit": MAX_SHEETS})
                raise Refused
            for place, meta in enumerate(book.sheets_metadata):
                if meta.typ is not SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_index(place)
                area += sheet.height * sheet.width
                if area > MAX_AREA:
                    problems.add("F08", values={"what": "cells", "limit": MAX_AREA})
                    raise Refused
                rows = _Rows(sheet, problems)
                if rows.head:
                    heads += 1
                    _take(rows, grids, problems)
                elif meta.visible is SheetVisibleEnum.Visible and meta.name not in _OURS and rows.filled:
                    problems.add("F17", None, sheet=meta.name, values={"value": meta.name})
    except (CalamineError, OSError, ValueError) as error:
        problems.add("F09", values={"what": str(error)})
        raise Refused from None
    if not heads:
        problems.add("F14", values={"what": "commission, role, pinfl, …"})
        raise Refused
    return grids


def _take(rows: _Rows, grids: list[Grid], problems: Problems) -> None:
    """A sheet with a head; one whose columns are wrong is refused alone."""
    try:
        grids.append(rows.grid())
    except Refused:
        return
    if sum(grid.frame.height for grid in grids) > MAX_ROWS:
        problems.add("F08", values={"what": "rows", "limit": MAX_ROWS})
        raise Refused


class _Rows:
    """The rows of one sheet; `head` is its head row, empty when it has none."""

    def __init__(self, sheet: CalamineSheet, problems: Problems) -> None:
        self.name = sheet.name
        self._problems = problems
        # Rows come from the first of the sheet on, columns from the first that is filled.
        self._rows: Iterator[Sequence[object]] = iter(sheet.iter_rows()) if sheet.height else iter(())
        self.filled = False
        self.head: list[str] = []
        self.line = 0
        for row in self._rows:
            self.line += 1
            cells = [_text(cell) for cell in row]
            self.filled = self.filled or any(cells)
            if looks_like_head(cells):
                self.head = cells
                return
            if self.line == HEAD_WITHIN:
                return

    def grid(self) -> Grid:
        """The rows under the head. Raises Refused when its columns are wrong."""
        heading = read_heading(self.head, self.line, self.name, self._problems)
        columns: list[tuple[object, ...]] = list(zip(*self._rows, strict=True))
        height = len(columns[0]) if columns else 0
        series = {
            name: pl.Series(name, _texts(columns[place]) if height else [], dtype=pl.String)
            for name, place in heading.names.items()
        }
        numbers = pl.Series("line", range(self.line + 1, self.line + 1 + height), dtype=pl.UInt32)
        return Grid(self.name, pl.DataFrame(list(series.values())), numbers)


def _texts(cells: Sequence[object]) -> Sequence[object]:
    if set(map(type, cells)) <= {str}:
        return cells
    return [cell if type(cell) is str else _text(cell) for cell in cells]


def _text(cell: object) -> str:
    """A cell as somebody would have typed it: whole numbers without a point, days as YYYY-MM-DD."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)
