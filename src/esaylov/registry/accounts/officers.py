"""Accounts for officers and members of bodies, many at once: who has none, and letters for them in one step.

Nothing of the vault is read: whoever prints the letters sees bodies, roles and numbers of mandates, never a name. An account
opens only for the person whose PINFL is typed, so that a letter that went to the wrong hands opens nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from esaylov.acts.statements import fetch
from esaylov.registry.accounts.codes import new_sign_in_code, new_token
from esaylov.registry.accounts.links import token_hash
from esaylov.registry.accounts.models import Account, Event, Link
from esaylov.registry.accounts.parameters import PARAMETERS
from esaylov.registry.queries import names_of, pattern

LETTERS_LOCK = 2033
MOST = 500
"""Letters in one file."""
INVITED = ("chair", "deputy", "secretary", "head", "representative")
STANDS = """m.election = %(election)s AND e.mandate_id IS NULL AND (m.valid_until IS NULL OR m.valid_until > %(now)s)"""
PLACES = """LEFT JOIN registry_commission c ON c.id = m.commission_id
LEFT JOIN registry_organisation o ON o.id = m.organisation_id LEFT JOIN registry_territory t ON t.id = c.territory_id
LEFT JOIN registry_precinct p ON p.id = c.precinct_id LEFT JOIN registry_cell l ON l.id = p.cell_id"""
CHOSEN = """(%(place)s::int IS NULL OR %(place)s = ANY(COALESCE(l.territories, t.lineage)))
AND (%(tier)s = '' OR COALESCE(c.tier, 'organisation') = %(tier)s)
AND (%(word)s = '' OR COALESCE(c.code, o.code) ILIKE %(word)s OR p.number = %(exact)s
    OR COALESCE(t.names, o.names)::text ILIKE %(word)s)"""
NOT_OPENED = "a.is_active AND a.password LIKE '!%%'"
ORDER = "array_position(ARRAY['cec','territorial','district','okrug','precinct'], c.tier)"
# Mandates are counted before anything is told of their bodies: those are a tenth as many.
BODIES = f"""SELECT COALESCE(c.code, o.code), COALESCE(c.tier, 'organisation'), COALESCE(t.names, o.names, '{{}}'),
    COALESCE(p.number, ''), m.held, m.officers, m.missing, m.invited, count(*) OVER () FROM (
    SELECT m.commission_id, m.organisation_id, count(*) AS held,
        count(*) FILTER (WHERE a.id IS NULL AND m.role = ANY(%(officers)s)) AS officers,
        count(*) FILTER (WHERE a.id IS NULL) AS missing, count(*) FILTER (WHERE {NOT_OPENED}) AS invited
    FROM registry_mandate m LEFT JOIN registry_mandateend e ON e.mandate_id = m.id
    LEFT JOIN accounts_account a ON a.person = m.person_id WHERE {STANDS} GROUP BY 1, 2) m {PLACES}
WHERE {CHOSEN} ORDER BY {ORDER}, COALESCE(p.position, t.position), 1 LIMIT %(limit)s OFFSET %(offset)s"""
WAITING = f"""SELECT * FROM (SELECT DISTINCT ON (m.person_id) m.id, m.person_id, m.role, COALESCE(c.code, o.code),
    COALESCE(c.tier, 'organisation'), COALESCE(t.names, o.names, '{{}}'), COALESCE(p.number, ''), a.id AS account,
    {ORDER} AS rank, COALESCE(p.position, t.position) AS position
    FROM registry_mandate m LEFT JOIN registry_mandateend e ON e.mandate_id = m.id {PLACES}
    LEFT JOIN accounts_account a ON a.person = m.person_id WHERE {STANDS} AND {CHOSEN}
    AND (a.id IS NULL OR (%(again)s AND {NOT_OPENED})) AND (%(every)s OR m.role = ANY(%(officers)s))
ORDER BY m.person_id, {ORDER}, m.id) w ORDER BY rank, position, 4, array_position(%(officers)s, role), id LIMIT %(limit)s"""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which bodies: of an election ("": outside of elections), below a territory (database id, None: everywhere), of a tier,
    found by a word.
    """

    election: str
    place: int | None = None
    tier: str = ""
    search: str = ""

    def values(self) -> dict[str, Any]:
        """What the statements take."""
        return {
            "election": self.election, "place": self.place, "tier": self.tier, "word": pattern(self.search),
            "exact": self.search, "now": timezone.now(), "officers": list(INVITED),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class BodyLine:
    """A body: mandates held in it, those of officers and of all without an account, and letters not used yet."""

    code: str
    tier: str
    names: Mapping[str, str]
    number: str
    held: int
    officers: int
    missing: int
    invited: int


def bodies(choice: Choice, limit: int, offset: int) -> tuple[list[BodyLine], int]:
    """A part of the list of bodies, and how many there are in all."""
    rows = _rows(BODIES, choice.values() | {"limit": limit, "offset": offset})
    found = [BodyLine(row[0], row[1], names_of(row[2]), *row[3:8]) for row in rows]
    return found, int(rows[0][8]) if rows else 0


def _rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter: the account's sign-in code, the secret of its link, the body, the role and the number of the mandate."""

    code: str
    token: str = field(repr=False)
    body: str
    tier: str
    names: Mapping[str, str]
    number: str
    role: str
    mandate: int


class TooMany(ValueError):
    """More letters than one file takes."""


@transaction.atomic
def letters(choice: Choice, by: Account, *, every: bool, again: bool) -> list[Letter]:
    """Makes the accounts that are missing in the bodies chosen, and a letter for each; all or none, each step recorded.

    `every`: of all members, not of officers only; `again`: also where a letter was printed and not used, which makes the one
    before worthless. Raises TooMany.
    """
    fetch("SELECT pg_advisory_xact_lock(%s, 0)", [LETTERS_LOCK])
    rows = _rows(WAITING, choice.values() | {"every": every, "again": again, "limit": MOST + 1})
    if len(rows) > MOST:
        raise TooMany
    accounts = _accounts(rows, by)
    tokens = _links(accounts, by)
    return [
        Letter(account.code, token, row[3], row[4], names_of(row[5]), row[6], row[2], row[0])
        for row, account, token in zip(rows, accounts, tokens, strict=True)
    ]


def _accounts(rows: Sequence[Sequence[Any]], by: Account) -> list[Account]:
    """The account of each row, made where there is none."""
    known: dict[UUID, Account] = Account.objects.select_for_update().in_bulk(
        [row[7] for row in rows if row[7]]
    )
    made = []
    for row in rows:
        if row[7] is None:
            account = Account(code=new_sign_in_code(), person=row[1], label=f"{row[3]}, {row[2]}")
            account.set_unusable_password()
            made.append(account)
    Account.objects.bulk_create(made)
    _recorded("made", made, by)
    fresh = {account.person: account for account in made}
    return [known[row[7]] if row[7] else fresh[row[1]] for row in rows]


def _links(accounts: Sequence[Account], by: Account) -> list[str]:
    """The secret of a new link for each account; those before are worthless."""
    kind = Link.Kind.INVITATION
    Link.objects.filter(kind=kind, account__in=accounts, used_at=None).delete()
    until = timezone.now() + timedelta(seconds=PARAMETERS.invitation)
    tokens = [new_token() for _ in accounts]
    Link.objects.bulk_create(
        Link(token_hash=token_hash(token), kind=kind, account=account, created_by=by, expires_at=until)
        for account, token in zip(accounts, tokens, strict=True)
    )
    _recorded("invited", accounts, by)
    return tokens


def _recorded(code: str, accounts: Sequence[Account], by: Account) -> None:
    now = timezone.now()
    Event.objects.bulk_create(
        Event(at=now, code=code, account=account.pk, by=by.pk, detail={"together": len(accounts)})
        for account in accounts
    )
