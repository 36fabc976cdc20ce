"""Questions in words, for whom no script runs: easy to read, to hear and to answer; a program must be written for them.

What a program can do all the same is why this way is open to a third of the tries (`views.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext, pgettext

from esaylov.design.scripts import fold

LONGEST = 60


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what answers it, folded."""

    text: str
    answers: frozenset[str]

    def answered(self, given: str) -> bool:
        """Whether it is the answer, in whatever script and case."""
        return folded(given) in self.answers


def folded(text: str) -> str:
    """An answer as it is compared."""
    return fold(text[:LONGEST])


def question(drawn: bytes) -> Question:
    """The question that follows from 32 drawn bytes, in the page's language."""
    at = iter(drawn)
    make = KINDS[next(at) % len(KINDS)]
    return make(at)


def _sum(at: Iterator[int]) -> Question:
    first, second = 1 + next(at) % 10, 1 + next(at) % 10
    words = {"first": numbers()[first], "second": numbers()[second]}
    return _number(gettext("How much is %(first)s plus %(second)s?") % words, first + second)


def _difference(at: Iterator[int]) -> Question:
    less, rest = 1 + next(at) % 9, 1 + next(at) % 11
    words = {"first": numbers()[less + rest], "second": numbers()[less]}
    return _number(gettext("How much is %(first)s minus %(second)s?") % words, rest)


def _largest(at: Iterator[int]) -> Question:
    found = _different(at, 3, 20)
    words = dict(zip(("first", "second", "third"), (numbers()[one + 1] for one in found), strict=True))
    text = gettext("Which of these numbers is the largest: %(first)s, %(second)s or %(third)s?") % words
    return _number(text, max(found) + 1)


def _place(at: Iterator[int]) -> Question:
    texts = (
        gettext("Which word comes first in this list: %(words)s?"),
        gettext("Which word comes second in this list: %(words)s?"),
        gettext("Which word comes third in this list: %(words)s?"),
        gettext("Which word comes last in this list: %(words)s?"),
    )
    place, known = next(at) % len(texts), things()
    found = [known[one] for one in _different(at, len(texts), len(known))]
    return Question(texts[place] % {"words": ", ".join(found)}, frozenset({folded(found[place])}))


KINDS: tuple[Callable[[Iterator[int]], Question], ...] = (_sum, _difference, _largest, _place)


def _number(text: str, answer: int) -> Question:
    said = {folded(numbers()[answer])} if answer < len(numbers()) else set()
    return Question(text, frozenset({str(answer), *said}))


def _different(at: Iterator[int], wanted: int, below: int) -> list[int]:
    """So many different numbers. (Out of 32 bytes there are always enough: what has come already is moved on.)"""
    found: list[int] = []
    while len(found) < wanted:
        one = next(at) % below
        while one in found:
            one = (one + 1) % below
        found.append(one)
    return found


def numbers() -> tuple[str, ...]:
    """The numbers from nought to twenty in words."""
    return (
        pgettext("number in a question", "zero"), pgettext("number in a question", "one"),
        pgettext("number in a question", "two"), pgettext("number in a question", "three"),
        pgettext("number in a question", "four"), pgettext("number in a question", "five"),
        pgettext("number in a question", "six"), pgettext("number in a question", "seven"),
        pgettext("number in a question", "eight"), pgettext("number in a question", "nine"),
        pgettext("number in a question", "ten"), pgettext("number in a question", "eleven"),
        pgettext("number in a question", "twelve"), pgettext("number in a question", "thirteen"),
        pgettext("number in a question", "fourteen"), pgettext("number in a question", "fifteen"),
        pgettext("number in a question", "sixteen"), pgettext("number in a question", "seventeen"),
        pgettext("number in a question", "eighteen"), pgettext("number in a question", "nineteen"),
        pgettext("number in a question", "twenty"),
    )  # fmt: skip


def things() -> tuple[str, ...]:
    """Words that everybody knows."""
    return (
        pgettext("word in a question", "apple"), pgettext("word in a question", "bread"),
        pgettext("word in a question", "river"), pgettext("word in a question", "stone"),
        pgettext("word in a question", "horse"), pgettext("word in a question", "door"),
        pgettext("word in a question", "table"), pgettext("word in a question", "school"),
        pgettext("word in a question", "winter"), pgettext("word in a question", "summer"),
        pgettext("word in a question", "garden"), pgettext("word in a question", "bird"),
        pgettext("word in a question", "book"), pgettext("word in a question", "salt"),
        pgettext("word in a question", "sun"), pgettext("word in a question", "moon"),
    )  # fmt: skip
