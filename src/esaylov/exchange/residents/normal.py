"""Normal forms of what registers write: numbers, documents, names, streets, houses.

Every function takes one text or a Polars Series of texts and gives the same: what the importer writes for millions is what
a look-up asks for one. All of them are idempotent. Keys are for finding, not for reading: they are coarse on purpose
(q = k, x = h), since one name is written in five ways: Latin with whatever apostrophe, Latin of 2026, Cyrillic, Karakalpak
in both, Russian.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import overload

import polars as pl

from esaylov.exchange.pinfl import CENTURIES, INVENTED, LENGTH, WEIGHTS

APOSTROPHES = "'`´ʹʻʼʽʾʿˈˊˋ‘’‛′‵ꞌ＇"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "j", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "x", "ц": "ts", "ч": "\x01", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    "ў": "o", "ӯ": "o", "қ": "q", "ғ": "g", "ҳ": "h", "ә": "a", "ң": "n", "ө": "o", "ү": "u", "ұ": "u", "і": "i",
    "ї": "yi", "є": "e", "ј": "j", "һ": "h", "ӣ": "i", "ҷ": "j", "ґ": "g",
}  # fmt: skip
# ch is one sign while rules run, so that c alone can be told from it: it is what Karakalpak has for ц.
# Karakalpak writes w where its Cyrillic has ў; Uzbek has no w.
_LATIN = {
    "ch": "\x01", "ç": "\x01", "c": "s", "ş": "sh", "ș": "sh", "ö": "o", "ó": "o", "ğ": "g", "ǵ": "g", "á": "a",
    "ä": "a", "ń": "n", "ñ": "n", "ú": "u", "ü": "u", "ı": "i", "ə": "a", "w": "o", "ø": "o", "ł": "l", "đ": "d",
    "æ": "ae", "ß": "ss",
}  # fmt: skip
_LETTERS = _CYRILLIC | _LATIN | dict.fromkeys(APOSTROPHES + _INVISIBLE, "")
# Each makes a word shorter or takes a letter that no other rule gives: done again and again, they come to an end.
_RULES = {
    "sh\x01": "sh", "dzh": "j", "dj": "j", "zh": "j", "kh": "h", "gh": "g", "ts": "s", "ye": "e", "q": "k", "x": "h",
    "y": "i",
} | {letter * 2: letter for letter in "abdefghijklmnoprstuvz\x01"}  # fmt: skip
_SUFFIXES = (
    r"\b([a-z0-9]{2,}?)[ei]*(?:ovich|evich|ovna|evna| ?(?:ogli|ugli|oglu|uglu|kizi)| (?:uli|ulu|kiz))\b"
)
_STREETS = r"\b(?:k[ou]cha|k[ou]chasi|k[ou]ch|koshe|koshesi|ulisa|ul|street|str|st)\b"
_KINDS = {
    "pereulok": "tor", "per": "tor", "tupik": "berk", "prospekti": "shoh", "prospekt": "shoh", "prosp": "shoh",
    "proezdi": "proezd",
}  # fmt: skip
_ORDINALS = r"\b([0-9]+) (?:i|ia|chi|nchi)\b"
_LEFT = rf"{_STREETS}|{_ORDINALS}"
DOCUMENT = r"^[A-Z]{2}[0-9]{7}$"
_LOOKS_LATIN = dict(zip("АВЕКМНОРСТУХІ", "ABEKMHOPCTYXI", strict=True))
_HOUSE_LETTERS = dict(zip("АБВГДЕЖЗИЙКЛМНОПРСТУФХЭЎҚҒҲ", "ABVGDEJZIYKLMNOPRSTUFXEOQGH", strict=True)) | {
    "Ё": "YO",
    "Ц": "TS",
    "Ч": "CH",
    "Ш": "SH",
    "Ю": "YU",
    "Я": "YA",
}
_HOUSE_WORDS = r"^(?:UY|DOM|D\.|NO\.?|N\.|[-.])+|(?:-?UY|[-.])+$"


@overload
def fold_name(names: str) -> str: ...
@overload
def fold_name(names: pl.Series) -> pl.Series: ...
def fold_name(names: str | pl.Series) -> str | pl.Series:
    """The search key of a name or of several: lower-case Latin words, patronymics by their stem (Karim oʻgʻli, Karim qizi,
    Karimovich and Karimovna are all `karim`).
    """
    return _applied(names, lambda different: _until_still(_letters(different), _stems, _has_suffix))


@overload
def order_name(names: str) -> str: ...
@overload
def order_name(names: pl.Series) -> pl.Series: ...
def order_name(names: str | pl.Series) -> str | pl.Series:
    """By what a list of names is ordered: Latin letters in lower case, whatever the script; letters that keys fold stay apart (Y
    does not stand with I, nor Q with K). Beginnings of names begin alike.
    """
    return _applied(names, _ordering)


def _ordering(texts: pl.Series) -> pl.Series:
    plain = _latin(_latin(texts.str.normalize("NFC")).str.normalize("NFKD").str.replace_all(r"\p{M}+", ""))
    spaced = plain.str.replace_all(r"[^a-z0-9\x01]+", " ").str.strip_chars(" ")
    return spaced.str.replace_all("\x01", "ch", literal=True)


@overload
def fold_street(streets: str) -> str: ...
@overload
def fold_street(streets: pl.Series) -> pl.Series: ...
def fold_street(streets: str | pl.Series) -> str | pl.Series:
    """The search key of a street: as of a name, without the word for street; lanes and avenues have one word in all languages."""
    return _applied(streets, _street)


@overload
def normal_house(houses: str) -> str: ...
@overload
def normal_house(houses: pl.Series) -> pl.Series: ...
def normal_house(houses: str | pl.Series) -> str | pl.Series:
    """The number of a house: upper case, no blanks, Latin letters (12-а, 12 A and uy 12А are all 12A)."""
    return _applied(houses, _house)


@overload
def normal_document(documents: str) -> str: ...
@overload
def normal_document(documents: pl.Series) -> pl.Series: ...
def normal_document(documents: str | pl.Series) -> str | pl.Series:
    """The number of a document: upper case, no blanks, hyphens or №, letters that look Latin made Latin."""
    return _applied(documents, _document, repeated=False)


@overload
def house_key(mahalla: str, street: str, house: str) -> bytes: ...
@overload
def house_key(mahalla: pl.Series, street: pl.Series, house: pl.Series) -> pl.Series: ...
def house_key(mahalla: str | pl.Series, street: str | pl.Series, house: str | pl.Series) -> bytes | pl.Series:
    """The bytes that the digest of an address is made of, from a street and a house as they are written."""
    if isinstance(mahalla, str) and isinstance(street, str) and isinstance(house, str):
        return f"{mahalla}|{fold_street(street)}|{normal_house(house)}".encode()
    table = pl.DataFrame({"mahalla": mahalla, "street": fold_street(street), "house": normal_house(house)})
    return table.select(pl.concat_str(pl.all(), separator="|").cast(pl.Binary).alias("house_key")).to_series()


@overload
def pinfl_check_digit(numbers: str) -> int | None: ...
@overload
def pinfl_check_digit(numbers: pl.Series) -> pl.Series: ...
def pinfl_check_digit(numbers: str | pl.Series) -> int | pl.Series | None:
    """The check digit that 13 or 14 digits ask for (Int8); null where there are not so many."""
    if isinstance(numbers, str):
        return pinfl_check_digit(pl.Series([numbers]))[0]  # type: ignore[no-any-return]
    table = pl.DataFrame({"number": numbers})
    whole = pl.col("number").str.contains(r"^[0-9]{13,14}$")
    digits = pl.when(whole).then(pl.col("number")).str.slice(0, LENGTH - 1).cast(pl.Int64, strict=False)
    return table.select(check_digit_of(digits).alias("check_digit")).to_series()


def check_digit_of(digits: pl.Expr) -> pl.Expr:
    """The check digit of 13 digits that are one integer."""
    weighted = (digits // 10 ** (LENGTH - 2 - place) % 10 * weight for place, weight in enumerate(WEIGHTS))
    return (pl.sum_horizontal(*weighted, ignore_nulls=False) % 10).cast(pl.Int8)


@overload
def pinfl_birth_date(numbers: str) -> date | None: ...
@overload
def pinfl_birth_date(numbers: pl.Series) -> pl.Series: ...
def pinfl_birth_date(numbers: str | pl.Series) -> date | pl.Series | None:
    """The birth date that a PINFL tells (Date); null where it tells none, as that of an invented person (7, 8) does."""
    if isinstance(numbers, str):
        return pinfl_birth_date(pl.Series([numbers]))[0]  # type: ignore[no-any-return]
    table = pl.DataFrame({"number": numbers})
    text = pl.when(pl.col("number").str.contains(r"^[1-6][0-9]{13}$")).then(pl.col("number")).str
    century = text.slice(0, 1).replace_strict(CENTURIES, default=None, return_dtype=pl.Int32)
    year, month, day = (text.slice(place, 2).cast(pl.Int32, strict=False) for place in (5, 3, 1))
    whole = (
        (century + year).cast(pl.String)
        + month.cast(pl.String).str.zfill(2)
        + day.cast(pl.String).str.zfill(2)
    )
    return table.select(whole.str.to_date("%Y%m%d", strict=False).alias("birth_date")).to_series()


def invented(numbers: pl.Expr) -> pl.Expr:
    """Whether a PINFL belongs to an invented person."""
    return numbers.str.slice(0, 1).is_in(list(INVENTED))


def _applied(
    values: str | pl.Series, function: Callable[[pl.Series], pl.Series], repeated: bool = True
) -> str | pl.Series:
    """A function over one text, or over the different ones of many: names, streets and houses are few."""
    if isinstance(values, str):
        return str(function(pl.Series([values]))[0])
    values = values.cast(pl.String).fill_null("")
    different = values.unique()
    if not repeated or 2 * len(different) > len(values):
        return function(values)
    return values.replace_strict(different, function(different), return_dtype=pl.String)


def _letters(texts: pl.Series) -> pl.Series:
    """Latin words in lower case, without marks, one space between them."""
    plain = _latin(texts.str.normalize("NFC"))
    if plain.str.contains(r"[^\x00-\x7f]").any():
        plain = _latin(plain.str.normalize("NFKD").str.replace_all(r"\p{M}+", ""))
    spaced = plain.str.replace_all(r"[^a-z0-9\x01]+", " ").str.strip_chars(" ")
    ruled = _until_still(spaced, _ruled, lambda words: words.str.contains_any(list(_RULES)))
    return ruled.str.replace_all("\x01", "ch", literal=True)


def _latin(texts: pl.Series) -> pl.Series:
    return texts.str.to_lowercase().str.replace_many(list(_LETTERS), list(_LETTERS.values()), leftmost=True)


def _ruled(texts: pl.Series) -> pl.Series:
    return texts.str.replace_many(list(_RULES), list(_RULES.values()), leftmost=True)


def _has_suffix(texts: pl.Series) -> pl.Series:
    return texts.str.contains(_SUFFIXES)


def _stems(texts: pl.Series) -> pl.Series:
    return texts.str.replace_all(_SUFFIXES, "${1}")


def _until_still(
    texts: pl.Series, step: Callable[[pl.Series], pl.Series], left: Callable[[pl.Series], pl.Series]
) -> pl.Series:
    """A step again and again, each time for the texts alone where something is left to do, until it does nothing more."""
    texts = step(texts)
    while len(places := left(texts).arg_true()):
        before = texts.gather(places)
        after = step(before)
        if after.equals(before):
            break
        texts = texts.scatter(places, after)
    return texts


def _street(streets: pl.Series) -> pl.Series:
    return _until_still(_letters(streets), _named, lambda words: words.str.contains(_LEFT))


def _named(folded: pl.Series) -> pl.Series:
    """Without the word for street, and without what makes a number an ordinal: 1-й, 2-я, 3-chi."""
    named = folded
    for word, kind in _KINDS.items():
        named = named.str.replace_all(rf"\b{word}\b", kind)
    named = named.str.replace_all(_ORDINALS, "${1}").str.replace_all(_STREETS, " ")
    named = named.str.replace_all(r" {2,}", " ").str.strip_chars(" ")
    return named.zip_with(named != "", folded)


def _house(houses: pl.Series) -> pl.Series:
    latin = _house_letters(houses.str.normalize("NFC"))
    bare = _house_letters(latin.str.normalize("NFKD").str.replace_all(r"\p{M}+", ""))
    tight = bare.str.replace_all(r"[\s" + APOSTROPHES + _INVISIBLE + '"«»]', "").str.replace_all(
        r"[\\|]", "/"
    )
    joined = tight.str.replace_all(_HOUSE_WORDS, "").str.replace_all(r"([0-9])-([A-Z])", "${1}${2}")
    return joined.str.replace(r"^0+([0-9])", "${1}")


def _house_letters(houses: pl.Series) -> pl.Series:
    return houses.str.to_uppercase().str.replace_many(list(_HOUSE_LETTERS), list(_HOUSE_LETTERS.values()))


def _document(documents: pl.Series) -> pl.Series:
    wrong = (~documents.str.contains(DOCUMENT)).arg_true()
    return documents.scatter(wrong, _mended(documents.gather(wrong))) if len(wrong) else documents


def _mended(documents: pl.Series) -> pl.Series:
    upper = documents.str.to_uppercase().str.replace_all(r"[\s№\-" + _INVISIBLE + "]", "")
    return upper.str.replace_many(list(_LOOKS_LATIN), list(_LOOKS_LATIN.values()))
