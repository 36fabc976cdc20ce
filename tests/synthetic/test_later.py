"""A later extract differs from the first by exactly what the truth says."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from esaylov.exchange.pinfl import parse_pinfl
from esaylov.exchange.residents.head import read_head
from esaylov.synthetic.later import DELTA, FULL, KINDS, Later, write_later
from esaylov.synthetic.render import ADDRESS
from tests.synthetic.conftest import COUNT, Rows, read, residents
from tests.synthetic.test_voters import contents


@pytest.fixture(scope="module")
def second(country: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("later") / "second"
    write_later(Later(country, 5, folder))
    return folder


def by_pinfl(rows: Rows) -> dict[tuple[str, str], dict[str, str]]:
    return {(row["pinfl"], row["document"][:2]): row for row in rows}


def kind_of(before: dict[str, str], after: dict[str, str]) -> str:
    differing = {name for name in before if before[name] != after[name]}
    if differing == {"document"}:
        return "document"
    return "corrected" if differing == {"given_name"} else "moved" if differing <= set(ADDRESS) else "?"


def test_the_changes_are_those_of_the_truth(country: Path, register: Rows, second: Path) -> None:
    counts = {row["kind"]: int(row["count"]) for row in read(second / "truth" / "changes.csv")}
    assert set(counts) == set(KINDS)
    assert sum(counts.values()) == round(COUNT * 0.01)
    unique = Counter(row["pinfl"] for row in register)
    before = {row["pinfl"]: row for row in register if unique[row["pinfl"]] == 1}
    after = {row["pinfl"]: row for row in residents(second) if unique[row["pinfl"]] < 2}
    found: Counter[str] = Counter()
    found["died"] = len(before.keys() - after.keys())
    found["adult"] = len(after.keys() - before.keys())
    for pinfl in before.keys() & after.keys():
        if before[pinfl] != after[pinfl]:
            found[kind_of(before[pinfl], after[pinfl])] += 1
    assert found == counts
    assert len(residents(second)) == COUNT - counts["died"] + counts["adult"]
    assert read_head(second / "residence").as_of > read_head(country / "residence").as_of


def test_new_numbers_are_invented_ones_that_nobody_has_had(register: Rows, second: Path) -> None:
    known = {row["pinfl"] for row in register} | {row["document"] for row in register}
    new = [row for row in residents(second) if row["pinfl"] not in known]
    assert new
    for row in new:
        number = parse_pinfl(row["pinfl"])
        assert number.invented
        assert row["document"] not in known
        assert number.sex == {"m": "male", "f": "female"}[row["sex"]]


def test_a_delta_holds_the_changes_alone(country: Path, tmp_path: Path) -> None:
    counts = write_later(Later(country, 5, tmp_path / "delta", 0.02, DELTA, "csv"))
    rows = residents(tmp_path / "delta")
    assert Counter(row["event"] for row in rows) == counts
    assert {row["status"] for row in rows if row["event"] == "died"} == {"died"}
    head = read_head(tmp_path / "delta" / "residence")
    assert (head.kind, head.rows) == (DELTA, len(rows))
    assert head.after == read_head(country / "residence").as_of
    write_later(Later(country, 5, tmp_path / "full", 0.02, FULL, "csv"))
    assert read_head(tmp_path / "full" / "residence").after is None


def test_one_later_extract_follows_another(second: Path, tmp_path: Path) -> None:
    write_later(Later(second, 5, tmp_path / "third", kind=FULL, form="parquet"))
    third = json.loads((tmp_path / "third" / "truth" / "summary.json").read_bytes())
    summary = json.loads((second / "truth" / "summary.json").read_bytes())
    assert third["next_later"] > summary["next_later"]
    assert third["next_document"] > summary["next_document"]


def test_the_same_seed_gives_the_same_bytes(country: Path, second: Path, tmp_path: Path) -> None:
    write_later(Later(country, 5, tmp_path / "again"))
    assert contents(tmp_path / "again") == contents(second)


def test_a_share_of_nothing_changes_nothing(country: Path, register: Rows, tmp_path: Path) -> None:
    write_later(Later(country, 5, tmp_path / "same", share=0))
    assert residents(tmp_path / "same") == register
    write_later(Later(country, 5, tmp_path / "none", share=0, kind=DELTA))
    assert residents(tmp_path / "none") == []


@pytest.mark.parametrize("wrong", [{"share": 0.9}, {"kind": "half"}, {"form": "xlsx"}])
def test_impossible_wishes_are_refused(country: Path, tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"lies between|full or delta|csv or parquet"):
        write_later(Later(country, 1, tmp_path / "out", **wrong))  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_a_source_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_later(Later(tmp_path, 1, tmp_path / "out"))
