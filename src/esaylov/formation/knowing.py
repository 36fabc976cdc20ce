"""What a file of members may say of somebody who is known already.

A file is made by one commission and names people of whom others know more. So it never overwrites what the vault holds:
identity stays as it is known, and a row that says otherwise keeps its commission out (N14): it may be another person. What
else is known of somebody who sits in another body is that body's, or the person's, to correct: it stays, and the difference is
named (N15). Of somebody who sits nowhere the file's new declarations are taken. Findings say which field differs, never what is
known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import polars as pl
from django.db import connection

from esaylov.acts import vault
from esaylov.acts.powers import Actor
from esaylov.exchange.members import MemberRow
from esaylov.formation import findings
from esaylov.law.findings import Finding
from esaylov.registry.acts import IDENTITY, differs

DECLARED = ("education", "employer", "employer_tin", "position", "phone", "email", "language")
PURPOSE = "a file overwrites nothing of somebody who is known"
SEATED = """SELECT DISTINCT m.person_id FROM registry_mandate m LEFT JOIN registry_mandateend e ON e.mandate_id = m.id
WHERE m.person_id = ANY(%s) AND (m.valid_until IS NULL OR m.valid_until > %s) AND e.mandate_id IS NULL"""

Found = dict[str, tuple[Finding, ...]]


@dataclass(slots=True)
class Known:
    """`kept`: by person what the vault goes on saying, whatever the file says. `refused`, `warned`: findings by commission."""

    kept: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    refused: Found = field(default_factory=dict)
    warned: Found = field(default_factory=dict)


def known_people(
    table: pl.DataFrame, persons: Sequence[UUID | None], actor: Actor, file: str, at: datetime
) -> Known:
    """Holds rows of a file against what is known of their people (`persons`, in the order of the rows; None: nothing), who
    do not sit in the row's commission yet. The look is recorded.
    """
    found = Known()
    wanted = [person for person in persons if person is not None]
    if not wanted:
        return found
    stored = vault.read(wanted, (*IDENTITY, *DECLARED), by=actor, purpose=PURPOSE)
    seated = _seated(wanted, at)
    for person, row in zip(persons, map(MemberRow._make, table.iter_rows()), strict=True):
        if person is not None and person in stored:
            _hold(found, person, row, stored[person], file=file, seated=person in seated)
    return found


def _seated(persons: Sequence[UUID], at: datetime) -> frozenset[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(SEATED, [list(persons), at])
        return frozenset(row[0] for row in cursor.fetchall())


def _hold(
    found: Known, person: UUID, row: MemberRow, stored: Mapping[str, Any], *, file: str, seated: bool
) -> None:
    said = row._asdict()
    identity = [name for name in IDENTITY if differs(said[name], stored[name])]
    if identity:
        one = findings.known_otherwise(file, row.place, identity)
        found.refused[row.commission] = (*found.refused.get(row.commission, ()), one)
    theirs = [name for name in DECLARED if seated and differs(said[name], stored[name])]
    if theirs:
        other = findings.kept_as_known(file, row.place, theirs)
        found.warned[row.commission] = (*found.warned.get(row.commission, ()), other)
    found.kept[person] = {
        name: value
        for name, value in stored.items()
        if value and (seated or name in IDENTITY or not said[name])
    }


def with_known(record: bytes, kept: Mapping[str, Any]) -> bytes:
    """A row's record (JSON) as the vault goes on saying it."""
    return orjson.dumps(orjson.loads(record) | kept)
