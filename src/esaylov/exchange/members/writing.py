"""Files of members out: rows, empty templates, and what came back with problems beside it.

Every cell is written as text, so nothing that somebody typed can become a formula, and no number loses a digit.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from esaylov.exchange.members.checks import CODED, DATES, GROUNDS
from esaylov.exchange.members.grid import MAX_ROWS
from esaylov.exchange.members.kinds import BOM
from esaylov.exchange.members.problems import MemberProblem
from esaylov.exchange.members.reading import MemberRow, MembersFile
from esaylov.exchange.members.texts import Column, columns, in_language, value_words, word

Cells = Sequence[str]

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_MADE = datetime(2024, 1, 1)
_WIDTHS = {
    "pinfl": 17,
    "surname": 20,
    "given_name": 18,
    "patronymic": 24,
    "employer": 34,
    "proposer": 34,
    "decision": 14,
    "remark": 24,
}
_CELL_LIMIT = 2_000
RETURNED_ROWS = 50_000
"""Rows and problems that go back at once; who has more wrong has made one mistake many times."""
_LIST_ROWS = 20_000
"""Rows of a template that have drop-down lists; the others take the same values without them."""


def row_cells(row: MemberRow) -> Cells:
    """A row as its cells in the order of the columns, in the words that stand in files."""
    return [_cell(value) for value in row[2:]]


def members_csv(rows: Iterable[Cells]) -> bytes:
    """A CSV file of rows (cells in the order of the columns), with commas."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns())
    writer.writerows(rows)
    return text.getvalue().encode()


def members_xlsx(rows: Iterable[Cells], title: str = "members") -> bytes:
    """A workbook of rows (cells in the order of the columns)."""

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet(title)
        for place, cells in enumerate((list(columns()), *rows)):
            _write_row(sheet, place, cells)

    return _book(fill)


def template_csv(language: str) -> bytes:
    """A CSV file with the head row only: byte order mark and semicolons, as spreadsheet programs of the region want it."""
    titles = [in_language(column.title, language) for column in columns().values()]
    return BOM + (";".join(titles) + "\r\n").encode()


def template_xlsx(language: str, commissions: Sequence[str] = ()) -> bytes:
    """An empty workbook: head row, drop-down lists, and a sheet that explains each column in this language.

    `commissions`: codes to choose from; none: any code may be typed.
    """

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet(word("members", language))
        explanations = book.add_worksheet(word("explanations", language))
        _head(book, sheet, [in_language(column.title, language) for column in columns().values()], 0)
        codes = _code_list(book, commissions)
        for place, column in enumerate(columns().values()):
            _lists(sheet, place, column, language, codes if column.name == "commission" else None)
        _explain(book, explanations, language)

    return _book(fill)


def problems_xlsx(file: MembersFile, language: str) -> bytes:
    """The rows of a file that were not taken, each with its line and what is wrong beside it, wrong cells in colour; a second
    sheet lists every problem, warnings too (of both the first RETURNED_ROWS). Corrected, the workbook can be handed in as it is.
    """

    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet(word("members", language))
        listing = book.add_worksheet(word("explanations", language))
        ours = [f"# {word('line', language)}", f"# {word('problems', language)}"]
        _head(
            book,
            sheet,
            ours + [in_language(column.title, language) for column in columns().values()],
            len(ours),
        )
        _rejected(book, sheet, file, language)
        _list_problems(book, listing, file.problems, language)

    return _book(fill)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


def _book(fill: Callable[[Workbook], None]) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, _OPTIONS)
    book.set_properties({"created": _MADE})
    fill(book)
    book.close()
    return content.getvalue()


def _write_row(sheet: Worksheet, place: int, cells: Iterable[str], first: int = 0, style: Any = None) -> None:
    for column, text in enumerate(cells, start=first):
        if text:
            sheet.write_string(place, column, text[:_CELL_LIMIT], style)


def _head(book: Workbook, sheet: Worksheet, titles: Sequence[str], ours: int) -> None:
    bold = book.add_format(
        {"bold": True, "bg_color": "#E6EEF5", "bottom": 1, "text_wrap": True, "valign": "top"}
    )
    plain = book.add_format({"num_format": "@"})
    needed = book.add_format(
        {"bold": True, "bg_color": "#CFE0EE", "bottom": 1, "text_wrap": True, "valign": "top"}
    )
    for place, (column, title) in enumerate(zip([None] * ours + [*columns().values()], titles, strict=True)):
        width = _WIDTHS.get(column.name, 15) if column else (14, 60)[place]
        sheet.set_column(place, place, width, plain)
        sheet.write_string(0, place, title, needed if column and column.needed else bold)
    sheet.freeze_panes(1, ours)


def _lists(sheet: Worksheet, place: int, column: Column, language: str, source: str | None = None) -> None:
    """The drop-down list of a coded column, and what to type as a note that shows when a cell is chosen."""
    rule: dict[str, Any] = {
        "validate": "any",
        "input_title": in_language(column.title, language)[:32],
        "input_message": in_language(column.help, language)[:255],
    }
    if column.name in CODED:
        words = value_words(CODED[column.name]).values()
        rule |= {
            "validate": "list",
            "source": [in_language(text, language) for text in words],
            "error_type": "warning",
        }
    if source:
        rule |= {"validate": "list", "source": source}
    sheet.data_validation(1, place, _LIST_ROWS, place, rule)


def _code_list(book: Workbook, commissions: Sequence[str]) -> str | None:
    """Where the codes of commissions stand, on a hidden sheet; None when there are none to choose from."""
    if not commissions:
        return None
    hidden = book.add_worksheet("lists")
    hidden.hide()
    for place, code in enumerate(commissions[:MAX_ROWS]):
        hidden.write_string(place, 0, code)
    return f"=lists!$A$1:$A${len(commissions)}"


def _explain(book: Workbook, sheet: Worksheet, language: str) -> None:
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_string(0, 0, word("about", language), bold)
    _write_row(
        sheet,
        2,
        [word(name, language) for name in ("column", "needed", "meaning", "values", "article")],
        0,
        bold,
    )
    for place, column in enumerate(columns().values(), start=3):
        cells = (
            in_language(column.title, language), word("yes", language) if column.needed else "",
            in_language(column.help, language), ", ".join(_values(column, language)), column.article or "",
        )  # fmt: skip
        _write_row(sheet, place, cells, 0, wrapped)
    for place, width in enumerate((28, 12, 60, 60, 12)):
        sheet.set_column(place, place, width)


def _values(column: Column, language: str) -> Iterable[str]:
    if column.name == "grounds":
        return GROUNDS
    if column.name in DATES:
        return ("YYYY-MM-DD", "DD.MM.YYYY")
    if column.name not in CODED:
        return ()
    return [in_language(text, language) for text in value_words(CODED[column.name]).values()]


def _rejected(book: Workbook, sheet: Worksheet, file: MembersFile, language: str) -> None:
    wrong = book.add_format({"num_format": "@", "bg_color": "#FBD9D3"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    about: dict[tuple[str | None, int | None], list[MemberProblem]] = defaultdict(list)
    for problem in file.problems:
        about[problem.sheet, problem.line].append(problem)
    names = list(columns())
    for place, (sheet_name, line, *cells) in enumerate(
        file.rejected.head(RETURNED_ROWS).iter_rows(), start=1
    ):
        found = about[sheet_name, line]
        text = "\n".join(_sentence(problem, language) for problem in found)
        sheet.write_string(place, 0, str(line) if sheet_name is None else f"{sheet_name}!{line}")
        sheet.write_string(place, 1, text[:_CELL_LIMIT], wrapped)
        _write_row(sheet, place, cells, 2)
        for column in {problem.column for problem in found if problem.column}:
            at = names.index(column)
            sheet.write_string(place, at + 2, cells[at][:_CELL_LIMIT], wrong)


def _sentence(problem: MemberProblem, language: str) -> str:
    column = columns().get(problem.column or "")
    title = f"{in_language(column.title, language)}: " if column else ""
    article = f" ({word('article', language)} {problem.article})" if problem.article else ""
    return f"{title}{problem.reason(language)} [{problem.code}]{article}"


def _list_problems(
    book: Workbook, sheet: Worksheet, problems: Sequence[MemberProblem], language: str
) -> None:
    bold = book.add_format({"bold": True})
    heads = [
        word("line", language),
        word("problems", language),
        word("column", language),
        word("article", language),
    ]
    _write_row(sheet, 0, [*heads, "#"], 0, bold)
    for place, problem in enumerate(problems[:RETURNED_ROWS], start=1):
        column = columns().get(problem.column or "")
        where = problem.place if problem.line else word("whole", language)
        title = in_language(column.title, language) if column else ""
        _write_row(
            sheet, place, (where, problem.reason(language), title, problem.article or "", problem.code)
        )
    for place, width in enumerate((28, 90, 24, 12, 8)):
        sheet.set_column(place, place, width)
