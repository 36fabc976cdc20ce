"""Checkpoints: the signed head of the tree (C2SP tlog-checkpoint). This house writes no extension lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from esaylov.tlog.notes import (
    NoteError,
    Signature,
    Signer,
    Verifier,
    decode_base64,
    encode_base64,
    open_note,
    sign_note,
)
from esaylov.tlog.tree import HASH_SIZE

MAX_SIZE = 2**63 - 1
_SIZE = re.compile("0|[1-9][0-9]{0,18}")


class CheckpointError(NoteError):
    """A note whose text is not that of a checkpoint."""


@dataclass(frozen=True)
class Checkpoint:
    """Origin of the log, number of entries, root hash (32 bytes), extension lines (opaque; none of ours)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The note text (tlog-checkpoint, "Note text")."""
        lines = (self.origin, str(self.size), encode_base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint's note. Raises CheckpointError unless formatting it again gives the same
    text.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise CheckpointError("a checkpoint has three non-empty lines at least")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size) or int(size) > MAX_SIZE:
        raise CheckpointError(f"not the size of a tree: {size!r}")
    checkpoint = Checkpoint(origin, int(size), decode_base64(root), tuple(extensions))
    if len(checkpoint.root) != HASH_SIZE:
        raise CheckpointError("the root hash of a checkpoint has 32 bytes")
    return checkpoint


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer, carried: Sequence[Signature] = ()) -> bytes:
    """The signed note. The key's name must be the origin (CheckpointError); `carried`: cosignature lines."""
    if signer.name != checkpoint.origin:
        raise CheckpointError(f"the key {signer.name} does not sign for the log {checkpoint.origin}")
    return sign_note(checkpoint.text(), [signer], carried)


def open_checkpoint(data: bytes, verifier: Verifier) -> tuple[Checkpoint, tuple[Signature, ...]]:
    """Read and verify a signed checkpoint of the log whose key is given; the lines by other keys come beside
    it.

    Raises NoteError when the note does not hold, CheckpointError when it is no checkpoint or another log's.
    """
    note = open_note(data, [verifier])
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != verifier.name:
        raise CheckpointError(f"a checkpoint of {checkpoint.origin}, not of {verifier.name}")
    return checkpoint, note.unknown
