"""What pages read besides results: places of the tree, the log's identity, and proofs from its tiles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from esaylov.acts.identity import log_folder
from esaylov.acts.logstore import read_hashes
from esaylov.acts.models import LogIdentity
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
    lineage: tuple[int, ...]


def _places(rows: Iterable[Territory]) -> list[Place]:
    return [Place(t.id, t.code, t.kind, t.names, t.parent_id, tuple(t.lineage)) for t in rows]


def place_by_code(election: str, code: str) -> Place | None:
    """The territory with this code, None when there is none."""
    return next(iter(_places(Territory.objects.filter(election=election, code=code))), None)


def places_by_id(ids: Iterable[int]) -> dict[int, Place]:
    """Territories by database id."""
    return {place.id: place for place in _places(Territory.objects.filter(id__in=set(ids)))}


def children_of(place: int) -> list[Place]:
    """The territories directly below one, in the package's order."""
    return _places(Territory.objects.filter(parent=place).order_by("position"))


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
