"""What pages read besides results: places of the tree, the log's identity, and proofs from its tiles."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from weakref import WeakKeyDictionary

from django.db import connection

from esaylov.acts.identity import log_folder
from esaylov.acts.logstore import read_hashes
from esaylov.acts.models import LogIdentity
from esaylov.elections.queries import ElectionTables
from esaylov.registry.models import Territory
from esaylov.results.queries import SignedHead
from esaylov.tlog.proofs import ProofError, inclusion_proof, verify_inclusion
from esaylov.tlog.tiles import TileError, TileHashes


@dataclass(frozen=True, slots=True)
class Place:
    """A territory; `lineage` holds the database ids of itself and its parents, from itself upward."""

    id: int
    code: str
    kind: str
    names: dict[str, str]
    parent: int | None
    soato: str
    lineage: tuple[int, ...]


CONSTITUENCY = "constituency"
VOTERS = "SELECT cell_id, count(*), sum(voters) FROM registry_precinct WHERE election = %s GROUP BY 1"


class Places:
    """The tree of an election's territories, and how many precincts and voters on their lists each has. Nothing of
    this changes once an election is called, so it is read once a process.
    """

    def __init__(self, tables: ElectionTables) -> None:
        rows = Territory.objects.filter(election=tables.election.id).order_by("position")
        found = [Place(t.id, t.code, t.kind, t.names, t.parent_id, t.soato, tuple(t.lineage)) for t in rows]
        self.by_id = {place.id: place for place in found}
        self.by_code = {place.code: place for place in found}
        self._below: dict[int | None, list[Place]] = {}
        for place in found:
            self._below.setdefault(place.parent, []).append(place)
        self._tops = _tops(tables, self.by_id)
        self.precincts: Counter[int] = Counter()
        self.voters: Counter[int] = Counter()
        self.all_voters = 0
        with connection.cursor() as cursor:
            cursor.execute(VOTERS, [tables.election.id])
            for cell, precincts, voters in cursor.fetchall():
                self.all_voters += int(voters)
                for territory in tables.cells[cell]:
                    self.precincts[territory] += precincts
                    self.voters[territory] += int(voters)

    def below(self, place: int) -> list[Place]:
        """The territories directly below one, in the package's order."""
        return self._below.get(place, [])

    def parts(self, place: int) -> list[Place]:
        """The same without constituencies, which cut across the others, where there are others: so that no precinct is
        told twice.
        """
        below = self.below(place)
        return [one for one in below if one.kind != CONSTITUENCY] or below

    def way(self, place: Place) -> list[Place]:
        """The territory's parents from below the country down, and itself."""
        chain = [self.by_id[number] for number in reversed(place.lineage)]
        return [one for one in chain if one.parent is not None]

    def region(self, place: Place) -> Place:
        """The territory directly below the country that holds this one's precincts, whatever tree it stands in itself
        (constituencies cut across); the country where there are several or none.
        """
        tops = self._tops.get(place.id, set())
        if len(tops) == 1:
            return self.by_id[next(iter(tops))]
        return self.by_id[place.lineage[-1]]


def _tops(tables: ElectionTables, by_id: Mapping[int, Place]) -> dict[int, set[int]]:
    """The territories directly below the country, other than constituencies, that hold precincts of each territory."""
    roots = {place.id for place in by_id.values() if place.parent is None}
    found: dict[int, set[int]] = {}
    for cell in tables.cells.values():
        tops = {t for t in cell if by_id[t].parent in roots and by_id[t].kind != CONSTITUENCY}
        for territory in cell:
            found.setdefault(territory, set()).update(tops)
    return found


_known: WeakKeyDictionary[ElectionTables, Places] = WeakKeyDictionary()
_lock = threading.Lock()


def places(tables: ElectionTables) -> Places:
    """The territories of an election."""
    with _lock:
        found = _known.get(tables)
    if found is None:
        found = Places(tables)
        with _lock:
            found = _known.setdefault(tables, found)
    return found


@dataclass(frozen=True, slots=True)
class Proof:
    """An inclusion proof (hashes from the leaf upward) of an entry under a signed head."""

    index: int
    leaf: bytes
    hashes: tuple[bytes, ...]
    head: SignedHead


def proof_of(index: int, leaf: bytes, head: SignedHead | None) -> Proof | None:
    """The proof that an entry stands in the log, made from the log's tiles and checked before it is shown.

    None where the tiles are not at hand or do not give the signed root: then the page shows no proof.
    """
    if head is None:
        return None
    try:
        hashes = inclusion_proof(index, head.size, TileHashes(head.size, partial(read_hashes, log_folder())))
        verify_inclusion(leaf, index, head.size, hashes, head.root)
    except (OSError, TileError, ProofError):
        return None
    return Proof(index, leaf, tuple(hashes), head)


def log_identity() -> LogIdentity | None:
    """Origin and key of this installation's log, None before the first election."""
    return LogIdentity.objects.filter(pk=1).first()
