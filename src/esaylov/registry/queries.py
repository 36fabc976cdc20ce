"""Reads about territories, precincts, commissions and mandates that other rooms may use."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

from esaylov.acts.powers import Actor, Target

ACTOR_COLUMNS = "c.code, c.tier, c.election, c.territory_id, c.precinct_id"


def actors(election: str, codes: Sequence[str] | None = None) -> dict[str, Actor]:
    """Commissions of an election by code, all or those named."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {ACTOR_COLUMNS} FROM registry_commission c WHERE c.election = %s"
            " AND (%s::text[] IS NULL OR c.code = ANY(%s))",
            [election, list(codes) if codes is not None else None, list(codes or ())],
        )
        return {row[0]: Actor(*row) for row in cursor.fetchall()}


def precinct_cell(election: str, precinct: str) -> int | None:
    """The cell of a precinct (database id), None when the election has no such precinct."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cell_id FROM registry_precinct WHERE election = %s AND code = %s", [election, precinct]
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None


@dataclass(frozen=True, slots=True)
class MandateRow:
    """A mandate and its body. `names`: of the body's place or the organisation, by language; `number` of the precinct.

    `election` "" means outside of elections; `since`, `until`: None where open. `kind`: of the organisation, else "".
    """

    id: int
    person: UUID
    body: str
    tier: str
    role: str
    election: str
    territory: int | None
    precinct: int | None
    names: Mapping[str, str]
    number: str
    since: datetime | None
    until: datetime | None
    proposer: str
    kind: str

    def actor(self) -> Actor:
        """Who acts under it."""
        return Actor(
            self.body, self.tier, self.election or None, self.territory, self.precinct,
            self.person, self.id, self.role, self.until,
        )  # fmt: skip


MANDATES = """SELECT m.id, m.person_id, COALESCE(c.code, o.code), COALESCE(c.tier, 'organisation'), m.role, m.election,
    c.territory_id, c.precinct_id, COALESCE(t.names, o.names, '{{}}'), COALESCE(p.number, ''), m.valid_from,
    m.valid_until, m.proposer, COALESCE(o.kind, '')
FROM registry_mandate m LEFT JOIN registry_mandateend e ON e.mandate_id = m.id
LEFT JOIN registry_commission c ON c.id = m.commission_id LEFT JOIN registry_organisation o ON o.id = m.organisation_id
LEFT JOIN registry_territory t ON t.id = c.territory_id LEFT JOIN registry_precinct p ON p.id = c.precinct_id
WHERE {} AND (m.valid_from IS NULL OR m.valid_from <= %s) AND (m.valid_until IS NULL OR m.valid_until > %s)
AND e.mandate_id IS NULL ORDER BY m.id"""
# An end that was recorded holds whatever a clock shows afterwards: set back, or a rehearsal's.
BY_PERSON = MANDATES.format("m.person_id = %s")
BY_ID = MANDATES.format("m.id = %s")
BY_COMMISSION = MANDATES.format("m.commission_id = %s")


def mandates_of(person: UUID, at: datetime) -> list[MandateRow]:
    """The mandates that a person holds at a time, the oldest first."""
    return _mandates(BY_PERSON, person, at)


def mandate(number: int, at: datetime) -> MandateRow | None:
    """A mandate that holds at a time, None otherwise."""
    return next(iter(_mandates(BY_ID, number, at)), None)


def actor_of_mandate(number: int, at: datetime) -> Actor | None:
    """Who acts under a mandate that holds at a time, None otherwise."""
    found = mandate(number, at)
    return found.actor() if found else None


def members_of(commission: int, at: datetime) -> list[MandateRow]:
    """The mandates of a commission's members at a time: officers first, then by mandate."""
    order = ("chair", "deputy", "secretary")
    found = _mandates(BY_COMMISSION, commission, at)
    return sorted(found, key=lambda row: order.index(row.role) if row.role in order else len(order))


def _mandates(statement: str, value: UUID | int, at: datetime) -> list[MandateRow]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [value, at, at])
        return [_mandate_row(row) for row in cursor.fetchall()]


def _mandate_row(row: Sequence[Any]) -> MandateRow:
    values: list[Any] = [*row[:8], names_of(row[8]), *row[9:]]
    return MandateRow(*values)


def names_of(value: Any) -> dict[str, str]:
    """Names by language; JSON comes as text from a raw cursor."""
    found: dict[str, str] = json.loads(value) if isinstance(value, str) else value
    return found


def pattern(search: str) -> str:
    """What ILIKE finds a text by, wherever it stands; empty for an empty one."""
    escaped = search.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%" if escaped else ""


@dataclass(frozen=True, slots=True)
class CommissionRow:
    """A commission. `lineage`: ids of its territory and all above it; empty for one outside of elections."""

    id: int
    code: str
    tier: str
    election: str
    territory: int | None
    precinct: int | None
    lineage: frozenset[int]

    def target(self) -> Target:
        """The commission as what an act is about."""
        return Target(self.precinct, self.lineage, self.tier, self.code)


COMMISSIONS = """SELECT c.id, c.code, c.tier, c.election, c.territory_id, c.precinct_id,
    COALESCE(l.territories, t.lineage, '{}') FROM registry_commission c
LEFT JOIN registry_territory t ON t.id = c.territory_id LEFT JOIN registry_precinct p ON p.id = c.precinct_id
LEFT JOIN registry_cell l ON l.id = p.cell_id WHERE c.election = %s AND c.code = ANY(%s)"""


def commissions_by_code(election: str, codes: Sequence[str]) -> dict[str, CommissionRow]:
    """Commissions of an election ("": outside of elections) by code; codes that it has not are left out."""
    with connection.cursor() as cursor:
        cursor.execute(COMMISSIONS, [election, list(codes)])
        # Few places lie above very many precincts: each of these sets is made once.
        above = cache(frozenset[int])
        return {
            code: CommissionRow(number, code, tier, of, territory, precinct, above(tuple(lineage)))
            for number, code, tier, of, territory, precinct, lineage in cursor
        }


def commission_by_code(election: str, code: str) -> CommissionRow | None:
    """One commission, None where the election has no such."""
    return commissions_by_code(election, [code]).get(code)


def elsewhere(election: str, persons: Sequence[UUID], at: datetime) -> dict[UUID, list[str]]:
    """Codes of the commissions of an election, of the Central one outside of elections, and of the parties (`org:…`) in
    which persons hold mandates at a time. (Commissions of another election do not count: those of a past one have no
    end of their own.)
    """
    with connection.cursor() as cursor:
        cursor.execute(ELSEWHERE, [list(persons), ["", election], at])
        found: dict[UUID, list[str]] = {}
        for person, code in cursor.fetchall():
            found.setdefault(person, []).append(code)
        return found


ELSEWHERE = """SELECT m.person_id, COALESCE(c.code, o.code) FROM registry_mandate m
LEFT JOIN registry_commission c ON c.id = m.commission_id
LEFT JOIN registry_organisation o ON o.id = m.organisation_id AND o.kind = 'party'
LEFT JOIN registry_mandateend e ON e.mandate_id = m.id WHERE m.person_id = ANY(%s)
AND COALESCE(c.id, o.id) IS NOT NULL AND m.election = ANY(%s)
AND (m.valid_until IS NULL OR m.valid_until > %s) AND e.mandate_id IS NULL ORDER BY m.id"""
