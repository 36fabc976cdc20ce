"""The command line: exit statuses and what is printed, with the real functions behind it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import textwrap
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from esaylov.cli import app
from esaylov.console import parse_speed, parse_time, print_replay, progress_lines

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


def test_a_replay_is_told_in_a_line_for_each_contest(capsys: pytest.CaptureFixture[str]) -> None:
    contests = [
        {"id": f"d{number}", "totals": {"none": 0, "ada": 1_500, "bob": 25_000}, "seats": {"bob": 1}}
        for number in range(75)
    ]
    print_replay(
        {
            "protocols": 21_999, "seconds": 12.34, "protocols_per_second": 1782.7, "contests": contests,
            "findings": {"R05": 4, "U08": 1_015}, "left_outside": [{}, {}],
        }
    )  # fmt: skip
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == [
        "21,999 protocols in 12.3 s: 1,783/s",
        "findings: R05 4, U08 1,015",
        "left outside the totals: 2",
        "votes by contest, seats in brackets:",
    ]
    assert lines[4:] == [f"  d{number}: bob 25,000 [1], ada 1,500, none 0" for number in range(75)]


def test_progress_without_a_terminal_is_a_line_every_few_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    clock = iter([0, 4, 6, 6, 8, 10.9, 12, 12, 30, 30])
    show = progress_lines(5, now=lambda: next(clock))
    for done in (1, 2, 3, 4, 50_000):
        show("acts", done, 100_000)
    show("files", 1, 0)
    found = capsys.readouterr()
    assert found.out == ""
    assert found.err.splitlines() == [
        "acts: 2 of 100,000 (0 %)",
        "acts: 50,000 of 100,000 (50 %)",
        "files: 1 of 0",
    ]


def test_progress_on_a_terminal_is_one_line_that_is_renewed() -> None:
    code = """
        import sys
        from esaylov.console import progress_bar
        with progress_bar() as show:
            for done in range(2_000):
                show("acts", done, 2_000)
    """
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stderr=theirs, env=os.environ | {"TERM": "xterm"}
    ) as process:
        os.close(theirs)
        seen = b""
        with contextlib.suppress(OSError):  # the terminal is gone with its program
            while part := os.read(ours, 4096):
                seen += part
    os.close(ours)
    assert process.returncode == 0
    assert b"acts" in seen
    assert seen.count(b"\n") <= 2


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
