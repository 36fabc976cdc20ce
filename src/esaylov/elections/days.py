"""Election days on the wall's clock, for what depends on the real time: how long somebody stays signed in."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from esaylov.acts.context import STANDING_ZONE
from esaylov.elections.models import Election


def next_day(now: datetime) -> date | None:
    """Today where an election is held today, else the nearest election day that has not passed, the day after it
    included (the count takes the night); None where there is none. Elections whose clock is set, replays and
    demonstrations, have no day on the wall's clock.
    """
    today = now.astimezone(STANDING_ZONE).date()
    live = Election.objects.filter(
        date__gte=today - timedelta(days=1), clock_is_set=False, replay=False
    ).order_by("date")
    days = list(live.values_list("date", flat=True).distinct()[:2])
    return today if today in days else next(iter(days), None)
