"""The words of documents in one language: labels, dates, times, numbers."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

LANGUAGES = ("uz", "uz-cyrl", "kaa", "ru", "en")
LABELS = Path(__file__).parent / "labels.toml"
TASHKENT = timedelta(hours=5)
NARROW_SPACE = "\u202f"

_MONTHS = {
    "uz": "yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr",
    "uz-cyrl": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "kaa": "yanvar fevral mart aprel may iyun iyul avgust sentyabr oktyabr noyabr dekabr",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "en": "January February March April May June July August September October November December",
}
_DATES = {
    "uz": "{year}-yil {day}-{month}",
    "uz-cyrl": "{year} йил {day} {month}",
    "kaa": "{year}-jıl {day}-{month}",
    "ru": "{day} {month} {year} года",
    "en": "{day} {month} {year}",
}
_UNBROKEN = "\u00a0"


@cache
def labels() -> Mapping[str, Mapping[str, str]]:
    """All labels: name -> language -> text."""
    return tomllib.loads(LABELS.read_text("utf-8"))


class Words:
    """Labels, dates and numbers in one of `LANGUAGES`."""

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"no such language of documents: {language}")
        self.language = language

    def __call__(self, label: str, **values: object) -> str:
        """A label with its placeholders filled in. Values are put in as they are: braces in them mean nothing."""
        return labels()[label][self.language].format_map(values)

    def date(self, day: date) -> str:
        """A day: `2024-yil 27-oktabr`."""
        month = _MONTHS[self.language].split()[day.month - 1]
        said = _DATES[self.language].format(year=day.year, day=day.day, month=month)
        return said.replace(" ", _UNBROKEN)

    def time(self, moment: datetime) -> str:
        """Day and time as the clock of the moment's own zone shows it, with the zone's name."""
        return self._zoned(f"{self.date(moment)},{_UNBROKEN}{moment:%H:%M}", moment)

    def span(self, begin: datetime, end: datetime | None) -> str:
        """From one time to another on the same day: `10:00–10:20 (Tashkent time)`."""
        clock = f"{begin:%H:%M}" if end is None else f"{begin:%H:%M}–{end:%H:%M}"
        return self._zoned(clock, begin)

    def _zoned(self, clock: str, moment: datetime) -> str:
        offset = moment.utcoffset()
        if offset is None:
            raise ValueError("a time without its zone")
        if offset == TASHKENT:
            return self("tashkent_time", time=clock)
        minutes = offset // timedelta(minutes=1)
        sign = "+" if minutes >= 0 else "\u2212"
        return self("other_time", time=clock, offset=f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}")

    def count(self, number: int) -> str:
        """A whole number with the language's mark between thousands, from five digits on."""
        if abs(number) < 10_000:
            return str(number)
        return f"{number:,}" if self.language == "en" else f"{number:,}".replace(",", NARROW_SPACE)

    def list(self, items: Iterable[str]) -> str:
        """Names one after another."""
        return ", ".join(items)
