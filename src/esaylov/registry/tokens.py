"""Bearer tokens of commissions' machines: made for a time, listed, and taken back at the terminal.

A token holds what the matrix gives its commission's machine. What settles a result, calls an election or moves a date
(`powers.GRAVE`) it holds only where that was named when it was made. The application's role may make tokens and read them, never
change them: taking one back needs the database's owner.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.db import connections

from esaylov.acts.bulk import insert_rows
from esaylov.acts.powers import GRAVE, Actor, Power
from esaylov.acts.statements import fetch

DAYS = 180
"""For how long a token holds where nothing else is said: from the call of an election until its result is settled, twice over."""
COLUMNS = ("commission_id", "digest", "made_at", "expires_at", "powers")
ACTOR = """SELECT c.code, c.tier, c.election, c.territory_id, c.precinct_id, t.powers FROM registry_commissiontoken t
JOIN registry_commission c ON c.id = t.commission_id
WHERE t.digest = %s AND t.ended_at IS NULL AND t.expires_at > %s"""
WITHOUT = """SELECT c.id, c.code FROM registry_commission c WHERE c.election = %s AND NOT EXISTS
(SELECT 1 FROM registry_commissiontoken t WHERE t.commission_id = c.id AND t.ended_at IS NULL AND t.expires_at > GREATEST(%s,
(SELECT (e.date + 1)::timestamp AT TIME ZONE e.timezone FROM elections_election e WHERE e.id = c.election))) ORDER BY c.id"""
NAMED = "SELECT c.id, c.code FROM registry_commission c WHERE c.election = %s AND c.code = %s"
LISTED = """SELECT t.id, c.code, t.made_at, t.expires_at, t.ended_at, t.powers FROM registry_commissiontoken t
JOIN registry_commission c ON c.id = t.commission_id WHERE c.election = %s ORDER BY t.id"""
END = """UPDATE registry_commissiontoken t SET ended_at = %s FROM registry_commission c
WHERE c.id = t.commission_id AND c.election = %s AND t.ended_at IS NULL AND (%s = '' OR c.code = %s)
AND (%s = 0 OR t.id = %s)"""


class TokenError(ValueError):
    """No such token can be made; the text says why."""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as the operator sees it; nobody can read the token itself again."""

    id: int
    commission: str
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    powers: tuple[str, ...]

    def works(self, now: datetime) -> bool:
        """Whether a machine may use it at a time."""
        return self.ended_at is None and now < self.expires_at


def actor_by_token(token: str) -> Actor | None:
    """The commission whose bearer token this is; None when it is nobody's, has run out or was taken back."""
    rows = fetch(ACTOR, [sha256(token.encode()).digest(), datetime.now(UTC)])
    if not rows:
        return None
    code, tier, election, territory, precinct, powers = rows[0]
    return Actor(code, tier, election, territory, precinct, withheld=GRAVE.difference(powers))


def days_by_default() -> int:
    """`ESAYLOV_TOKEN_DAYS`. Raises TokenError where it is no number of days."""
    said = os.environ.get("ESAYLOV_TOKEN_DAYS", str(DAYS))
    if not said.isascii() or not said.isdigit() or not 1 <= int(said) <= 3650:
        raise TokenError(f"ESAYLOV_TOKEN_DAYS is {said!r}, not a number of days from 1 to 3650")
    return int(said)


def powers_named(names: Collection[str]) -> frozenset[Power]:
    """Powers of `GRAVE` by name. Raises TokenError for any other name."""
    if strange := sorted(set(names) - GRAVE):
        raise TokenError(f"to be named are {', '.join(sorted(GRAVE))}, not {', '.join(strange)}")
    return frozenset(Power(name) for name in names)


def make_tokens(
    election: str, commission: str = "", *, powers: Collection[Power] = (), days: int | None = None
) -> list[tuple[str, str]]:
    """Makes one token for a commission of an election, or without `commission` for each that `lacking` names; stores SHA-256.
    `powers`: those of `GRAVE` that it is to hold as well.

    Returns (commission's code, token) pairs: the only time that the tokens can be read. Raises TokenError.
    """
    found = fetch(NAMED, [election, commission]) if commission else _without(election)
    if commission and not found:
        raise TokenError(f"the election {election!r} has no commission {commission!r}")
    made = [(number, code, secrets.token_urlsafe(32)) for number, code in found]
    now = datetime.now(UTC)
    ends, named = now + timedelta(days=days or days_by_default()), sorted(powers)
    rows = [(number, sha256(token.encode()).digest(), now, ends, named) for number, _, token in made]
    insert_rows("registry_commissiontoken", COLUMNS, rows)
    return [(code, token) for _, code, token in made]


def lacking(election: str) -> list[str]:
    """Codes of an election's commissions that have no token that works now and until the end of election day."""
    return [code for _, code in _without(election)]


def _without(election: str) -> list[tuple[int, str]]:
    return [(number, code) for number, code in fetch(WITHOUT, [election, datetime.now(UTC)])]


def tokens_of(election: str) -> Sequence[TokenRow]:
    """All tokens of an election's commissions, in the order in which they were made."""
    return [
        TokenRow(number, code, made, expires, ended, tuple(powers))
        for number, code, made, expires, ended, powers in fetch(LISTED, [election])
    ]


def end_tokens(election: str, commission: str = "", number: int = 0) -> int:
    """Takes back tokens of an election, all or those of one commission, or one by its number; how many there were. As the
    database's owner."""
    with connections["admin"].cursor() as cursor:
        cursor.execute(END, [datetime.now(UTC), election, commission, commission, number, number])
        return int(cursor.rowcount)
