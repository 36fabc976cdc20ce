"""Seat allocation: real elections, ties and silence of the rules, properties, an outside judge."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Any

import apportionment.methods as oracle
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from esaylov.law.cases import parse_case
from esaylov.law.seats import METHODS, Allocation, Case, Rules, allocate
from tests.law.places import SHARED


def case(votes: Mapping[str, int], seats: int, method: str = "hare-largest-remainder", **more: Any) -> Case:
    return Case(seats, method, {name: Fraction(count) for name, count in votes.items()}, **more)


def given_seats(allocation: Allocation) -> dict[str, int]:
    return dict(allocation.seats)


# real elections


def real_cases() -> list[dict[str, Any]]:
    path = SHARED / "data" / "seat_cases.json"
    if not path.exists():
        return [{"id": "needs-shared"}]
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return found


def converted(real: Mapping[str, Any], method: str = "") -> dict[str, Any]:
    """A real case in the form of CASE.json.

    Where only shares are known the base is 100; where no base is known the lists given have passed.
    """
    base: Any = real.get("threshold_base_value")
    if base is None:
        base = 100 if "votes_are" in real else "valid"
    return {
        "seats": real["seats"],
        "method": method or real["method"].replace("_", "-"),
        "threshold": f"0.{int(real['threshold_percent']):02}",
        "threshold_base": base,
        "votes": real["votes"],
        "rules": {"ties": "more-votes"},
    }


@pytest.mark.shared
@pytest.mark.parametrize("real", real_cases(), ids=lambda real: real["id"])
class TestRealElections:
    def test_official_seats(self, real: dict[str, Any]) -> None:
        allocation = allocate(parse_case(converted(real)))
        assert given_seats(allocation) == real["official_seats"]
        assert set(allocation.passing) == set(real["eligible"])
        assert allocation.lots is None
        assert not allocation.undetermined

    def test_quota_and_remainder_seats(self, real: dict[str, Any]) -> None:
        allocation = allocate(parse_case(converted(real)))
        expected = Fraction(real["verification"]["quota"])
        assert allocation.quota is not None
        assert abs(allocation.quota - expected) <= Fraction(1, 10_000)
        by_remainder = [step for step in allocation.steps if step.kind == "seat"]
        assert len(by_remainder) == real["verification"]["remainder_seats_awarded"]

    @pytest.mark.parametrize(
        ("method", "key"),
        [
            ("dhondt", "dhondt_matches"),
            ("hagenbach-bischoff", "dhondt_matches"),
            ("sainte-lague", "sainte_lague_matches"),
        ],
    )
    def test_other_methods_agree_or_differ_as_computed_elsewhere(
        self, real: dict[str, Any], method: str, key: str
    ) -> None:
        allocation = allocate(parse_case(converted(real, method)))
        assert (given_seats(allocation) == real["official_seats"]) is real["verification"][key]


@pytest.mark.shared
@pytest.mark.parametrize(
    "real", [real for real in real_cases() if "votes_are" not in real], ids=lambda real: real["id"]
)
def test_droop_where_votes_are_known(real: dict[str, Any]) -> None:
    """A quota in whole votes needs votes; two sources have shares only."""
    allocation = allocate(parse_case(converted(real, "droop-largest-remainder")))
    matches = given_seats(allocation) == real["official_seats"]
    assert matches is real["verification"]["droop_lr_matches"]


def test_the_quota_of_2024() -> None:
    """Five lists whose votes sum to 75 × 199,282 (the votes themselves were never published)."""
    votes = {"U": 5_222_066, "M": 2_828_170, "X": 2_510_260, "A": 2_434_460, "E": 1_951_194}
    assert sum(votes.values()) == 75 * 199_282
    participants = Fraction(15_027_529)
    allocation = allocate(
        case(
            votes,
            75,
            threshold=Fraction(7, 100),
            threshold_base="participants",
            participants=participants,
            rules=Rules(minimum_parties=2),
        )
    )
    assert allocation.quota == 199_282
    assert allocation.to_json()["quota"] == "199282/1"
    assert given_seats(allocation) == {"U": 26, "M": 14, "X": 13, "A": 12, "E": 10}
    assert sum(step.seats for step in allocation.steps if step.kind == "whole-quotas") == 73


# worked by hand


def test_every_seat_is_a_step_with_the_standings_before_it() -> None:
    allocation = allocate(case({"A": 60, "B": 35}, 4, "dhondt"))
    seats = [step for step in allocation.steps if step.kind == "seat"]
    assert [step.options for step in seats] == [("A",), ("B",), ("A",), ("A",)]
    before = [{s.option: (s.seats, s.value) for s in step.standings} for step in seats]
    assert before[0] == {"A": (0, 60), "B": (0, 35)}
    assert before[2] == {"A": (1, 30), "B": (1, Fraction(35, 2))}
    assert given_seats(allocation) == {"A": 3, "B": 1}
    assert seats[3].to_json()["standings"][1] == {"option": "B", "votes": "35", "seats": 1, "value": "35/2"}


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        # quota 100, whole 4 3 1 0, remainders 30 0 90 80
        ("hare-largest-remainder", {"A": 4, "B": 3, "C": 2, "D": 1}),
        # quota 91, whole 4 3 2 0, remainders 66 27 8 80
        ("droop-largest-remainder", {"A": 4, "B": 3, "C": 2, "D": 1}),
        # the tenth average is 430/5 = 86, before 80
        ("dhondt", {"A": 5, "B": 3, "C": 2}),
        ("hagenbach-bischoff", {"A": 5, "B": 3, "C": 2}),
        # 80/1 comes seventh, before 430/7
        ("sainte-lague", {"A": 4, "B": 3, "C": 2, "D": 1}),
    ],
)
def test_the_methods_by_hand(method: str, expected: dict[str, int]) -> None:
    assert given_seats(allocate(case({"A": 430, "B": 300, "C": 190, "D": 80}, 10, method))) == expected


# the threshold


def test_exactly_the_threshold_is_enough() -> None:
    rule = {"threshold": Fraction(7, 100), "threshold_base": Fraction(1000)}
    assert allocate(case({"A": 500, "B": 70}, 10, **rule)).passing == ("A", "B")
    assert allocate(case({"A": 500, "B": 69}, 10, **rule)).passing == ("A",)


@pytest.mark.parametrize(
    ("base", "passing"),
    [("valid", ("A", "B", "C")), ("cast", ("A", "B")), ("participants", ("A",)), (Fraction(2000), ("A",))],
)
def test_the_base_decides(base: str | Fraction, passing: tuple[str, ...]) -> None:
    """900 + 58 + 42 votes, 4 %: of 1000 valid 40, of 1100 cast 44, of 1500 participants 60."""
    allocation = allocate(
        case(
            {"A": 900, "B": 58, "C": 42},
            10,
            threshold=Fraction(4, 100),
            threshold_base=base,
            invalid=Fraction(100),
            participants=Fraction(1500),
        )
    )
    assert allocation.passing == passing


def test_votes_for_none_of_the_lists_count_in_the_base_when_given() -> None:
    rule = {"threshold": Fraction(1, 10)}
    assert allocate(case({"A": 90, "B": 10}, 2, **rule)).passing == ("A", "B")
    assert allocate(case({"A": 90, "B": 10}, 2, other_votes=Fraction(1), **rule)).passing == ("A",)


def test_a_list_without_a_vote_never_passes() -> None:
    assert allocate(case({"A": 1, "B": 0}, 3)).passing == ("A",)


# fewer lists than the law wants

SEVEN = {"threshold": Fraction(7, 100), "rules": Rules(minimum_parties=2)}


def test_when_only_one_list_passes_the_next_one_shares() -> None:
    allocation = allocate(case({"A": 9000, "B": 500, "C": 499}, 10, **SEVEN))
    assert allocation.passing == ("A", "B")
    assert [step.options for step in allocation.steps if step.kind == "next-list"] == [("B",)]
    assert given_seats(allocation) == {"A": 9, "B": 1}


def test_who_is_next_may_need_a_lot() -> None:
    votes = {"A": 9000, "B": 500, "C": 500}
    pending = allocate(case(votes, 10, **SEVEN))
    assert pending.lots is not None
    assert pending.lots.to_json() == {"between": ["B", "C"], "for": 1}
    assert pending.passing == ("A",)
    assert given_seats(pending) == {"A": 9}, "whoever comes in, A has nine"
    drawn = allocate(case(votes, 10, drawn=("C",), **SEVEN))
    assert drawn.lots is None
    assert given_seats(drawn) == {"A": 9, "C": 1}


def test_a_second_lot_may_follow_the_first() -> None:
    """3 and 1 votes for two seats: the quota is 2, and both remainders are 1."""
    votes = {"A": 3, "B": 1, "C": 1}
    rule = {"threshold": Fraction(1, 2), "rules": Rules(minimum_parties=2)}
    first = allocate(case(votes, 2, **rule))
    assert first.lots is not None
    assert first.lots.between == ("B", "C")
    assert given_seats(first) == {"A": 1}
    second = allocate(case(votes, 2, drawn=("B",), **rule))
    assert second.lots is not None
    assert second.lots.between == ("A", "B")
    assert given_seats(second) == {"A": 1}
    last = allocate(case(votes, 2, drawn=("B", "B"), **rule))
    assert given_seats(last) == {"A": 1, "B": 1}
    assert last.unused == ()


def test_what_is_certain_before_a_lot_does_not_hang_on_other_names() -> None:
    """A is drawn where B and C are equal: it decides nothing yet, and gives A no second seat."""
    rule = {"threshold": Fraction(1, 2), "rules": Rules(minimum_parties=2)}
    pending = allocate(case({"A": 3, "B": 1, "C": 1}, 2, drawn=("A",), **rule))
    assert given_seats(pending) == {"A": 1}


def test_when_there_is_no_next_list_one_takes_all() -> None:
    assert given_seats(allocate(case({"A": 10, "B": 0}, 3, **SEVEN))) == {"A": 3}


def test_when_none_passes_the_rules_are_silent_until_a_decision_says_who_shares() -> None:
    votes = {f"L{n}": 100 + n for n in range(20)}
    silent = allocate(case(votes, 5, **SEVEN))
    assert silent.undetermined
    assert given_seats(silent) == {}
    supplied = allocate(case(votes, 5, sharing=("L18", "L19"), **SEVEN))
    assert not supplied.undetermined
    assert supplied.passing == ("L18", "L19")
    assert sum(supplied.seats.values()) == 5


def test_a_decision_changes_nothing_where_the_law_has_an_answer() -> None:
    votes = {"A": 60, "B": 40}
    assert allocate(case(votes, 5, sharing=("B",))).passing == ("A", "B")


@pytest.mark.parametrize("method", METHODS)
def test_no_votes_at_all(method: str) -> None:
    allocation = allocate(case({"A": 0, "B": 0}, 5, method))
    assert allocation.undetermined
    assert given_seats(allocation) == {}


# ties


@pytest.mark.parametrize("method", METHODS)
def test_equals_at_the_last_seat_wait_for_a_lot(method: str) -> None:
    votes = {"A": 100, "B": 100, "C": 100}
    pending = allocate(case(votes, 5, method))
    assert pending.lots is not None
    assert (pending.lots.between, pending.lots.places) == (("A", "B", "C"), 2)
    assert given_seats(pending) == {"A": 1, "B": 1, "C": 1}
    half = allocate(case(votes, 5, method, drawn=("C",)))
    assert half.lots is not None
    assert (half.lots.between, half.lots.places) == (("A", "B"), 1)
    done = allocate(case(votes, 5, method, drawn=("C", "A")))
    assert done.lots is None
    assert given_seats(done) == {"A": 2, "B": 1, "C": 2}
    assert [step.reason for step in done.steps if step.kind == "seat"][-2:] == ["lot", "lot"]


@pytest.mark.parametrize("method", METHODS)
def test_equals_who_all_get_a_seat_need_no_lot(method: str) -> None:
    assert given_seats(allocate(case({"A": 100, "B": 100}, 6, method))) == {"A": 3, "B": 3}


def test_more_votes_may_decide_before_the_lot() -> None:
    """Quota 10: remainders 5, 5 and 0; the seat left goes to A by votes, or to whoever is drawn."""
    votes = {"A": 25, "B": 15, "C": 10}
    assert given_seats(allocate(case(votes, 5, rules=Rules(ties="more-votes")))) == {"A": 3, "B": 1, "C": 1}
    assert allocate(case(votes, 5)).lots is not None
    assert given_seats(allocate(case(votes, 5, drawn=("B",)))) == {"A": 2, "B": 2, "C": 1}


def test_more_votes_cannot_tell_equals_in_votes_apart() -> None:
    tied = allocate(case({"B": 15, "C": 15, "D": 30}, 2, rules=Rules(ties="more-votes")))
    assert tied.lots is not None
    assert tied.lots.between == ("B", "C")


def test_a_name_drawn_twice_has_one_place() -> None:
    twice = allocate(case({"A": 100, "B": 100, "C": 100}, 5, drawn=("C", "C")))
    assert twice.lots is not None
    assert (twice.lots.between, twice.lots.places, twice.unused) == (("A", "B"), 1, ("C",))


def test_a_lot_that_decides_nothing_is_told() -> None:
    assert allocate(case({"A": 60, "B": 40}, 5, drawn=("B",))).unused == ("B",)


# rounded quotas


@pytest.mark.parametrize(
    ("rounding", "quota"),
    [
        ("exact", Fraction(25, 2)),
        ("floor", Fraction(12)),
        ("nearest", Fraction(13)),
        ("ceiling", Fraction(13)),
    ],
)
def test_the_quota_is_rounded_as_the_edition_says(rounding: str, quota: Fraction) -> None:
    allocation = allocate(case({"A": 30, "B": 20}, 4, rules=Rules(quota_rounding=rounding)))
    assert allocation.quota == quota


def test_a_quota_rounded_to_nothing_or_too_low_is_silence_not_a_guess() -> None:
    zero = allocate(case({"A": 2, "B": 1}, 5, rules=Rules(quota_rounding="floor")))
    assert (zero.undetermined, zero.steps[-1].reason) == (True, "quota-is-zero")
    above = allocate(case({"A": 5, "B": 4}, 5, rules=Rules(quota_rounding="floor")))
    assert (above.undetermined, above.steps[-1].reason) == (True, "quotas-exceed-seats")
    short = allocate(case({"A": 3}, 10, "droop-largest-remainder"))
    assert (short.undetermined, short.steps[-1].reason) == (True, "seats-left")
    assert (short.seats, short.quota, short.passing) == ({}, None, ("A",))


def test_a_missing_figure_is_an_error_not_a_guess() -> None:
    with pytest.raises(ValueError, match="participants"):
        allocate(case({"A": 1}, 1, threshold_base="participants"))


# properties

votes_strategy = st.dictionaries(
    st.sampled_from("ABCDEFGH"), st.integers(0, 10**6), min_size=1, max_size=8
).filter(lambda votes: any(votes.values()))
house = st.integers(1, 60)
DIVISOR = ("dhondt", "sainte-lague", "hagenbach-bischoff")


@given(votes_strategy, house, st.sampled_from(METHODS))
def test_all_seats_are_given_or_it_is_said_why_not(votes: dict[str, int], seats: int, method: str) -> None:
    allocation = allocate(case(votes, seats, method))
    certain = sum(allocation.seats.values())
    if allocation.lots:
        assert 0 < allocation.lots.places < len(allocation.lots.between)
        assert certain + allocation.lots.places == seats
    elif not allocation.undetermined:
        assert certain == seats
    assert all(step.seats >= 0 for step in allocation.steps)
    if not allocation.undetermined:
        assert sum(step.seats for step in allocation.steps) == certain


@given(votes_strategy, house, st.sampled_from(METHODS), st.randoms(use_true_random=False))
def test_neither_name_nor_order_matters(votes: dict[str, int], seats: int, method: str, random: Any) -> None:
    names = list(votes)
    random.shuffle(names)
    first = allocate(case(votes, seats, method))
    second = allocate(case({name: votes[name] for name in names}, seats, method))
    renamed = allocate(case({f"x{name}": count for name, count in votes.items()}, seats, method))
    assert first.seats == second.seats
    assert {f"x{name}": count for name, count in first.seats.items()} == renamed.seats
    assert (first.lots is None) == (second.lots is None)
    if first.lots and second.lots:
        assert set(first.lots.between) == set(second.lots.between)


@given(votes_strategy, house, st.sampled_from(DIVISOR))
def test_a_larger_house_takes_no_seat_away(votes: dict[str, int], seats: int, method: str) -> None:
    smaller, larger = (allocate(case(votes, size, method)) for size in (seats, seats + 1))
    assert all(larger.seats.get(name, 0) >= count for name, count in smaller.seats.items())


@given(votes_strategy, house)
def test_largest_remainder_stays_within_the_quota(votes: dict[str, int], seats: int) -> None:
    allocation = allocate(case(votes, seats))
    total = sum(votes.values())
    for name, count in votes.items():
        share = Fraction(count * seats, total)
        assert floor(share) <= allocation.seats.get(name, 0) <= ceil(share)


@given(votes_strategy, house)
def test_a_list_with_more_votes_has_not_fewer_seats(votes: dict[str, int], seats: int) -> None:
    for method in METHODS:
        allocation = allocate(case(votes, seats, method))
        if allocation.lots or allocation.undetermined:
            continue
        ranked = sorted(votes, key=lambda name: votes[name])
        for low, high in pairwise(ranked):
            if votes[low] < votes[high]:
                assert allocation.seats.get(low, 0) <= allocation.seats.get(high, 0)


@given(votes_strategy, house)
def test_hagenbach_bischoff_ends_where_dhondt_ends(votes: dict[str, int], seats: int) -> None:
    first, second = (allocate(case(votes, seats, method)) for method in ("dhondt", "hagenbach-bischoff"))
    assert first.seats == second.seats
    assert (first.lots and first.lots.to_json()) == (second.lots and second.lots.to_json())


@given(votes_strategy, house, st.integers(2, 9))
def test_only_proportions_matter_to_exact_methods(votes: dict[str, int], seats: int, factor: int) -> None:
    scaled = {name: count * factor for name, count in votes.items()}
    for method in ("hare-largest-remainder", "dhondt", "sainte-lague"):
        assert allocate(case(votes, seats, method)).seats == allocate(case(scaled, seats, method)).seats


few_votes = st.lists(st.integers(1, 3), min_size=2, max_size=6).map(
    lambda counts: dict(zip("ABCDEF", counts, strict=False))
)


@given(few_votes, st.integers(1, 9), st.sampled_from(METHODS), st.data())
def test_any_lot_leads_to_the_end(
    votes: dict[str, int], seats: int, method: str, data: st.DataObject
) -> None:
    pending = allocate(case(votes, seats, method))
    assume(pending.lots is not None and not pending.undetermined)
    assert pending.lots is not None
    order = data.draw(st.permutations(pending.lots.between))[: pending.lots.places]
    done = allocate(case(votes, seats, method, drawn=tuple(order)))
    assert done.lots is None
    assert sum(done.seats.values()) == seats
    extra = {name: done.seats.get(name, 0) - pending.seats.get(name, 0) for name in votes}
    assert {name for name, more in extra.items() if more} == set(order)


NAMES = {"hare-largest-remainder": "largest_remainder", "dhondt": "dhondt", "sainte-lague": "saintelague"}


@given(votes_strategy, house, st.sampled_from(sorted(NAMES)))
def test_an_outside_implementation_agrees_where_nothing_is_tied(
    votes: dict[str, int], seats: int, method: str
) -> None:
    positive = {name: count for name, count in votes.items() if count}
    allocation = allocate(case(positive, seats, method))
    assume(allocation.lots is None)
    theirs = oracle.compute(NAMES[method], list(positive.values()), seats, fractions=True, verbose=False)
    assert [allocation.seats.get(name, 0) for name in positive] == theirs
