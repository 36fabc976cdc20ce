"""Editions: the values of the law in force for one election, as data.

An edition is a TOML file (docs/edition.md names every key). Reading it checks it against the JSON Schema
beside this module and then for what a schema cannot say. Values of the law carry article and status in the
table `sources` beside them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from esaylov.law.edition_checks import (
    PROPORTIONAL,
    VOTES,
    Problem,
    edition_schema,
    extension_problems,
    problems_of,
)
from esaylov.law.edition_forms import DateRule, Form, forms_of
from esaylov.law.edition_merging import MergeError, extended
from esaylov.law.edition_parts import Anchor, Source, Sources, Text, anchor_of, source_of, sources_of
from esaylov.law.edition_writing import written
from esaylov.law.exact import to_fraction
from esaylov.law.findings import Severity

__all__ = [
    "CONTEST_KINDS", "PROPORTIONAL", "VOTES", "Anchor", "Calendar", "CalendarStep", "Commissions",
    "CompositionRule", "ContestRule", "DateRule", "Edition", "EditionError", "Form", "Problem", "Relation",
    "Release", "Route", "RunOff", "Source", "Sources", "Text", "Tier", "built", "edition_from", "edition_schema",
    "parse_edition", "uz_edition", "uz_edition_names", "uz_edition_toml",
]  # fmt: skip

Base = Literal["valid", "cast", "participants"]
QuotaRounding = Literal["exact", "floor", "nearest", "ceiling"]
Ties = Literal["lot", "more-votes"]

CONTEST_KINDS = ("list", "single-member", "president", "referendum", "council")

DEPTH = 16


class EditionError(ValueError):
    """The text is not an edition; `problems` says all that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in problems))


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
class CalendarStep:
    """A step of the electoral calendar; an end that is None stays open.

    `contests`, `levels`: the kinds, and of councils the levels, that it concerns (empty: all). `body`: which of the
    commissions in `who` acts, by the route of the contest. `off`: it does not take place. `at_once`: what is owed is owed as
    soon as it can be done; `closes` is the outer limit.
    """

    code: str
    title: Text
    who: tuple[str, ...]
    contests: tuple[str, ...]
    levels: tuple[str, ...]
    body: str | None
    off: bool
    at_once: bool
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
    """The chain of commissions that a protocol goes up; `level` narrows it to councils of that level. `registers`: the
    commission that draws the constituencies and registers candidates.
    """

    contest: str
    level: str | None
    chain: tuple[str, ...]
    registers: str | None
    source: Source


@dataclass(frozen=True, slots=True)
class Tier:
    """How large a commission is, and who forms it; for elections with one of `contests` (empty: with any).

    `members`: the least and the greatest number, officers among them; None where the law names no number.
    """

    commission: str
    contests: tuple[str, ...]
    formed_by: str | None
    members: tuple[int, int] | None
    officers: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class CompositionRule:
    """One rule about who may sit on a commission; which of the values it has depends on `rule` (docs/edition.md)."""

    code: str
    rule: str
    severity: Severity
    text: Text
    source: Source
    commissions: tuple[str, ...] = ()
    least: int | None = None
    share: Fraction | None = None
    accepted: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    except_places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Commissions:
    """Who may sit on a commission, and how it decides; `quorum` is the share of all members that must be present.

    A question is carried by more than half of `majority_of`; by exactly half of it where `casting_vote` gives the one who
    presides the last word.
    """

    quorum: Fraction
    majority_of: Literal["members", "present", "voting"]
    casting_vote: bool
    tiers: tuple[Tier, ...]
    rules: tuple[CompositionRule, ...]
    sources: Sources = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition that was read and found whole. `raw` is the TOML as it stands (decimals as Decimal).

    `form`: the form of election that its calendar is made for already; None: a regular one.
    """

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
    commissions: Commissions | None
    forms: Mapping[str, Form]
    form: str | None
    values: Mapping[str, Mapping[str, Any]]
    raw: Mapping[str, Any]


@cache
def uz_edition_toml(name: str = "uz-lc-2024") -> bytes:
    """The bytes of an edition that comes with the house, whole; KeyError when there is none of that name."""
    if name not in uz_edition_names():
        raise KeyError(name)
    text = (files("esaylov.law") / "editions_data" / f"{name}.toml").read_bytes()
    raw = _load(text)
    return written(_whole(raw, _house)) if "extends" in raw else text


@cache
def uz_edition(name: str = "uz-lc-2024") -> Edition:
    """An edition that comes with the house; KeyError when there is none of that name."""
    return parse_edition(uz_edition_toml(name))


def _house(name: str) -> Mapping[str, Any]:
    return _load(uz_edition_toml(name))


@cache
def uz_edition_names() -> tuple[str, ...]:
    """Names of the editions that come with the house."""
    folder = files("esaylov.law") / "editions_data"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


def parse_edition(text: bytes | str, base: Callable[[str], Mapping[str, Any]] | None = None) -> Edition:
    """Reads an edition from TOML. `base` gives the raw table of the edition that it may extend (KeyError: there is none);
    without it only a whole edition is read, such as packages hold.

    Raises EditionError with every problem found: not UTF-8, not TOML, against the schema, or (when the schema
    holds) names that do not exist and keys that do not go together.
    """
    raw = _load(text)
    return edition_from(raw if base is None else _whole(raw, base))


def edition_from(raw: Mapping[str, Any]) -> Edition:
    """An edition from its raw table (`Edition.raw`, or one made of it). Raises EditionError."""
    problems = problems_of(raw)
    if problems:
        raise EditionError(problems)
    return built(raw)


def _whole(raw: Mapping[str, Any], base: Callable[[str], Mapping[str, Any]]) -> Mapping[str, Any]:
    problems = extension_problems(raw)
    if problems:
        raise EditionError(problems)
    try:
        return extended(raw, base)
    except MergeError as error:
        raise EditionError([Problem(error.path, error.reason)]) from None


def _load(text: bytes | str) -> dict[str, Any]:
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        table = tomllib.loads(decoded, parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise EditionError([Problem("", f"not UTF-8 at byte {error.start}")]) from None
    except (ValueError, RecursionError) as error:
        raise EditionError([Problem("", f"not TOML: {error}")]) from None
    if not _is_flat(table):
        raise EditionError([Problem("", f"tables lie deeper than {DEPTH} levels")])
    return table


def _is_flat(table: dict[str, Any]) -> bool:
    """Whether nothing lies deeper than an edition ever needs: dotted keys nest without end, and readers recurse."""
    level: list[Any] = [table]
    for _ in range(DEPTH):
        nested = [one.values() if isinstance(one, dict) else one for one in level]
        level = [value for values in nested for value in values if isinstance(value, dict | list)]
    return not level


def built(raw: Mapping[str, Any]) -> Edition:
    """An edition from a raw table that is known to be one; nothing is checked."""
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
        commissions=_commissions(raw.get("commissions")),
        forms=forms_of(raw),
        form=raw.get("form"),
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
        source=source_of(table),
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
    return ContestRule(kind=kind, sources=sources_of(table), **values)


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
    ends = {end: anchor_of(table, end) for end in ("opens", "closes", "opens_abroad", "closes_abroad")}
    return CalendarStep(
        code=table["code"],
        title=table["title"],
        who=tuple(table.get("who", ())),
        contests=tuple(table.get("contests", ())),
        levels=tuple(table.get("levels", ())),
        body=table.get("body"),
        off=table.get("off", False),
        at_once=table.get("at_once", False),
        source=source_of(table),
        **ends,
    )


def _route(table: Mapping[str, Any]) -> Route:
    level = table.get("level", table.get("territory"))
    return Route(table["contest"], level, tuple(table["chain"]), table.get("registers"), source_of(table))


def _commissions(table: Mapping[str, Any] | None) -> Commissions | None:
    if table is None:
        return None
    return Commissions(
        quorum=Fraction(table["quorum"]),
        majority_of=table.get("majority_of", "members"),
        casting_vote=table.get("casting_vote", False),
        tiers=tuple(_tier(tier) for tier in table.get("tiers", ())),
        rules=tuple(_composition_rule(rule) for rule in table.get("rules", ())),
        sources=sources_of(table),
    )


def _tier(table: Mapping[str, Any]) -> Tier:
    least, most = table.get("members", (None, None))
    return Tier(
        commission=table["commission"],
        contests=tuple(table.get("contests", ())),
        formed_by=table.get("formed_by"),
        members=None if least is None else (least, most),
        officers=tuple(table.get("officers", ())),
        source=source_of(table),
    )


def _composition_rule(table: Mapping[str, Any]) -> CompositionRule:
    lists = ("commissions", "accepted", "grounds", "except_places")
    return CompositionRule(
        code=table["code"],
        rule=table["rule"],
        severity=table["severity"],
        text=table["text"],
        source=source_of(table),
        least=table.get("least"),
        share=to_fraction(table["share"]) if "share" in table else None,
        **{name: tuple(table.get(name, ())) for name in lists},
    )
