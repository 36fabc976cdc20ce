"""What an account's holder is told by e-mail, where there is a confirmed address. Never a secret, never a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.mail import send_mail
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from esaylov.registry.accounts.models import Account

TEXTS: Mapping[str, tuple[Any, Any]] = {
    "recovery-asked": (
        gettext_lazy("Somebody asks to open your account without your second factor or password"),
        gettext_lazy(
            "A recovery of your account was asked for. If it was not you, sign in and stop it, or tell your commission."
        ),
    ),
    "recovery-approved": (
        gettext_lazy("Your account can be opened anew in twelve hours"),
        gettext_lazy(
            "Two persons of two commissions confirmed the recovery of your account. If it was not you who asked, sign in and "
            "stop it now, or tell your commission."
        ),
    ),
    "recovery-stopped": (
        gettext_lazy("The recovery of your account was stopped"),
        gettext_lazy("Nothing was changed."),
    ),
    "recovery-done": (
        gettext_lazy("Your account was recovered"),
        gettext_lazy("All devices were signed out. If it was not you, tell your commission at once."),
    ),
    "e-mail-changed": (
        gettext_lazy("Your account has another e-mail address"),
        gettext_lazy(
            "Letters about your account go to another address from now on. If it was not you, tell your commission at once."
        ),
    ),
    "provider-changed": (
        gettext_lazy("By which other sites you can sign in was changed"),
        gettext_lazy(
            "Another site's sign-in was tied to your account, or untied. If it was not you, tell your commission at once."
        ),
    ),
    "changed": (
        gettext_lazy("Your account was changed"),
        gettext_lazy(
            "Your password or a second factor was changed. If it was not you, tell your commission at once."
        ),
    ),
}


def tell(account: Account, code: str, address: str = "") -> None:
    """Send the text of a code to an address, the account's confirmed one unless given, once the transaction is committed."""
    from allauth.account.models import EmailAddress

    found = EmailAddress.objects.filter(user=account, verified=True)
    address = address or found.values_list("email", flat=True).first() or ""
    if not address:
        return
    with translation.override(account.language or translation.get_language()):
        subject, text = (str(part) for part in TEXTS[code])
        ending = _("This is about the account %(code)s.") % {"code": account.code}
    message = f"{text}\n\n{ending}\n"
    transaction.on_commit(lambda: _send(f"esaylov: {subject}", message, address))


def _send(subject: str, message: str, address: str) -> None:
    send_mail(subject, message, None, [address], fail_silently=True)
