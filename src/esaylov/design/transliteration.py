"""Uzbek Latin to Uzbek Cyrillic by rule: for names and texts that exist in Latin only.

The rules are those of the orthography (e after a vowel is э, ye is е, tutuq is ъ); what follows no rule (soft signs, ц in
borrowed words) stands in the lists below. Whatever is not Uzbek is kept as it is: placeholders, markup, addresses, names of
files, Roman numerals, and names that are written in Latin everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache, lru_cache

from esaylov.design.scripts import APOSTROPHES

_KEPT = (
    "esaylov SHA SHA-256 SHA-512 Ed25519 WebCrypto JavaScript JSON-LD JSON CSV PNG SVG PDF HTML CSS XML URL URI HTTP HTTPS"
    " ID QR NIST CDF SP API RFC C2SP CC BY IGO OCHA Parquet GitHub Python Chromium Vega Altair Atom RSS ClaimReview Merkle"
    " schema.org Wi-Fi Open Graph CORS ETag DNS IP USB SMS PIN GeoJSON WGS84 Unicode UTC UTF-8 ISO Creative Commons"
    " Firefox Chrome Safari Edge Linux Windows Android iOS http https iCalendar"
)
KEPT = frozenset(_KEPT.split())
"""Words that stand in Latin letters in every script."""

NAME = "esaylov"

REMEMBERED_NAMES = 32_768

_PROTECTED = re.compile(
    r"""%\([^)\s]*\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]      # %(name)s
    | %[sdrif](?![A-Za-z])                                # %s
    | \{\{.*?\}\} | \{%.*?%\} | \{[^{}\s]*\}              # {name}, what templates say
    | <!--.*?--> | </?[a-zA-Z][^<>]*>                     # markup
    | &(?:[a-zA-Z]+|\#\d+|\#x[0-9a-fA-F]+);
    | `[^`\n]+`(?![A-Za-z])                               # code
    | (?:https?|ftp|mailto):[^\s<>"'«»“”]+
    | [\w.+-]+@[\w-]+\.[\w.-]+
    | (?<!\w)/(?:[\w.<>-]+/)+[\w.-]*                       # paths
    | \b[\w-]+(?:\.[\w-]+)*\.(?:uz|org|net|com|invalid|py|json|csv|gz|html|xml|toml|parquet|zip|txt|md|png|svg|pdf|geojson)\b
    """,
    re.VERBOSE | re.DOTALL,
)
_MARKS = "".join(re.escape(mark) for mark in APOSTROPHES)
_LETTER = "A-Za-zÖöĞğÇçŞş"
_WORD = re.compile(rf"[{_LETTER}]+(?:[{_MARKS}][{_LETTER}]+|(?<=[OoGg])[{_MARKS}])*")
_ROMAN = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_ANY_MARK = re.compile(f"[{_MARKS}]")
_INITIAL = re.compile(rf"(?<![\w{_MARKS}])(?:S[Hh]|C[Hh]|Y[AOUEaoue]|[OG][{_MARKS}]|[A-Z])(?=\.)")
# OʻzLiDeP: a word with capitals inside it is written part by part.
_INNER_CAPITAL = re.compile(rf"(?<=[a-z{_MARKS}])(?=[A-Z])")
# The orthography of 1956 joins neither the year nor the month to its number: 2024 йил 27 октябрь.
_DATE = re.compile(
    r"(?<=\d\d\d\d)-(?=йил)"
    r"|(?<=\d)-(?=(?:январ|феврал|март|апрел|май|июн|июл|август|сентябр|октябр|ноябр|декабр)(?:[ьаиндг]|\b))"
)

_VOWELS = frozenset("aeiouoʻаеёиоуўэюя")
_PAIRS = {"oʻ": "ў", "gʻ": "ғ", "sh": "ш", "ch": "ч", "yo": "ё", "yu": "ю", "ya": "я", "ye": "е"}
_SINGLE = dict(
    zip("abdefghijklmnopqrstuvwxyzcöğçşʻ", "абдефгҳижклмнопқрстувwхйзкўғчшъ".replace("w", "в"), strict=True)
)
_WHOLE = {
    "byulleten": "бюллетень", "sentabr": "сентябрь", "oktabr": "октябрь", "noyabr": "ноябрь", "dekabr": "декабрь",
    "yanvar": "январь", "fevral": "февраль", "aprel": "апрель", "iyun": "июнь", "iyul": "июль", "rol": "роль",
    "parol": "пароль", "medal": "медаль", "model": "модель", "detal": "деталь", "nol": "ноль", "stil": "стиль",
    "kabel": "кабель", "mebel": "мебель", "festival": "фестиваль", "kalendar": "календарь", "kontrol": "контроль",
    "belarus": "Беларусь", "qazan": "Қазань", "parallel": "параллель", "panel": "панель", "profil": "профиль",
    "duel": "дуэль", "york": "Йорк", "plats": "плац", "abzats": "абзац", "tunnel": "туннель",
}  # fmt: skip
"""Words whose last sign falls away before a suffix: `бюллетень`, `бюллетенлар`."""
_STEMS = {
    "albom": "альбом", "alternativ": "альтернатив", "multi": "мульти", "filtr": "фильтр", "kompyuter": "компьютер",
    "bulvar": "бульвар", "premyer": "премьер", "intervyu": "интервью", "kalkulyator": "калькулятор", "sentabr": "сентябр",
    "oktabr": "октябр", "obyekt": "объект", "subyekt": "субъект", "syezd": "съезд", "sʻezd": "съезд", "adyutant": "адъютант",
    "rayon": "район", "mayor": "майор", "pavilyon": "павильон", "batalyon": "батальон", "medalyon": "медальон",
    "meditsin": "медицин", "shveytsar": "швейцар", "sirk": "цирк", "sement": "цемент", "konsert": "концерт",
    "sentner": "центнер", "proporsi": "пропорци", "pensiya": "пенсия", "ultra": "ультра", "nyu": "Нью", "kultur": "культур",
    "result": "результ", "rezultat": "результат", "fakultet": "факультет", "konsult": "консульт", "gipertekst": "гипертекст",
    "moʻjiza": "мўъжиза", "moʻtabar": "мўътабар", "moʻtadil": "мўътадил",
    "lyuks": "люкс", "sirkul": "циркул", "sivil": "цивил", "munsipal": "муниципал",
    "munitsipal": "муниципал", "ofitsial": "официал", "konfidensial": "конфиденциал", "potensial": "потенциал",
    "differensial": "дифференциал", "prinsip": "принцип", "provins": "провинц", "sikl": "цикл",
    "sekund": "секунд", "inersiya": "инерция", "tijorat": "тижорат", "karyera": "карьера", "baryer": "барьер",
    "pyesa": "пьеса", "budilnik": "будильник", "alpin": "альпин", "valyut": "валют",
}  # fmt: skip
"""Beginnings of words that follow no rule."""
_STEM = re.compile("|".join(sorted(_STEMS, key=len, reverse=True)))
# ц: the sound is written ts or, after n and k, s. Native t + s (ketsa, davlatsiz, ketsin) stays тс.
_TS = re.compile(r"ts(?=e|i(?!n|z|ga|ni|da|$))")
_S = re.compile(r"(?<=[kn])s(?=iya|ion|iyal|iol)")
_KEEPS_S = re.compile(r"^(?:pensi|ekspansi|dispansi)")


def transliterate_to_cyrillic(text: str, keep: Collection[str] = ()) -> str:
    """A text in Uzbek Latin (with any apostrophe, or in the alphabet of 2026) in Uzbek Cyrillic.

    Untouched: placeholders (`%(name)s`, `%d`, `{name}`), template tags, HTML tags and entities, `code`, addresses,
    paths, names of files, Roman numerals, codes with a digit, words of `KEPT` and of `keep`. A suffix of such a word is
    written in Cyrillic (`JSONʼda` gives `JSONда`).
    """
    kept = KEPT | frozenset(keep)
    parts: list[str] = []
    at = 0
    for found in _protected(tuple(sorted(keep))).finditer(text):
        parts += [_plain(text[at : found.start()], kept), found.group()]
        at = found.end()
    return _DATE.sub(" ", "".join([*parts, _plain(text[at:], kept)]))


@lru_cache(REMEMBERED_NAMES)
def name_to_cyrillic(name: str) -> str:
    """The name of a person, party or place in Uzbek Latin as a page in Uzbek Cyrillic shows it. As
    `transliterate_to_cyrillic`, but a single letter with a full stop is an initial and no Roman numeral
    (`M. Karimova`). The data keep their own spelling: this is for reading only.
    """
    return transliterate_to_cyrillic(_INITIAL.sub(lambda found: _initial(found.group()), name))


def _initial(written: str) -> str:
    return _cased(_letters(_ANY_MARK.sub("ʻ", written).lower()), written[:1])


@cache
def _protected(keep: tuple[str, ...]) -> re.Pattern[str]:
    """What is kept as it is; names of several words or with marks in them are looked for as a whole."""
    names = [re.escape(name) for name in {*KEPT, *keep} if not name.isalpha()]
    whole = "|".join(sorted(names, key=len, reverse=True)).replace(r"\ ", "[ ]")
    return re.compile(rf"(?<!\w)(?:{whole})(?![A-Za-z])|{_PROTECTED.pattern}", _PROTECTED.flags)


def _plain(text: str, kept: Collection[str]) -> str:
    def word(found: re.Match[str]) -> str:
        written = found.group()
        beside = text[max(0, found.start() - 1) : found.start()]
        after = text[found.end() : found.end() + 1]
        of_a_code = beside.isdigit() and len(written) > 1 and written.isupper()
        if of_a_code or "_" in (beside, after) or after.isdigit():
            return written
        return _word(written, kept)

    return _WORD.sub(word, text)


def _word(written: str, kept: Collection[str]) -> str:
    head = _ANY_MARK.split(written)[0]
    if written in kept or _ROMAN.fullmatch(written):
        return written
    if head in kept:
        return head + _by_rule(written[len(head) + 1 :].lower(), 0, "")
    if written.lower().startswith(NAME):
        return written[: len(NAME)] + _by_rule(written[len(NAME) :].lower(), 0, "")
    return "".join(_part(part) for part in _INNER_CAPITAL.split(written))


def _part(written: str) -> str:
    return _cased(_letters(_ANY_MARK.sub("ʻ", written).lower()), written)


def _cased(made: str, written: str) -> str:
    letters = [letter for letter in written if letter.isalpha() and letter not in APOSTROPHES]
    if len(letters) > 1 and all(letter.isupper() for letter in letters):
        # One letter of two (SH, Yo) in a heading is no acronym of one letter.
        return made.upper() if len(made) > 1 or len(letters) > 2 else made.capitalize()
    if letters[0].isupper():
        return made[:1].upper() + made[1:]
    return made


def _letters(word: str) -> str:
    """A lower-case word with ʻ for every apostrophe."""
    if word in _WHOLE:
        return _WHOLE[word]
    stem = _STEM.match(word)
    if stem is not None:
        return _STEMS[stem.group()] + _by_rule(word, stem.end(), _STEMS[stem.group()])
    return _by_rule(word, 0, "")


def _by_rule(word: str, at: int, before: str) -> str:
    made = ""
    ts = {found.start() for found in _TS.finditer(word)}
    sounds = set() if _KEEPS_S.match(word) else {found.start() for found in _S.finditer(word)}
    while at < len(word):
        letter, length = _next(word, at, (before + made)[-1:], at in ts, at in sounds)
        made += letter
        at += length
    return made


def _next(word: str, at: int, before: str, is_ts: bool, is_s: bool) -> tuple[str, int]:
    """The Cyrillic letter of what stands at a place of the word, and how many Latin ones it takes."""
    pair, open_before = word[at : at + 2], not before or before in _VOWELS
    if is_ts or is_s:
        return "ц", 2 if is_ts else 1
    if pair == "ye" and not open_before:
        return ("е" if before == "ъ" else "ье"), 2
    if pair in _PAIRS and word[at : at + 3] != "yoʻ":
        return _PAIRS[pair], 2
    if word[at] == "ʻ":
        return ("" if before == "с" and word[at + 1 : at + 2] == "h" else "ъ"), 1
    return ("э" if word[at] == "e" and open_before else _SINGLE[word[at]]), 1
