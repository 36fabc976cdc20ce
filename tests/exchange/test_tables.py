"""Canonical CSV: what other readers read back, and that reading a package and writing it again changes
nothing.
"""

from __future__ import annotations

import csv
import gzip
import io
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esaylov.exchange.package import iter_protocols, read_package, roster
from esaylov.exchange.records import Option, Territory
from esaylov.exchange.tables import (
    Sheet,
    called_sheets,
    csv_row,
    decisions_sheet,
    quoted,
    sheets_of,
    territories_sheet,
    votes_sheet,
)
from tests.exchange import packages
from tests.exchange.packages import build_package
from tests.exchange.publishing import published

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(st.lists(st.lists(TEXT, min_size=2, max_size=5), max_size=5))
def test_csv_reader_reads_back_what_is_written(rows: list[list[str]]) -> None:
    text = "".join(map(csv_row, rows))
    assert list(csv.reader(io.StringIO(text, newline=""), strict=True)) == rows


@given(TEXT)
def test_field_is_quoted_exactly_when_it_must_be(text: str) -> None:
    needs = any(c in text for c in ',"\n\r')
    assert quoted(text) == ('"' + text.replace('"', '""') + '"' if needs else text)


@given(st.lists(TEXT, min_size=1, max_size=4), st.lists(TEXT, min_size=1, max_size=4))
def test_votes_are_written_whatever_the_ids_hold(places: list[str], names: list[str]) -> None:
    """Ids may hold commas, quotes and (here) per cent signs; rows are made by a pattern."""

    class One:
        precinct, contest, votes = places[0], "c,1", range(len(names))

    options = [Option(name, "c,1", "candidate", {}, n) for n, name in enumerate(names)]
    sheet = votes_sheet(options, [One])  # type: ignore[arg-type]  # what it reads of Standing is its iteration
    rows = list(csv.reader(io.StringIO(b"".join(sheet.blocks()).decode(), newline=""), strict=True))
    assert rows[1:] == [[places[0], "c,1", name, str(n)] for n, name in enumerate(names)]


def text_of(sheet: Sheet) -> str:
    return b"".join(sheet.blocks()).decode()


def test_pin_is_that_of_the_bytes(tmp_path: Path) -> None:
    package = read_package(build_package(tmp_path / "p", turnout=packages.TURNOUT))
    for sheet in sheets_of(published(package)).values():
        data = text_of(sheet).encode()
        pin = sheet.pin()
        assert pin["sha256"] == sha256(data).hexdigest()
        if sheet.name not in ("votes", "totals_votes"):
            assert pin["rows"] == len(list(csv.reader(io.StringIO(data.decode(), newline="")))) - 1


def test_gzip_holds_one_member_without_time_and_name(tmp_path: Path) -> None:
    package = read_package(build_package(tmp_path / "p"))
    path = tmp_path / "votes.csv.gz"
    sheet = sheets_of(published(package))["votes"]
    sheet.write(path)
    data = path.read_bytes()
    assert data[:8] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00"  # deflate, no flags (no name), time 0
    assert gzip.decompress(data).decode() == text_of(sheet)


def test_tables_of_the_tiny_package_stay_as_they_are(tmp_path: Path) -> None:
    """Canonical tables are read and written again without a byte changed."""
    package = read_package(
        build_package(tmp_path / "p", decisions=packages.DECISIONS, turnout=packages.TURNOUT)
    )
    sheets = sheets_of(published(package))
    assert text_of(sheets["turnout"]) == packages.TURNOUT
    assert text_of(sheets["decisions"]) == packages.DECISIONS
    assert text_of(sheets["contests"]) == packages.CONTESTS.replace("uz,,tiny", "uz,0,tiny")
    assert text_of(sheets["precincts"]).splitlines()[1] == packages.PRECINCTS.splitlines()[1]


def test_columns_that_nobody_uses_are_left_out() -> None:
    bare = [Territory("a", None, "country", {"ru": "А", "en": ""}), Territory("b", "a", "region", {})]
    assert text_of(territories_sheet(bare)) == "id,parent,kind,name_en,name_ru\na,,country,,А\nb,a,region,,\n"
    nameless = [Territory("a", None, "country", {}, soato="17")]
    assert text_of(territories_sheet(nameless)) == "id,parent,kind,name_en,soato\na,,country,,17\n"
    assert text_of(decisions_sheet([])) == "kind,number,at,precinct,contest,outcome\n"


def test_territories_come_with_parents_first_and_options_in_ballot_order(tmp_path: Path) -> None:
    head, *rows = packages.TERRITORIES.splitlines(keepends=True)
    package = read_package(build_package(tmp_path / "p", territories=head + "".join(reversed(rows))))
    assert [t.id for t in package.territories] == ["uz", "c2", "c1", "s", "n"]
    assert [(o.contest, o.id) for o in package.options] == [
        ("list", "amber"), ("list", "green"), ("d1", "ada"), ("d1", "bob"),
        ("d2", "ada"), ("d2", "cyd"), ("q", "yes"), ("q", "no"),
    ]  # fmt: skip


def test_roster_knows_constituencies_and_further_territories(tmp_path: Path) -> None:
    """The embassy lies in no constituency; a further territory gives it the second one's contest."""
    folder = build_package(
        tmp_path / "p",
        precinct_territories="precinct,territory\np5,c2\np1,n\n",
        protocols=packages.protocols_text() + "p5,d2,50,60,17,1,17,43,2,,,\n",
        votes=packages.votes_text() + "p5,d2,ada,7\np5,d2,cyd,8\n",
    )
    package = read_package(folder)
    places = [(package.precincts[p].id, package.contests[c].id) for p, c in roster(package)]
    expected = [(p, c) for p, contests in packages.VOTES.items() for c in contests]
    assert places == [*expected[:-1], ("p5", "d2"), expected[-1]]


def test_votes_are_joined_to_protocols_whatever_their_order(tmp_path: Path) -> None:
    package = read_package(build_package(tmp_path / "p"))
    protocols = list(iter_protocols(package))
    assert {(p.precinct_id, p.contest_id): p.votes for p in protocols} == {
        (precinct, contest): votes
        for precinct, contests in packages.VOTES.items()
        for contest, votes in contests.items()
    }
    assert [p.line_no for p in protocols] == list(range(2, 16))
    assert protocols[0].lines == packages.lines_of("p1", "list")
    assert protocols[0].submitted_at == "2026-10-25T21:31:00+05:00"


TIMES = [
    ("2026-10-25T21:31:00+05:00", "2026-10-25T21:31:00+05:00"),
    ("2026-10-25T21:31+0500", "2026-10-25T21:31:00+05:00"),
    ("2026-10-25T16:31:00Z", "2026-10-25T16:31:00+00:00"),
    ("2026-10-25T16:31:59.999Z", "2026-10-25T16:31:59+00:00"),
    ("2026-10-25T06:01:00-10:30", "2026-10-25T06:01:00-10:30"),
    ("", None),
]


@pytest.mark.parametrize(("written", "read"), TIMES)
def test_times_keep_their_offset(tmp_path: Path, written: str, read: str | None) -> None:
    text = packages.protocols_text().replace("2026-10-25T21:31:00+05:00", written)
    package = read_package(build_package(tmp_path / "p", protocols=text))
    assert next(iter_protocols(package)).submitted_at == read


def test_files_are_named_by_their_digest(tmp_path: Path) -> None:
    folder = build_package(tmp_path / "p", packed=("votes", "protocols"))
    (folder / "sub").mkdir()
    shutil.move(folder / "contests.csv", folder / "sub" / "contests.csv")
    description = (folder / "datapackage.json").read_text().replace('"contests.csv"', '"sub/contests.csv"')
    (folder / "datapackage.json").write_text(description)
    package = read_package(folder)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert package.files == {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files
    }


def test_called_tables_follow_from_the_records(tmp_path: Path) -> None:
    package = read_package(build_package(tmp_path / "p"))
    sheets = called_sheets(
        package.territories,
        package.contests,
        package.options,
        package.precincts,
        package.precinct_territories,
    )
    assert list(sheets) == ["territories", "contests", "options", "precincts"]
    assert sheets["precincts"].pin()["rows"] == 5
