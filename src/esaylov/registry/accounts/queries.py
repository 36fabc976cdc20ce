"""What other rooms may ask of accounts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncMonth

from esaylov.registry.accounts.models import Account, Recovery


def recoveries_count(since: datetime) -> int:
    """How many recoveries were carried through since a time: public."""
    return Recovery.objects.filter(used_at__gte=since).count()


@dataclass(frozen=True, slots=True)
class Month:
    """Recoveries that were carried through in a month: of second factors, and of passwords."""

    year: int
    month: int
    factors: int
    passwords: int

    @property
    def all(self) -> int:
        """Both together."""
        return self.factors + self.passwords


def recoveries_by_month(zone: ZoneInfo, now: datetime) -> list[Month]:
    """The recoveries by month of a zone's calendar, the latest first, from the first one until now: months without any stand
    there too. Public: no name, no body, no account."""
    rows = Recovery.objects.filter(used_at__lte=now).annotate(begun=TruncMonth("used_at", tzinfo=zone))
    counted = rows.values_list("begun", "what").annotate(number=Count("pk")).order_by()
    found = Counter({(at.year * 12 + at.month - 1, what): number for at, what, number in counted})
    if not found:
        return []
    last = now.astimezone(zone)
    span = range(min(number for number, _ in found), last.year * 12 + last.month)
    return [
        Month(
            number // 12,
            number % 12 + 1,
            found[number, Recovery.What.FACTOR],
            found[number, Recovery.What.PASSWORD],
        )
        for number in reversed(span)
    ]


def address_of_person(person: UUID) -> tuple[str, str] | None:
    """The confirmed e-mail address of a person and the language to write in; None without one."""
    found = Account.objects.filter(person=person, is_active=True, emailaddress__verified=True)
    return found.values_list("emailaddress__email", "language").first()
