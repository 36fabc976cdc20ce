"""Rows taken from one generation of keys to the next: what changes in a batch of them, nothing of where they lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from esaylov.custody.sealer import Sealer


class Resealed(NamedTuple):
    """Records in clear, for their digests to be made anew, and the same records sealed under the current keys."""

    records: list[bytes]
    sealed: list[bytes]


def reseal(sealer: Sealer, rows: Sequence[int], sealed: Sequence[bytes]) -> Resealed:
    """Opens a batch of rows under whichever generation each lies, and seals it under the current one.

    Raises KeyringError that names the first row that does not open.
    """
    records = sealer.open(rows, sealed)
    return Resealed(records, sealer.seal(rows, records))
