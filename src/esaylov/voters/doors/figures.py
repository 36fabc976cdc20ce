"""How far the check is, by district: shares for commissions above the precinct, and for everybody.

Nobody counts entries or visits for it: a precinct's entries are counted as they change (`sizes`), each visit says how many are
checked with it, and each round as much.
"""

from __future__ import annotations

from typing import NamedTuple

from esaylov.design import numbers
from esaylov.design.words import in_language
from esaylov.registry.queries import names_of
from esaylov.voters.doors.reading import rows_of

AREA = """WITH area AS (SELECT p.id, p.territory_id FROM registry_precinct p JOIN registry_cell c ON c.id = p.cell_id
    WHERE p.election = %(election)s AND (%(area)s::int IS NULL OR %(area)s = ANY(c.territories)))"""
# As members see it: with the visits of today.
PLACES = f"""{AREA}, here AS (SELECT a.territory_id, sum(s.entries)::int AS entries, coalesce(sum(h.checked), 0)::int AS checked
    FROM area a JOIN voters_precinctsize s ON s.precinct = a.id AND s.entries > 0 LEFT JOIN LATERAL
        (SELECT checked FROM voters_housecheck WHERE precinct_id = a.id ORDER BY number DESC LIMIT 1) h ON true GROUP BY 1)
SELECT t.code, t.names, h.entries, h.checked FROM here h JOIN registry_territory t ON t.id = h.territory_id ORDER BY t.position"""
# As the log has it: rounds, and visits that were entries of their own.
LOGGED = f"""{AREA} SELECT coalesce(sum(s.entries), 0)::int, coalesce(sum(x.checked), 0)::int
FROM area a LEFT JOIN voters_precinctsize s ON s.precinct = a.id LEFT JOIN LATERAL (SELECT checked FROM (
    (SELECT r.last, r.checked FROM voters_doorround r WHERE r.precinct_id = a.id AND {{logged}} ORDER BY r.number DESC LIMIT 1)
    UNION ALL (SELECT r.number, r.checked FROM voters_housecheck r WHERE r.precinct_id = a.id AND r.journal IS NOT NULL
        AND {{logged}} ORDER BY r.number DESC LIMIT 1)) AS one ORDER BY last DESC LIMIT 1) x ON true"""
BELOW = "(%(size)s::bigint IS NULL OR EXISTS (SELECT 1 FROM acts_entry e WHERE e.journal_id = r.journal AND e.index < %(size)s))"
PUBLIC = LOGGED.format(logged=BELOW)


class Place(NamedTuple):
    """A district. `share`: of its entries that were checked, in hundredths of a per cent; None: of nothing."""

    code: str
    name: str
    entries: int
    share: int | None


def by_place(election: str, area: int | None) -> list[Place]:
    """The districts of a territory (None: of the whole election) with the share of entries that were checked."""
    return [
        Place(
            code,
            str(in_language(names_of(names), code)),
            entries,
            numbers.ratio(min(checked, entries), entries),
        )
        for code, names, entries, checked in rows_of(PLACES, election=election, area=area)
    ]


def public_share(election: str, territory: int, least: int, size: int | None = None) -> int | None:
    """The share of a territory's entries that were checked by the acts below a size of the log (None: by all), as everybody may
    know it: whole per cents (in hundredths); None where fewer than `least` entries were, or where there are so few.
    """
    ((entries, checked),) = rows_of(PUBLIC, election=election, area=territory, size=size)
    if min(checked, entries) < least:
        return None
    share: int = 100 * (100 * min(checked, entries) // entries)
    return share
