"""The list as an import holds it in memory while it compares: fifty bytes an entry, none of which says who it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from django.db import connection
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Digests = NDArray[np.void]
ENTRY = np.dtype(
    [("id", ">i8"), ("pinfl", ">u8", 2), ("content", ">u8", 2), ("house", ">i8"), ("district", ">i4"), ("mahalla", ">i4")]
)  # fmt: skip
BLOCK = 1 << 16
# Fixed widths, many rows in one value: a row of COPY each takes Python longer than the comparison itself.
READ = """SELECT string_agg(int8send(id) || uuid_send(pinfl) || uuid_send(content) || int8send(house) || int4send(district)
    || int4send(mahalla), ''::bytea) FROM voters_voter GROUP BY id / 65536"""


class Known:
    """The entries of the list by the digest of their PINFL. `seen`: those that an extract named so far."""

    def __init__(self, entries: NDArray[np.void]) -> None:
        first = entries["pinfl"][:, 0].astype(np.uint64)
        order = np.argsort(first, kind="stable")
        self._first = first[order]
        self._entries = entries[order]
        self.seen: Flags = np.zeros(len(entries), dtype=np.bool_)

    @classmethod
    def read(cls) -> Known:
        """The list as it stands now."""
        with connection.cursor() as cursor:
            cursor.execute(READ)
            blocks = [bytes(block) for (block,) in cursor]
        return cls(np.frombuffer(b"".join(blocks), dtype=ENTRY))

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, pinfl: Digests) -> Integers:
        """The place of each digest (16 bytes) among the entries, -1 where the list has none."""
        wanted = pinfl.view(">u8").reshape(-1, 2)
        first = wanted[:, 0].astype(np.uint64)
        places = np.searchsorted(self._first, first).astype(np.int64)
        found = np.full(len(pinfl), -1, dtype=np.int64)
        open_ = np.arange(len(pinfl))
        # Different digests may begin alike: then the next place is looked at too.
        while len(open_):
            at = places[open_]
            inside = at < len(self._first)
            open_, at = open_[inside], at[inside]
            alike = self._first[at] == first[open_]
            open_, at = open_[alike], at[alike]
            same = self._entries["pinfl"][at, 1] == wanted[open_, 1]
            found[open_[same]] = at[same]
            open_ = open_[~same]
            places[open_] += 1
        return found

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


def packed(digests: Sequence[bytes]) -> Digests:
    """Digests of 16 bytes as one array."""
    return np.frombuffer(b"".join(digests), dtype="V16")
