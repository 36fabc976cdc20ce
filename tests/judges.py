"""Outside judges: programs that nobody here wrote, in an environment of their own.

They are installed from requirements/judges.txt.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
Judge = Callable[..., "subprocess.CompletedProcess[bytes]"]


def judge(name: str) -> Judge:
    """The judge `name` as a function of its arguments; skips the test when it is not installed.

    Judges stand in `.venv-judges/bin`, or in the folder that ESAYLOV_JUDGES names.
    """
    folder = Path(os.environ.get("ESAYLOV_JUDGES") or ROOT / ".venv-judges" / "bin")
    program = folder / name
    if not program.exists():
        pytest.skip(f"the outside judge {name} is not in {folder}: `make judges` installs it")

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
        command = [str(program), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, timeout=120, check=False)

    return run
