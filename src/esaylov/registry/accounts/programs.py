"""Access for programs: a person's token, by which a program acts for them under one mandate.

A token is worth what the mandate is worth at the moment: account, mandate and role are read with each request. It ends
with the mandate, when the account is disabled or recovered, with the last second factor, and by its own date.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from esaylov.acts.powers import TOKEN_PREFIX, Actor
from esaylov.acts.statements import fetch
from esaylov.registry import queries
from esaylov.registry.accounts import events, factors, throttle
from esaylov.registry.accounts.models import Account, ProgramToken
from esaylov.registry.accounts.network import network
from esaylov.registry.accounts.parameters import PARAMETERS
from esaylov.registry.queries import MandateRow

SHOWN_ENDED = timedelta(days=30)

ACTOR = """SELECT COALESCE(c.code, o.code), COALESCE(c.tier, 'organisation'), NULLIF(m.election, ''), c.territory_id,
    c.precinct_id, m.person_id, m.id, m.role, LEAST(m.valid_until, e.at), t.id, t.used_at
FROM accounts_programtoken t JOIN accounts_account a ON a.id = t.account_id
JOIN registry_mandate m ON m.id = t.mandate AND m.person_id = a.person
LEFT JOIN registry_mandateend e ON e.mandate_id = m.id
LEFT JOIN registry_commission c ON c.id = m.commission_id LEFT JOIN registry_organisation o ON o.id = m.organisation_id
WHERE t.digest = %s AND t.ended_at IS NULL AND t.expires_at > %s AND a.is_active AND NOT a.is_administrator
AND (m.valid_from IS NULL OR m.valid_from <= %s) AND (m.valid_until IS NULL OR m.valid_until > %s)
AND (e.at IS NULL OR e.at > %s)"""
# Nothing hangs on this line: who loses a power cut loses a minute of it, and no request waits for the disk.
USED = """WITH quick AS (SELECT set_config('synchronous_commit', 'off', true))
UPDATE accounts_programtoken SET used_at = %s FROM quick WHERE id = %s"""


class ProgramError(ValueError):
    """No such token may be made; the text says why, for the reader."""


@dataclass(frozen=True, slots=True)
class Access:
    """One token, as its owner sees it. `mandate`: None where it has ended."""

    token: ProgramToken
    mandate: MandateRow | None

    @property
    def works(self) -> bool:
        """Whether a program may still use it."""
        token = self.token
        return self.mandate is not None and token.ended_at is None and token.expires_at > timezone.now()


def new_token() -> str:
    """A token that nobody has: 256 random bits."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def mandates_for(account: Account) -> list[MandateRow]:
    """The mandates for which the account may admit a program: its person's own. An administrator has none."""
    return queries.mandates_of(account.person, timezone.now()) if account.person else []


@transaction.atomic
def admit(account: Account, mandate: int, name: str, days: int) -> tuple[ProgramToken, str]:
    """A new token and its secret, which nobody sees again.

    Raises ProgramError: no such mandate, too many tokens, made too often, or longer than is allowed.
    """
    fresh = Account.objects.select_for_update().get(pk=account.pk)
    held = next((row for row in mandates_for(fresh) if row.id == mandate), None)
    if held is None or not fresh.is_active:
        raise ProgramError(_("You do not hold this mandate, or it has ended."))
    if not 1 <= days <= PARAMETERS.program_days:
        raise ProgramError(_("At most %(days)d days.") % {"days": PARAMETERS.program_days})
    if sum(one.works for one in accesses(fresh)) >= PARAMETERS.program_tokens:
        raise ProgramError(_("You have given access to as many programs as you may. Take one back first."))
    _make_place(fresh)
    now = timezone.now()
    ends = min(now + timedelta(days=days), held.until or datetime.max.replace(tzinfo=UTC))
    secret = new_token()
    made = ProgramToken.objects.create(
        account=fresh, mandate=held.id, name=name, digest=digest(secret), made_at=now, expires_at=ends
    )
    events.record("program-admitted", fresh, fresh, token=made.pk, mandate=held.id, body=held.body, days=days)
    return made, secret


def _make_place(account: Account) -> None:
    asked = throttle.bucket("program", PARAMETERS.program_burst, PARAMETERS.program_every, str(account.pk))
    try:
        throttle.take([asked])
    except throttle.TooMany as error:
        raise ProgramError(throttle.too_many(error).message % {}) from error


def accesses(account: Account) -> list[Access]:
    """The account's tokens, the newest first: those that work, and those that ended lately."""
    held = {row.id: row for row in mandates_for(account)}
    since = timezone.now() - SHOWN_ENDED
    rows = ProgramToken.objects.filter(account=account, expires_at__gt=since).order_by("-made_at", "-pk")
    lately = [row for row in rows if row.ended_at is None or row.ended_at > since]
    return [Access(row, held.get(row.mandate)) for row in lately]


def take_back(account: Account, number: int) -> bool:
    """Ends one token of the account. Returns whether there was such a one."""
    mine = ProgramToken.objects.filter(pk=number, account=account, ended_at=None)
    ended = mine.update(ended_at=timezone.now())
    if ended:
        events.record("program-refused", account, account, token=number)
    return bool(ended)


def end_all(account: Account, by: Account | None) -> int:
    """Ends all tokens of an account: it is disabled, recovered, or without a second factor. Returns how many."""
    ended = ProgramToken.objects.filter(account=account, ended_at=None).update(ended_at=timezone.now())
    if ended:
        events.record("programs-ended", account, by, tokens=ended)
    return ended


def actor_of(token: str) -> Actor | None:
    """Who acts by a program's token now, None when it is nobody's: one read. The last use is noted once a minute."""
    now = datetime.now(UTC)
    rows = fetch(ACTOR, [digest(token), now, now, now, now])
    if not rows:
        return None
    *actor, number, used = rows[0]
    if used is None or now - used > timedelta(seconds=PARAMETERS.seen_every):
        fetch(USED, [now, number])
    return Actor(*actor)


def count_wrong(request: HttpRequest) -> None:
    """Counts a token that is nobody's for the network that it came from; one that is right is never held up.

    Raises throttle.TooMany when as many came as passwords would be let through.
    """
    near = network(request)
    throttle.take([throttle.bucket("bearer", PARAMETERS.network_burst, PARAMETERS.network_every, near)])


def second_factor(actor: Actor, code: str) -> bool:
    """Whether a code of the second factor is right for who acts; it is used up then. Raises throttle.TooMany.

    Codes tried with a token fill a bucket of their own: who stole one must not keep its owner from signing in.
    """
    account = Account.objects.filter(person=actor.person, is_active=True).first()
    if account is None:
        return False
    buckets = [throttle.bucket("program-code", PARAMETERS.code_burst, PARAMETERS.code_every, str(account.pk))]
    throttle.take(buckets)
    if factors.use_code(account, code) is None:
        return False
    throttle.give_back(buckets)
    return True
