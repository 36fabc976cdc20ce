"""Guessing made slow, without a way to lock anybody out.

Failures fill buckets that empty with time; a full one refuses until a place is free. Nothing is kept by account alone
where a stranger could fill it: a stranger's attempts count for the pair of network and account, and for the network. A device
that has signed in to the account before proves it with a cookie and has a bucket of its own, so that whatever
strangers do, the owner's attempts on the own device are not refused.

An attempt takes its place before the password is looked at, so that many at once do not pass together, and gives it back
when it was right. The state is one row a bucket, changed by one statement for all buckets of an attempt.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db import connection
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from esaylov.registry.accounts import codes
from esaylov.registry.accounts.cookies import cookie_name, set_cookie
from esaylov.registry.accounts.models import Account
from esaylov.registry.accounts.network import network
from esaylov.registry.accounts.parameters import DAY, PARAMETERS

KNOWN_DEVICE = "device"
SALT = "esaylov.accounts.known-device"
MOST_DEVICES = 8

# A refused attempt fills nothing: who goes on trying does not wait longer for it.
TAKE = """
WITH given AS (
  SELECT * FROM unnest(%s::bytea[], %s::float8[], %s::float8[]) AS g(key, burst, every) ORDER BY key
)
INSERT INTO accounts_throttle AS t (key, level, full_up, at)
SELECT key, 1, false, clock_timestamp() FROM given
ON CONFLICT (key) DO UPDATE SET at = clock_timestamp(), (level, full_up) = (
  SELECT CASE WHEN l.level + 1 <= l.burst THEN l.level + 1 ELSE l.level END, l.level + 1 > l.burst
  FROM (
    SELECT g.burst, greatest(0, t.level - extract(epoch FROM clock_timestamp() - t.at) / g.every) AS level
    FROM given g WHERE g.key = excluded.key
  ) l
)
RETURNING key, level, full_up
"""
GIVE_BACK = """
UPDATE accounts_throttle SET level = greatest(0, level - 1) WHERE key IN
(SELECT key FROM accounts_throttle WHERE key = ANY(%s) ORDER BY key FOR UPDATE)
"""


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many failures at once, then one in so many seconds."""

    key: bytes
    burst: int
    every: int


class TooMany(Exception):
    """A bucket is full; `seconds` until there is a place."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def too_many(error: TooMany) -> ValidationError:
    """The refusal of who tries too often: the same for every account, also for those that are not there."""
    text = ngettext(
        "Too many attempts. Try again in %(seconds)d second.",
        "Too many attempts. Try again in %(seconds)d seconds.",
        error.seconds,
    )
    return ValidationError(text % {"seconds": error.seconds}, code="too_many")


def bucket(kind: str, burst: int, every: int, *parts: str) -> Bucket:
    """The bucket of a kind for some parts (a network, an account, …); no part can be read from the key."""
    return Bucket(codes.keyed_hash("throttle", "\0".join((kind, *parts))), burst, every)


def take(buckets: Sequence[Bucket]) -> None:
    """Take a place in each bucket, or in none. Raises TooMany."""
    columns: list[Any] = [
        [one.key for one in buckets],
        [one.burst for one in buckets],
        [one.every for one in buckets],
    ]
    with connection.cursor() as cursor:
        cursor.execute(TAKE, columns)
        levels = {bytes(key): level for key, level, full in cursor.fetchall() if full}
    waits = [(levels[one.key] + 1 - one.burst) * one.every for one in buckets if one.key in levels]
    if waits:
        give_back([one for one in buckets if one.key not in levels])
        raise TooMany(max(1, math.ceil(max(waits))))


def give_back(buckets: Sequence[Bucket]) -> None:
    """Give the places back: the attempt was right."""
    if buckets:
        with connection.cursor() as cursor:
            cursor.execute(GIVE_BACK, [[one.key for one in buckets]])


def of_password(request: HttpRequest, login: str, account: Account | None) -> list[Bucket]:
    """The buckets of an attempt with a password. `login`: what was typed; `account`: whose it is, None if nobody's."""
    if account is not None and (known := device_of(request, account)):
        return [bucket("device", PARAMETERS.device_burst, PARAMETERS.device_every, known)]
    name = account.code if account else login.strip().lower()
    near = network(request)
    return [
        bucket("pair", PARAMETERS.pair_burst, PARAMETERS.pair_every, near, name),
        bucket("network", PARAMETERS.network_burst, PARAMETERS.network_every, near),
    ]


def of_code(request: HttpRequest, account: Account) -> list[Bucket]:
    """The buckets of an attempt with a code of the second factor. Only who has the password comes as far as this, so that
    strangers may be counted together: six digits would not bear to be tried from many networks.
    """
    if known := device_of(request, account):
        return [bucket("device-code", PARAMETERS.device_burst, PARAMETERS.device_every, known)]
    return [bucket("code", PARAMETERS.code_burst, PARAMETERS.code_every, str(account.pk))]


def device_of(request: HttpRequest, account: Account) -> str | None:
    """The number of this device if it has signed in to the account before, else None."""
    number, _, epoch = _known(request).get(account.pk.hex, "").partition(".")
    return number if number and epoch == str(account.devices_epoch) else None


def remember_device(request: HttpRequest, response: HttpResponse, account: Account) -> None:
    """Let this device be known to the account from now on."""
    known = _known(request)
    number = device_of(request, account) or secrets.token_hex(16)
    others = [(key, value) for key, value in known.items() if key != account.pk.hex]
    kept = dict(others[-(MOST_DEVICES - 1) :]) | {account.pk.hex: f"{number}.{account.devices_epoch}"}
    value = signing.dumps(kept, salt=SALT)
    set_cookie(response, cookie_name(KNOWN_DEVICE), value, PARAMETERS.known_device_days * DAY)


def _known(request: HttpRequest) -> dict[str, str]:
    given = request.COOKIES.get(cookie_name(KNOWN_DEVICE), "")
    try:
        found = signing.loads(given, salt=SALT, max_age=PARAMETERS.known_device_days * DAY)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}
