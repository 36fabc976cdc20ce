"""The scripts of the pages by themselves, in Node: over vectors that the platform's own log makes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.frontend.vectors import vectors

HERE = Path(__file__).parent


def node() -> str:
    """The Node of this environment, else the machine's."""
    found = shutil.which("node", path=Path(sys.executable).parent) or shutil.which("node")
    if found is None:
        pytest.fail("needs Node: python -m pip install --require-hashes -r requirements/frontend.txt")
    return found


@pytest.fixture(scope="module")
def vector_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The vectors in a file."""
    path = tmp_path_factory.mktemp("vectors") / "vectors.json"
    path.write_text(json.dumps(vectors()))
    return path


SCRIPTS = sorted(path.name for path in HERE.glob("*.test.mjs"))


@pytest.mark.parametrize("script", SCRIPTS)
def test_module(script: str, vector_file: Path) -> None:
    run(script, vector_file)


@pytest.mark.slow
def test_check_of_every_entry_and_of_more_bytes(vector_file: Path) -> None:
    run("check.test.mjs", vector_file, THOROUGH="1")


def run(script: str, vector_file: Path, **more: str) -> None:
    """Runs a file of tests in Node."""
    done = subprocess.run(
        [node(), "--test", str(HERE / script)],
        env={**os.environ, "VECTORS": str(vector_file), **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=1_800,
    )
    assert done.returncode == 0, done.stdout + done.stderr
