"""What was read a moment ago is not read again."""

from __future__ import annotations

import pytest

from esaylov.voters import lately
from esaylov.voters.lately import Lately


def test_it_is_read_again_when_it_is_old_or_forgotten() -> None:
    now, asked = [0.0], iter(range(9))
    known: Lately[int] = Lately(10.0, lambda: now[0])
    assert [known("a", asked.__next__).found for _ in range(3)] == [0, 0, 0]
    assert known("b", asked.__next__).found == 1, "by key"
    now[0] = 9.9
    assert known("a", asked.__next__).found == 0
    now[0] = 10.0
    assert known("a", asked.__next__).found == 2
    known.forget()
    assert known("a", asked.__next__).found == 3


def test_an_error_passes_and_nothing_is_kept() -> None:
    known: Lately[int] = Lately(10.0)
    with pytest.raises(ZeroDivisionError):
        known("a", lambda: 1 // 0)
    assert known("a", lambda: 1).found == 1


def test_whoever_asks_for_another_key_does_not_wait() -> None:
    known: Lately[str] = Lately(10.0)
    assert known("a", lambda: known("b", lambda: "b").found + "a").found == "ba"
    assert known("b", lambda: "again").found == "b"


def test_it_keeps_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lately, "MOST", 2)
    known: Lately[int] = Lately(10.0)
    for key in range(5):
        known(key, lambda: 1)
    assert len(known._kept) <= 2
