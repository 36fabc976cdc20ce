"""Districts from whose list a changeset removes more than is usual: a half-written extract looks like people who are gone.

Entries are counted by the index of their mahallas, and only up to the number from which on the removals are not many: the
transaction that stages a changeset of a few removals does not read the whole list.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil

from django.db import connection

ENTRIES = """SELECT d.district, (SELECT count(*) FROM (SELECT 1 FROM voters_mahalla m JOIN voters_voter v ON v.mahalla = m.id
    WHERE m.district = d.district LIMIT d.most) AS found)
FROM unnest(%s::integer[], %s::bigint[]) AS d (district, most)"""
HOMELESS = (
    "SELECT district, count(*) FROM voters_voter WHERE mahalla = 0 AND district = ANY(%s) GROUP BY district"
)
LARGEST = 2**31
Alert = list[int]
"""District (SOATO), entries that are removed, entries of its list: as JSON has it."""


def alerts(removed: Mapping[int, int], level: Fraction) -> list[Alert]:
    """The districts above a level, of those with removals (by district)."""
    if not removed or level >= 1:
        return []
    most = {district: ceil(count / level) if level else LARGEST for district, count in removed.items()}
    entries = _entries(most)
    return [
        [district, count, entries.get(district, 0)]
        for district, count in sorted(removed.items())
        if count > level * entries.get(district, 0)
    ]


def _entries(most: Mapping[int, int]) -> dict[int, int]:
    """How many entries districts have: those of their mahallas, counted up to a number, and those without one."""
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, [list(most), list(most.values())])
        found = dict(cursor.fetchall())
        cursor.execute(HOMELESS, [list(most)])
        for district, count in cursor.fetchall():
            found[district] = found.get(district, 0) + count
    return found
