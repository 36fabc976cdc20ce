"""Other sites by which an account can be entered: tied and untied by whoever it is of.

A tie to a provider of OpenID Connect is a row of django-allauth's with the other site's id of the person; nothing else of the
profile is kept. OneID leads to the account of the person whose PINFL it names, without a row: there the holder can only bar the
way, and open it again by showing a OneID sign-in that leads to this account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from django.http import HttpRequest

from esaylov.registry.accounts import events, notices
from esaylov.registry.accounts.models import Account

ONEID = "oneid"
BARRED = "oneid-barred"
"""Provider of the row that says that OneID no longer leads to an account."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Another site's sign-in. `since`: when the account was tied to it, None where that follows from the person or is not so."""

    code: str
    name: str
    tied: bool
    since: datetime | None = None


def provider_of(request: HttpRequest, code: str) -> Any | None:
    """The provider of a code among those that are set up, None for others."""
    return next((one for one in get_adapter().list_providers(request) if _code(one) == code), None)


def _code(provider: Any) -> str:
    return str(provider.app.provider_id or provider.app.provider)


def ties(request: HttpRequest, account: Account) -> list[Tie]:
    """The providers that are set up, each with whether it leads to the account. OneID only leads to persons' accounts."""
    since = dict(SocialAccount.objects.filter(user=account).values_list("provider", "date_joined"))
    found = []
    for provider in get_adapter().list_providers(request):
        code = _code(provider)
        if code != ONEID:
            found.append(Tie(code, provider.name, code in since, since.get(code)))
        elif account.person is not None:
            found.append(Tie(code, provider.name, BARRED not in since))
    return found


def oneid_barred(account: Account) -> bool:
    """Whether the holder has barred the way by OneID."""
    return bool(SocialAccount.objects.filter(user=account, provider=BARRED).exists())


def open_oneid(account: Account) -> None:
    """OneID leads to the account again."""
    if SocialAccount.objects.filter(user=account, provider=BARRED).delete()[0]:
        changed(account, "provider-tied", ONEID)


def untie(account: Account, code: str) -> bool:
    """A provider no longer leads to the account; False where it did not."""
    if code == ONEID:
        made = not oneid_barred(account)
        SocialAccount.objects.get_or_create(provider=BARRED, uid=str(account.pk), defaults={"user": account})
    else:
        made = bool(SocialAccount.objects.filter(user=account, provider=code).delete()[0])
    if made:
        changed(account, "provider-untied", code)
    return made


def end_all(account: Account) -> None:
    """No tie of the account holds any longer: whoever made one while it was lost is out. (OneID names the person.)"""
    SocialAccount.objects.filter(user=account).exclude(provider=BARRED).delete()


def changed(account: Account, event: str, code: str) -> None:
    """Writes down what was done to a tie, and tells the holder."""
    events.record(event, account, account, provider=code)
    notices.tell(account, "provider-changed")
