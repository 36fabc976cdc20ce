"""A table as it stands in a file, all cells text, before anything is checked."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from esaylov.exchange.members.problems import Problems, Refused
from esaylov.exchange.members.texts import column_names, columns, folded

MAX_BYTES = 64 << 20
MAX_ROWS = 250_000
MAX_COLUMNS = 40
MAX_TEXT = 1_000


@dataclass(frozen=True, slots=True)
class Heading:
    """The head row of a table: for each place the name of the column, None where it is not known."""

    places: tuple[str | None, ...]

    @property
    def names(self) -> dict[str, int]:
        """Column -> place."""
        return {name: place for place, name in enumerate(self.places) if name}


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of one sheet or file: `frame` has a column of text for each known column, `lines` their lines, from 1.

    `plain`: no cell holds control characters, double or invisible spaces, so nobody needs to look for them; `trimmed`: nor does
    any begin or end with a space.
    """

    sheet: str | None
    frame: pl.DataFrame
    lines: pl.Series
    plain: bool = False
    trimmed: bool = False


def looks_like_head(cells: list[str]) -> bool:
    """Whether a row names the commission and the person: what every table of members has."""
    found = {column_names().get(folded(cell)) for cell in cells[: MAX_COLUMNS + 1]}
    return {"commission", "pinfl"} <= found


def read_heading(cells: list[str], line: int, sheet: str | None, problems: Problems) -> Heading:
    """The columns that a head row names. Raises Refused when one is missing, occurs twice, or there are too many."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > MAX_COLUMNS:
        problems.add("F08", line, sheet=sheet, values={"what": "columns", "limit": MAX_COLUMNS})
        raise Refused
    names = [column_names().get(folded(cell)) for cell in cells]
    refused = False
    for place, (cell, name) in enumerate(zip(cells, names, strict=True)):
        if name is None and cell.strip() and not is_ours(cell):
            problems.add("F16", line, sheet=sheet, values={"value": cell.strip()})
        if name is not None and name in names[:place]:
            problems.add("F15", line, name, sheet=sheet)
            refused = True
    missing = [name for name, column in columns().items() if column.needed and name not in names]
    if missing:
        problems.add("F14", line, missing[0], sheet=sheet, values={"what": ", ".join(missing)})
    if missing or refused:
        raise Refused
    return Heading(tuple(names))


def is_ours(cell: str) -> bool:
    """Whether a heading is one that `problems_xlsx` writes before the columns of members."""
    return cell.strip().startswith("#")
