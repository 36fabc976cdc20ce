"""What failed runs once more and is named; what fails twice, or with many others, fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pathlib, pytest

@pytest.mark.parametrize("number", range({sometimes}))
def test_at_times(number):
    once = pathlib.Path(__file__).with_name(f"once-{{number}}")
    again = once.exists()
    once.touch()
    assert again

@pytest.mark.parametrize("number", range({never}))
def test_never(number):
    assert False

def test_always():
    pass
"""


@pytest.mark.parametrize(
    ("sometimes", "never", "code", "named"),
    [(0, 0, 0, 0), (2, 0, 0, 2), (1, 1, 1, 1), (6, 0, 1, 0)],
    ids=["all pass", "two fail at times", "one fails twice", "too many"],
)
def test_what_failed_runs_again(sometimes: int, never: int, code: int, named: int, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_some.py").write_text(TESTS.format(sometimes=sometimes, never=never))
    given = ["-p", "xdist", "-n", "2", "--dist", "loadfile", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.running", *given],
        cwd=Path(__file__).parents[1],
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    told = [line for line in lines if line.startswith("passed only when run again: ")]
    assert len(told) == named
    assert all("test_at_times" in line for line in told)
    assert ("runs once more" in done.stdout) == bool(named)
    assert " in " in lines[-1], "the last line is pytest's own"


def test_long_modules_begin_first() -> None:
    from tests.order import LEAST, ROOT, longest

    known = longest()
    assert [module for module in known if not (ROOT / module).is_file()] == [], (
        "gone: measure anew (tests/order.py)"
    )
    assert list(known.values()) == sorted(known.values(), reverse=True)
    assert known
    assert min(known.values()) >= LEAST


def test_times_are_read_from_a_report(tmp_path: Path) -> None:
    from tests.order import measured

    took = (
        ("tests.test_running", 7.2),
        ("tests.acts.test_api.TestSome", 30),
        ("tests.test_cli", 2),
        ("tests.test_running", 5),
    )
    cases = "".join(f'<testcase classname="{name}" time="{seconds}"/>' for name, seconds in took)
    (tmp_path / "times.xml").write_text(f"<testsuite>{cases}</testsuite>")
    assert measured([tmp_path / "times.xml"]) == {"tests/acts/test_api.py": 30, "tests/test_running.py": 12}
