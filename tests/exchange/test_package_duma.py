"""The complete real package: counts, sums, and the way through the published folder and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from esaylov.exchange.check import check_package
from esaylov.exchange.package import Package, iter_protocols, read_package, roster
from esaylov.exchange.problems import Problem
from esaylov.exchange.writer import write_election
from tests.exchange.publishing import published
from tests.exchange.test_writer import SHARED, nist_errors

DUMA = SHARED / "duma-2016"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DUMA.exists(), reason=f"needs the package {DUMA}"),
]


@pytest.fixture(scope="module")
def duma() -> Package:
    return read_package(DUMA)


def test_check_finds_what_the_real_data_hold() -> None:
    problems: list[Problem] = []
    counts = check_package(DUMA, problems.append)
    assert counts.errors == 0
    assert counts.findings == {"R05": 4, "R06": 5}
    assert counts.rows["protocols"] == counts.places == 96_871
    assert counts.codes == {"K40": 744, "K50": 9}
    found = [p for p in problems if p.code == "K50"]
    assert all(p.file == "protocols.csv.gz" and p.line and p.line > 1 for p in found)


def test_sums_are_the_official_ones(duma: Package) -> None:
    votes = [0] * 14
    lines = [0] * 18
    for protocol in iter_protocols(duma):
        votes = [a + b for a, b in zip(votes, protocol.votes, strict=True)]
        lines = [a + b for a, b in zip(lines, protocol.lines, strict=True)]
    by_option = {option.id: count for option, count in zip(duma.options, votes, strict=True)}
    assert lines[duma.edition.lines.index("valid")] == sum(votes) == 51_649_253
    assert lines[duma.edition.lines.index("voters_on_list")] == 110_061_200
    assert max(by_option.values()) == 28_527_828
    assert sum(1 for _ in roster(duma)) == 96_871


def test_published_folder_gives_the_same_figures_again(tmp_path: Path, duma: Package) -> None:
    folder = tmp_path / "ru-duma-2016"
    write_election(folder, published(duma))
    again = read_package(folder)
    for first, second in zip(iter_protocols(duma), iter_protocols(again), strict=True):
        assert first[:4] == second[:4]
    for name in ("territories", "contests", "options", "precincts", "edition_text", "date", "timezone"):
        assert getattr(duma, name) == getattr(again, name)
    summary, *regions = sorted((folder / "nist-cdf").iterdir(), key=lambda path: path.name != "summary.json")
    assert len(regions) == len({p.id.split("-")[0] for p in duma.precincts})
    assert nist_errors(summary) == []
    smallest = min(regions, key=lambda path: path.stat().st_size)
    assert nist_errors(smallest) == []
    document = json.loads(smallest.read_text())
    assert sum(unit["Type"] == "precinct" for unit in document["GpUnit"]) == sum(
        p.id.startswith(f"{smallest.stem}-") for p in duma.precincts
    )
