"""Quorum, majority and the casting vote: what must hold for every sitting, and the cases that are argued about."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esaylov.law.deciding import Choice, Sitting, Vote, outcome, quorum, sitting_findings, vote_findings
from esaylov.law.editions import Commissions, parse_edition, uz_edition_toml

EDITION = parse_edition(uz_edition_toml())
assert EDITION.commissions is not None
UZBEK = EDITION.commissions
SIZES = st.integers(min_value=1, max_value=30)


def names(count: int) -> frozenset[str]:
    return frozenset(f"m{i:02}" for i in range(count))


def sitting(members: int, present: int) -> Sitting:
    return Sitting(names(members), names(present), "m00")


def votes(text: str) -> list[Vote]:
    """`+-0` in the order of the members; the first one presides."""
    choices: dict[str, Choice] = {"+": "for", "-": "against", "0": "abstain"}
    return [Vote(f"m{i:02}", choices[sign]) for i, sign in enumerate(text)]


@st.composite
def ballots(draw: st.DrawFn) -> tuple[Commissions, Sitting, list[Vote]]:
    members = draw(SIZES)
    rules = replace(
        UZBEK,
        majority_of=draw(st.sampled_from(("members", "present", "voting"))),
        casting_vote=draw(st.booleans()),
    )
    present = draw(st.integers(min_value=quorum(rules, members), max_value=members))
    everybody = st.just(set(range(present)))
    voting = draw(everybody | st.sets(st.integers(min_value=0, max_value=present - 1)))
    taken = [Vote(f"m{i:02}", draw(st.sampled_from(get_args(Choice)))) for i in sorted(voting)]
    return rules, sitting(members, present), taken


@given(SIZES)
def test_the_quorum_is_two_thirds_of_all_members(members: int) -> None:
    needed = quorum(UZBEK, members)
    assert Fraction(needed, members) >= Fraction(2, 3) > Fraction(needed - 1, members)


@pytest.mark.parametrize(("members", "needed"), [(5, 4), (9, 6), (10, 7), (11, 8), (19, 13)])
def test_a_quorum_short_by_one_cannot_decide(members: int, needed: int) -> None:
    assert sitting_findings(UZBEK, sitting(members, needed)) == ()
    (finding,) = sitting_findings(UZBEK, sitting(members, needed - 1))
    assert (finding.code, finding.left, finding.right, finding.article) == (
        "Q01",
        needed - 1,
        needed,
        "16, 26",
    )
    with pytest.raises(ValueError, match="Q01"):
        outcome(UZBEK, sitting(members, needed - 1), [])


def test_guests_do_not_make_a_quorum() -> None:
    five = Sitting(names(9), names(5) | {"guest", "observer"}, "m00")
    assert [finding.code for finding in sitting_findings(UZBEK, five)] == ["Q01", "Q02"]
    assert sitting_findings(UZBEK, five)[1].fields == ("guest", "observer")


def test_nobody_presides_from_afar() -> None:
    (finding,) = sitting_findings(UZBEK, Sitting(names(9), names(9) - {"m00"}, "m00"))
    assert finding.code == "Q03"


def test_a_commission_without_members_decides_nothing() -> None:
    found = sitting_findings(UZBEK, Sitting(frozenset(), frozenset(), "m00"))
    assert [finding.code for finding in found] == ["Q01", "Q03"]


def test_votes_of_the_absent_and_votes_twice() -> None:
    at = sitting(9, 6)
    assert [(f.code, f.fields) for f in vote_findings(at, [Vote("m07", "for"), *votes("+")])] == [
        ("Q04", ("m07",))
    ]
    assert [(f.code, f.fields) for f in vote_findings(at, [*votes("++"), Vote("m01", "against")])] == [
        ("Q05", ("m01",))
    ]


@pytest.mark.parametrize(
    ("members", "taken", "adopted", "casting"),
    [
        (9, "+++++", None, False),
        (9, "+++++-", True, False),
        (9, "++++--", False, False),  # four of nine: more than those against, less than half of all
        (9, "+++---", False, False),  # equal, but a third of all members carry nothing
        (8, "++++--", True, True),
        (8, "-++++-", False, True),
        (8, "0++++-", False, False),  # who presides abstains: nothing is decided by it
        (8, "++++----", True, True),
        (8, "-++++---", False, True),
        (8, "+++++---", True, False),
    ],
)
def test_cases_under_the_uzbek_reading(members: int, taken: str, adopted: bool | None, casting: bool) -> None:
    at = sitting(members, len(taken))
    if adopted is None:
        assert [finding.code for finding in sitting_findings(UZBEK, at)] == ["Q01"]
        return
    found = outcome(UZBEK, at, votes(taken))
    assert (found.adopted, found.casting) == (adopted, casting)
    assert (found.votes_for, found.against, found.abstained) == tuple(map(taken.count, "+-0"))


def test_the_other_readings_differ_where_they_should() -> None:
    at, three_each = sitting(9, 6), votes("+++---")
    assert not outcome(replace(UZBEK, casting_vote=False), sitting(8, 6), votes("++++--")).adopted
    assert outcome(replace(UZBEK, majority_of="present"), at, three_each).casting
    assert outcome(replace(UZBEK, majority_of="voting"), at, votes("+-0000")).casting
    assert outcome(replace(UZBEK, majority_of="present"), at, votes("++++--")).adopted
    assert outcome(replace(UZBEK, majority_of="voting"), at, votes("+00000")).adopted


@given(ballots())
def test_every_vote_is_counted_once(case: tuple[Commissions, Sitting, list[Vote]]) -> None:
    found = outcome(*case)
    assert found.votes_for + found.against + found.abstained + found.not_voting == len(case[1].present)


@given(ballots(), st.randoms())
def test_the_order_of_votes_does_not_matter(
    case: tuple[Commissions, Sitting, list[Vote]], random: object
) -> None:
    rules, at, taken = case
    mixed = taken[:]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert outcome(rules, at, mixed) == outcome(rules, at, taken)


@given(ballots())
def test_a_vote_more_for_it_never_defeats_it(case: tuple[Commissions, Sitting, list[Vote]]) -> None:
    rules, at, taken = case
    before = outcome(rules, at, taken)
    for place, vote in enumerate(taken):
        if vote.choice == "for" or (before.casting and vote.member == at.presiding):
            continue
        after = [*taken[:place], Vote(vote.member, "for"), *taken[place + 1 :]]
        assert outcome(rules, at, after).adopted >= before.adopted


@given(ballots())
def test_without_a_casting_vote_the_majority_alone_decides(
    case: tuple[Commissions, Sitting, list[Vote]],
) -> None:
    rules, at, taken = case
    found = outcome(replace(rules, casting_vote=False, majority_of="members"), at, taken)
    assert found.adopted == (found.votes_for >= found.needed) == (2 * found.votes_for > len(at.members))
    assert not found.casting


@given(ballots())
def test_nothing_is_carried_against_more_votes_than_are_for_it(
    case: tuple[Commissions, Sitting, list[Vote]],
) -> None:
    found = outcome(*case)
    assert not found.adopted or found.votes_for >= found.against
