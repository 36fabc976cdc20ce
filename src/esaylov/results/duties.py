"""How far protocols, decisions about them and certified results are, by the commission whose duty they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from esaylov.acts.statements import fetch
from esaylov.elections.duties import Asked, Owing, Owings, Tally, by_owner, of_contests, tallies
from esaylov.elections.queries import ContestRow
from esaylov.law.routes import NoRouteError, chain

CAME = """SELECT t.territory_id, COALESCE(sum(t.expected), 0),
    COALESCE(sum(t.counted + t.inconsistent + t.returned + t.annulled), 0)
FROM results_total t WHERE t.contest_id = ANY(%s) AND t.territory_id = ANY(%s) GROUP BY 1"""
RULED = """SELECT s.contest_id, s.cell_id, count(*),
    count(*) FILTER (WHERE s.state NOT IN ('received', 'inconsistent'))
FROM results_standing s WHERE s.contest_id = ANY(%s) GROUP BY 1, 2"""
FINAL = """SELECT o.contest_id, (SELECT min(d.at) FROM results_contestdecision d
    WHERE d.contest_id = o.contest_id AND d.kind = 'certification')
FROM results_outcome o WHERE o.final AND o.contest_id = ANY(%s)"""
LAST_CAME = """SELECT c.cell_id, max(p.at) FROM results_protocol p JOIN registry_precinct c ON c.id = p.precinct_id
WHERE p.contest_id = ANY(%s) AND p.replaces IS NULL AND p.state <> 'conflicting' GROUP BY 1"""
LAST_RULED = """SELECT s.contest_id, s.cell_id, max(r.at) FROM results_standing s CROSS JOIN LATERAL (
    SELECT min(g.at) AS at FROM results_ruling g WHERE g.precinct_id = s.precinct_id AND (g.protocol_id = s.protocol_id
        OR g.kind = 'annul' AND COALESCE(g.contest_id, s.contest_id) = s.contest_id)) r
WHERE s.contest_id = ANY(%s) GROUP BY 1, 2"""


def settled(asked: Asked) -> Owings:
    """All three, from the projections; when the last of it came or was decided is asked where nothing is owed any more."""
    found: dict[str, list[Owing]] = {}
    if "counting" in asked.steps:
        found["counting"] = _came(asked)
    if "acceptance" in asked.steps:
        found["acceptance"] = _ruled(asked)
    if "certification" in asked.steps:
        final = dict[int, datetime | None](fetch(FINAL, [list(asked.tables.contests_by_id)]))
        found["certification"] = of_contests(
            asked,
            lambda contest: way(asked, contest)[-1],
            lambda contest: contest.id in final,
            lambda contest: final.get(contest.id),
        )
    return found


def way(asked: Asked, contest: ContestRow) -> tuple[str, ...]:
    """The commissions that a contest's protocols go through; where the edition has no route, to the Central one."""
    try:
        return chain(asked.context.edition, *asked.tables.kind_of(contest))
    except NoRouteError:
        return ("precinct", "central")


def _came(asked: Asked) -> list[Owing]:
    """Protocols by region; those of precincts outside of every region by the country."""
    tables = asked.tables
    regions = sorted(tables.bodies.get("territorial", frozenset()))
    rows = fetch(CAME, [list(tables.contests_by_id), [tables.country, *regions]])
    found = {place: (int(came), int(expected)) for place, expected, came in rows}
    came, expected = found.pop(tables.country, (0, 0))
    rest = (came - sum(one for one, _ in found.values()), expected - sum(one for _, one in found.values()))
    numbers = {("precinct", place): Tally(*both) for place, both in found.items()}
    if rest[1] > 0:
        numbers["precinct", tables.country] = Tally(*rest)
    if _all_done(numbers):
        for cell, at in fetch(LAST_CAME, [list(tables.contests_by_id)]):
            region = tables.owner("territorial", sorted(tables.cells[cell]))
            key = ("precinct", tables.country if region is None else region)
            if key in numbers:
                numbers[key].add(0, 0, at)
    return by_owner(numbers)


def _all_done(found: Mapping[tuple[str, int], Tally]) -> bool:
    return all(one.done >= one.expected for one in found.values())


def _ruled(asked: Asked) -> list[Owing]:
    """Protocols that came, by the commission that receives them."""
    tables, receives = asked.tables, dict[int, str]()
    found = tallies()

    def owner_of(contest: int, cell: int) -> tuple[str, int]:
        tier = receives.get(contest)
        if tier is None:
            tier = receives[contest] = way(asked, tables.contests_by_id[contest])[1]
        own = tables.contests_by_id[contest].territory
        owner = tables.owner(tier, [own, *sorted(tables.cells[cell])])
        return ("central", tables.country) if owner is None else (tier, owner)

    for contest, cell, number, ruled in fetch(RULED, [list(tables.contests_by_id)]):
        found[owner_of(contest, cell)].add(ruled, number)
    if _all_done(found):
        for contest, cell, at in fetch(LAST_RULED, [list(tables.contests_by_id)]):
            found[owner_of(contest, cell)].add(0, 0, at)
    return by_owner(found)
