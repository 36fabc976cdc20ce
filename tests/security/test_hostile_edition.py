"""Editions of the law that are made to break their reader."""

from __future__ import annotations

import time

import pytest

from esaylov.law.editions import EditionError, parse_edition, uz_edition_toml

NESTED = 4_000


@pytest.mark.parametrize(
    "more",
    [
        b"\n[a" + b".a" * NESTED + b"]\n",
        b"\n[z]\na" + b".a" * NESTED + b" = 1\n",
        b"\n[z]\na = " + b"[" * 5000 + b"]" * 5000,
        b"\n[z]\na = " + b"[" * 100 + b"]" * 100,
        b"\n[z]\na = " + b"9" * 5000,
    ],
    ids=["table", "key", "array", "shallow array", "number"],
)
def test_nesting_and_long_numbers_are_a_problem_not_a_fault(more: bytes) -> None:
    start = time.process_time()
    with pytest.raises(EditionError):
        parse_edition(uz_edition_toml() + more)
    assert time.process_time() - start < 10
