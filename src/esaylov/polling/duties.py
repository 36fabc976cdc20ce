"""How far the reports of turnout are, by region."""

from __future__ import annotations

from collections import Counter

from esaylov.acts.statements import fetch
from esaylov.elections.duties import Asked, Owings, by_owner

REPORTED = """SELECT p.cell_id, count(*), count(*) FILTER (WHERE EXISTS
    (SELECT 1 FROM polling_turnout r WHERE r.precinct_id = p.id)) FROM registry_precinct p
WHERE p.election = %s AND p.cell_id = ANY(%s) GROUP BY 1"""


def reported(asked: Asked) -> Owings:
    """Precincts that reported turnout at all, of those there are, by the region that they lie in."""
    if "turnout" not in asked.steps:
        return {}
    tables = asked.tables
    cells = [cell for cell, places in tables.cells.items() if asked.place is None or asked.place in places]
    done, expected = Counter[tuple[str, int]](), Counter[tuple[str, int]]()
    for cell, number, reports in fetch(REPORTED, [asked.context.id, cells]):
        region = tables.owner("territorial", sorted(tables.cells[cell]))
        key = ("precinct", tables.country if region is None else region)
        expected[key] += number
        done[key] += reports
    return {"turnout": by_owner({key: (done[key], number) for key, number in expected.items()})}
