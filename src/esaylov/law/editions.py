"""Editions: the values of the law in force for one election, as data.

An edition is a TOML file (docs/edition.md names every key). Reading it checks it against the JSON Schema
beside this module and then for what a schema cannot say. Values of the law carry article and status in the
table `sources` beside them.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from esaylov.law.exact import to_fraction
from esaylov.law.findings import Severity

Base = Literal["valid", "cast", "participants"]
QuotaRounding = Literal["exact", "floor", "nearest", "ceiling"]
Ties = Literal["lot", "more-votes"]
Text = Mapping[str, str]

CONTEST_KINDS = ("list", "single-member", "president", "referendum", "council")
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


class EditionError(ValueError):
    """The text is not an edition; `problems` says all that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in problems))


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value of the law stands, and how sure that is (docs/edition.md, "Status")."""

    article: str | None = None
    status: str | None = None
    note: str | None = None


Sources = Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class Relation:
    """A control relation: the sum of `left`, `op`, the sum of `right` times `right_factor`.

    Sides are names of lines or `votes`; `unless` holds codes of earlier relations whose failure silences
    this one.
    """

    code: str
    left: tuple[str, ...]
    op: Literal["=", "<="]
    right: tuple[str, ...]
    right_factor: Fraction
    severity: Severity
    unless: tuple[str, ...]
    text: Text
    source: Source

    @property
    def article(self) -> str | None:
        return self.source.article


@dataclass(frozen=True, slots=True)
class RunOff:
    """Repeat voting: how many candidates go into it, when, and the turnout it needs (None: any)."""

    candidates: int
    earliest_days: int | None = None
    latest_months: int | None = None
    turnout: Fraction | None = None


@dataclass(frozen=True, slots=True)
class ContestRule:
    """Who wins a kind of contest. Shares are exact fractions of one; `sources` by name of key."""

    kind: str
    method: str
    seats: int | None = None
    threshold: Fraction = Fraction(0)
    threshold_base: Base = "valid"
    minimum_parties: int = 1
    quota_rounding: QuotaRounding = "exact"
    ties: Ties = "lot"
    none_of_the_above: Literal["in", "out"] = "in"
    majority: Fraction | None = None
    majority_op: Literal[">", ">="] = ">"
    majority_base: Base = "participants"
    two_candidates: Literal["majority", "plurality"] = "majority"
    run_off: RunOff | None = None
    turnout: Fraction | None = None
    turnout_op: Literal[">", ">="] = ">="
    annulled_voters: Literal["stay", "leave"] = "leave"
    list_length: tuple[int, int] | None = None
    women_share: Fraction | None = None
    women_run: tuple[int, int] | None = None
    sources: Sources = field(default_factory=dict, hash=False)

    @property
    def proportional(self) -> bool:
        return self.method in PROPORTIONAL

    def article(self, key: str) -> str | None:
        """The article that the edition names for one key, if it names one."""
        source = self.sources.get(key)
        return source.article if source else None


@dataclass(frozen=True, slots=True)
class Release:
    """Before when no result is public; `time` is `HH:MM` on the day `day` days after election day."""

    time: str
    day: int = 0
    timezone: str | None = None
    wait_for_abroad: bool = False
    abroad_time: str | None = None
    abroad_day: int = 0


@dataclass(frozen=True, slots=True)
class Anchor:
    """One end of a window: exactly one of the five distances, from election day or from another event."""

    before: int | None = None
    after: int | None = None
    day: int | None = None
    months_before: int | None = None
    months_after: int | None = None
    plus: int = 0
    event: str | None = None
    time: str | None = None


@dataclass(frozen=True, slots=True)
class CalendarStep:
    """A step of the electoral calendar; an end that is None stays open."""

    code: str
    title: Text
    who: tuple[str, ...]
    contests: tuple[str, ...]
    opens: Anchor | None
    closes: Anchor | None
    opens_abroad: Anchor | None
    closes_abroad: Anchor | None
    source: Source


@dataclass(frozen=True, slots=True)
class Calendar:
    """All steps by code, and how "n days before" is counted."""

    day_count: Literal["full-days-left", "calendar-days"]
    timezone: str | None
    steps: Mapping[str, CalendarStep]


@dataclass(frozen=True, slots=True)
class Route:
    """The chain of commissions that a protocol goes up; `territory` narrows it to contests there."""

    contest: str
    territory: str | None
    chain: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition that was read and found whole. `raw` is the TOML as it stands (decimals as Decimal)."""

    id: str
    title: Text
    lines: tuple[str, ...]
    titles: Mapping[str, Text]
    common: Mapping[str, tuple[str, ...]]
    relations: tuple[Relation, ...]
    contests: Mapping[str, ContestRule]
    release: Release | None
    calendar: Calendar | None
    routes: tuple[Route, ...]
    values: Mapping[str, Mapping[str, Any]]
    raw: Mapping[str, Any]


@cache
def _schema_text() -> str:
    return (files("esaylov.law") / "edition.schema.json").read_text(encoding="utf-8")


def edition_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of an edition, a fresh copy."""
    return cast(dict[str, Any], json.loads(_schema_text()))


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(edition_schema())


def uz_edition_toml(name: str = "uz-lc-2024") -> bytes:
    """The bytes of an edition that comes with the house; KeyError when there is none of that name."""
    if name not in uz_edition_names():
        raise KeyError(name)
    return (files("esaylov.law") / "editions_data" / f"{name}.toml").read_bytes()


@cache
def uz_edition_names() -> tuple[str, ...]:
    """Names of the editions that come with the house."""
    folder = files("esaylov.law") / "editions_data"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


def parse_edition(text: bytes | str) -> Edition:
    """Reads an edition from TOML.

    Raises EditionError with every problem found: not UTF-8, not TOML, against the schema, or (when the schema
    holds) names that do not exist and keys that do not go together.
    """
    raw = _load(text)
    problems = list(_number_problems(raw, "")) or _schema_problems(raw) or list(_sense_problems(raw))
    if problems:
        raise EditionError(problems)
    return _build(raw)


def _load(text: bytes | str) -> dict[str, Any]:
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        return tomllib.loads(decoded, parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise EditionError([Problem("", f"not UTF-8 at byte {error.start}")]) from None
    except (ValueError, RecursionError) as error:
        raise EditionError([Problem("", f"not TOML: {error}")]) from None


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
    seen: set[str] = set()
    for place, step in enumerate(calendar.get("steps", ())):
        path = f"calendar.steps[{place}]"
        if step["code"] in seen:
            yield Problem(f"{path}.code", f"{step['code']} occurs twice")
        seen.add(step["code"])
        for end in ("opens", "closes", "opens_abroad", "closes_abroad"):
            if end in step and sum(key in step[end] for key in _DISTANCES) != 1:
                yield Problem(f"{path}.{end}", f"needs exactly one of {', '.join(_DISTANCES)}")


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


def _source(table: Mapping[str, Any]) -> Source:
    return Source(table.get("article"), table.get("status"), table.get("note"))


def _sources(table: Mapping[str, Any]) -> Sources:
    return MappingProxyType({key: _source(source) for key, source in table.get("sources", {}).items()})


def _build(raw: dict[str, Any]) -> Edition:
    protocol = raw["protocol"]
    return Edition(
        id=raw["id"],
        title=raw["title"],
        lines=tuple(protocol["lines"]),
        titles=protocol.get("titles", {}),
        common={name: tuple(lines) for name, lines in protocol["common"].items()},
        relations=tuple(_relation(relation) for relation in protocol.get("relations", ())),
        contests={kind: _contest(kind, rule) for kind, rule in raw["contests"].items()},
        release=_release(raw.get("release")),
        calendar=_calendar(raw.get("calendar")),
        routes=tuple(_route(route) for route in raw.get("routes", ())),
        values=raw.get("values", {}),
        raw=raw,
    )


def _relation(table: Mapping[str, Any]) -> Relation:
    return Relation(
        code=table["code"],
        left=tuple(table["left"]),
        op=table["op"],
        right=tuple(table["right"]),
        right_factor=to_fraction(table.get("right_factor", 1)),
        severity=table["severity"],
        unless=tuple(table.get("unless", ())),
        text=table["text"],
        source=_source(table),
    )


_SHARES = ("threshold", "majority", "turnout", "women_share")


def _contest(kind: str, table: Mapping[str, Any]) -> ContestRule:
    values = {key: value for key, value in table.items() if key != "sources"}
    for key in _SHARES:
        if key in values:
            values[key] = to_fraction(values[key])
    for key in ("list_length", "women_run"):
        if key in values:
            values[key] = tuple(values[key])
    if "run_off" in values:
        values["run_off"] = _run_off(values["run_off"])
    return ContestRule(kind=kind, sources=_sources(table), **values)


def _run_off(table: Mapping[str, Any]) -> RunOff:
    return RunOff(
        candidates=table["candidates"],
        earliest_days=table.get("earliest_days"),
        latest_months=table.get("latest_months"),
        turnout=to_fraction(table["turnout"]) if "turnout" in table else None,
    )


def _release(table: Mapping[str, Any] | None) -> Release | None:
    if table is None:
        return None
    return Release(**{key: value for key, value in table.items() if key != "sources"})


def _calendar(table: Mapping[str, Any] | None) -> Calendar | None:
    if table is None:
        return None
    return Calendar(
        day_count=table.get("day_count", "calendar-days"),
        timezone=table.get("timezone"),
        steps={step["code"]: _step(step) for step in table["steps"]},
    )


def _step(table: Mapping[str, Any]) -> CalendarStep:
    ends = {
        end: Anchor(**table[end]) if end in table else None
        for end in ("opens", "closes", "opens_abroad", "closes_abroad")
    }
    return CalendarStep(
        code=table["code"],
        title=table["title"],
        who=tuple(table.get("who", ())),
        contests=tuple(table.get("contests", ())),
        source=_source(table),
        **ends,
    )


def _route(table: Mapping[str, Any]) -> Route:
    return Route(table["contest"], table.get("territory"), tuple(table["chain"]), _source(table))
