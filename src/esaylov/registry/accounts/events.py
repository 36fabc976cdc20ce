"""The record of what was done to accounts: who, what, when."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from esaylov.registry.accounts.models import Account, Event


def record(event: str, account: Account | None, by: Account | None = None, **detail: Any) -> None:
    """Write one line. `by`: who did it, None for the system. `detail` holds counts, codes and serials, never secrets."""
    Event.objects.create(
        at=timezone.now(),
        code=event,
        account=account.pk if account else None,
        by=by.pk if by else None,
        detail=detail,
    )
