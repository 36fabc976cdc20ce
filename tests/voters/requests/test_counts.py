"""Public counts: no figure below the edition's level, and none that follows from the others."""

from __future__ import annotations

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


def test_an_only_part_hides_its_whole() -> None:
    lines = tree([[3], [60]])
    withhold(lines, LEAST)
    assert [line.figures[0] for line in lines] == [63, None, None, None, 60] or lines[0].figures[0] is None


@given(st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=5), min_size=1, max_size=4))
def test_nothing_withheld_follows(districts: list[list[int]]) -> None:
    lines = tree(districts)
    withhold(lines, LEAST)
    for line in lines:
        assert not (0 < line.exact["late"] < LEAST and "late" not in line.withheld)
        parts = [one for one in lines if one.parent == line.id and one.exact["late"]]
        hidden = [one for one in parts if "late" in one.withheld]
        assert len(hidden) != 1 or "late" in line.withheld
