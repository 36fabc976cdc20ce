"""Frozen lists of voters in public: a row for each precinct, a leaf for each voter, the proof that one voter can get.

docs/formats.md, section 9. Nothing here says who somebody is: a leaf holds a number and a salted hash of the record.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from esaylov.exchange.canonical import dumps
from esaylov.tlog.proofs import ProofError, hash_reader, inclusion_proof, verify_inclusion
from esaylov.tlog.tree import HASH_SIZE, leaf_hash

FORMAT = "esaylov voter proof 1"
RECORD_TAG = b"esaylov voter v1\x00"
SALT_TAG = b"esaylov voter salt v1\x00"
SECRET_SIZE = 32
_PROOF = frozenset({"election", "entry", "format", "number", "path", "precinct", "record", "root", "voters"})
_OWN = frozenset({"own", "salt"})
_LONGEST_PATH = 64


class Frozen(NamedTuple):
    """A row of frozen.csv: which entry froze the list of a precinct, of how many voters, with which root (hex)."""

    entry: int
    precinct: str
    voters: int
    root: str


def salt_of(secret: bytes, number: int) -> bytes:
    """The salt of the voter with a number, from the secret of the precinct's list: one salt says nothing of the others."""
    return hmac.digest(secret, SALT_TAG + number.to_bytes(8), "sha256")


def record_hash(salt: bytes, record: bytes) -> str:
    """What a leaf says of a record in canonical JSON: nothing, without the salt."""
    return sha256(RECORD_TAG + salt + record).hexdigest()


def leaf_of(election: str, precinct: str, number: int, record: str) -> bytes:
    """The hash of a voter's leaf; `record` is by `record_hash`."""
    return leaf_hash(
        dumps({"election": election, "number": number, "precinct": precinct, "record": record, "v": 1})
    )


def leaves_of(election: str, precinct: str, records: Sequence[str]) -> list[bytes]:
    """The leaves of a whole list in the order of its numbers, which begin at 1. (The same as `leaf_of`, many at once.)"""
    head = dumps({"election": election, "number": 0, "precinct": precinct, "record": "", "v": 1})
    start, rest = head.split(b'"number":0', 1)
    middle, end = rest.rsplit(b'"record":""', 1)
    form = b"\x00" + start + b'"number":%d' + middle + b'"record":"%s"' + end
    if b"%" in start + middle + end:
        return [leaf_of(election, precinct, number, record) for number, record in enumerate(records, 1)]
    return [sha256(form % (number, record.encode())).digest() for number, record in enumerate(records, 1)]


def proof(election: str, frozen: Frozen, number: int, record: str, leaves: Sequence[bytes]) -> dict[str, Any]:
    """What shows that the voter with a number stands in a frozen list, without a word on who that is."""
    path = inclusion_proof(number - 1, len(leaves), hash_reader(leaves))
    return {
        "format": FORMAT, "election": election, "entry": frozen.entry, "precinct": frozen.precinct, "voters": frozen.voters,
        "root": frozen.root, "number": number, "record": record, "path": [node.hex() for node in path],
    }  # fmt: skip


def with_own(shown: Mapping[str, Any], salt: bytes, record: Mapping[str, str]) -> dict[str, Any]:
    """The same proof for the voter: with the own data and the salt by which they give what the leaf says."""
    return {**shown, "salt": salt.hex(), "own": dict(record)}


def check_proof(shown: object, frozen: Mapping[str, Frozen], election: str) -> Frozen:
    """Checks a proof against the rows of a published frozen.csv (by precinct) of an election; the row of its precinct.

    Raises ProofError with the reason.
    """
    if not isinstance(shown, dict) or not _PROOF <= shown.keys() <= _PROOF | _OWN:
        raise ProofError("not a proof of a voter: other members than it has")
    if shown["format"] != FORMAT or shown["election"] != election:
        raise ProofError("not a proof of this form, or of another election")
    row = frozen.get(shown["precinct"]) if type(shown["precinct"]) is str else None
    if row is None or tuple(row) != (shown["entry"], shown["precinct"], shown["voters"], shown["root"]):
        raise ProofError(
            "the published list of its precinct has another root, another number of voters, or is not frozen"
        )
    number, record = shown["number"], shown["record"]
    if type(number) is not int or not 1 <= number <= row.voters:
        raise ProofError(f"the list has no number {number!r}")
    leaf = leaf_of(election, row.precinct, number, _hex(record).hex())
    path = [_hex(node) for node in _path(shown["path"])]
    verify_inclusion(leaf, number - 1, row.voters, path, _hex(row.root))
    if _OWN & shown.keys():
        _check_own(shown)
    return row


def _check_own(shown: Mapping[str, Any]) -> None:
    own = shown.get("own")
    if not isinstance(own, dict) or not all(type(value) is str for value in own.values()):
        raise ProofError("own data are not texts")
    if record_hash(_hex(shown.get("salt")), dumps(own)) != shown["record"]:
        raise ProofError("the own data are not those that the list was frozen with")


def _path(value: object) -> Sequence[object]:
    if not isinstance(value, list) or len(value) > _LONGEST_PATH:
        raise ProofError("its path is not an array of hashes")
    return value


def _hex(value: object) -> bytes:
    try:
        found = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        found = b""
    if len(found) != HASH_SIZE or found.hex() != value:
        raise ProofError("a hash in it is not 64 lower-case hexadecimal digits")
    return found
