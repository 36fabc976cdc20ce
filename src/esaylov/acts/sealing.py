"""Sealed entries: what may not be public yet enters the log as a hash (docs/formats.md, section 3)."""

import secrets
from hashlib import sha256
from typing import Any

import orjson

from esaylov.acts.context import ElectionContext
from esaylov.exchange.canonical import dumps

TAG = b"esaylov sealed v1\x00"


def seal(context: ElectionContext, record: dict[str, Any]) -> tuple[bytes, bytes]:
    """Seals an entry. Returns its salt (32 random bytes, for the vault) and the bytes of the `log.sealed` entry."""
    salt = secrets.token_bytes(32)
    members: dict[str, Any] = {
        "v": 1,
        "act": "log.sealed",
        "election": context.id,
        "edition": context.edition.id,
        "sealed": sha256(TAG + salt + dumps(record)).hexdigest(),
    }
    for flag in ("simulated", "replay"):
        if record.get(flag):
            members[flag] = True
    return salt, dumps(members)


def loads(entry: bytes) -> dict[str, Any]:
    """An entry that this installation wrote itself, as an object."""
    decoded: dict[str, Any] = orjson.loads(entry)
    return decoded
