"""Canonical JSON: RFC 8785 restricted to what the published formats use (docs/formats.md, section 2).

Objects, arrays, strings, booleans, null and integers within +-(2^53 - 1). Whatever else RFC 8785 allows
(fractions, exponents) is refused, so that one value has one encoding in every programming language.
"""

from __future__ import annotations

from collections.abc import Collection

import orjson

MAX_INTEGER = 2**53 - 1

_OPTIONS = (
    orjson.OPT_STRICT_INTEGER
    | orjson.OPT_PASSTHROUGH_SUBCLASS
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
)
_SORTED = _OPTIONS | orjson.OPT_SORT_KEYS
_SCALARS = frozenset({int, str, bool, type(None)})


class CanonicalError(ValueError):
    """A value that has no canonical form, or bytes that are not the canonical form of what they say."""


def dumps(obj: object) -> bytes:
    """Encode a value in canonical form (RFC 8785, restricted).

    obj: dict with str keys, list or tuple, str, bool, None, int within +-(2^53 - 1), nested at will (orjson's
    limit is 254 levels). Returns UTF-8 without white space, members sorted by their names' UTF-16 code units.
    Raises CanonicalError for anything else: floats, larger integers, lone surrogates, other types, other
    keys.
    """
    try:
        data = orjson.dumps(obj, option=_SORTED)
    except TypeError as error:  # orjson.JSONEncodeError is a TypeError
        raise CanonicalError(f"no canonical form: {error}") from error
    if _has_foreign_keys(obj):
        # orjson sorts by code point, RFC 8785 by UTF-16 code unit: they differ once a name leaves the BMP
        return orjson.dumps(_in_utf16_order(obj), option=_OPTIONS)
    return data


def loads_strict(data: bytes) -> object:
    """Decode canonical JSON and refuse every other spelling of the same value.

    data: UTF-8 bytes. Returns dict, list, str, bool, int or None. Raises CanonicalError when the bytes are
    not JSON, hold what `dumps` refuses (a fraction, a large integer), repeat a member, or differ in any byte
    from the canonical form of their value.
    """
    try:
        obj: object = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise CanonicalError(f"not JSON: {error}") from error
    again = dumps(obj)
    if again != data:
        raise CanonicalError(_difference(data, again))
    return obj


def _has_foreign_keys(obj: object) -> bool:
    """Check every type that orjson would let pass, and say whether any member name is not ASCII."""
    if type(obj) is dict:
        return _any_foreign(obj.values()) or not "".join(obj).isascii()
    if type(obj) is list or type(obj) is tuple:
        return _any_foreign(obj)
    if type(obj) in _SCALARS:
        return False
    raise CanonicalError(f"no canonical form: {type(obj).__name__} is not allowed")


def _any_foreign(items: Collection[object]) -> bool:
    # One pass in C over a protocol's figures; only what is nested is looked at one by one.
    if _SCALARS.issuperset(map(type, items)):
        return False
    found = [_has_foreign_keys(item) for item in items if type(item) not in _SCALARS]
    return any(found)


def _in_utf16_order(obj: object) -> object:
    if isinstance(obj, dict):
        names = sorted(obj, key=lambda name: name.encode("utf-16-be"))
        return {name: _in_utf16_order(obj[name]) for name in names}
    if isinstance(obj, (list, tuple)):
        return [_in_utf16_order(item) for item in obj]
    return obj


def _difference(data: bytes, canonical: bytes) -> str:
    pairs = enumerate(zip(data, canonical, strict=False))
    at = next((i for i, (a, b) in pairs if a != b), min(len(data), len(canonical)))
    return f"not canonical JSON: differs from the canonical form at byte {at}"
