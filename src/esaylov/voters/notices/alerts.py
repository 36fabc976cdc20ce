"""Districts from whose list a changeset removes more than is usual: a half-written extract looks like people who are gone."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from django.db import connection

ENTRIES = "SELECT district, count(*) FROM voters_voter WHERE district = ANY(%s) GROUP BY district"
Alert = list[int]
"""District (SOATO), entries that are removed, entries of its list: as JSON has it."""


def alerts(removed: Mapping[int, int], level: Fraction) -> list[Alert]:
    """The districts above a level, of those with removals (by district)."""
    if not removed or level >= 1:
        return []
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, [sorted(removed)])
        entries = dict(cursor.fetchall())
    return [
        [district, count, entries.get(district, 0)]
        for district, count in sorted(removed.items())
        if count > level * entries.get(district, 0)
    ]
