"""Constituencies and precincts: the limits of Articles 9 and 10, with the figures of both sides."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esaylov.law.districts import (
    Constituency,
    Precinct,
    constituency_findings,
    deviations,
    precinct_findings,
)
from esaylov.law.editions import parse_edition, uz_edition
from esaylov.law.findings import Finding
from tests.law.test_editions import SMALL

UZ = uz_edition()
DISTRICT = Constituency("d1", "district-1", 1000, 1, "district")


def shown(findings: tuple[Finding, ...]) -> list[tuple[str, tuple[str, ...], int | None, int | None]]:
    return [(finding.code, finding.fields, finding.left, finding.right) for finding in findings]


def body(voters: list[int], name: str = "b", level: str | None = None) -> list[Constituency]:
    return [
        Constituency(f"{name}{place}", name, count, place, level)
        for place, count in enumerate(voters, start=1)
    ]


@pytest.mark.parametrize(
    ("voters", "found"),
    [
        ([1100, 900, 1000], []),  # exactly at the limit is inside
        ([1101, 899, 1000], [("G01", ("b1",), 1101, 1100), ("G01", ("b2",), 899, 900)]),
        ([1000, 1000, 1300], [("G01", ("b3",), 1300, 1210)]),
        ([0, 0], []),
        ([5], []),
        ([], []),
    ],
)
def test_a_constituency_may_be_a_tenth_from_the_mean(
    voters: list[int], found: list[tuple[str, tuple[str, ...], int, int]]
) -> None:
    findings = constituency_findings(UZ, body(voters))
    assert shown(findings) == found
    assert all(f.severity == "warning" and f.article == "9" for f in findings), "as a rule, says the Code"


def test_each_body_has_its_own_mean() -> None:
    rows = [*body([1000, 1000], "chamber"), *body([10, 10, 11], "council", "district")]
    assert constituency_findings(UZ, rows) == ()
    assert {one.mean for one in deviations(UZ, rows)} == {1000, Fraction(31, 3)}
    assert constituency_findings(UZ, [replace(rows[0], voters=None), *rows[1:]]) == ()


@given(st.lists(st.integers(0, 400_000), min_size=1, max_size=90))
def test_deviations_sum_to_nothing_and_agree_with_their_bounds(voters: list[int]) -> None:
    found = deviations(UZ, body(voters))
    assert sum((one.share for one in found), Fraction(0)) == 0
    for one in found:
        assert one.beyond is (abs(one.share) > Fraction(1, 10))
    assert len(found) == (len(voters) if any(voters) else 0)


@pytest.mark.parametrize(("level", "most"), [("region", 60), ("capital", 60), ("district", 30)])
def test_a_council_has_so_many_constituencies_at_most(level: str, most: int) -> None:
    assert constituency_findings(UZ, body([100] * most, level=level)) == ()
    found = constituency_findings(UZ, body([100] * (most + 1), level=level))
    assert shown(found) == [("G02", ("b",), most + 1, most)]
    assert found[0].is_error


def test_numbers_are_unique_and_run_on() -> None:
    rows = body([100, 100, 100, 100])
    assert constituency_findings(UZ, [*rows[:2], *rows[3:]])[0].code == "G04"
    found = constituency_findings(UZ, [*rows[:2], replace(rows[2], number=2), rows[3]])
    assert shown(found) == [("G03", ("b2", "b3"), 2, None), ("G04", ("b",), 3, None)]
    unnumbered = [replace(row, number=None) for row in rows]
    assert constituency_findings(UZ, unnumbered) == ()


@pytest.mark.parametrize(
    ("voters", "place", "code"),
    [
        (20, None, None), (3000, None, None), (19, None, "G05"), (3001, None, "G06"), (None, None, None),
        (1, "military-unit", None), (1, "abroad", None), (9000, "abroad", None), (5, "hospital", None),
        (5, "remote", None), (5, "detention", None), (5, "school", "G05"),
    ],
)  # fmt: skip
def test_a_precinct_has_20_to_3000_voters(voters: int | None, place: str | None, code: str | None) -> None:
    found = precinct_findings(UZ, [Precinct("p", "t", voters, 1, place, ("d1",))], [DISTRICT])
    assert [finding.code for finding in found] == ([code] if code else [])
    if code:
        assert (found[0].left, found[0].right) == (voters, 20 if code == "G05" else 3000)
        assert (found[0].article, found[0].severity) == ("10", "warning")


def test_precincts_are_numbered_within_their_territory() -> None:
    one = Precinct("p1", "t", 100, 1, None, ("d1",))
    others = [replace(one, id="p2", number=2), replace(one, id="q1", territory="u")]
    assert precinct_findings(UZ, [one, *others], [DISTRICT]) == ()
    twice = precinct_findings(UZ, [one, replace(one, id="p2")], [DISTRICT])
    assert shown(twice) == [("G07", ("p1", "p2"), 1, None)]
    gap = precinct_findings(UZ, [one, replace(one, id="p3", number=3)], [DISTRICT])
    assert shown(gap) == [("G08", ("t",), 2, None)]


def test_of_a_part_nothing_is_said_about_the_whole() -> None:
    """A by-election of one constituency: 58-Jozmon with the precincts 1009 to 1015."""
    seat = [Constituency("58", "region", 30_000, 58, "region")]
    precincts = [Precinct(f"p{n}", "samarkand", 1_800, n, None, ("58",)) for n in range(1009, 1016)]
    assert constituency_findings(UZ, seat, partial=True) == ()
    assert precinct_findings(UZ, precincts, seat, partial=True) == ()
    twice = [precincts[0], replace(precincts[1], number=1009, voters=19)]
    assert [one.code for one in precinct_findings(UZ, twice, seat, partial=True)] == ["G05", "G07"]
    assert [
        one.code for one in constituency_findings(UZ, [*seat, replace(seat[0], id="x")], partial=True)
    ] == ["G03"]


def test_a_precinct_lies_in_one_constituency_of_each_body() -> None:
    rows = [*body([1000, 1000], "c"), *body([500, 500], "r")]
    inside = [
        Precinct("p1", "t", 900, 1, None, ("c1", "r1")),
        Precinct("p2", "t", 900, 2, None, ("c2", "r2")),
    ]
    assert precinct_findings(UZ, inside, rows) == ()
    crossing = replace(inside[0], constituencies=("c1", "r1", "c2", "c1"))
    found = precinct_findings(UZ, [crossing, inside[1]], rows)
    assert shown(found) == [("G09", ("p1", "c1", "c2"), None, None)]
    assert found[0].is_error
    unknown = precinct_findings(UZ, [replace(inside[0], constituencies=("c1", "r1", "x")), inside[1]], rows)
    assert shown(unknown) == [("G11", ("p1", "x"), None, None)]


def test_there_are_as_many_precincts_as_constituencies() -> None:
    rows = body([1000, 1000])
    one = Precinct("p1", "t", 900, 1, None, ("b1",))
    assert shown(precinct_findings(UZ, [one], rows)) == [("G10", ("b",), 1, 2), ("G12", ("b2",), None, None)]
    both_in_one = [one, replace(one, id="p2", number=2)]
    assert shown(precinct_findings(UZ, both_in_one, rows)) == [("G12", ("b2",), None, None)]


def test_without_values_sizes_are_not_checked() -> None:
    small = parse_edition(SMALL)
    assert constituency_findings(small, body([1, 1000], level="district")) == ()
    assert precinct_findings(small, [Precinct("p", "t", 1, 1, None, ("d1",))], [DISTRICT]) == ()


def test_every_text_is_there_in_five_languages() -> None:
    rows = [*body([1, 100]), *body([9] * 31, "k", "district"), replace(DISTRICT, number=3), DISTRICT]
    precincts = [Precinct("p", "t", 1, 2, None, ("b1", "b2", "x")), Precinct("q", "t", 9999, 2)]
    found = (*constituency_findings(UZ, rows), *precinct_findings(UZ, precincts, rows))
    assert {one.code for one in found} >= {f"G{n:02}" for n in range(1, 13)} - {"G03"}
    assert all(set(one.text) == {"uz", "uz-cyrl", "kaa", "ru", "en"} and one.article for one in found)


def test_the_whole_country_is_checked_while_somebody_draws() -> None:
    """11,028 precincts, each in three of 5,770 constituencies."""
    chamber = body([266_000] * 75, "chamber")
    regions = [one for n in range(14) for one in body([30_000] * 52, f"r{n}", "region")]
    districts = [one for n in range(208) for one in body([4_000] * 24, f"d{n}", "district")]
    rows = [*chamber, *regions, *districts]
    precincts = [
        Precinct(f"p{n}", f"t{n % 14}", 1_800, n // 14 + 1, None,
                 (chamber[n % 75].id, regions[n % len(regions)].id, districts[n % len(districts)].id))
        for n in range(11_028)
    ]  # fmt: skip
    start = time.process_time()
    assert constituency_findings(UZ, rows) == ()
    assert precinct_findings(UZ, precincts, rows) == ()
    assert time.process_time() - start < 3
