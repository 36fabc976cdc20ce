"""Which mahallas wait to have their voters placed anew (`voters.placing` does it)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from esaylov.voters.models import Changeset, DistrictCount, Extract, Mahalla
from esaylov.voters.places.models import RuleSet

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


def wait_after(changeset: Changeset) -> None:
    """A changeset went into the list that was compared before rules or addresses changed: the voters of its districts are to be
    placed anew. (It leads nobody anywhere else otherwise.)
    """
    since = changeset.made_at
    ruled = RuleSet.objects.filter(election=changeset.election, at__gte=since).exists()
    if not ruled and not Extract.objects.filter(register="address", received_at__gte=since).exists():
        return
    districts = DistrictCount.objects.filter(changeset=changeset).values_list("district", flat=True)
    mahallas = Mahalla.objects.filter(district__in=list(districts)).values_list("id", flat=True)
    wait_for(mahallas, [changeset.election])
