"""What django-allauth tells us, and what we do then."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import pre_save
from django.http import HttpRequest

from esaylov.registry.accounts import events, notices, policy, programs, signin, ties
from esaylov.registry.accounts.models import Account


def connect() -> None:
    """Listen. Called once, when Django is set up."""
    from allauth.account import signals as account
    from allauth.mfa import signals as mfa
    from allauth.socialaccount.models import SocialAccount
    from allauth.socialaccount.signals import social_account_added

    user_logged_in.connect(_begin, dispatch_uid="accounts.begin")
    user_logged_out.connect(_ended, dispatch_uid="accounts.ended")
    account.user_logged_in.connect(_finish, dispatch_uid="accounts.finish")
    account.authentication_step_completed.connect(_step, dispatch_uid="accounts.step")
    for signal, code in (
        (account.password_changed, "password-changed"),
        (account.password_set, "password-set"),
        (account.password_reset, "password-reset-by-mail"),
    ):
        signal.connect(_changed(code), weak=False, dispatch_uid=f"accounts.{code}")
    account.email_changed.connect(_email_changed, dispatch_uid="accounts.email-changed")
    account.email_confirmed.connect(_email_confirmed, dispatch_uid="accounts.email")
    pre_save.connect(_nothing_of_the_profile, sender=SocialAccount, dispatch_uid="accounts.profile")
    social_account_added.connect(_tied, dispatch_uid="accounts.tied")
    mfa.authenticator_added.connect(_factor_added, dispatch_uid="accounts.added")
    mfa.authenticator_removed.connect(_factor_removed, dispatch_uid="accounts.removed")


def _begin(request: HttpRequest, user: Account, **_: Any) -> None:
    signin.begin(request, user)


def _finish(request: HttpRequest, response: Any, user: Account, **_: Any) -> None:
    signin.finish(request, response, user)


def _ended(user: Account | None, **_: Any) -> None:
    if user is not None:
        events.record("signed-out", user, user)


def _step(request: HttpRequest, method: str, **_: Any) -> None:
    if method == "mfa":
        signin.factor_shown(request)


def _changed(code: str) -> Any:
    def receiver(user: Account, **_: Any) -> None:
        events.record(code, user, user)
        notices.tell(user, "changed")

    return receiver


def _email_changed(user: Account, from_email_address: Any, **_: Any) -> None:
    """The address of before is told: whoever reads there did not necessarily do it."""
    events.record("e-mail-changed", user, user)
    if from_email_address is not None:
        notices.tell(user, "e-mail-changed", from_email_address.email)


def _nothing_of_the_profile(instance: Any, **_: Any) -> None:
    """Of another site's profile only the number is kept by which it knows the person."""
    instance.extra_data = {}


def _tied(sociallogin: Any, **_: Any) -> None:
    ties.changed(sociallogin.user, "provider-tied", sociallogin.account.provider)


def _email_confirmed(email_address: Any, **_: Any) -> None:
    events.record("e-mail-confirmed", email_address.user, email_address.user)


def _factor_added(request: HttpRequest, user: Account, authenticator: Any, **_: Any) -> None:
    events.record("factor-added", user, user, factor=str(authenticator.type))
    notices.tell(user, "changed")
    if authenticator.type in policy.FACTORS:
        signin.factor_set_up(request, user)


def _factor_removed(user: Account, authenticator: Any, **_: Any) -> None:
    events.record("factor-removed", user, user, factor=str(authenticator.type))
    notices.tell(user, "changed")
    if not policy.has_factor(user):
        programs.end_all(user, user)
