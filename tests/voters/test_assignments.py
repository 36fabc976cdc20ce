"""Who is assigned to a precinct stays there, whatever addresses, rules and registers say, until that ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from esaylov.acts.context import get_context
from esaylov.acts.door import Refused, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.registry.models import Precinct
from esaylov.voters.assignments import queries
from esaylov.voters.assignments.following import INCLUDED
from esaylov.voters.assignments.queries import homes
from esaylov.voters.blocks import Kind
from esaylov.voters.changesets import DiscardChangeset
from esaylov.voters.entering import Given, stage_given
from esaylov.voters.importing import apply_approved, import_extract, take_back
from esaylov.voters.linkage.removal import stage_removals
from esaylov.voters.models import Assignment, AssignmentEnd, Changeset, Voter
from esaylov.voters.staging import StagingError
from tests.acts.election import World
from tests.conftest import Clone
from tests.registry.people import accepted
from tests.voters.assigned import assign, precinct, standing
from tests.voters.changing import ELECTION, approve, carried, central, propose, said
from tests.voters.extracts import DISTRICT, extract, mahalla, resident
from tests.voters.linkage import acting as pairs
from tests.voters.linkage.acting import pair_of
from tests.voters.listed import person
from tests.voters.places.registers import street
from tests.voters.places.rules import NAVOI, given, place_all, register, set_rules
from tests.voters.precinct_lists import custodian
from tests.voters.test_entering import entry
from tests.voters.test_power_cut import APPLYING, dies

RULES = f"n1-1,t-1,{NAVOI},1,20,all"


def whole(folder: Path, numbers: range, as_of: str, **more: str) -> Changeset:
    rows = [resident(n, **(more if n == 1 else {})) for n in numbers]
    return import_extract(extract(folder, rows, as_of=as_of), ELECTION)


@pytest.fixture
def people(door: World, tmp_path: Path) -> dict[str, Actor]:
    """Ten voters at the precinct of their street; the Central Commission's officers."""
    found = central()
    mahalla()
    register(tmp_path / "addresses", street("t-1", NAVOI, range(1, 21)))
    accepted(set_rules(door, given(RULES)))
    carried(whole(tmp_path / "one", range(1, 11), "2024-09-01T00:00:00+05:00"), found)
    place_all()
    return found


def where(number: int) -> str | None:
    found = Precinct.objects.filter(id=entry(number).precinct).values_list("code", flat=True).first()
    return None if found is None else str(found)


def test_neither_rules_nor_extracts_move_who_is_assigned(
    door: World, tmp_path: Path, people: dict[str, Actor]
) -> None:
    assert where(1) == "n1-1"
    one, two = entry(1).id, entry(2).id
    assign({one: "n2-1", two: "n2-1"}, people)
    assert standing() == dict.fromkeys((one, two), (precinct("n2-1"), "request"))
    accepted(set_rules(door, given(f"n1-2,t-1,{NAVOI},1,20,all", also=["n1-1"]), decision="8"))
    place_all()
    assert (where(1), where(2), where(3)) == ("n2-1", "n2-1", "n1-2")
    carried(whole(tmp_path / "two", range(1, 11), "2024-09-02T00:00:00+05:00", house="15"), people)
    assert where(1) == "n2-1", "somebody who moves stays where the decision put them"
    third = whole(tmp_path / "three", range(3, 11), "2024-09-03T00:00:00+05:00")
    assert (third.counts["removed"], third.counts["unregistered"]) == (0, 2)
    day = get_context(ELECTION).now().date()
    of_all, there = (
        queries.standing(day, ELECTION),
        queries.standing(day, ELECTION, precinct=precinct("n2-1")),
    )
    assert [len(of_all), {row.voter for row in there}] == [2, {one, two}]
    assert queries.standing(day, ELECTION, precinct=precinct("n2-2")) == []
    assert [row.voter for row in queries.standing(day, ELECTION, [two], precinct("n2-1"))] == [two]
    assert homes(ELECTION, [one, two]) == dict.fromkeys((one, two), precinct("n1-2"))
    assign({one: "n2-2"}, people)
    assert standing()[one] == (precinct("n2-2"), "request"), "moved twice: one assignment stands"
    assert AssignmentEnd.objects.count() == 1


def test_a_reason_that_ends_the_right_ends_the_assignment(tmp_path: Path, people: dict[str, Actor]) -> None:
    one = entry(1).id
    assign({one: "n2-1"}, people, why="hospital")
    gone = whole(tmp_path / "two", range(1, 11), "2024-09-02T00:00:00+05:00", status="died")
    carried(gone, people)
    assert not Voter.objects.filter(id=one).exists()
    assert standing() == {}
    carried(take_back(gone.id, ELECTION), people)
    assert standing() == {one: (precinct("n2-1"), "hospital")}, "taken back, with the assignment"
    assert where(1) == "n2-1"


def test_a_reversal_ends_what_it_takes_back(people: dict[str, Actor]) -> None:
    one = entry(1).id
    first = assign({one: "n2-1"}, people)
    second = assign({one: "n2-2"}, people, why="detention", kind="special")
    carried(take_back(second.id, ELECTION), people)
    assert standing() == {one: (precinct("n2-1"), "request")}
    assert where(1) == "n2-1"
    last = Assignment.objects.get(end__isnull=True)
    assert last.changeset != first.id, "it came anew"


def test_an_end_that_was_taken_back_is_in_nobodys_way(tmp_path: Path, people: dict[str, Actor]) -> None:
    """Assigned, ended by a later changeset, brought back by taking that back: twice over. Then the first is taken back too."""
    one = entry(1).id
    first = assign({one: "n2-1"}, people, why="hospital")
    for ends in (("n2-2", "detention"), ("n1-2", "military-unit")):
        later = assign({one: ends[0]}, people, why=ends[1], kind="special")
        with pytest.raises(StagingError, match="Y07"):
            take_back(first.id, ELECTION)
        carried(take_back(later.id, ELECTION), people)
        assert standing() == {one: (precinct("n2-1"), "hospital")}
    back = take_back(first.id, ELECTION)
    carried(back, people)
    assert standing() == {}
    assert where(1) == "n1-1"
    carried(take_back(back.id, ELECTION), people)
    assert standing() == {one: (precinct("n2-1"), "hospital")}, "and comes again as a whole"
    assert where(1) == "n2-1"
    assert Assignment.objects.filter(end__isnull=True).count() == 1


def test_who_was_included_stays_without_a_register(tmp_path: Path, people: dict[str, Actor]) -> None:
    with custodian():
        made = stage_given(
            ELECTION, "request", [Given(Kind.ADDED, None, person(50), DISTRICT, mahalla().id, None, INCLUDED)]
        )
    assert made is not None
    carried(made, people)
    assert standing() == {entry(50).id: (None, INCLUDED)}
    again = whole(tmp_path / "two", range(1, 11), "2024-09-02T00:00:00+05:00")
    assert (again.counts["removed"], again.counts["unregistered"]) == (0, 1)
    carried(take_back(made.id, ELECTION), people)
    assert standing() == {}


def test_killed_while_it_is_applied_nothing_is_assigned(
    door: World, db_clone: Clone, people: dict[str, Actor]
) -> None:
    one = entry(1).id
    made = stage_given(ELECTION, "request", [Given(Kind.MOVED, one, None, 0, 0, precinct("n2-1"), "abroad")])
    assert made is not None
    accepted(propose(made, people["secretary"]))
    accepted(approve(made, people["chair"]))
    dies(APPLYING.format(place="changesets.wait_after", number=made.id), db_clone, door.data)
    assert (where(1), Assignment.objects.count()) == ("n1-1", 0)
    accepted(apply_approved(Changeset.objects.get(id=made.id)))
    assert (where(1), standing()) == ("n2-1", {one: (precinct("n2-1"), "abroad")})


def test_what_is_given_up_assigns_nobody(people: dict[str, Actor]) -> None:
    made = stage_given(
        ELECTION, "request", [Given(Kind.MOVED, entry(1).id, None, 0, 0, precinct("n2-1"), "abroad")]
    )
    assert made is not None
    payload = DiscardChangeset.Payload(**said(made))
    done = perform(DiscardChangeset, ELECTION, Submission(payload, people["chair"]))
    assert not isinstance(done, Refused)
    assert standing() == {}


def test_who_stood_twice_stays_assigned(people: dict[str, Actor]) -> None:
    one, two = entry(1).id, entry(2).id
    assign({two: "n2-1"}, people, why="hospital")
    pair = pair_of(one, two)
    for act, by in ((pairs.propose, "secretary"), (pairs.approve, "chair")):
        accepted(act(pair, people[by], "same", "second"))
    made = stage_removals(ELECTION)
    assert made is not None
    assert (made.counts["removed"], made.counts["moved"]) == (1, 1)
    carried(made, people)
    assert standing() == {one: (precinct("n2-1"), "hospital")}
    assert where(1) == "n2-1"
    carried(take_back(made.id, ELECTION), people)
    assert standing() == {two: (precinct("n2-1"), "hospital")}
    assert (where(1), where(2)) == ("n1-1", "n2-1")
