"""Boundaries of an election's territories: taken from a file, kept in the database, read by maps.

They are how a map is drawn and not an official fact: no act sets them, no leaf of the log holds them, and no figure depends
on them.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import InterfaceError, OperationalError, transaction

from esaylov.elections.queries import tables
from esaylov.publication.geography.geojson import Area, GeographyError, read_geojson
from esaylov.publication.geography.models import Boundaries
from esaylov.publication.geography.simplifying import simplify
from esaylov.registry.models import Territory

PAGE_BYTES = 60_000
"""What the shapes on one page may take. A map shows the territories below one; a map of constituencies shows them all."""
FINEST = 0.0001
DOTS = 1_600
"""Parts of a map's width that can be told from each other: pictures are about 400 wide, and shown up to four times so."""

Geometry = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Shapes:
    """Boundaries of territories: GeoJSON geometries by the territory's code, where they are from and under which licence
    they may be shown. The same object for as long as the process draws with them.
    """

    geometries: Mapping[str, Geometry]
    source: str
    licence: str


@dataclass(frozen=True, slots=True)
class Kind:
    """What was stored for territories of one kind: how many have a boundary, and the codes of those without."""

    kind: str
    count: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was stored, the bytes that the shapes take on the page with most of them, and the coarsest tolerance of their
    simplification in degrees.
    """

    kinds: tuple[Kind, ...]
    page_bytes: int
    tolerance: float


# --- taking ---


def take_boundaries(
    election: str, path: Path, key: str | None = None, *, source: str = "", licence: str = ""
) -> Taken:
    """Checks a GeoJSON file, simplifies it and stores it in place of what there was of the same kinds.

    Raises GeographyError with every problem, UnknownElection, OSError.
    """
    tables(election)
    drawing = read_geojson(path, key)
    source, licence = source or drawing.source, licence or drawing.licence
    problems = [] if source else ["say where the boundaries are from (--source): it stands under the map"]
    if not licence:
        problems.append("say under which licence they may be shown (--licence): it stands under the map")
    territories = list(Territory.objects.filter(election=election).order_by("position"))
    areas, unmatched = _match(drawing.areas, territories)
    if problems + unmatched:
        raise GeographyError(problems + unmatched)
    tolerance, shapes, size = _fitting(areas, _pages(territories))
    kinds = []
    with transaction.atomic():
        for kind in dict.fromkeys(row.kind for row in territories if row.code in shapes):
            codes = [row.code for row in territories if row.kind == kind]
            own = {code: shapes[code] for code in codes if code in shapes}
            _store(election, kind, own, source, licence)
            kinds.append(Kind(kind, len(own), tuple(code for code in codes if code not in own)))
    forget_boundaries()
    return Taken(tuple(kinds), size, tolerance)


def drop_boundaries(election: str) -> int:
    """Removes the boundaries of an election; how many kinds there were."""
    removed = Boundaries.objects.filter(election=election).delete()[0]
    forget_boundaries()
    return removed


def _match(areas: Mapping[str, Area], territories: Iterable[Territory]) -> tuple[dict[str, Area], list[str]]:
    """Areas by the code of their territory; problems for those without one."""
    by_code = {row.code: row for row in territories}
    by_soato: dict[str, list[Territory]] = defaultdict(list)
    for row in by_code.values():
        if row.soato:
            by_soato[row.soato].append(row)
    matched: dict[str, Area] = {}
    problems = []
    for name, area in areas.items():
        found = [by_code[name]] if name in by_code else by_soato.get(name, [])
        if len(found) != 1:
            reason = "no territory of the election has" if not found else "several territories have"
            problems.append(f"{reason} the code or SOATO “{name}”")
        elif found[0].code in matched:
            problems.append(f"two features are of the territory “{found[0].code}”")
        else:
            matched[found[0].code] = area
    return matched, problems


def _pages(territories: Iterable[Territory]) -> list[set[str]]:
    """Codes of the territories that one map shows: those below one territory, and all constituencies."""
    pages: dict[int | str | None, set[str]] = defaultdict(set)
    for row in territories:
        pages[row.kind if row.kind == "constituency" else row.parent_id].add(row.code)
    return list(pages.values())


def _store(election: str, kind: str, shapes: Mapping[str, Geometry], source: str, licence: str) -> None:
    digest = sha256(json.dumps([shapes, source, licence], sort_keys=True).encode()).hexdigest()
    fresh = {"shapes": shapes, "source": source, "licence": licence, "digest": digest}
    Boundaries.objects.update_or_create(election=election, kind=kind, defaults=fresh)


def _fitting(areas: Mapping[str, Area], pages: Iterable[set[str]]) -> tuple[float, dict[str, Geometry], int]:
    """The shapes of every page with its finest simplification: the coarsest tolerance among them, the shapes, the bytes of
    the largest page. Raises GeographyError where a page cannot keep its bound.
    """
    shapes: dict[str, Geometry] = {}
    coarsest, largest = 0.0, 0
    for page in pages:
        own = {code: areas[code] for code in sorted(page) if code in areas}
        if own:
            tolerance, drawn, size = _page(own)
            shapes |= drawn
            coarsest, largest = max(coarsest, tolerance), max(largest, size)
    return coarsest, shapes, largest


def _page(areas: Mapping[str, Area]) -> tuple[float, dict[str, Geometry], int]:
    """The shapes of one page. Nobody sees what is finer than a part of a dot, so it begins with that."""
    tolerance = max(FINEST, _extent(areas) / DOTS)
    while True:
        shapes = {code: _geometry(area) for code, area in simplify(areas, tolerance).items()}
        size = len(json.dumps(list(shapes.values()), separators=(",", ":")))
        if size <= PAGE_BYTES:
            return tolerance, shapes, size
        tolerance *= 1.5
        if tolerance > 1:
            raise GeographyError(
                [f"the shapes of one map take {size:,} bytes however much they are simplified"]
            )


def _extent(areas: Mapping[str, Area]) -> float:
    """How many degrees the areas reach, from west to east or from south to north."""
    points = [point for area in areas.values() for rings in area.polygons for point in rings[0]]
    across, up = [point[0] for point in points], [point[1] for point in points]
    return max(max(across) - min(across), max(up) - min(up))


def _geometry(area: Area) -> Geometry:
    polygons = [[[list(point) for point in ring] for ring in polygon] for polygon in area.polygons]
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


# --- reading ---


class _Known:
    """Boundaries of all elections as they were when the process first asked: pages and their tags agree for as long as it
    runs.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shapes: dict[tuple[str, str], Shapes] | None = None
        self._digest = ""
        self._together: dict[tuple[str, tuple[str, ...]], Shapes] = {}

    def get(self) -> tuple[dict[tuple[str, str], Shapes], str]:
        with self._lock:
            if self._shapes is None:
                rows = list(Boundaries.objects.order_by("election", "kind"))
                digests = "".join(row.digest for row in rows)
                self._digest = sha256(digests.encode()).hexdigest()[:8] if rows else ""
                self._shapes = {
                    (row.election, row.kind): Shapes(row.shapes, row.source, row.licence) for row in rows
                }
            return self._shapes, self._digest

    def together(self, election: str, kinds: tuple[str, ...]) -> Shapes | None:
        known = self.get()[0]
        found = [known[election, kind] for kind in dict.fromkeys(kinds) if (election, kind) in known]
        if len(found) < 2:
            return found[0] if found else None
        with self._lock:
            key = (election, kinds)
            if key not in self._together:
                self._together[key] = _joined(found)
            return self._together[key]

    def forget(self) -> None:
        with self._lock:
            self._shapes = None
            self._together = {}


def _joined(several: Sequence[Shapes]) -> Shapes:
    return Shapes(
        geometries={code: shape for one in several for code, shape in one.geometries.items()},
        source="; ".join(dict.fromkeys(one.source for one in several)),
        licence="; ".join(dict.fromkeys(one.licence for one in several)),
    )


_known = _Known()


def boundaries_of(election: str, *kinds: str) -> Shapes | None:
    """The boundaries of an election's territories of some kinds that are drawn together, None when nobody has loaded any."""
    return _known.together(election, kinds)


def boundaries_mark() -> str:
    """What entity tags say of the boundaries that this process draws; empty without any, and while the database cannot
    be asked.
    """
    try:
        return _known.get()[1]
    except (OperationalError, InterfaceError):
        return ""


def forget_boundaries() -> None:
    """Reads the boundaries again when they are asked for next."""
    _known.forget()
