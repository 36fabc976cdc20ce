"""Two persons decide about a pair; where it is one person, a changeset removes one entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from esaylov.acts.door import Result
    from esaylov.acts.powers import Actor
    from esaylov.voters.linkage.models import Pair
    from tests.acts.election import World

DISTRICT = 1726266


@dataclass
class Queue:
    """An election with three voters, two of whom are a pair, and the officers of the Central Commission."""

    election: World
    pair: Pair
    people: Mapping[str, Actor]


@pytest.fixture
def queue(door: World) -> Queue:
    from esaylov.registry.models import Territory
    from tests.voters.changing import central
    from tests.voters.linkage.acting import pair_of
    from tests.voters.listed import enter_voters

    Territory.objects.using("admin").filter(election=door.election, code="n1").update(soato=str(DISTRICT))
    enter_voters(3)
    return Queue(door, pair_of(1, 2, DISTRICT), central())


def refused(result: Result) -> set[str]:
    return {finding.code for finding in getattr(result, "findings", ())}


def test_two_persons_decide_and_the_log_names_nobody(queue: Queue) -> None:
    from tests.registry.people import accepted
    from tests.voters.linkage.acting import approve, propose

    proposed = accepted(propose(queue.pair, queue.people["secretary"], "different"))
    approved = accepted(approve(queue.pair, queue.people["chair"], "different"))
    for one in (proposed, approved):
        assert {"pair", "verdict"} <= set(one.record)
        assert not {"first", "second", "removes", "voter"} & set(one.record)
    queue.pair.refresh_from_db()
    assert (queue.pair.state, queue.pair.verdict, queue.pair.removes) == ("decided", "different", None)
    assert [step.step for step in queue.pair.steps.order_by("id")] == ["proposed", "approved"]
    assert refused(propose(queue.pair, queue.people["secretary"], "same", "first")) == {"Y62"}


def test_proposer_does_not_approve(queue: Queue) -> None:
    from tests.registry.people import accepted
    from tests.voters.linkage.acting import approve, propose

    accepted(propose(queue.pair, queue.people["chair"], "unclear"))
    assert refused(approve(queue.pair, queue.people["chair"], "unclear")) == {"Y64"}


def test_who_sees_it_otherwise_proposes_that(queue: Queue) -> None:
    from tests.registry.people import accepted
    from tests.voters.linkage.acting import approve, propose

    accepted(propose(queue.pair, queue.people["secretary"], "same", "first"))
    assert refused(approve(queue.pair, queue.people["chair"], "same", "second")) == {"Y63"}
    assert refused(approve(queue.pair, queue.people["chair"], "different")) == {"Y63"}
    accepted(propose(queue.pair, queue.people["chair"], "different"))
    assert refused(approve(queue.pair, queue.people["secretary"], "same", "first")) == {"Y63"}
    accepted(approve(queue.pair, queue.people["secretary"], "different"))


def test_unclear_may_be_looked_at_again(queue: Queue) -> None:
    from tests.registry.people import accepted
    from tests.voters.linkage.acting import approve, propose

    accepted(propose(queue.pair, queue.people["secretary"], "unclear"))
    accepted(approve(queue.pair, queue.people["chair"], "unclear"))
    accepted(propose(queue.pair, queue.people["deputy"], "different"))


@pytest.mark.parametrize(
    ("verdict", "removes"), [("same", None), ("different", "first"), ("unclear", "second")]
)
def test_who_leaves_is_said_for_one_person_only(queue: Queue, verdict: str, removes: str | None) -> None:
    from tests.voters.linkage.acting import propose

    assert refused(propose(queue.pair, queue.people["chair"], verdict, removes)) == {"Y65"}


def test_no_such_pair_and_an_entry_that_left(queue: Queue) -> None:
    from esaylov.voters.models import Voter
    from tests.voters.linkage.acting import propose

    nobody = type(queue.pair)(id=99)
    assert refused(propose(nobody, queue.people["chair"], "different")) == {"Y61"}
    Voter.objects.filter(id=2).delete()
    assert refused(propose(queue.pair, queue.people["chair"], "different")) == {"Y62"}


def test_the_same_said_twice_is_recorded_once(queue: Queue) -> None:
    from tests.registry.people import accepted
    from tests.voters.linkage.acting import propose

    first = accepted(propose(queue.pair, queue.people["chair"], "unclear"))
    again = accepted(propose(queue.pair, queue.people["chair"], "unclear"))
    assert again.repeated
    assert again.journal == first.journal


def test_commissions_decide_in_their_own_territory(queue: Queue) -> None:
    from tests.registry.people import accepted
    from tests.voters.linkage.acting import pair_of, propose
    from tests.voters.places.rules import chair

    own = chair(queue.election, "tec:n")
    accepted(propose(queue.pair, own, "unclear"))
    away = pair_of(1, 3, DISTRICT + 1)
    assert refused(propose(away, own, "unclear")) == {"A01"}
    across = type(queue.pair).objects.create(
        search=away.search, first=2, second=3, first_district=DISTRICT, second_district=DISTRICT + 1,
        weight=9.0, levels=[],
    )  # fmt: skip
    assert refused(propose(across, own, "unclear")) == {"A01"}
    accepted(propose(across, queue.people["chair"], "unclear"))


def test_second_entry_leaves_by_a_changeset_alone(queue: Queue) -> None:
    from esaylov.voters.linkage.removal import stage_removals, waiting
    from esaylov.voters.models import Changeset, Former, Voter
    from tests.registry.people import accepted
    from tests.voters.changing import ELECTION, carried
    from tests.voters.linkage.acting import approve, propose

    assert stage_removals(ELECTION) is None
    accepted(propose(queue.pair, queue.people["secretary"], "same", "second"))
    accepted(approve(queue.pair, queue.people["chair"], "same", "second"))
    assert Voter.objects.count() == 3
    assert waiting().count() == 1
    changeset = stage_removals(ELECTION)
    assert changeset is not None
    assert (changeset.kind, changeset.state, changeset.counts["removed"]) == ("linkage", "compared", 1)
    assert waiting().count() == 0
    assert stage_removals(ELECTION) is None
    carried(changeset, queue.people)
    assert set(Voter.objects.values_list("id", flat=True)) == {1, 3}
    assert [(row.voter, row.reason) for row in Former.objects.all()] == [(2, "duplicate")]
    assert Changeset.objects.get(id=changeset.id).state == "applied"


def decided(first: int, second: int, people: Mapping[str, Actor], removes: str) -> Pair:
    """A pair that two persons found to be one."""
    from tests.registry.people import accepted
    from tests.voters.linkage.acting import approve, pair_of, propose

    pair = pair_of(first, second, DISTRICT)
    accepted(propose(pair, people["secretary"], "same", removes))
    accepted(approve(pair, people["chair"], "same", removes))
    return pair


def in_the_list() -> set[int]:
    from esaylov.voters.models import Voter

    return set(Voter.objects.values_list("id", flat=True))


def test_whose_entries_are_all_said_to_leave_keeps_one(queue: Queue) -> None:
    """Three decisions, each in order, that together would strike somebody off the list."""
    from esaylov.voters.linkage.removal import stage_removals, waiting
    from tests.voters.changing import ELECTION, carried

    queue.pair.delete()
    for first, second, removes in ((1, 2, "first"), (2, 3, "first"), (1, 3, "second")):
        decided(first, second, queue.people, removes)
    changeset = stage_removals(ELECTION)
    assert changeset is not None
    carried(changeset, queue.people)
    assert in_the_list() == {1}
    assert not waiting().exists()
    assert stage_removals(ELECTION) is None


def test_a_chain_over_an_entry_that_left_leaves_one(queue: Queue) -> None:
    from esaylov.voters.linkage.removal import stage_removals
    from tests.voters.changing import ELECTION, carried

    queue.pair.delete()
    decided(2, 3, queue.people, "first")
    one = stage_removals(ELECTION)
    assert one is not None
    decided(1, 2, queue.people, "first")
    carried(one, queue.people)
    other = stage_removals(ELECTION)
    assert other is not None
    carried(other, queue.people)
    assert in_the_list() == {3}


def test_the_entry_that_stays_was_removed_meanwhile(queue: Queue) -> None:
    from esaylov.voters.linkage.removal import stage_removals, waiting
    from esaylov.voters.models import Voter
    from tests.voters.changing import ELECTION

    queue.pair.delete()
    pair = decided(1, 2, queue.people, "first")
    Voter.objects.filter(id=2).delete()
    assert stage_removals(ELECTION) is None
    assert not waiting().exists()
    pair.refresh_from_db()
    assert pair.state == "gone"


def test_that_one_stays_is_looked_at_again_when_the_changeset_is_applied(queue: Queue) -> None:
    from esaylov.voters.linkage.removal import stage_removals
    from esaylov.voters.models import Voter
    from tests.registry.people import accepted
    from tests.voters import changing

    queue.pair.delete()
    decided(1, 2, queue.people, "first")
    changeset = stage_removals(changing.ELECTION)
    assert changeset is not None
    accepted(changing.propose(changeset, queue.people["secretary"]))
    accepted(changing.approve(changeset, queue.people["chair"]))
    Voter.objects.filter(id=2).delete()
    assert refused(changing.applied(changeset)) == {"Y62"}
    assert in_the_list() == {1, 3}


def test_a_changeset_that_was_given_up_leaves_the_pair_waiting(queue: Queue) -> None:
    from esaylov.acts.door import Submission, perform
    from esaylov.voters.changesets import DiscardChangeset
    from esaylov.voters.linkage.removal import stage_removals, waiting
    from tests.registry.people import accepted
    from tests.voters.changing import ELECTION, said
    from tests.voters.linkage.acting import approve, propose

    accepted(propose(queue.pair, queue.people["secretary"], "same", "first"))
    accepted(approve(queue.pair, queue.people["chair"], "same", "first"))
    changeset = stage_removals(ELECTION)
    assert changeset is not None
    payload = DiscardChangeset.Payload(**said(changeset))
    accepted(perform(DiscardChangeset, ELECTION, Submission(payload, queue.people["chair"])))
    assert waiting().count() == 1
    again = stage_removals(ELECTION)
    assert again is not None
    assert again.id != changeset.id
    assert datetime.now(UTC) >= again.made_at


def test_a_removal_that_was_taken_back_is_decided_anew(queue: Queue) -> None:
    """Under a new number, for what is said of a decided pair is said once (docs/formats.md); what was said stands beside it."""
    from django.test import Client

    from esaylov.registry.accounts.models import Account
    from esaylov.voters.importing import take_back
    from esaylov.voters.linkage.models import Pair
    from esaylov.voters.linkage.removal import stage_removals, waiting
    from tests.cabinet.people import sign_in
    from tests.registry.people import accepted
    from tests.voters.changing import ELECTION, carried
    from tests.voters.linkage.acting import approve, propose
    from tests.voters.precinct_lists import custodian

    queue.pair.delete()
    old = decided(1, 2, queue.people, "second")
    changeset = stage_removals(ELECTION)
    assert changeset is not None
    carried(changeset, queue.people)
    assert in_the_list() == {1, 3}
    carried(take_back(changeset.id, ELECTION), queue.people)
    assert in_the_list() == {1, 2, 3}
    new = Pair.objects.exclude(id=old.id).get(first=1, second=2)
    assert (new.state, new.verdict, new.removes, new.changeset) == ("open", "", None, None)
    assert (new.levels, new.weight) == (old.levels, old.weight)
    assert not waiting().exists()
    assert [one.verdict for one in old.steps.all()] == ["same", "same"]
    assert refused(propose(old, queue.people["secretary"], "different")) == {"Y62"}
    client: Client = sign_in(Account.objects.open(person=queue.people["deputy"].person))
    with custodian():
        page = client.get(f"/en/cabinet/voters/pairs/{new.id}/").content.decode()
    assert page.count("One person") > 2
    assert 'name="answer"' in page
    accepted(propose(new, queue.people["secretary"], "different"))
    accepted(approve(new, queue.people["chair"], "different"))
    assert stage_removals(ELECTION) is None
    # As two persons they keep an entry each, whatever was said before.
    decided(1, 3, queue.people, "first")
    again = stage_removals(ELECTION)
    assert again is not None
    carried(again, queue.people)
    assert in_the_list() == {2, 3}


def test_who_is_found_again_after_the_pair_was_settled_has_a_new_number(queue: Queue) -> None:
    from esaylov.voters.linkage.found import Pair as Found
    from esaylov.voters.linkage.models import Pair, Search
    from esaylov.voters.linkage.queue import store
    from esaylov.voters.linkage.removal import stage_removals
    from esaylov.voters.models import Voter
    from tests.voters.changing import ELECTION
    from tests.voters.linkage.acting import pair_of
    from tests.voters.listed import enter_voters

    queue.pair.delete()
    old, other = decided(1, 2, queue.people, "first"), pair_of(1, 3, DISTRICT)
    Voter.objects.filter(id=2).delete()
    assert stage_removals(ELECTION) is None
    Voter.objects.all().delete()
    enter_voters(3)

    def searched(*pairs: tuple[int, int]) -> None:
        search = Search.objects.create(
            at=datetime.now(UTC), seconds=1, entries=3, pairs=len(pairs), model=b"model"
        )
        store(search, [Found(first, second, 9.0, "", ()) for first, second in pairs])

    searched((1, 2))
    old.refresh_from_db()
    other.refresh_from_db()
    assert (old.state, other.state) == ("gone", "gone")
    found = Pair.objects.exclude(id=old.id).get(first=1, second=2)
    searched((1, 2), (1, 3))
    found.refresh_from_db()
    other.refresh_from_db()  # nothing was ever said of it: it is the one of before
    assert (found.state, other.state, Pair.objects.count()) == ("open", "open", 3)


def test_removals_are_made_by_the_clock_of_the_election(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    from esaylov.acts.context import ElectionContext
    from esaylov.voters.linkage.removal import stage_removals
    from tests.voters.changing import ELECTION

    queue.pair.delete()
    decided(1, 2, queue.people, "second")
    then = datetime(2026, 10, 1, 12, tzinfo=UTC)
    monkeypatch.setattr(ElectionContext, "now", lambda *_: then)
    changeset = stage_removals(ELECTION)
    assert changeset is not None
    assert changeset.made_at == then
