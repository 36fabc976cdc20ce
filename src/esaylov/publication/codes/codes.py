"""Short codes: the place of an entry in the log and four digits that follow from its leaf hash (docs/formats.md,
section 8).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from esaylov.results.queries import Snapshot

CHECK_DIGITS = 4
MOST_DIGITS = 19
LONGEST = 60
DASH = "-"


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it was read: the index of an entry, and the check digits that stand behind it."""

    index: int
    check: str

    def __str__(self) -> str:
        return f"{self.index}{DASH}{self.check}"


def check_digits(leaf: bytes) -> str:
    """The leaf hash (32 bytes) as a number, its last four decimal digits."""
    return f"{int.from_bytes(leaf, 'big') % 10**CHECK_DIGITS:0{CHECK_DIGITS}d}"


def code_of(index: int, leaf: bytes) -> str:
    """The code of the entry at an index with this leaf hash: `101034-4821`."""
    return str(Code(index, check_digits(leaf)))


def parse(text: str) -> Code | None:
    """The code in a text, None where it is none. Spaces and every kind of dash may stand anywhere in it, digits may be
    those of any script: the last four are the check digits.
    """
    if len(text) > LONGEST:
        return None
    digits = ""
    for char in text:
        if char.isdecimal():
            digits += str(unicodedata.decimal(char))
        elif not (char.isspace() or unicodedata.category(char) in ("Pd", "Cf") or char == "\u2212"):
            return None
    if not CHECK_DIGITS < len(digits) <= MOST_DIGITS:
        return None
    return Code(int(digits[:-CHECK_DIGITS]), digits[-CHECK_DIGITS:])


def code_at(at: Snapshot) -> str:
    """The code of the last entry below a snapshot's size: it names the state of the log that a picture shows. Empty before
    the first entry.
    """
    return code_of(at.size - 1, at.last_leaf) if at.last_leaf else ""


def check_url(code: str) -> str:
    """The address that a code leads to, without a language: for QR codes, cards and pictures."""
    return f"/check/{code}"
