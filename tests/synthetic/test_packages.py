"""Precincts of an election package: each gets whole mahallas, streets, ranges or sides, near its own number of voters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from esaylov.demo.simulation import write_package
from esaylov.exchange.problems import PackageError
from esaylov.synthetic.voters import Wishes, write_voters
from tests.synthetic.conftest import read

COUNT = 200_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("packages")
    write_package(folder / "package")
    write_voters(Wishes(COUNT, 2, folder / "out", "parquet", package=folder / "package"))
    return folder / "package", folder / "out"


def test_precincts_are_those_of_the_package_but_for_voters_by_their_own_lists(
    made: tuple[Path, Path],
) -> None:
    package, out = made
    wanted = {row["id"]: row for row in read(package / "precincts.csv")}
    got = {row["precinct"] for row in read(out / "precincts.csv")}
    left = {wanted[code]["public"] == "false" or code.startswith("abroad") for code in wanted.keys() - got}
    assert got <= wanted.keys()
    assert left == {True}
    assert {row["precinct"] for row in read(out / "rules.csv")} == got
    summary = json.loads((out / "truth" / "summary.json").read_bytes())
    assert summary["precincts_left_out"] == len(wanted) - len(got) > 57
    assert summary["day"] == "2024-10-27"


def test_voters_are_near_those_of_the_package(made: tuple[Path, Path]) -> None:
    package, out = made
    wanted = {row["id"]: int(row["voters"]) for row in read(package / "precincts.csv")}
    got = {row["precinct"]: int(row["voters"]) for row in read(out / "precincts.csv")}
    scale = sum(got.values()) / sum(wanted[code] for code in got)
    off = [abs(voters - wanted[code] * scale) for code, voters in got.items()]
    assert sum(off) / len(off) < 6  # About two households, of 18 voters on average.
    assert min(got.values()) > 0


def test_a_folder_that_is_no_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    with pytest.raises(PackageError):
        write_voters(Wishes(100, 1, tmp_path / "out", package=tmp_path / "package"))
    assert not (tmp_path / "out").exists()
