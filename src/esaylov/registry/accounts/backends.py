"""Passwords: whatever is typed costs one hash, so that no answer tells by its time whether an account exists."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from esaylov.registry.accounts.codes import normal_code
from esaylov.registry.accounts.models import Account


def account_of(login: str) -> Account | None:
    """The account of a sign-in code or of a confirmed e-mail address, as typed; disabled ones too."""
    if code := normal_code(login):
        return Account.objects.filter(code=code).first()
    if "@" not in login:
        return None
    found = Account.objects.filter(emailaddress__email=login.strip().lower(), emailaddress__verified=True)
    return found.first()


class PasswordBackend(BaseBackend):
    """Signs in by code or e-mail and password."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Account | None:
        """Who it is, by `username` and `password`; `known`: the account of the user name, if it was looked for already."""
        username, password = str(credentials.get("username") or ""), credentials.get("password")
        if not username or not password:
            return None
        account = credentials["known"] if "known" in credentials else account_of(username)
        if account is None or not account.has_usable_password():
            make_password(password)
            return None
        right = account.check_password(password)
        return account if right and account.is_active else None

    def get_user(self, user_id: Any) -> Account | None:
        return Account.objects.filter(pk=user_id, is_active=True).first()
