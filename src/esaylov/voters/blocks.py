"""Rows of changes as COPY takes them, put together by columns: a national extract has twenty million."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import chain
from struct import Struct, iter_unpack

import numpy as np
from numpy.typing import NDArray

from esaylov.voters.known import Digests, Integers

COLUMNS = (
    "kind", "voter", "pinfl", "document", "content", "house", "district", "mahalla", "precinct", "reason", "sealed",
)  # fmt: skip
PIECE = 4_096
NONE = -1
_FIELDS = {
    "kind": (2, ">i2"), "voter": (8, ">i8"), "pinfl": (16, "V16"), "document": (16, "V16"), "content": (16, "V16"),
    "house": (8, ">i8"), "district": (4, ">i4"), "mahalla": (4, ">i4"), "precinct": (4, ">i4"),
}  # fmt: skip


class Kind(IntEnum):
    """What a changeset does with an entry."""

    ADDED = 1
    REMOVED = 2
    MOVED = 3
    CHANGED = 4


def rows_of(columns: dict[str, Integers | Digests], sealed: Sequence[bytes]) -> Iterator[bytes]:
    """Binary rows of a table of changes (COLUMNS) in pieces. `precinct` -1: none. `reason` stays empty: nobody leaves by them."""
    placed = columns["precinct"].astype(np.int64) >= 0
    for chosen, with_precinct in ((placed, True), (~placed, False)):
        places = np.flatnonzero(chosen)
        for at in range(0, len(places), PIECE):
            piece = places[at : at + PIECE]
            yield _piece(
                {name: column[piece] for name, column in columns.items()},
                [sealed[i] for i in piece],
                with_precinct,
            )


def _piece(columns: dict[str, NDArray[np.generic]], sealed: Sequence[bytes], with_precinct: bool) -> bytes:
    layout = _layout(with_precinct)
    block = np.zeros(len(sealed), dtype=layout)
    block["count"] = len(COLUMNS)
    for name, (size, _) in _FIELDS.items():
        null = name == "precinct" and not with_precinct
        block[f"{name} size"] = NONE if null else size
        if not null:
            block[name] = columns[name]
    block["reason size"] = NONE
    heads = iter_unpack(f"{layout.itemsize}s", block.tobytes())
    length = Struct(">i").pack
    return b"".join(
        chain.from_iterable(
            (head, length(len(value)), value) for (head,), value in zip(heads, sealed, strict=True)
        )
    )


def _layout(with_precinct: bool) -> np.dtype[np.void]:
    fields: list[tuple[str, str]] = [("count", ">i2")]
    for name, (_, kind) in _FIELDS.items():
        fields.append((f"{name} size", ">i4"))
        if with_precinct or name != "precinct":
            fields.append((name, kind))
    return np.dtype([*fields, ("reason size", ">i4")])
