"""What the synthetic registers promise: numbers that nobody alive has, one seed one country, a truth that fits the data."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from esaylov.exchange.pinfl import parse_pinfl
from esaylov.exchange.residents.checks import Checker, Parameters
from esaylov.exchange.residents.extracts import batches, read_head, read_mahallas
from esaylov.exchange.residents.normal import fold_name, fold_street
from esaylov.exchange.residents.places import Addresses
from esaylov.exchange.residents.rules import Rules
from esaylov.synthetic import doubles, mistakes
from esaylov.synthetic.names import tables
from esaylov.synthetic.people import PYRAMID
from esaylov.synthetic.places import PlacesError, streets
from esaylov.synthetic.scripts import PASSPORT, RUSSIAN, WRITINGS
from esaylov.synthetic.voters import DAY, Wishes, write_voters
from tests.synthetic.conftest import COUNT, Rows, read, residents

CODES = {
    "check-digit": {"V02"},
    "birth-date": {"V03"},
    "document-format": {"V04"},
    "under-18": {"V05"},
    "impossible-date": {"V06"},
    "unknown-address": {"V08", "V09"},
    "empty-name": {"V07"},
    "swapped-columns": {"V01", "V04", "V06"},
}


def contents(folder: Path) -> dict[str, str]:
    """The digest of every file."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def spoilt(country: Path, *kinds: str) -> set[int]:
    """Rows with an error of the kinds, or any."""
    rows = read(country / "truth" / "errors.csv")
    return {int(row["row"]) for row in rows if not kinds or row["kind"] in kinds}


def test_there_are_as_many_rows_as_were_asked_for(country: Path, register: Rows) -> None:
    head = json.loads((country / "residence" / "extract.json").read_bytes())
    assert len(register) == COUNT == head["rows"] == sum(file["rows"] for file in head["files"])
    assert head["simulated"] is True


def test_every_pinfl_is_one_that_nobody_alive_has(country: Path, register: Rows) -> None:
    wrong = spoilt(country, "check-digit", "swapped-columns")
    for number, row in enumerate(register, start=1):
        if number in wrong:
            continue
        known = parse_pinfl(row["pinfl"])
        assert known.invented
        assert known.sex == {"m": "male", "f": "female"}[row["sex"]]
    texts = (country / "residence").glob("*.csv")
    digits = [
        cell for path in texts for line in path.read_text().splitlines() for cell in line.split(",")[:2]
    ]
    assert all(cell[0] in "78" for cell in digits if len(cell) == 14 and cell.isdecimal())


def test_numbers_are_those_of_one_person_but_for_known_second_entries(country: Path, register: Rows) -> None:
    pairs = read(country / "truth" / "duplicates.csv")
    for column, kind in (("pinfl", "same-pinfl"), ("document", "same-document")):
        twice = {
            value: count for value, count in Counter(row[column] for row in register).items() if count > 1
        }
        twice.pop("", None)
        known = {register[int(pair["row_a"]) - 1][column] for pair in pairs if pair["kind"] == kind}
        assert set(twice) == known
        assert set(twice.values()) <= {2}


def test_everybody_is_of_age_and_the_pinfl_says_so(country: Path, register: Rows) -> None:
    wrong = spoilt(country)
    for number, row in enumerate(register, start=1):
        if number in wrong:
            continue
        born = date.fromisoformat(row["birth_date"])
        assert parse_pinfl(row["pinfl"]).born(born)
        assert (born.year + 18, born.month, born.day) <= (DAY.year, DAY.month, DAY.day)
        assert born.year >= DAY.year - 101


def test_ages_are_near_the_pyramid(register: Rows) -> None:
    ages = Counter(
        min((2024 - int(row["birth_date"][:4]) - 18) // 5, len(PYRAMID) - 1)
        for row in register
        if row["birth_date"][:4].isdecimal() and "1900" < row["birth_date"][:4] < "2007"
    )
    for band, share in enumerate(PYRAMID):
        assert ages[band] / COUNT == pytest.approx(share / sum(PYRAMID), abs=0.03)


def test_the_check_of_the_import_finds_the_known_errors_and_nothing_else(country: Path) -> None:
    head = read_head(country / "residence")
    places = read_head(country / "addresses")
    assert not head.warnings
    assert not places.warnings
    mahallas = set(read_mahallas(country / "addresses", places)["mahalla"])
    known = Addresses(batch.table for batch in batches(country / "addresses", places))
    checker = Checker(Parameters(DAY, head.as_of.date(), True, mahallas, known), head.rows)
    found: dict[int, set[str]] = defaultdict(set)
    for batch in batches(country / "residence", head):
        for line, code in checker.check(batch).problems.select("line", "code").rows():
            found[line - 1].add(code)
    for row in read(country / "truth" / "errors.csv"):
        codes = found.pop(int(row["row"]))
        assert codes <= CODES[row["kind"]]
    for row in read(country / "truth" / "duplicates.csv"):
        codes = found.pop(int(row["row_a"]), set()) | found.pop(int(row["row_b"]), set())
        assert codes == {"same-pinfl": {"V10"}, "same-document": {"V11"}}.get(row["kind"], set())
    counts = json.loads((country / "truth" / "summary.json").read_bytes())["counts"]
    left_out = sum(count for name, count in counts.items() if name.startswith(("status", "citizenship")))
    assert left_out >= len(found) > 0
    assert set().union(*found.values()) == {"V12", "V13"}


def test_errors_and_pairs_keep_out_of_each_other(country: Path) -> None:
    used: Counter[str] = Counter()
    for name, columns in (
        ("errors", ["row"]),
        ("duplicates", ["row_a", "row_b"]),
        ("lookalikes", ["row_a", "row_b"]),
    ):
        for row in read(country / "truth" / f"{name}.csv"):
            used.update(row[column] for column in columns)
    assert set(used.values()) == {1}


def test_second_entries_are_of_their_kind(country: Path, register: Rows) -> None:
    seen = set()
    for pair in read(country / "truth" / "duplicates.csv"):
        one, other = (register[int(pair[name]) - 1] for name in ("row_a", "row_b"))
        assert (one["pinfl"], other["pinfl"]) == (pair["pinfl_a"], pair["pinfl_b"])
        kind = pair["kind"]
        seen.add(kind)
        assert one["sex"] == other["sex"]
        assert (one["birth_date"] == other["birth_date"]) == (kind != "day-month")
        assert (one["pinfl"] == other["pinfl"]) == (kind == "same-pinfl")
        assert (one["document"] == other["document"]) == (kind == "same-document")
        if pair["moved"] == "no":
            assert (one["mahalla"], one["house"]) == (other["mahalla"], other["house"])
        if kind == "typo":
            assert sum(one[name] != other[name] for name in ("surname", "given_name", "patronymic")) == 1
        if kind == "maiden-name":
            assert one["sex"] == "f"
            assert fold_name(one["surname"]) != fold_name(other["surname"])
    assert seen == set(doubles.KINDS)


def test_lookalikes_are_two_people(country: Path, register: Rows) -> None:
    kinds = Counter()
    for pair in read(country / "truth" / "lookalikes.csv"):
        one, other = (register[int(pair[name]) - 1] for name in ("row_a", "row_b"))
        kinds[pair["kind"]] += 1
        assert one["pinfl"] != other["pinfl"]
        assert one["document"] != other["document"]
        if pair["kind"] == "twins":
            assert one["birth_date"] == other["birth_date"]
            assert one["given_name"] != other["given_name"]
            assert one["house"] == other["house"]
        elif pair["kind"] == "namesake":
            names = ("surname", "given_name", "birth_date")
            assert [one[name] for name in names] == [other[name] for name in names]
            assert one["patronymic"] != other["patronymic"]
        else:
            assert (one["given_name"], one["house"]) == (other["given_name"], other["house"])
            assert one["birth_date"] != other["birth_date"]
    assert set(kinds) == set(doubles.LOOKALIKES)


def test_every_kind_of_error_is_there(country: Path) -> None:
    assert {row["kind"] for row in read(country / "truth" / "errors.csv")} == set(mistakes.KINDS)


def test_households_share_address_and_often_a_surname(register: Rows) -> None:
    homes: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for row in register:
        if row["flat"] or "koʻchasi" in row["street"]:
            key = tuple(row[name] for name in ("mahalla", "street", "house", "flat"))
            homes[key].append(row["surname"][:5])
    shared = [Counter(names).most_common(1)[0][1] >= 2 for names in homes.values() if len(names) > 2]
    assert sum(shared) / len(shared) > 0.9


def test_three_scripts_and_several_apostrophes(register: Rows) -> None:
    letters = Counter(letter for row in register for letter in set(row["surname"] + row["patronymic"]))
    for letter in "ʻ'’`жўşöğçқ":
        assert letters[letter], letter


def test_rules_cover_every_house_once(country: Path) -> None:
    head = read_head(country / "addresses")
    rules = Rules.parse((country / "rules.csv").read_bytes())
    assert isinstance(rules, Rules)
    assert not rules.conflicts()
    houses = pl.concat(batch.table for batch in batches(country / "addresses", head))
    assert rules.match(houses).null_count() == 0
    assert {row["precinct"] for row in read(country / "precincts.csv")} >= set(rules.match(houses))


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("one", 3), ("two", 3), ("other", 4)):
        write_voters(Wishes(3_000, seed, tmp_path / name))
    assert contents(tmp_path / "one") == contents(tmp_path / "two") != contents(tmp_path / "other")


@pytest.mark.slow
def test_both_formats_hold_the_same(tmp_path: Path) -> None:
    write_voters(Wishes(2_000, 3, tmp_path / "csv"))
    write_voters(Wishes(2_000, 3, tmp_path / "parquet", form="parquet"))
    for folder in ("residence", "addresses"):
        (part,) = (tmp_path / "parquet" / folder).glob("*.parquet")
        (plain,) = (tmp_path / "csv" / folder).glob(f"{part.stem}.csv")
        assert pl.read_csv(plain, infer_schema=False).fill_null("").equals(pl.read_parquet(part))


def test_streets_and_names_fold_to_one_key_in_every_writing() -> None:
    """But for the Russian u that stands for oʻ too: that is what makes another transliteration hard."""
    for labels, fold in (
        (streets().labels, fold_street),
        (tables().surname, fold_name),
        (tables().given, fold_name),
    ):
        keys = fold(labels)
        for writing in set(range(WRITINGS)) - {RUSSIAN, PASSPORT}:
            assert keys.gather_every(WRITINGS, writing).to_list() == keys.gather_every(WRITINGS).to_list()


def test_real_mahallas_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mahallas.csv"
    codes = (Path(doubles.__file__).parent / "groups.csv").read_text().split()[1:]
    lines = [
        f"{group}-1,{group},{soato[:4]},x,Sinov MFY" for group, soato in (code.split(",") for code in codes)
    ]
    path.write_text("\n".join(["code,district_group,region_soato,name_raw,name_norm", *lines, ""]))
    write_voters(Wishes(1_000, 1, tmp_path / "out", mahallas=path))
    rows = {row["mahalla"]: row for row in read(tmp_path / "out" / "addresses" / "mahallas.csv")}
    assert len(rows) == 206
    assert rows["1513-1"] == {
        "mahalla": "1513-1",
        "district": "1730233",
        "name_uz": "Sinov MFY",
        "name_uz_cyrl": "Синов МФЙ",
        "name_ru": "Синов МФЙ",
        "name_en": "Sinov",
    }
    assert {row["mahalla"] for row in residents(tmp_path / "out")} <= set(rows) | {
        f"{code}-X" for code in rows
    }


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("code,name\n1,x\n", "lacks the columns"),
        ("code,district_group,region_soato,name_norm\n1,1,9999,x\n", "no region"),
        ("code,district_group,region_soato,name_norm\n1,1,1726,x\n", "no mahalla in"),
    ],
)
def test_a_table_of_mahallas_that_cannot_be_used_is_refused(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "mahallas.csv").write_text(content)
    with pytest.raises(PlacesError, match=told):
        write_voters(Wishes(100, 1, tmp_path / "out", mahallas=tmp_path / "mahallas.csv"))
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_over(country: Path) -> None:
    before = contents(country)
    with pytest.raises(FileExistsError):
        write_voters(Wishes(100, 1, country))
    assert contents(country) == before


@pytest.mark.parametrize(
    "wishes",
    [
        {"count": 0},
        {"count": 10**9},
        {"form": "xlsx"},
        {"duplicates": 0.5},
        {"errors": -0.1},
    ],
)
def test_impossible_wishes_are_refused(tmp_path: Path, wishes: dict[str, object]) -> None:
    given = {"count": 10, "seed": 1, "out": tmp_path / "out"} | wishes
    with pytest.raises(ValueError, match=r"lies between|csv or parquet"):
        write_voters(Wishes(**given))  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [1, 2, 7, 300])
def test_small_countries_work(tmp_path: Path, count: int) -> None:
    write_voters(Wishes(count, 1, tmp_path / "out", duplicates=0.2, errors=0.2, lookalikes=0.2))
    assert len(residents(tmp_path / "out")) == count
