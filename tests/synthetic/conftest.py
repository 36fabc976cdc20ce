"""A small country of invented voters, written once, read with nothing but the csv module."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from esaylov.synthetic.voters import Wishes, write_voters

Rows = list[dict[str, str]]
COUNT = 20_000


def read(path: Path) -> Rows:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def residents(folder: Path) -> Rows:
    """Rows of all parts of the residence register, in their order."""
    return [row for part in sorted((folder / "residence").glob("*.csv")) for row in read(part)]


@pytest.fixture(scope="session")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "country"
    write_voters(Wishes(COUNT, 7, folder, duplicates=0.02, errors=0.01, lookalikes=0.02))
    return folder


@pytest.fixture(scope="session")
def register(country: Path) -> Rows:
    return residents(country)
