"""The vault: what is known of a person, encrypted under a key of its own.

Each record is JSON under AES-GCM with a fresh data key, which lies beside it wrapped by a key outside the database
(`keys/vault.key` in the data folder). Associated data name table, column and subject, so that no value can be moved
to another row. Whoever deletes a record's rows (`erase`) leaves nothing that could be read again; a commitment is the
SHA-256 of a record that holds a random salt, and betrays nothing without it.

Records are found by keyed digests of a few fields (`find`), one key for each field; without the key file a digest says
nothing. Every `read` is recorded: who, when, whose, which fields, why.
"""

import os
import secrets
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b, sha256
from itertools import islice, repeat
from struct import Struct
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, transaction

from esaylov.acts.bulk import binary, copy_binary, copy_blocks, insert_rows, row_head
from esaylov.acts.powers import Actor
from esaylov.acts.vaultkeys import VaultError, keys

INDEXED = ("pinfl",)
ALL = ("*",)
"""As `fields` of a read: everything, the record's salt among it."""
NONCE = 12
SALT = 16
PIECE = 128
TABLE = b"acts_vault"
SEALED_ABOUT, KEY_ABOUT = TABLE + b"|sealed|", TABLE + b"|key|"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Records ready to be written, with a commitment (SHA-256) of each, in order."""

    commitments: tuple[bytes, ...]
    rows: tuple[tuple[Any, ...], ...]
    digests: tuple[tuple[Any, ...], ...]

    def write(self, journal: int) -> None:
        """Writes them for the act with this journal number, in the current transaction.

        Raises django.db.IntegrityError where an indexed value belongs to another subject.
        """
        rows = [(*row, journal) for row in self.rows]
        insert_rows("acts_vault", ("subject", "key", "sealed", "journal"), rows)
        insert_rows("acts_vaultdigest", ("field", "digest", "subject"), self.digests)


def prepare(
    records: Sequence[tuple[UUID, Mapping[str, Any]]], *, known: frozenset[UUID] = frozenset()
) -> Prepared:
    """Encrypts records (JSON values by field); `known`: subjects whose digests stand in the index already."""
    outer = AESGCM(keys().current)
    commitments, rows, digests = [], [], []
    for subject, record in records:
        plain = orjson.dumps({**record, "salt": secrets.token_hex(SALT)}, option=orjson.OPT_SORT_KEYS)
        key, nonce = os.urandom(32), os.urandom(2 * NONCE)
        sealed = nonce[:NONCE] + AESGCM(key).encrypt(nonce[:NONCE], plain, _about(b"sealed", subject))
        wrapped = nonce[NONCE:] + outer.encrypt(nonce[NONCE:], key, _about(b"key", subject))
        commitments.append(sha256(plain).digest())
        rows.append((subject, wrapped, sealed))
        if subject not in known:
            digests += [(name, digest(name, record[name]), subject) for name in INDEXED if record.get(name)]
    return Prepared(tuple(commitments), tuple(rows), tuple(digests))


class Sealing:
    """Very many records on their way into the vault, encrypted piece by piece, some ahead of their turn.

    `subjects`: ids as 16 bytes. `records`: JSON objects that are not empty, in UTF-8. Every record has a key, two nonces and
    a salt of its own. `commitments`: of those encrypted so far, in order.
    """

    def __init__(self, journal: int, subjects: Sequence[bytes], records: Iterable[bytes]) -> None:
        self.commitments: list[bytes] = []
        self._pieces = _sealed(subjects, iter(records), binary(journal), self.commitments)
        self._ready: deque[bytes] = deque()

    def ahead(self) -> Iterator[None]:
        """Encrypts a piece at each step, to be written later: work for the time in which the database is busy."""
        for piece in self._pieces:
            self._ready.append(piece)
            yield

    def write(self) -> None:
        """Writes all records in the current transaction, encrypting what is left meanwhile."""
        copy_blocks("acts_vault", ("subject", "key", "sealed", "journal"), self._written(), self.ahead())

    def _written(self) -> Iterator[bytes]:
        while (piece := self._ready.popleft() if self._ready else next(self._pieces, None)) is not None:
            yield piece


def store_digests(
    field: str, digests: Iterable[bytes], subjects: Iterable[bytes], meanwhile: Iterator[object] | None = None
) -> None:
    """Writes very many digests (`digests`) with their subjects (ids as 16 bytes), as many, in the current transaction.

    `meanwhile`: see `bulk.copy_blocks`. Raises django.db.IntegrityError where a value belongs to another subject.
    """
    size = binary(bytes(16))[:4]
    copy_binary(
        "acts_vaultdigest", ("field", "digest", "subject"),
        repeat(binary(field) + size), digests, repeat(size), subjects, meanwhile=meanwhile,
    )  # fmt: skip


def _sealed(
    subjects: Sequence[bytes], records: Iterator[bytes], end: bytes, commitments: list[bytes]
) -> Iterator[bytes]:
    """Rows of the vault as COPY takes them, PIECE at a time; commitments are added on the way."""
    outer, cipher, take = AESGCM(keys().current).encrypt, AESGCM, commitments.append
    start, middle = row_head(4) + binary(bytes(16))[:4], binary(bytes(NONCE + 48))[:4]
    size, parts = Struct(">i").pack, Struct(f"32s{NONCE}s{NONCE}s")
    salted = Struct(f"{2 * SALT}s")
    for at in range(0, len(subjects), PIECE):
        piece = subjects[at : at + PIECE]
        salts = salted.iter_unpack(os.urandom(SALT * len(piece)).hex().encode())
        chance = parts.iter_unpack(os.urandom(parts.size * len(piece)))
        rows: list[bytes] = []
        for subject, (salt,), (key, first, second), record in zip(
            piece, salts, chance, islice(records, len(piece)), strict=True
        ):
            plain = b'{"salt":"%b",%b' % (salt, record[1:])
            take(sha256(plain).digest())
            sealed = cipher(key).encrypt(first, plain, SEALED_ABOUT + subject)
            wrapped = outer(second, key, KEY_ABOUT + subject)
            rows += start, subject, middle, second, wrapped, size(NONCE + len(sealed)), first, sealed, end
        yield b"".join(rows)


_reads: ContextVar[list[tuple[Any, ...]] | None] = ContextVar("vault_reads", default=None)


@contextmanager
def reads_survive(*, taken_back: bool = False) -> Iterator[None]:
    """Reads within stay recorded when what they were for is rolled back: around a block (a savepoint) that ends with an
    exception, or that takes itself back (`taken_back`), they are written once more. An exception goes on.
    """
    outer = _reads.get()
    mine: list[tuple[Any, ...]] = []
    token = _reads.set(mine)
    undone = True
    try:
        yield
        undone = taken_back
    finally:
        _reads.reset(token)
        if undone:
            insert_rows("acts_access", ACCESS, mine)
        if outer is not None:
            outer.extend(mine)


def read(
    subjects: Sequence[UUID], fields: Sequence[str], *, by: Actor, purpose: str
) -> dict[UUID, dict[str, Any]]:
    """The latest record of each subject, only the fields asked for (None where it has no such field).

    The read is recorded before anything is decrypted; who reads about themselves leaves no trace. Subjects without a
    record are left out. Raises VaultError.
    """
    with transaction.atomic():
        _record_access(subjects, fields, by, purpose)
        with connection.cursor() as cursor:
            cursor.execute(LATEST, [list(subjects)])
            rows = cursor.fetchall()
    outer = ciphers()
    opened = ((subject, _open(outer, subject, bytes(key), bytes(sealed))) for subject, key, sealed in rows)
    if tuple(fields) == ALL:
        return dict(opened)
    return {subject: {name: record.get(name) for name in fields} for subject, record in opened}


LATEST = """SELECT DISTINCT ON (v.subject) v.subject, v.key, v.sealed FROM acts_vault v
WHERE v.subject = ANY(%s) ORDER BY v.subject, v.id DESC"""


def _record_access(subjects: Sequence[UUID], fields: Sequence[str], by: Actor, purpose: str) -> None:
    now, names = datetime.now(UTC), list(fields)
    others = [subject for subject in dict.fromkeys(subjects) if subject != by.person]
    rows = [(now, subject, by.code, by.person, names, purpose) for subject in others]
    insert_rows("acts_access", ACCESS, rows)
    if (kept := _reads.get()) is not None:
        kept.extend(rows)


ACCESS = ("at", "subject", "body", "person", "fields", "purpose")


@dataclass(frozen=True, slots=True)
class Look:
    """One recorded read about somebody: when, by which body and person, which fields, why."""

    at: datetime
    body: str
    person: UUID | None
    fields: tuple[str, ...]
    purpose: str


def looks(subject: UUID, limit: int = 500) -> list[Look]:
    """Who read about a person, the latest first: what the person concerned may see."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at, body, person, fields, purpose FROM acts_access WHERE subject = %s"
            " ORDER BY at DESC, id DESC LIMIT %s",
            [subject, limit],
        )
        return [Look(at, body, who, tuple(names), why) for at, body, who, names, why in cursor.fetchall()]


def find(field: str, values: Sequence[str]) -> dict[str, UUID]:
    """Subjects by the value of an indexed field; values that nobody has are left out."""
    if not values:
        return {}
    return found(field, dict(zip(values, digests(field, values), strict=True)))


def found(field: str, given: Mapping[str, bytes]) -> dict[str, UUID]:
    """As `find`, of values whose digests (under the current key) are known."""
    wanted = {one: value for value, one in given.items()}
    for key in keys().older:
        wanted |= zip(digests_under(key, field, list(given)), given, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(FIND, [16 * len(wanted), b"".join(wanted), field])
        return {wanted[bytes(one)]: subject for one, subject in cursor.fetchall()}


# All digests travel as one value: an array of a hundred thousand takes longer to write than to look up.
FIND = """SELECT d.digest, d.subject FROM generate_series(1, %s, 16) AS place
JOIN acts_vaultdigest d ON d.digest = substring(%s::bytea FROM place FOR 16) AND d.field = %s"""


def digest(field: str, value: str) -> bytes:
    """The keyed digest (16 bytes) by which a field's value is found. Raises VaultError without the key file."""
    return blake2b(value.encode(), digest_size=16, key=_index_key(field, keys().current)).digest()


def digests(field: str, values: Sequence[str]) -> list[bytes]:
    """`digest` of many values."""
    return digests_under(keys().current, field, values)


def digests_under(key: bytes, field: str, values: Sequence[str]) -> list[bytes]:
    """The same under another wrapping key than the current one."""
    made = []
    keyed = blake2b(digest_size=16, key=_index_key(field, key))
    for value in values:
        one = keyed.copy()
        one.update(value.encode())
        made.append(one.digest())
    return made


def erase(subject: UUID) -> None:
    """Deletes every record of a subject and its digests: nothing of it can be read again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM acts_vault WHERE subject = %s", [subject])
        cursor.execute("DELETE FROM acts_vaultdigest WHERE subject = %s", [subject])


def seal_file(name: UUID, data: bytes) -> bytes:
    """A file that waits (staging), encrypted under the wrapping key."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(keys().current).encrypt(nonce, data, b"file|" + name.bytes)


def open_file(name: UUID, sealed: bytes) -> bytes:
    """What `seal_file` sealed. Raises VaultError."""
    for cipher in ciphers():
        with suppress(InvalidTag):
            return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], b"file|" + name.bytes)
    raise VaultError(f"the file {name} does not open: wrong key, or a changed row")


def reseal_file(name: UUID, sealed: bytes) -> bytes | None:
    """A file that waits, sealed under the current key; None where it is. Raises VaultError."""
    with suppress(InvalidTag):
        ciphers()[0].decrypt(sealed[:NONCE], sealed[NONCE:], b"file|" + name.bytes)
        return None
    return seal_file(name, open_file(name, sealed))


def ciphers() -> tuple[AESGCM, ...]:
    """What data keys are wrapped under: the current key, then those that are being replaced. Raises VaultError."""
    return tuple(AESGCM(key) for key in keys().all)


@lru_cache(maxsize=16)
def _index_key(field: str, key: bytes) -> bytes:
    return blake2b(field.encode(), key=key, person=b"esaylov index").digest()


def _about(column: bytes, subject: UUID) -> bytes:
    return b"|".join((TABLE, column, subject.bytes))


def commitments(rows: Sequence[tuple[UUID, bytes, bytes]]) -> list[bytes | None]:
    """The commitment (SHA-256) of each stored record, given as subject, wrapped key, sealed record; None for one that does not
    open. Nothing that was opened leaves this function.
    """
    outer = ciphers()
    found: list[bytes | None] = []
    for subject, wrapped, sealed in rows:
        try:
            found.append(sha256(_plain(outer, subject, wrapped, sealed)).digest())
        except VaultError:
            found.append(None)
    return found


def _open(outer: Sequence[AESGCM], subject: UUID, wrapped: bytes, sealed: bytes) -> dict[str, Any]:
    record: dict[str, Any] = orjson.loads(_plain(outer, subject, wrapped, sealed))
    return record


def _plain(outer: Sequence[AESGCM], subject: UUID, wrapped: bytes, sealed: bytes) -> bytes:
    return opened(unwrap(outer, subject, wrapped)[0], subject, sealed)


def opened(key: bytes, subject: UUID, sealed: bytes) -> bytes:
    """A record (JSON) by its data key. Raises VaultError."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], _about(b"sealed", subject))
    except InvalidTag as error:
        raise VaultError(f"the record of {subject} does not open: wrong key, or a changed row") from error


def unwrap(outer: Sequence[AESGCM], subject: UUID, wrapped: bytes) -> tuple[bytes, int]:
    """A record's data key, and which of the ciphers opened it. Raises VaultError."""
    for at, cipher in enumerate(outer):
        with suppress(InvalidTag):
            return cipher.decrypt(wrapped[:NONCE], wrapped[NONCE:], _about(b"key", subject)), at
    raise VaultError(f"the record of {subject} does not open: wrong key, or a changed row")


def wrap(subject: UUID, key: bytes) -> bytes:
    """A data key, wrapped under the current key for the record of a subject."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(keys().current).encrypt(nonce, key, _about(b"key", subject))
