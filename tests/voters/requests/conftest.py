"""An election with a calendar of requests, twelve voters, commissions of two precincts and of their region."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.voters.calendars import DAYS

if TYPE_CHECKING:
    from esaylov.acts.powers import Actor
    from tests.acts.election import World
    from tests.voters.listed import Listed

START = datetime(2026, 10, 1, 12, tzinfo=UTC)
RULES = """
[values.voters]
age = 18
answer_hours = 24
precinct_change = "disagreement"
request_reasons = ["not-proven", "list-is-right"]
least_cell = 10
"""
STEPS = (
    DAYS
    + """
[[calendar.steps]]
code = "inclusion-abroad"
title = {en = "Inclusion abroad"}
closes = {before = 15}
article = "27¹"
"""
)


@dataclass
class Asking:
    """`voters`: of n1-1, n1-2 and of no precinct in turn; `one`, `two`: officers of the precincts' commissions."""

    election: World
    voters: list[Listed]
    one: dict[str, Actor]
    two: dict[str, Actor]
    region: dict[str, Actor]


@pytest.fixture(scope="module")
def asking(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    """For all tests of a module."""
    from tests.acts.election import CALENDAR, EDITION, world
    from tests.voters.listed import enter_voters
    from tests.voters.precinct_lists import commission, custodian

    edition = EDITION + CALENDAR + STEPS + RULES
    with world(tmp_path_factory.mktemp("requests"), edition=edition, start=START) as election:
        voters = enter_voters(12, ["n1-1", "n1-2", None])
        people = [commission("pec:n1-1"), commission("pec:n1-2", 720), commission("tec:n", 740)]
        with custodian():
            yield Asking(election, voters, *people)


@pytest.fixture
def clock(asking: Asking) -> Iterator[Callable[[datetime], None]]:
    """Sets the election's clock, for one test."""
    from esaylov.elections.models import Election

    def set_to(now: datetime) -> None:
        Election.objects.filter(id=asking.election.election).update(set_time=now)

    yield set_to
    set_to(START)
