"""A frozen list for its owner: as a file from which the root follows, and the proof of a voter with the own data.

Whoever runs this holds the keys (a command at the terminal). Every record that is opened is recorded as looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from django.db import connection, transaction

from esaylov.custody.sealer import Sealer
from esaylov.exchange.canonical import dumps
from esaylov.exchange.frozen import record_hash, salt_of, with_own
from esaylov.exchange.frozen_file import Root, write_list
from esaylov.voters import access
from esaylov.voters.freezing.models import FrozenList
from esaylov.voters.freezing.preparing import TABLE
from esaylov.voters.freezing.queries import hashes_in, place_of, proof_of
from esaylov.voters.keys import keyring

PURPOSE = "freeze"


class ExportError(RuntimeError):
    """A list cannot be exported; the text says why."""


def export_list(election: str, precinct: str, file: Path) -> int:
    """Writes a frozen list as a file for its owner alone (`exchange.frozen_file`); how many voters it has.

    Raises ExportError, KeyringError.
    """
    rows = FrozenList.objects.filter(election=election, precinct__code=precinct, journal__isnull=False)
    row = rows.select_related("precinct").first()
    if row is None:
        raise ExportError(f"the list of precinct {precinct!r} is not frozen in the election {election!r}")
    with transaction.atomic():
        records = records_of(row)
        access.record(row.voters, body="", person=None, purpose=PURPOSE)
    write_list(file, Root(election, precinct, row.size, bytes(row.root).hex()), secret_of(row), records)
    return len(records)


def own_proof(election: str, voter: int) -> dict[str, Any] | None:
    """The proof of a voter with the own data as they were frozen; None where the voter stands in no frozen list.

    For the voter alone. Raises KeyringError, ExportError where the data of that time are not there any more.
    """
    shown, place = proof_of(election, voter), place_of(election, voter)
    if shown is None or place is None:
        return None
    salt = salt_of(secret_of(place.row), place.number)
    access.record([voter], body="", person=None, purpose=PURPOSE)
    return with_own(shown, salt, _as_frozen(place.row, [voter], place.number)[0])


def secret_of(row: FrozenList) -> bytes:
    """What the salts of a list are made of. Raises KeyringError."""
    (opened,) = Sealer(keyring(), TABLE).open([row.precinct_id], [bytes(row.secret)])
    return bytes.fromhex(orjson.loads(opened)["secret"])


def records_of(row: FrozenList) -> list[dict[str, str]]:
    """The records of a frozen list in the order of its numbers, each as it was frozen. Raises KeyringError, ExportError."""
    return _as_frozen(row, row.voters, 1)


VERSIONS = """SELECT id, sealed FROM voters_voter WHERE id = ANY(%(voters)s)
UNION ALL SELECT voter, sealed FROM voters_former WHERE voter = ANY(%(voters)s)"""


def _as_frozen(row: FrozenList, voters: Sequence[int], first: int) -> list[dict[str, str]]:
    """Of the versions of each entry the one that its number was frozen with."""
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS, {"voters": list(voters)})
        rows = cursor.fetchall()
    opened = Sealer(keyring()).open([row[0] for row in rows], [bytes(row[1]) for row in rows])
    versions: dict[int, list[dict[str, str]]] = {}
    for (voter, _), sealed in zip(rows, opened, strict=True):
        versions.setdefault(voter, []).append(orjson.loads(sealed))
    secret, hashes = secret_of(row), hashes_in(row)
    found: list[dict[str, str]] = []
    for number, voter in enumerate(voters, first):
        salt = salt_of(secret, number)
        those = (
            one for one in versions.get(voter, ()) if record_hash(salt, dumps(one)) == hashes[number - 1]
        )
        record = next(those, None)
        if record is None:
            raise ExportError(
                f"number {number} of {row.precinct.code} is not in the list any more as it was frozen"
            )
        found.append(record)
    return found
