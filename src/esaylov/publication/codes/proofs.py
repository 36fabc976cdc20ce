"""The proof file of a place's standing protocol: its entry with a C2SP tlog-proof, to be kept and checked without the
site (docs/formats.md, section 8).
"""

from __future__ import annotations

from functools import partial
from typing import Any

from esaylov.acts.identity import log_folder
from esaylov.acts.logstore import read_hashes
from esaylov.acts.models import Entry, Journal
from esaylov.elections.queries import ContestRow
from esaylov.results.queries import PrecinctRow, SignedHead, Snapshot
from esaylov.results.released import versions
from esaylov.tlog.notes import encode_base64
from esaylov.tlog.proofs import ProofError, inclusion_proof, verify_inclusion
from esaylov.tlog.tiles import TileError, TileHashes
from esaylov.tlog.tree import leaf_hash

FORMAT = "esaylov protocol proof 1"


def proof_file(at: Snapshot, contest: ContestRow, row: PrecinctRow) -> dict[str, Any] | None:
    """The members of the file; None when no protocol of the place is public, or the log's tiles are not at hand."""
    standing = row.standing.get(contest.id)
    found = versions(at, contest.id, row.id)
    version = next((one for one in found if standing is not None and one.index == standing.index), None)
    if version is None or at.head is None:
        return None
    file: dict[str, Any] = {
        "format": FORMAT,
        "election": at.election.id,
        "precinct": row.code,
        "contest": contest.code,
    }
    try:
        file |= _proven(version.index, at.head)
        if version.opened is not None:
            file["opening"] = _proven(version.opened, at.head)
    except (OSError, TileError, ProofError):
        return None
    return file


def _proven(index: int, head: SignedHead) -> dict[str, str]:
    """An entry and its proof under a head. Raises OSError, TileError or ProofError."""
    journal = Entry.objects.values_list("journal_id", flat=True).get(index=index)
    entry = bytes(Journal.objects.values_list("record", flat=True).get(id=journal))
    hashes = inclusion_proof(index, head.size, TileHashes(head.size, partial(read_hashes, log_folder())))
    verify_inclusion(leaf_hash(entry), index, head.size, hashes, head.root)
    path = "".join(f"{encode_base64(one)}\n" for one in hashes)
    return {
        "entry": encode_base64(entry),
        "proof": f"c2sp.org/tlog-proof@v1\nindex {index}\n{path}\n{head.note}",
    }
