"""How requests are answered, in public: by territory, and no figure about fewer people than the edition lets be published.

A figure that is withheld must not follow from the others: where one alone of a territory's parts is, another one is withheld too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from esaylov.acts.statements import fetch
from esaylov.registry.models import Territory

COLUMNS = ("received", "in_time", "late", "overdue")
COUNTED = """SELECT r.territory_id, count(*)::int, count(*) FILTER (WHERE NOT d.late AND d.verdict <> 'withdrawn')::int,
    count(*) FILTER (WHERE d.late)::int, count(*) FILTER (WHERE d.request_id IS NULL AND r.due < %s)::int
FROM voters_request r LEFT JOIN voters_requestdecision d ON d.request_id = r.id WHERE r.election = %s GROUP BY r.territory_id"""
ROUNDS = 20


@dataclass(slots=True)
class Line:
    """A territory. `depth`: 0 the country. `figures`: by column, None where one is withheld."""

    id: int
    names: Mapping[str, Any]
    depth: int
    parent: int | None
    exact: dict[str, int] = field(default_factory=dict)
    withheld: set[str] = field(default_factory=set)

    @property
    def figures(self) -> list[int | None]:
        return [None if name in self.withheld else self.exact[name] for name in COLUMNS]


def counts(election: str, now: datetime, least: int) -> list[Line]:
    """The country, its regions and their districts, as far as requests came from there, each below the one that it lies in."""
    places = {row.id: row for row in Territory.objects.filter(election=election)}
    lines: dict[int, Line] = {}
    for territory, *figures in fetch(COUNTED, [now, election]):
        for one in places[territory].lineage:
            place = places[one]
            line = lines.setdefault(
                one,
                Line(one, place.names, len(place.lineage) - 1, place.parent_id, dict.fromkeys(COLUMNS, 0)),
            )
            for name, figure in zip(COLUMNS, figures, strict=True):
                line.exact[name] += figure
    withhold(list(lines.values()), least)
    order = {number: place.position for number, place in places.items()}
    return sorted(lines.values(), key=lambda line: [order[one] for one in reversed(places[line.id].lineage)])


def withhold(lines: Sequence[Line], least: int) -> None:
    """Marks what is not published."""
    for line in lines:
        line.withheld |= {name for name in COLUMNS if 0 < line.exact[name] < least}
    for _ in range(ROUNDS):
        if not any(_covered(lines, name) for name in COLUMNS):
            return


def _covered(lines: Sequence[Line], name: str) -> bool:
    """Withholds a second figure wherever one alone is withheld and would follow; whether any was."""
    changed = False
    for parent in lines:
        parts = [line for line in lines if line.parent == parent.id and line.exact[name]]
        hidden = [line for line in parts if name in line.withheld]
        if len(hidden) == 1 and name not in parent.withheld:
            _second(parts, hidden[0], parent, name).withheld.add(name)
            changed = True
    return changed


def _second(parts: Iterable[Line], hidden: Line, parent: Line, name: str) -> Line:
    others = [line for line in parts if line is not hidden]
    return min(others, key=lambda line: line.exact[name]) if others else parent
