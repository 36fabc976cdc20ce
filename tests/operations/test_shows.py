"""The commands of a whole election, each in a process of its own, as an operator types them."""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import SHARED, Clone
from tests.operations.draft import EDITION, RELEASE, Draft, at, count_all, country
from tests.operations.site import contents, key_of

Command = Callable[..., "subprocess.CompletedProcess[str]"]
ROOT = Path(__file__).resolve().parents[2]
DUMA = SHARED / "data" / "duma-2016"


def command(environment: dict[str, str]) -> Command:
    def run(*arguments: str | Path, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "esaylov.cli", *map(str, arguments)],
            env={"PATH": os.environ["PATH"], "HOME": environment["ESAYLOV_DATA"]} | environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run


@pytest.fixture
def esaylov(db_clone: Clone, tmp_path: Path) -> Command:
    """The program on a database of its own."""
    return command({"ESAYLOV_DATA": str(tmp_path / "data"), **db_clone.environment})


@pytest.fixture
def alone(tmp_path: Path) -> Command:
    """The program without any database but those that it starts."""
    (tmp_path / "home").mkdir()
    return command({"ESAYLOV_DATA": str(tmp_path / "home"), "TMPDIR": str(tmp_path)})


def verified(folder: Path, run: Command, *marks: str) -> None:
    """Both programs accept a folder and say what it is."""
    done = run("verify", folder, "--key", key_of(folder))
    assert done.returncode == 0, done.stderr
    own = subprocess.run(
        [sys.executable, "-I", folder / "verify.py", folder, "--key", key_of(folder)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert own.returncode == 0, own.stdout
    for mark in ("SIMULATED", "REPLAY", "ORIGIN NOT PROVEN"):
        assert (mark in done.stdout, mark in own.stdout) == (mark in marks, mark in marks)


def whole() -> Draft:
    draft = count_all(country(edition=EDITION + RELEASE))
    draft.turnout += [("p1", at("10:00"), 100), ("p2", at("12:00"), 30)]
    draft.decide("annulment", "1", "p5", "list")
    draft.decide("certification", "2", contest="d1")
    return draft


def test_load_publish_verify_reconcile(esaylov: Command, tmp_path: Path) -> None:
    """Nothing else runs: publishing sequences by itself."""
    package, folder = whole().write(tmp_path / "package"), tmp_path / "public"
    done = esaylov("load", package)
    assert done.returncode == 0, done.stderr
    assert "results.submit_protocol: 25" in done.stdout
    assert (tmp_path / "data" / "tokens" / "draft.csv").is_file()
    done = esaylov("publish", "--to", folder)
    assert done.returncode == 0, done.stderr
    first = contents(folder)
    assert "the same bytes" in esaylov("publish", "--to", folder).stdout
    assert contents(folder) == first
    verified(folder, esaylov, "SIMULATED")
    done = esaylov("reconcile")
    assert (done.returncode, done.stdout) == (0, "0 differences\n")
    done = esaylov("load", package)
    assert done.returncode == 1
    assert "exists already" in done.stderr
    assert "Traceback" not in done.stderr
    log = tmp_path / "data" / "log" / "checkpoint"
    log.write_bytes(log.read_bytes() + b"\n")
    done = esaylov("reconcile")
    assert done.returncode == 1
    assert "checkpoint" in done.stdout


def spoil(folder: Path, file: str, old: str, new: str) -> int:
    """Replace the first occurrence in a table; the number of its line."""
    path = folder / file
    packed = file.endswith(".gz")
    text = (gzip.decompress(path.read_bytes()) if packed else path.read_bytes()).decode()
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    data = text.replace(old, new, 1).encode()
    path.write_bytes(gzip.compress(data) if packed else data)
    return line


BAD = [
    ("protocols.csv", "p3,list,1000", "p3,list,-1000", "negative"),
    ("protocols.csv", "p3,list,1000", "p3,list,1000.5", "fraction"),
    ("protocols.csv", "p3,list,1000", "p2,list,1000", "second protocol"),
    ("votes.csv.gz", "p3,list,amber", "p3,list,nobody", "nobody"),
    ("precincts.csv", "p3,n2", "p3,atlantis", "atlantis"),
    ("turnout.csv", "2026-10-25T10:00:00+05:00", "2026-10-25T10:00:00", "offset"),
    ("protocols.csv", "ballots_issued", "issued", "ballots_issued"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        pytest.param(*row, id=f"{row[0]} {row[3]}", marks=[pytest.mark.slow] if place > 2 else [])
        for place, row in enumerate(BAD)
    ],
)
def test_bad_packages(
    esaylov: Command, db_clone: Clone, tmp_path: Path, file: str, old: str, new: str, said: str
) -> None:
    package = whole().write(tmp_path / "package")
    line = spoil(package, file, old, new)
    done = esaylov("load", package)
    assert done.returncode == 1, done.stdout
    assert f"{file}:{line}:" in done.stderr, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    with psycopg.connect(db_clone.urls.app) as raw:
        assert raw.execute("SELECT count(*) FROM acts_journal").fetchone() == (0,)
    assert not (tmp_path / "data" / "tokens").exists()


def test_nothing_to_publish(esaylov: Command, tmp_path: Path) -> None:
    done = esaylov("publish", "--to", tmp_path / "public")
    assert done.returncode == 1
    assert "nothing to publish" in done.stderr
    assert not (tmp_path / "public").exists()


@pytest.mark.slow
def test_a_bad_package_replayed(alone: Command, tmp_path: Path) -> None:
    package = whole().write(tmp_path / "package")
    line = spoil(package, "precincts.csv", "p3,n2", "p3,atlantis")
    done = alone("replay", package, "--json", tmp_path / "out.json", "--publish", tmp_path / "public")
    assert done.returncode == 1
    assert f"precincts.csv:{line}:" in done.stderr
    assert not (tmp_path / "out.json").exists()
    assert not (tmp_path / "public").exists()


def test_a_missing_table(esaylov: Command, tmp_path: Path) -> None:
    package = whole().write(tmp_path / "package")
    (package / "votes.csv.gz").unlink()
    done = esaylov("load", package)
    assert done.returncode == 1
    assert "votes.csv.gz" in done.stderr


def test_refused_acts_are_printed(esaylov: Command, tmp_path: Path) -> None:
    draft = whole()
    draft.decide("acceptance", "9", "p4", "d2")
    draft.decide("acceptance", "10", "p4", "d2")
    done = esaylov("load", draft.write(tmp_path / "package"))
    assert done.returncode == 1
    assert "refused: results.accept_protocol by cec: P06" in done.stdout


def test_replay_in_a_folder_of_its_own(alone: Command, tmp_path: Path) -> None:
    package, data = whole().write(tmp_path / "package"), tmp_path / "kept"
    out, folder = tmp_path / "out.json", tmp_path / "public"
    done = alone("replay", package, "--data", data, "--json", out, "--publish", folder)
    assert done.returncode == 0, done.stderr
    report = json.loads(out.read_text())
    assert report.keys() >= {
        "protocols", "seconds", "protocols_per_second", "findings", "left_outside", "contests",
    }  # fmt: skip
    assert report["protocols"] == 25
    assert report["left_outside"] == [{"precinct": "p5", "contest": "list", "codes": [], "state": "annulled"}]
    contest = next(one for one in report["contests"] if one["id"] == "list")
    assert contest.keys() == {"id", "totals", "seats", "determination"}
    assert sum(contest["seats"].values()) == 5
    verified(folder, alone, "SIMULATED", "REPLAY")
    again = alone("replay", package, "--data", data)
    assert again.returncode == 1
    assert "exists already" in again.stderr
    assert contents(tmp_path / "home") == {}, "the site's own data folder was not touched"


def test_replay_leaves_nothing_behind(alone: Command, tmp_path: Path) -> None:
    package = whole().write(tmp_path / "package")
    end = at("20:30")
    done = alone("replay", package, "--until", end, "--json", tmp_path / "out.json")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "out.json").read_text())["protocols"] == 0
    for _ in range(100):
        if not list(tmp_path.glob("esaylov-*")):
            break
        time.sleep(0.05)
    assert {path.name for path in tmp_path.iterdir()} == {"package", "home", "out.json"}


@pytest.mark.slow
def test_replay_at_a_speed(alone: Command, tmp_path: Path) -> None:
    draft = whole()
    draft.turnout, draft.decisions = [], []
    package = draft.write(tmp_path / "package")
    done = alone("replay", package, "--speed", "600", "--json", tmp_path / "out.json")
    assert done.returncode == 0, done.stderr
    assert 0.4 <= json.loads((tmp_path / "out.json").read_text())["seconds"] < 60


# --- the real election ---


def sums_of_duma() -> dict[str, int]:
    """Votes by list, by a plain loop over the package."""
    sums: dict[str, int] = {}
    with gzip.open(DUMA / "votes.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            sums[row["option"]] = sums.get(row["option"], 0) + int(row["votes"])
    return sums


@pytest.mark.slow
@pytest.mark.shared
def test_duma_2016(alone: Command, tmp_path: Path) -> None:
    out, folder = tmp_path / "out.json", tmp_path / "public"
    done = alone("replay", DUMA, "--speed", "max", "--json", out, "--publish", folder, timeout=900)
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(out.read_text())
    assert report["protocols"] == 96_871
    assert report["findings"] == {"R05": 4, "R06": 5}
    assert report["left_outside"] == []
    assert report["refused"] == []
    (contest,) = report["contests"]
    assert contest["totals"] == sums_of_duma()
    assert sorted(contest["seats"].values(), reverse=True) == [140, 35, 34, 16]
    assert contest["seats"] == contest["determination"]["seats"]
    verified(folder, alone, "REPLAY")
