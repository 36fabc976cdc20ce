"""Receipts over the platform's log: the signed promise at once, the proof once it is kept."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import connection

from esaylov.acts.identity import log_folder, signer
from esaylov.acts.logstore import read_hashes
from esaylov.tlog.proofs import inclusion_proof
from esaylov.tlog.receipt import sign_receipt
from esaylov.tlog.tiles import TileHashes

FOUND = """SELECT e.index, c.size, c.note FROM acts_entry e JOIN acts_journal j ON j.id = e.journal_id
JOIN LATERAL (SELECT size, note FROM acts_checkpoint WHERE size > e.index
              ORDER BY size DESC LIMIT 1) c ON true
WHERE e.leaf_hash = %s AND j.election = %s AND e.index IS NOT NULL ORDER BY e.index LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Where an entry stands: its index, the latest checkpoint (a signed note) and the path to its root (32
    bytes each).
    """

    index: int
    size: int
    checkpoint: str
    proof: tuple[bytes, ...]

    def to_json(self) -> dict[str, Any]:
        """As the API writes it; hashes in hexadecimal."""
        return {
            "index": self.index,
            "size": self.size,
            "checkpoint": self.checkpoint,
            "proof": [node.hex() for node in self.proof],
        }


def receipt_text(leaf: bytes, recorded_at: datetime) -> str:
    """The receipt of an act that stands in the journal, a signed note (docs/formats.md, section 7)."""
    return sign_receipt(leaf, recorded_at, signer()).decode()


def utc_text(time: datetime) -> str:
    """A time as receipts write it."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def find_inclusion(election: str, leaf: bytes) -> Inclusion | None:
    """The proof that an entry of an election stands in the log; None while no checkpoint covers such an
    entry.

    It is made of hashes only: nothing is said of what a sealed entry holds.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOUND, [leaf, election])
        row = cursor.fetchone()
    if row is None:
        return None
    index, size, note = row
    return Inclusion(
        index,
        size,
        note,
        tuple(inclusion_proof(index, size, TileHashes(size, partial(read_hashes, log_folder())))),
    )
