"""The locks of the voter list, all in one place, for they are taken in one order: rules, list, precinct, voter.

A transaction may leave some out, but takes none that stands before one that it holds: two would wait for each other. Each holds
until the end of the transaction and is taken before anything is written: entries stand in the log in the order in which
transactions began to write.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections

RULES = 0x7275_6C65
LIST = 7306921
PRECINCT = 7306922
VOTER = 7306923
REQUEST = 7306924
"""PRECINCT, VOTER and REQUEST are classes of locks, one lock for each number."""
WORKER = 0x766F_7465
COMPARISON = 0x766F_7463
ROTATION = 0x6B65_7973


def lock_rules() -> None:
    """One act on rules after another, of all elections."""
    _take("SELECT pg_advisory_xact_lock(%s)", RULES)


def lock_list() -> None:
    """One change of the list after another."""
    _take("SELECT pg_advisory_xact_lock(%s)", LIST)


def lock_precinct(precinct: int) -> None:
    """One after another of those who number something in a precinct."""
    _take("SELECT pg_advisory_xact_lock(%s, %s)", PRECINCT, precinct)


def lock_voter(voter: int | None) -> None:
    """One after another of those who mark a voter or enter them into a supplement, of whichever precinct; before marks and
    supplements are read. None: somebody whom the list has not.
    """
    if voter is not None:
        _take("SELECT pg_advisory_xact_lock(%s, hashint8(%s))", VOTER, voter)


def lock_request(request: int) -> None:
    """One decision of a voter's request after another; before it is looked at whether it was decided."""
    _take("SELECT pg_advisory_xact_lock(%s, hashint8(%s))", REQUEST, request)


def keep(lock: int, alias: str = DEFAULT_DB_ALIAS) -> bool:
    """Takes WORKER, COMPARISON or ROTATION for as long as the connection lives; False where another process has it."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
        return bool(cursor.fetchone()[0])


@contextmanager
def kept(lock: int, alias: str = DEFAULT_DB_ALIAS) -> Iterator[bool]:
    """The same for a while; yields whether it was taken."""
    taken = keep(lock, alias)
    try:
        yield taken
    finally:
        if taken:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])


def _take(statement: str, *values: int) -> None:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(statement, values)
