"""Precincts of an election as rules name them: where they lie, which districts they may have houses in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection

from esaylov.acts.powers import Actor
from esaylov.registry.queries import names_of

DISTRICT = 7
"""Digits of the SOATO of a district or city."""
PRECINCTS = """SELECT p.id, p.code, p.number, t.names, c.territories, array(
        SELECT s.soato FROM registry_territory s WHERE s.id = ANY(t.lineage) AND length(s.soato) >= %(digits)s)
    FROM registry_precinct p JOIN registry_territory t ON t.id = p.territory_id JOIN registry_cell c ON c.id = p.cell_id
    WHERE p.election = %(election)s AND (%(codes)s::text[] IS NULL OR p.code = ANY(%(codes)s))
    AND (%(area)s::int IS NULL OR %(area)s = ANY(c.territories)) ORDER BY p.position"""


@dataclass(frozen=True, slots=True)
class PrecinctPlace:
    """A precinct. `territories`: all that it lies in; `districts`: SOATO of those that are districts (none: not said)."""

    id: int
    code: str
    number: str
    names: dict[str, str]
    territories: frozenset[int]
    districts: frozenset[int]

    def may_have(self, district: int) -> bool:
        """Whether a mahalla of a district may belong to it."""
        return not self.districts or district in self.districts

    def is_in(self, actor: Actor) -> bool:
        """Whether it lies in the territory that an actor looks after."""
        return actor.area is None or actor.area in self.territories


def precincts_by_code(
    election: str, codes: Collection[str] | None = None, area: int | None = None
) -> dict[str, PrecinctPlace]:
    """Precincts of an election by code, in its order: those of these codes, those in a territory (None: all)."""
    values = {
        "election": election, "codes": None if codes is None else list(codes), "area": area, "digits": DISTRICT,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(PRECINCTS, values)
        return {row[1]: _place(*row) for row in cursor.fetchall()}


def _place(*row: object) -> PrecinctPlace:
    number, code, title, names, territories, soato = row
    districts = frozenset(int(one[:DISTRICT]) for one in _texts(soato) if one[:DISTRICT].isdigit())
    return PrecinctPlace(
        int(str(number)), str(code), str(title), names_of(names), frozenset(_numbers(territories)), districts
    )


def _texts(value: object) -> Sequence[str]:
    assert isinstance(value, list)
    return value


def _numbers(value: object) -> Sequence[int]:
    assert isinstance(value, list)
    return value
