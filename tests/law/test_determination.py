"""Who wins: real totals, every branch of the rules, and what each leaves open."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esaylov.law.determination import (
    ContestInput,
    Decisions,
    Determination,
    OptionInput,
    Totals,
    determine,
    second_round,
)
from esaylov.law.editions import Edition, parse_edition, uz_edition_toml

UZ = parse_edition(uz_edition_toml())
KINDS = {"list": "party-list", "referendum": "yes"}


def variant(*changes: tuple[str, str]) -> Edition:
    """The Uzbek edition with some of its lines written otherwise."""
    text = uz_edition_toml().decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return parse_edition(text)


def options(*names: str, kind: str = "candidate", none: str | None = None) -> tuple[OptionInput, ...]:
    found = [OptionInput(name, kind, place) for place, name in enumerate(names, start=1)]
    if none is not None:
        found.append(OptionInput(none, "none-of-the-above", len(found) + 1))
    return tuple(found)


def totals(voters: int, participants: int, votes: list[int], annulled: int = 0) -> Totals:
    """Sums in the lines of the Uzbek form; what is not valid is invalid."""
    invalid = participants - sum(votes)
    lines = [voters, voters, participants, 0, participants, voters - participants, 0, invalid]
    return Totals(lines, votes, annulled)


def decide(
    kind: str,
    sums: Totals,
    *names: str,
    seats: int = 1,
    edition: Edition = UZ,
    decisions: Decisions | None = None,
    none: str | None = None,
) -> Determination:
    contest = ContestInput("c", kind, seats, options(*names, kind=KINDS.get(kind, "candidate"), none=none))
    return determine(edition, contest, sums, decisions)


def kinds(found: Determination) -> list[tuple[str, str]]:
    return [(step.kind, step.reason) for step in found.steps]


# presidents


@pytest.mark.parametrize(
    ("voters", "participants", "votes", "percent"),
    [
        (20_158_907, 16_212_343, [12_988_964, 1_075_016, 888_515, 670_641, 549_766], "80.12"),
        (19_593_838, 15_651_405, [13_625_055, 693_634, 629_116, 585_711], "87.05"),
    ],
    ids=["2021", "2023"],
)
def test_real_presidential_elections(voters: int, participants: int, votes: list[int], percent: str) -> None:
    names = [f"candidate-{n}" for n in range(len(votes))]
    found = decide("president", totals(voters, participants, votes), *names)
    assert found.status == "determined"
    assert found.elected == ("candidate-0",)
    assert found.seats == {"candidate-0": 1}
    (majority,) = [step for step in found.steps if step.kind == "majority"]
    share = majority.figures["votes"] / majority.figures["base"]
    assert round(share * 10_000) == int(percent.replace(".", ""))
    assert majority.article == "59, 96"


def test_exactly_half_is_not_more_than_half() -> None:
    found = decide("president", totals(1000, 800, [400, 300, 90]), "a", "b", "c")
    assert (found.status, found.elected, found.passing) == ("run-off", (), ("a", "b"))
    assert decide("president", totals(1000, 800, [401, 299, 90]), "a", "b", "c").elected == ("a",)


def test_invalid_ballots_count_among_those_who_took_part() -> None:
    assert decide("president", totals(1000, 800, [399, 10, 1]), "a", "b", "c").status == "run-off"


def test_candidates_of_a_run_off_stand_in_the_order_of_the_ballot() -> None:
    found = decide("president", totals(1000, 800, [100, 200, 300, 190]), "a", "b", "c", "d")
    assert found.passing == ("b", "c")
    assert [step.options for step in found.steps if step.kind == "run-off"] == [("c",), ("b",)]


def test_equals_for_the_second_place_of_a_run_off_wait_for_a_lot() -> None:
    sums = totals(1000, 800, [390, 200, 200])
    found = decide("president", sums, "a", "b", "c")
    assert found.status == "needs-decision"
    assert found.to_json()["lots"] == {"between": ["b", "c"], "for": 1}
    assert found.passing == ("a",)
    drawn = decide("president", sums, "a", "b", "c", decisions=Decisions(lots=(("c",),)))
    assert (drawn.status, drawn.passing) == ("run-off", ("a", "c"))
    assert ("run-off", "lot") in kinds(drawn)


def test_of_two_candidates_the_one_with_more_votes_wins_without_a_majority() -> None:
    assert decide("president", totals(1000, 800, [300, 301]), "a", "b").elected == ("b",)
    tied = decide("president", totals(1000, 800, [300, 300]), "a", "b")
    assert tied.status == "needs-decision"
    assert tied.lots is not None
    lot = Decisions(lots=(("b",),))
    assert decide("president", totals(1000, 800, [300, 300]), "a", "b", decisions=lot).elected == ("b",)


def test_two_candidates_and_no_majority_where_the_law_asks_for_one() -> None:
    strict = variant(('two_candidates = "plurality"', 'two_candidates = "majority"'))
    found = decide("president", totals(1000, 800, [300, 301]), "a", "b", edition=strict)
    assert (found.status, found.elected, found.passing) == ("determined", (), None)


def test_a_sole_candidate_needs_the_majority() -> None:
    assert decide("president", totals(1000, 800, [401]), "a").elected == ("a",)
    lost = decide("president", totals(1000, 800, [400]), "a")
    assert (lost.status, lost.elected, lost.seats) == ("determined", (), {})
    assert kinds(lost)[-1] == ("nobody-elected", "no-majority")


def test_the_run_off_itself_asks_no_turnout() -> None:
    rule = second_round(UZ.contests["president"])
    assert (rule.method, rule.turnout, rule.run_off) == ("plurality", 0, None)
    contest = ContestInput("c", "president", 1, options("a", "b"), rule)
    found = determine(UZ, contest, totals(1000, 10, [4, 6]))
    assert (found.status, found.elected) == ("determined", ("b",))
    with pytest.raises(ValueError, match="no run-off"):
        second_round(UZ.contests["council"])


# referendum of 30.04.2023


@pytest.mark.parametrize(
    ("participants", "votes", "annulled"),
    [(16_673_189, [15_040_055, 1_559_200], 0), (16_667_097, [15_034_608, 1_558_817], 7_000)],
    ids=["preliminary", "three precincts annulled"],
)
def test_the_referendum_of_2023(participants: int, votes: list[int], annulled: int) -> None:
    """The list total stays 19,722,809 whether or not three precincts are annulled.

    How many voters those had was not published; 7,000 stands for it: what counts is that they return to the
    total.
    """
    sums = totals(19_722_809 - annulled, participants, votes, annulled)
    assert sums.lines[7] in (73_934, 73_672)
    contest = ContestInput(
        "q", "referendum", 1, (OptionInput("for", "yes", 1), OptionInput("against", "no", 2))
    )
    found = determine(UZ, contest, sums)
    assert found.turnout.voters == 19_722_809
    assert (found.status, found.elected, found.seats) == ("determined", ("for",), {})
    (step,) = [step for step in found.steps if step.kind == "question"]
    assert round(step.figures["votes"] / step.figures["base"] * 1000) == 902
    assert round(Fraction(found.turnout.participants, found.turnout.voters) * 1000) == 845


def test_the_voters_of_annulled_precincts_leave_where_the_edition_says_so() -> None:
    edition = variant(('annulled_voters = "stay"', 'annulled_voters = "leave"'))
    sums = totals(1000, 500, [300, 100], annulled=100)
    assert decide("single-member", sums, "a", "b").turnout.voters == 1100
    assert decide("single-member", sums, "a", "b", edition=edition).turnout.voters == 1000


@pytest.mark.parametrize(
    ("participants", "votes", "status", "elected"),
    [
        (501, [251, 100], "determined", ("yes",)),
        (502, [251, 100], "determined", ()),
        (500, [400, 100], "not-valid", ()),
    ],
)
def test_a_referendum_needs_more_than_half_twice(
    participants: int, votes: list[int], status: str, elected: tuple[str, ...]
) -> None:
    contest = ContestInput("q", "referendum", 1, (OptionInput("yes", "yes", 1), OptionInput("no", "no", 2)))
    found = determine(UZ, contest, totals(1000, participants, votes))
    assert (found.status, found.elected) == (status, elected)


# turnout


def test_a_third_short_of_the_list_is_no_election() -> None:
    valid = decide("single-member", totals(1000, 330, [200, 130]), "a", "b")
    assert (valid.status, valid.turnout.reached) == ("determined", True)
    low = decide("single-member", totals(1000, 329, [200, 129]), "a", "b")
    assert (low.status, low.turnout.reached, low.seats, low.elected) == ("not-valid", False, {}, ())
    assert low.steps[0].article == "96"
    assert low.to_json()["turnout"] == {
        "participants": 329,
        "voters": 1000,
        "required": "33/100",
        "reached": False,
    }


def test_an_annulled_precinct_can_cost_the_turnout() -> None:
    """Where its voters stay on the list, its participants are gone and its voters are not."""
    sums = totals(900, 329, [200, 129], annulled=100)
    assert decide("single-member", sums, "a", "b").status == "not-valid"
    leave = variant(('annulled_voters = "stay"', 'annulled_voters = "leave"'))
    assert decide("single-member", sums, "a", "b", edition=leave).status == "determined"


# one seat, several seats


def test_more_votes_than_any_other() -> None:
    found = decide("single-member", totals(1000, 500, [199, 200, 90]), "a", "b", "c")
    assert (found.status, found.elected, found.passing, found.quota) == ("determined", ("b",), None, None)
    assert kinds(found) == [("turnout", "reached"), ("votes", "plurality"), ("elected", "most-votes")]


def test_equals_wait_for_a_lot() -> None:
    sums = totals(1000, 500, [200, 200, 90])
    pending = decide("single-member", sums, "a", "b", "c")
    assert pending.status == "needs-decision"
    assert pending.to_json()["lots"] == {"between": ["a", "b"], "for": 1}
    assert pending.seats == {}
    drawn = decide("single-member", sums, "a", "b", "c", decisions=Decisions(lots=(("b",),)))
    assert (drawn.status, drawn.elected) == ("determined", ("b",))
    assert kinds(drawn)[-1] == ("elected", "lot")


def test_a_lot_for_somebody_else_decides_nothing() -> None:
    sums = totals(1000, 500, [200, 200, 90])
    pending = decide("single-member", sums, "a", "b", "c", decisions=Decisions(lots=(("c",),)))
    assert pending.status == "needs-decision"


def test_a_council_of_several_seats() -> None:
    sums = totals(1000, 900, [300, 100, 250, 100, 20])
    names = ("a", "b", "c", "d", "e")
    assert decide("council", sums, *names, seats=2).elected == ("a", "c")
    pending = decide("council", sums, *names, seats=3)
    assert pending.seats == {"a": 1, "c": 1}
    assert pending.to_json()["lots"] == {"between": ["b", "d"], "for": 1}
    assert decide("council", sums, *names, seats=4).elected == ("a", "b", "c", "d")
    short = decide("council", totals(1000, 900, [300, 0]), "a", "b", seats=2)
    assert short.seats == {"a": 1}, "nobody is elected without a vote"


def test_without_a_vote_the_law_names_nobody_until_a_decision_does() -> None:
    sums = totals(1000, 400, [0, 0])
    assert decide("single-member", sums, "a", "b").status == "undetermined"
    supplied = decide("single-member", sums, "a", "b", decisions=Decisions(outcome=("b",)))
    assert (supplied.status, supplied.elected) == ("determined", ("b",))
    ignored = decide(
        "single-member", totals(1000, 400, [1, 0]), "a", "b", decisions=Decisions(outcome=("b",))
    )
    assert ignored.elected == ("a",), "a decision cannot overrule votes"


def test_a_supplied_outcome_elects_as_many_as_there_are_seats() -> None:
    supplied = Decisions(outcome=("c", "x", "a", "b"))
    found = decide("council", totals(1000, 400, [0, 0, 0]), "a", "b", "c", seats=2, decisions=supplied)
    assert found.seats == {"a": 1, "c": 1}


def test_a_supplied_answer_to_a_question() -> None:
    contest = ContestInput("q", "referendum", 1, (OptionInput("yes", "yes", 1), OptionInput("no", "no", 2)))
    sums = totals(1000, 600, [0, 0])
    assert determine(UZ, contest, sums).status == "undetermined"
    adopted = determine(UZ, contest, sums, Decisions(outcome=("yes",)))
    assert (adopted.status, adopted.elected, adopted.seats) == ("determined", ("yes",), {})
    rejected = determine(UZ, contest, sums, Decisions(outcome=("no",)))
    assert (rejected.status, rejected.elected, rejected.seats) == ("determined", (), {})


def test_none_of_the_above_takes_no_seat() -> None:
    found = decide("single-member", totals(1000, 500, [100, 90, 300]), "a", "b", none="nobody")
    assert found.elected == ("a",)
    only = decide("single-member", totals(1000, 500, [0, 0, 300]), "a", "b", none="nobody")
    assert only.status == "undetermined"


# lists

LISTS = ("uzlidep", "milliy", "eco", "xdp", "adolat")
VOTES_2024 = [5_222_066, 2_828_170, 1_951_194, 2_510_260, 2_434_460]


def test_the_chamber_of_2024() -> None:
    """List votes of the published percentages whose sum gives the published quota of 199,282."""
    found = decide("list", totals(20_110_490, 15_027_529, VOTES_2024), *LISTS, seats=75)
    assert found.to_json()["quota"] == "199282/1"
    assert found.seats == {"uzlidep": 26, "milliy": 14, "eco": 10, "xdp": 13, "adolat": 12}
    assert found.elected == found.passing == LISTS
    assert (found.status, found.lots) == ("determined", None)
    assert {step.article for step in found.steps if step.kind == "threshold"} == {"96¹"}


def test_none_of_the_above_counts_in_the_base_as_the_edition_says() -> None:
    """70 of 1000 votes: seven per cent of the lists' votes, less when the 1 against all counts too."""
    base = ('threshold_base = "participants"', 'threshold_base = "valid"')
    inside = variant(base)
    outside = variant(base, ('none_of_the_above = "in"', 'none_of_the_above = "out"'))
    sums = totals(2000, 1001, [465, 465, 70, 1])
    names = ("a", "b", "c")
    assert decide("list", sums, *names, seats=10, edition=inside, none="x").passing == ("a", "b")
    assert decide("list", sums, *names, seats=10, edition=outside, none="x").passing == ("a", "b", "c")


def test_cast_votes_hold_the_invalid_ones() -> None:
    cast = variant(('threshold_base = "participants"', 'threshold_base = "cast"'))
    names = ("a", "b", "c")
    assert decide("list", totals(2000, 1000, [465, 465, 70]), *names, seats=10, edition=cast).passing == names
    assert decide("list", totals(2000, 1001, [465, 465, 70]), *names, seats=10, edition=cast).passing == (
        "a",
        "b",
    )


def test_when_one_list_passes_the_next_shares_and_when_none_does_a_decision_must_say() -> None:
    found = decide("list", totals(2000, 1000, [900, 60, 40]), "a", "b", "c", seats=10)
    assert (found.passing, found.seats) == (("a", "b"), {"a": 9, "b": 1})
    sums = totals(2000, 1000, [60, 50, 40])
    silent = decide("list", sums, "a", "b", "c", seats=10)
    assert (silent.status, silent.passing, silent.seats) == ("undetermined", (), {})
    supplied = decide("list", sums, "a", "b", "c", seats=10, decisions=Decisions(outcome=("b", "a")))
    assert (supplied.status, supplied.passing) == ("determined", ("a", "b"))
    assert sum(supplied.seats.values()) == 10


def test_lots_of_lists_come_one_after_another() -> None:
    sums = totals(400, 300, [100, 100, 100])
    pending = decide("list", sums, "a", "b", "c", seats=5)
    assert (pending.status, pending.seats) == ("needs-decision", {"a": 1, "b": 1, "c": 1})
    one = decide("list", sums, "a", "b", "c", seats=5, decisions=Decisions(lots=(("c",),)))
    assert one.to_json()["lots"] == {"between": ["a", "b"], "for": 1}
    two = decide("list", sums, "a", "b", "c", seats=5, decisions=Decisions(lots=(("c",), ("a",))))
    assert (two.status, two.seats) == ("determined", {"a": 2, "b": 1, "c": 2})


def test_low_turnout_leaves_no_list() -> None:
    found = decide("list", totals(2000, 100, [60, 40]), "a", "b", seats=10)
    assert (found.status, found.passing, found.quota) == ("not-valid", (), None)


def test_before_anything_is_counted() -> None:
    for kind, status in (
        ("list", "undetermined"),
        ("single-member", "undetermined"),
        ("referendum", "not-valid"),
    ):
        assert decide(kind, totals(0, 0, [0, 0]), "a", "b").status == status


# form


def test_the_json_is_the_documented_one_and_holds_no_float() -> None:
    contest = ContestInput("c", "list", 75, options(*LISTS, kind="party-list"))
    found = determine(UZ, contest, totals(20_110_490, 15_027_529, VOTES_2024), final=True).to_json()
    members = "contest kind status final seats elected lots quota passing turnout steps"
    assert list(found) == members.split()
    assert found["final"] is True
    assert not list(_floats(found))
    assert json.loads(json.dumps(found)) == found


def _floats(value: Any) -> Any:
    if isinstance(value, float):
        yield value
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _floats(member)


def test_the_order_of_the_arrays_does_not_matter_the_ballot_does() -> None:
    shuffled = ContestInput(
        "c", "single-member", 1, (OptionInput("b", "candidate", 2), OptionInput("a", "candidate", 1))
    )
    found = determine(UZ, shuffled, totals(100, 80, [40, 40]))
    assert found.lots is not None
    assert found.lots.between == ("a", "b")


def test_votes_must_fit_the_options() -> None:
    with pytest.raises(ValueError, match="3 votes for the 2 options of c"):
        decide("single-member", totals(100, 80, [1, 2, 3]), "a", "b")


def test_a_kind_that_the_edition_does_not_know() -> None:
    with pytest.raises(KeyError):
        decide("senate", totals(100, 80, [1, 2]), "a", "b")


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6), st.integers(1, 4), st.integers(0, 60))
def test_seats_elected_and_status_agree(votes: list[int], seats: int, invalid: int) -> None:
    names = [f"o{n}" for n in range(len(votes))]
    for kind in ("list", "council", "single-member", "president"):
        size = 1 if kind in ("single-member", "president") else seats
        participants = sum(votes) + invalid
        found = decide(kind, totals(participants, participants, votes), *names, seats=size)
        assert found.elected == tuple(found.seats)
        given_out = sum(found.seats.values())
        open_places = found.lots.places if found.lots else 0
        assert (found.status == "needs-decision") == (found.lots is not None)
        assert given_out + open_places <= size or found.passing is not None
        if kind == "list" and found.status == "determined":
            assert given_out == size
        if found.status in ("run-off", "undetermined", "not-valid"):
            assert not found.seats
