"""The vault goes over to a new wrapping key: data keys are wrapped anew and digests made anew, batch by batch.

Records themselves stay as they are, each under its own data key, so that every commitment in the log holds on. Which rows are
done is found by trying: a data key opens under the new wrapping key or it does not. Whoever is killed begins again and passes
over what is done. Meanwhile the file holds both keys (`vaultkeys`), everything is written under the new one, and persons are
found by the digests of both.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from django.db import IntegrityError, connections, transaction

from esaylov.acts import vault, vaultkeys
from esaylov.acts.vaultkeys import Keys

ADMIN = "admin"
"""Rows of the vault are never changed by the application: the schema's owner does it."""
BATCH = 2_000
GRACE = 30.0
"""Seconds after which no transaction is left that began under the old key."""
LOCK = 0x6B657974
Progress = Callable[[str, int, int], None]

ROWS = f"SELECT id, subject, key, sealed FROM acts_vault WHERE id > %s ORDER BY id LIMIT {BATCH}"
# (Rows that were erased meanwhile are not there to be changed.)
WRAP = """UPDATE acts_vault v SET key = x.new FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS x (id, old, new)
WHERE v.id = x.id AND v.key = x.old"""
FIND_AGAIN = """UPDATE acts_vaultdigest d SET digest = x.new
FROM unnest(%s::text[], %s::bytea[], %s::bytea[], %s::uuid[]) AS x (field, old, new, subject)
WHERE d.field = x.field AND d.digest = x.old AND d.subject = x.subject"""


class VaultRotationError(RuntimeError):
    """The vault's key cannot be changed now; the text says why and what to do."""


@dataclass(slots=True)
class Changes:
    """What a batch changes: data keys by row, and digests by field and subject, each as it was and as it will be."""

    rows: list[int] = field(default_factory=list)
    keys: list[tuple[bytes, bytes]] = field(default_factory=list)
    digests: list[tuple[str, bytes, bytes, UUID]] = field(default_factory=list)


def rotate(
    progress: Progress = lambda what, done, total: None,
    grace: float = GRACE,
    files: Callable[[], int] = lambda: 0,
) -> int:
    """Takes the vault to a new wrapping key, or ends a rotation that was begun; returns how many rows were changed.

    `files` does the same for files that wait under the key (`vault.seal_file`), and returns how many. Raises VaultError,
    VaultRotationError: then both keys stay, and the next call goes on.
    """
    with _alone():
        keys = vaultkeys.keys()
        if not keys.older:
            vaultkeys.write(Keys(secrets.token_bytes(vaultkeys.SIZE), keys.all))
            keys = vaultkeys.keys()
        since, changed = time.monotonic(), 0
        while (found := _pass(progress) + files()) or time.monotonic() - since < grace:
            changed += found
            time.sleep(min(1.0, grace))
        vaultkeys.write(Keys(keys.current))
    return changed


def _pass(progress: Progress) -> int:
    """Goes over the vault once; returns how many rows were not under the current key."""
    changed = done = last = 0
    total = _size()
    while True:
        with connections[ADMIN].cursor() as cursor:
            cursor.execute(ROWS, [last])
            if not (rows := cursor.fetchall()):
                return changed
        last = rows[-1][0]
        changed += _write(_changes(rows))
        done += len(rows)
        progress("acts_vault", done, total)


def _changes(rows: Sequence[tuple[int, UUID, Any, Any]]) -> Changes:
    changes, ciphers, keys = Changes(), vault.ciphers(), vaultkeys.keys()
    for row, subject, wrapped, sealed in rows:
        key, by = vault.unwrap(ciphers, subject, bytes(wrapped))
        if by:
            changes.rows.append(row)
            changes.keys.append((bytes(wrapped), vault.wrap(subject, key)))
        # (Also of rows that are done: who imports makes digests first and wraps keys later.)
        record = orjson.loads(vault.opened(key, subject, bytes(sealed)))
        for name, value in ((name, record.get(name)) for name in vault.INDEXED):
            if value:
                new, *old = (vault.digests_under(one, name, [value])[0] for one in keys.all)
                changes.digests += [(name, one, new, subject) for one in old]
    return changes


def _write(changes: Changes) -> int:
    """In one transaction, so that a row and its digests are under one key; returns how much was not under the current one."""
    changed = len(changes.rows)
    try:
        with transaction.atomic(ADMIN), connections[ADMIN].cursor() as cursor:
            cursor.execute(
                "SELECT set_config('pgtrigger.ignore', coalesce(array_agg(tgname::text)::text, '{}'), true)"
                " FROM pg_trigger WHERE tgrelid = 'acts_vault'::regclass AND tgname LIKE 'pgtrigger_%'"
            )
            if changes.rows:
                cursor.execute(WRAP, [changes.rows, *map(list, zip(*changes.keys, strict=True))])
            if changes.digests:
                cursor.execute(FIND_AGAIN, list(map(list, zip(*changes.digests, strict=True))))
                changed = max(changed, cursor.rowcount)
    except IntegrityError as error:
        raise VaultRotationError(
            "a person's number belongs to another person under the new key: somebody was entered twice meanwhile."
            " Erase one of the two, then go on"
        ) from error
    return changed


@contextmanager
def _alone() -> Iterator[None]:
    with connections[ADMIN].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise VaultRotationError("the vault's key is being changed by another command")
    try:
        yield
    finally:
        with connections[ADMIN].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _size() -> int:
    with connections[ADMIN].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM acts_vault")
        return int(cursor.fetchone()[0])
