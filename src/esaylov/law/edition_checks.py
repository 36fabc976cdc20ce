"""What is wrong with an edition: against the JSON Schema first, then what a schema cannot say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from esaylov.law.exact import to_fraction

PROPORTIONAL = frozenset(
    {"hare-largest-remainder", "droop-largest-remainder", "dhondt", "sainte-lague", "hagenbach-bischoff"}
)
VOTES = "votes"  # in a relation: the sum over all options


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an edition: `path` like `contests.list.threshold`, and why."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


@cache
def _schema_text() -> str:
    return (files("esaylov.law") / "edition.schema.json").read_text(encoding="utf-8")


def edition_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of an edition, a fresh copy."""
    return cast(dict[str, Any], json.loads(_schema_text()))


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(edition_schema())


def extension_problems(raw: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the keys by which an edition extends another one; its values are judged when it is whole."""
    head = {key: raw[key] for key in ("extends", "without", "borrowed") if key in raw}
    schema = edition_schema()
    extension = Draft202012Validator({"$ref": "#/$defs/extension", "$defs": schema["$defs"]})
    return sorted((_problem(error) for error in extension.iter_errors(head)), key=str)


def problems_of(raw: Mapping[str, Any]) -> list[Problem]:
    """Every problem of an edition that was read from TOML; what needs a sound form is looked at only then."""
    return list(_number_problems(raw, "")) or _schema_problems(raw) or list(_sense_problems(raw))


def _number_problems(value: object, path: str) -> Iterator[Problem]:
    """NaN, infinity and absurd exponents would break comparisons later on; TOML allows all three."""
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from _number_problems(member, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from _number_problems(member, f"{path}[{place}]")
    elif isinstance(value, Decimal | int) and not isinstance(value, bool):
        try:
            to_fraction(value)
        except ValueError as error:
            yield Problem(path, str(error))


def _schema_problems(raw: Mapping[str, Any]) -> list[Problem]:
    problems = {_problem(error) for error in _validator().iter_errors(raw)}
    return sorted(problems, key=lambda problem: (problem.path, problem.reason))


def _problem(error: ValidationError) -> Problem:
    path = ""
    for part in error.absolute_path:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return Problem(path, error.message[:300])


def _sense_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _protocol_problems(raw["protocol"])
    for kind, rule in raw["contests"].items():
        yield from _contest_problems(f"contests.{kind}", rule)
    release = raw.get("release", {})
    if release.get("wait_for_abroad") and "abroad_time" not in release:
        yield Problem("release.abroad_time", "is needed when wait_for_abroad is true")
    yield from _calendar_problems(raw.get("calendar", {}))
    yield from _commission_problems(raw.get("commissions", {}))
    yield from _form_problems(raw)
    yield from _source_problems(raw, "")


def _protocol_problems(protocol: Mapping[str, Any]) -> Iterator[Problem]:
    lines = set(protocol["lines"])
    if VOTES in lines:
        yield Problem("protocol.lines", f"{VOTES!r} is reserved for the sum over all options")
    for name in protocol.get("titles", {}):
        if name not in lines:
            yield Problem(f"protocol.titles.{name}", "is not a line of the form")
    for figure, names in protocol["common"].items():
        yield from _unknown_lines(f"protocol.common.{figure}", names, lines)
    earlier: dict[str, str] = {}
    for place, relation in enumerate(protocol.get("relations", ())):
        path = f"protocol.relations[{place}]"
        yield from _relation_problems(path, relation, lines, earlier)
        earlier[relation["code"]] = relation["severity"]


def _relation_problems(
    path: str, relation: Mapping[str, Any], lines: set[str], earlier: Mapping[str, str]
) -> Iterator[Problem]:
    if relation["code"] in earlier:
        yield Problem(f"{path}.code", f"{relation['code']} occurs twice")
    for side in ("left", "right"):
        yield from _unknown_lines(f"{path}.{side}", relation[side], lines | {VOTES})
    for code in relation.get("unless", ()):
        if code not in earlier:
            yield Problem(f"{path}.unless", f"{code} is not the code of an earlier relation")
        elif relation["severity"] == "error" and earlier[code] == "warning":
            yield Problem(f"{path}.unless", f"the warning {code} cannot silence an error")


def _unknown_lines(path: str, names: Sequence[str], known: set[str]) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            yield Problem(path, f"{name!r} is not a line of the form")


_NEEDS: Mapping[str, frozenset[str]] = {
    "majority": frozenset({"majority", "question"}),
    "majority_op": frozenset({"majority", "question"}),
    "majority_base": frozenset({"majority", "question"}),
    "two_candidates": frozenset({"majority"}),
    "run_off": frozenset({"majority"}),
    "threshold": PROPORTIONAL,
    "threshold_base": PROPORTIONAL,
    "minimum_parties": PROPORTIONAL,
    "quota_rounding": frozenset({"hare-largest-remainder"}),
}


def _contest_problems(path: str, rule: Mapping[str, Any]) -> Iterator[Problem]:
    method = rule["method"]
    for key, methods in _NEEDS.items():
        if key in rule and method not in methods:
            yield Problem(f"{path}.{key}", f"has no meaning with the method {method}")
    if method in ("majority", "question") and "majority" not in rule:
        yield Problem(f"{path}.majority", f"is needed with the method {method}")
    if rule.get("ties") == "more-votes" and method not in PROPORTIONAL:
        yield Problem(f"{path}.ties", f"more-votes has no meaning with the method {method}")
    if "list_length" in rule and rule["list_length"][0] > rule["list_length"][1]:
        yield Problem(f"{path}.list_length", "the first figure is the lower one")


_DISTANCES = ("before", "after", "day", "months_before", "months_after")


def _calendar_problems(calendar: Mapping[str, Any]) -> Iterator[Problem]:
    steps = calendar.get("steps", ())
    yield from _repeated_codes("calendar.steps", steps)
    for place, step in enumerate(steps):
        yield from _end_problems(f"calendar.steps[{place}]", step)


def _end_problems(path: str, step: Mapping[str, Any]) -> Iterator[Problem]:
    for end in ("opens", "closes", "opens_abroad", "closes_abroad"):
        if end in step and sum(key in step[end] for key in _DISTANCES) != 1:
            yield Problem(f"{path}.{end}", f"needs exactly one of {', '.join(_DISTANCES)}")


# What each rule of composition needs beside its code and text, and what it may have.
_RULE_VALUES: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "size": (frozenset(), frozenset()),
    "officers": (frozenset(), frozenset()),
    "age": (frozenset({"least"}), frozenset()),
    "education": (frozenset({"accepted"}), frozenset()),
    "excluded": (frozenset({"grounds"}), frozenset()),
    "elsewhere": (frozenset(), frozenset()),
    "one-employer": (frozenset({"share"}), frozenset({"except_places"})),
    "not-declared": (frozenset(), frozenset()),
}
_RULE_HEAD = frozenset({"code", "rule", "commissions", "severity", "text", "article", "status", "note"})


def _commission_problems(commissions: Mapping[str, Any]) -> Iterator[Problem]:
    numerator, _, denominator = commissions.get("quorum", "1/1").partition("/")
    if int(numerator) > int(denominator):
        yield Problem("commissions.quorum", "is more than all members")
    for place, tier in enumerate(commissions.get("tiers", ())):
        yield from _tier_problems(f"commissions.tiers[{place}]", tier)
    rules = commissions.get("rules", ())
    yield from _repeated_codes("commissions.rules", rules)
    for place, rule in enumerate(rules):
        path = f"commissions.rules[{place}]"
        needed, allowed = _RULE_VALUES[rule["rule"]]
        given = rule.keys() - _RULE_HEAD
        for key in sorted(needed - given):
            yield Problem(f"{path}.{key}", f"is needed with the rule {rule['rule']}")
        for key in sorted(given - needed - allowed):
            yield Problem(f"{path}.{key}", f"has no meaning with the rule {rule['rule']}")


def _tier_problems(path: str, tier: Mapping[str, Any]) -> Iterator[Problem]:
    least, most = tier.get("members", (1, 1000))
    if least > most:
        yield Problem(f"{path}.members", "the first figure is the lower one")
    if len(tier.get("officers", ())) > most:
        yield Problem(f"{path}.officers", "are more than the commission has members")


def _form_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """A form names steps of the calendar; a step of its own needs a title. Days need their events."""
    steps = {step["code"] for step in raw.get("calendar", {}).get("steps", ())}
    kinds = raw["contests"].keys()
    for code, form in raw.get("forms", {}).items():
        path = f"forms.{code}"
        for place, step in enumerate(form.get("steps", ())):
            if step["code"] not in steps and "title" not in step:
                yield Problem(f"{path}.steps[{place}].title", "is needed: the calendar has no such step")
            yield from _end_problems(f"{path}.steps[{place}]", step)
        yield from _repeated_codes(f"{path}.steps", form.get("steps", ()))
        yield from _repeated_codes(f"{path}.dates", form.get("dates", ()))
        for kind in form.get("contests", ()):
            if kind not in kinds:
                yield Problem(f"{path}.contests", f"there are no contests.{kind}")
        for place, rule in enumerate(form.get("dates", ())):
            yield from _date_rule_problems(f"{path}.dates[{place}]", rule)


def _date_rule_problems(path: str, rule: Mapping[str, Any]) -> Iterator[Problem]:
    for end in ("earliest", "latest", "optional_from"):
        if end not in rule:
            continue
        if sum(key in rule[end] for key in _DISTANCES) != 1:
            yield Problem(f"{path}.{end}", f"needs exactly one of {', '.join(_DISTANCES)}")
        if "event" not in rule and "event" not in rule[end]:
            yield Problem(f"{path}.{end}.event", "is needed: from what is it counted?")
    for key, needed in (
        ("ground", "event"),
        ("optional_from", "event"),
        ("month", "weekday"),
        ("from_day", "month"),
    ):
        if rule.get(key) and needed not in rule:
            yield Problem(f"{path}.{needed}", f"is needed with {key}")


def _repeated_codes(path: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, row in enumerate(rows):
        if row["code"] in seen:
            yield Problem(f"{path}[{place}].code", f"{row['code']} occurs twice")
        seen.add(row["code"])


def _source_problems(value: object, path: str) -> Iterator[Problem]:
    """A source must stand beside the value that it speaks of, else it misleads."""
    if isinstance(value, list):
        for place, member in enumerate(value):
            yield from _source_problems(member, f"{path}[{place}]")
    if not isinstance(value, Mapping):
        return
    for key, member in value.items():
        inner = f"{path}.{key}" if path else key
        if key != "sources":
            yield from _source_problems(member, inner)
            continue
        for name in member:
            if name not in value:
                yield Problem(f"{inner}.{name}", "there is no such key beside it")
