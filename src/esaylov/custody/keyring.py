"""The keys of the voter list, in one file outside the database.

    {"version": 1, "current": 1, "generations": {"1": {"record": …, "pinfl": …, "document": …, "content": …, "house": …}}}

Every key is 32 bytes in hexadecimal, drawn apart from the others. Records are sealed under `record`; the others make the
blind indexes, one each, so that equal values in two columns do not look equal. A new generation becomes the current one by
rotation (`with_next`); the old one stays until nothing lies under it.

A check value says which keys a generation has without saying anything about them. Check values stand in the database, and
nothing is written under keys that do not have them.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

VERSION = 1
KEY_SIZE = 32
CHECK_SIZE = 16
RECORD = "record"
INDEXES = ("pinfl", "document", "content", "house")
KEYS = (RECORD, *INDEXES)
MOST_GENERATION = 0xFFFF
LARGEST_FILE = 1 << 16
HEXADECIMAL = re.compile(r"[0-9a-f]{64}")
OF_KEYS = b"esaylov check"


class KeyringError(RuntimeError):
    """Keys are missing, wrong or damaged, or something does not open under them; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """Generations of keys by number, each a key for every name in KEYS; `current` is the one that new rows come under."""

    path: Path
    current: int
    generations: Mapping[int, Mapping[str, bytes]] = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> Keyring:
        """The keys of a file. Raises KeyringError when it is missing, damaged, or open to other users."""
        try:
            with open(path, "rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                content = file.read(LARGEST_FILE)
        except FileNotFoundError as error:
            raise KeyringError(
                f"{path} is missing: put the keys of the voter list back from their copy"
            ) from error
        except OSError as error:
            raise KeyringError(f"{path} cannot be read: {error.strerror}") from error
        if not stat.S_ISREG(mode) or mode & 0o077:
            raise KeyringError(
                f"{path} is not a file that its owner alone may read: see who read it, then chmod 600"
            )
        return _parsed(path, content)

    @classmethod
    def make(cls, path: Path) -> Keyring:
        """A first generation of keys in a new file (0600, its folder 0700). Raises KeyringError where a file is already."""
        ring = cls(path, 1, {1: _new_generation()})
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = ring._write_beside()
        try:
            os.link(fresh, path)  # whole or not at all, and never over another
        except FileExistsError as error:
            raise KeyringError(f"{path} is there already: keys are never made over others") from error
        finally:
            fresh.unlink()
        _sync_folder(path.parent)
        return ring

    @classmethod
    def read_or_make(cls, path: Path, known: Mapping[int, bytes]) -> Keyring:
        """The keys of a file; made anew only where there is none and nothing was ever sealed.

        `known`: the check values that the database holds. Raises KeyringError, also when the file's are others.
        """
        if not known and not path.exists():
            with contextlib.suppress(KeyringError):  # another process was faster
                return cls.make(path)
        ring = cls.read(path)
        ring.compare(known)
        return ring

    def check(self) -> dict[int, bytes]:
        """The check value (16 bytes) of each generation."""
        return {number: _check_value(number, keys) for number, keys in self.generations.items()}

    def compare(self, known: Mapping[int, bytes]) -> None:
        """Raises KeyringError unless every generation that the database knows is here, with the same keys."""
        own = self.check()
        for number, value in sorted(known.items()):
            if number not in own:
                raise KeyringError(
                    f"{self.path} has no generation {number}, and rows lie under it: put the copy of the keys back that has it"
                )
            if own[number] != bytes(value):
                raise KeyringError(
                    f"{self.path} holds other keys than those of generation {number} in this database:"
                    " put the keys of this installation back"
                )

    def with_next(self) -> Keyring:
        """Adds a generation, makes it the current one and writes the file. Raises KeyringError."""
        number = max(self.generations) + 1
        if number > MOST_GENERATION:
            raise KeyringError(f"{self.path}: there is no generation after {MOST_GENERATION}")
        ring = Keyring(self.path, number, {**self.generations, number: _new_generation()})
        ring._replace()
        return ring

    def without(self, number: int) -> Keyring:
        """Drops a generation that nothing lies under, and writes the file. Raises KeyringError for the current one."""
        if number == self.current:
            raise KeyringError(f"generation {number} is the current one and stays")
        ring = Keyring(self.path, self.current, {n: k for n, k in self.generations.items() if n != number})
        ring._replace()
        return ring

    def _replace(self) -> None:
        self._write_beside().replace(self.path)
        _sync_folder(self.path.parent)

    def _write_beside(self) -> Path:
        """The file's content in a new file next to it, on the disk."""
        generations = {
            str(number): {name: keys[name].hex() for name in KEYS}
            for number, keys in sorted(self.generations.items())
        }
        content = {"version": VERSION, "current": self.current, "generations": generations}
        fresh = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return fresh


def _new_generation() -> dict[str, bytes]:
    return {name: secrets.token_bytes(KEY_SIZE) for name in KEYS}


def _check_value(number: int, keys: Mapping[str, bytes]) -> bytes:
    everything = number.to_bytes(2) + b"".join(keys[name] for name in KEYS)
    return blake2b(everything, digest_size=CHECK_SIZE, key=keys[RECORD], person=OF_KEYS).digest()


def _parsed(path: Path, content: bytes) -> Keyring:
    """(What is wrong is said by place: no content of the file comes into a text.)"""
    try:
        read: Any = orjson.loads(content)
        if read["version"] != VERSION:
            raise KeyringError(
                f"{path} is of another version of the platform: this one reads version {VERSION}"
            )
        generations = {_number(text): _keys(keys) for text, keys in read["generations"].items()}
        current = read["current"]
        if type(current) is not int or current not in generations:
            raise ValueError("current")
    except (KeyError, TypeError, ValueError, AttributeError):
        raise KeyringError(
            f"{path} is damaged: put the keys of the voter list back from their copy"
        ) from None
    return Keyring(path, current, generations)


def _number(text: str) -> int:
    number = int(text)
    if str(number) != text or not 1 <= number <= MOST_GENERATION:
        raise ValueError("generation")
    return number


def _keys(given: Mapping[str, Any]) -> dict[str, bytes]:
    if sorted(given) != sorted(KEYS) or not all(HEXADECIMAL.fullmatch(value) for value in given.values()):
        raise ValueError("keys")
    keys = {name: bytes.fromhex(given[name]) for name in KEYS}
    if len(set(keys.values())) != len(KEYS):
        raise ValueError("keys")
    return keys


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
