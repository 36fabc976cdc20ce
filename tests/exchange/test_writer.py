"""The published folder of an election: whole, reproducible, a valid package again, and what outside judges
say.
"""

from __future__ import annotations

import csv
import gzip
import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import frictionless
import polars as pl
import pytest
from jsonschema import Draft4Validator

from esaylov.exchange.canonical import loads_strict
from esaylov.exchange.check import check_package
from esaylov.exchange.nist import region_of
from esaylov.exchange.package import iter_protocols, read_package
from esaylov.exchange.published import PublishedElection, StandingProtocol
from esaylov.exchange.records import Territory
from esaylov.exchange.writer import manifest, write_election
from tests.exchange import packages
from tests.exchange.packages import build_package
from tests.exchange.publishing import published

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
NIST_SCHEMA = SHARED / "standards" / "nist_cdf" / "NIST_V2_election_results_reporting.json"


@pytest.fixture
def election(tmp_path: Path) -> PublishedElection:
    folder = build_package(tmp_path / "p", turnout=packages.TURNOUT, decisions=packages.DECISIONS)
    return published(read_package(folder))


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


FILES = {
    "contests.csv", "datapackage.json", "decisions.csv", "determinations.json", "edition.toml",
    "nist-cdf/n.json", "nist-cdf/s.json", "nist-cdf/summary.json", "options.csv", "precincts.csv",
    "protocols.csv.gz", "protocols.parquet", "roster.csv", "territories.csv", "totals.csv", "totals.parquet",
    "totals_votes.csv", "totals_votes.parquet", "turnout.csv", "votes.csv.gz", "votes.parquet",
}  # fmt: skip


def test_published_folder_is_a_valid_package_with_the_same_figures(
    tmp_path: Path, election: PublishedElection
) -> None:
    folder = tmp_path / "data" / "tiny"
    write_election(folder, election)
    assert set(contents(folder)) == FILES
    counts = check_package(folder)
    assert (counts.errors, counts.warnings) == (0, 0)
    first, second = read_package(tmp_path / "p"), read_package(folder)
    assert [p._replace(line_no=0) for p in iter_protocols(first)] == [
        p._replace(line_no=0) for p in iter_protocols(second)
    ]
    for name in ("id", "title", "titles", "date", "timezone", "simulated", "replay", "edition_text"):
        assert getattr(first, name) == getattr(second, name)
    for name in ("territories", "contests", "options", "precincts", "decisions"):
        assert getattr(first, name) == getattr(second, name)
    assert list(first.turnout) == list(second.turnout)


def test_writing_twice_gives_the_same_bytes(tmp_path: Path, election: PublishedElection) -> None:
    for name in ("a", "b", "b"):
        again = published(read_package(tmp_path / "p"), protocols=reversed(list(election.standing)))
        write_election(tmp_path / name, again)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b", "p"]


def test_election_without_a_protocol_yet_is_published(tmp_path: Path, election: PublishedElection) -> None:
    write_election(tmp_path / "tiny", published(read_package(tmp_path / "p"), protocols=[]))
    counts = check_package(tmp_path / "tiny")
    assert (counts.errors, counts.rows["protocols"], counts.places) == (0, 0, 14)
    assert frictionless.validate(str(tmp_path / "tiny" / "datapackage.json")).valid
    assert pl.read_parquet(tmp_path / "tiny" / "votes.parquet").shape == (0, 4)


def test_failed_writing_leaves_the_old_folder(tmp_path: Path, election: PublishedElection) -> None:
    folder = tmp_path / "tiny"
    write_election(folder, election)
    before = contents(folder)
    stranger = StandingProtocol(
        "nobody", "list", (0,) * 7, (0, 0), "2026-10-25T21:00:00+05:00", "received", 1, 0
    )
    with pytest.raises(KeyError):
        write_election(folder, published(read_package(tmp_path / "p"), protocols=[stranger]))
    assert contents(folder) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["p", "tiny"]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda p: [p, p],
        lambda p: [p._replace(votes=(1,))],
        lambda p: [p._replace(lines=p.lines[1:], votes=(1, 2, 3))],
    ],
)
def test_protocols_that_do_not_fit_are_refused(
    tmp_path: Path, election: PublishedElection, wrong: Any
) -> None:
    protocols = wrong(next(iter(election.standing)))
    with pytest.raises(ValueError, match="p1"):
        write_election(tmp_path / "tiny", published(read_package(tmp_path / "p"), protocols=protocols))


def test_what_a_killed_writer_left_is_removed(tmp_path: Path, election: PublishedElection) -> None:
    left = tmp_path / "data" / ".tiny.abcdef"
    left.mkdir(parents=True)
    (left / "half").write_text("x")
    other = tmp_path / "data" / ".tiny-too.abcdef"
    other.mkdir()
    write_election(tmp_path / "data" / "tiny", election)
    assert sorted(p.name for p in (tmp_path / "data").iterdir()) == [".tiny-too.abcdef", "tiny"]


def test_writing_that_is_stopped_anywhere_leaves_what_was_there(
    tmp_path: Path, election: PublishedElection
) -> None:
    data = tmp_path / "data"
    write_election(data / "tiny", election)
    before = contents(data)
    calls = 0

    def stopped_after(most: int) -> None:
        nonlocal calls
        calls += 1
        if calls > most:
            raise InterruptedError

    def stops(most: int) -> bool:
        nonlocal calls
        calls = 0
        try:
            write_election(data / "tiny", replace(election, title="Anew"), lambda: stopped_after(most))
        except InterruptedError:
            assert contents(data) == before
            assert [path.name for path in data.iterdir()] == ["tiny"]
            return True
        return False

    most = 0
    while stops(most):
        most += 1
    assert most > len(FILES)
    assert contents(data).keys() == before.keys()
    assert contents(data) != before


def test_manifest_names_every_file_but_itself_and_the_log(
    tmp_path: Path, election: PublishedElection
) -> None:
    write_election(tmp_path / "out" / "data" / "tiny", election)
    (tmp_path / "out" / "verify.py").write_text("print()\n")
    (tmp_path / "out" / "manifest.json").write_text("old")
    (tmp_path / "out" / "log" / "tile").mkdir(parents=True)
    (tmp_path / "out" / "log" / "tile" / "0").write_text("x")
    data = manifest(tmp_path / "out", ["tiny"], "example.invalid", 12)
    document = loads_strict(data)
    assert isinstance(document, dict)
    found = contents(tmp_path / "out")
    del found["manifest.json"], found["log/tile/0"]
    assert document == {
        "elections": ["tiny"],
        "files": {n: {"bytes": len(d), "sha256": sha256(d).hexdigest()} for n, d in found.items()},
        "format": "esaylov publication 1",
        "origin": "example.invalid",
        "size": 12,
    }


def test_frictionless_accepts_the_package_and_catches_a_negative_count(
    tmp_path: Path, election: PublishedElection
) -> None:
    folder = tmp_path / "tiny"
    write_election(folder, election)
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note", "rowNumber", "fieldName"])
    text = (folder / "totals.csv").read_text()
    (folder / "totals.csv").write_text(text.replace("list,uz,5,", "list,uz,-5,", 1))
    assert not frictionless.validate(str(folder / "datapackage.json")).valid


@pytest.mark.parametrize("table", ["protocols", "votes", "totals", "totals_votes"])
def test_parquet_says_what_the_csv_says(tmp_path: Path, election: PublishedElection, table: str) -> None:
    write_election(tmp_path / "tiny", election)
    path = tmp_path / "tiny" / f"{table}.csv"
    data = path.read_bytes() if path.exists() else gzip.decompress(path.with_suffix(".csv.gz").read_bytes())
    head, *rows = csv.reader(data.decode().splitlines())
    frame = pl.read_parquet(tmp_path / "tiny" / f"{table}.parquet")
    assert frame.columns == head
    assert [["" if v is None else str(v) for v in row] for row in frame.iter_rows()] == rows
    assert (
        frame.schema[head[-1] if table == "totals" else "votes" if "votes" in table else "invalid"]
        == pl.Int64
    )


def test_parquet_reads_ids_with_commas_quotes_and_figures_as_text(tmp_path: Path) -> None:
    """An id is text even when it looks like a number, and whatever it holds."""
    texts: dict[str, Any] = {
        name: text.replace("p1,", '"p""1,\'",').replace("p2,", "007,")
        for name, text in packages.tables().items()
    }
    package = read_package(build_package(tmp_path / "p", **texts))
    write_election(tmp_path / "tiny", published(package))
    frame = pl.read_parquet(tmp_path / "tiny" / "votes.parquet")
    assert frame["precinct"].unique(maintain_order=True).to_list() == ["p\"1,'", "007", "p3", "p4", "p5"]


def nist_errors(path: Path) -> list[str]:
    if not NIST_SCHEMA.exists():
        pytest.skip(f"needs the schema of NIST SP 1500-100 in {NIST_SCHEMA}")
    validator = Draft4Validator(json.loads(NIST_SCHEMA.read_text()))
    return [
        f"{list(error.path)}: {error.message}"
        for error in validator.iter_errors(json.loads(path.read_text()))
    ]


def counts(document: dict[str, Any], unit: str) -> dict[str, int]:
    """Votes of one unit by selection."""
    return {
        selection["@id"]: vote["Count"]
        for contest in document["Election"][0]["Contest"]
        for selection in contest["ContestSelection"]
        for vote in selection["VoteCounts"]
        if vote["GpUnitId"] == unit
    }


@pytest.mark.shared
@pytest.mark.parametrize("name", ["n", "s", "summary"])
def test_nist_schema_accepts_every_kind_of_contest(
    tmp_path: Path, election: PublishedElection, name: str
) -> None:
    write_election(tmp_path / "tiny", election)
    path = tmp_path / "tiny" / "nist-cdf" / f"{name}.json"
    assert nist_errors(path) == []
    broken = path.read_text().replace('"precinct"', '"prefecture"').replace('"summary-contest"', '"all"')
    path.write_text(broken)
    assert nist_errors(path) != []


def test_nist_files_hold_the_figures(tmp_path: Path, election: PublishedElection) -> None:
    write_election(tmp_path / "tiny", election)
    region = json.loads((tmp_path / "tiny" / "nist-cdf" / "n.json").read_text())
    assert counts(region, "p/p1") == {
        "s/list/amber": 30, "s/list/green": 40, "s/d1/ada": 35, "s/d1/bob": 35, "s/q/yes": 60, "s/q/no": 10,
    }  # fmt: skip
    assert counts(region, "t/c1")["s/d1/bob"] == 105
    assert counts(region, "t/n")["s/list/green"] == 100
    assert counts(region, "t/uz") == {}  # other regions have a share in it
    summary = json.loads((tmp_path / "tiny" / "nist-cdf" / "summary.json").read_text())
    assert counts(summary, "t/uz")["s/q/yes"] == 231
    assert counts(summary, "t/c2")["s/d2/cyd"] == 114


def test_nist_references_name_what_is_there(tmp_path: Path, election: PublishedElection) -> None:
    """The JSON Schema cannot check references between objects; this does."""
    write_election(tmp_path / "tiny", election)
    for path in (tmp_path / "tiny" / "nist-cdf").iterdir():
        document = json.loads(path.read_text())
        ids: set[str] = set()
        references: set[str] = set()
        collect(document, ids, references)
        assert references <= ids
        assert len(ids) == path.read_text().count('"@id"')


def collect(value: object, ids: set[str], references: set[str]) -> None:
    if isinstance(value, list):
        for member in value:
            collect(member, ids, references)
    elif isinstance(value, dict):
        for key, member in value.items():
            if key == "@id":
                ids.add(member)
            elif key.endswith("Id") and key != "VendorApplicationId":
                references.add(member)
            elif key.endswith("Ids"):
                references.update(member)
            else:
                collect(member, ids, references)


def test_nist_leaves_out_what_does_not_count(tmp_path: Path) -> None:
    text = packages.protocols_text().replace("21:31:00+05:00,received", "21:31:00+05:00,returned")
    package = read_package(build_package(tmp_path / "p", protocols=text))
    write_election(tmp_path / "tiny", published(package))
    region = json.loads((tmp_path / "tiny" / "nist-cdf" / "n.json").read_text())
    assert counts(region, "p/p1") == {}
    units = {unit["@id"]: unit for unit in region["GpUnit"]}
    assert units["p/p1"]["CountStatus"][0]["Status"] == "in-process"
    assert units["p/p2"]["CountStatus"][0]["Status"] == "completed"
    assert region["Status"] == "unofficial-partial"


def test_region_is_the_nearest_or_the_highest_below_the_country() -> None:
    tree = {
        t.id: t
        for t in (
            Territory("uz", None, "country", {}),
            Territory("r", "uz", "region", {}),
            Territory("d", "r", "district", {}),
            Territory("abroad", "uz", "abroad", {}),
            Territory("fr", "abroad", "state", {}),
        )
    }
    assert region_of(("d", "r", "uz"), tree) == "r"
    assert region_of(("fr", "abroad", "uz"), tree) == "abroad"
    assert region_of(("uz",), tree) == "uz"
