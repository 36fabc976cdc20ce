"""Files that lie, grow, or ask for more than a table of members can need."""

from __future__ import annotations

import io
import resource
import struct
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esaylov.exchange.members import MembersFile, members_csv, members_xlsx, problems_xlsx, read_members
from esaylov.exchange.members.texts import LANGUAGES, columns
from tests.exchange.members.cases import csv_file, member, part, repacked, workbook

SHEET = "xl/worksheets/sheet1.xml"
HEAD = ",".join(columns())


def refused(found: MembersFile, code: str) -> str:
    assert found.refused
    assert found.table.height == found.rows_total == 0
    (problem,) = found.problems
    assert problem.code == code, str(problem)
    return problem.reason()


@pytest.mark.parametrize(
    ("data", "name", "what"),
    [
        (b"MZ\x90\x00", "a.csv", "EXE"), (b"\x7fELF\x02", "a.csv", "ELF"), (b"%PDF-1.7", "a.xlsx", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xlsx", "XLS"), (b"<html><table>", "a.csv", "HTML"),
        (b"\xef\xbb\xbf <!DOCTYPE html>", "a.xlsx", "HTML"), (b"{\\rtf1", "a.csv", "RTF"), (b"\x1f\x8b\x08", "a.csv", "GZIP"),
        (b"<?xml version='1.0'?>", "a.csv", "XML"), (b"#!/bin/sh", "a.csv", "script"), (b'{"a": 1}', "a.csv", "JSON"),
        (csv_file(member()), "a.xlsx", "CSV"), (workbook(member()), "a.csv", "XLSX"),
    ],
)  # fmt: skip
def test_a_file_that_lies_about_its_type_is_named(data: bytes, name: str, what: str) -> None:
    assert what in refused(read_members(data, name), "F03")


def test_two_hundred_megabytes_are_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    refused(read_members(path), "F02")
    assert time.perf_counter() - start < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_zero_bytes() -> None:
    data = csv_file(member(1), member(2)).replace(b"Olim", b"Ol\0im", 1)
    assert read_members(data).problems[0].line == 2
    refused(read_members(data), "F05")


def test_a_million_columns() -> None:
    refused(read_members(",".join(map(str, range(1_000_000))).encode()), "F08")
    refused(read_members((HEAD + ",x" * 50).encode()), "F08")
    data = workbook(member(remark="x"))
    assert "40" in refused(
        read_members(repacked(data, {SHEET: part(data).replace(b'r="V2"', b'r="XFD2"')}), "a.xlsx"), "F08"
    )


def test_too_many_rows() -> None:
    refused(read_members((HEAD + "\n" + "a\n" * 260_000).encode()), "F08")
    data = workbook(member(remark="x"))
    refused(
        read_members(repacked(data, {SHEET: part(data).replace(b'r="V2"', b'r="V1048576"')}), "a.xlsx"), "F08"
    )


def test_endless_lines_and_quotes() -> None:
    text = (
        HEAD
        + "\n"
        + "a" * 100_000
        + "\n"
        + '"' * 99_999
        + "\n"
        + ",".join(member(1))
        + "\n"
        + ('"' + "\n" * 50) * 200
    )
    found = read_members(text.encode())
    assert {"F06", "F08"} <= {p.code for p in found.problems} <= {"F06", "F07", "F08"}
    assert [row.line for row in found.rows()] == [4]


def _bomb(megabytes: int) -> bytes:
    data = workbook(member())
    xml = part(data)
    return repacked(
        data, {SHEET: xml.replace(b"</sheetData>", b"</sheetData>" + b"<a/>" * (megabytes << 18))}
    )


def test_zip_bombs() -> None:
    start = time.perf_counter()
    data = _bomb(20)
    assert len(data) < 200_000
    assert "150" in refused(read_members(data, "a.xlsx"), "F10")
    assert time.perf_counter() - start < 20
    xml = part(workbook(member())).replace(b"<sheetData>", b"<sheetData" + b" " * (1 << 20) + b">")
    refused(read_members(repacked(workbook(member()), {SHEET: xml}), "a.xlsx"), "F10")


def test_a_bomb_that_lies_about_its_size() -> None:
    data = bytearray(_bomb(10))
    place = data.rfind(b"PK\x01\x02", 0, data.rfind(SHEET.encode()))
    struct.pack_into("<I", data, place + 24, 1_000)
    found = read_members(bytes(data), "a.xlsx")
    assert found.problems[0].code in ("F09", "F10")
    refused(found, found.problems[0].code)


def test_nested_and_overlapping_archives() -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"0" * (20 << 20))
    data = workbook(member(1))
    # Another archive inside is a part that nobody opens.
    found = read_members(repacked(data, {}, [("xl/media/a.zip", inner.getvalue())]), "a.xlsx")
    assert found.table.height == 1
    refused(read_members(inner.getvalue(), "a.xlsx"), "F09")
    # Two entries of one name, and something behind the list of contents.
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = repacked(data, {}, [(SHEET, part(data))])
    refused(read_members(twice, "a.xlsx"), "F09")
    refused(read_members(data + b"PK", "a.xlsx"), "F09")
    refused(read_members(data[:-200], "a.xlsx"), "F09")
    refused(read_members(data[:4] + b"\0" * 500, "a.xlsx"), "F09")


def test_many_parts() -> None:
    data = repacked(workbook(member()), {}, [(f"xl/x{n}.xml", b"<a/>") for n in range(600)])
    refused(read_members(data, "a.xlsx"), "F08")


def test_one_long_text_in_every_cell() -> None:
    """A small archive whose every cell names the same long text would fill the memory."""
    data = workbook(member())
    runs = b"<si>" + b"<r><t>" + b"a" * 7_000 + b"</t></r>" + b"</si>"
    shared = part(data, "xl/sharedStrings.xml").replace(b"</sst>", runs + b"</sst>")
    cells = b"".join(
        b'<row r="%d">' % row
        + b"".join(b'<c r="%c%d" t="s"><v>0</v></c>' % (65 + n, row) for n in range(20))
        + b"</row>"
        for row in range(3, 16_000)
    )
    sheet = part(data).replace(b"</sheetData>", cells + b"</sheetData>")
    refused(read_members(repacked(data, {"xl/sharedStrings.xml": shared, SHEET: sheet}), "a.xlsx"), "F10")
    long = part(data, "xl/sharedStrings.xml").replace(
        b"</sst>", b"<si><t>" + b"a" * 9_000 + b"</t></si></sst>"
    )
    refused(read_members(repacked(data, {"xl/sharedStrings.xml": long}), "a.xlsx"), "F08")
    many = b"<si>" + b"<r><t>" + b"</t></r><r><t>".join([b"a" * 1_000] * 3_000) + b"</t></r></si>"
    runs_only = part(data, "xl/sharedStrings.xml").replace(b"</sst>", many + b"</sst>")
    refused(read_members(repacked(data, {"xl/sharedStrings.xml": runs_only}), "a.xlsx"), "F10")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'<c r="V2"', b"<c", "F13"), (b'<c r="V2"', b'<c  r="V2"', "F13"), (b'<c r="V2"', b'<c s="1" r="XFD1048576"', "F13"),
        (b'<c r="V2"', b'<x:c r="AAA2"', "F08"), (b"<sheetData>", b"<!DOCTYPE a><sheetData>", "F13"),
        (b"<sheetData>", b"<!-- a --><sheetData>", "F13"), (b'encoding="UTF-8"', b'encoding="UTF-16"', "F13"),
        (b"<sheetData>", b"\0<sheetData>", "F13"),
    ],
)  # fmt: skip
def test_sheets_that_no_program_writes(old: bytes, new: bytes, code: str) -> None:
    data = workbook(member(1, remark="x"))
    assert old in part(data)
    refused(read_members(repacked(data, {SHEET: part(data).replace(old, new)}), "a.xlsx"), code)


def test_formulas_are_named_with_their_cell() -> None:
    data = workbook(member(1), fill=lambda _book, page: page.write_formula(4, 3, "=1+1", None, 2))
    reason = refused(read_members(data, "a.xlsx"), "F12")
    assert "D5" in reason
    assert "sheet1" in reason


def test_macros() -> None:
    data = workbook(member(1))
    refused(read_members(data, "a.xlsm"), "F11")
    refused(read_members(repacked(data, {}, [("xl/vbaProject.bin", b"x")]), "a.xlsx"), "F11")
    types = part(data, "[Content_Types].xml")
    macro = types.replace(b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main")
    refused(read_members(repacked(data, {"[Content_Types].xml": macro}), "a.xlsx"), "F11")
    rels = part(data, "xl/_rels/workbook.xml.rels").replace(b"worksheets/sheet1.xml", b"media/a.png")
    refused(read_members(repacked(data, {"xl/_rels/workbook.xml.rels": rels}), "a.xlsx"), "F11")


def test_broken_workbooks() -> None:
    data = workbook(member(1))
    for changes in (
        {"xl/workbook.xml": None},
        {"[Content_Types].xml": None},
        {SHEET: None},
        {SHEET: b"<worksheet"},
    ):
        found = read_members(repacked(data, changes), "a.xlsx")
        assert found.refused
        assert found.problems[0].code in ("F09", "F13", "F14"), str(found.problems)
    broken = bytearray(data)
    place = broken.find(b"sheet1.xml") + 60
    broken[place : place + 20] = b"\xff" * 20
    assert read_members(bytes(broken), "a.xlsx").problems[0].code == "F09"


def test_an_encrypted_archive() -> None:
    data = bytearray(workbook(member(1)))
    struct.pack_into("<H", data, data.find(b"PK\x01\x02") + 8, 1)
    refused(read_members(bytes(data), "a.xlsx"), "F09")


def test_every_cut_of_a_workbook_is_a_problem_and_never_an_error_of_ours() -> None:
    data = workbook(member(1))
    for end in range(4, len(data), 97):
        assert read_members(data[:end], "a.xlsx").refused
    for place in range(0, len(data), 61):
        changed = bytearray(data)
        changed[place] ^= 0xFF
        read_members(bytes(changed), "a.xlsx")


def test_an_archive_that_is_its_own_content() -> None:
    """A part that holds the archive itself is not opened: nothing is unpacked twice."""
    data = workbook(member(1))
    assert read_members(repacked(data, {}, [("xl/media/self.xlsx", data)]), "a.xlsx").table.height == 1


def test_two_cells_that_lie_far_apart_in_many_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader makes room for every place between two cells."""
    monkeypatch.setattr("esaylov.exchange.members.workbook.MAX_AREA", 2_000_000)

    def more(book: object, _page: object) -> None:
        for n in range(3):
            book.add_worksheet(f"s{n}").write_row(0, 0, ["a"])  # type: ignore[attr-defined]

    data = workbook(member(1), fill=more)
    far = b'<row r="29000"><c r="AZ29000"><v>1</v></c></row></sheetData>'
    names = [f"xl/worksheets/sheet{n}.xml" for n in range(1, 5)]
    changes = {name: part(data, name).replace(b"</sheetData>", far) for name in names}
    refused(read_members(repacked(data, changes), "a.xlsx"), "F08")


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=400), st.booleans(), st.sampled_from(["a.csv", "a.xlsx", "a.xlsm", "a"]))
def test_no_bytes_are_an_error_of_ours(data: bytes, head: bool, name: str) -> None:
    found = read_members((HEAD.encode() + b"\n" if head else b"") + data, name)
    assert found.table.height <= found.rows_total
    assert "".join(map(str, found.problems)).isprintable()


@settings(deadline=None, max_examples=200)
@given(st.lists(st.text(max_size=12), min_size=21, max_size=21))
def test_no_cells_are_an_error_of_ours(cells: list[str]) -> None:
    for data, name in ((members_csv([cells]), "a.csv"), (members_xlsx([cells]), "a.xlsx")):
        found = read_members(data, name)
        assert not found.refused or name == "a.csv"
        for language in LANGUAGES:
            assert all(problem.reason(language).isprintable() for problem in found.problems)
        problems_xlsx(found, "uz")
