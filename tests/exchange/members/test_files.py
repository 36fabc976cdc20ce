"""What a file may look like: CSV in its dialects, XLSX with its types of cells, and both give the same."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from esaylov.exchange.members import MemberRow, members_csv, members_xlsx, read_members, row_cells
from esaylov.exchange.members.comma import read_comma
from esaylov.exchange.members.problems import Problems
from esaylov.exchange.members.texts import columns
from tests.exchange.members.cases import csv_file, member, number, workbook

HEAD = ",".join(columns())

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Cf"]),
    min_size=1,
    max_size=12,
)
NAMES = st.text("abcdefgABCхқўғОАşÿ", min_size=1, max_size=20).filter(lambda s: s[0].isalpha())
ROWS = st.builds(
    lambda **values: values,
    commission=st.sampled_from(["cec", "tec:1735", "dcec:03", "dec:c-1", "pec:1", "pec:2"]),
    role=st.just("member"), surname=NAMES, given_name=NAMES, patronymic=st.just("") | NAMES,
    education=st.sampled_from(["", "none", "basic", "secondary", "higher"]),
    employer=WORDS, position=WORDS | st.just(""), proposer=WORDS, remark=WORDS | st.just(""),
    proposed_by=st.sampled_from(["", "mahalla", "ngo", "employer", "kengash", "commission"]),
    phone=st.sampled_from(["", "+998001234567", "+4930123456"]), email=st.sampled_from(["", "a@b.example"]),
    party_member=st.sampled_from(["", "yes", "no"]), grounds=st.sampled_from(["", "candidate proxy", "hokim"]),
    consent_date=st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(str) | st.just(""),
)  # fmt: skip


def _rows(made: list[dict[str, str]]) -> list[list[str]]:
    return [member(serial, **values) for serial, values in enumerate(made)]


@settings(deadline=None, max_examples=60)
@given(st.lists(ROWS, max_size=6))
def test_what_was_written_is_read_back(made: list[dict[str, str]]) -> None:
    rows = _rows(made)
    once = read_members(members_csv(rows))
    assert not [p for p in once.problems if p.is_error]
    again = read_members(members_csv(map(row_cells, once.rows())))
    assert list(map(row_cells, again.rows())) == list(map(row_cells, once.rows()))
    assert [row.employer for row in once.rows()] == [" ".join(one["employer"].split()) for one in made]
    assert [row.surname for row in once.rows()] == [one["surname"] for one in made]


@settings(deadline=None, max_examples=25)
@given(st.lists(ROWS, min_size=1, max_size=5))
def test_csv_and_xlsx_say_the_same(made: list[dict[str, str]]) -> None:
    rows = _rows(made)
    comma, book = read_members(members_csv(rows), "a.csv"), read_members(members_xlsx(rows), "a.xlsx")
    assert [row[2:] for row in book.rows()] == [row[2:] for row in comma.rows()]
    assert [row.line for row in book.rows()] == [row.line for row in comma.rows()]
    assert book.content_sha256 == comma.content_sha256


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.lists(st.text('aaa,;" \n\t', max_size=4), min_size=len(columns()), max_size=len(columns())),
        max_size=4,
    ),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_cells_are_those_that_the_csv_module_finds(rows: list[list[str]], quoting: int) -> None:
    # A cell over more than twenty lines is taken for a quote that was never closed.
    assume(all("".join(row).count("\n") < 20 for row in rows))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(columns())
    writer.writerows(rows)
    grid = read_comma(text.getvalue().encode(), Problems("a.csv"))
    found = {line: list(cells) for line, cells in zip(grid.lines, grid.frame.iter_rows(), strict=True)}
    reader = csv.reader(io.StringIO(text.getvalue(), newline=""))
    next(reader)
    expected, line = {}, 2
    for cells in reader:
        expected[line] = cells
        line = reader.line_num + 1
    blank = {line for line, cells in expected.items() if not any(cell.strip(" ,;\t\n") for cell in cells)}
    assert {n: c for n, c in found.items() if n not in blank} == {
        n: c for n, c in expected.items() if n not in blank
    }


def test_digests() -> None:
    first, other = csv_file(member(1), member(2)), csv_file(member(2), member(1))
    a, b = read_members(first), read_members(other)
    assert a.sha256 == hashlib.sha256(first).hexdigest() != b.sha256
    assert a.content_sha256 == b.content_sha256 == read_members(first).content_sha256
    assert read_members(csv_file(member(1), member(3))).content_sha256 != a.content_sha256
    assert a.invented == 2


def test_semicolons_marks_and_line_ends() -> None:
    rows = [HEAD.replace(",", ";"), ";".join(member(1)), ";".join(member(2, employer='"12; maktab"'))]
    for text in (
        "\n".join(rows),
        "\r\n".join(rows) + "\r\n",
        "\r".join(rows),
        "\ufeff" + "\n".join(rows),
        "sep=;\r\n" + "\r\n".join(rows),
    ):
        found = read_members(text.encode())
        assert not found.problems
        assert [row.employer for row in found.rows()] == ["12-maktab", "12; maktab"]
        assert [row.line for row in found.rows()] == ([3, 4] if text.startswith("sep") else [2, 3])


def test_lines_are_those_of_the_file() -> None:
    text = (
        HEAD
        + "\n\n"
        + ",".join(member(1))
        + "\n,,,\n"
        + ",".join(member(2, employer='"a\nb"'))
        + "\n"
        + ",".join(member(3, role="?"))
        + "\n"
    )
    found = read_members(text.encode())
    assert [row.line for row in found.rows()] == [3, 5]
    assert [row.employer for row in found.rows()] == ["12-maktab", "a b"]
    assert [(p.line, p.code) for p in found.problems] == [(7, "F24")]
    assert found.rows_total == 3


def test_rows_that_are_none_do_not_stop_the_others() -> None:
    good = ",".join(member(1))
    text = "\n".join(
        [HEAD, good, good + ",x", 'a"b"' + good, '"' + ",".join(member(2)), ",".join(member(3)), "pec:1"]
    )
    found = read_members(text.encode())
    assert [(p.line, p.code) for p in found.problems] == [(3, "F07"), (4, "F06"), (5, "F06"), (7, "F07")]
    assert [row.line for row in found.rows()] == [2, 6]
    assert found.rows_total == 6


@pytest.mark.parametrize("encoding", ["cp1251", "utf-16", "utf-16-le", "utf-16-be"])
def test_other_encodings_are_named(encoding: str) -> None:
    text = (
        csv_file(member(1, surname="Иванова", given_name="Мария", employer="Школа номер двенадцать"))
        .decode()
        .replace("ʻ", "")
        .replace("ʼ", "")
    )
    found = read_members(text.encode(encoding), "a.csv")
    assert found.refused
    (problem,) = found.problems
    assert problem.code == "F04"
    assert ("Windows-1251" if encoding == "cp1251" else "UTF-16") in problem.reason()
    assert problem.line == (2 if encoding == "cp1251" else 1)


def test_columns_are_missing_doubled_or_unknown() -> None:
    found = read_members(b"commission,pinfl,rank\n")
    assert [(p.code, p.line) for p in found.problems] == [("F14", 1), ("F16", 1)]
    assert "role, surname, given_name, birth_date" in found.problems[0].reason()
    found = read_members(f"{HEAD},Familiyasi\n".encode())
    assert [(p.code, p.column) for p in found.problems] == [("F15", "surname")]
    assert found.refused


def test_empty_files() -> None:
    assert [p.code for p in read_members(b"").problems] == ["F01"]
    assert [p.code for p in read_members(b"\n\n").problems] == ["F14"]
    found = read_members((HEAD + "\n").encode())
    assert not found.problems
    assert (found.rows_total, found.refused, found.table.height) == (0, False, 0)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert [p.code for p in read_members(tmp_path / "none.csv").problems] == ["F01"]
    assert [p.code for p in read_members(tmp_path).problems] == ["F01"]


def test_types_of_cells() -> None:
    row: list[object] = [*member(1)]
    places = {name: place for place, name in enumerate(columns())}
    row[places["pinfl"]] = float(number(1))
    row[places["birth_date"]] = date(1990, 2, 3)
    row[places["employer_tin"]] = 123456789
    row[places["party_member"]] = True
    bad: list[object] = [*member(2)]
    bad[places["birth_date"]] = 32907
    found = read_members(workbook(row, bad), "a.xlsx")
    (one,) = found.rows()
    assert (one.pinfl, one.birth_date, one.employer_tin, one.party_member) == (
        number(1),
        date(1990, 2, 3),
        "123456789",
        True,
    )
    assert (one.sheet, one.line, one.place) == ("members", 2, "members!2")
    assert {(p.sheet, p.line, p.code) for p in found.problems} == {
        ("members", 3, "F30"),
        ("members", 3, "F29"),
    } or [(p.sheet, p.line, p.code) for p in found.problems] == [("members", 3, "F30")]
    assert "a.xlsx:members!3" in str(found.problems[0])


def test_sheets_titles_and_empty_rows() -> None:
    def more(book: object, _page: object) -> None:
        second = book.add_worksheet("tec 3")  # type: ignore[attr-defined]
        second.write_row(0, 0, ["Aʼzolar roʻyxati"])
        second.write_row(2, 1, list(columns()))
        second.write_row(5, 1, member(2))
        second.write_row(6, 1, member(3, role="?"))
        book.add_worksheet("notes").write_row(0, 0, ["nothing", "of", "that kind"])  # type: ignore[attr-defined]

    found = read_members(workbook(member(1), fill=more), "a.xlsx")
    assert [(row.sheet, row.line) for row in found.rows()] == [("members", 2), ("tec 3", 6)]
    assert [(p.sheet, p.line, p.code) for p in found.problems] == [
        ("notes", None, "F17"),
        ("tec 3", 7, "F24"),
    ]


def test_a_sheet_with_wrong_columns_is_refused_alone() -> None:
    def more(book: object, _page: object) -> None:
        book.add_worksheet("other").write_row(0, 0, ["commission", "pinfl"])  # type: ignore[attr-defined]

    found = read_members(workbook(member(1), fill=more), "a.xlsx")
    assert [(p.sheet, p.code) for p in found.problems] == [("other", "F14")]
    assert found.table.height == 1


def test_formulas_in_csv_stay_text() -> None:
    found = read_members(
        csv_file(member(1, employer='=HYPERLINK("http://a.example")', position="@SUM(1)", remark="+1"))
    )
    (row,) = found.rows()
    assert (row.employer, row.position, row.remark) == ('=HYPERLINK("http://a.example")', "@SUM(1)", "+1")
    book = members_xlsx([row_cells(row)])
    (again,) = read_members(book, "a.xlsx").rows()
    assert again.employer == row.employer


def test_records_have_the_columns_of_the_file() -> None:
    assert MemberRow._fields == ("sheet", "line", *columns())


def test_a_lone_carriage_return_is_white_space() -> None:
    data = csv_file(member(1, position="a\rb"), member(2)).replace(b'"a\rb"', b"a\rb")
    for more in (b"", b'"a\nb"\n'):
        found = read_members(data + more)
        assert [row.position for row in found.rows()] == ["a b", "oʻqituvchi"]
