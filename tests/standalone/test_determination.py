"""The one-file verifier's own seats and winners: by hand where docs/edition.md is subtle, and against `law`."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esaylov.exchange.standalone import verify
from esaylov.law.determination import ContestInput, Decisions, OptionInput, Totals, determine
from esaylov.law.editions import parse_edition

SHARED = Path(__file__).resolve().parents[3] / "shared"
HEAD = """\
id = "law"
title = {en = "Law"}
[protocol]
lines = ["listed", "boxes", "invalid"]
[protocol.common]
voters_on_list = ["listed"]
ballots_in_boxes = ["boxes"]
invalid = ["invalid"]
"""
LISTS = ["hare-largest-remainder", "droop-largest-remainder", "hagenbach-bischoff", "dhondt", "sainte-lague"]


def winners(
    rule: str,
    votes: dict[str, int],
    seats: int = 1,
    *,
    boxes: int = 0,
    kinds: dict[str, str] | None = None,
    lots: list[str] | None = None,
    supplied: list[str] | None = None,
    lines: tuple[int, int, int] | None = None,
    annulled: int = 0,
) -> dict[str, Any]:
    """The published object of one contest, by the one-file verifier."""
    edition = verify.Edition(f"{HEAD}[contests.council]\n{rule}\n".encode())
    options = [(option, (kinds or {}).get(option, "candidate")) for option in votes]
    contest = verify.Contest("c", "council", "t", seats, options)
    tally = verify.Tally(3, len(votes))
    tally.lines, tally.votes = list(lines or (1000, boxes or sum(votes.values()), 0)), list(votes.values())
    tally.counts["voters_annulled"] = annulled
    return verify.Winners(edition, contest, tally, list(lots or []), supplied).json()


def test_every_real_allocation_is_reproduced() -> None:
    if not SHARED.exists():
        pytest.skip("the folder ../shared is missing")
    cases = json.loads((SHARED / "data" / "seat_cases.json").read_bytes())
    seen = 0
    for case in cases["cases"]:
        # two cases hold percents of four decimals
        votes = {option: int(Fraction(case["votes"][option]) * 10_000) for option in case["eligible"]}
        rule = f'method = "{case["method"].replace("_", "-")}"\nties = "more-votes"'
        assert winners(rule, votes, case["seats"])["seats"] == case["official_seats"], case["id"]
        seen += 1
    assert seen >= 4


@pytest.mark.parametrize(
    ("rule", "given", "expected"),
    [
        # 100 / 4: 40, 30, 30 have one quota each, 15 + 5 + 5 are left for the last seat
        ('method = "hare-largest-remainder"', {"A": 40, "B": 30, "C": 30}, {"A": 2, "B": 1, "C": 1}),
        ('method = "dhondt"', {"A": 60, "B": 25, "C": 15}, {"A": 3, "B": 1}),
        ('method = "sainte-lague"', {"A": 60, "B": 25, "C": 15}, {"A": 2, "B": 1, "C": 1}),
        ('method = "droop-largest-remainder"', {"A": 59, "B": 26, "C": 15}, {"A": 3, "B": 1}),
        ('method = "hagenbach-bischoff"', {"A": 59, "B": 26, "C": 15}, {"A": 3, "B": 1}),
        ('method = "dhondt"\nthreshold = 0.16', {"A": 60, "B": 25, "C": 15}, {"A": 3, "B": 1}),
        ('method = "dhondt"\nthreshold = 0.15', {"A": 33, "B": 52, "C": 15}, {"A": 1, "B": 3}),
    ],
)
def test_lists_by_hand(rule: str, given: dict[str, int], expected: dict[str, int]) -> None:
    result = winners(rule, given, 4)
    assert (result["status"], result["seats"], result["lots"]) == ("determined", expected, None)


def test_a_tie_waits_for_its_lot_and_takes_it() -> None:
    rule, votes = 'method = "hare-largest-remainder"', {"A": 40, "B": 30, "C": 30}
    pending = winners(rule, votes, 2)
    assert (pending["status"], pending["seats"]) == ("needs-decision", {"A": 1})
    assert pending["lots"] == {"between": ["B", "C"], "for": 1}
    drawn = winners(rule, votes, 2, lots=["C"])
    assert (drawn["status"], drawn["seats"], drawn["lots"]) == ("determined", {"A": 1, "C": 1}, None)


def test_too_few_pass_and_equals_wait() -> None:
    rule = 'method = "dhondt"\nthreshold = 0.5\nminimum_parties = 2'
    pending = winners(rule, {"A": 60, "B": 20, "C": 20}, 4)
    assert pending["status"] == "needs-decision"
    assert pending["passing"] == ["A"]
    assert pending["lots"] == {"between": ["B", "C"], "for": 1}
    assert pending["seats"] == {"A": 3}
    assert pending["quota"] is None
    drawn = winners(rule, {"A": 60, "B": 20, "C": 20}, 4, lots=["C"])
    assert drawn["passing"] == ["A", "C"]
    assert drawn["seats"] == {"A": 3, "C": 1}


def test_nobody_passes() -> None:
    rule = 'method = "dhondt"\nthreshold = 0.5'
    votes = {"A": 40, "B": 30, "C": 30}
    silent = winners(rule, votes, 2)
    assert (silent["status"], silent["seats"], silent["passing"]) == ("undetermined", {}, [])
    supplied = winners(rule, votes, 2, supplied=["C", "B"])
    assert (supplied["status"], supplied["passing"]) == ("determined", ["B", "C"])
    assert supplied["seats"] == {"B": 1, "C": 1}


def test_turnout_of_the_referendum_with_annulled_voters() -> None:
    rule = 'method = "question"\nmajority = 0.5\nturnout = 0.5\nturnout_op = ">"\nannulled_voters = "{}"'
    kinds = {"for": "yes", "against": "no"}
    lines = (9_900, 5_000, 100)
    stay = winners(rule.format("stay"), {"for": 4000, "against": 900}, kinds=kinds, lines=lines, annulled=100)
    assert stay["status"] == "not-valid"
    assert stay["turnout"] == {"participants": 5000, "voters": 10_000, "required": "1/2", "reached": False}
    leave = winners(
        rule.format("leave"), {"for": 4000, "against": 900}, kinds=kinds, lines=lines, annulled=100
    )
    assert (leave["status"], leave["elected"], leave["seats"]) == ("determined", ["for"], {})


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Small numbers, so that ties, empty contests and silent laws are common."""
    method = draw(st.sampled_from([*LISTS, *LISTS, "plurality", "majority", "question"]))
    by_lists = method in LISTS
    lines = [f'method = "{method}"']

    def maybe(name: str, values: list[str]) -> None:
        if draw(st.booleans()):
            lines.append(f"{name} = {draw(st.sampled_from(values))}")

    if by_lists:
        maybe("threshold", ["0.05", "0.2", "0.34", "0.5", "1.0", "0.333"])
        maybe("threshold_base", ['"valid"', '"cast"', '"participants"'])
        maybe("minimum_parties", ["2", "3"])
        maybe("ties", ['"lot"', '"more-votes"'])
        if method.startswith("hare"):
            maybe("quota_rounding", ['"exact"', '"floor"', '"nearest"', '"ceiling"'])
    elif method != "plurality":
        lines.append(f"majority = {draw(st.sampled_from(['0.5', '0.25', '0.667']))}")
        maybe("majority_op", ['">"', '">="'])
        maybe("majority_base", ['"valid"', '"cast"', '"participants"'])
    if method == "majority":
        maybe("two_candidates", ['"plurality"', '"majority"'])
        maybe("run_off", ["{candidates = 2}", "{candidates = 3}"])
    maybe("none_of_the_above", ['"in"', '"out"'])
    maybe("turnout", ["0.33", "0.5", "1.0"])
    maybe("turnout_op", ['">"', '">="'])
    maybe("annulled_voters", ['"stay"', '"leave"'])
    kinds = draw(
        st.lists(st.sampled_from(["first", "first", "first", "none-of-the-above"]), min_size=1, max_size=6)
    )
    first = "party-list" if by_lists else "candidate"
    if method == "question":
        kinds = ["yes", "no", *(["none-of-the-above"] if "none-of-the-above" in kinds else [])]
    options = [(f"o{number}", first if kind == "first" else kind) for number, kind in enumerate(kinds)]
    number = st.one_of(st.integers(0, 6), st.sampled_from([0, 10, 20, 30, 60, 120]), st.integers(0, 10**6))
    votes = [draw(number) for _ in options]
    names = [option for option, _ in options]
    lots = draw(st.lists(st.lists(st.sampled_from(names), unique=True, max_size=3), max_size=3))
    outcome = draw(st.one_of(st.none(), st.lists(st.sampled_from(names), unique=True, max_size=4)))
    boxes = sum(votes) + draw(st.integers(0, 9))
    return {
        "rule": "\n".join(lines),
        "options": options,
        "votes": votes,
        "seats": 1 if method in ("majority", "question") else draw(st.integers(1, 12)),
        "lines": [draw(st.integers(boxes, 2 * boxes + 1)), boxes, boxes - sum(votes)],
        "annulled": draw(st.integers(0, 50)),
        "lots": lots,
        "outcome": outcome,
    }


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_both_implementations_agree(case: dict[str, Any]) -> None:
    text = f"{HEAD}[contests.council]\n{case['rule']}\n"
    contest = verify.Contest("c", "council", "t", case["seats"], case["options"])
    tally = verify.Tally(3, len(case["votes"]))
    tally.lines, tally.votes = case["lines"], case["votes"]
    tally.counts["voters_annulled"] = case["annulled"]
    row = [name for lot in case["lots"] for name in lot]
    ours = verify.Winners(verify.Edition(text.encode()), contest, tally, row, case["outcome"]).json()
    options = tuple(OptionInput(id, kind, order) for order, (id, kind) in enumerate(case["options"], start=1))
    outcome = None if case["outcome"] is None else tuple(case["outcome"])
    theirs = determine(
        parse_edition(text),
        ContestInput("c", "council", case["seats"], options),
        Totals(case["lines"], case["votes"], case["annulled"]),
        Decisions(tuple(map(tuple, case["lots"])), outcome),
    ).to_json()
    for name in ("steps", "final", "contest", "kind"):
        del theirs[name]
    assert ours == theirs


def test_shares_are_exact() -> None:
    edition = verify.Edition(f'{HEAD}[contests.list]\nmethod = "dhondt"\nthreshold = 0.1\n'.encode())
    assert edition.rules["list"]["threshold"] == Fraction(1, 10)
    for text in ("nan", "inf", "1e31", "0." + "1" * 41):
        with pytest.raises(verify.Refused):
            verify.Edition(f'{HEAD}[contests.list]\nmethod = "dhondt"\nthreshold = {text}\n'.encode())
