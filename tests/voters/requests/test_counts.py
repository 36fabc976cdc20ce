"""Public counts: no figure below the edition's level, and none that follows from the others."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from esaylov.voters.requests.counts import COLUMNS, Line, withhold

LEAST = 10


def tree(districts: list[list[int]]) -> list[Line]:
    """A country of regions of districts with these figures, the same in every column."""
    lines, number = [Line(0, {}, 0, None)], 0
    for region in districts:
        number += 1
        above = number
        lines.append(Line(above, {}, 1, 0, dict.fromkeys(COLUMNS, sum(region))))
        for figure in region:
            number += 1
            lines.append(Line(number, {}, 2, above, dict.fromkeys(COLUMNS, figure)))
    lines[0].exact = dict.fromkeys(COLUMNS, sum(map(sum, districts)))
    return lines


def test_what_stands_alone_is_covered() -> None:
    lines = tree([[40, 3, 50], [60, 70]])
    withhold(lines, LEAST)
    assert [line.figures[0] for line in lines] == [223, 93, None, None, 50, 130, 60, 70]


def test_an_only_part_hides_its_whole_and_what_it_would_follow_from() -> None:
    lines = tree([[3], [60]])
    withhold(lines, LEAST)
    assert [line.figures[0] for line in lines] == [63, None, None, None, None]


def test_small_ones_together_are_still_small() -> None:
    lines = tree([[1, 1, 20]])
    withhold(lines, LEAST)
    assert [line.figures[0] for line in lines] == [22, 22, None, None, None]
    lines = tree([[1] * 10, [50]])
    withhold(lines, LEAST)
    assert lines[0].figures[0] == 60
    assert {line.figures[0] for line in lines[1:]} == {None}, "each would be one"


@given(st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=5), min_size=1, max_size=4))
def test_nothing_withheld_follows(districts: list[list[int]]) -> None:
    lines = tree(districts)
    withhold(lines, LEAST)
    hidden = [line for line in lines if "late" in line.withheld]
    assert {line.id for line in lines if 0 < line.exact["late"] < LEAST} <= {line.id for line in hidden}
    if lines[0] in hidden:
        return  # (fewer in the country than may be said)
    whole = [line for line in lines if line.depth < 2]
    sums = np.array([[int(one.parent == line.id) - int(one is line) for one in hidden] for line in whole])
    for place in range(len(hidden)):
        alone = np.eye(len(hidden))[place]
        known = np.linalg.matrix_rank(sums) == np.linalg.matrix_rank(np.vstack([sums, alone]))
        assert not known, "it follows from the sums"
