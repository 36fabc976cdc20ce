"""No float in this room: not in its source, not in what it computes; and nothing it is fed breaks it."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esaylov.law.cases import CaseError, load_case, parse_case
from esaylov.law.editions import Edition, EditionError, parse_edition, uz_edition_toml
from esaylov.law.exact import plain, ratio, to_fraction
from esaylov.law.seats import METHODS, ROUNDINGS, TIES, Case, Rules, allocate
from tests.law.places import ROOT

SOURCES = sorted((ROOT / "src" / "esaylov" / "law").glob("*.py"))
EXACT = {"floor", "ceil"}


def inexact(tree: ast.AST) -> Iterator[str]:
    """Float literals, the name float, and functions of math that answer with one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield f"line {node.lineno}: {node.value}"
        if isinstance(node, ast.Name) and node.id in ("float", "complex", "round"):
            yield f"line {node.lineno}: {node.id}"
        if isinstance(node, ast.ImportFrom) and node.module in ("math", "statistics", "random", "time"):
            yield from (f"line {node.lineno}: {a.name}" for a in node.names if a.name not in EXACT)
        if isinstance(node, ast.Import):
            yield from (
                f"line {node.lineno}: {a.name}" for a in node.names if a.name in ("math", "random", "time")
            )


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_the_source_knows_no_float(source: Any) -> None:
    assert list(inexact(ast.parse(source.read_text(encoding="utf-8")))) == []


def test_the_check_itself_finds_floats() -> None:
    bad = "from math import sqrt\nimport time\nx = 0.5\ny = float(1)\nz = round(2)\n"
    assert len(list(inexact(ast.parse(bad)))) == 5


@given(
    st.dictionaries(st.sampled_from("ABCDE"), st.fractions(0, 10**7), min_size=1),
    st.integers(1, 30),
    st.sampled_from(METHODS),
    st.builds(Rules, st.integers(1, 4), st.sampled_from(ROUNDINGS), st.sampled_from(TIES)),
)
def test_every_figure_is_a_fraction(
    votes: dict[str, Fraction], seats: int, method: str, rules: Rules
) -> None:
    case = Case(seats, method, votes, Fraction(7, 100), rules=rules)
    allocation = allocate(case)
    assert allocation.quota is None or isinstance(allocation.quota, Fraction)
    for step in allocation.steps:
        assert all(isinstance(figure, Fraction) for figure in step.figures.values())
        for standing in step.standings:
            assert isinstance(standing.value, Fraction)
            assert isinstance(standing.seats, int)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0.07", Fraction(7, 100)), (7, Fraction(7)), ("34.75", Fraction(139, 4)), ("1e3", Fraction(1000))],
)
def test_numbers_as_written(value: object, expected: Fraction) -> None:
    assert to_fraction(value) == expected


@pytest.mark.parametrize(
    "value",
    [0.5, True, None, "", " 1", "1 ", "1_0", "٣", "NaN", "Infinity", "-sNaN", "1e31", "1e-31", "9" * 41, "½"],
)
def test_what_is_no_exact_number(value: object) -> None:
    with pytest.raises(ValueError, match=r"is|has"):
        to_fraction(value)


def test_fractions_in_words() -> None:
    assert ratio(Fraction(199282)) == "199282/1"
    assert (plain(Fraction(199282)), plain(Fraction(1, 3))) == ("199282", "1/3")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=6)
    | st.sampled_from(["0.07", "A", "cast", "lot"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=6,
)
members = (
    "seats",
    "method",
    "threshold",
    "threshold_base",
    "votes",
    "participants",
    "invalid",
    "rules",
    "drawn",
)


@given(st.dictionaries(st.sampled_from(members), json_values))
def test_a_case_is_read_or_refused(changes: dict[str, Any]) -> None:
    good = {"seats": 3, "method": "dhondt", "votes": {"A": 5, "B": 3}}
    with suppress(CaseError):
        case = parse_case(good | changes)
        assert sum(allocate(case).seats.values()) <= case.seats


@given(st.binary(max_size=40))
def test_bytes_are_a_case_or_not(text: bytes) -> None:
    with suppress(CaseError):
        assert isinstance(load_case(text), dict)


TEXT = uz_edition_toml().decode()
SCRAPS = (
    '"',
    "]",
    "[",
    "{",
    "=",
    "0.5",
    "-1",
    "1e400",
    "nan",
    "true",
    '"x"',
    "[]",
    "{}",
    "1979-05-27",
    "\0",
    "\n",
)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_a_damaged_edition_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    place = chance.randrange(len(TEXT))
    length = chance.choice((0, 1, 1, 5, 60))
    text = TEXT[:place] + chance.choice(SCRAPS) + TEXT[place + length :]
    with suppress(EditionError):
        assert isinstance(parse_edition(text), Edition)
