"""An edition as TOML text: what is read from it again is the same edition.

Editions that come from merging have no text of their own; a package needs one file that holds the whole law of its
election. The text depends on the values and their order alone: the same edition gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
INLINE = frozenset(
    {
        "text",
        "title",
        "opens",
        "closes",
        "opens_abroad",
        "closes_abroad",
        "earliest",
        "latest",
        "optional_from",
    }
)
"""Tables that stand on one line wherever they are; so do those in `sources` and `titles`."""


def written(raw: Mapping[str, Any]) -> bytes:
    """The TOML of an edition's raw table (`Edition.raw`), UTF-8, ending with a line feed.

    Raises TypeError for a value that an edition cannot hold (a date, None, a binary float).
    """
    return ("\n".join(_table(raw, ())).strip("\n") + "\n").encode()


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """The plain values of a table first, as TOML asks, then the tables in it."""
    below = {key: value for key, value in table.items() if _stands_apart(key, value, path)}
    for key, value in table.items():
        if key not in below:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in below.items():
        name = ".".join(_key(part) for part in (*path, key))
        one_only = isinstance(value, Mapping)
        for row in [value] if one_only else value:
            yield ""
            yield f"[{name}]" if one_only else f"[[{name}]]"
            yield from _table(row, (*path, key))


def _stands_apart(key: str, value: Any, path: tuple[str, ...]) -> bool:
    if isinstance(value, Mapping):
        return not (path and (key in INLINE or path[-1] in ("sources", "titles")))
    return isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)


def _key(key: str) -> str:
    return key if BARE.match(key) else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(member) for member in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {_value(member)}" for key, member in value.items()) + "}"
    raise TypeError(f"an edition cannot hold {value!r}")


def _decimal(value: Decimal) -> str:
    """A float of TOML needs a point or an exponent, else it is read as a whole number."""
    text = str(value)
    return text if "." in text or "E" in text else f"{text}.0"


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
