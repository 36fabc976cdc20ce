"""Where the keys and the custodian's socket lie: in the data folder, or where the environment says."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import tempfile
from pathlib import Path

import platformdirs

SOCKET = "custodian.sock"
PATH_LIMIT = 107
"""Longer paths no Unix socket can have."""
LONGEST_BASE = 60


class PlaceError(RuntimeError):
    """There is no place for the custodian's socket that nobody else could have made; the text says what to do."""


def data_folder() -> Path:
    """Return the data folder: `ESAYLOV_DATA`, else the user's data folder. It may not exist yet."""
    given = os.environ.get("ESAYLOV_DATA")
    return Path(os.path.abspath(given)) if given else platformdirs.user_data_path("esaylov", appauthor=False)


def keys_file(data: Path) -> Path:
    """The file of the voter list's keys: `ESAYLOV_CUSTODY_KEYS`, else in the data folder."""
    given = os.environ.get("ESAYLOV_CUSTODY_KEYS")
    return Path(os.path.abspath(given)) if given else data / "keys" / "voters.json"


def elsewhere() -> Path | None:
    """The socket of a custodian that somebody else runs (`ESAYLOV_CUSTODY_SOCKET`); None: the site runs its own."""
    given = os.environ.get("ESAYLOV_CUSTODY_SOCKET")
    return Path(os.path.abspath(given)) if given else None


def socket_of(data: Path) -> Path:
    """Where the custodian of a data folder listens, if it does. Raises PlaceError where that place is another user's."""
    if (given := elsewhere()) is not None:
        return given
    near = data / "run" / SOCKET
    if _fits(near):
        return near
    with contextlib.suppress(FileNotFoundError):
        folder = Path(os.fsdecode(_note(data).read_bytes()))
        if not _private(folder):
            raise PlaceError(f"{folder} is not a private folder of ours: start the site again")
        return folder / SOCKET
    return near


def make_socket_folder(data: Path) -> Path:
    """The same for the custodian, its folder made (0700): in the data folder; where that path is too long for a socket, under
    the system's folder for temporary files, and remembered.
    """
    if (given := elsewhere()) is not None:
        return given
    run = data / "run"
    run.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _private(run):
        raise PlaceError(f"{run} may be entered by others than its owner: chmod 700 {run}")
    if _fits(run / SOCKET):
        return run / SOCKET
    with contextlib.suppress(PlaceError, FileNotFoundError):
        if (found := socket_of(data)) != run / SOCKET:
            return found
    base = Path(tempfile.gettempdir())
    if len(os.fsencode(base)) > LONGEST_BASE:
        base = Path("/tmp")  # noqa: S108 (the folder made in it is private and of a random name)
    folder = base / f"esaylov-{secrets.token_hex(8)}"
    folder.mkdir(mode=0o700)
    fresh = run / f".place.{secrets.token_hex(4)}"
    fresh.write_bytes(os.fsencode(folder))
    fresh.replace(_note(data))
    return folder / SOCKET


def _note(data: Path) -> Path:
    return data / "run" / "custodian.place"


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= PATH_LIMIT


def _private(folder: Path) -> bool:
    """Whether it is a real folder of ours that nobody else may enter. Raises FileNotFoundError."""
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
