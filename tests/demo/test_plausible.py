"""The invented figures look like figures of an election: spread, shape, and no artefacts of their making."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise
from statistics import correlation, fmean, pstdev

import pytest

from tests.demo.conftest import Rows

Read = Callable[[str], Rows]
Votes = dict[tuple[str, str], dict[str, int]]
CHI_SQUARE_9 = 27.88
"""Exceeded by chance once in a thousand times with 9 degrees of freedom."""


@pytest.fixture(scope="module")
def inside(rows: Read) -> Rows:
    return [
        row
        for row in rows("protocols")
        if row["contest"] == "list" and row["state"] == "accepted" and row["precinct"].startswith("17")
    ]


def turnout(row: dict[str, str]) -> float:
    return int(row["ballots_in_boxes"]) / int(row["voters_on_list"])


def last_digits(counts: list[int]) -> float:
    digits = Counter(count % 10 for count in counts if count >= 100)
    expected = sum(digits.values()) / 10
    return sum((digits[digit] - expected) ** 2 / expected for digit in range(10))


@pytest.mark.parametrize("option", ["ufq", "chinor", "koprik", "karvon", "turna"])
def test_last_digits_of_votes(votes: Votes, option: str) -> None:
    counts = [found[option] for (_, contest), found in votes.items() if contest == "list"]
    assert last_digits(counts) < CHI_SQUARE_9


@pytest.mark.parametrize("column", ["voters_on_list", "ballots_received", "ballots_in_boxes"])
def test_last_digits_of_lines(inside: Rows, column: str) -> None:
    assert last_digits([int(row[column]) for row in inside]) < CHI_SQUARE_9


def test_last_digits_of_direct_votes(votes: Votes) -> None:
    counts = [count for (_, contest), found in votes.items() if contest != "list" for count in found.values()]
    assert last_digits(counts) < CHI_SQUARE_9


def test_turnout_has_one_hill_and_no_spikes(inside: Rows) -> None:
    shares = [turnout(row) for row in inside]
    assert 0.06 < pstdev(shares) < 0.12
    assert min(shares) > 0.15
    assert max(shares) < 1
    hill = Counter(int(share * 50) for share in shares)
    top = max(hill, key=lambda step: hill[step])
    rising = [hill[step] for step in range(20, top + 1)]
    falling = [hill[step] for step in range(top, 50)]
    assert sum(b < a for a, b in pairwise(rising)) <= 3
    assert sum(b > a for a, b in pairwise(falling)) <= 1


def test_no_gathering_at_round_percentages(inside: Rows) -> None:
    """Shares within 0.1 points of a multiple of 5 % are about as many as elsewhere (a 25th of all)."""
    shares = [turnout(row) * 100 for row in inside if int(row["voters_on_list"]) > 1_000]
    near = sum(1 for share in shares if abs(share - 5 * round(share / 5)) < 0.1)
    expected = len(shares) / 25
    assert abs(near - expected) < 4 * expected**0.5


def test_cities_vote_less(rows: Read, inside: Rows) -> None:
    kinds = {row["id"]: row["kind"] for row in rows("territories")}
    places = {row["id"]: row["territory"] for row in rows("precincts")}
    groups: dict[str, list[float]] = defaultdict(list)
    for row in inside:
        groups[kinds[places[row["precinct"]]]].append(turnout(row))
    assert fmean(groups["city"]) + 0.02 < fmean(groups["district"])


def test_party_strength_differs_by_place(votes: Votes, rows: Read) -> None:
    places = {row["id"]: row["territory"] for row in rows("precincts")}
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    shares = []
    for (precinct, contest), found in votes.items():
        if contest == "list" and precinct.startswith("17"):
            sums[places[precinct]].update(found)
            shares.append(found["ufq"] / sum(found.values()))
    districts = [found["ufq"] / found.total() for found in sums.values()]
    assert 0.05 < pstdev(districts) < pstdev(shares) < 0.16
    assert min(shares) > 0.01
    assert max(shares) < 0.9


def test_turnout_does_not_favour_one_list(inside: Rows, votes: Votes) -> None:
    """The tell-tale of stuffed boxes, turnout and the winner's share rising together, is not there."""
    pairs = [
        (turnout(row), found["ufq"] / sum(found.values()))
        for row in inside
        for found in [votes[row["precinct"], "list"]]
    ]
    assert abs(correlation([a for a, _ in pairs], [b for _, b in pairs])) < 0.1


def test_sizes_of_precincts_and_constituencies(rows: Read) -> None:
    sizes = [int(row["voters"]) for row in rows("precincts") if row["constituency"]]
    assert 400 < pstdev(sizes) < 700
    assert sum(1 for size in sizes if size < 400) < 400
    assert max(sizes) < 3_000
    constituencies: Counter[str] = Counter()
    for row in rows("precincts"):
        constituencies[row["constituency"]] += int(row["voters"])
    del constituencies[""]
    regions: dict[str, list[int]] = defaultdict(list)
    for row in rows("territories"):
        if row["kind"] == "constituency":
            regions[row["parent"]].append(constituencies[row["id"]])
    for found in regions.values():
        assert max(abs(size / fmean(found) - 1) for size in found) < 0.125


def test_some_direct_contests_are_close(votes: Votes) -> None:
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for (_, contest), found in votes.items():
        sums[contest].update(found)
    margins = []
    for contest, counts in sums.items():
        if contest != "list":
            (_, most), (_, next_most) = counts.most_common(2)
            margins.append((most - next_most) / counts.total())
    assert sum(margin < 0.003 for margin in margins) >= 2
    assert fmean(margins) > 0.03
