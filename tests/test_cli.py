"""The command line: exit statuses and what is printed, with the real functions behind it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from esaylov.cli import app
from esaylov.console import parse_speed, parse_time

CASE = {
    "seats": 10,
    "method": "hare-largest-remainder",
    "threshold": "0.07",
    "threshold_base": "participants",
    "votes": {"A": 41000, "B": 33000, "C": 18000, "D": 6000},
    "participants": 99000,
    "invalid": 1000,
}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def case(folder: Path, **changes: object) -> Path:
    path = folder / "case.json"
    path.write_text(json.dumps(CASE | changes))
    return path


def test_seats(tmp_path: Path) -> None:
    done = run("seats", case(tmp_path), "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["seats"] == {"A": 4, "B": 4, "C": 2}


def test_seats_with_a_lot_to_draw(tmp_path: Path) -> None:
    tie = case(tmp_path, seats=1, votes={"A": 50, "B": 50}, participants=100, invalid=0)
    assert run("seats", tie).exit_code == 3


def test_seats_of_what_is_no_case(tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text("{")
    done = run("seats", tmp_path / "case.json")
    assert done.exit_code == 1
    assert "case.json" in done.stderr


def test_a_folder_that_is_no_package(tmp_path: Path) -> None:
    done = run("package", "check", tmp_path)
    assert done.exit_code == 1
    assert "datapackage.json: error" in done.stdout
    assert "1 errors" in done.stdout


@pytest.mark.parametrize("command", [["package", "check"], ["load"], ["replay"]])
def test_a_folder_that_is_missing(tmp_path: Path, command: list[str]) -> None:
    assert run(*command, tmp_path / "none").exit_code == 2


def test_replay_options_that_exclude_each_other(tmp_path: Path) -> None:
    done = run("replay", tmp_path, "--here", "--data", tmp_path / "data")
    assert done.exit_code == 1
    assert "--here" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(("text", "speed"), [("max", None), ("60", 60.0), ("0.5", 0.5)])
def test_speed(text: str, speed: float | None) -> None:
    assert parse_speed(text) == speed


@pytest.mark.parametrize("text", ["", "fast", "0", "-1", "nan", "inf"])
def test_no_speed(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        parse_speed(text)


def test_time() -> None:
    found = parse_time("2024-10-27T22:00:00+05:00")
    assert found
    assert found.utcoffset() == timedelta(hours=5)
    assert parse_time(None) is None


@pytest.mark.parametrize("text", ["", "soon", "2024-10-27T22:00:00"])
def test_a_time_without_an_offset_is_none(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        parse_time(text)


def test_verifying_what_is_not_there(tmp_path: Path) -> None:
    done = run("verify", tmp_path)
    assert done.exit_code == 1
    assert done.stderr.startswith("FAILED: ")


def test_reserved_options_of_verify(tmp_path: Path) -> None:
    done = run("verify", tmp_path, "--quorum", "1")
    assert done.exit_code == 1
    assert "reserved" in done.stderr
