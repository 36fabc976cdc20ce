"""What other rooms may ask of accounts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from esaylov.registry.accounts.models import Account, Recovery


def recoveries_count(since: datetime) -> int:
    """How many recoveries were carried through since a time: public."""
    return Recovery.objects.filter(used_at__gte=since).count()


def address_of_person(person: UUID) -> tuple[str, str] | None:
    """The confirmed e-mail address of a person and the language to write in; None without one."""
    found = Account.objects.filter(person=person, is_active=True, emailaddress__verified=True)
    return found.values_list("emailaddress__email", "language").first()
