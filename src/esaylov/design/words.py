"""Names by language, times, and other words that come from data and not from the catalogues."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from babel.dates import get_month_names
from django.utils.translation import get_language, gettext

FALLBACKS: dict[str, tuple[str, ...]] = {
    "uz": ("uz", "uz_cyrl", "ru", "en"),
    "uz-cyrl": ("uz_cyrl", "uz", "ru", "en"),
    "kaa": ("kaa", "uz", "ru", "en"),
    "ru": ("ru", "uz", "uz_cyrl", "en"),
    "en": ("en", "uz", "ru", "uz_cyrl"),
}


def language() -> str:
    """The language of the page, `uz` outside of any."""
    return get_language() or "uz"


def in_language(texts: Mapping[str, str], otherwise: str = "") -> str:
    """A text by language in the page's language, else in the nearest one that it has, else `otherwise`."""
    for code in FALLBACKS.get(language(), ("uz",)):
        if texts.get(code):
            return texts[code]
    return next((text for text in texts.values() if text), otherwise)


def zone_name(time: datetime) -> str:
    """The name of a time's zone as the city that it is named after; its offset when it has no such name."""
    key = getattr(time.tzinfo, "key", "")
    if key == "Asia/Tashkent":
        return gettext("Tashkent")
    if key == "UTC":
        return "UTC"
    city = str(key).rpartition("/")[2].replace("_", " ")
    return city or f"UTC{time:%z}"


def date_text(time: datetime) -> str:
    """A date in words."""
    month = get_month_names("wide", "format", language())[time.month]
    return gettext("%(day)d %(month)s %(year)d") % {"day": time.day, "month": month, "year": time.year}


def time_text(time: datetime, *, seconds: bool = False) -> str:
    """Date, time and zone in words; `time` stands in the zone it is shown in."""
    clock = f"{time:%H:%M:%S}" if seconds else f"{time:%H:%M}"
    return gettext("%(date)s, %(clock)s (%(zone)s)") % {
        "date": date_text(time),
        "clock": clock,
        "zone": zone_name(time),
    }
