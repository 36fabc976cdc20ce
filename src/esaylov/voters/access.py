"""Looks at people's records are written down with purpose; each voter sees how often somebody looked.

Whoever shows a voter's record to somebody calls `record` before it is shown, and after the custodian has opened it: no
transaction that writes waits for the custodian. (The public look-up, five
hundred times a second, collects its looks: `lookup/noting.py`.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from esaylov.acts.bulk import insert_rows
from esaylov.acts.statements import fetch
from esaylov.custody.protocol import PURPOSES

TABLE = "voters_access"
COLUMNS = ("at", "voter", "body", "person", "purpose", "times")
OF_VOTER = """SELECT at, body, person, purpose, sum(times)::int FROM voters_access WHERE voter = %s
GROUP BY at, body, person, purpose ORDER BY at DESC, purpose LIMIT %s"""
LOOK_UP = "look-up"
OWN_ENTRY = "own entry"


@dataclass(frozen=True, slots=True)
class Look:
    """Looks at a voter's record within an hour. `body`, `person`: who looked, empty and None for the public look-up."""

    at: datetime
    body: str
    person: UUID | None
    purpose: str
    times: int


def hour(at: datetime | None = None) -> datetime:
    """The beginning of the hour: no look is written down more exactly."""
    return (at or datetime.now(UTC)).replace(minute=0, second=0, microsecond=0)


def record(
    voters: Iterable[int], *, body: str, person: UUID | None, purpose: str, at: datetime | None = None
) -> None:
    """Writes down that somebody looked at the records of voters. `at`: another time than now, where the hour would tell too much.
    Raises ValueError for a purpose that is none.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"{purpose!r} is no purpose: {', '.join(PURPOSES)}")
    now = hour(at)
    insert_rows(TABLE, COLUMNS, [(now, voter, body, person, purpose, 1) for voter in voters])


def looks(voter: int, most: int = 200) -> list[Look]:
    """Who looked at a voter's record, the latest first."""
    return [Look(*row) for row in fetch(OF_VOTER, [voter, most])]
