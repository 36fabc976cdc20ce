"""Finds an entry by document number and birth date, with the same work whether there is one or not.

Always: one digest of the document, one call of `voters_find`, which gives two rows, and one opening of both. Where fewer than two
rows have the document, others stand in for them (rows near an invented digest); what they hold is thrown away.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import orjson
from django.db import connection
from django.db.utils import InterfaceError, OperationalError
from psycopg.errors import LockNotAvailable

from esaylov.custody import client
from esaylov.voters.access import LOOK_UP

FIND = "SELECT * FROM voters_find(%s::uuid[], %s::uuid)"
LISTED, REMOVED = 1, 2
CLOSED_SECONDS = 5.0
"""For so long nobody asks a list that was found locked: a national load holds it for minutes, and threads are few."""


class Locked(RuntimeError):
    """The list is being written as a whole: it cannot be read for some minutes."""


@dataclass(frozen=True, slots=True)
class Precinct:
    """The precinct of an entry as the registry has it."""

    election: str
    code: str
    number: str
    address: str
    latitude: str
    longitude: str
    public: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: `voter` is 0 where nothing was; what else stands here then is somebody else's, and makes the same work for
    the page as an entry. `precinct`: None as long as no rule leads to one. `removed`: when the
    entry was taken out of the list; `leaves`: of one that stands in it, before when it is not taken out though that is decided;
    `reason`: why. `looks`: how often somebody looked
    at it before, by purpose.
    """

    voter: int = 0
    precinct: Precinct | None = None
    removed: datetime | None = None
    leaves: datetime | None = None
    reason: str = ""
    looks: Mapping[str, int] = field(default_factory=dict)


NOTHING = Found()


class Door:
    """Whether the list may be asked: shut for a while when it was found locked."""

    def __init__(self) -> None:
        self.open()

    def open(self) -> None:
        """Opens it at once."""
        self._until = 0.0

    def check(self) -> None:
        """Raises Locked while it is shut."""
        if time.monotonic() < self._until:
            raise Locked

    def shut(self) -> None:
        """Shuts it for a while."""
        self._until = time.monotonic() + CLOSED_SECONDS


door = Door()


class Sought:
    """A document that somebody looks for, digested as the try is let in, or when it is first needed."""

    def __init__(self, document: str) -> None:
        self._document = document
        self._digests: list[bytes] = []

    def admit(self, where: str, challenge: str) -> bool:
        """Whether a try from an address, with a challenge, counts; errors are those of `custody.client`: Throttled also where
        this document was looked for too often.
        """
        found = client.admit_for(where, challenge, "document", self._document, purpose=LOOK_UP)
        self._digests = found or []
        return found is not None

    def digests(self) -> list[bytes]:
        """Under each generation of keys."""
        if not self._digests:
            self._digests = [one[0] for one in client.digests("document", [self._document], purpose=LOOK_UP)]
        return self._digests


def find(document: Sought, born: date) -> Found:
    """The entry with this document and birth date; one without `voter` where there is none.

    Raises Locked, django.db's errors, and those of `custody.client`: CustodianDown, Throttled, KeyringError.
    """
    door.check()
    rows = _rows(document.digests())
    opened = client.open_plain([(row[1], row[2]) for row in rows], purpose=LOOK_UP)
    # (Every record is read, and every comparison made, whichever it is.)
    births = [orjson.loads(record)["birth_date"] for record in opened]
    fitting = [row for row, birth in zip(rows, births, strict=True) if row[0] and birth == born.isoformat()]
    if fitting:
        return found_in(min(fitting, key=lambda row: int(row[0])))
    return replace(found_in(rows[-1]), voter=0, removed=None, leaves=None, reason="") if rows else NOTHING


def _rows(digests: list[bytes]) -> Sequence[Sequence[Any]]:
    """(Whether a kept connection still lives shows the query itself: nobody asks before. Over a dead one it goes once more.)"""
    kept = connection.connection is not None
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return _asked(digests)
    except (OperationalError, InterfaceError) as error:
        if isinstance(error.__cause__, LockNotAvailable):
            door.shut()
            raise Locked from error
        if not kept or connection.is_usable():
            raise
    connection.close()
    return _asked(digests)


def _asked(digests: list[bytes]) -> Sequence[Sequence[Any]]:
    """(Past Django's cursor, which knows nothing of what is asked here.)"""
    connection.ensure_connection()
    given = f"{{{','.join(one.hex() for one in digests)}}}"
    with connection.wrap_database_errors:
        rows: Sequence[Sequence[Any]] = connection.connection.execute(
            FIND, [given, os.urandom(16).hex()]
        ).fetchall()
        return rows


def found_in(row: Sequence[Any]) -> Found:
    """A row of `voters_find`, or one like it."""
    source, voter, _sealed, reason, ended, looks, election = row[:7]
    code, number, address, latitude, longitude, public = row[7:]
    place = Precinct(election, code, number, address, latitude, longitude, public is not False)
    return Found(
        voter=voter,
        precinct=place if election and source != REMOVED else None,
        removed=ended if source == REMOVED else None,
        leaves=ended if source != REMOVED else None,
        reason=reason,
        looks=_summed(looks or ""),
    )


def _summed(looks: str) -> dict[str, int]:
    """Looks by purpose, out of `purpose=times,…`."""
    found: dict[str, int] = {}
    for one in looks.split(",") if looks else ():
        purpose, _, times = one.partition("=")
        found[purpose] = found.get(purpose, 0) + int(times)
    return found
