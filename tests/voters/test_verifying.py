"""Both verifiers take a log in which every act on the voter list was performed."""

from __future__ import annotations

from pathlib import Path

from esaylov.acts.identity import identity
from esaylov.exchange import verification
from esaylov.exchange.standalone import verify
from esaylov.publication.publisher import publish_to
from esaylov.voters.importing import import_extract, take_back
from esaylov.voters.linkage.removal import stage_removals
from esaylov.voters.models import Changeset, Voter
from esaylov.voters.requests.staging import stage_requests
from tests.acts.election import World
from tests.registry.people import accepted
from tests.voters.acting import perform_on_voters
from tests.voters.changing import ELECTION, carried, central, compared
from tests.voters.extracts import extract, resident
from tests.voters.freezing import freeze, prepare
from tests.voters.linkage.acting import approve, pair_of, propose
from tests.voters.listed import person
from tests.voters.places.registers import street
from tests.voters.places.rules import NAVOI, given, place_all, register, set_rules
from tests.voters.precinct_lists import commission, custodian
from tests.voters.requesting import decide, received
from tests.voters.test_entering import entry

LATEST, LAST = "2024-09-03T00:00:00+05:00", "2024-09-04T00:00:00+05:00"


def verified(door: World, folder: Path) -> None:
    """Both verifiers take what is published."""
    door.sequence()
    publish_to(folder)
    known = identity()
    assert known is not None
    verification.verify(str(folder), lambda *_: None, key=known.verifier_key)
    assert verify.main([str(folder), "--key", known.verifier_key]) == 0


def test_both_verifiers_take_what_was_done_with_the_list(door: World, tmp_path: Path) -> None:
    central()
    perform_on_voters()
    verified(door, tmp_path / "published")


def later(folder: Path) -> Changeset:
    """Two come, three leave, one moves, one has another name."""
    rows = [resident(n) for n in range(3, 33)]
    rows[0] |= {"house": "77"}
    rows[1] |= {"surname": "Boshqayev"}
    rows[2] |= {"status": "died"}
    return compared(folder, rows, as_of="2024-09-02T00:00:00+05:00")


def delta(folder: Path, as_of: str, *rows: dict[str, str]) -> Changeset:
    """What the register says of a day; rules lead its people to precincts."""
    return import_extract(extract(folder, rows, kind="delta", as_of=as_of), ELECTION)


def asked_for() -> Changeset:
    """A correction that was granted, as a changeset; the other two requests are a visit and one that waits."""
    by = commission("pec:n1-1")["secretary"]
    voter = entry(10).id
    with custodian():
        accepted(decide(received("home", 10, voter=voter), by))
        received("correction", 10, voter=voter)
        said = person(10) | {"surname": "Toʻgʻriyev"}
        accepted(decide(received("correction", 10, voter=voter), by, entry=said))
        made = stage_requests(ELECTION)
    assert made is not None
    assert made.counts["changed"] == 1
    return made


def test_what_was_taken_back_and_what_comes_after_a_freeze(door: World, tmp_path: Path) -> None:
    people = central()
    carried(compared(tmp_path / "one", [resident(n) for n in range(1, 31)]), people)
    second = later(tmp_path / "two")
    carried(second, people)
    third = delta(tmp_path / "three", "2024-09-02T01:00:00+05:00", resident(3, event="moved", house="78"))
    carried(third, people)
    carried(take_back(third.id, ELECTION), people)
    back = take_back(second.id, ELECTION)
    carried(back, people)
    carried(take_back(back.id, ELECTION), people)
    pair = pair_of(*Voter.objects.order_by("id").values_list("id", flat=True)[:2])
    for verdict, removes in (("unclear", None), ("same", "second")):
        accepted(propose(pair, people["secretary"], verdict, removes))
        accepted(approve(pair, people["chair"], verdict, removes))
    removals = stage_removals(ELECTION)
    assert removals is not None
    carried(removals, people)
    carried(asked_for(), people)
    register(tmp_path / "addresses", street("t-1", NAVOI, range(1, 21)))
    accepted(set_rules(door, given(f"n1-1,t-1,{NAVOI},1,10,all", f"n1-2,t-1,{NAVOI},11,15,all")))
    accepted(set_rules(door, given(f"n1-2,t-1,{NAVOI},11,20,all"), decision="8"))
    place_all()
    prepare(ELECTION)
    accepted(freeze(people["chair"], precincts=["n1-1"]))
    accepted(set_rules(door, given(f"n1-2,t-1,{NAVOI},11,18,all"), decision="9"))
    carried(delta(tmp_path / "more", LATEST, resident(70, event="adult", house="12")), people)
    place_all()
    prepare(ELECTION)
    accepted(freeze(people["chair"]))
    carried(delta(tmp_path / "last", LAST, resident(71, event="adult", house="500")), people)
    verified(door, tmp_path / "published")
