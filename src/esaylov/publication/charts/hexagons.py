"""The cartogram's layout: equal hexagons, those of a region together, regions about where they lie.

Each region is a cluster of its own under its name. Clusters stand in rows from north to south and within a
row from west to east. Where a region lies comes from its places' coordinates, else from the table of
Uzbekistan's regions below, else from the order in which regions come. The same input gives the same picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians, sin, sqrt

LARGEST, SMALLEST = 14.0, 3.5
COMFORTABLE = 80
"""Up to so many hexagons they keep their largest size."""
LINE, BETWEEN_ROWS, BETWEEN = 13.5, 9.0, 12.0
MOST_SQUEEZED = 0.22

# Row from the north (0 to 3) and place from west to east (0 to 100) of Uzbekistan's regions, by the last two
# digits of their SOATO code and by ISO 3166-2: drawn by hand after the map.
UZBEKISTAN = {
    ("35", "QR"): (0, 0), ("27", "TO"): (0, 52), ("26", "TK"): (0, 74), ("14", "NG"): (0, 100),
    ("33", "XO"): (1, 5), ("12", "NW"): (1, 30), ("24", "SI"): (1, 64), ("03", "AN"): (1, 100),
    ("06", "BU"): (2, 12), ("18", "SA"): (2, 40), ("08", "JI"): (2, 64), ("30", "FA"): (2, 100),
    ("10", "QA"): (3, 36), ("22", "SU"): (3, 62),
}  # fmt: skip
_BY_CODE = {
    code: place
    for (soato, iso), place in UZBEKISTAN.items()
    for code in (f"17{soato}", f"UZ-{iso}", f"uz-17{soato}")
}


@dataclass(frozen=True, slots=True)
class Item:
    """What becomes a hexagon: its region, and its latitude and longitude where they are known."""

    code: str
    group: str
    place: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """A region's name: its middle, the base line of its last line, the room; and the cluster's outline."""

    group: str
    x: float
    y: float
    room: float
    border: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Middles of all hexagons by code, their radius, the regions, and the height of it all."""

    cells: Mapping[str, tuple[float, float]]
    radius: float
    regions: tuple[Region, ...]
    height: float


@dataclass(slots=True)
class _Cluster:
    group: str
    cells: list[tuple[str, int, float]]
    rows: int
    columns: float
    latitude: float = 0.0
    longitude: float = 0.0
    x: float = 0.0
    width: float = 0.0
    least: float = 0.0


def layout(
    items: Sequence[Item], width: float, labels: Mapping[str, float], lines: Mapping[str, int] | None = None
) -> Layout:
    """Lays items out in a picture of this width; `labels` is the room that each region's name asks for, `lines`
    in how many lines it is set.
    """
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.group, []).append(item)
    radius = max(SMALLEST, LARGEST * min(1.0, sqrt(COMFORTABLE / max(1, len(items)))))
    across = sqrt(3) * radius
    clusters = [_cluster(group, members, width / across) for group, members in groups.items()]
    for one in clusters:
        one.least = one.columns * across
        one.width = min(width, max(one.least, labels.get(one.group, 0.0)))
    rows = _rows(clusters, groups, width)
    cells: dict[str, tuple[float, float]] = {}
    regions, top = [], 0.0
    for row in rows:
        _place(row, width)
        label = LINE * max((lines or {}).get(one.group, 1) for one in row)
        middle = top + label + 4 + radius
        for one in row:
            regions.append(_settle(one, middle, top + label - 3, radius, cells))
        top = middle + (max(one.rows for one in row) - 1) * 1.5 * radius + radius + BETWEEN_ROWS
    return Layout(cells, radius, tuple(regions), max(0.0, top - BETWEEN_ROWS))


# --- one cluster ---


def _cluster(group: str, members: Sequence[Item], most: float) -> _Cluster:
    """The hexagons of a region in rows of nearly equal length, each row half a hexagon beside the next."""
    lengths = _lengths(len(members), most)
    longest = max(lengths)
    cells = []
    for row, part in enumerate(_north_first(members, lengths)):
        # Neighbouring rows are half a hexagon apart, so that they fit into one another.
        inset = (longest - lengths[row]) / 2
        half = (row % 2) / 2
        shift = half + round(inset - half)
        cells += [(item.code, row, column + shift) for column, item in enumerate(part)]
    least = min(column for _, _, column in cells)
    cells = [(code, row, column - least) for code, row, column in cells]
    columns = max(column for _, _, column in cells) + 1
    return _Cluster(group, cells, len(lengths), columns)


def _lengths(count: int, most: float) -> list[int]:
    """Lengths of the rows: about as wide as high, longer rows in the middle."""
    widest = max(1, int(most - 0.5))
    rows = max(1, round(sqrt(count * 0.8)), -(-count // widest))
    lengths = [count // rows] * rows
    order = sorted(range(rows), key=lambda row: (abs(row - (rows - 1) / 2), row))
    for row in order[: count % rows]:
        lengths[row] += 1
    return lengths


def _north_first(members: Sequence[Item], lengths: Sequence[int]) -> list[list[Item]]:
    """A region's items in its rows: by coordinates where all have them, else in their own order."""
    known = all(item.place is not None for item in members)
    ordered = sorted(members, key=lambda item: -item.place[0] if item.place else 0) if known else members
    rows, start = [], 0
    for length in lengths:
        row = list(ordered[start : start + length])
        if known:
            row.sort(key=lambda item: item.place[1] if item.place else 0)
        rows.append(row)
        start += length
    return rows


# --- clusters in rows ---


def _rows(
    clusters: list[_Cluster], groups: Mapping[str, Sequence[Item]], width: float
) -> list[list[_Cluster]]:
    table = [_BY_CODE.get(one.group) for one in clusters]
    places = [_middle(groups[one.group]) for one in clusters]
    if all(places):
        for one, place in zip(clusters, places, strict=True):
            one.latitude, one.longitude = place or (0.0, 0.0)
        return _packed(sorted(clusters, key=lambda one: -one.latitude), width)
    if any(table):
        return _by_table(clusters, table, width)
    for number, one in enumerate(clusters):
        one.longitude = float(number)
    return _packed(clusters, width)


def _middle(members: Sequence[Item]) -> tuple[float, float] | None:
    """The middle of a region's known coordinates."""
    known = [item.place for item in members if item.place is not None]
    if not known:
        return None
    return sum(one[0] for one in known) / len(known), sum(one[1] for one in known) / len(known)


def _by_table(
    clusters: Sequence[_Cluster], table: Sequence[tuple[int, int] | None], width: float
) -> list[list[_Cluster]]:
    """Rows after the table; regions that it does not know come last."""
    rows: dict[int, list[_Cluster]] = {}
    for one, place in zip(clusters, table, strict=True):
        row, one.longitude = place if place is not None else (9, 50.0)
        rows.setdefault(row, []).append(one)
    found = []
    for number in sorted(rows):
        _squeeze(rows[number], width)
        found += _packed(rows[number], width)
    return found


def _squeeze(row: Sequence[_Cluster], width: float) -> None:
    """Takes room from long names, which are then set smaller, where a row of the table would else be broken."""
    over = sum(one.width + BETWEEN for one in row) - BETWEEN - width
    slack = [min(one.width - one.least, one.width * MOST_SQUEEZED) for one in row]
    if 0 < over <= sum(slack):
        for one, part in zip(row, slack, strict=True):
            one.width -= over * part / sum(slack) + 1e-6


def _packed(ordered: Sequence[_Cluster], width: float) -> list[list[_Cluster]]:
    """As few rows as hold the clusters in their order, filled about equally."""
    total = sum(one.width + BETWEEN for one in ordered) - BETWEEN
    wanted = (total + BETWEEN) / max(1, -(-total // width))
    rows: list[list[_Cluster]] = [[]]
    for one in ordered:
        used = sum(before.width + BETWEEN for before in rows[-1])
        if rows[-1] and (used + one.width > width or used + one.width / 2 > wanted):
            rows.append([])
        rows[-1].append(one)
    return rows


def _place(row: list[_Cluster], width: float) -> None:
    """Places the clusters of a row from west to east as near to where they lie as their widths allow."""
    row.sort(key=lambda one: (one.longitude, one.group))
    west, east = row[0].longitude, row[-1].longitude
    table = west >= 0 and east <= 100 and all(one.group in _BY_CODE for one in row)
    low, high = (0.0, 100.0) if table else (west, east)
    right = 0.0
    for one in row:
        part = (one.longitude - low) / (high - low) if high > low else 0.5
        one.x = max(right, part * (width - one.width))
        right = one.x + one.width + BETWEEN
    left = width
    for one in reversed(row):
        one.x = min(one.x, left - one.width)
        left = one.x - BETWEEN
    if row[0].x < 0:
        _evenly(row, width)


def _evenly(row: Sequence[_Cluster], width: float) -> None:
    """A row without room to spare: one after another."""
    gap = (width - sum(one.width for one in row)) / max(1, len(row) - 1)
    x = 0.0
    for one in row:
        one.x = x
        x += one.width + gap


def _settle(
    one: _Cluster, middle: float, label: float, radius: float, cells: dict[str, tuple[float, float]]
) -> Region:
    """Puts a cluster's hexagons into place, and draws its outline."""
    across = sqrt(3) * radius
    left = one.x + (one.width - one.columns * across) / 2 + across / 2
    own = {}
    for code, row, column in one.cells:
        own[code] = (round(left + column * across, 3), round(middle + row * 1.5 * radius, 3))
    cells |= own
    return Region(
        one.group, one.x + one.width / 2, label, one.width + BETWEEN - 4, outline(own.values(), radius)
    )


def outline(
    middles: Iterable[tuple[float, float]], radius: float
) -> tuple[tuple[float, float, float, float], ...]:
    """The edges of hexagons that no two of them share: the border of a region."""
    known = list(middles)
    west, north = min(x for x, _ in known), min(y for _, y in known)
    edges: dict[frozenset[tuple[int, int]], tuple[float, float, float, float] | None] = {}
    for x, y in known:
        corners = [(x + radius * sin(radians(60 * k)), y - radius * cos(radians(60 * k))) for k in range(6)]
        # Corners lie on a lattice of half a hexagon's width and half its radius: there they are compared.
        spots = [
            (round((a - west) / (sqrt(3) / 2 * radius)), round((b - north) / (radius / 2)))
            for a, b in corners
        ]
        for number in range(6):
            key = frozenset((spots[number], spots[(number + 1) % 6]))
            (x1, y1), (x2, y2) = corners[number], corners[(number + 1) % 6]
            edges[key] = None if key in edges else (round(x1, 2), round(y1, 2), round(x2, 2), round(y2, 2))
    return tuple(line for line in edges.values() if line is not None)
