"""Findings about the shape of a request: what came is not what the operation takes.

S00 the body is no JSON that can be taken, S01 missing, S02 unknown, S03 not a whole number, S04 too small,
S05 too large, S06 anything else. Every one names its field, by the way to it (`lines.voters_on_list`).
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from esaylov.acts.refusals import simple
from esaylov.law.findings import Finding

NO_NUMBER = frozenset({"int_type", "int_parsing", "int_from_float", "finite_number", "int_parsing_size"})


class NotJson(ValueError):
    """A body that is not JSON as it is taken here; the text says why."""


def loads(body: bytes) -> Any:
    """Decodes JSON strictly: UTF-8, no member twice, no NaN or infinity, no NUL character, no half of a surrogate pair.
    Raises NotJson.
    """
    if b"\\u0000" in body:
        raise NotJson("the character U+0000 is not taken")
    try:
        value = json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_constant)
        if b"\\u" in body:
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except UnicodeEncodeError as error:
        raise NotJson("an escape is half of a surrogate pair") from error
    except UnicodeDecodeError as error:
        raise NotJson(f"not UTF-8 at byte {error.start}") from error
    except RecursionError as error:
        raise NotJson("nested too deeply") from error
    except NotJson:
        raise
    except ValueError as error:
        raise NotJson(str(error)) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise NotJson(f"the member {twice[:100]!r} stands twice in one object")
    return members


def _constant(name: str) -> Any:
    raise NotJson(f"{name} is not a JSON number")


def not_json(reason: str) -> Finding:
    """S00: the body cannot be read."""
    return simple(
        "S00",
        en=f"The body is not JSON that can be taken: {reason}",
        ru=f"Тело запроса не является допустимым JSON: {reason}",
        uz=f"Soʻrov tanasi yaroqli JSON emas: {reason}",
    )


def missing(field: str) -> Finding:
    """S01: a member is missing."""
    return simple("S01", en=f"{field} is missing", ru=f"Нет {field}", uz=f"{field} yoʻq", fields=(field,))


def unknown(field: str) -> Finding:
    """S02: a member that the operation does not know."""
    return simple(
        "S02",
        en=f"{field} is not known here",
        ru=f"{field}: здесь такого нет",
        uz=f"{field}: bu yerda bunday nom yoʻq",
        fields=(field,),
    )


def not_whole(field: str) -> Finding:
    """S03: a figure that is not a whole number."""
    return simple(
        "S03",
        en=f"{field} must be a whole number, written without a fraction or quotes",
        ru=f"{field}: нужно целое число без дробной части и кавычек",
        uz=f"{field}: butun son kerak, kasrsiz va qoʻshtirnoqsiz",
        fields=(field,),
    )


def too_small(field: str, least: Any) -> Finding:
    """S04: a number below the least that is taken."""
    return simple(
        "S04",
        en=f"{field} must not be below {least}",
        ru=f"{field}: не меньше {least}",
        uz=f"{field}: {least} dan kam boʻlmasin",
        fields=(field,),
    )


def too_large(field: str, most: Any) -> Finding:
    """S05: a number above the greatest that is taken."""
    return simple(
        "S05",
        en=f"{field} must not be above {most}",
        ru=f"{field}: не больше {most}",
        uz=f"{field}: {most} dan oshmasin",
        fields=(field,),
    )


def invalid(field: str, kind: str, reason: str, limit: Any = None) -> Finding:
    """S06: anything else that does not fit, in words by the kind of error; `reason` where there are none for it."""
    if kind in WORDS:
        en, ru, uz = (text.format(limit) for text in WORDS[kind])
    else:
        en, ru, uz = reason, f"недопустимое значение ({reason})", f"yaroqsiz qiymat ({reason})"
    return simple(
        "S06", en=f"{field}: {en}", ru=f"{field}: {ru}", uz=f"{field}: {uz}", fields=(field,),
    )  # fmt: skip


_PATTERN = ("not written as it must be", "записано не так, как нужно", "kerakli tarzda yozilmagan")
_CHOICE = ("none of the known values", "такого значения нет", "bunday qiymat yoʻq")
_TIME = (
    "not a date and time with its zone",
    "не дата и время с часовым поясом",
    "vaqt mintaqasi bilan sana va vaqt emas",
)
_DATE = ("not a date (YYYY-MM-DD)", "не дата (ГГГГ-ММ-ДД)", "sana emas (YYYY-OO-KK)")
WORDS: Mapping[str, tuple[str, str, str]] = {
    "string_pattern_mismatch": _PATTERN,
    "string_too_long": ("at most {} characters", "не больше {} знаков", "koʻpi bilan {} belgi"),
    "string_too_short": ("at least {} characters", "не меньше {} знаков", "kamida {} belgi"),
    "literal_error": _CHOICE,
    "enum": _CHOICE,
    "datetime_from_date_parsing": _TIME,
    "datetime_parsing": _TIME,
    "datetime_type": _TIME,
    "timezone_aware": _TIME,
    "date_from_datetime_parsing": _DATE,
    "date_parsing": _DATE,
    "date_type": _DATE,
}
"""Kinds of errors of the validation, in English, Russian and Uzbek."""


def of_errors(errors: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """Findings of the errors that the validation of a request lists."""
    return [_of_error(str(error["type"]), _field(error["loc"]), error) for error in errors]


def _field(location: Sequence[Any]) -> str:
    """The way to a field: `("body", "payload", "lines", "x")` is `lines.x`."""
    source, *rest = map(str, location)
    names = rest[1:] if source == "body" else rest
    return ".".join(names) or "body"


def _of_error(kind: str, field: str, error: Mapping[str, Any]) -> Finding:
    context = error.get("ctx") or {}
    if kind == "missing":
        return missing(field)
    if kind == "extra_forbidden":
        return unknown(field)
    if kind in NO_NUMBER:
        return not_whole(field)
    if kind == "greater_than_equal":
        return too_small(field, context.get("ge"))
    if kind == "less_than_equal":
        return too_large(field, context.get("le"))
    limit = context.get("max_length", context.get("min_length"))
    return invalid(field, kind, str(error.get("msg", kind)), limit)


def by_name(names: Sequence[str], given: Mapping[str, int], within: str) -> tuple[list[int], list[Finding]]:
    """The figures of an object in the order of `names`, and what is missing or unknown in it.

    `within` is the name of the object itself. Without findings the array has one figure for each name.
    """
    figures = [given[name] for name in names if name in given]
    if len(figures) == len(names) == len(given):
        return figures, []
    known = set(names)
    return figures, [
        *(missing(f"{within}.{name}") for name in names if name not in given),
        *(unknown(f"{within}.{name}") for name in given if name not in known),
    ]
