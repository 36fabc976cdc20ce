"""The writings of a name: Uzbek Latin with its apostrophes, Cyrillic, the Latin alphabet of 2026, what passports make of it.

Names are held in Uzbek Latin (with U+02BB and U+02BC) or in Karakalpak Latin; every other writing follows by rule.
"""

from __future__ import annotations

from collections.abc import Callable

TURNED, TUTUQ = "ʻ", "ʼ"

PROPER, ASCII, QUOTE, LEFT, GRAVE, CYRILLIC, ALPHABET_2026, RUSSIAN, PASSPORT = range(9)
"""Uzbek Latin with five signs for the apostrophe; Cyrillic; Latin of 2026; Russian letters; from those to Latin."""
WRITINGS = 9
_SIGNS = {ASCII: ("'", "'"), QUOTE: ("’", "’"), LEFT: ("‘", "’"), GRAVE: ("`", "`")}

_PAIRS = (
    ("yoʻ", "йў"), ("yo", "ё"), ("yu", "ю"), ("ya", "я"), ("ye", "е"), ("sh", "ш"), ("ch", "ч"), ("ts", "ц"),
    ("oʻ", "ў"), ("gʻ", "ғ"), ("ʼ", "ъ"), ("á", "ә"), ("ó", "ө"), ("ú", "ү"), ("ń", "ң"), ("ǵ", "ғ"), ("ı", "ы"), ("w", "ў"),
)  # fmt: skip
_LETTERS = str.maketrans("abdefghijklmnopqrstuvxyz", "абдефгҳижклмнопқрстувхйз")
_TO_RUSSIAN = str.maketrans("ўқғҳәөүң", "укгхаоун")
_2026 = (("oʻ", "ö"), ("gʻ", "ğ"), ("sh", "ş"), ("ch", "ç"), ("ʼ", "’"))
_PASSPORT = (("oʻ", "u"), ("gʻ", "g"), ("ʼ", ""), ("q", "k"), ("x", "kh"), ("j", "dj"), ("á", "a"), ("ó", "o"),
             ("ú", "u"), ("ń", "n"), ("ǵ", "g"), ("ı", "i"), ("w", "v"))  # fmt: skip


def write(name: str, writing: int) -> str:
    """A name or several words in one of the writings."""
    if writing == PROPER:
        return name
    if writing in _SIGNS:
        turned, tutuq = _SIGNS[writing]
        return name.replace(TURNED, turned).replace(TUTUQ, tutuq)
    return " ".join(_capital(word, _WORD[writing](word.lower())) for word in name.split(" "))


def _capital(word: str, written: str) -> str:
    return written[:1].upper() + written[1:] if word[:1].isupper() else written


def _replaced(word: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for old, new in pairs:
        word = word.replace(old, new)
    return word


def _cyrillic(word: str) -> str:
    if word.startswith("e"):
        word = "э" + word[1:]
    return _replaced(word, _PAIRS).translate(_LETTERS)


def _russian(word: str) -> str:
    return _cyrillic(word).translate(_TO_RUSSIAN).replace("йу", "ю")


_WORD: dict[int, Callable[[str], str]] = {
    CYRILLIC: _cyrillic,
    ALPHABET_2026: lambda word: _replaced(word, _2026),
    RUSSIAN: _russian,
    PASSPORT: lambda word: _replaced(word, _PASSPORT),
}
