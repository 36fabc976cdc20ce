"""Places of seats and of hexagons: exact numbers, no two in one place, regions that hold together."""

from __future__ import annotations

from itertools import combinations
from math import hypot, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esaylov.publication.charts.hemicycle import hemicycle, spread
from esaylov.publication.charts.hexagons import UZBEKISTAN, Item, Layout, layout

WIDTH = 397.0
SOATO = [f"17{code}" for code, _ in UZBEKISTAN]


@given(st.integers(1, 600))
def test_as_many_seats_as_there_are(count: int) -> None:
    seats = hemicycle(count)
    assert len(seats) == count
    assert all(hypot(seat.x, seat.y) + seat.radius <= 1.0001 for seat in seats), "inside the half circle"
    assert all(seat.y >= -1e-9 for seat in seats)


@pytest.mark.parametrize("count", [1, 2, 5, 74, 150, 225, 600])
def test_seats_do_not_touch(count: int) -> None:
    seats = hemicycle(count)
    assert all(hypot(a.x - b.x, a.y - b.y) > a.radius + b.radius - 1e-9 for a, b in combinations(seats, 2))


def test_seats_go_from_left_to_right() -> None:
    seats = hemicycle(150)
    assert seats[0].x < -0.3
    assert seats[-1].x > 0.3
    left, right = seats[:75], seats[75:]
    assert max(seat.x for seat in left) < 0.06
    assert min(seat.x for seat in right) > -0.06


def test_no_seats() -> None:
    with pytest.raises(ValueError, match="at least one"):
        hemicycle(0)


@given(st.lists(st.integers(1, 90), min_size=1, max_size=12), st.integers(0, 400))
def test_parts_sum_to_the_whole(weights: list[int], total: int) -> None:
    assert sum(spread(total, weights)) == total


def neighbours(placed: Layout, codes: list[str]) -> dict[str, set[str]]:
    """Which of these hexagons share an edge."""
    reach = sqrt(3) * placed.radius * 1.01
    found: dict[str, set[str]] = {code: set() for code in codes}
    for a, b in combinations(codes, 2):
        (x, y), (u, v) = placed.cells[a], placed.cells[b]
        if hypot(x - u, y - v) <= reach:
            found[a].add(b)
            found[b].add(a)
    return found


def connected(links: dict[str, set[str]]) -> bool:
    """Whether every hexagon can be reached from the first."""
    seen, todo = set(), [next(iter(links))]
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            todo += links[one]
    return len(seen) == len(links)


groupings = st.lists(st.tuples(st.sampled_from([*SOATO, "abroad", "x", "y"]), st.integers(1, 25)), min_size=1, max_size=16,
                     unique_by=lambda pair: pair[0])  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(groupings, st.sampled_from(["none", "all", "some"]))
def test_cells_are_distinct_and_regions_hold_together(groups: list[tuple[str, int]], places: str) -> None:
    items = []
    for number, (group, count) in enumerate(groups):
        for one in range(count):
            known = places == "all" or (places == "some" and one % 2)
            items.append(
                Item(
                    f"{group}-{one}",
                    group,
                    (37 + number % 5 + one / 40, 56 + number + one / 30) if known else None,
                )
            )
    placed = layout(items, WIDTH, {group: 70.0 for group, _ in groups})
    assert set(placed.cells) == {item.code for item in items}
    points = list(placed.cells.values())
    least = sqrt(3) * placed.radius * 0.999
    assert all(hypot(a[0] - b[0], a[1] - b[1]) >= least for a, b in combinations(points, 2)), (
        "hexagons never overlap"
    )
    half = sqrt(3) / 2 * placed.radius
    assert all(half - 0.01 <= x <= WIDTH - half + 0.01 for x, _ in points), "inside the picture"
    assert all(0 < y <= placed.height - placed.radius + 0.01 for _, y in points)
    for group, count in groups:
        assert connected(neighbours(placed, [f"{group}-{one}" for one in range(count)])), group
    assert len(placed.regions) == len(groups)
    assert placed == layout(items, WIDTH, {group: 70.0 for group, _ in groups}), (
        "the same input, the same picture"
    )


@pytest.mark.parametrize("count", [1, 2, 75, 300, 1_000])
def test_one_region_of_any_size(count: int) -> None:
    placed = layout([Item(str(one), "g") for one in range(count)], WIDTH, {})
    assert len(set(placed.cells.values())) == count
    assert connected(neighbours(placed, [str(one) for one in range(count)]))


def test_regions_lie_as_on_the_map() -> None:
    """By the table, and by coordinates: Karakalpakstan in the north-west, the Fergana valley in the east."""
    placed = layout([Item(code, code) for code in SOATO], WIDTH, {})
    at = placed.cells
    assert at["1735"][0] < at["1727"][0] < at["1714"][0]
    assert at["1733"][0] < at["1718"][0] < at["1703"][0]
    assert at["1735"][1] < at["1718"][1] < at["1722"][1]
    known = {
        "1735": (43.0, 59.0),
        "1726": (41.3, 69.3),
        "1722": (37.9, 67.5),
        "1703": (40.8, 72.3),
        "1706": (39.8, 64.0),
    }
    at = layout([Item(code, code, place) for code, place in known.items()], 120.0, {}).cells
    assert at["1735"][1] < at["1722"][1]


def test_the_border_goes_around_a_region_once() -> None:
    placed = layout([Item("a", "g"), Item("b", "g")], WIDTH, {})
    assert len(placed.regions[0].border) == 10, "two hexagons have twelve edges; the one between them is none"
