"""What all parts of an edition are made of: texts, sources, ends of windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value of the law stands, and how sure that is (docs/edition.md, "Article, status, note")."""

    article: str | None = None
    status: str | None = None
    note: str | None = None


Sources = Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class Anchor:
    """One end of a window: exactly one of the five distances, from election day or from another event. `local`: for a
    precinct abroad its time is read in the time zone of the place.
    """

    before: int | None = None
    after: int | None = None
    day: int | None = None
    months_before: int | None = None
    months_after: int | None = None
    plus: int = 0
    event: str | None = None
    time: str | None = None
    local: bool = False


def source_of(table: Mapping[str, Any]) -> Source:
    """The source that a row carries itself."""
    return Source(table.get("article"), table.get("status"), table.get("note"))


def sources_of(table: Mapping[str, Any]) -> Sources:
    """The sources that stand beside the values of a table."""
    return MappingProxyType({key: source_of(source) for key, source in table.get("sources", {}).items()})


def anchor_of(table: Mapping[str, Any], end: str) -> Anchor | None:
    """One end of a window or of a span of days; None: open."""
    return Anchor(**table[end]) if end in table else None
