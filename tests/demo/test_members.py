"""Simulated members: the same for the same seed, nobody's numbers, and exactly the errors that were put in."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from esaylov.cli import app
from esaylov.demo.members import MARK, SPOILERS, read_commissions, write_members
from esaylov.exchange.members import check_composition, read_members
from esaylov.exchange.problems import PackageError
from esaylov.law.composition import Body
from esaylov.law.editions import parse_edition, uz_edition_toml
from tests.exchange.packages import build_package

TIERS = {"cec": "central", "tec": "territorial", "dcec": "district", "dec": "okrug", "pec": "precinct"}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package with 120 precincts."""
    folder = tmp_path_factory.mktemp("members") / "package"
    build_package(folder)
    with (folder / "precincts.csv").open(newline="") as file:
        head, *rows = list(csv.reader(file))
    territory = rows[0][head.index("territory")]
    with (folder / "precincts.csv").open("a", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for n in range(120):
            row = dict.fromkeys(head, "") | {
                "id": f"m{n}",
                "territory": territory,
                "number": str(n),
                "voters": "100",
            }
            writer.writerow(row.values())
    return folder


def test_every_commission_gets_members_as_the_law_wants(package: Path, tmp_path: Path) -> None:
    summary = write_members(package, 1, tmp_path / "m.csv")
    descriptor, commissions = read_commissions(package)
    found = read_members(tmp_path / "m.csv", commissions={one.code for one in commissions})
    assert not found.problems
    assert found.rows_total == summary.rows == found.invented
    bodies = {one.code: Body(TIERS[one.tier], frozenset({"list"})) for one in commissions}
    composition = check_composition(found, parse_edition(uz_edition_toml()), bodies, descriptor.date)
    assert composition.findings == {}
    assert composition.absent == ()


def test_everything_says_that_it_is_simulated(package: Path, tmp_path: Path) -> None:
    write_members(package, 1, tmp_path / "m.csv")
    for row in read_members(tmp_path / "m.csv").rows():
        assert row.remark == MARK
        assert MARK in row.employer
        assert row.pinfl[0] in "78"
        assert row.phone.startswith("+99800")
        assert not row.email or row.email.endswith(".example")
        assert row.birth_date < date(2009, 1, 1)


def test_a_seed_gives_the_same_bytes_in_both_formats(package: Path, tmp_path: Path) -> None:
    for name, seed in (("a.csv", 7), ("b.csv", 7), ("c.csv", 8)):
        write_members(package, seed, tmp_path / name)
    a, b, c = ((tmp_path / name).read_bytes() for name in ("a.csv", "b.csv", "c.csv"))
    assert a == b != c
    write_members(package, 7, tmp_path / "a.xlsx", "xlsx")
    assert read_members(tmp_path / "a.xlsx").content_sha256 == read_members(tmp_path / "a.csv").content_sha256


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_exactly_the_errors_that_were_put_in_are_found(package: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"m.{form}"
    summary = write_members(package, 3, out, form, errors=3 * len(SPOILERS))
    with (tmp_path / f"m.{form}.truth.csv").open(newline="") as file:
        truth = {(int(row["line"]), row["column"], row["code"]) for row in csv.DictReader(file)}
    found = read_members(out)
    assert {(p.line, p.column, p.code) for p in found.problems} == truth == set(summary.truth)
    wrong = {line for line, _, code in truth if code != "F40"}
    assert found.table.height == summary.rows - len(wrong)


def test_more_errors_than_commissions(package: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="precinct commissions"):
        write_members(package, 1, tmp_path / "m.csv", errors=100)


def test_a_folder_that_is_no_package(tmp_path: Path) -> None:
    with pytest.raises(PackageError):
        write_members(tmp_path, 1, tmp_path / "m.csv")
    shutil.rmtree(tmp_path)


def test_the_command(package: Path, tmp_path: Path) -> None:
    out = tmp_path / "m.csv"
    options = ["synth", "members", "--package", str(package), "--seed", "5", "--out", str(out)]
    done = CliRunner().invoke(app, [*options, "--errors", "2"])
    assert done.exit_code == 0, done.output
    assert "2 problems" in done.output
    assert read_members(out).counts == {"F27": 1, "F29": 1}
    assert CliRunner().invoke(app, [*options, "--format", "ods"]).exit_code == 1
    assert CliRunner().invoke(app, [*options, "--errors", "1000"]).exit_code == 1
