"""Who is assigned to a precinct now, and where those belong who no longer are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from django.db import connection

from esaylov.exchange.residents.rules import Rules
from esaylov.voters.known import Flags, Integers
from esaylov.voters.places.houses import NOT_OVER, houses_of, living, rules_in_force, voters_of

# Of an election that is over (by its date, and it is not the one at hand) nobody is assigned any more: the address decides.
STANDS = f"""SELECT a.id, a.voter, a.election, a.precinct_id, a.why FROM voters_assignment a
    LEFT JOIN voters_assignmentend x ON x.assignment_id = a.id JOIN elections_election e ON e.id = a.election
    WHERE x.assignment_id IS NULL AND ({NOT_OVER} OR e.id = %s)"""


class Assigned(NamedTuple):
    """An assignment that stands. `precinct`: a number, None where the address decides."""

    id: int
    voter: int
    election: str
    precinct: int | None
    why: str


def standing(
    day: date, election: str, voters: Collection[int] | None = None, precinct: int | None = None
) -> list[Assigned]:
    """The assignments that stand on a day while an election is at hand: of all voters or of these, to all precincts or to one."""
    statement: str = STANDS
    values: list[Any] = [day, election]
    if voters is not None:
        statement, values = f"{statement} AND a.voter = ANY(%s)", [*values, list(voters)]
    if precinct is not None:
        statement, values = f"{statement} AND a.precinct_id = %s", [*values, precinct]
    return [Assigned(*row) for row in _rows(statement, values)]


class Standing:
    """The assignments that stand on a day, as a comparison with a register asks for them."""

    def __init__(self, rows: Iterable[Assigned]) -> None:
        order = sorted(rows, key=lambda row: (row.voter, row.precinct is not None, row.id))
        # Of several of one voter the last stands, and one with a precinct before one without.
        last = {row.voter: row for row in order}
        self._voters = np.array(sorted(last), dtype=np.int64)
        self._precincts = np.array(
            [-1 if (precinct := last[voter].precinct) is None else precinct for voter in sorted(last)], dtype=np.int64
        )  # fmt: skip

    @classmethod
    def read(cls, day: date, election: str) -> Standing:
        """Those that stand on a day while an election is at hand."""
        return cls(standing(day, election))

    def stays(self, voters: Integers) -> Flags:
        """Of which voters the list keeps the entry though a register has none."""
        found: Flags = np.isin(voters, self._voters)
        return found

    def placed(self, voters: Integers, precincts: Integers) -> Integers:
        """The precincts (-1: none) of voters whose addresses lead to these."""
        if not len(self._voters):
            return precincts
        at = np.searchsorted(self._voters, voters).clip(max=len(self._voters) - 1)
        theirs = np.where(self._voters[at] == voters, self._precincts[at], -1)
        return np.where(theirs >= 0, theirs, precincts)


def homes(election: str, voters: Collection[int]) -> dict[int, int | None]:
    """The precincts (None: none) that the addresses of voters lead to by the rules of an election; no record is opened."""
    places = _rows("SELECT id, mahalla, house FROM voters_voter WHERE id = ANY(%s)", [list(voters)])
    mahallas = sorted({mahalla for _, mahalla, _ in places})
    rules = Rules(rules_in_force(election, mahallas))
    rows = living(voters_of(mahallas), houses_of(mahallas), rules, _numbers(election, rules))
    found = {(row["place"], row["digest"]): row["after"] for row in rows.iter_rows(named=True)}
    return {voter: found.get((mahalla, house)) for voter, mahalla, house in places}


def _numbers(election: str, rules: Rules) -> dict[str, int]:
    codes = list({one.precinct for one in rules.rules})
    statement = "SELECT code, id FROM registry_precinct WHERE election = %s AND code = ANY(%s)"
    return dict(_rows(statement, [election, codes]))


def _rows(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
