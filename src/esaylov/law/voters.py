"""What an edition says of the voter list: `[values.voters]` (docs/edition.md).

Electoral Code, Art. 27-30, 52; Constitution, Art. 128.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from typing import Any

from esaylov.law.editions import Edition
from esaylov.law.exact import to_fraction


@dataclass(frozen=True, slots=True)
class VoterRules:
    """`age`: full years on election day. `citizenship`: as the register writes it. `ends`: reasons by which the right to vote
    ends, as the register's status names them. `answer_hours`: within which a request is decided. `precinct_change`:
    `disagreement` where it may be asked for only when list and address disagree, else `free`. `notice_hours`: between the
    approval of removals and their application; `notice_none`: reasons of removals that nobody has to be told of.
    `removal_alert`: share of a district's list above which removals are looked at twice. `supplement_members`: who
    agree to an entry of the supplement. `supplement_alert`: share of the list above which it is looked at.
    `supplement_reasons`: codes of its reasons. `request_reasons`: codes of why requests are refused. `inspection`: fields of the
    copy that anybody may inspect. `least_cell`: fewer people are not published.
    """

    age: int = 18
    citizenship: str = ""
    ends: tuple[str, ...] = ()
    answer_hours: int = 24
    precinct_change: str = "free"
    notice_hours: int = 0
    notice_none: tuple[str, ...] = ()
    removal_alert: Fraction = Fraction(1)
    supplement_members: int = 1
    supplement_alert: Fraction = Fraction(1)
    supplement_reasons: tuple[str, ...] = ("missing",)
    request_reasons: tuple[str, ...] = ("not-proven",)
    inspection: tuple[str, ...] = ("surname", "initials")
    least_cell: int = 10


def voter_rules(edition: Edition) -> VoterRules:
    """The rules of an edition; what it does not say is as the fields of VoterRules have it."""
    said: dict[str, Any] = dict(edition.values.get("voters", {}))
    known = {field.name for field in fields(VoterRules)}
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in said.items()
        if name in known
    }
    for share in ("removal_alert", "supplement_alert"):
        if share in values:
            values[share] = to_fraction(values[share])
    return VoterRules(**values)


def of_age(born: date, day: date, age: int) -> bool:
    """Whether somebody born on a day has reached an age on another; who was born on 29 February does so on 1 March."""
    return (day.year - born.year, day.month, day.day) >= (age, born.month, born.day)


def last_birthday(day: date, age: int) -> date:
    """The latest birth date with which one has reached an age on a day."""
    try:
        return day.replace(year=day.year - age)
    except ValueError:
        return day.replace(year=day.year - age, day=28)
