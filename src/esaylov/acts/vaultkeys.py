"""The vault's wrapping key: one line of `keys/vault.key` in the data folder, 32 bytes in hexadecimal.

While it is being changed (`vaultrotation`), the file has two lines: the new key, under which everything is written, and the old
one, under which rows lie that were not taken over yet. The file is looked at each time, so that a process that runs notices.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from esaylov.acts.identity import data_folder

KEY_FILE = Path("keys") / "vault.key"
SIZE = 32


class VaultError(RuntimeError):
    """A record cannot be read: the key is missing or wrong, or a row was changed."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The key that everything is written under, and those before it that rows may still lie under."""

    current: bytes
    older: tuple[bytes, ...] = ()

    @property
    def all(self) -> tuple[bytes, ...]:
        return (self.current, *self.older)

    def __repr__(self) -> str:
        return f"Keys({1 + len(self.older)} of the vault)"


_held: dict[Path, tuple[tuple[int, ...], Keys]] = {}


def keys() -> Keys:
    """The vault's keys, made at first use while the vault is empty. Raises VaultError.

    (A process that has read them works on when the file goes away: it says so at its next start.)
    """
    path = data_folder() / KEY_FILE
    mark = _mark(path)
    held = _held.get(path)
    if held is None or (mark and mark != held[0]):
        if not mark:
            _make(path)
            mark = _mark(path)
        held = _held[path] = (mark, _read(path))
    return held[1]


def write(new: Keys) -> None:
    """Replaces the file, whole or not at all."""
    path = data_folder() / KEY_FILE
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("".join(key.hex() + "\n" for key in new.all))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _mark(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


def _read(path: Path) -> Keys:
    try:
        read = tuple(bytes.fromhex(line) for line in path.read_text().split())
    except ValueError:
        read = ()
    if not read or len(set(read)) != len(read) or any(len(key) != SIZE for key in read):
        raise VaultError(f"{path} does not hold a key of 32 bytes")
    return Keys(read[0], read[1:])


def _make(path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM acts_vault)")
        if cursor.fetchone()[0]:
            raise VaultError(f"{path} is missing, and there are records under it: put the key back")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(SIZE) + "\n")
        file.flush()
        os.fsync(file.fileno())
