"""The record of what was done to accounts: who, what, when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from esaylov.registry.accounts.models import Account, Event

WORDS: Mapping[str, Any] = {
    "administrator-link-on-terminal": _("A link for an administrator was printed on the terminal"),
    "made": _("The account was made"),
    "invited": _("A letter with a link was printed"),
    "opened": _("The account was opened"),
    "disabled": _("The account was disabled"),
    "enabled": _("The account was enabled"),
    "signed-in": _("Signed in"),
    "signed-out": _("Signed out"),
    "devices-signed-out": _("Devices were signed out"),
    "password-changed": _("The password was changed"),
    "password-set": _("The password was set"),
    "password-reset-by-mail": _("The password was set anew by a link in an e-mail"),
    "e-mail-confirmed": _("The e-mail address was confirmed"),
    "e-mail-changed": _("The e-mail address was changed"),
    "factor-added": _("A second factor was set up"),
    "factor-removed": _("A second factor was removed"),
    "recovery-code-used": _("A recovery code was used"),
    "card-issued": _("A code card was printed"),
    "card-code-used": _("A code of the card was used"),
    "cards-revoked": _("The code card was made worthless"),
    "recovery-asked": _("A recovery was asked for"),
    "recovery-approved": _("A recovery was approved"),
    "recovery-stopped": _("A recovery was stopped"),
    "recovery-link": _("The link of a recovery was printed"),
    "program-admitted": _("A program was given access"),
    "program-refused": _("The access of a program was taken back"),
    "programs-ended": _("The access of all programs ended"),
    "provider-tied": _("Another site's sign-in was tied to the account"),
    "provider-untied": _("Another site's sign-in was untied from the account"),
    "recovery-done": _("The account was recovered"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the record, in words."""

    at: datetime
    text: str
    by: str


def record(event: str, account: Account | None, by: Account | None = None, **detail: Any) -> None:
    """Write one line. `by`: who did it, None for the system. `detail` holds counts, codes and serials, never secrets."""
    Event.objects.create(
        at=timezone.now(),
        code=event,
        account=account.pk if account else None,
        by=by.pk if by else None,
        detail=detail,
    )


def history(account: Account, most: int) -> Sequence[Line]:
    """The latest lines about an account, the newest first; `by` is a sign-in code."""
    rows = list(Event.objects.filter(account=account.pk).order_by("-at", "-pk")[:most])
    codes = dict(Account.objects.filter(pk__in={row.by for row in rows}).values_list("pk", "code"))
    return [
        Line(row.at, str(WORDS.get(row.code, row.code)), codes.get(row.by, "") if row.by else "")
        for row in rows
    ]
