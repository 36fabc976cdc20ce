"""Seals and opens records in bulk, and makes the digests by which they are found.

A sealed record is 2 bytes of generation, 12 of nonce, then AES-256-GCM over the record with its tag. The associated data are
table, row and column, so that a value taken to another row or table does not open. A digest is keyed BLAKE2b, 16 bytes.

Nonces are random: one key may seal 2³² records (NIST SP 800-38D, 8.3), two hundred times the list. Rotate before that.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import blake2b
from struct import Struct, iter_unpack

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from esaylov.custody.keyring import INDEXES, RECORD, Keyring, KeyringError

NONCE = 12
TAG = 16
HEAD = 2
OVERHEAD = HEAD + NONCE + TAG
DIGEST = 16
COLUMN = b"|record"


class Sealer:
    """The keys of a ring at work on the rows of one table. May be used by several threads at once."""

    def __init__(self, ring: Keyring, table: bytes = b"voters_voter") -> None:
        self.current = ring.current
        self.generations = tuple(sorted(ring.generations, reverse=True))
        self._ciphers = {
            number.to_bytes(HEAD): AESGCM(keys[RECORD]) for number, keys in ring.generations.items()
        }
        self._indexes = {
            number: {name: keys[name] for name in INDEXES} for number, keys in ring.generations.items()
        }
        self._about = _associated(table)

    def seal(self, ids: Sequence[int], records: Sequence[bytes]) -> list[bytes]:
        """Each record sealed for the row with its id, under the current generation."""
        head, about = self.current.to_bytes(HEAD), self._about
        encrypt = self._ciphers[head].encrypt
        nonces = iter_unpack(f"{NONCE}s", os.urandom(NONCE * len(records)))
        return [
            head + nonce + encrypt(nonce, record, about(row))
            for row, record, (nonce,) in zip(ids, records, nonces, strict=True)
        ]

    def open(self, ids: Sequence[int], sealed: Sequence[bytes]) -> list[bytes]:
        """What was sealed for these rows. Raises KeyringError that names the first row that does not open."""
        opened: list[bytes] = []
        take, ciphers, about = opened.append, self._ciphers, self._about
        for row, value in zip(ids, sealed, strict=True):
            try:
                take(
                    ciphers[value[:HEAD]].decrypt(
                        value[HEAD : HEAD + NONCE], value[HEAD + NONCE :], about(row)
                    )
                )
            except (KeyError, InvalidTag, ValueError):
                raise KeyringError(self._why(row, value)) from None
        return opened

    def _why(self, row: int, value: bytes) -> str:
        if len(value) < OVERHEAD:
            return f"row {row} does not open: its sealed value is cut"
        if (number := generation_of(value)) not in self.generations:
            return f"row {row} does not open: it lies under generation {number}, and the keys of that are not here"
        return f"row {row} does not open: the keys are others, or the row was changed"

    def digests(self, field: str, values: Sequence[bytes], generation: int = 0) -> list[bytes]:
        """The digest (16 bytes) of each value of an indexed field, under the current generation or the one named.

        Raises KeyringError for a field without an index, or a generation that is not here.
        """
        try:
            key = self._indexes[generation or self.current][field]
        except KeyError as error:
            raise KeyringError(f"no key for {field} in generation {generation or self.current}") from error
        begun = blake2b(digest_size=DIGEST, key=key)
        made: list[bytes] = []
        for value in values:
            one = begun.copy()
            one.update(value)
            made.append(one.digest())
        return made


def generation_of(sealed: bytes) -> int:
    """Under which generation of keys a sealed value lies."""
    return int.from_bytes(sealed[:HEAD])


@lru_cache(maxsize=64)
def _associated(table: bytes) -> Callable[[int], bytes]:
    """Makes the associated data of a row of this table: table|id|column."""
    start = table + b"|"
    pack = Struct(f">{len(start)}sq{len(COLUMN)}s").pack
    return lambda row: pack(start, row, COLUMN)
