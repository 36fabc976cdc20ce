"""The proof file of a place's standing protocol: its entry with a C2SP tlog-proof, and those of all other entries about
the place, to be kept and checked without the site (docs/formats.md, section 8).
"""

from __future__ import annotations

from functools import partial
from typing import Any

from esaylov.acts.identity import log_folder
from esaylov.acts.logstore import read_hashes
from esaylov.acts.models import Entry, Journal
from esaylov.elections.queries import ContestRow
from esaylov.results.queries import PrecinctRow, SignedHead, Snapshot
from esaylov.results.released import rulings, versions
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
    acts = [
        *((one.index, one.opened) for one in found),
        *((one.index, None) for one in rulings(at, contest.id, row.id)),
    ]
    try:
        file |= _act(version.index, version.opened, at.head)
        file["others"] = [_act(*one, at.head) for one in sorted(acts) if one[0] != version.index]
    except (OSError, TileError, ProofError):
        return None
    return file


def _act(index: int, opened: int | None, head: SignedHead) -> dict[str, Any]:
    """An entry with its proof, and the one that opened it. Raises OSError, TileError or ProofError."""
    proven: dict[str, Any] = dict(_proven(index, head))
    return proven if opened is None else proven | {"opening": _proven(opened, head)}


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
