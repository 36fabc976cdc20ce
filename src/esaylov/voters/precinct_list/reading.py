"""Reads a precinct's list: frozen or as it stands now, with marks; names are opened by the custodian, or by a command's keys.

A frozen list stands in the order of names, so that a surname is found by opening a few entries, not all of them. Before the
freeze the order is made once, by opening all of them, and kept as numbers of entries until one of them changes.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from threading import Lock
from typing import NamedTuple

from django.db import connection

from esaylov.custody import client
from esaylov.exchange.residents.normal import order_name
from esaylov.registry.models import Precinct
from esaylov.voters.freezing.models import FrozenList, Mark, Supplement
from esaylov.voters.freezing.preparing import ordered

Record = Mapping[str, str]
Opener = Callable[[Sequence[tuple[int, bytes]]], Sequence[Record]]
PURPOSE = "precinct list"
PAUSE = 2.0
"""Seconds for which a page waits where the custodian is asked too fast."""


def by_custodian(precinct: Precinct) -> Opener:
    """Opens rows as a page does, out of the precinct's own measure. It raises CustodianDown, Throttled, KeyringError."""
    body = f"{precinct.election}/pec:{precinct.code}"
    return lambda rows: client.open_rows(rows, purpose=PURPOSE, wait=PAUSE, body=body)


class Entry(NamedTuple):
    """A voter of the list. `number`: in the list; `marks`: kinds of marks."""

    number: int
    voter: int
    record: Record
    marks: tuple[str, ...]


MOST_ORDERS = 400
"""Precincts whose order a process keeps, 15 kB each: those that were looked at last."""


class Orders:
    """Orders of lists that are not frozen: numbers of entries by precinct, each as of a version of the list."""

    def __init__(self, most: int = MOST_ORDERS) -> None:
        self._most, self._lock = most, Lock()
        self._kept: dict[int, tuple[bytes, array[int]]] = {}

    def get(self, precinct: int, version: bytes) -> list[int] | None:
        """The order of a precinct's list at a version, None where it is not known."""
        with self._lock:
            kept = self._kept.pop(precinct, None)
            if kept is None or kept[0] != version:
                return None
            self._kept[precinct] = kept
            return list(kept[1])

    def put(self, precinct: int, version: bytes, voters: Sequence[int]) -> None:
        """Keeps an order; the one that nobody asked for the longest goes."""
        with self._lock:
            self._kept.pop(precinct, None)
            self._kept[precinct] = version, array("q", voters)
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]

    def forget(self) -> None:
        """Keeps none."""
        with self._lock:
            self._kept.clear()


orders = Orders()
SEALED = "SELECT id, sealed FROM voters_voter WHERE id = ANY(%s)"
HERE = "SELECT id, changeset FROM voters_voter WHERE precinct = %s ORDER BY id"


@dataclass
class PrecinctList:
    """The list of a precinct of an election. `open`: what opens its records (None: the custodian)."""

    precinct: Precinct
    open: Opener | None = None

    @cached_property
    def frozen(self) -> FrozenList | None:
        """The frozen list, None before the freeze."""
        return FrozenList.objects.filter(precinct=self.precinct, journal__isnull=False).first()

    @cached_property
    def voters(self) -> list[int]:
        """Entries in the order of their numbers."""
        if self.frozen is not None:
            return list(self.frozen.voters)
        here = self._here
        found = orders.get(self.precinct.id, self.version)
        if found is None:
            found, _ = ordered(here, self.records(here))
            orders.put(self.precinct.id, self.version, found)
            self.opened.clear()  # by their names alone, and shown to nobody
        return found

    @cached_property
    def version(self) -> bytes:
        """A digest of who stands in the list, each as of which changeset: names do not change without one."""
        if self.frozen is not None:
            return bytes(self.frozen.root)
        return sha256(repr(self._rows).encode()).digest()

    @property
    def state(self) -> str:
        """A digest of the list and its marks (hex): another one, another paper."""
        voters = self._here if self.frozen is None else self.frozen.voters
        marks = sorted(marks_of(self.precinct.election, voters).items())
        return sha256(self.version + repr(marks).encode()).hexdigest()

    @cached_property
    def _rows(self) -> list[tuple[int, int]]:
        with connection.cursor() as cursor:
            cursor.execute(HERE, [self.precinct.id])
            return list(cursor.fetchall())

    @property
    def _here(self) -> list[int]:
        return [voter for voter, _ in self._rows]

    @cached_property
    def _known(self) -> dict[int, Record]:
        """Records that were opened already."""
        return {}

    @cached_property
    def opened(self) -> set[int]:
        """Entries whose records were opened to be shown, or to find a surname: what is to be recorded."""
        return set()

    def records(self, voters: Sequence[int]) -> list[Record]:
        """The records of entries, in their order; {} for one that left the list since."""
        wanted = [voter for voter in voters if voter not in self._known]
        if wanted:
            with connection.cursor() as cursor:
                cursor.execute(SEALED, [wanted])
                rows = [(voter, bytes(sealed)) for voter, sealed in cursor.fetchall()]
            opener = self.open or by_custodian(self.precinct)
            self._known.update(zip((voter for voter, _ in rows), opener(rows), strict=True))
        self.opened.update(voter for voter in voters if voter in self._known)
        return [self._known.get(voter, {}) for voter in voters]

    def find(self, prefix: str) -> tuple[int, int]:
        """First and last (not included) place of the surnames that begin with some letters, in any script."""
        key = order_name(prefix)
        return self._place(key), self._place(key + "\U0010ffff")

    def _place(self, key: str) -> int:
        low, high = 0, len(self.voters)
        while low < high:
            middle = (low + high) // 2
            at = self._named(low, middle)
            if at is None or order_name(self._known[self.voters[at]]["surname"]) < key:
                low = middle + 1
            else:
                high = at
        return low

    def _named(self, first: int, last: int) -> int | None:
        """The last of some places whose entry has not left the list since; its record is opened."""
        return next(
            (at for at in range(last, first - 1, -1) if self.records(self.voters[at : at + 1])[0]), None
        )

    def entries(self, first: int, last: int) -> list[Entry]:
        """The entries from a place to another (not included), with their marks."""
        voters = self.voters[first:last]
        marks = marks_of(self.precinct.election, voters)
        return [
            Entry(number, voter, record, marks.get(voter, ()))
            for number, voter, record in zip(
                range(first + 1, last + 1), voters, self.records(voters), strict=False
            )
        ]


def marks_of(election: str, voters: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Kinds of marks by voter, wherever they were made; who came into another precinct's supplement votes elsewhere."""
    found: dict[int, list[str]] = {}
    for voter, kind in Mark.objects.filter(election=election, voter__in=voters).values_list("voter", "kind"):
        found.setdefault(voter, []).append(kind)
    moved = Supplement.objects.filter(election=election, voter__in=voters).values_list("voter", flat=True)
    for voter in moved:
        found.setdefault(voter, []).append("elsewhere")
    return {voter: tuple(sorted(set(kinds))) for voter, kinds in found.items()}
