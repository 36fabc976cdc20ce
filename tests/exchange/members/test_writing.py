"""Templates and returned files are read again by the same reader."""

from __future__ import annotations

import io

import pytest
from python_calamine import load_workbook

from esaylov.exchange.members import problems_xlsx, read_members, template_csv, template_xlsx
from esaylov.exchange.members.texts import LANGUAGES, columns, word
from tests.exchange.members.cases import csv_file, member, part


@pytest.mark.parametrize("language", LANGUAGES)
def test_templates_are_files_of_members(language: str) -> None:
    book = template_xlsx(language, ["pec:1", "pec:2"])
    for data, name in ((book, "a.xlsx"), (template_csv(language), "a.csv")):
        found = read_members(data, name)
        assert not found.problems
        assert (found.refused, found.rows_total) == (False, 0)
    with load_workbook(io.BytesIO(book)) as opened:
        assert opened.sheet_names[:2] == [word("members", language), word("explanations", language)]
        explained = opened.get_sheet_by_index(1).to_python()
    assert [row[0] for row in explained[3:]] == [column.title[language] for column in columns().values()]
    sheet = part(book).decode()
    assert sheet.count("<dataValidation ") == len(columns())
    assert "lists!$A$1:$A$2" in sheet


def test_templates_are_the_same_bytes_each_time() -> None:
    assert template_xlsx("uz") == template_xlsx("uz")


def test_a_returned_file_has_the_rows_with_what_is_wrong_and_can_be_handed_in() -> None:
    given = read_members(
        csv_file(
            member(1), member(2, role="?", education="?"), member(3, phone="x"), member(4, surname="=A9")
        )
    )
    data = problems_xlsx(given, "ru")
    with load_workbook(io.BytesIO(data)) as book:
        rows = book.get_sheet_by_index(0).to_python()
        listing = book.get_sheet_by_index(1).to_python()
    assert [row[0] for row in rows[1:]] == ["3", "5"]
    assert "F24" in str(rows[1][1])
    assert "Образование: ? нет среди значений этого столбца [F34] (Статья 25)" in str(rows[1][1])
    assert [row[-1] for row in listing[1:]] == ["F24", "F34", "F40", "F32"]
    again = read_members(data, "returned.xlsx")
    assert [(p.line, p.code) for p in again.problems] == [(2, "F24"), (2, "F34"), (3, "F32")]
    assert "=A9" in again.rejected["surname"].to_list()


def test_a_refused_file_is_returned_as_a_list() -> None:
    with load_workbook(io.BytesIO(problems_xlsx(read_members(b"MZ", "a.csv"), "en"))) as book:
        assert [row[-1] for row in book.get_sheet_by_index(1).to_python()[1:]] == ["F03"]
