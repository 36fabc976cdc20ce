"""How far the reports of turnout are, by region."""

from __future__ import annotations

from esaylov.acts.statements import fetch
from esaylov.elections.duties import Asked, Owings, by_owner, tallies

REPORTED = """SELECT p.cell_id, count(*), count(r.at), max(r.at) FROM registry_precinct p
LEFT JOIN LATERAL (SELECT min(t.at) AS at FROM polling_turnout t WHERE t.precinct_id = p.id) r ON true
WHERE p.election = %s AND p.cell_id = ANY(%s) GROUP BY 1"""


def reported(asked: Asked) -> Owings:
    """Precincts that reported turnout at all, of those there are, by the region that they lie in."""
    if "turnout" not in asked.steps:
        return {}
    tables = asked.tables
    cells = [cell for cell, places in tables.cells.items() if asked.place is None or asked.place in places]
    found = tallies()
    for cell, number, reports, at in fetch(REPORTED, [asked.context.id, cells]):
        region = tables.owner("territorial", sorted(tables.cells[cell]))
        key = ("precinct", tables.country if region is None else region)
        found[key].add(reports, number, at)
    return {"turnout": by_owner(found)}
