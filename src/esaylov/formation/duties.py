"""How far the forming of commissions is, by the commission whose duty it is (Electoral Code, Art. 19, 21, 23)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from esaylov.acts.statements import fetch
from esaylov.elections.duties import Asked, Owing, Owings, by_owner, tallies
from esaylov.elections.models import Draft
from esaylov.law.routes import formed_by
from esaylov.registry.forming import STEPS

TIER_OF = {step: tier for tier, step in STEPS.items()}
# Commissions and mandates are put together by one grouping, not by a join with it: while the night fills the tables, the
# database has no statistics of them and would group all mandates anew for each commission.
FORMED = """SELECT s.tier, s.territory, p.cell_id, count(*), count(*) FILTER (WHERE s.sits),
    count(*) FILTER (WHERE NOT s.sits), max(j.at)
FROM (SELECT max(u.tier) AS tier, max(u.territory) AS territory, max(u.precinct) AS precinct, min(u.journal) AS first,
        bool_or(u.sits) AS sits
    FROM (SELECT c.id, c.tier, c.territory_id AS territory, c.precinct_id AS precinct, NULL::bigint AS journal, NULL::bool AS sits
        FROM registry_commission c WHERE c.election = %s AND c.tier = ANY(%s)
        UNION ALL SELECT m.commission_id, NULL, NULL, NULL, m.journal, e.mandate_id IS NULL
        FROM registry_mandate m LEFT JOIN registry_mandateend e ON e.mandate_id = m.id
        WHERE m.election = %s AND m.commission_id IS NOT NULL) u
    GROUP BY u.id HAVING max(u.tier) IS NOT NULL) s
LEFT JOIN registry_precinct p ON p.id = s.precinct LEFT JOIN registry_cell l ON l.id = p.cell_id
LEFT JOIN registry_territory t ON t.id = s.territory LEFT JOIN acts_journal j ON j.id = s.first
WHERE %s::int IS NULL OR %s = ANY(COALESCE(l.territories, t.lineage))
GROUP BY 1, 2, 3"""


def formed(asked: Asked) -> Owings:
    """Commissions somebody sits on, of those there are; done when first formed, undone where nobody sits any more. An election
    that came as a package, and in which none was ever formed here, is not followed: its commissions were formed elsewhere.
    """
    wanted = {TIER_OF[step]: step for step in TIER_OF if step in asked.steps}
    if not wanted:
        return {}
    election = asked.context.id
    rows = fetch(FORMED, [election, list(wanted), election, asked.place, asked.place])
    if (
        not any(row[4] or row[5] for row in rows)
        and not Draft.objects.filter(pk=election, called__isnull=False).exists()
    ):
        return {}
    return {step: _of_tier(asked, tier, rows) for tier, step in wanted.items()}


def _of_tier(asked: Asked, tier: str, rows: Sequence[Any]) -> list[Owing]:
    tables = asked.tables
    whose = formed_by(asked.context.edition, tier, asked.kinds) or "central"
    found = tallies()
    for _, territory, cell, number, formed_number, emptied, at in (row for row in rows if row[0] == tier):
        places = sorted(tables.cells[cell]) if cell is not None else tables.within(territory)
        owner = tables.owner(whose, places)
        key = ("central", tables.country) if owner is None else (whose, owner)
        found[key].add(formed_number, number, at, emptied)
    return by_owner(found)
