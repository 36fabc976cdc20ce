"""Which mahallas wait to have their voters placed anew (`voters.placing` does it)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

WAIT = """INSERT INTO voters_placing (election, mahalla_id, journal)
    SELECT e.election, m.id, %s FROM unnest(%s::text[]) AS e(election) CROSS JOIN unnest(%s::integer[]) AS m(id)
    ON CONFLICT (election, mahalla_id) DO UPDATE SET journal = excluded.journal"""
RULED = "SELECT DISTINCT election FROM voters_rule WHERE ended IS NULL"


def wait_for(mahallas: Iterable[int], elections: Sequence[str] | None = None, journal: int = 0) -> None:
    """The voters of these mahallas are to be placed anew in these elections (None: all that have rules), within the
    transaction at hand. `journal`: the act that wants it.
    """
    wanted = sorted(set(mahallas))
    if not wanted:
        return
    with connection.cursor() as cursor:
        if elections is None:
            cursor.execute(RULED)
            elections = [election for (election,) in cursor.fetchall()]
        cursor.execute(WAIT, [journal, list(elections), wanted])
