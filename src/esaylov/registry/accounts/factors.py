"""Codes of second factors: an app's, a recovery code, a card's. Each is taken once, also by several workers at once."""

from __future__ import annotations

import hmac
import re
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import transaction
from django.utils import timezone

from esaylov.registry.accounts import events
from esaylov.registry.accounts.codes import keyed_hash, keyed_hashes, new_card_code, normal_card_code
from esaylov.registry.accounts.encryption import decrypt
from esaylov.registry.accounts.models import Account, CardCode, CodeCard
from esaylov.registry.accounts.parameters import PARAMETERS

PERIOD, TOLERANCE = 30, 1
CARD = "card"


def use_code(account: Account, typed: str) -> str | None:
    """Take a code as used. Returns which kind of factor it was of, None if it is right for none."""
    digits = re.sub(r"\s", "", typed)
    with transaction.atomic():
        factors = {one.type: one for one in Authenticator.objects.select_for_update().filter(user=account)}
        app, recovery = factors.get(Authenticator.Type.TOTP), factors.get(Authenticator.Type.RECOVERY_CODES)
        if app is not None and _use_app(app, digits):
            return str(Authenticator.Type.TOTP)
        if recovery is not None and digits.isascii() and recovery.wrap().validate_code(digits):
            events.record("recovery-code-used", account, account)
            return str(Authenticator.Type.RECOVERY_CODES)
        return CARD if _use_card(account, typed) else None


def app_step(secret: str, code: str, after: int = 0) -> int | None:
    """The half minute for which an app shows the code, this one or one beside it, if it is later than `after`."""
    now = int(time.time()) // PERIOD
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        shown = format_hotp_value(hotp_value(secret, step))
        if hmac.compare_digest(shown.encode(), code.encode()) and step > after:
            return step
    return None


def _use_app(factor: Any, code: str) -> bool:
    step = app_step(decrypt(factor.data["secret"]), code, factor.data.get("step", 0))
    if step is None:
        return False
    factor.data["step"] = step
    factor.last_used_at = timezone.now()
    factor.save(update_fields=["data", "last_used_at"])
    return True


def _use_card(account: Account, typed: str) -> bool:
    if not (code := normal_card_code(typed)):
        return False
    used = CardCode.objects.filter(
        card__account=account,
        card__revoked_at=None,
        used_at=None,
        code_hash__in=keyed_hashes("card", _card_text(account, code)),
    ).update(used_at=timezone.now())
    if used:
        events.record("card-code-used", account, account)
    return bool(used)


def _card_text(account: Account, code: str) -> str:
    return f"{account.pk} {normal_card_code(code)}"


@transaction.atomic
def issue_card(account: Account, by: Account) -> tuple[CodeCard, list[str]]:
    """A new card in place of those before, and its codes, which nobody sees again."""
    Account.objects.select_for_update().get(pk=account.pk)
    revoke_cards(account, by)
    number = CodeCard.objects.filter(account=account).count() + 1
    card = CodeCard.objects.create(account=account, serial=f"{account.code}-{number:03d}")
    codes = [new_card_code() for _ in range(PARAMETERS.card_codes)]
    CardCode.objects.bulk_create(
        CardCode(card=card, number=place, code_hash=keyed_hash("card", _card_text(account, code)))
        for place, code in enumerate(codes, 1)
    )
    events.record("card-issued", account, by, serial=card.serial)
    return card, codes


def revoke_cards(account: Account, by: Account | None) -> int:
    """Make all of the account's cards worthless. Returns how many were not yet."""
    count = CodeCard.objects.filter(account=account, revoked_at=None).update(revoked_at=timezone.now())
    if count:
        events.record("cards-revoked", account, by, cards=count)
    return count


def remove_factors(account: Account, by: Account | None) -> None:
    """Take all second factors away, at the end of a recovery."""
    revoke_cards(account, by)
    Authenticator.objects.filter(user=account).delete()
