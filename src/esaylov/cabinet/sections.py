"""The home page's sections (applications, decisions, people, documents): stages fill them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from esaylov.cabinet.desk import Desk


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a section. `state` is a status tag (code, text) or None."""

    title: str
    url: str = ""
    note: str = ""
    at: datetime | None = None
    state: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the home page. `lines` gives the few latest; `url_name` leads to all of them; `empty` says what
    stands here later, where there is none yet.
    """

    code: str
    title: Any
    lines: Callable[[Desk], Sequence[Line]]
    may: Callable[[Desk], bool]
    url_name: str = ""
    empty: Any = ""
    order: int = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """A section as the page shows it."""

    code: str
    title: str
    url: str
    lines: tuple[Line, ...]
    empty: str


_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    """Adds a section, or replaces the one of its code."""
    _sections[section.code] = section


def sections_of(desk: Desk) -> list[Shown]:
    """The sections of a desk, filled."""
    chosen = sorted(_sections.values(), key=lambda one: (one.order, one.code))
    return [
        Shown(
            one.code,
            str(one.title),
            reverse(one.url_name) if one.url_name else "",
            tuple(one.lines(desk)),
            str(one.empty),
        )
        for one in chosen
        if one.may(desk)
    ]
