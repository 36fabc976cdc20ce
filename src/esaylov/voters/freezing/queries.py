"""What other rooms may ask of frozen lists: their rows in public, the proof of one voter."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from django.db import connection

from esaylov.acts.models import Entry
from esaylov.acts.statements import fetch
from esaylov.exchange.frozen import Frozen, leaves_of, proof
from esaylov.tlog.tree import HASH_SIZE
from esaylov.voters.freezing.models import FrozenList

ROWS = """SELECT e.index, p.code, f.size, encode(f.root, 'hex') FROM voters_frozen f
JOIN acts_entry e ON e.journal_id = f.journal JOIN registry_precinct p ON p.id = f.precinct_id
WHERE f.election = %s AND e.index < %s"""


def frozen_lists(election: str, size: int) -> list[Frozen]:
    """Rows of frozen.csv at a size of the log: by entry, then by precinct."""
    return sorted(Frozen(*row) for row in fetch(ROWS, [election, size]))


class Place(NamedTuple):
    """Where a voter stands in a frozen list: `number` from 1 on."""

    row: FrozenList
    number: int


PLACES = """SELECT precinct FROM voters_voter WHERE id = %(voter)s AND precinct IS NOT NULL
UNION SELECT precinct FROM voters_former WHERE voter = %(voter)s AND precinct IS NOT NULL
UNION SELECT r.precinct_id FROM voters_rule r WHERE r.election = %(election)s AND r.ended IS NULL AND r.mahalla_id IN
    (SELECT mahalla FROM voters_voter WHERE id = %(voter)s UNION SELECT mahalla FROM voters_former WHERE voter = %(voter)s)"""


def place_of(election: str, voter: int) -> Place | None:
    """Where a voter stands in the frozen lists of an election; None: in none of them.

    The precinct may be that of a later election meanwhile: then those precincts count that the mahalla's houses belonged to.
    """
    with connection.cursor() as cursor:
        cursor.execute(PLACES, {"voter": voter, "election": election})
        places = [precinct for (precinct,) in cursor.fetchall()]
    rows = FrozenList.objects.filter(election=election, precinct_id__in=places, journal__isnull=False)
    for row in rows.filter(voters__contains=[voter]).select_related("precinct"):
        return Place(row, row.voters.index(voter) + 1)
    return None


def proof_of(election: str, voter: int) -> dict[str, Any] | None:
    """What shows that a voter stands in a frozen list (docs/formats.md, section 9); None: in none, or not logged yet.

    It says nothing of who that is, and can be shown to whoever found the voter.
    """
    place = place_of(election, voter)
    public = public_row(place.row) if place is not None else None
    if place is None or public is None:
        return None
    hashes = hashes_in(place.row)
    leaves = leaves_of(election, public.precinct, hashes)
    return proof(election, public, place.number, hashes[place.number - 1], leaves)


def public_row(row: FrozenList) -> Frozen | None:
    """The row of frozen.csv of a list; None as long as its entry is not in the log."""
    rows = Entry.objects.filter(journal_id=row.journal) if row.journal is not None else Entry.objects.none()
    index = rows.values_list("index", flat=True).first()
    return None if index is None else Frozen(index, row.precinct.code, row.size, bytes(row.root).hex())


def hashes_in(row: FrozenList) -> list[str]:
    """The salted hashes of a list's records (hex), in the order of numbers."""
    records = bytes(row.records)
    return [records[at : at + HASH_SIZE].hex() for at in range(0, len(records), HASH_SIZE)]


class Share(NamedTuple):
    """How much a precinct's list grew after its freeze; `alert`: above the level that the edition sets."""

    precinct: str
    voters: int
    added: int
    alert: bool


SHARES = """SELECT p.code, f.size, count(s.journal) FROM voters_frozen f JOIN registry_precinct p ON p.id = f.precinct_id
LEFT JOIN voters_supplement s ON s.precinct_id = f.precinct_id
    AND (%s::bigint IS NULL OR EXISTS (SELECT 1 FROM acts_entry e WHERE e.journal_id = s.journal AND e.index < %s))
WHERE f.election = %s AND f.journal IS NOT NULL AND (%s::text IS NULL OR p.code = %s)
AND (%s::bigint IS NULL OR EXISTS (SELECT 1 FROM acts_entry e WHERE e.journal_id = f.journal AND e.index < %s))
GROUP BY p.id, f.size ORDER BY p.position"""


def shares(
    election: str, level: Fraction, precinct: str | None = None, size: int | None = None
) -> list[Share]:
    """Supplements of the frozen lists of an election, of all precincts or of one; `size`: as public pages show them, at a size of
    the log. `level`: the share above which it is looked at (`law.voters.VoterRules.supplement_alert`).
    """
    rows = fetch(SHARES, [size, size, election, precinct, precinct, size, size])
    return [Share(code, voters, added, added > level * voters) for code, voters, added in rows]
