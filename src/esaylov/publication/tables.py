"""CSV tables that a spreadsheet may open: no cell of theirs is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Cell = str | int | bool | None
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a text begins that some spreadsheet takes for a formula."""


@dataclass(frozen=True, slots=True)
class Table:
    """A head and rows, all of one length."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def text(self) -> str:
        """The table as CSV: comma, one head row, lines end with a line feed."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.head)
        writer.writerows([harmless(cell) for cell in row] for row in self.rows)
        return out.getvalue()


def harmless(cell: Cell) -> str | int:
    """A cell as it is written: a text that a spreadsheet could compute gets an apostrophe in front, which makes
    it text there; truth is `true` or `false`; nothing is an empty cell.
    """
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case int():
            return cell
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


def table(rows: Sequence[Mapping[str, Cell]], head: Sequence[str]) -> Table:
    """A table from rows by column."""
    return Table(tuple(head), tuple(tuple(row[name] for name in head) for row in rows))


def percent_cell(share: int | None) -> str | None:
    """Hundredths of a per cent as a plain decimal with a point."""
    return None if share is None else f"{share // 100}.{share % 100:02d}"
