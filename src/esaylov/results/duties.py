"""How far protocols, decisions about them and certified results are, by the commission whose duty they are."""

from __future__ import annotations

from collections import Counter

from esaylov.acts.statements import fetch
from esaylov.elections.duties import Asked, Owing, Owings, by_owner, of_contests
from esaylov.elections.queries import ContestRow
from esaylov.law.routes import NoRouteError, chain

CAME = """SELECT t.territory_id, COALESCE(sum(t.expected), 0),
    COALESCE(sum(t.counted + t.inconsistent + t.returned + t.annulled), 0)
FROM results_total t WHERE t.contest_id = ANY(%s) AND t.territory_id = ANY(%s) GROUP BY 1"""
RULED = """SELECT s.contest_id, s.cell_id, count(*),
    count(*) FILTER (WHERE s.state NOT IN ('received', 'inconsistent'))
FROM results_standing s WHERE s.contest_id = ANY(%s) GROUP BY 1, 2"""
FINAL = "SELECT contest_id FROM results_outcome WHERE final AND contest_id = ANY(%s)"


def settled(asked: Asked) -> Owings:
    """All three, from the projections."""
    found: dict[str, list[Owing]] = {}
    if "counting" in asked.steps:
        found["counting"] = _came(asked)
    if "acceptance" in asked.steps:
        found["acceptance"] = _ruled(asked)
    if "certification" in asked.steps:
        final = {row[0] for row in fetch(FINAL, [list(asked.tables.contests_by_id)])}
        found["certification"] = of_contests(
            asked, lambda contest: way(asked, contest)[-1], lambda contest: contest.id in final
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
    numbers = {("precinct", place): both for place, both in found.items()}
    return by_owner(numbers | ({("precinct", tables.country): rest} if rest[1] > 0 else {}))


def _ruled(asked: Asked) -> list[Owing]:
    """Protocols that came, by the commission that receives them."""
    tables, receives = asked.tables, dict[int, str]()
    done, expected = Counter[tuple[str, int]](), Counter[tuple[str, int]]()
    for contest, cell, number, ruled in fetch(RULED, [list(tables.contests_by_id)]):
        tier = receives.get(contest)
        if tier is None:
            tier = receives[contest] = way(asked, tables.contests_by_id[contest])[1]
        own = tables.contests_by_id[contest].territory
        owner = tables.owner(tier, [own, *sorted(tables.cells[cell])])
        key = ("central", tables.country) if owner is None else (tier, owner)
        expected[key] += number
        done[key] += ruled
    return by_owner({key: (done[key], number) for key, number in expected.items()})
