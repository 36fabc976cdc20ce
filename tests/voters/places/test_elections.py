"""An entry of the list has one precinct: elections have it one after another, and frozen lists do not lose their voters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from esaylov.acts.context import STANDING_ZONE
from esaylov.elections.models import Election
from esaylov.elections.queries import forget
from esaylov.registry.models import Precinct
from esaylov.voters.freezing.queries import place_of, proof_of
from esaylov.voters.importing import import_extract
from esaylov.voters.models import Voter
from esaylov.voters.places.waiting import wait_for
from esaylov.voters.placing import place
from tests.acts.election import World, world
from tests.registry.people import accepted, codes
from tests.voters.changing import carried, central, mahalla
from tests.voters.extracts import extract, resident
from tests.voters.freezing import frozen_world
from tests.voters.listed import enter_voters
from tests.voters.places.registers import street
from tests.voters.places.rules import NAVOI, given, place_all, register, set_rules


@pytest.fixture
def later(door: World, tmp_path: Path) -> Iterator[World]:
    """A second election beside `door`: voters of the first one's precinct n1-1 stand by rules."""
    register(tmp_path / "addresses", street("t-1", NAVOI, range(1, 11)))
    enter_voters(20, [None])
    with world(tmp_path, name="later") as made:
        dated("door", 10)
        dated("later", 40)
        accepted(set_rules(door, given("n1-1,t-1,*,,,all")))
        place_all()
        yield made


def dated(election: str, days: int) -> None:
    """The day of an election lies so many days ahead."""
    day: date = datetime.now(STANDING_ZONE).date() + timedelta(days=days)
    Election.objects.using("admin").filter(id=election).update(date=day)
    forget()


def test_rules_of_one_election_at_a_time(later: World) -> None:
    rules = given("n1-2,t-1,*,,,all")
    assert codes(set_rules(later, rules)) == ["H14"]
    dated("door", 0)
    assert codes(set_rules(later, rules)) == ["H14"]
    dated("door", -2)
    accepted(set_rules(later, rules))
    assert place_all() == 20
    wait_for([mahalla().id])
    assert place_all() == 0, "an election that is over takes nobody back"
    assert set(Voter.objects.values_list("precinct", flat=True)) == {place_in("later", "n1-2")}


def test_a_changeset_of_an_election_that_is_over_places_by_the_next_one(later: World, tmp_path: Path) -> None:
    """It waited while the list went over to the next election's borders; or somebody imports under the old one out of habit."""
    people = central()
    Voter.objects.all().delete()
    waits = import_extract(extract(tmp_path / "one", [resident(1), resident(2)]), "door")
    dated("door", -2)
    accepted(set_rules(later, given("n1-2,t-1,*,,,all")))
    place_all()
    carried(waits, people)
    place_all()
    assert Voter.objects.count() == 2
    assert set(Voter.objects.values_list("precinct", flat=True)) == {place_in("later", "n1-2")}


def test_a_frozen_list_keeps_its_voters_from_other_elections(door: World, later: World) -> None:
    frozen_world()
    door.sequence()
    assert place("later", [mahalla().id]) == 0
    dated("door", -2)
    accepted(set_rules(later, given("n1-2,t-1,*,,,all")))
    assert place_all() == 20
    place_now = place_of("door", 1)
    assert place_now is not None
    assert place_now.row.precinct_id == place_in("door", "n1-1")
    assert proof_of("door", 1) is not None
    assert place_of("later", 1) is None


def test_an_election_with_a_set_clock_is_over_by_that(door: World, later: World) -> None:
    """Its day lies ahead for the other election, whose clock is the real one: lists, rules and assignments go by one rule."""
    frozen_world()
    door.sequence()
    rules = given("n1-2,t-1,*,,,all")
    assert codes(set_rules(later, rules)) == ["H14"]
    over = datetime.now(STANDING_ZONE) + timedelta(days=12)
    Election.objects.using("admin").filter(id="door").update(clock_is_set=True, set_time=over)
    forget()
    accepted(set_rules(later, rules))
    assert place_all() == 20


def place_in(election: str, code: str) -> int:
    return Precinct.objects.get(election=election, code=code).id
