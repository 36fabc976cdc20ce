"""Work ahead of its turn: the same items in the same order, errors at their place, and an end when nobody listens."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from esaylov.voters.readahead import ahead


def counted(made: list[int], end: int, broken: int = -1) -> Iterator[int]:
    for number in range(end):
        if number == broken:
            raise ValueError("broken")
        made.append(number)
        yield number


def test_the_same_items_in_the_same_order() -> None:
    assert list(ahead(counted([], 100))) == list(range(100))
    assert list(ahead(iter(()))) == []


def test_an_error_comes_at_its_place() -> None:
    items = ahead(counted([], 10, broken=4))
    assert [next(items) for _ in range(4)] == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="broken"):
        next(items)


def test_no_more_than_a_few_are_made_ahead_and_none_when_nobody_listens() -> None:
    made: list[int] = []
    items = ahead(counted(made, 1_000), depth=2)
    assert next(items) == 0
    items.close()
    assert len(made) <= 5
    assert not [one for one in threading.enumerate() if one.name == "reader of an extract"]
