"""Single values of an election package: ids, counts, times, decimals. Each parser raises ValueError with
the reason.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from esaylov.exchange.problems import shown

MAX_COUNT = 999_999_999
"""The largest count a package may hold; every sum over a country then fits 64 bits."""

MAX_ID_BYTES = 200
"""Ids become names of files, and those have 255 bytes at most."""

# A commission's code is an id with a prefix and names its body in the log: together they hold 100 characters.
_ID = re.compile(r"[^\s\x00-\x1f\x7f-\x9f/?#%\\]{1,90}")
_EVENT = re.compile(r"[a-z][a-z0-9-]{0,59}")
_COUNT = re.compile(r"[0-9]{1,9}")
_CLOCK = r"(?:19|20|21)\d\d-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?"
_MOMENT = re.compile(_CLOCK + r"(?:Z|[+-]\d\d:?\d\d)", re.ASCII)
_LOCAL = re.compile(_CLOCK, re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DECIMAL = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,15})?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
MAX_TEXT = 2_000


def is_id(text: str) -> bool:
    """True for an id as docs/formats.md (section 6) allows it."""
    if _ID.fullmatch(text) is None or text.startswith("."):
        return False
    return text.isascii() or len(text.encode()) <= MAX_ID_BYTES


def is_event(text: str) -> bool:
    """True for the name of an event, as editions of the law have them (docs/edition.md), up to 60 characters."""
    return _EVENT.fullmatch(text) is not None


def parse_count(text: str) -> int:
    """A count: digits only, 0 to MAX_COUNT."""
    if _COUNT.fullmatch(text):
        return int(text)
    raise ValueError(_no_count(text))


def _no_count(text: str) -> str:
    if not text:
        return "a count is missing"
    if re.fullmatch(r"-[0-9.]+", text):
        return f"{shown(text)} is negative"
    if re.fullmatch(r"[0-9]+[.,][0-9]*", text):
        return f"{shown(text)} has a fraction"
    if re.fullmatch(r"[0-9]+", text):
        return f"{shown(text)} is larger than {MAX_COUNT:,}"
    return f"{shown(text)} is not a number"


class Counts(dict[str, int]):
    """Text to count, for millions of them: `counts[text]` is parse_count(text), the common ones by
    look-up.
    """

    def __init__(self, ready: int = 20_000) -> None:
        super().__init__((str(n), n) for n in range(ready))

    def __missing__(self, text: str) -> int:
        return parse_count(text)


def parse_moment(text: str) -> tuple[int, int]:
    """ISO 8601 date and time with offset -> (seconds since 1970 in UTC, offset in minutes); fractions are
    dropped.
    """
    if not _MOMENT.fullmatch(text):
        if _LOCAL.fullmatch(text):
            raise ValueError(f"the time {shown(text)} has no offset from UTC")
        raise ValueError(f"{shown(text)} is not an ISO 8601 time with an offset")
    try:
        moment = datetime.fromisoformat(text.replace(",", "."))
    except ValueError:
        raise ValueError(f"{shown(text)} is not a time that exists") from None
    since = moment - _EPOCH
    offset = moment.utcoffset() or timedelta(0)
    return since.days * 86_400 + since.seconds, (offset.days * 86_400 + offset.seconds) // 60


def parse_zone(text: str) -> str:
    """The name of a time zone of the IANA database."""
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{shown(text)} is not the name of a time zone") from None


def parse_day(text: str) -> date:
    """A date `YYYY-MM-DD`."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"{shown(text)} is not a date YYYY-MM-DD")


def parse_flag(text: str) -> bool:
    """`true` or `false`."""
    if text in ("true", "false"):
        return text == "true"
    raise ValueError(f"{shown(text)} is neither true nor false")


def parse_degrees(text: str, bound: int) -> str:
    """A decimal within ±bound, handed back as it was written."""
    if _DECIMAL.fullmatch(text):
        whole, _, fraction = text.lstrip("-").partition(".")
        if int(whole) < bound or (int(whole) == bound and not fraction.strip("0")):
            return text
    raise ValueError(f"{shown(text)} is not a decimal between -{bound} and {bound}")


def parse_text(text: str) -> str:
    """Any text without control characters, at most MAX_TEXT characters."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"the text is longer than {MAX_TEXT:,} characters")
    if _CONTROL.search(text):
        raise ValueError(f"a control character stands in {shown(text)}")
    return text
