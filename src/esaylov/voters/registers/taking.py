"""Takes the files of an extract into a folder: bounded, hashed, and under their names only when they are whole."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from esaylov.exchange.residents.head import HEAD, MAX_HEAD, Head, Part, parse_head
from esaylov.exchange.residents.problems import ExtractError
from esaylov.voters.registers.contract import Offer, RegisterError

BYTES_OF_A_ROW = 4_096
"""More than any row of an extract has: a body that goes on and on is ended by what the head says of its rows."""
LEAST_BYTES = 1 << 16
PIECE = 1 << 20
PART = ".part"
Pieces = Callable[[int], tuple[int, Iterable[bytes]]]
"""Given how many bytes are here already: from which byte on it goes, and the bytes from there."""


def checked_head(content: bytes, offer: Offer, register: str) -> Head:
    """The head of the extract that was offered. Raises RegisterError where it is another one, or none."""
    if len(content) > MAX_HEAD:
        raise RegisterError("large", f"{offer.name}: {HEAD} has more than {MAX_HEAD:,} bytes")
    if hashlib.sha256(content).hexdigest() != offer.sha256:
        raise RegisterError("checksum", f"{offer.name}: {HEAD} is not the one that was offered (SHA-256)")
    try:
        head = parse_head(content)
    except ExtractError as error:
        raise RegisterError("head", f"{offer.name}: {'; '.join(map(str, error.problems[:5]))}") from None
    if (head.register, head.kind, head.as_of) != (register, offer.kind, offer.as_of):
        raise RegisterError(
            "head", f"{offer.name}: {HEAD} says another register, kind or time than the offer"
        )
    return head


def most_bytes(part: Part) -> int:
    """What a file may have at most."""
    return LEAST_BYTES + part.rows * BYTES_OF_A_ROW


def parts(head: Head) -> tuple[Part, ...]:
    """All files of an extract."""
    return (*head.files, head.mahallas) if head.mahallas else head.files


def take(folder: Path, part: Part, pieces: Pieces) -> None:
    """Takes a file, or the rest of one, into the folder. Raises RegisterError; what came stays for another try unless it is
    wrong.
    """
    whole, partly = folder / part.name, folder / f"{part.name}{PART}"
    if whole.exists():
        return
    with disk(part.name):
        here = partly.stat().st_size if partly.exists() else 0
        start, coming = pieces(here)
        if start not in (0, here):
            raise RegisterError("answer", f"{part.name}: it goes on at byte {start:,}, not at {here:,}")
        found = hashlib.sha256()
        with partly.open("r+b" if start else "wb") as file:
            for piece in iter(lambda: file.read(PIECE), b"") if start else ():
                found.update(piece)
            _write(file.write, found.update, coming, most_bytes(part) - start, part.name)
            file.flush()
            os.fsync(file.fileno())
        if found.hexdigest() != part.sha256:
            partly.unlink()
            raise RegisterError("checksum", f"{part.name}: its SHA-256 is not the one that the head names")
        partly.rename(whole)


def _write(
    write: Callable[[bytes], object],
    update: Callable[[bytes], object],
    coming: Iterable[bytes],
    room: int,
    name: str,
) -> None:
    for piece in coming:
        room -= len(piece)
        if room < 0:
            raise RegisterError("large", f"{name}: it has more bytes than its rows can have")
        write(piece)
        update(piece)


def put_head(folder: Path, content: bytes) -> None:
    """Writes the head, which makes the folder an extract: the last thing of all."""
    with disk(HEAD):
        fresh = folder / f"{HEAD}{PART}"
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(folder / HEAD)


@contextmanager
def disk(name: str) -> Iterator[None]:
    """Errors of our own disk, as such."""
    try:
        yield
    except OSError as error:
        raise RegisterError("disk", f"{name}: {error.strerror or error}") from error
