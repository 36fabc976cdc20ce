"""Turnout by the hour, as precincts reported it on election day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from esaylov.design import numbers
from esaylov.polling.series import turnout_by_time
from esaylov.publication.reads import places
from esaylov.results.queries import Snapshot


@dataclass(frozen=True, slots=True)
class Hour:
    """Turnout until a time: precincts that reported, voters, their share of the voters on all lists.
    `later`: the time is after election day.
    """

    at: datetime
    later: bool
    precincts: int
    voters: int
    share: int | None


def hours(at: Snapshot) -> tuple[Hour, ...]:
    """Turnout at every full hour at which something had been reported since the one before, and at the end."""
    voters = places(at.tables).all_voters
    by_hour: dict[datetime, Hour] = {}
    for time, precincts, took_part in turnout_by_time(at.tables, at.size):
        local = time.astimezone(at.zone)
        hour = local.replace(minute=0, second=0, microsecond=0)
        until = hour if hour == local else hour + timedelta(hours=1)
        by_hour[until] = Hour(
            until, until.date() > at.election.date, precincts, took_part, numbers.ratio(took_part, voters)
        )
    return tuple(by_hour.values())
