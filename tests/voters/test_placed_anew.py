"""Who comes into the list by older rules, or back into it, is led to the precinct that the rules name now."""

from __future__ import annotations

from pathlib import Path

import pytest

from esaylov.acts.powers import Actor
from esaylov.registry.models import Precinct
from esaylov.voters.importing import take_back
from esaylov.voters.models import Changeset, Voter
from esaylov.voters.places.waiting import known
from esaylov.voters.placing import placer
from tests.acts.election import World
from tests.registry.people import accepted
from tests.voters import changing
from tests.voters.changing import ELECTION, carried, compared
from tests.voters.extracts import resident
from tests.voters.places.registers import street
from tests.voters.places.rules import NAVOI, given, place_all, register, set_rules

LATER = "2024-09-02T00:00:00+05:00"
FIRST, SECOND = "n1-1,t-1,*,,,all", "n1-2,t-1,*,,,all"


@pytest.fixture
def people(door: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Actor]:
    """The Central Commission; a register of houses; the mahalla belongs to the first precinct."""
    monkeypatch.setattr(changing, "nowhere", placer(ELECTION))
    register(tmp_path / "register", street("t-1", NAVOI, range(1, 30)))
    accepted(set_rules(door, given(FIRST), "1"))
    place_all()
    return changing.central()


def noted(changeset: Changeset) -> Changeset:
    """As `importing.aim_of` notes it."""
    Changeset.objects.filter(id=changeset.id).update(
        **dict(zip(("rules", "addresses"), known(ELECTION), strict=True))
    )
    return changeset


def precincts() -> set[str]:
    return {Precinct.objects.get(id=voter.precinct).code for voter in Voter.objects.all()}


def test_rules_between_comparison_and_application(
    door: World, people: dict[str, Actor], tmp_path: Path
) -> None:
    changeset = noted(compared(tmp_path / "one", [resident(1), resident(2)]))
    accepted(set_rules(door, given(SECOND, also=("n1-1",)), "2"))
    place_all()
    carried(changeset, people)
    place_all()
    assert precincts() == {"n1-2"}


def test_who_is_brought_back_follows_the_rules_of_today(
    door: World, people: dict[str, Actor], tmp_path: Path
) -> None:
    carried(noted(compared(tmp_path / "one", [resident(1), resident(2)])), people)
    rows = [resident(1, given_name="Boshqa"), resident(2)]
    second = noted(compared(tmp_path / "two", rows, as_of=LATER))
    carried(second, people)
    place_all()
    accepted(set_rules(door, given(SECOND, also=("n1-1",)), "2"))
    place_all()
    carried(take_back(second.id, ELECTION), people)
    place_all()
    assert precincts() == {"n1-2"}
