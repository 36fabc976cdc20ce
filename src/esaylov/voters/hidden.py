"""Entries of the log that say a salted hash instead of where something was and of how many (docs/decisions/0112).

The salt is made under the installation's secret key, which no dump has, and stands nowhere: whoever has that key opens every such
entry (docs/keys.md). A key of before, `SECRET_KEY_FALLBACKS`, opens what was written under it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any

import orjson
from django.conf import settings
from django.utils.crypto import salted_hmac

from esaylov.acts.models import Journal
from esaylov.exchange.canonical import dumps


def hidden(what: str, said: Mapping[str, Any], secret: str | bytes | None = None) -> tuple[str, str]:
    """Salt and hash, hexadecimal, of what is said: SHA-256 of "esaylov <what> v1", 0x00, the salt and the canonical JSON.

    `secret`: the secret key, None for the present one.
    """
    content = dumps(dict(said))
    salt = salted_hmac(f"esaylov {what}", content, secret=secret, algorithm="sha256").digest()
    return salt.hex(), sha256(f"esaylov {what} v1\0".encode() + salt + content).hexdigest()


def opened(what: str, said: Mapping[str, Any], known: Collection[str]) -> tuple[str, str, bool]:
    """Salt and hash under the secret key, present or earlier, under which the hash stands in the log, and that it does; where it
    stands there under none, those of the present one, and that it does not.
    """
    tries = [hidden(what, said, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return next(((*made, True) for made in tries if made[1] in known), (*tries[0], False))


def in_log(election: str, act: str, member: str) -> frozenset[str]:
    """The hashes that an election's entries of an act have under a name."""
    rows = Journal.objects.filter(election=election, code=act, public=True).values_list("record", flat=True)
    said = (orjson.loads(bytes(row)) for row in rows.iterator(chunk_size=2000))
    return frozenset(record[member] for record in said if member in record)
