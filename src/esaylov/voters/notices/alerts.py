"""Districts from whose list a changeset removes more than is usual: a half-written extract looks like people who are gone.

Entries are counted by the index of their mahallas, and of few removals only up to the number from which on they are not many: the
transaction that stages a changeset of a few removals does not read the whole list. Of many the list is counted once.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil

from django.db import connection

# (OFFSET 0: mahalla by mahalla. Else the database may read the whole list for each district.)
ENTRIES = """SELECT d.district, (SELECT count(*) FROM (SELECT 1 FROM voters_mahalla m
    CROSS JOIN LATERAL (SELECT 1 FROM voters_voter v WHERE v.mahalla = m.id OFFSET 0) AS listed
    WHERE m.district = d.district LIMIT d.most) AS found)
FROM unnest(%s::integer[], %s::bigint[]) AS d (district, most)"""
EVERY = """SELECT m.district, sum(v.entries)::bigint FROM (SELECT mahalla, count(*) AS entries FROM voters_voter GROUP BY 1) AS v
JOIN voters_mahalla m ON m.id = v.mahalla GROUP BY 1"""
MANY = 200_000
"""Entries to be counted by districts, from which on it is faster to count the whole list."""
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
    """How many entries districts have: those of their mahallas, counted at least up to a number, and those without one."""
    with connection.cursor() as cursor:
        if sum(most.values()) < MANY:
            cursor.execute(ENTRIES, [list(most), list(most.values())])
        else:
            cursor.execute(EVERY)
        found = dict(cursor.fetchall())
        cursor.execute(HOMELESS, [list(most)])
        for district, count in cursor.fetchall():
            found[district] = found.get(district, 0) + count
    return found
