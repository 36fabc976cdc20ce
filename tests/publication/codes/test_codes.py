"""Short codes: read however they are typed, told apart when a digit is wrong."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esaylov.publication.codes.codes import Code, check_digits, check_url, code_of, parse

LEAF = sha256(b"leaf").digest()
INDEXES = st.integers(0, 10**14)
FILLING = st.lists(
    st.sampled_from(["", " ", "\u00a0", "-", "\u2013", "\u2014", "\u2212", "\u2011"]), min_size=25
)


def test_code_of_an_entry() -> None:
    assert code_of(101034, bytes(31) + b"\x05") == "101034-0005"
    assert check_digits(LEAF) == str(int(LEAF.hex(), 16))[-4:]
    assert check_url("7-0005") == "/check/7-0005"


@given(INDEXES, st.binary(min_size=32, max_size=32))
def test_code_is_read_back(index: int, leaf: bytes) -> None:
    assert parse(code_of(index, leaf)) == Code(index, check_digits(leaf))


@given(INDEXES, FILLING)
def test_spaces_and_dashes_stand_where_they_like(index: int, filling: list[str]) -> None:
    code = code_of(index, LEAF)
    digits = code.replace("-", "")
    text = "".join(digit + filling[place] for place, digit in enumerate(digits))
    assert str(parse(text)) == code


def test_digits_of_other_scripts_and_leading_zeros() -> None:
    assert parse("\u0661\u0662\u2010\u0660\u0660\u0660\u0665") == Code(12, "0005")
    assert parse("0012-0005") == Code(12, "0005")


@pytest.mark.parametrize(
    "text", ["", "-", "1234", "12a-0005", "1.5-0005", "²1-0005", "9" * 20, "1 " * 61, "+1-0005", "1\x000005"]
)
def test_what_is_no_code(text: str) -> None:
    assert parse(text) is None


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = parse(text)
    assert found is None or parse(str(found)) == found
