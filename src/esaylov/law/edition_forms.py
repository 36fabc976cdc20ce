"""Forms of an election as an edition holds them: how its day may be chosen, which steps differ.

A form is `regular`, `early`, `by-election`, `repeat` (the election is held again) or `run-off` (repeat voting).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from esaylov.law.edition_parts import Anchor, Source, Text, anchor_of, source_of
from esaylov.law.findings import Severity

FORMS = ("regular", "early", "by-election", "repeat", "run-off")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class DateRule:
    """One rule about the day of an election; for contests of these kinds and councils of these levels (empty: all).

    `event`: the event that `earliest`, `latest` and `optional_from` are counted from where they name none themselves.
    `ground`: this rule stands for one of several reasons; one of them must be there. `weekday`, with `month` and
    `from_day`: the first such day of the week in that month, on that day of the month or after it. `year_of`: the day lies
    in the year of that event. `optional_from`: when `event` happens on that day or later, no election need be held.
    """

    code: str
    title: Text
    contests: tuple[str, ...]
    levels: tuple[str, ...]
    called_by: str | None
    ground: bool
    event: str | None
    weekday: str | None
    month: int | None
    from_day: int | None
    year_of: str | None
    earliest: Anchor | None
    latest: Anchor | None
    optional_from: Anchor | None
    severity: Severity
    source: Source


@dataclass(frozen=True, slots=True)
class Form:
    """One form of an election. `after`: the outcomes of another election that it follows from; `keeps`: what it takes over
    from that election. `steps`: codes of the steps that differ from those of a regular election.
    """

    code: str
    title: Text
    contests: tuple[str, ...]
    after: tuple[str, ...]
    keeps: tuple[str, ...]
    dates: tuple[DateRule, ...]
    steps: tuple[str, ...]
    source: Source


def forms_of(raw: Mapping[str, Any]) -> Mapping[str, Form]:
    """All forms of an edition, by code, in their usual order."""
    tables = raw.get("forms", {})
    return {code: _form(code, tables[code]) for code in FORMS if code in tables}


def _form(code: str, table: Mapping[str, Any]) -> Form:
    return Form(
        code=code,
        title=table["title"],
        contests=tuple(table.get("contests", ())),
        after=tuple(table.get("after", ())),
        keeps=tuple(table.get("keeps", ())),
        dates=tuple(_date_rule(rule) for rule in table.get("dates", ())),
        steps=tuple(step["code"] for step in table.get("steps", ())),
        source=source_of(table),
    )


def _date_rule(table: Mapping[str, Any]) -> DateRule:
    words = ("called_by", "event", "weekday", "month", "from_day", "year_of")
    return DateRule(
        code=table["code"],
        title=table["title"],
        contests=tuple(table.get("contests", ())),
        levels=tuple(table.get("levels", ())),
        ground=table.get("ground", False),
        earliest=anchor_of(table, "earliest"),
        latest=anchor_of(table, "latest"),
        optional_from=anchor_of(table, "optional_from"),
        severity=table["severity"],
        source=source_of(table),
        **{word: table.get(word) for word in words},
    )
