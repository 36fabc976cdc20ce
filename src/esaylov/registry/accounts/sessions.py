"""Sessions in the database: listed, revocable, idle time-out by what the account may do.

The row's key is a hash of the cookie's, so that whoever reads the table cannot take a session over. A row that is gone ends the
session at its next request. `expire_date` moves on while the session is used, never beyond `until`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import VALID_KEY_CHARS, SessionBase, UpdateError
from django.db import connection
from django.utils import timezone
from django.utils.crypto import get_random_string

from esaylov.registry.accounts.models import Session
from esaylov.registry.accounts.parameters import PARAMETERS

IDLE, UNTIL, SINCE, DEVICE, NETWORK, NIGHT = "idle", "until", "since", "device", "network", "night"
ACCOUNT = "_auth_user_id"
KEY_LETTERS = 32


def digest(key: str) -> str:
    """What the table holds for a session's key."""
    return hashlib.sha256(key.encode()).hexdigest()


class SessionStore(SessionBase):
    """Django's session store over `accounts.Session`."""

    row: Session | None = None
    # Django's own, which its type stubs do not name.
    _get_session: Callable[..., dict[str, Any]]
    _get_or_create_session_key: Callable[[], str]

    def load(self) -> dict[str, Any]:
        row = None
        if self.session_key:
            row = Session.objects.filter(
                session_key=digest(self.session_key), expire_date__gt=timezone.now()
            ).first()
        if row is None:
            self._session_key = None
            return {}
        self.row = row
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=digest(session_key)).exists()

    def create(self) -> None:
        self.save(must_create=True)
        self.modified = True

    def _get_new_session_key(self) -> str:
        """A key of 160 bits: whether somebody has it need not be asked, the table's own key would refuse it."""
        return get_random_string(KEY_LETTERS, VALID_KEY_CHARS)

    def save(self, must_create: bool = False) -> None:
        new = must_create or self.session_key is None
        if new:
            data = self._get_session(no_load=True)
            self._session_key = self._get_new_session_key()
        else:
            data = self._get_session()
        row = self._row(data)
        if new:
            row.save(force_insert=True)
        elif not Session.objects.filter(pk=row.pk).update(
            session_data=row.session_data,
            expire_date=row.expire_date,
            account_id=row.account_id,
            seen_at=row.seen_at,
            device=row.device,
            network=row.network,
            through_the_night=row.through_the_night,
        ):
            raise UpdateError
        self.row = row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Session.objects.filter(session_key=digest(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        clear_expired()

    def touch(self) -> None:
        """Say that the session is in use, at most once a minute."""
        row = self.row
        now = timezone.now()
        if row is None or (now - row.seen_at).total_seconds() < PARAMETERS.seen_every:
            return
        row.seen_at, row.expire_date = now, self._expires(self._get_session(), now)
        Session.objects.filter(pk=row.pk).update(seen_at=row.seen_at, expire_date=row.expire_date)

    def _row(self, data: dict[str, Any]) -> Session:
        now = timezone.now()
        return Session(
            session_key=digest(self._get_or_create_session_key()),
            session_data=self.encode(data),
            expire_date=self._expires(data, now),
            account_id=data.get(ACCOUNT),
            since=datetime.fromisoformat(data[SINCE]) if SINCE in data else now,
            seen_at=now,
            device=data.get(DEVICE, ""),
            network=data.get(NETWORK, ""),
            through_the_night=bool(data.get(NIGHT)),
        )

    def _expires(self, data: dict[str, Any], now: datetime) -> datetime:
        idle = now + timedelta(seconds=data.get(IDLE, PARAMETERS.anonymous_session))
        return min(idle, datetime.fromisoformat(data[UNTIL])) if UNTIL in data else idle


def clear_expired() -> None:
    """Remove what has expired: sessions, and buckets that are empty again."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_throttle WHERE at < now() - interval '1 day'")
