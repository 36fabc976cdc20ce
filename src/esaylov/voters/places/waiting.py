"""Which mahallas wait to have their voters placed anew (`voters.placing` does it)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection
from django.db.models import Max

from esaylov.voters.models import Changeset, DistrictCount, Extract, Mahalla
from esaylov.voters.places.houses import ruled_elsewhere
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


def known(election: str) -> tuple[int, int]:
    """The last act that set rules of an election, and the last extract of addresses: by these voters are led to precincts."""
    rules = RuleSet.objects.filter(election=election).aggregate(last=Max("journal"))["last"]
    addresses = Extract.objects.filter(register="address").aggregate(last=Max("id"))["last"]
    return int(rules or 0), int(addresses or 0)


def wait_after(changeset: Changeset, day: date) -> None:
    """A changeset goes into the list that was compared before rules or addresses changed, or brings back entries as they once
    were, or was made for another election than the one whose rules the list follows on that day: the voters of its districts are
    to be placed anew. Within the transaction that applies it.
    """
    seen = changeset.rules, changeset.addresses
    anew = changeset.reverses is not None or known(changeset.election) != seen
    elections = [changeset.election] if anew else []
    if (other := ruled_elsewhere(changeset.election, day)) is not None:
        elections.append(other)
    if not elections:
        return
    districts = DistrictCount.objects.filter(changeset=changeset).values_list("district", flat=True)
    mahallas = Mahalla.objects.filter(district__in=list(districts)).values_list("id", flat=True)
    wait_for(mahallas, elections)
