"""Requests without an end: what slows them down, and what tells a commission of them.

Counted is where a request comes from and which place it names, never what was found: whoever is refused learns nothing about an
entry, and the invented ones, which all go to the place named, have the small measure. In memory, in each worker; nothing is kept.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from esaylov.acts.powers import Actor
from esaylov.design.words import in_language
from esaylov.registry.accounts.network import address, network
from esaylov.registry.accounts.throttle import TooMany
from esaylov.voters.lookup.throttling import Documents
from esaylov.voters.requests.models import Request

Rate = tuple[int, float]
"""So many at once, then one in so many seconds."""
ADDRESS: Rate = (10, 600.0)
NETWORK: Rate = (100, 60.0)
TERRITORY: Rate = (20, 600.0)
PRECINCT: Rate = (5, 3_600.0)
VARIABLE = "ESAYLOV_REQUEST_TRIES"
DAY = timedelta(days=1)
UNUSUAL, UNUSUAL_ABOVE = 30, 150
"""Undecided requests of a day that are many for a precinct of 3,000 voters, and for a commission above where none is known."""
SHOWN = 5


class Flood:
    """How many requests are taken: of an address, of its network (`accounts.network`), and of that for one place."""

    def __init__(self, times: int = 1) -> None:
        rates = (ADDRESS, NETWORK, TERRITORY, PRECINCT)
        self._address, self._network, self._territory, self._precinct = (
            Documents(burst=burst * times, every=every / times) for burst, every in rates
        )

    def forget(self) -> None:
        """Forgets all that came."""
        for one in (self._address, self._network, self._territory, self._precinct):
            one.forget()

    def take(
        self, request: HttpRequest, election: str, territory: str, wished: str
    ) -> list[tuple[Documents, str]]:
        """Counts a request that names a place: the precinct `wished`, or the territory where it names none. Returns what is to be
        given back where none is made of it. Raises TooMany.
        """
        near, where = network(request), address(request)
        place = (self._precinct, wished) if wished else (self._territory, territory)
        taken: list[tuple[Documents, str]] = []
        for measure, key in (
            (self._address, near if ":" in where else where),
            (self._network, near),
            (place[0], "\0".join((near, election, place[1]))),
        ):
            if wait := measure.wait(key):
                give_back(taken)
                raise TooMany(max(1, round(wait)))
            taken.append((measure, key))
        return taken


def give_back(taken: Sequence[tuple[Documents, str]]) -> None:
    """No request was made."""
    for measure, key in taken:
        measure.give_back(key)


flood = Flood(int(os.environ.get(VARIABLE) or 1))
"""That of this process. The variable says how many times as much as by default."""


def unusual(election: str, actor: Actor, now: datetime) -> list[str]:
    """Where unusually many requests of the last day are undecided, in words, the most first: here and in commissions below."""
    rows = _seen_by(
        actor, Request.objects.filter(election=election, decision__isnull=True, received_at__gt=now - DAY)
    )
    counted = rows.values("precinct", "precinct__number", "territory__names", "territory__code").annotate(
        many=Count("id")
    )
    many = counted.filter(
        Q(precinct__isnull=False, many__gte=UNUSUAL) | Q(precinct__isnull=True, many__gte=UNUSUAL_ABOVE)
    )
    return [_named(one) for one in many.order_by("-many", "precinct")[:SHOWN]]


def _seen_by(actor: Actor, rows: QuerySet[Request]) -> QuerySet[Request]:
    if actor.precinct is not None:
        return rows.filter(precinct=actor.precinct)
    return rows if actor.tier == "cec" else rows.filter(territory__lineage__contains=[actor.territory or 0])


def _named(one: Mapping[str, Any]) -> str:
    place = in_language(one["territory__names"], one["territory__code"])
    number = f", № {one['precinct__number']}" if one["precinct"] else ""
    return f"{place}{number}: {one['many']}"
