"""Names by language, times, and other words that come from data and not from the catalogues."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache

from babel.dates import get_month_names
from django.utils.translation import get_language, gettext, ngettext, to_locale

from esaylov.design.transliteration import name_to_cyrillic

FALLBACKS: dict[str, tuple[str, ...]] = {
    "uz": ("uz", "uz-cyrl", "ru", "en"),
    "uz-cyrl": ("uz-cyrl", "uz", "ru", "en"),
    "kaa": ("kaa", "uz", "ru", "en"),
    "ru": ("ru", "uz", "uz-cyrl", "en"),
    "en": ("en", "uz", "ru", "uz-cyrl"),
}
MONTHS = {
    "kaa": (
        "yanvar", "fevral", "mart", "aprel", "may", "iyun",
        "iyul", "avgust", "sentyabr", "oktyabr", "noyabr", "dekabr",
    ),
    "uz-cyrl": (
        "январь", "февраль", "март", "апрель", "май", "июнь",
        "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
    ),
}  # fmt: skip
"""Months where those of the CLDR do not serve: its Karakalpak is in Cyrillic only, its Uzbek Cyrillic leaves out
the soft signs that the laws of the country have.
"""


class Text(str):
    """A text in the page's language or in the nearest one that there is; `language` says which."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str = "") -> Text:
        """`language` as in an address, empty when it is not known."""
        made = super().__new__(cls, text)
        made.language = language
        return made


def language() -> str:
    """The language of the page, `uz` outside of any."""
    return get_language() or "uz"


def bcp47(code: str) -> str:
    """A language as `lang` and `hreflang` name it: `uz-cyrl` is `uz-Cyrl` there (BCP 47)."""
    first, *rest = code.split("-")
    return "-".join([first.lower(), *(part.title() if len(part) == 4 else part.upper() for part in rest)])


@lru_cache(256)
def own_code(code: str) -> str:
    """The language that a column or key of data means: `uz_cyrl`, `uz-Cyrl` and `uz_Cyrl_UZ` are `uz-cyrl`,
    `uz-Latn` and `uz-UZ` are `uz`. What is no language of the site stays as it is.
    """
    parts = code.replace("_", "-").lower().split("-")
    for length in range(len(parts), 0, -1):
        if "-".join(parts[:length]) in FALLBACKS:
            return "-".join(parts[:length])
    return code


def in_language(texts: Mapping[str, str], otherwise: str = "") -> Text:
    """A text by language as pages show it: in the page's language, else in the nearest one that it has, else
    `otherwise`. On a page in Uzbek Cyrillic a text that is there in Uzbek Latin only is written in Cyrillic by
    rule; open data show it as it was given: `as_given`.
    """
    found = as_given(texts, otherwise)
    if found.language == "uz" and language() == "uz-cyrl":
        return Text(name_to_cyrillic(found), "uz-cyrl")
    return found


def as_given(texts: Mapping[str, str], otherwise: str = "") -> Text:
    """The same in the spelling of the data, whatever the letters of the page."""
    known = {own_code(code): text for code, text in texts.items() if text}
    for code in FALLBACKS.get(language(), ("uz",)):
        if code in known:
            return Text(known[code], code)
    return next((Text(text, code) for code, text in known.items()), Text(otherwise))


def other_language(text: str) -> str:
    """The `lang` attribute that a text needs: its language where that is known and not the page's, else
    empty.
    """
    code = getattr(text, "language", "")
    return bcp47(code) if code and code != language() else ""


def zone_name(time: datetime) -> str:
    """The name of a time's zone as the city that it is named after; its offset when it has no such name."""
    key = getattr(time.tzinfo, "key", "")
    if key == "Asia/Tashkent":
        return gettext("Tashkent")
    if key == "UTC":
        return "UTC"
    city = str(key).rpartition("/")[2].replace("_", " ")
    offset = f"{time:%z}"
    return city or ("UTC" if offset in {"", "+0000"} else f"UTC{offset[:3]}:{offset[3:]}")


def articles_text(articles: str) -> str:
    """Which article of the law, or which articles (`58, 94`), in words; empty where none is named."""
    if not articles:
        return ""
    single = re.search(r"[\s,;–-]", articles.strip()) is None
    text = ngettext("Article %(articles)s", "Articles %(articles)s", 1 if single else 2)
    return text % {"articles": articles}


def month_name(month: int, alone: bool = False) -> str:
    """A month from 1 to 12 as it stands in a date; `alone`: without a day, which Russian writes in another case."""
    return _months(language(), alone)[month - 1]


@lru_cache(maxsize=32)
def _months(code: str, alone: bool) -> tuple[str, ...]:
    if code in MONTHS:
        return tuple(MONTHS[code])
    names = get_month_names("wide", "stand-alone" if alone else "format", to_locale(code))
    return tuple(str(names[month]) for month in range(1, 13))


def date_text(time: date) -> str:
    """A date in words."""
    return gettext("%(day)d %(month)s %(year)d") % {
        "day": time.day,
        "month": month_name(time.month),
        "year": time.year,
    }


def time_text(time: datetime, *, seconds: bool = False) -> str:
    """Date, time and zone in words; `time` stands in the zone it is shown in."""
    clock = f"{time:%H:%M:%S}" if seconds else f"{time:%H:%M}"
    return gettext("%(date)s, %(clock)s (%(zone)s)") % {
        "date": date_text(time),
        "clock": clock,
        "zone": zone_name(time),
    }
