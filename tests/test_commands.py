"""The commands together, as an operator runs them: replay, publish, verify, load, reconcile, each a process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from esaylov.server.embedded import Embedded
from tests.exchange.packages import build_package


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that the database's user may pass through; pytest's own may be closed to it."""
    path = Path(tempfile.mkdtemp(prefix="esaylov-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


def run(folder: Path, *arguments: str | Path, status: int = 0) -> str:
    """Run the program with a data folder of its own; return what it printed on both outputs."""
    done = subprocess.run(
        [sys.executable, "-m", "esaylov.cli", *map(str, arguments)],
        env=os.environ | {"ESAYLOV_DATA": str(folder / "site")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == status, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def published(folder: Path) -> Path:
    """The public data of a replayed package; its report lies beside it."""
    package = build_package(folder / "package")
    run(folder, "replay", package, "--publish", folder / "public", "--json", folder / "report.json")
    return folder / "public"


def report(folder: Path, name: str = "report.json") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name).read_text())
    return found


def test_a_replay_uses_a_database_of_its_own_and_leaves_none(folder: Path, published: Path) -> None:
    assert report(folder)["protocols"] > 0
    assert not (folder / "site" / "database").exists()
    assert published.is_dir()


def test_what_was_published_verifies(folder: Path, published: Path) -> None:
    key = (published / "log" / "key").read_text().strip()
    assert "ORIGIN NOT PROVEN" in run(folder, "verify", published)
    assert "ORIGIN NOT PROVEN" not in run(folder, "verify", published, "--key", key)
    assert "FAILED" in run(folder, "verify", published, "--key", key[:-6] + "AAAAAA", status=1)


def test_what_was_published_is_a_package_with_the_same_figures(folder: Path, published: Path) -> None:
    (package,) = (published / "data").iterdir()
    assert "0 errors" in run(folder, "package", "check", package)
    run(folder, "replay", package, "--json", folder / "again.json")
    first, again = report(folder), report(folder, "again.json")
    for member in ("protocols", "findings", "contests"):
        assert again[member] == first[member]


def test_load_publish_reconcile(folder: Path, published: Path) -> None:
    assert "results.submit_protocol" in run(folder, "load", folder / "package")
    assert run(folder, "load", folder / "package", status=1)  # the election is there already
    run(folder, "publish", "--to", folder / "loaded")
    assert "everything holds" in run(folder, "verify", folder / "loaded")
    assert run(folder, "reconcile").endswith("0 differences\n")
    with Embedded(folder / "site" / "database") as urls, psycopg.connect(urls.superuser) as connection:
        connection.execute("UPDATE registry_precinct SET voters = voters + 1 WHERE position = 0")
    assert "registry_precinct" in run(folder, "reconcile", status=1)
