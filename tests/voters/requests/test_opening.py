"""Whose entry a commission reads: its own. Who asks names the commission, and could be one of its members."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from esaylov.acts.powers import Actor
from esaylov.registry.models import Territory
from esaylov.voters.access import looks
from esaylov.voters.models import Voter
from esaylov.voters.requests import queries
from esaylov.voters.requests.models import Request
from esaylov.voters.requests.opening import Opened, open_request
from tests.voters.listed import person
from tests.voters.precinct_lists import ELECTION
from tests.voters.requesting import received
from tests.voters.requests.conftest import Asking


def opened(number: str, by: Actor) -> Opened:
    return open_request(queries.requests_for(ELECTION, by).get(number=number), by)


def test_the_own_entry(asking: Asking) -> None:
    found = opened(received("correction", 4), asking.one["chair"])
    assert found.entry is not None
    assert found.entry["pinfl"] == person(4)["pinfl"]
    assert found.agrees is None


def test_an_inclusion_opens_nobody(asking: Asking) -> None:
    """Voter 2 stands in the list of n1-2; somebody asks n1-1 to include them."""
    before = sum(one.times for one in looks(2))
    found = opened(received("inclusion", 2), asking.one["chair"])
    assert (found.entry, found.agrees, found.listed) == (None, None, True)
    assert found.at is not None
    assert found.at.code == "n1-2"
    assert sum(one.times for one in looks(2)) == before
    own = opened(received("inclusion", 4), asking.one["chair"])
    assert own.entry is None, "nor an entry of the own list"
    stranger = opened(received("inclusion", 400, voter=None), asking.one["chair"])
    assert not stranger.listed


def test_of_another_precinct_only_what_agrees(asking: Asking) -> None:
    said = {"surname": person(2)["surname"].upper(), "given_name": "Boshqa"}
    before = sum(one.times for one in looks(2))
    found = opened(received("abroad", 2, said=said), asking.one["chair"])
    assert (found.entry, found.district, found.mahalla) == (None, 0, "")
    assert found.agrees is not None
    assert {name for name, agrees in found.agrees.items() if not agrees} == {"given_name"}
    assert "street" not in found.agrees, "what was not said is not told"
    assert sum(one.times for one in looks(2)) == before + 1


def test_who_moved_meanwhile(asking: Asking) -> None:
    number = received("correction", 7)
    row, there = Voter.objects.get(id=7), Voter.objects.get(id=2).precinct
    Voter.objects.filter(id=7).update(precinct=there)
    try:
        assert opened(number, asking.one["chair"]).entry is None
    finally:
        Voter.objects.filter(id=7).update(precinct=row.precinct)


@pytest.fixture
def district() -> Iterator[None]:
    """The district of the voters is the territory n1."""
    rows = Territory.objects.using("admin").filter(election=ELECTION)
    rows.filter(code="n1").update(soato="1726266")
    yield
    rows.filter(code="n1").update(soato="")


def test_without_a_precinct_the_own_district(asking: Asking, district: None) -> None:
    chair = asking.region["chair"]
    number = received("correction", 3, precinct=None)
    assert opened(number, chair).entry is not None
    Voter.objects.filter(id=3).update(district=1710)
    try:
        found = opened(number, chair)
        assert found.entry is None
        assert found.agrees is not None
    finally:
        Voter.objects.filter(id=3).update(district=1726266)
    assert Request.objects.get(number=number).precinct is None
