"""A folder into which a register drops its extracts, each a folder: by SFTP, a disk that is carried, a job of its own.

The register writes `extract.json` last, so that a folder without it is being written. Nothing in the drop folder is changed or
removed by us, and nothing is read there twice: what is compared is a copy, whose hashes were those of the head.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from esaylov.exchange.residents.head import HEAD, MAX_HEAD, parse_head
from esaylov.exchange.residents.problems import ExtractError
from esaylov.voters.registers import taking
from esaylov.voters.registers.contract import NAME, Offer, RegisterError

MOST_FOLDERS = 10_000


@dataclass(frozen=True, slots=True)
class DropFolder:
    """The adapter of a drop folder."""

    register: str
    folder: Path

    @property
    def where(self) -> str:
        return f"the folder {self.folder}"

    def offers(self) -> Sequence[Offer]:
        """Every folder with a readable head of this register; others are passed by."""
        try:
            names = sorted(one.name for one in os.scandir(self.folder) if one.is_dir(follow_symlinks=False))
        except OSError as error:
            raise RegisterError("unreachable", f"{self.where}: {error.strerror}") from None
        if len(names) > MOST_FOLDERS:
            raise RegisterError("large", f"{self.where} holds more than {MOST_FOLDERS:,} folders")
        found = (self._offer(name) for name in names if NAME.fullmatch(name))
        return [one for one in found if one is not None]

    def _offer(self, name: str) -> Offer | None:
        try:
            content = _small(self.folder / name / HEAD)
            head = parse_head(content)
        except (OSError, ExtractError, RegisterError):
            return None
        if head.register != self.register:
            return None
        return Offer(name, head.kind, head.as_of, hashlib.sha256(content).hexdigest())

    def bring(self, offer: Offer, folder: Path) -> None:
        source = self.folder / offer.name
        try:
            content = _small(source / HEAD)
        except OSError as error:
            raise RegisterError("unreachable", f"{offer.name}: {error.strerror}") from None
        head = taking.checked_head(content, offer, self.register)
        for part in taking.parts(head):
            taking.take(folder, part, lambda _here, path=source / part.name: (0, _read(path)))  # type: ignore[misc]
        taking.put_head(folder, content)


def _read(path: Path) -> Iterable[bytes]:
    try:
        yield from _pieces(path)
    except OSError as error:
        raise RegisterError("cut", f"{path.name}: {error.strerror}") from None


def _pieces(path: Path) -> Iterator[bytes]:
    """A plain file's bytes: no link is followed, no pipe waited for."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise RegisterError("name", f"{path.name} is no plain file")
        while piece := file.read(taking.PIECE):
            yield piece


def _small(path: Path) -> bytes:
    content = b""
    for piece in _pieces(path):
        content += piece
        if len(content) > MAX_HEAD:
            raise RegisterError("large", f"{path.parent.name}: {HEAD} has more than {MAX_HEAD:,} bytes")
    return content
