"""The file of a frozen list, which its owner exports: its root follows from it (docs/formats.md, section 9).

JSON lines: the head, then each voter by number, with salt and record. It holds names: it is for the owner of the list alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from esaylov.exchange.canonical import dumps
from esaylov.exchange.frozen import leaves_of, record_hash, salt_of
from esaylov.tlog.tree import root_hash

FORMAT = "esaylov frozen list 1"


class FrozenFileError(ValueError):
    """Not the file of a frozen list; the text says why."""


class Root(NamedTuple):
    """What follows from the file of a list."""

    election: str
    precinct: str
    voters: int
    root: str


def write_list(file: Path, root: Root, secret: bytes, records: Iterable[Mapping[str, str]]) -> None:
    """Writes a list for its owner alone (mode 0600)."""
    head = {"format": FORMAT, **root._asdict()}
    lines = (
        {"number": number, "salt": salt_of(secret, number).hex(), "record": record}
        for number, record in enumerate(records, 1)
    )
    write_private(file, orjson.dumps(head) + b"\n", (orjson.dumps(line) + b"\n" for line in lines))


def write_private(file: Path, head: bytes, rest: Iterable[bytes] = ()) -> None:
    """Writes a file that its owner alone may read, also where it was there with other rights."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        os.fchmod(descriptor, 0o600)
        out.write(head)
        out.writelines(rest)


def root_of(file: Path) -> Root:
    """The root of an exported list, from its lines alone. Raises FrozenFileError."""
    try:
        with file.open("rb") as lines:
            head: dict[str, Any] = orjson.loads(next(lines))
            if head["format"] != FORMAT:
                raise FrozenFileError(f"{file}: not the file of a frozen list")
            leaves = leaves_of(head["election"], head["precinct"], list(_hashes(lines)))
    except OSError as error:
        raise FrozenFileError(f"{file}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, StopIteration) as error:
        raise FrozenFileError(f"{file}: not the file of a frozen list") from error
    return Root(head["election"], head["precinct"], len(leaves), root_hash(leaves).hex())


def _hashes(lines: Iterable[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        read = orjson.loads(line)
        if read["number"] != number:
            raise ValueError("a number is missing")
        yield record_hash(bytes.fromhex(read["salt"]), dumps(read["record"]))
