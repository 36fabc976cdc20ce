"""Control relations of a protocol: what must hold between its lines and its votes (Art. 58, 94, 95).

The edition says which relations there are; this module only computes them. A relation is broken or holds
in itself; a broken one is reported unless the edition names, in its `unless`, another one that is broken too:
one mistake of the pen should yield one message.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from esaylov.law.editions import VOTES, Edition, Relation
from esaylov.law.findings import Finding

FailedCodes = Callable[[Sequence[int], Sequence[int]], tuple[str, ...]]
_Side = Callable[[tuple[int, ...]], int]


@dataclass(frozen=True, slots=True)
class _Compiled:
    relation: Relation
    left: _Side
    right: _Side
    numerator: int
    denominator: int

    def sides(self, figures: tuple[int, ...]) -> tuple[int, int]:
        return self.left(figures), self.right(figures) * self.numerator // self.denominator

    def broken(self, figures: tuple[int, ...]) -> bool:
        left = self.left(figures) * self.denominator
        right = self.right(figures) * self.numerator
        return left > right or (left != right and self.relation.op == "=")


def evaluate(edition: Edition, lines: Sequence[int], votes: Sequence[int]) -> tuple[Finding, ...]:
    """The findings of every control relation, in the order of the edition.

    `lines` are the figures of the edition's lines in its order, `votes` those of the contest's options; all
    are whole numbers. `right` of a finding is the right side times its factor, rounded down (`<=` between
    whole numbers means the same then).
    Raises ValueError when the number of lines is not the edition's.
    """
    _check_length(edition, lines)
    figures = (*lines, sum(votes))
    broken = {c.relation.code: c for c in map(_compile(edition), edition.relations) if c.broken(figures)}
    return tuple(
        _finding(compiled, figures)
        for compiled in broken.values()
        if not any(code in broken for code in compiled.relation.unless)
    )


def compile_relations(edition: Edition) -> FailedCodes:
    """The same as `evaluate` for bulk work: (lines, votes) -> codes of the reported relations, sorted.

    It does not check the number of lines.
    """
    compiled = tuple(
        (r.code, c.left, c.denominator, c.right, c.numerator, r.op == "=", r.unless)
        for r, c in zip(edition.relations, map(_compile(edition), edition.relations), strict=True)
    )

    def failed(lines: Sequence[int], votes: Sequence[int]) -> tuple[str, ...]:
        figures = (*lines, sum(votes))
        broken: dict[str, tuple[str, ...]] = {}
        for code, left_of, denominator, right_of, numerator, equal, unless in compiled:
            left = left_of(figures) * denominator
            right = right_of(figures) * numerator
            if left > right or (equal and left != right):
                broken[code] = unless
        if not broken:
            return ()
        return tuple(sorted(code for code, unless in broken.items() if not any(u in broken for u in unless)))

    return failed


def error_codes(edition: Edition) -> frozenset[str]:
    """Codes of the relations whose failure keeps a protocol outside the totals."""
    return frozenset(relation.code for relation in edition.relations if relation.severity == "error")


def common_figure(edition: Edition, name: str, lines: Sequence[int]) -> int:
    """One of the figures that every protocol has (`voters_on_list`, ...), from this form's own lines.

    Raises KeyError when the edition does not define it, ValueError when the number of lines is not its own.
    """
    _check_length(edition, lines)
    return sum(lines[place] for place in common_places(edition, name))


def common_places(edition: Edition, name: str) -> tuple[int, ...]:
    """Places (from 0) of the lines whose sum a common figure is; KeyError when the edition lacks it."""
    return tuple(edition.lines.index(line) for line in edition.common[name])


def _check_length(edition: Edition, lines: Sequence[int]) -> None:
    if len(lines) != len(edition.lines):
        raise ValueError(f"{len(lines)} lines, the form of {edition.id} has {len(edition.lines)}")


def _compile(edition: Edition) -> Callable[[Relation], _Compiled]:
    places = {name: place for place, name in enumerate((*edition.lines, VOTES))}

    def compiled(relation: Relation) -> _Compiled:
        factor = relation.right_factor
        return _Compiled(
            relation,
            _side([places[name] for name in relation.left]),
            _side([places[name] for name in relation.right]),
            factor.numerator,
            factor.denominator,
        )

    return compiled


def _side(places: Sequence[int]) -> _Side:
    pick: Callable[[Any], Any] = itemgetter(*places)
    if len(places) == 1:
        return pick
    return lambda figures: sum(pick(figures))


def _finding(compiled: _Compiled, figures: tuple[int, ...]) -> Finding:
    relation = compiled.relation
    left, right = compiled.sides(figures)
    fields = tuple(dict.fromkeys((*relation.left, *relation.right)))
    return Finding(relation.code, relation.severity, fields, relation.article, relation.text, left, right)
