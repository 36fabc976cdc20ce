"""The list as an import holds it in memory while it compares: eighty bytes an entry, none of which says who it is."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from django.db import connection
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Digests = NDArray[np.void]
ENTRY = np.dtype(
    [("id", ">i8"), ("pinfl", ">u8", 2), ("content", ">u8", 2), ("house", ">i8"), ("district", ">i4"), ("mahalla", ">i4")]
)  # fmt: skip
# Fixed widths, many rows in one value: a row of COPY each takes Python longer than the comparison itself. Block by block by the
# primary key, so that the database holds no more than one of them at a time.
READ = """COPY (SELECT (
        SELECT string_agg(int8send(id) || uuid_send(pinfl) || uuid_send(content) || int8send(house) || int4send(district)
            || int4send(mahalla), ''::bytea) FROM voters_voter WHERE id >= first AND id < first + 65536)
    FROM generate_series((SELECT min(id) FROM voters_voter), (SELECT max(id) FROM voters_voter), 65536) AS first)
    TO STDOUT (FORMAT binary)"""


class Known:
    """The entries of the list by the digests of their PINFL and of what a register says of them.

    `seen`: those that an extract named so far.
    """

    def __init__(self, entries: NDArray[np.void]) -> None:
        self._entries = entries
        with ThreadPoolExecutor(2) as side_by_side:
            self._people, self._contents = side_by_side.map(_Index, (entries["pinfl"], entries["content"]))
        self.seen: Flags = np.zeros(len(entries), dtype=np.bool_)

    @classmethod
    def read(cls) -> Known:
        """The list as it stands now."""
        blocks = bytearray()
        with connection.cursor() as cursor, cursor.copy(READ) as copy:
            copy.set_types(["bytea"])
            for (block,) in copy.rows():
                blocks += block or b""
        return cls(np.frombuffer(blocks, dtype=ENTRY))

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, pinfl: Digests) -> Integers:
        """The place of each PINFL's digest (16 bytes) among the entries, -1 where the list has none."""
        return self._people.find(pinfl)

    def with_content(self, content: Digests) -> Integers:
        """The place of an entry of which an extract says just this, -1 where the list has none."""
        return self._contents.find(content)

    def with_ids(self, ids: Sequence[int]) -> Integers:
        """The places of entries by their numbers, -1 where the list has none."""
        wanted = np.array(ids, dtype=np.int64)
        if not len(wanted) or not len(self._entries):
            return np.full(len(wanted), -1, dtype=np.int64)
        every = self._entries["id"].astype(np.int64)
        order = np.argsort(every)
        at = order[np.searchsorted(every, wanted, sorter=order).clip(max=len(every) - 1)]
        return np.where(every[at] == wanted, at, -1)

    def differs(self, places: Integers, content: Digests) -> Flags:
        """Whether what an extract says of known entries is not what the list says."""
        said = content.view(">u8").reshape(-1, 2)
        difference: Flags = (self._entries["content"][places] != said).any(axis=1)
        return difference

    def moved(self, places: Integers, house: Integers, mahalla: Integers) -> Flags:
        """Whether known entries live elsewhere than the list says."""
        entries = self._entries[places]
        away: Flags = (entries["house"] != house) | (entries["mahalla"] != mahalla)
        return away

    def ids(self, places: Integers) -> Integers:
        """The numbers of known entries."""
        return self._entries["id"][places].astype(np.int64)

    def districts(self, places: Integers) -> Integers:
        """The districts (SOATO) of known entries."""
        return self._entries["district"][places].astype(np.int64)

    def mahallas(self, places: Integers) -> Integers:
        """The mahallas of known entries."""
        return self._entries["mahalla"][places].astype(np.int64)

    def unseen(self) -> Integers:
        """The places of the entries that no row has named."""
        return np.flatnonzero(~self.seen)


class _Index:
    """Where a digest stands: the first halves of all of them in order, twelve bytes each."""

    def __init__(self, digests: NDArray[np.void]) -> None:
        first = digests[:, 0].astype(np.uint64)
        order = np.argsort(first)
        self._first = first[order]
        self._order = order.astype(np.int32)
        self._second = digests[:, 1]

    def find(self, digests: Digests) -> Integers:
        """The place of each digest (16 bytes), -1 where there is none."""
        wanted = digests.view(">u8").reshape(-1, 2).astype(np.uint64)
        # In order they are searched for in memory that is at hand: several times as fast.
        order = np.argsort(wanted[:, 0])
        found = np.empty(len(wanted), dtype=np.int64)
        found[order] = self._find(wanted[order])
        return found

    def _find(self, wanted: NDArray[np.uint64]) -> Integers:
        first, second = wanted[:, 0], wanted[:, 1]
        places = np.searchsorted(self._first, first).astype(np.int64)
        found = np.full(len(wanted), -1, dtype=np.int64)
        open_ = np.arange(len(wanted))
        # Different digests may begin alike: then the next place is looked at too.
        while len(open_):
            at = places[open_]
            inside = at < len(self._first)
            open_, at = open_[inside], at[inside]
            alike = self._first[at] == first[open_]
            open_, at = open_[alike], self._order[at[alike]]
            same = self._second[at] == second[open_]
            found[open_[same]] = at[same]
            open_ = open_[~same]
            places[open_] += 1
        return found


def packed(digests: Sequence[bytes]) -> Digests:
    """Digests of 16 bytes as one array."""
    return np.frombuffer(b"".join(digests), dtype="V16")
