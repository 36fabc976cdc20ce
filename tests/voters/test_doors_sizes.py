"""How many entries each precinct has is kept by whatever changes the list: after each change it is what a recount finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from esaylov.registry.models import Precinct
from esaylov.voters import locks
from esaylov.voters.doors import sizes
from esaylov.voters.doors.models import PrecinctSize
from esaylov.voters.importing import take_back
from esaylov.voters.models import Voter
from esaylov.voters.placing import placer
from tests.acts.election import World
from tests.registry.people import accepted
from tests.voters import changing
from tests.voters.changing import ELECTION, carried, central, compared
from tests.voters.extracts import resident
from tests.voters.places.registers import street
from tests.voters.places.rules import NAVOI, given, place_all, register, set_rules


def known() -> dict[str, int]:
    """What is kept, by precinct; those that never had anybody, and those that have nobody any more, left out."""
    codes = dict(Precinct.objects.values_list("id", "code"))
    rows = PrecinctSize.objects.exclude(entries=0).values_list("precinct", "entries")
    return {codes[precinct]: entries for precinct, entries in rows}


def right(expected: dict[str, int]) -> None:
    found = known()
    locks.lock_list()
    sizes.recount()
    assert found == known() == expected


def test_changesets_and_rules(door: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register(tmp_path / "register", street("t-1", NAVOI, range(1, 30)))
    accepted(set_rules(door, given("n1-1,t-1,*,,,all"), "1"))
    place_all()
    monkeypatch.setattr(changing, "nowhere", placer(ELECTION))
    people = central()
    carried(compared(tmp_path / "one", [resident(number) for number in range(1, 8)]), people)
    right({"n1-1": 7})
    rows = [resident(1, given_name="Boshqa"), *(resident(number) for number in (2, 3, 4, 9))]
    second = compared(tmp_path / "two", rows, as_of="2024-09-02T00:00:00+05:00")
    assert {
        kind for kind, number in second.counts.items() if kind in ("added", "removed", "changed") and number
    }
    carried(second, people)
    after = Voter.objects.count()
    right({"n1-1": after})
    accepted(set_rules(door, given("n1-2,t-1,*,,,all", also=("n1-1",)), "2"))
    place_all()
    right({"n1-2": after})
    carried(take_back(second.id, ELECTION), people)
    found = known()
    assert sum(found.values()) == Voter.objects.count() == 7
    place_all()
    right({"n1-2": 7})
    accepted(set_rules(door, given("n1-1,t-2,*,,,all", also=("n1-2",)), "3"))
    place_all()
    right({})
