"""Whatever rules are set: a house has one precinct at most, and whoever is moved and moved back stands where they stood."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from esaylov.exchange.residents.rules import Parity, Rule, Rules

PRECINCTS = ("n1-1", "n1-2", "n2-1")
NUMBERS = {code: place for place, code in enumerate(PRECINCTS, 1)}
STREETS = ("navoi", "bobur")
HOUSES = [
    (mahalla, street, str(number))
    for mahalla in ("t-1", "t-2")
    for street in STREETS
    for number in range(1, 13)
]
ODD_ONES = [("t-1", "navoi", "12A"), ("t-1", "navoi", "A"), ("t-2", "amir", "3")]


def rule(precinct: str, mahalla: str, street: str, span: tuple[int, int] | None, parity: Parity) -> Rule:
    whole = street == "*"
    first, last = (None, None) if span is None or whole else (min(span), max(span))
    return Rule(1, precinct, mahalla, street, street, first, last, "all" if whole else parity)


RULE = st.builds(
    rule,
    st.sampled_from(PRECINCTS),
    st.sampled_from(("t-1", "t-2")),
    st.sampled_from((*STREETS, "*")),
    st.none() | st.tuples(st.integers(1, 14), st.integers(1, 14)),
    st.sampled_from(("all", "odd", "even")),
)
RULES = st.lists(RULE, max_size=6)


def houses() -> pl.DataFrame:
    rows = [
        (1, mahalla, street, street, house, at)
        for at, (mahalla, street, house) in enumerate([*HOUSES, *ODD_ONES])
    ]
    names = ["place", "mahalla", "street", "street_key", "house", "digest"]
    return pl.DataFrame(rows, schema=names, orient="row")


def alone(rules: list[Rule], house: tuple[str, str, str]) -> set[str]:
    """The precincts of a house by each rule on its own, in plain words."""
    digits = "".join(sign for sign in house[2] if sign.isdigit())
    number = int(digits) if house[2][:1].isdigit() else None
    found = set()
    for one in rules:
        if one.mahalla != house[0] or one.street_key not in ("*", house[1]):
            continue
        if one.first is not None and (number is None or not one.first <= number <= (one.last or 0)):
            continue
        if one.parity != "all" and (number is None or number % 2 != (one.parity == "odd")):
            continue
        found.add(one.precinct)
    return found


@given(RULES)
def test_a_house_has_one_precinct_at_most(rules: list[Rule]) -> None:
    table = houses()
    judged = Rules(rules).matched(table)
    for place, house in enumerate([*HOUSES, *ODD_ONES]):
        own = alone(rules, house)
        assert judged["precinct"][place] == (min(own) if len(own) == 1 else None)
        assert judged["conflict"][place] is (len(own) > 1)
    if not Rules(rules).conflicts():
        assert not judged["conflict"].any()


@given(RULES)
def test_what_shares_a_house_is_a_conflict(rules: list[Rule]) -> None:
    if Rules(rules).matched(houses())["conflict"].any():
        assert Rules(rules).conflicts()


@settings(max_examples=50)
@given(RULES, RULES, st.lists(st.integers(0, len(HOUSES) + len(ODD_ONES)), max_size=30))
def test_moved_and_moved_back(first: list[Rule], second: list[Rule], lived_in: list[int]) -> None:
    """Placing depends on rules and houses alone; the house after the last one is unknown to the register."""
    from esaylov.voters.places.houses import living

    table = houses().with_columns(pl.col("place").cast(pl.Int32))
    codes = table["mahalla"].to_list()
    voters = pl.DataFrame(
        [(1, codes[at] if at < len(codes) else "t-1", at, None, 1) for at in dict.fromkeys(lived_in)],
        schema={
            "place": pl.Int32,
            "mahalla": pl.String,
            "digest": pl.Int64,
            "before": pl.Int32,
            "voters": pl.Int32,
        },
        orient="row",
    )
    there = living(voters, table, Rules(first), NUMBERS)["after"]
    away = living(voters.with_columns(before=there), table, Rules(second), NUMBERS)["after"]
    back = living(voters.with_columns(before=away), table, Rules(first), NUMBERS)["after"]
    assert back.to_list() == there.to_list()
