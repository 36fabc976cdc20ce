"""How far the check is, by district: shares for commissions above the precinct, and for everybody."""

from __future__ import annotations

from typing import Any, NamedTuple

from esaylov.design import numbers
from esaylov.design.words import in_language
from esaylov.registry.queries import names_of
from esaylov.voters.doors.reading import rows_of
from esaylov.voters.lately import Known, Lately

PLACES = """WITH area AS (SELECT p.id, p.territory_id FROM registry_precinct p JOIN registry_cell c ON c.id = p.cell_id
    WHERE p.election = %(election)s AND (%(area)s::int IS NULL OR %(area)s = ANY(c.territories))
    AND (NOT %(begun)s OR EXISTS (SELECT 1 FROM voters_housecheck h WHERE h.election = %(election)s))),
listed AS (SELECT a.territory_id, count(*) AS entries FROM area a JOIN voters_voter v ON v.precinct = a.id GROUP BY 1),
last AS (SELECT DISTINCT ON (h.precinct_id, h.mahalla, h.house) a.territory_id, h.answered FROM voters_housecheck h
    JOIN area a ON a.id = h.precinct_id WHERE h.election = %(election)s
    AND (%(size)s::bigint IS NULL OR EXISTS (SELECT 1 FROM acts_entry e WHERE e.journal_id = h.journal AND e.index < %(size)s))
    ORDER BY h.precinct_id, h.mahalla, h.house, h.number DESC),
done AS (SELECT territory_id, sum(answered) AS checked FROM last GROUP BY 1)
SELECT t.code, t.names, l.entries::int, coalesce(d.checked, 0)::int FROM registry_territory t
    JOIN listed l ON l.territory_id = t.id LEFT JOIN done d ON d.territory_id = t.id ORDER BY t.position"""


class Place(NamedTuple):
    """A district. `share`: of its entries that were checked, in hundredths of a per cent; None: of nothing."""

    code: str
    name: str
    entries: int
    share: int | None


lately: Lately[list[Any]] = Lately(600.0)
"""For a country each reading goes over all entries and all visits: half a minute."""


def by_place(election: str, area: int | None) -> Known[list[Place]]:
    """The districts of a territory (None: of the whole election) with the share of entries that were checked, as of some minutes
    ago.
    """
    known = lately(
        (election, area), lambda: rows_of(PLACES, election=election, area=area, size=None, begun=False)
    )
    found = [
        Place(
            code,
            str(in_language(names_of(names), code)),
            entries,
            numbers.ratio(min(checked, entries), entries),
        )
        for code, names, entries, checked in known.found
    ]
    return Known(known.at, found)


def public_share(election: str, territory: int, least: int, size: int | None = None) -> int | None:
    """The share of a territory's entries that were checked, as everybody may know it: whole per cents (in hundredths); None
    where fewer than `least` entries were, or where there are so few.
    """
    rows = rows_of(PLACES, election=election, area=territory, size=size, begun=True)
    entries: int = sum(row[2] for row in rows)
    checked: int = sum(min(row[2], row[3]) for row in rows)
    if checked < least or entries < least:
        return None
    return 100 * (100 * checked // entries)
