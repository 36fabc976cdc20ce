"""The official totals of 27.10.2024, recomputed from the CSV files of the package alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import frictionless
import pytest

from esaylov.demo.official import REGIONS
from esaylov.demo.simulation import Summary
from esaylov.exchange.check import check_package
from esaylov.law.cases import parse_case
from esaylov.law.editions import parse_edition
from esaylov.law.protocol import compile_relations
from esaylov.law.seats import allocate
from tests.demo.conftest import Rows

Read = Callable[[str], Rows]
Votes = dict[tuple[str, str], dict[str, int]]

LIST_VOTES = {
    "ufq": 5_193_800,
    "chinor": 2_812_872,
    "koprik": 2_557_293,
    "karvon": 2_421_282,
    "turna": 1_960_940,
}


@pytest.fixture(scope="module")
def counting(rows: Read) -> Rows:
    """Protocols of the list contest that count."""
    return [row for row in rows("protocols") if row["contest"] == "list" and row["state"] == "accepted"]


def total(found: Rows, column: str) -> int:
    return sum(int(row[column]) for row in found)


def test_voters_and_precincts(rows: Read) -> None:
    precincts = rows("precincts")
    abroad = [row for row in precincts if row["territory"] == "abroad"]
    assert (len(precincts), len(abroad)) == (11_028, 57)
    assert total(abroad, "voters") == 165_631
    assert total(precincts, "voters") == 20_110_490
    assert total(precincts, "voters") - total(abroad, "voters") == 19_944_859
    assert all(20 <= int(row["voters"]) <= 3_000 for row in precincts)


def test_those_who_took_part(rows: Read, counting: Rows) -> None:
    assert total(counting, "ballots_in_boxes") == 15_027_529
    assert total(counting, "early") == 1_015_000
    assert round(Fraction(15_027_529, 20_110_490) * 100, 2) == Fraction("74.72")
    assert total(counting, "invalid") == 81_342


def test_the_annulled_precinct_is_beside_the_totals(rows: Read, written: tuple[Path, Summary]) -> None:
    """Its voters are among the 20,110,490, as in the referendum of 2023; what it counted is in no total."""
    annulled = [row for row in rows("protocols") if row["state"] == "annulled"]
    assert {row["precinct"] for row in annulled} == {written[1].annulled_precinct}
    assert len(annulled) == 2
    everywhere = [row for row in rows("protocols") if row["contest"] == "list"]
    assert total(everywhere, "voters_on_list") == 20_110_490
    assert total(everywhere, "ballots_in_boxes") > 15_027_529
    (decision,) = [row for row in rows("decisions") if row["kind"] == "annulment"]
    assert (decision["precinct"], decision["contest"]) == (written[1].annulled_precinct, "")


def test_list_votes_and_quota(counting: Rows, votes: Votes) -> None:
    sums: Counter[str] = Counter()
    for row in counting:
        sums.update(votes[row["precinct"], "list"])
    assert sums == LIST_VOTES
    assert sum(sums.values()) // 75 == 199_282
    shares = [round(Fraction(sums[party] * 100, sums.total()), 2) for party in LIST_VOTES]
    assert shares == list(map(Fraction, ("34.75", "18.82", "17.11", "16.20", "13.12")))


def test_list_seats() -> None:
    allocation = allocate(
        parse_case(
            {
                "seats": 75,
                "method": "hare-largest-remainder",
                "threshold": "0.07",
                "threshold_base": "participants",
                "votes": LIST_VOTES,
                "participants": 15_027_529,
            }
        )
    )
    assert allocation.seats == {"ufq": 26, "chinor": 14, "koprik": 13, "karvon": 12, "turna": 10}


def test_direct_seats(rows: Read, votes: Votes, written: tuple[Path, Summary]) -> None:
    party = {row["id"]: row["organisation"] for row in rows("options")}
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows("protocols"):
        if row["contest"] != "list" and row["state"] == "accepted":
            sums[row["contest"]].update(votes[row["precinct"], row["contest"]])
    assert len(sums) == 75
    annulled = written[1].annulled_precinct
    won: Counter[str] = Counter()
    for contest, counts in sums.items():
        (first, most), (_, next_most) = counts.most_common(2)
        assert most - next_most > sum(votes.get((annulled, contest), {}).values())
        won[party[first]] += 1
    assert won == {"ufq": 38, "chinor": 15, "koprik": 7, "karvon": 9, "turna": 6}


@pytest.mark.parametrize(
    ("hour", "expected"), [("13:00", 9_498_589), ("15:00", 12_504_688), ("17:00", 14_264_994)]
)
def test_turnout_by_the_hour(rows: Read, hour: str, expected: int) -> None:
    assert total([row for row in rows("turnout") if row["at"][11:16] == hour], "voters") == expected


def test_turnout_of_regions_at_17(rows: Read) -> None:
    voters: Counter[str] = Counter()
    took_part: Counter[str] = Counter()
    for row in rows("precincts"):
        voters[row["id"][:4]] += int(row["voters"])
    for row in rows("turnout"):
        if row["at"][11:16] == "17:00":
            took_part[row["precinct"][:4]] += int(row["voters"])
    found = {code: round(Fraction(10_000 * took_part[code], voters[code])) for code in took_part}
    assert found == {region.soato: region.turnout_17 for region in REGIONS}
    assert found["1726"] == 6239
    assert found["1730"] == 7571


def test_turnout_is_cumulative_and_ends_with_the_ballots_in_the_boxes(rows: Read) -> None:
    reports: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in rows("turnout"):
        reports[row["precinct"]].append((row["at"], int(row["voters"])))
    for found in reports.values():
        assert found == sorted(found)
        assert [count for _, count in found] == sorted(count for _, count in found)
    boxes = {
        row["precinct"]: row["ballots_in_boxes"] for row in rows("protocols") if row["contest"] == "list"
    }
    assert {precinct: str(found[-1][1]) for precinct, found in reports.items()} == boxes
    assert {len(found) for precinct, found in reports.items() if precinct.startswith("abroad")} == {1}
    assert {len(found) for precinct, found in reports.items() if precinct.startswith("17")} == {5}


def test_constituencies_and_contests(rows: Read) -> None:
    contests = rows("contests")
    assert [row["id"] for row in contests] == ["list", *(f"smd-{number:02d}" for number in range(1, 76))]
    assert [int(row["seats"]) for row in contests] == [75] + [1] * 75
    territories = {row["id"]: row for row in rows("territories")}
    per_region = Counter(row["parent"] for row in territories.values() if row["kind"] == "constituency")
    assert [per_region[region.soato] for region in REGIONS] == [4, 7, 4, 3, 7, 3, 6, 8, 6, 2, 7, 8, 4, 6]
    kinds = Counter(row["kind"] for row in territories.values())
    assert (kinds["region"], kinds["district"] + kinds["city"]) == (14, 206)
    for row in rows("precincts"):
        if row["territory"] == "abroad":
            assert not row["constituency"]
        else:
            assert territories[row["constituency"]]["parent"] == territories[row["territory"]]["parent"]


def test_relations_of_the_edition(package: Path, rows: Read, votes: Votes) -> None:
    """No protocol is inconsistent; exactly those from which ballots were carried away bring a warning."""
    edition = parse_edition((package / "edition.toml").read_bytes())
    failed = compile_relations(edition)
    found: Counter[str] = Counter()
    for row in rows("protocols"):
        lines = [int(row[line]) for line in edition.lines]
        found.update(failed(lines, list(votes[row["precinct"], row["contest"]].values())))
    assert found == {"U08": 15}


def test_the_lists_of_both_contests_of_a_precinct_agree(rows: Read) -> None:
    lists = {row["precinct"]: row for row in rows("protocols") if row["contest"] == "list"}
    for row in rows("protocols"):
        other = lists[row["precinct"]]
        assert row["voters_on_list"] == other["voters_on_list"]
        assert 0 <= int(other["ballots_in_boxes"]) - int(row["ballots_in_boxes"]) <= 2


def test_package_is_valid(package: Path) -> None:
    counts = check_package(package)
    assert (counts.errors, counts.warnings, counts.findings) == (0, 15, {"U08": 15})
    assert counts.places == 11_028 + 11_028 - 57 == 21_999


def test_package_is_valid_for_an_outside_judge(package: Path) -> None:
    report = frictionless.Package(str(package / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "type", "note"])[:5]
    assert len(report.tasks) == 8


def test_everything_says_simulated(package: Path, rows: Read) -> None:
    text = (package / "datapackage.json").read_text(encoding="utf-8")
    assert '"simulated": true' in text
    assert {row["simulated"] for row in rows("protocols")} == {"true"}


def test_summary(written: tuple[Path, Summary]) -> None:
    summary = written[1]
    assert (summary.precincts, summary.protocols, summary.voters) == (11_028, 21_999, 20_110_490)
    assert summary.participants == 15_027_529
    assert summary.list_votes == tuple(LIST_VOTES.values())
    assert summary.direct_seats == (38, 15, 7, 9, 6)
