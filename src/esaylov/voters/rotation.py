"""The voter list goes over to new keys: every sealed value and every digest, batch by batch, beside a working site.

Which rows are done stands in the rows themselves: the first two bytes of a sealed value name its generation, and a row's
digests are of the same. So whoever is killed goes on where it was, and look-ups, which ask under every generation
(`custody.client.digests`), find each row meanwhile. The old generation goes when nothing lies under it.

Registers cannot be compared with the list meanwhile (`keys.sealer` refuses), because a digest of the one generation is no
digest of the other; nor may changes wait that were sealed before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import polars as pl
from django.db import IntegrityError, connections, transaction

from esaylov.custody import client
from esaylov.custody.keyring import Keyring
from esaylov.custody.rotation import reseal
from esaylov.custody.sealer import Sealer
from esaylov.exchange.residents.normal import house_key
from esaylov.voters import locks, staging
from esaylov.voters.entering import REGISTER, content_of
from esaylov.voters.keys import keyring
from esaylov.voters.models import Changeset, KeyCheck
from esaylov.voters.places.models import Placing

ADMIN = "admin"
"""Rows that the application may not change are changed by the schema's owner."""
BATCH = 4_000
GRACE = 30.0
"""Seconds after which nobody writes any more what was sealed before the custodian had the new keys."""
CUSTODIAN_SECONDS = 20.0
State = Changeset.State
WAITING = (State.COMPARING, State.COMPARED, State.PROPOSED, State.APPROVED)
Progress = Callable[[str, int, int], None]


class RotationError(RuntimeError):
    """Keys cannot be changed now; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """A column of sealed values. `about`, `row`: table and id that its values are sealed for (the id may be another column's).

    `digests`: further columns, made anew from the record; `listed`: it is an entry with a mahalla and a district.
    """

    table: str
    about: bytes = b"voters_voter"
    key: str = "id"
    row: str = "id"
    column: str = "sealed"
    digests: tuple[str, ...] = ()
    listed: bool = False


ENTRY = ("pinfl", "document", "content", "house")
PLACES = (
    Place("voters_voter", digests=ENTRY, listed=True),
    Place("voters_former", row="voter", digests=ENTRY, listed=True),
    Place("voters_frozen", b"voters_frozen", row="precinct_id", column="secret"),
    Place("voters_supplement", b"voters_supplement", key="journal", row="voter", digests=("pinfl",)),
    Place(
        "voters_housecheck",
        b"voters_housecheck",
        row="precinct_id",
        digests=("house",),
        listed=True,
    ),
    Place("voters_request", b"voters_request"),
    Place("voters_requestdecision", b"voters_requestdecision", key="request_id", row="request_id"),
)
"""Where sealed values lie for good. (Those of a changeset that waits lie beside them: with one no rotation begins.)"""
TYPES = {"pinfl": "uuid", "document": "uuid", "content": "uuid", "house": "bigint"}


@dataclass(slots=True)
class Batch:
    """Rows of a place that do not lie under the current keys."""

    keys: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    sealed: list[bytes] = field(default_factory=list)
    districts: list[str] = field(default_factory=list)
    mahallas: list[str] = field(default_factory=list)


def rotate(progress: Progress = lambda what, done, total: None, grace: float = GRACE) -> dict[str, int]:
    """Takes everything to a new generation of keys, or ends a rotation that was begun; returns the rows changed by table.

    Raises KeyringError, RotationError: then both generations stay, and the next call goes on.
    """
    with _alone():
        ring = keyring()
        if len(ring.generations) == 1:
            _nothing_waits()
            ring = ring.with_next()
        _await_custodian(ring)
        ring = (
            keyring()
        )  # from here on the database knows the new generation, and `placing` begins with no mahalla more
        if Placing.objects.exists():
            time.sleep(grace)
        since = time.monotonic()
        changed = dict.fromkeys([place.table for place in PLACES], 0)
        while _pass(ring, changed, progress) or time.monotonic() - since < grace:
            time.sleep(min(1.0, grace))
        _nothing_waits()
        _drop_old(ring)
    return changed


def _pass(ring: Keyring, changed: dict[str, int], progress: Progress) -> int:
    """Goes over every table once; returns how many rows were not under the current keys."""
    sealer, found = Sealer(ring), 0
    for place in PLACES:
        about, total = Sealer(ring, place.about), _size(place.table)
        done = 0
        for batch in _batches(place, ring.current):
            done += len(batch.keys)
            changed[place.table] += _write(place, batch, about, sealer)
            progress(place.table, done, total)
        found += done
    return found + _addresses(sealer)


def _batches(place: Place, current: int) -> Iterator[Batch]:
    """(Each begins behind the last one, so that a row that changes at the same time waits for the next pass.)"""
    names = "t.district::text, m.code" if place.listed else "'', ''"
    join = "LEFT JOIN voters_mahalla m ON m.id = t.mahalla" if place.listed else ""
    statement = f"""SELECT t.{place.key}, t.{place.row}, t.{place.column}, {names} FROM {place.table} t {join}
        WHERE t.{place.key} > %s AND substring(t.{place.column} FROM 1 FOR 2) <> %s ORDER BY t.{place.key} LIMIT {BATCH}"""
    last = -(1 << 63)
    while True:
        with connections[ADMIN].cursor() as cursor:
            cursor.execute(statement, [last, current.to_bytes(2)])
            if not (rows := cursor.fetchall()):
                return
        keys, ids, sealed, districts, mahallas = (list(column) for column in zip(*rows, strict=True))
        last = keys[-1]
        yield Batch(keys, ids, [bytes(one) for one in sealed], districts, [code or "" for code in mahallas])


def _write(place: Place, batch: Batch, about: Sealer, sealer: Sealer) -> int:
    """Writes a batch under the current keys, in one transaction; returns how many rows were as they had been read."""
    new = reseal(about, batch.rows, batch.sealed)
    made = _digests(place, new.records, batch, sealer) if place.digests else {}
    columns = [f"{place.column} = x.sealed", *(f"{name} = x.{name}" for name in place.digests)]
    types = ["bigint[]", "bytea[]", "bytea[]", *(f"{TYPES[name]}[]" for name in place.digests)]
    statement = f"""UPDATE {place.table} t SET {", ".join(columns)}
        FROM unnest({", ".join(f"%s::{kind}" for kind in types)}) AS x ({", ".join(("key", "old", "sealed", *place.digests))})
        WHERE t.{place.key} = x.key AND t.{place.column} = x.old"""
    values: list[Any] = [batch.keys, batch.sealed, new.sealed, *(made[name] for name in place.digests)]
    try:
        with transaction.atomic(ADMIN), connections[ADMIN].cursor() as cursor:
            _lift_protection(cursor, place.table)
            cursor.execute(statement, values)
            return int(cursor.rowcount)
    except IntegrityError as error:
        raise RotationError(
            f"of the rows {batch.keys[0]} to {batch.keys[-1]} of {place.table} one has a number that another row has under"
            " the new keys: somebody was entered twice meanwhile. Remove one of the two, then go on"
        ) from error


def _digests(place: Place, records: Sequence[bytes], batch: Batch, sealer: Sealer) -> dict[str, list[Any]]:
    """The digests of rows under the current keys, as their columns hold them."""
    people = [orjson.loads(record) for record in records]
    made: dict[str, list[Any]] = {}
    for name in place.digests:
        if name == "house":
            made[name] = _house_digests(sealer, _houses(people, batch))
        else:
            values = (
                _contents(records, people, batch)
                if name == "content"
                else [one[name].encode() for one in people]
            )
            made[name] = [UUID(bytes=one) for one in sealer.digests(name, values)]
    return made


def _contents(records: Sequence[bytes], people: Sequence[dict[str, str]], batch: Batch) -> list[bytes]:
    """What is compared with a register: the record, and where its person is listed (`staging`); of an entry that a decided
    request corrected, what the register said of it (`entering`).
    """
    rows = zip(records, people, batch.districts, batch.mahallas, strict=True)
    return [
        person[REGISTER].encode() if REGISTER in person else content_of(record, district, mahalla).encode()
        for record, person, district, mahalla in rows
    ]


def _houses(people: Sequence[dict[str, str]], batch: Batch) -> list[bytes]:
    streets, numbers = ([one[name] for one in people] for name in ("street", "house"))
    text = pl.String
    keys = house_key(
        pl.Series(batch.mahallas, dtype=text), pl.Series(streets, dtype=text), pl.Series(numbers, dtype=text)
    )
    found: list[bytes] = keys.to_list()
    return found


def _house_digests(sealer: Sealer, keys: Sequence[bytes]) -> list[int]:
    return [int.from_bytes(one[:8], signed=True) for one in sealer.digests("house", keys)]


def _addresses(sealer: Sealer) -> int:
    """Houses are no secret: their digests are made from what stands beside them. Returns how many had another one."""
    found, last = 0, 0
    while True:
        with connections[ADMIN].cursor() as cursor:
            cursor.execute(
                f"""SELECT a.id, m.code || '|' || a.street_key || '|' || a.house, a.digest FROM voters_address a
                JOIN voters_mahalla m ON m.id = a.mahalla_id WHERE a.id > %s ORDER BY a.id LIMIT {5 * BATCH}""",
                [last],
            )
            if not (rows := cursor.fetchall()):
                return found
            last = rows[-1][0]
            made = _house_digests(sealer, [key.encode() for _, key, _ in rows])
            new = [(row[0], digest) for row, digest in zip(rows, made, strict=True) if row[2] != digest]
            if new:
                cursor.execute(
                    """UPDATE voters_address a SET digest = x.digest FROM unnest(%s::int[], %s::bigint[]) AS x (id, digest)
                    WHERE a.id = x.id""",
                    [list(column) for column in zip(*new, strict=True)],
                )
        found += len(new)


def _drop_old(ring: Keyring) -> None:
    """(First the database forgets them: were it last, a kill in between would leave it asking for keys that are gone.)"""
    for number in sorted(ring.generations):
        if number != ring.current:
            KeyCheck.objects.filter(generation=number).delete()
            ring = ring.without(number)


def _nothing_waits() -> None:
    waiting = list(Changeset.objects.filter(state__in=WAITING).values_list("id", flat=True)[:5])
    if waiting:
        raise RotationError(
            f"changesets wait ({', '.join(map(str, waiting))}), sealed under the keys that are: apply or discard them first"
        )


def _await_custodian(ring: Keyring) -> None:
    """New rows must come under the new keys before old ones are looked for. (No custodian: no site works.)"""
    limit, wanted = time.monotonic() + CUSTODIAN_SECONDS, ring.check()
    while True:
        try:
            if client.checks() == wanted:
                return
        except client.CustodianDown:
            return
        if time.monotonic() > limit:
            raise RotationError(
                "the custodian that works does not take up the new keys: is its keys file another one than"
                f" {ring.path}? (python -m esaylov.custody.custodian --status)"
            )
        time.sleep(0.1)


@contextmanager
def _alone() -> Iterator[None]:
    """One rotation at a time, and beside no comparison: a part of the list would look as if it were not there."""
    with locks.kept(locks.ROTATION, ADMIN) as taken:
        if not taken:
            raise RotationError("keys are being changed by another command")
        try:
            with staging.alone():
                yield
        except staging.StagingError as error:
            raise RotationError("a register is being compared with the list: wait for its end") from error


def _lift_protection(cursor: Any, table: str) -> None:
    """For this transaction of the schema's owner: triggers that keep rows as they are let them be sealed anew."""
    cursor.execute(
        """SELECT set_config('pgtrigger.ignore', coalesce(array_agg(tgname::text)::text, '{}'), true) FROM pg_trigger
        WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_%%'""",
        [table],
    )


def _size(table: str) -> int:
    with connections[ADMIN].cursor() as cursor:
        cursor.execute(
            "SELECT greatest(reltuples::bigint, 0) FROM pg_class WHERE oid = %s::regclass", [table]
        )
        return int(cursor.fetchone()[0])
