"""Reading CASE.json, the input of `esaylov seats`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn

from esaylov.law.exact import to_fraction
from esaylov.law.seats import BASES, METHODS, ROUNDINGS, TIES, Case, Rules

MAX_SEATS = 10_000
_KEYS = (
    "seats", "method", "threshold", "threshold_base", "votes", "participants", "invalid", "rules", "drawn"
)  # fmt: skip


class CaseError(ValueError):
    """CASE.json cannot be read; `field` names the member, `reason` says why."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {reason}" if field else reason)


def load_case(text: bytes) -> dict[str, Any]:
    """CASE.json as an object, numbers exact; CaseError for what is not JSON or names a member twice."""
    try:
        value = json.loads(
            text.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_unique
        )
    except UnicodeDecodeError as error:
        raise CaseError("", f"not UTF-8 at byte {error.start}") from None
    except CaseError:
        raise
    except (ValueError, RecursionError) as error:
        raise CaseError("", f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise CaseError("", "the case is not a JSON object")
    return value


def unknown_members(value: Mapping[str, Any]) -> list[str]:
    """Members of a case that mean nothing to the allocation."""
    return sorted(key for key in value if key not in _KEYS)


def parse_case(value: Mapping[str, Any]) -> Case:
    """A case from its JSON object; CaseError names the member and the reason."""
    votes = _votes(_needed(value, "votes"))
    case = Case(
        seats=_count(_needed(value, "seats"), "seats", 1, MAX_SEATS),
        method=_one_of(_needed(value, "method"), "method", METHODS),
        votes=votes,
        threshold=_threshold(value.get("threshold", 0)),
        threshold_base=_base(value.get("threshold_base", "valid")),
        participants=_optional_figure(value, "participants"),
        invalid=_optional_figure(value, "invalid"),
        rules=_rules(value.get("rules", {})),
        drawn=_drawn(value.get("drawn", []), votes),
    )
    _check_base(case)
    return case


def _check_base(case: Case) -> None:
    member = {"cast": "invalid", "participants": "participants"}.get(str(case.threshold_base))
    if member is not None and getattr(case, member) is None:
        raise CaseError(member, f"is needed for the threshold base {case.threshold_base}")
    if case.threshold_base == "participants" and sum(case.votes.values()) > case.base():
        raise CaseError("participants", "is less than the sum of the votes")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise CaseError(key, "occurs twice in one object")
        found[key] = value
    return found


def _needed(value: Mapping[str, Any], member: str) -> Any:
    if member not in value:
        raise CaseError(member, "is missing")
    return value[member]


def _count(value: object, field: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise CaseError(field, "is not a whole number")
    if not least <= value <= most:
        raise CaseError(field, f"is not between {least} and {most}")
    return value


def _figure(value: object, field: str) -> Fraction:
    try:
        figure = to_fraction(value)
    except ValueError as error:
        raise CaseError(field, str(error)) from None
    if figure < 0:
        raise CaseError(field, "is negative")
    return figure


def _optional_figure(value: Mapping[str, Any], member: str) -> Fraction | None:
    return None if value.get(member) is None else _figure(value[member], member)


def _one_of(value: object, field: str, known: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in known:
        raise CaseError(field, f"{value!r} is not one of {', '.join(known)}")
    return value


def _votes(value: object) -> dict[str, Fraction]:
    if not isinstance(value, dict) or not value:
        raise CaseError("votes", "is not an object with at least one list")
    if "" in value:
        raise CaseError("votes", "a list has no name")
    return {option: _figure(votes, f"votes.{option}") for option, votes in value.items()}


def _threshold(value: object) -> Fraction:
    threshold = _figure(value, "threshold")
    if threshold > 1:
        raise CaseError("threshold", "is a share between 0 and 1 (7 % is 0.07)")
    return threshold


def _base(value: object) -> str | Fraction:
    if isinstance(value, str) and value.isalpha():
        return _one_of(value, "threshold_base", BASES)
    return _figure(value, "threshold_base")


def _rules(value: object) -> Rules:
    if not isinstance(value, dict):
        raise CaseError("rules", "is not an object")
    readers: dict[str, Callable[[object, str], Any]] = {
        "minimum_parties": lambda member, field: _count(member, field, 1, MAX_SEATS),
        "quota_rounding": lambda member, field: _one_of(member, field, ROUNDINGS),
        "ties": lambda member, field: _one_of(member, field, TIES),
    }
    for key in value:
        if key not in readers:
            raise CaseError(f"rules.{key}", "is not a known rule")
    return Rules(**{key: readers[key](member, f"rules.{key}") for key, member in value.items()})


def _drawn(value: object, votes: Mapping[str, Fraction]) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise CaseError("drawn", "is not an array of list names")
    for place, option in enumerate(value):
        if not isinstance(option, str) or option not in votes:
            raise CaseError(f"drawn[{place}]", f"{option!r} is not one of the lists")
    return tuple(value)
