from __future__ import annotations

import enum
import uuid
from datetime import UTC, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from esaylov.exchange.canonical import MAX_INTEGER, CanonicalError, dumps, loads_strict

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
INTEGERS = st.integers(-MAX_INTEGER, MAX_INTEGER)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=20,
)


@given(VALUES)
def test_bytes_are_those_of_rfc8785_and_decode_to_the_same_value(value: object) -> None:
    data = dumps(value)
    assert data == rfc8785.dumps(value)
    assert loads_strict(data) == value


@given(st.dictionaries(st.text(st.characters(min_codepoint=0xD7F0, exclude_categories=["Cs"])), INTEGERS))
def test_names_are_sorted_by_utf16_code_units(value: dict[str, int]) -> None:
    assert dumps({"outer": [value]}) == rfc8785.dumps({"outer": [value]})


def test_a_name_beyond_the_bmp_comes_before_the_private_use_area() -> None:
    assert dumps({"\ue000": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ue000":1}'.encode()


class Colour(enum.Enum):
    RED = 1


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        float("inf"),
        [1, [2.5]],
        {"a": {"b": 0.1}},
        {"a": [], "b": 1e3},
        MAX_INTEGER + 1,
        -MAX_INTEGER - 1,
        2**70,
        "\ud800",
        {"\udfff": 1},
        {1: 2},
        {None: 1},
        {"a": {2: 3}},
        b"bytes",
        {"a": {1, 2}},
        datetime(2026, 1, 1, tzinfo=UTC),
        uuid.UUID(int=0),
        Colour.RED,
        {"ä": Colour.RED},
        object(),
    ],
)
def test_values_without_a_canonical_form_are_refused(value: object) -> None:
    with pytest.raises(CanonicalError, match="no canonical form"):
        dumps(value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b' {"a":1}',
        b'{"a":1}\n',
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"a":1.0}',
        b'{"a":1e2}',
        b'{"a":-0}',
        b'{"a":01}',
        b'{"a":9007199254740992}',
        b'{"a":123456789012345678901234567890}',
        b'{"a":NaN}',
        b'"\\u0041"',
        b'"\\/"',
        b'"\\u001F"',
        b'"\xff"',
        b'"\\ud800"',
        b'"\xed\xa0\x80"',
        b"\xef\xbb\xbf{}",
        b"{}{}",
    ],
)
def test_every_other_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(CanonicalError):
        loads_strict(data)


@given(VALUES, st.data())
def test_a_flipped_bit_is_never_read_as_the_same_value(value: object, data: st.DataObject) -> None:
    encoded = bytearray(dumps(value))
    at = data.draw(st.integers(0, len(encoded) * 8 - 1))
    encoded[at // 8] ^= 1 << at % 8
    try:
        other = loads_strict(bytes(encoded))
    except CanonicalError:
        return
    assert dumps(other) == bytes(encoded)
    assert dumps(other) != dumps(value)
