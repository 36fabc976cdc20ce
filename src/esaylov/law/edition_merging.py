"""An edition that says only what differs from another one, and a form that says what differs from the regular calendar.

docs/edition.md, "An edition that extends another one", has the rules. All functions return new tables; the raw tables that
they are given are never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Raw = dict[str, Any]

# Arrays whose rows have names: rows with the same code are one.
NAMED = frozenset({("protocol", "relations"), ("calendar", "steps"), ("commissions", "rules")})
OWN = ("extends", "without", "borrowed")
ENDS = ("opens", "closes", "opens_abroad", "closes_abroad", "earliest", "latest", "off")
SURENESS = ("status", "note")


class MergeError(ValueError):
    """What an extending edition asks for is not there; `path` says where it asks."""

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path}: {reason}")


def extended(raw: Mapping[str, Any], base: Callable[[str], Mapping[str, Any]]) -> Raw:
    """An edition made whole: `base` gives the raw (whole) edition of a name, or raises KeyError.

    Raises MergeError when the base or a path in `without` does not exist.
    """
    if "extends" not in raw:
        return dict(raw)
    try:
        whole = _copy(base(raw["extends"]))
    except KeyError:
        raise MergeError("extends", f"there is no edition {raw['extends']!r}") from None
    for path in raw.get("without", ()):
        _remove(whole, path)
    if "borrowed" in raw:
        _borrow(whole, raw["borrowed"])
    return merged(whole, {key: value for key, value in raw.items() if key not in OWN})


def merged(base: Mapping[str, Any], over: Mapping[str, Any], path: tuple[str, ...] = ()) -> Raw:
    """Table over table: tables go together key by key, named rows by their code, every other value replaces.

    A value that replaces another takes away the other's source. Raises MergeError for a row without a code.
    """
    found: Raw = _copy(base)
    for key, value in over.items():
        old = found.get(key)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            found[key] = old if key == "sources" else merged(old, value, (*path, key))
        elif isinstance(value, list) and isinstance(old, list) and _is_named((*path, key)):
            if not all(isinstance(row, Mapping) and isinstance(row.get("code"), str) for row in value):
                raise MergeError(".".join((*path, key)), "every row needs a code")
            found[key] = rows_merged(old, value)
        else:
            if isinstance(found.get("sources"), dict):
                found["sources"].pop(key, None)
            found[key] = _copy(value)
    if isinstance(over.get("sources"), Mapping):
        found["sources"] = {**found.get("sources", {}), **_copy(over["sources"])}
    return found


def rows_merged(base: Sequence[Mapping[str, Any]], over: Sequence[Mapping[str, Any]]) -> list[Raw]:
    """Named rows over named rows. Those of the base keep their place, new ones follow.

    The ends of a window go together, and so does how sure they are: a row that sets one end, or says that the step does not
    take place, loses all ends, the status and the note that it had.
    """
    found: dict[str, Raw] = {row["code"]: _copy(row) for row in base}
    for row in over:
        old = found.get(row["code"], {})
        if any(end in row for end in ENDS):
            old = {key: value for key, value in old.items() if key not in (*ENDS, *SURENESS)}
        elif "status" in row:
            old = {key: value for key, value in old.items() if key not in SURENESS}
        found[row["code"]] = {**old, **_copy(row)}
    return list(found.values())


def _is_named(path: tuple[str, ...]) -> bool:
    return path in NAMED or (path[0] == "forms" and path[-1] in ("dates", "steps"))


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copy(member) for key, member in value.items()}
    return [_copy(member) for member in value] if isinstance(value, list) else value


def _remove(whole: Raw, path: str) -> None:
    """Takes a key away, or a named row by its code; with a key goes its source."""
    *way, last = path.split(".")
    table: Any = whole
    for part in way:
        table = _member(table, part, path)
    found = _member(table, last, path)
    if isinstance(table, list):
        table.remove(found)
        return
    del table[last]
    table.get("sources", {}).pop(last, None)


def _member(table: Any, part: str, path: str) -> Any:
    if isinstance(table, list):
        rows = [row for row in table if isinstance(row, dict) and row.get("code") == part]
        if rows:
            return rows[0]
    elif isinstance(table, dict) and part in table:
        return table[part]
    raise MergeError("without", f"{path!r} is not there")


def _borrow(whole: Raw, note: str) -> None:
    """The values of another law: they lose their article, and what was sure there is derived here, by `note`."""
    for source in _with_source(whole):
        source.pop("article", None)
        if source.get("status") not in (None, "unknown"):
            source.update(status="derived", note=note)


def _with_source(value: Any) -> Iterator[Raw]:
    if isinstance(value, dict):
        if "status" in value or "article" in value:
            yield value
        for member in value.values():
            yield from _with_source(member)
    elif isinstance(value, list):
        for member in value:
            yield from _with_source(member)
