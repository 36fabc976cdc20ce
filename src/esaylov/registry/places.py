"""Writes an election's territories, precincts and commissions when it is called. Used by the act that calls it only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg import sql
from psycopg.types.json import Jsonb

from esaylov.acts.bulk import insert_rows, int_array
from esaylov.exchange.commissions import bodies_of
from esaylov.exchange.records import Package

# One call at a time: rows are numbered from the highest number on.
NUMBERING_LOCK = 2025


@dataclass(frozen=True, slots=True)
class PlaceIds:
    """Database ids by the package's ids."""

    territories: Mapping[str, int]
    precincts: Mapping[str, int]


def first_ids(*tables: str) -> list[int]:
    """The first free id of each table, held until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [NUMBERING_LOCK])
        free = []
        for table in tables:
            cursor.execute(sql.SQL("SELECT COALESCE(max(id), 0) + 1 FROM {}").format(sql.Identifier(table)))
            free.append(int(cursor.fetchone()[0]))
    return free


def write_places(package: Package) -> PlaceIds:
    """Writes territories, cells and precincts; returns their ids."""
    first_territory, first_cell, first_precinct = first_ids(
        "registry_territory", "registry_cell", "registry_precinct"
    )
    ids, lineages = _write_territories(package, first_territory)
    links: dict[str, list[int]] = {}
    for precinct, territory in package.precinct_territories:
        links.setdefault(precinct, []).append(ids[territory])
    cells: dict[frozenset[int], int] = {}
    rows = []
    for position, p in enumerate(package.precincts):
        constituency = ids[p.constituency] if p.constituency else None
        direct = [ids[p.territory], *([constituency] if constituency else []), *links.get(p.id, [])]
        within = frozenset(place for territory in direct for place in lineages[territory])
        cell = cells.setdefault(within, first_cell + len(cells))
        rows.append(
            (first_precinct + position, package.id, p.id, ids[p.territory], constituency,
             int_array(links.get(p.id, [])), cell, p.number, p.voters, p.address or "", p.latitude or "",
             p.longitude or "", p.public, position)
        )  # fmt: skip
    insert_rows(
        "registry_cell",
        ("id", "election", "territories"),
        [(cell, package.id, int_array(sorted(within))) for within, cell in cells.items()],
    )
    insert_rows(
        "registry_precinct",
        ("id", "election", "code", "territory_id", "constituency_id", "links", "cell_id", "number", "voters",
         "address", "latitude", "longitude", "place_public", "position"),
        rows,
    )  # fmt: skip
    return PlaceIds(ids, {p.id: first_precinct + i for i, p in enumerate(package.precincts)})


def _write_territories(package: Package, first: int) -> tuple[dict[str, int], dict[int, list[int]]]:
    ids = {territory.id: first + i for i, territory in enumerate(package.territories)}
    parents = {ids[t.id]: ids[t.parent] if t.parent else None for t in package.territories}
    lineages: dict[int, list[int]] = {}
    rows = []
    for position, t in enumerate(package.territories):
        lineage, at = [], parents[ids[t.id]]
        while at is not None:
            lineage.append(at)
            at = parents[at]
        lineages[ids[t.id]] = [ids[t.id], *lineage]
        rows.append(
            (ids[t.id], package.id, t.id, parents[ids[t.id]], t.kind, Jsonb(dict(t.names)), t.soato or "",
             t.timezone or "", position, int_array(lineages[ids[t.id]]))
        )  # fmt: skip
    insert_rows(
        "registry_territory",
        ("id", "election", "code", "parent_id", "kind", "names", "soato", "timezone", "position", "lineage"),
        _parents_first(rows),
    )
    return ids, lineages


def _parents_first(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(rows, key=lambda row: str(row[-1]).count(","))


def write_commissions(package: Package, places: PlaceIds) -> None:
    """The commissions that the election has by the routes of its edition (exchange.commissions)."""
    (first,) = first_ids("registry_commission")
    bodies = bodies_of(package.edition, package.territories, package.contests, package.precincts)
    rows = [
        (first + i, package.id, one.code, one.tier, places.territories[one.territory],
         places.precincts[one.precinct] if one.precinct is not None else None)
        for i, one in enumerate(bodies)
    ]  # fmt: skip
    insert_rows(
        "registry_commission", ("id", "election", "code", "tier", "territory_id", "precinct_id"), rows
    )


def standing_commission() -> int:
    """The row of the Central Election Commission outside of elections (code `cec`), made when it is not there yet."""
    with connection.cursor() as cursor:
        (first,) = first_ids("registry_commission")
        cursor.execute("SELECT id FROM registry_commission WHERE election = '' AND code = 'cec'")
        row = cursor.fetchone()
    if row is None:
        columns = ("id", "election", "code", "tier", "territory_id", "precinct_id")
        insert_rows("registry_commission", columns, [(first, "", "cec", "cec", None, None)])
    return int(row[0]) if row else first
