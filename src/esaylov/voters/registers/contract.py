"""What every register's adapter does, whatever the register is: it names the extracts that it has, and brings one.

A register hands over *extracts* (docs/extracts.md): `full`, all that it holds, and `delta`, what changed since the one before,
whose `as_of` its `extract.json` names (`after`), so that one that went missing on the way is missed. An adapter knows nothing
of the list, opens no file's rows, and decides nothing. `fetching` asks which extracts are newer than the list, and lets one be
brought into a folder of its own, file by file, each checked against its SHA-256.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

REGISTERS = ("residence", "address")
RESIDENCE, ADDRESS = REGISTERS
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""What an extract may be called: no path leads out of anything by it."""
CODES = (
    "unreachable", "slow", "refused", "answer", "name", "head", "checksum", "large", "cut", "disk", "settings", "not taken",
)  # fmt: skip
"""Why nothing came (`words.reason` says it in words)."""


class RegisterError(RuntimeError):
    """Nothing came, or not what was promised. `code` is one of CODES; the text is for the terminal and names no person."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code

    @property
    def passing(self) -> bool:
        """Whether another try may help soon."""
        return self.code in ("unreachable", "slow", "cut", "answer", "checksum")


@dataclass(frozen=True, slots=True)
class Offer:
    """An extract that a register has. `sha256`: of its `extract.json`, and so of the whole of it (hex)."""

    name: str
    kind: Literal["full", "delta"]
    as_of: datetime
    sha256: str


class Register(Protocol):
    """An adapter of one register."""

    @property
    def register(self) -> str:
        """`residence` or `address`."""

    @property
    def where(self) -> str:
        """From where it comes, in words of the terminal; without a token or a password."""

    def offers(self) -> Sequence[Offer]:
        """The extracts that the register has now, in any order. Raises RegisterError."""

    def bring(self, offer: Offer, folder: Path) -> None:
        """Brings the extract's files and its head into a folder that may hold a part of them from an earlier try.

        When it returns, all files are there and are those that the head names; until then `extract.json` is not, so that
        nothing half fetched can be taken for an extract. Raises RegisterError: then what came stays, for the next try.
        """


def newer(offers: Sequence[Offer], since: datetime | None) -> list[Offer]:
    """The extracts to bring for a list that shows `since` (None: there is none), in their order: the newest full one, for it
    holds what deltas before it said, then the deltas behind it.
    """
    full = [one for one in offers if one.kind == "full" and (since is None or one.as_of > since)]
    newest = max(full, key=lambda one: (one.as_of, one.name), default=None)
    behind = newest.as_of if newest is not None else since
    if behind is None:
        return []
    deltas = sorted(
        (one for one in offers if one.kind == "delta" and one.as_of > behind), key=lambda one: one.as_of
    )
    return [newest, *deltas] if newest is not None else deltas
