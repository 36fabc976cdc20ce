"""Pairs in tests: two entries of the list, a search that found them, and what persons said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from esaylov.acts.door import Result, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.voters.linkage.acts import ApprovePairDecision, PairPayload, ProposePairDecision
from esaylov.voters.linkage.models import Pair, Search
from esaylov.voters.models import Voter
from tests.registry.people import accepted

LEVELS = [
    ["surname", "same", 10.1],
    ["given_name", "close", 5.5],
    ["pinfl", "different", -0.2],
    ["family", "twins", -20.0],
]


def pair_of(first: int, second: int, district: int = 1726266, weight: float = 12.0) -> Pair:
    """Two entries as a search leaves them."""
    search = Search.objects.create(at=datetime.now(UTC), seconds=1, entries=2, pairs=1, model=b"model")
    return Pair.objects.create(
        search=search, first=first, second=second, first_district=district, second_district=district,
        weight=weight, exact="", levels=LEVELS,
    )  # fmt: skip


def propose(
    pair: Pair, by: Actor, verdict: str, removes: str | None = None, election: str = "door"
) -> Result:
    payload = PairPayload(pair=pair.id, verdict=verdict, removes=removes)  # type: ignore[arg-type]
    return perform(ProposePairDecision, election, Submission(payload, by))


def approve(
    pair: Pair, by: Actor, verdict: str, removes: str | None = None, election: str = "door"
) -> Result:
    payload = PairPayload(pair=pair.id, verdict=verdict, removes=removes)  # type: ignore[arg-type]
    return perform(ApprovePairDecision, election, Submission(payload, by))


def perform_on_pairs(people: Mapping[str, Actor], election: str = "door") -> None:
    """Both acts on two entries that are in the list, by the Central Commission."""
    first, second = Voter.objects.order_by("id").values_list("id", flat=True)[:2]
    pair = pair_of(first, second)
    accepted(propose(pair, people["secretary"], "different", election=election))
    accepted(approve(pair, people["chair"], "different", election=election))
