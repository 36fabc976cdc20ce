"""What the writer makes of an election against the folder that the verifiers' tests build from the
specification alone.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

import pytest

from esaylov.exchange.package import Package, iter_protocols, read_package
from esaylov.exchange.published import PublishedElection, StandingProtocol, Total
from esaylov.exchange.verification import verify
from esaylov.exchange.writer import write_election
from tests.exchange.published_case import ELECTION
from tests.exchange.published_fixture import build
from tests.exchange.publishing import published

CSV = [
    "contests.csv", "decisions.csv", "options.csv", "precinct_territories.csv", "precincts.csv",
    "protocols.csv.gz", "roster.csv", "territories.csv", "totals.csv", "totals_votes.csv", "turnout.csv",
    "votes.csv.gz",
]  # fmt: skip


def rows_of(path: Path) -> list[dict[str, str]]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def read_back(folder: Path) -> PublishedElection:
    """The records of an election from its published files."""
    package = read_package(folder)
    leaves = [int(row["leaf"]) for row in rows_of(folder / "protocols.csv.gz")]
    protocols = [
        StandingProtocol(
            p.precinct_id, p.contest_id, p.lines, p.votes, p.submitted_at or "", p.state, p.version, leaf
        )
        for p, leaf in zip(iter_protocols(package), leaves, strict=True)
    ]
    return published(
        package,
        protocols=protocols,
        totals=list(totals(package, folder)),
        determinations=json.loads((folder / "determinations.json").read_text()),
    )


def totals(package: Package, folder: Path) -> list[Total]:
    votes: dict[tuple[str, str], list[int]] = {}
    for row in rows_of(folder / "totals_votes.csv"):
        votes.setdefault((row["contest"], row["territory"]), []).append(int(row["votes"]))
    counts = ("expected", "received", "counted", "inconsistent", "returned", "annulled", "voters_annulled")
    rows = rows_of(folder / "totals.csv")
    return [_total(package, row, counts, votes[row["contest"], row["territory"]]) for row in rows]


def _total(package: Package, row: dict[str, str], counts: tuple[str, ...], votes: list[int]) -> Total:
    members: dict[str, Any] = {name: int(row[name]) for name in counts}
    lines = [int(row[line]) for line in package.edition.lines]
    return Total(row["contest"], row["territory"], lines=lines, votes=votes, **members)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """The folder built from the specification, and the election in it as the writer writes it."""
    build(tmp_path / "theirs")
    data = tmp_path / "theirs" / "data" / ELECTION
    write_election(tmp_path / "ours" / ELECTION, read_back(data))
    return data, tmp_path / "ours" / ELECTION


@pytest.mark.parametrize("name", CSV)
def test_tables_are_the_same_bytes(folders: tuple[Path, Path], name: str) -> None:
    theirs, ours = (folder / name for folder in folders)
    if name.endswith(".gz"):
        assert gzip.decompress(ours.read_bytes()) == gzip.decompress(theirs.read_bytes())
    else:
        assert ours.read_bytes() == theirs.read_bytes()


def test_both_verifiers_accept_what_the_writer_wrote(tmp_path: Path, folders: tuple[Path, Path]) -> None:
    ours = folders[1]

    def replace(files: dict[str, bytes]) -> None:
        files.clear()
        files.update({p.relative_to(ours).as_posix(): p.read_bytes() for p in ours.rglob("*") if p.is_file()})

    root = tmp_path / "published"
    key = build(root, tables=replace)
    found: list[Any] = []
    verified = verify(str(root), found.append, key=key)
    assert verified.proven
    program = str(resources("esaylov.exchange") / "standalone" / "verify.py")
    done = subprocess.run(
        [sys.executable, "-I", program, str(root), "--key", key], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
