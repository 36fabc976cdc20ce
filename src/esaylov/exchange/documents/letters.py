"""Which letters a document can show, and what happens to the others.

The font is Libertinus Serif, which comes inside Typst and has all letters of the five languages. PDF/A forbids letters
that no font has, so a text from outside is brought to these first: nothing that anybody types may keep a decision from
being printed, or change how a line reads (marks that turn the direction of writing).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

RANGES = (
    (0x20, 0x7E), (0xA0, 0x23F), (0x2B0, 0x2E4), (0x300, 0x331), (0x391, 0x3A1), (0x3A3, 0x3CE), (0x400, 0x45F),
    (0x490, 0x4C4), (0x4C7, 0x4CC), (0x4D0, 0x4F9), (0x2009, 0x2009), (0x2010, 0x2015), (0x2018, 0x201E),
    (0x2020, 0x2022), (0x2026, 0x2026), (0x202F, 0x2030), (0x2032, 0x2033), (0x2039, 0x203A), (0x2044, 0x2044),
    (0x20AC, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212), (0x2260, 0x2260),
    (0x2264, 0x2265),
)  # fmt: skip
"""First and last of each range of letters that the font has, upright, bold and italic; a test asks Typst for all."""

SOFT_HYPHEN = "\u00ad"
LINES = frozenset("\n\u0085\u2028\u2029\x0b\x0c")
_POINT = re.compile(r"([1-9][0-9]{0,2})\.\s+(\S.*)")


def repertoire() -> str:
    """All letters that a document can show."""
    letters = (chr(code) for first, last in RANGES for code in range(first, last + 1))
    return "".join(letters).replace(SOFT_HYPHEN, "")


@cache
def _known() -> frozenset[str]:
    return frozenset(repertoire())


def clean(text: str) -> str:
    """The text as it can be printed.

    Composed (NFC), line breaks as `\\n`, other blanks as spaces; invisible marks are left out; a letter that the font
    has not stands as its number, `[U+1F600]`, so that the reader sees that something stood there.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if _known().issuperset(composed):
        return composed
    return "".join(map(_shown, composed))


def _shown(letter: str) -> str:
    if letter in _known():
        return letter
    if letter in LINES:
        return "\n"
    category = unicodedata.category(letter)
    if letter == "\t" or category == "Zs":
        return " "
    if category in {"Cc", "Cf"} or "\ufe00" <= letter <= "\ufe0f":
        return ""
    return f"[U+{ord(letter):04X}]"


def paragraphs(text: str) -> list[dict[str, Any]]:
    """The paragraphs of a text (blank lines part them), each as `{"lines": [...]}`.

    Lines that begin with a number and a point are points of a list: `{"points": [{"number": 1, "text": ...}]}`, so that
    they are a list for a screen reader too. Their numbers stay as they were written.
    """
    found: list[dict[str, Any]] = []
    is_open = False
    for line in map(str.strip, clean(text).split("\n")):
        point = _POINT.fullmatch(line)
        if point:
            if not found or "points" not in found[-1]:
                found.append({"points": []})
            found[-1]["points"].append({"number": int(point[1]), "text": point[2]})
        elif line and is_open:
            found[-1]["lines"].append(line)
        elif line:
            found.append({"lines": [line]})
        is_open = bool(line) and not point
    return found
