"""What the cabinet's lists of addresses and precincts show: counts only, no person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from esaylov.registry.queries import names_of, pattern

AREA = """WITH area AS (SELECT array_agg(DISTINCT left(t.soato, 7)::int) AS districts FROM registry_territory t
    WHERE t.election = %(election)s AND t.soato ~ '^[0-9]{7}' AND (%(area)s::int IS NULL OR %(area)s = ANY(t.lineage))),
known AS (SELECT EXISTS (SELECT 1 FROM registry_territory t WHERE t.election = %(election)s AND t.soato ~ '^[0-9]{7}') AS soato),
own AS (SELECT m.id, m.code, m.district, m.names FROM voters_mahalla m CROSS JOIN area CROSS JOIN known
    WHERE NOT known.soato OR m.district = ANY(area.districts)) """
"""`own`: the mahallas of a territory (of an election that says no SOATO of its districts: all)."""
PRECINCTS = """SELECT p.id, p.code, p.number, t.names,
    (SELECT count(*)::int FROM voters_rule r WHERE r.precinct_id = p.id AND r.ended IS NULL) AS rules,
    (SELECT count(*)::int FROM voters_voter v WHERE v.precinct = p.id) AS voters
    FROM registry_precinct p JOIN registry_cell c ON c.id = p.cell_id JOIN registry_territory t ON t.id = p.territory_id
    WHERE p.election = %(election)s AND (%(area)s::int IS NULL OR %(area)s = ANY(c.territories))
    AND (%(search)s = '' OR p.code ILIKE %(search)s OR p.number ILIKE %(search)s OR t.names::text ILIKE %(search)s)
    ORDER BY p.position"""
# The counts of precincts that the page does not show are taken only where it is asked for them.
PART = f"""WITH shown AS ({PRECINCTS}) SELECT * FROM shown WHERE CASE %(state)s WHEN '' THEN true
    WHEN 'unruled' THEN rules = 0 ELSE voters < %(least)s OR voters > %(most)s END"""
MAHALLAS = (
    AREA
    # Where nobody was placed yet, no house has a precinct.
    + """SELECT own.id, own.code, own.names, coalesce(g.houses, a.houses), coalesce(g.uncovered, a.houses),
    EXISTS (SELECT 1 FROM voters_placing w WHERE w.election = %(election)s AND w.mahalla_id = own.id),
    (SELECT count(*)::int FROM voters_voter v WHERE v.mahalla = own.id),
    (SELECT count(*)::int FROM voters_voter v WHERE v.mahalla = own.id AND v.precinct IS NULL)
    FROM own LEFT JOIN voters_coverage g ON g.election = %(election)s AND g.mahalla_id = own.id
    CROSS JOIN LATERAL (SELECT count(*)::int AS houses FROM voters_address a WHERE g.id IS NULL AND a.mahalla_id = own.id) a
    WHERE (%(search)s = '' OR own.code ILIKE %(search)s OR own.names::text ILIKE %(search)s)
    AND (CASE %(state)s WHEN '' THEN true WHEN 'houses' THEN coalesce(g.uncovered, a.houses) > 0
        ELSE EXISTS (SELECT 1 FROM voters_voter v WHERE v.mahalla = own.id AND v.precinct IS NULL) END)
    ORDER BY own.district, own.code"""
)
COUNT = "SELECT count(*)::int FROM ({}) AS counted"
TOTALS = (
    AREA
    + """, covered AS (SELECT g.mahalla_id, g.houses, g.uncovered FROM voters_coverage g JOIN own ON own.id = g.mahalla_id
        WHERE g.election = %(election)s)
    SELECT (SELECT count(*)::int FROM voters_placing w JOIN own ON own.id = w.mahalla_id WHERE w.election = %(election)s),
    (g.houses + bare.houses)::int, (g.uncovered + bare.houses)::int,
    (SELECT count(*)::int FROM voters_voter v JOIN own ON own.id = v.mahalla WHERE v.precinct IS NULL)
    FROM (SELECT coalesce(sum(houses), 0) AS houses, coalesce(sum(uncovered), 0) AS uncovered FROM covered) g,
    (SELECT count(*) AS houses FROM voters_address a JOIN own ON own.id = a.mahalla_id
        WHERE a.mahalla_id NOT IN (SELECT mahalla_id FROM covered)) bare"""
)


@dataclass(frozen=True, slots=True)
class PrecinctLine:
    """A precinct in the list: its rules in force, the voters listed in it."""

    id: int
    code: str
    number: str
    names: dict[str, str]
    rules: int
    voters: int


@dataclass(frozen=True, slots=True)
class MahallaLine:
    """A mahalla in the list. `waits`: its voters are about to be placed anew; houses as of the last placing."""

    id: int
    code: str
    names: dict[str, str]
    houses: int
    uncovered: int
    waits: bool
    voters: int
    unplaced: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What a territory's work lists hold: mahallas that wait, houses, houses without a precinct, voters without one."""

    waiting: int
    houses: int
    uncovered: int
    unplaced: int


def precinct_lines(
    election: str, area: int | None, *, search: str = "", state: str = "", limits: tuple[int, int], limit: int, offset: int
) -> tuple[list[PrecinctLine], int]:  # fmt: skip
    """Precincts of a territory (None: of the election). `state`: `unruled` without rules, `outside` beyond the limits."""
    values = {
        "election": election, "area": area, "search": pattern(search), "state": state, "least": limits[0], "most": limits[1],
    }  # fmt: skip
    rows, total = _part(PART if state else PRECINCTS, values, limit, offset)
    return [
        PrecinctLine(number, code, title, names_of(names), rules, voters)
        for number, code, title, names, rules, voters in rows
    ], total


def mahalla_lines(
    election: str, area: int | None, *, search: str = "", state: str = "", limit: int, offset: int
) -> tuple[list[MahallaLine], int]:
    """Mahallas of a territory. `state`: `houses` with houses without a precinct, `voters` with voters without one."""
    values = {"election": election, "area": area, "search": pattern(search), "state": state}
    rows, total = _part(MAHALLAS, values, limit, offset)
    return [MahallaLine(row[0], row[1], names_of(row[2]), *row[3:]) for row in rows], total


def totals(election: str, area: int | None) -> Totals:
    """What is to be done in a territory."""
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, {"election": election, "area": area})
        return Totals(*cursor.fetchone())


def mahallas_of(election: str, area: int | None) -> list[tuple[int, str, dict[str, str], int]]:
    """Number, code, names and district of the mahallas of a territory."""
    with connection.cursor() as cursor:
        cursor.execute(
            AREA + "SELECT id, code, names, district FROM own ORDER BY district, code", {"election": election, "area": area}
        )  # fmt: skip
        return [
            (number, code, names_of(names), district) for number, code, names, district in cursor.fetchall()
        ]


def _part(
    statement: str, values: dict[str, Any], limit: int, offset: int
) -> tuple[Sequence[tuple[Any, ...]], int]:
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(statement), values)
        total = int(cursor.fetchone()[0])
        cursor.execute(f"{statement} LIMIT {int(limit)} OFFSET {int(offset)}", values)
        return cursor.fetchall(), total
