"""Extracts in batches: nothing is lost, whatever the files hold."""

import hashlib

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esaylov.exchange.residents.comma import CommaFile
from esaylov.exchange.residents.extracts import batches, read_head
from esaylov.exchange.residents.problems import ExtractError
from tests.exchange.residents import cases


def whole(folder, rows=100_000):
    found = list(batches(folder, rows=rows))
    return pl.concat([batch.table for batch in found]), pl.concat([batch.problems for batch in found]), found


def refused(folder, rows=100_000):
    with pytest.raises(ExtractError) as error:
        whole(folder, rows)
    return [(one.file, one.line, one.code, one.field) for one in error.value.problems]


def with_text(tmp_path, change, count=20, rows=None):
    """An extract whose file was changed before its head was written."""
    cases.people(count).write_csv(tmp_path / "a.csv")
    text = (tmp_path / "a.csv").read_bytes()
    changed = change(text)
    (tmp_path / "a.csv").write_bytes(changed)
    cases.describe(tmp_path, {"a.csv": changed.count(b"\n") - 1 if rows is None else rows})
    return tmp_path


def told(problems):
    return problems.select("line", "code", "field").rows()


def test_csv_and_parquet_say_the_same(tmp_path):
    people = cases.people(2_500)
    one = cases.write(tmp_path / "one", {"a.csv": people.head(1_000), "b.csv": people.slice(1_000)})
    two = cases.write(tmp_path / "two", {"a.parquet": people.head(1_000), "b.parquet": people.slice(1_000)})
    left, problems, found = whole(one, rows=300)
    right = whole(two, rows=300)[0]
    assert left.drop("line").equals(right.drop("line"))
    assert (left["line"][0], right["line"][0]) == (2, 1)
    assert problems.height == 0
    assert max(batch.table.height for batch in found) <= 300
    assert sum(batch.read for batch in found) == 2_500
    assert left.select(people.columns).equals(people)


def test_normal_forms(tmp_path):
    row = cases.people(1).with_columns(
        document=pl.lit(" аа 0000001"), house=pl.lit("12 а"), surname=pl.lit("  Karim  ov\u00a0"), sex=pl.lit("M"),
        citizenship=pl.lit("uzb"), street=pl.lit("Навоий кўчаси"),
    )  # fmt: skip
    found = whole(cases.write(tmp_path, {"a.csv": row}))[0].row(0, named=True)
    assert (found["document"], found["house"], found["surname"], found["sex"]) == (
        "AA0000001",
        "12A",
        "Karim ov",
        "m",
    )
    assert (found["citizenship"], found["street"], found["street_key"]) == ("UZB", "Навоий кўчаси", "navoi")


@pytest.mark.parametrize("quotes", ["necessary", "always", "never"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [True, False])
def test_any_quotes_and_line_ends(tmp_path, quotes, end, mark):
    people = cases.people(300)
    people.write_csv(tmp_path / "a.csv", quote_style=quotes, line_terminator=end, include_bom=mark)
    cases.describe(tmp_path, {"a.csv": 300})
    found, problems, _ = whole(tmp_path, rows=100)
    assert found.select(people.columns).equals(people)
    assert problems.height == 0


def test_columns_in_any_order(tmp_path):
    people = cases.people(30)
    folder = cases.write(tmp_path, {"a.csv": people.select(reversed(people.columns))})
    assert whole(folder)[0].select(people.columns).equals(people)


def test_a_last_line_without_an_end(tmp_path):
    folder = with_text(tmp_path, lambda text: text.removesuffix(b"\n"), rows=20)
    assert whole(folder)[0].height == 20


def test_an_empty_extract(tmp_path):
    found = whole(cases.write(tmp_path, {"a.csv": cases.people(1)}))[0]
    assert found.height == 1
    folder = with_text(tmp_path, lambda text: text.splitlines(keepends=True)[0])
    assert list(batches(folder)) == []


def test_a_half_written_file(tmp_path):
    folder = cases.write(tmp_path, {"a.csv": cases.people(50)})
    text = (folder / "a.csv").read_bytes()
    (folder / "a.csv").write_bytes(text[: len(text) * 2 // 3])
    found = refused(folder)
    assert {code for _, _, code, _ in found} == {"X08", "X09", "X10"}
    line = text[: len(text) * 2 // 3].count(b"\n") + 1
    assert ("a.csv", line, "X10", None) in found


def test_a_half_written_file_that_ends_with_a_line(tmp_path):
    folder = cases.write(tmp_path, {"a.csv": cases.people(50)})
    lines = (folder / "a.csv").read_bytes().splitlines(keepends=True)
    (folder / "a.csv").write_bytes(b"".join(lines[:30]))
    assert {code for _, _, code, _ in refused(folder)} == {"X08", "X09"}


def test_a_changed_byte(tmp_path):
    folder = cases.write(tmp_path, {"a.csv": cases.people(50)})
    text = (folder / "a.csv").read_bytes()
    (folder / "a.csv").write_bytes(text.replace(b"UZB", b"UZC", 1))
    assert refused(folder) == [("a.csv", None, "X08", None)]


def test_a_half_written_or_changed_parquet(tmp_path):
    folder = cases.write(tmp_path, {"a.parquet": cases.people(50)})
    content = (folder / "a.parquet").read_bytes()
    (folder / "a.parquet").write_bytes(content[:-100])
    assert refused(folder) == [("a.parquet", None, "X08", None)]
    cases.describe(folder, {"a.parquet": 50})
    assert refused(folder) == [("a.parquet", None, "X17", None)]
    (folder / "a.parquet").write_bytes(content)
    cases.describe(folder, {"a.parquet": 49})
    assert refused(folder) == [("a.parquet", None, "X09", None)]


def test_more_rows_than_said(tmp_path):
    folder = with_text(tmp_path, lambda text: text, count=500, rows=400)
    assert refused(folder)[0][2] == "X09"
    # The reading ends long before the end of a file that has many more.
    folder = with_text(tmp_path, lambda text: text, count=5_000, rows=4)
    assert refused(folder, rows=10) == [("a.csv", None, "X09", None)]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda text: text.replace(b"surname,", b"", 1), ("a.csv", 1, "X12", "surname")),
        (lambda text: text.replace(b"surname,", b"name,", 1), ("a.csv", 1, "X13", None)),
        (lambda text: text.replace(b"surname,", b"pinfl,", 1), ("a.csv", 1, "X14", "pinfl")),
        (lambda text: text.replace(b",", b";"), ("a.csv", 1, "X12", "pinfl")),
        (lambda text: text.decode().encode("cp1251", "ignore"), ("a.csv", None, "X11", None)),
        (lambda text: text.decode().encode("utf-16"), ("a.csv", 1, "X11", None)),
        (lambda text: text + b"y" * 200_000, ("a.csv", 22, "X18", None)),
        (lambda text: b"pinfl" * 20_000, ("a.csv", 1, "X10", None)),
    ],
)
def test_files_that_are_refused(tmp_path, change, problem):
    found = refused(with_text(tmp_path, change, rows=20))
    if problem[1] is None:
        assert any((file, code) == (problem[0], problem[2]) and line for file, line, code, _ in found)
    else:
        assert problem in found


@pytest.mark.parametrize(
    ("one", "other"),
    [("pinfl", "document"), ("pinfl", "surname"), ("birth_date", "sex"), ("region", "district"), ("surname", "birth_date"),
     ("citizenship", "document"), ("surname", "given_name"), ("street", "house")],
)  # fmt: skip
def test_swapped_columns(tmp_path, one, other):
    people = cases.people(100).with_columns(
        surname=pl.Series(["Karimov", "Юсупова", "Toʻxtayeva", "Aliyev"] * 25), house=pl.lit("12A")
    )
    folder = cases.write(tmp_path, {"a.csv": people.rename({one: other, other: one})})
    assert any(code == "X15" and field in (one, other) for _, _, code, field in refused(folder))


def test_swapped_degrees(tmp_path):
    table = pl.DataFrame(
        {"mahalla": ["1"] * 9, "street": "Navoiy", "house": "1", "latitude": "69.2", "longitude": "41.3"}
    )
    folder = cases.write(tmp_path, {"a.csv": table}, register="address")
    assert [(code, field) for _, _, code, field in refused(folder)] == [
        ("X15", "latitude"),
        ("X15", "longitude"),
    ]


def test_one_row_proves_nothing_about_names(tmp_path):
    people = cases.people(1).with_columns(surname=pl.lit("Kim"), given_name=pl.lit("Yakov"))
    assert whole(cases.write(tmp_path, {"a.csv": people}))[0].height == 1


def test_columns_in_their_places_are_not_taken_for_swapped(tmp_path):
    people = cases.people(200).with_columns(
        surname=pl.lit("Karimov"), given_name=pl.lit("Ali"), street=pl.lit("12"), flat=pl.lit("12")
    )
    assert whole(cases.write(tmp_path, {"a.csv": people}))[0].height == 200


def test_wrong_lines_are_told_and_the_others_kept(tmp_path):
    def spoil(text):
        lines = text.splitlines(keepends=True)
        lines[3] = lines[3].replace(b",", b"", 1)
        lines[5] = lines[5].replace(b"UZB", b"UZ,B", 1)
        lines[7] = lines[7].replace(b"UZB", b'U"ZB', 1)
        lines[9] = lines[9].replace(b"UZB", b"U\x00ZB", 1)
        lines[11] = b"\n"
        lines[13] = lines[13].replace(b"UZB", b'"UZ\nB"', 1)
        lines[15] = lines[15].replace(b"UZB", b"UZ\rB", 1)
        lines[16] = lines[16].replace(b"UZB", b"Z" * 1_001, 1)
        return b"".join(lines)

    folder = with_text(tmp_path, spoil)
    found, problems, batch = whole(folder)
    assert told(problems.sort("line")) == [
        (4, "X20", None), (6, "X20", None), (8, "X21", None), (10, "X22", None), (12, "X20", None), (14, "X21", None),
        (15, "X21", None), (17, "X22", None), (18, "X23", None),
    ]  # fmt: skip
    assert set(found["line"]) | set(problems["line"]) == set(range(2, 23))
    assert sum(one.read for one in batch) == 21
    assert set(problems["severity"]) == {"error"}


def test_a_parquet_of_other_types_or_with_control_characters(tmp_path):
    people = cases.people(20)
    folder = cases.write(tmp_path, {"a.parquet": people.with_columns(pl.col("house").cast(pl.Int64))})
    assert refused(folder) == [("a.parquet", None, "X16", "house")]
    street = pl.when(pl.int_range(pl.len()) == 4).then(pl.lit("a\nb")).otherwise("street")
    folder = cases.write(
        tmp_path, {"a.parquet": people.with_columns(street=street, flat=pl.lit(None, dtype=pl.String))}
    )
    found, problems, _ = whole(folder)
    assert (found.height, told(problems)) == (19, [(5, "X22", None)])
    assert set(found["flat"]) == {""}


def test_problems_quote_nothing_of_a_row(tmp_path):
    folder = with_text(tmp_path, lambda text: text.replace(b",Navoiy", b'"secret"', 1))
    problems = whole(folder)[1]
    assert problems.columns == ["file", "line", "code", "field", "severity"]
    assert "secret" not in str(problems.rows())


CELL = st.text('ab", ;\t\x00ў', max_size=4)
LINE = st.lists(CELL, min_size=1, max_size=5).map(",".join) | st.text(max_size=10).filter(
    lambda text: text.isprintable()
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINE, max_size=12), st.sampled_from(["\n", "\r\n"]), st.integers(1, 5))
def test_every_line_is_a_row_or_has_a_problem(tmp_path, lines, end, rows):
    content = end.join(["a,b,c", *lines, ""]).encode()
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    file = CommaFile(path, ("a", "b", "c"), rows)
    found = list(file.read())
    taken = [line for piece in found for line in piece.table["line"]]
    wrong = [line for piece in found for line in piece.problems["line"]]
    assert sorted(taken + wrong) == list(range(2, len(lines) + 2))
    assert file.lines == sum(piece.read for piece in found) == len(lines)
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    for piece in found:
        for line, *cells in piece.table.iter_rows():
            if '"' not in lines[line - 2]:
                assert cells == lines[line - 2].split(",")


def test_the_head_is_read_once_only_if_given(tmp_path):
    folder = cases.write(tmp_path, {"a.csv": cases.people(3)})
    head = read_head(folder)
    (folder / "extract.json").unlink()
    assert next(batches(folder, head)).table.height == 3
