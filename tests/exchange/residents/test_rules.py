"""Rules of precincts: parsed, matched, held against each other and against addresses."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esaylov.exchange.residents.problems import ExtractError
from esaylov.exchange.residents.rules import EVERY, Rule, Rules, moves, readable

HEAD = "precinct,mahalla,street,first,last,parity\n"
TEXT = HEAD + (
    "101,m1,Navoiy ko'chasi,1,99,odd\n"
    "102,m1,Навоий кўчаси,2,98,even\n"
    "104,m2,*,,,all\n"
    "105,m2,Bobur,,,all\n"
)  # fmt: skip


def table(*rows):
    return pl.DataFrame(list(rows), schema=["mahalla", "street_key", "house"], orient="row")


def codes_of(error):
    return [(one.line, one.code, one.field) for one in error.value.problems]


def test_an_address_finds_its_precinct():
    rules = Rules.parse(TEXT)
    found = rules.match(
        table(
            ("m1", "navoi", "1A"),
            ("m1", "navoi", "98"),
            ("m1", "navoi", "100"),
            ("m1", "navoi", "A"),
            ("m3", "x", "1"),
        )
    )
    assert found.to_list() == ["101", "102", None, None, None]


def test_the_narrower_rule_wins_only_where_it_is_said():
    addresses = table(("m2", "bobur", "5"), ("m2", "x", ""))
    assert Rules.parse(TEXT).matched(addresses).rows() == [(None, True, None), ("104", False, 2)]
    stated = Rules.parse(TEXT, specific=True)
    assert stated.matched(addresses).rows() == [("105", False, 3), ("104", False, 2)]
    assert stated.conflicts() == []
    (conflict,) = Rules.parse(TEXT).conflicts()
    assert (conflict.one.line, conflict.other.line) == (4, 5)
    assert str(conflict.problem()) == (
        "rules.csv:5: error B10 [street]: The rule gives houses to precinct 105 that line 4 gives to precinct 104"
    )


def test_both_sides_of_a_street_are_no_conflict():
    text = HEAD + "1,m,Navoiy,1,99,odd\n2,m,Navoiy,2,98,even\n3,m,Navoiy,100,120,odd\n"
    assert Rules.parse(text).conflicts() == []
    (conflict,) = Rules.parse(text + "4,m,Navoiy,99,99,all\n").conflicts()[:1]
    assert (conflict.first, conflict.last, conflict.parity) == (99, 99, "odd")
    assert str(readable(conflict)) == "Navoiy: house 99"


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        (",m,Navoiy,,,all", "B02", "precinct"),
        ("9,m,Navoiy,,,all", "B02", "precinct"),
        ("1,,Navoiy,,,all", "B03", "mahalla"),
        ("1,z,Navoiy,,,all", "B03", "mahalla"),
        ("1,m,,,,all", "B04", "street"),
        ("1,m,Navoiy,1,,all", "B05", "first"),
        ("1,m,Navoiy,1a,9,all", "B05", "first"),
        ("1,m,Navoiy,0,9,all", "B05", "first"),
        ("1,m,Navoiy,1,100000,all", "B05", "first"),
        ("1,m,Navoiy,²,9,all", "B05", "first"),
        ("1,m,Navoiy,9,1,all", "B06", "last"),
        ("1,m,Navoiy,2,2,odd", "B06", "last"),
        ("1,m,Navoiy,1,9,toq", "B07", "parity"),
        ("1,m,*,1,9,all", "B08", "first"),
        ("1,m,*,,,odd", "B08", "first"),
        ("1,m,NAVOIY koʻchasi,1,9,all", "B09", None),
    ],
)
def test_a_wrong_rule_is_told_with_its_line(line, code, field):
    with pytest.raises(ExtractError) as error:
        Rules.parse(HEAD + "1,m,Navoiy,1,9,all\n" + line + "\n", precincts={"1", "2"}, mahallas={"m"})
    assert codes_of(error) == [(3, code, field)]


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        (b"", [(1, "X12", name) for name in ("precinct", "mahalla", "street", "first", "last", "parity")]),
        (HEAD.replace("parity", "side").encode(), [(1, "X12", "parity"), (1, "X13", None)]),
        ((HEAD + "1,m,Navoiy,1,9\n").encode(), [(2, "X20", None)]),
        ((HEAD + '1,m,"Navoiy"x,1,9,all\n').encode(), [(2, "B01", None)]),
        (HEAD.encode() + "1,m,Навоий,1,9,all\n".encode("cp1251"), [(2, "B01", None)]),
    ],
)
def test_a_file_that_is_none_is_told(content, problems):
    with pytest.raises(ExtractError) as error:
        Rules.parse(content)
    assert codes_of(error) == problems


def test_rules_come_back_from_their_file():
    rules = Rules.parse(TEXT)
    assert Rules.parse(rules.to_csv()).rules == rules.rules


def test_coverage_counts_what_is_without_a_precinct_and_which_rules_are_idle():
    addresses = table(("m1", "navoi", "1"), ("m1", "navoi", "101"), ("m2", "bobur", "1"), ("m2", "x", "1"))
    coverage = Rules.parse(TEXT).coverage(addresses)
    assert coverage.mahallas.rows() == [("m1", 2, 1, 1, 0), ("m2", 2, 1, 0, 1)]
    assert coverage.precincts.rows() == [("101", 1), ("104", 1)]
    assert [rule.line for rule in coverage.unused] == [3]
    assert coverage.without["house"].to_list() == ["101"]
    assert coverage.conflicting["street_key"].to_list() == ["bobur"]


def test_moving_a_border_shows_whom_it_moves():
    before, after = Rules.parse(TEXT), Rules.parse(TEXT.replace("1,99,odd", "1,49,odd"))
    moved = moves(before, after, table(("m1", "navoi", "1"), ("m1", "navoi", "51"), ("m1", "navoi", "2")))
    assert moved.rows() == [("m1", "navoi", "51", "101", None)]


def test_rules_read_as_sentences_in_every_language():
    odd, even, every, side = Rules.parse(TEXT).rules
    assert str(readable(odd)) == "Navoiy ko'chasi: odd houses 1–99"
    assert str(readable(even, "ru")) == "Навоий кўчаси: чётные дома 2–98"
    assert str(readable(every, "uz")) == "barcha koʻchalar: barcha uylar"
    assert {str(readable(side, language)) for language in ("en", "ru", "uz", "uz-cyrl", "kaa")} == {
        "Bobur: all houses", "Bobur: все дома", "Bobur: barcha uylar", "Bobur: барча уйлар", "Bobur: barlıq úyler",
    }  # fmt: skip


@st.composite
def some_rules(draw):
    lines = []
    for line in range(draw(st.integers(1, 6))):
        street = draw(st.sampled_from(("navoi", "bobur", EVERY)))
        low = draw(st.none() | st.integers(1, 6))
        parity = draw(st.sampled_from(("all", "odd", "even")))
        high = None if low is None else low + draw(st.integers(1, 3))
        if street == EVERY:
            low, high, parity = None, None, "all"
        precinct = draw(st.sampled_from("123"))
        lines.append(Rule(line + 2, precinct, draw(st.sampled_from("mn")), street, street, low, high, parity))
    return lines


ADDRESSES = [(mahalla, street, house) for mahalla in "mn" for street in ("navoi", "bobur", "x") for house in
             ("", "1", "2B", "3", "4", "5/1", "6", "7", "8", "9")]  # fmt: skip


def falls(rule, address):
    mahalla, street, house = address
    digits = "".join(sign for sign in house[:1] if sign.isdigit())
    number = int(digits) if digits else None
    if rule.mahalla != mahalla or rule.street not in (street, EVERY):
        return False
    if rule.first is not None and (number is None or not rule.first <= number <= rule.last):
        return False
    return rule.parity == "all" or (number is not None and (number % 2 == 1) == (rule.parity == "odd"))


@settings(max_examples=150, deadline=None)
@given(some_rules(), st.booleans())
def test_matching_is_what_the_rules_say_one_by_one(lines, specific):
    rules = Rules(lines, specific)
    expected = []
    for address in ADDRESSES:
        hits = [rule for rule in lines if falls(rule, address)]
        if specific and hits:
            hits = [rule for rule in hits if rule.rank == max(hit.rank for hit in hits)]
        names = {rule.precinct for rule in hits}
        expected.append((names.pop() if len(names) == 1 else None, len(names) > 0))
    assert rules.matched(table(*ADDRESSES)).select("precinct", "conflict").rows() == expected


@settings(max_examples=150, deadline=None)
@given(some_rules())
def test_conflicts_are_the_pairs_that_share_a_house(lines):
    houses = [
        (mahalla, street, str(house))
        for mahalla in "mn"
        for street in ("navoi", "bobur", "x")
        for house in range(1, 12)
    ]
    expected = {
        (one.line, other.line)
        for one in lines
        for other in lines
        if one.line < other.line and one.precinct != other.precinct
        and any(falls(one, address) and falls(other, address) for address in houses if len(address[2]) == 1)
    }  # fmt: skip
    assert {(conflict.one.line, conflict.other.line) for conflict in Rules(lines).conflicts()} == expected
