"""Lists that tests freeze: the voters of two precincts, and the rest without any."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from esaylov.acts.door import Result, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.voters.freezing.acts import FreezeLists
from esaylov.voters.freezing.preparing import prepare
from tests.registry.people import accepted, actors_of, enrol

ELECTION = "door"


def central() -> Actor:
    """The chair of the Central Commission."""
    people = actors_of("", "cec", datetime.now(UTC)) if _there() else {}
    if not people:
        accepted(enrol())
        people = actors_of("", "cec", datetime.now(UTC))
    return people["chair"]


def _there() -> bool:
    from esaylov.registry.queries import commission_by_code

    return commission_by_code("", "cec") is not None


def freeze(by: Actor, **more: Any) -> Result:
    return perform(FreezeLists, ELECTION, Submission(FreezeLists.Payload(**more), by))


def frozen_world(by: Actor | None = None) -> None:
    """Every list of the election is prepared and frozen."""
    prepare(ELECTION)
    accepted(freeze(by or central()))
