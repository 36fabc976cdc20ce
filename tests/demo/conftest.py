"""The demonstration package, written once for all tests of this folder, and read as plain rows."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from esaylov.demo.simulation import Summary, write_package

Rows = list[dict[str, str]]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    folder = tmp_path_factory.mktemp("demo") / "package"
    return folder, write_package(folder)


@pytest.fixture(scope="session")
def package(written: tuple[Path, Summary]) -> Path:
    return written[0]


@pytest.fixture(scope="session")
def rows(package: Path) -> Callable[[str], Rows]:
    """Rows of a table, read with nothing but the csv module."""
    known: dict[str, Rows] = {}

    def read(table: str) -> Rows:
        if table not in known:
            with (package / f"{table}.csv").open(encoding="utf-8", newline="") as file:
                known[table] = list(csv.DictReader(file))
        return known[table]

    return read


@pytest.fixture(scope="session")
def votes(rows: Callable[[str], Rows]) -> dict[tuple[str, str], dict[str, int]]:
    """Votes by option of every place (precinct, contest)."""
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in rows("votes"):
        found[row["precinct"], row["contest"]][row["option"]] = int(row["votes"])
    return found
