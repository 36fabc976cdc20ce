"""People of the tests, and their way through the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from esaylov.registry.accounts.models import Account

PASSWORD = "ein stilles Pferd am Fluss"
SIGN_IN, SECOND = "/en/account/sign-in/", "/en/account/sign-in/second-factor/"


@dataclass(frozen=True)
class Mandate:
    body: str
    tier: str
    role: str
    election: str = ""


class World:
    """Who holds which mandate, and when the election is, for the hooks."""

    def __init__(self) -> None:
        self.mandates: dict[UUID, list[Mandate]] = {}
        self.pinfl: dict[str, UUID] = {}
        self.day: date | None = None

    def member(self, *mandates: Mandate, password: str = PASSWORD) -> Account:
        account = person_account(password)
        assert account.person is not None
        self.mandates[account.person] = list(mandates)
        return account


def person_account(password: str = PASSWORD, **values: Any) -> Account:
    account = Account.objects.open(**({"person": uuid4()} | values))
    account.set_password(password)
    account.save()
    return account


def administrator() -> Account:
    return person_account(person=None, is_administrator=True)


def app_of(account: Account) -> str:
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    return secret


def code_now(secret: str, *, ahead: int = 0) -> str:
    step = int(datetime.now(UTC).timestamp()) // 30 + ahead
    return format_hotp_value(hotp_value(secret, step))


def password_typed(client: Client, account: Account, password: str = PASSWORD, **more: Any) -> Any:
    return client.post(SIGN_IN, {"login": account.code, "password": password, **more})


def signed_in(account: Account, secret: str | None = None, **more: Any) -> Client:
    client = Client(**more)
    response = password_typed(client, account)
    assert response.status_code == 302, response.content.decode()[:4000]
    if secret:
        assert response.url == SECOND
        response = client.post(SECOND, {"code": code_now(secret)})
        assert response.status_code == 302, response.content.decode()
    return client
