"""Runs the tests for `make test` and `make test-slow`; what failed runs once more, alone, and is named
(docs/decisions/0110-a-failed-test-runs-again.md).

`python -m tests.running [arguments of pytest]` ends as pytest does: with 0 where all passed, if only when run again.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

MOST = 5
"""Tests that run again; where more failed something is broken, and nobody need ask twice."""
RULE = "A test that fails at times is a defect of its own: CONTRIBUTING.md says what to do."


def main(arguments: Sequence[str]) -> int:
    """Runs pytest, then what failed again; the exit code."""
    with tempfile.TemporaryDirectory(prefix="esaylov-tests-") as cache:
        given = [*arguments, "-o", f"cache_dir={cache}"]
        code = subprocess.run([sys.executable, "-m", "pytest", *given], check=False).returncode
        if code != pytest.ExitCode.TESTS_FAILED:
            return code
        failed = _failed(Path(cache))
        if not 0 < len(failed) <= MOST:
            return code
        print(f"\n{len(failed)} failed; what failed runs once more, alone:", *failed, sep="\n  ", flush=True)
        return int(pytest.main([*given, "-n", "0", "--last-failed"], plugins=[Again()]))


def _failed(cache: Path) -> list[str]:
    """What failed in the run that kept its cache in a folder, and in no run before."""
    file = cache / "v" / "cache" / "lastfailed"
    return sorted(json.loads(file.read_text())) if file.exists() else []


class Again:
    """Names what passed in the second run, above pytest's own last lines."""

    @pytest.hookimpl
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Called by pytest at the end."""
        named = {
            kind: {one.nodeid for one in terminalreporter.stats.get(kind, [])}
            for kind in ("passed", "failed", "error")
        }
        passed = named["passed"] - named["failed"] - named["error"]
        if passed:
            terminalreporter.section("passed only when run again", sep="!", red=True, bold=True)
            for test in sorted(passed):
                terminalreporter.write_line(f"passed only when run again: {test}", red=True)
            terminalreporter.write_line(RULE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
