"""How requests are answered, in public: by territory, and no figure about fewer people than the edition lets be published.

A figure that is withheld must not follow from the others. Each territory with parts is an equation, its figure the sum of theirs:
none has one unknown alone, and unknown parts whose sum is shown could be anything up to the level. Figures are those of the last
midnight: growing while one looks, they would say where the request comes from that the log shows at this moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from esaylov.acts.statements import fetch
from esaylov.registry.models import Territory
from esaylov.voters.lately import Lately

COLUMNS = ("received", "in_time", "late", "overdue")
COUNTED = """SELECT r.territory_id, count(*)::int, count(*) FILTER (WHERE NOT d.late AND d.verdict <> 'withdrawn')::int,
    count(*) FILTER (WHERE d.late)::int, count(*) FILTER (WHERE d.request_id IS NULL AND r.due < %s)::int
FROM voters_request r LEFT JOIN voters_requestdecision d ON d.request_id = r.id AND d.at < %s
WHERE r.election = %s AND r.received_at < %s GROUP BY r.territory_id"""


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


def counts(election: str, at: datetime, least: int) -> list[Line]:
    """The country, its regions and their districts, as far as requests came from there, each below the one that it lies in.
    `at`: as of when, which is over: so it is read once.
    """
    return lately((election, at, least), lambda: _counts(election, at, least)).found


def _counts(election: str, at: datetime, least: int) -> list[Line]:
    places = {row.id: row for row in Territory.objects.filter(election=election)}
    lines: dict[int, Line] = {}
    for territory, *figures in fetch(COUNTED, [at, at, election, at]):
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


lately: Lately[list[Line]] = Lately(86_400.0)


def withhold(lines: Sequence[Line], least: int) -> None:
    """Marks what is not published."""
    for line in lines:
        line.withheld |= {name for name in COLUMNS if 0 < line.exact[name] < least}
    parts: dict[int, list[Line]] = {}
    for line in lines:
        if line.parent is not None:
            parts.setdefault(line.parent, []).append(line)
    for name in COLUMNS:
        while sum(_covered(line, parts.get(line.id, ()), name, least) for line in lines):
            pass


def _covered(parent: Line, below: Sequence[Line], name: str, least: int) -> bool:
    """Withholds one more figure where another one would follow from a territory's and those of its parts; whether it did."""
    parts = [line for line in below if line.exact[name]]
    hidden = [line.exact[name] for line in parts if name in line.withheld]
    if name in parent.withheld:
        enough = bool(hidden) or not parts
    else:
        enough = not hidden or (len(hidden) > 1 and sum(hidden) - len(hidden) >= least - 1)
    if enough:
        return False
    shown = [line for line in parts if name not in line.withheld]
    second = min(shown, key=lambda line: line.exact[name]) if shown else parent
    second.withheld.add(name)
    return True
