"""Who must show a second factor, and for how long a session may lie idle."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils import timezone

from esaylov.acts.context import STANDING_ZONE
from esaylov.registry.accounts import hooks
from esaylov.registry.accounts.models import Account, CodeCard
from esaylov.registry.accounts.parameters import PARAMETERS
from esaylov.registry.matrix import COMMISSIONS, OFFICERS

FACTOR = "factor"
"""In a session: when a second factor was shown in it."""

ABOVE_PRECINCT = frozenset(COMMISSIONS) - {"precinct"}
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def mandates(account: Account) -> list[hooks.Mandate]:
    """The mandates that the account's person holds now."""
    return list(hooks.mandates(account.person, timezone.now())) if account.person else []


def second_factor_required(account: Account) -> bool:
    """Administrators; chair, deputy and secretary of every commission; every member above the precinct."""
    return account.is_administrator or any(
        mandate.tier in ABOVE_PRECINCT or (mandate.tier in COMMISSIONS and mandate.role in OFFICERS)
        for mandate in mandates(account)
    )


def has_factor(account: Account) -> bool:
    """Whether a second factor was set up: an app, a passkey or a code card. A card whose codes are used up is a factor that
    is lost, not none: else the password alone would be enough to print the next one.
    """
    apps_or_keys = Authenticator.objects.filter(user_id=account.pk, type__in=FACTORS)
    return apps_or_keys.exists() or CodeCard.objects.filter(account_id=account.pk, revoked_at=None).exists()


def codes_left(account: Account) -> int | None:
    """How many codes the account's card has left where it is the only second factor; None where it is not."""
    if Authenticator.objects.filter(user_id=account.pk, type__in=FACTORS).exists():
        return None
    card = usable_card(account)
    return card.codes.filter(used_at=None).count() if card else None


def has_passkey(account: Account) -> bool:
    """Whether a passkey is set up."""
    return bool(Authenticator.objects.filter(user=account, type=Authenticator.Type.WEBAUTHN).exists())


def usable_card(account: Account) -> CodeCard | None:
    """The account's newest code card that is not revoked and has codes left."""
    return (
        CodeCard.objects.filter(
            account_id=account.pk, revoked_at=None, codes__isnull=False, codes__used_at=None
        )
        .order_by("-created_at")
        .distinct()
        .first()
    )


def factor_missing(request: HttpRequest) -> bool:
    """Whether who is signed in must show a second factor and has not, in this session."""
    account = request.user
    if not isinstance(account, Account) or request.session.get(FACTOR):
        return False
    return has_factor(account) or second_factor_required(account)


def idle_seconds(account: Account) -> int:
    """For how long the account's sessions may lie idle."""
    if account.is_administrator:
        return PARAMETERS.idle_administrator
    return PARAMETERS.idle_officer if second_factor_required(account) else PARAMETERS.idle_other


def night_open(now: datetime) -> bool:
    """Whether a session that is to last through the night of the count may be opened: from the day before the election."""
    day = hooks.election_day(now)
    if day is None:
        return False
    return now.astimezone(STANDING_ZONE).date() >= day - timedelta(days=PARAMETERS.device_session_before_days)


def night_until(account: Account, now: datetime) -> datetime | None:
    """When such a session would end; None when none may be opened. Administrators have none."""
    if account.is_administrator or not night_open(now):
        return None
    return now + timedelta(seconds=PARAMETERS.device_session)


def is_election_day(now: datetime | None = None) -> bool:
    """Whether the election is today: nobody can wait for anything then."""
    now = now or timezone.now()
    return hooks.election_day(now) == now.astimezone(STANDING_ZONE).date()
