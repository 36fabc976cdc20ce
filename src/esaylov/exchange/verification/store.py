"""Where a publication is read from: a folder, or a site over HTTP."""

from __future__ import annotations

import http.client
import os
import stat
import urllib.error
import urllib.request
import zlib
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit

MAX_FILE = 4 << 30
_TIMEOUT = 60
_PIECE = 1 << 20


class VerificationError(ValueError):
    """The first thing that does not hold: the text names file, entry or place."""


class MissingFile(VerificationError):
    """A file that should be there is not."""


class Store(Protocol):
    """A publication's files by their path, such as `log/checkpoint`."""

    @property
    def live(self) -> bool:
        """True when files may change while they are read."""
        ...

    def names(self) -> set[str] | None:
        """All files there are, or None where they cannot be listed."""
        ...

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """The bytes of a file, at most `limit` + 1 of them. Raises MissingFile."""
        ...


class Folder:
    """A publication in a folder."""

    live = False

    def __init__(self, root: Path) -> None:
        """root: the folder that holds manifest.json."""
        self._root = root

    def names(self) -> set[str]:
        """Paths of everything below the folder that is not a folder itself (links to folders are not
        followed).
        """
        found: set[str] = set()
        for folder, folders, files in os.walk(self._root):
            links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
            inner = Path(folder).relative_to(self._root)
            found.update((inner / name).as_posix() for name in (*files, *links))
        return found

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """The bytes of a file, at most `limit` + 1 of them. Raises MissingFile."""
        try:
            if (self._root / path).resolve() != self._root.resolve() / path:
                raise VerificationError(f"{path}: a link, or it lies behind one")
            # A pipe would keep its reader waiting for ever, a device would never end.
            with open(os.open(self._root / path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
                facts = os.fstat(file.fileno())
                if not stat.S_ISREG(facts.st_mode):
                    raise VerificationError(f"{path}: not a regular file")
                # Reading sets memory aside for as much as it is asked for: never more than there is.
                return file.read(min(limit, facts.st_size) + 1)
        except OSError as error:
            raise MissingFile(f"{path}: {error.strerror or error}") from error


class Site:
    """A publication on a web server."""

    live = True

    def __init__(self, base: str) -> None:
        """base: address of the site, with or without a slash at the end."""
        self._base = base.rstrip("/") + "/"
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(),
            urllib.request.HTTPRedirectHandler(),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.HTTPDefaultErrorHandler(),
        ):
            self._opener.add_handler(handler)

    def names(self) -> None:
        """A site cannot be listed."""
        return

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """The bytes of a file, at most `limit` + 1 of them. Raises MissingFile."""
        request = urllib.request.Request(  # noqa: S310 (the opener knows http and https only)
            self._base + quote(path), headers={"Accept-Encoding": "identity"}
        )
        try:
            with self._opener.open(request, timeout=_TIMEOUT) as answer:
                if answer.headers.get("Content-Encoding", "identity") != "gzip":
                    return _read_upto(answer, limit + 1)
                # what does not shrink grows by a few bytes in every thousand
                packed = _read_upto(answer, limit + limit // 100 + 1024)
                return zlib.decompressobj(31).decompress(packed, limit + 1)
        except urllib.error.HTTPError as error:
            raise MissingFile(f"{path}: the site answers {error.code}") from error
        except (OSError, http.client.HTTPException, zlib.error) as error:
            raise MissingFile(f"{path}: {error}") from error


def _read_upto(answer: http.client.HTTPResponse, limit: int) -> bytes:
    """At most `limit` bytes, piece by piece: neither the manifest nor the site is believed how many there are."""
    pieces: list[bytes] = []
    while limit > 0 and (piece := answer.read(min(limit, _PIECE))):
        pieces.append(piece)
        limit -= len(piece)
    return b"".join(pieces)


def open_store(source: str) -> Store:
    """A folder, or a site when `source` begins with http:// or https://. Raises VerificationError for
    neither.
    """
    if urlsplit(source).scheme in ("http", "https"):
        return Site(source)
    root = Path(source)
    if not root.is_dir():
        raise VerificationError(f"{source}: neither a folder nor the address of a site")
    return Folder(root)
