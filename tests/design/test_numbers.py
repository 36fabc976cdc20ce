"""Numbers as people read them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esaylov.design import numbers

THIN = numbers.THIN_SPACE


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_shares_add_up_and_stay_within_one_step_of_the_exact_value(parts: list[int]) -> None:
    shares = numbers.shares(parts)
    if sum(parts) == 0:
        assert shares == [None] * len(parts)
        return
    assert sum(share for share in shares if share is not None) == 10_000
    for part, share in zip(parts, shares, strict=True):
        assert share is not None
        assert abs(Fraction(part * 10_000, sum(parts)) - share) < 1


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=20))
def test_more_votes_never_show_a_smaller_share(parts: list[int]) -> None:
    shares = numbers.shares(parts)
    for a, b in zip(range(len(parts)), range(1, len(parts)), strict=False):
        first, second = shares[a], shares[b]
        if first is not None and second is not None and parts[a] > parts[b]:
            assert first >= second


def test_thirds_are_not_99_99() -> None:
    assert numbers.shares([1, 1, 1]) == [3334, 3333, 3333]


@pytest.mark.parametrize(
    ("number", "language", "text"),
    [
        (0, "uz", "0"),
        (999, "ru", "999"),
        (15027529, "uz", f"15{THIN}027{THIN}529"),
        (15027529, "ru", f"15{THIN}027{THIN}529"),
        (15027529, "en", "15,027,529"),
    ],
)
def test_marks_between_thousands(number: int, language: str, text: str) -> None:
    assert numbers.whole(number, language) == text


def test_what_is_not_whole_is_never_shown_as_all() -> None:
    assert numbers.ratio_down(11_027, 11_028) == 9999
    assert numbers.ratio_down(11_028, 11_028) == 10_000
    assert numbers.ratio_down(0, 0) is None
    assert numbers.ratio(1, 0) is None


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_ratio_rounds_half_up(part: int, base: int) -> None:
    exact = Fraction(part * 10_000, base)
    assert numbers.ratio(part, base) == int(exact + Fraction(1, 2))


@pytest.mark.parametrize(
    ("value", "exact", "rounded", "decimal"),
    [
        (Fraction(14_946_187, 75), "199,282 37/75", "199,282.49", "199,282 37/75"),
        (Fraction("1.005"), "1 1/200", "1.01", "1.005"),
        (Fraction(3, 4), "3/4", "0.75", "0.75"),
        (Fraction(7), "7", "7", "7"),
        (Fraction("1648.2"), "1,648 1/5", "1,648.20", "1,648.2"),
    ],
)
def test_fractions(value: Fraction, exact: str, rounded: str, decimal: str) -> None:
    assert numbers.exact(value, "en") == exact
    assert numbers.fraction(value, "en") == rounded
    assert numbers.decimal(value, "en") == decimal


def test_percent_in_each_language() -> None:
    assert numbers.percent(3475, "en") == f"34.75{THIN}%"
    assert numbers.percent(10_000, "ru") == f"100,00{THIN}%"
    assert numbers.percent(5, "uz") == f"0,05{THIN}%"
