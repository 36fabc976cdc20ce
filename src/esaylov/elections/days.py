"""Election days on the wall's clock, for what depends on the real time: how long somebody stays signed in."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from esaylov.elections.models import Election

HERE = ZoneInfo("Asia/Tashkent")


def next_day(now: datetime) -> date | None:
    """The nearest election day that has not passed, the day after it included (the count takes the night); None where there
    is none. Elections whose clock is set, replays and demonstrations, have no day on the wall's clock.
    """
    since = now.astimezone(HERE).date() - timedelta(days=1)
    live = Election.objects.filter(date__gte=since, clock_is_set=False, replay=False)
    return live.order_by("date").values_list("date", flat=True).first()
