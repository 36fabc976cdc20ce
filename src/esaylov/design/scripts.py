"""One search key for every writing of a name: Uzbek Latin with whatever apostrophe, Uzbek Cyrillic, the Latin alphabet of
2026, both Karakalpak alphabets, Russian in either script, English, and words in which two alphabets are mixed.

The key is for finding, not for reading: it is coarse on purpose (q = k, x = h), since people type what they hear. Only
spelling is folded. Names that differ by language (Toshkent, Ташкент, Tashkent) come from the names in the data.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

APOSTROPHES = "'`´ʹʻʼʽʾʿˈˊˋ‘’‛′‵ꞌ＇"
"""Whatever stands in oʻ, gʻ and for the sign tutuq: U+02BB and U+02BC by the rule, the others by what keyboards give."""

REMEMBERED_WORDS = 200_000

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "j", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "x", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    "ў": "o", "ӯ": "o", "қ": "q", "ғ": "g", "ҳ": "h", "ә": "a", "ң": "n", "ө": "o", "ү": "u", "ұ": "u", "і": "i",
    "ї": "yi", "є": "e", "ј": "j", "һ": "h", "ӣ": "i", "ҷ": "j", "ґ": "g",
}  # fmt: skip
# Karakalpak writes w where its Cyrillic has ў; Uzbek has no w. Its c is ц.
_LATIN = {
    "ç": "ch",
    "ş": "sh",
    "ș": "sh",
    "ı": "i",
    "ə": "a",
    "w": "o",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "æ": "ae",
}
_LETTERS = str.maketrans(_CYRILLIC | _LATIN)
_NO_APOSTROPHES = str.maketrans(dict.fromkeys(APOSTROPHES, ""))
_LETTERS_ONLY = _LETTERS | _NO_APOSTROPHES
# Letters that look like another alphabet's and sound otherwise: Cyrillic ones in a Latin word, Latin ones in a Cyrillic.
_LOOKS_LATIN = str.maketrans("рсуРСУВН", "pcyPCYBH")
_LOOKS_CYRILLIC = str.maketrans("pcyPCYBHxX", "рсуРСУВНхХ")

_RULES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # Uzbek Latin writes s or ts for ц, Karakalpak c: told apart from ch before anything becomes an h.
        ("c(?!h)", "s"),
        ("x", "h"),
        ("shch", "sh"),
        ("q", "k"),
        ("kh", "h"),
        ("gh", "g"),
        ("dzh|dj|zh", "j"),
        ("ts", "s"),
        ("ye", "e"),
        ("y", "i"),
        # Months, which stand in names of streets and mahallas: Russian spelling keeps a soft vowel.
        ("^(sent|okt)iab", r"\1ab"),
        (r"([^\W\d_])\1+", r"\1"),
    )
)


def words(text: str) -> list[str]:
    """The folded words of a text in their order: lower-case letters and digits, without marks. Whatever is neither letter
    nor digit parts words; apostrophes do not.
    """
    found = (_fold_word(word) for word in _split(text))
    return [word for word in found if word]


def fold(text: str) -> str:
    """The search key of a text: its folded words with one space between them, empty when it has none."""
    return " ".join(words(text))


def _split(text: str) -> list[str]:
    plain = text.replace("№", " ").translate(_NO_APOSTROPHES)
    plain = unicodedata.normalize("NFKC", plain).translate(_NO_APOSTROPHES)
    return "".join(_part(character) for character in plain).split()


@lru_cache(2_048)
def _part(character: str) -> str:
    """The character itself, a space where it parts words, nothing where it is not to be seen."""
    category = unicodedata.category(character)
    if character.isalnum() or category.startswith("M"):
        return character
    return "" if category in ("Cf", "Cs") else " "


@lru_cache(REMEMBERED_WORDS)
def _fold_word(word: str) -> str:
    composed = _one_alphabet(word).casefold()
    letters = unicodedata.normalize("NFC", composed).translate(_LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFD", letters) if unicodedata.category(c)[0] != "M")
    folded = "".join(c for c in bare.casefold().translate(_LETTERS_ONLY) if c.isalnum())
    while (further := _by_rules(folded)) != folded:
        folded = further
    return folded


def _by_rules(word: str) -> str:
    for pattern, replacement in _RULES:
        word = pattern.sub(replacement, word)
    return word


def _one_alphabet(word: str) -> str:
    """A word with letters of both alphabets: those that only look like the other's are taken for what they look like."""
    cyrillic = sum("\u0400" <= letter <= "\u052f" for letter in word)
    latin = sum(letter.isascii() and letter.isalpha() for letter in word)
    if not cyrillic or not latin:
        return word
    return word.translate(_LOOKS_LATIN if latin >= cyrillic else _LOOKS_CYRILLIC)
