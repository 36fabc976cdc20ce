"""Granted requests go into the list by a changeset: proposed, approved, applied, given up, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from django.db import connection

from esaylov.acts.door import Submission, perform
from esaylov.acts.powers import Actor
from esaylov.custody import client
from esaylov.registry.models import Precinct
from esaylov.voters.assignments.following import INCLUDED
from esaylov.voters.blocks import Kind
from esaylov.voters.changesets import DiscardChangeset
from esaylov.voters.entering import Given, stage_given
from esaylov.voters.importing import take_back
from esaylov.voters.keys import sealer
from esaylov.voters.models import Changeset, Voter
from esaylov.voters.places.models import Placing
from esaylov.voters.requests import queries
from esaylov.voters.requests.models import Request
from esaylov.voters.requests.staging import count, numbers, stage_requests
from tests.registry.people import accepted, actors_of
from tests.voters.assigned import precinct, standing
from tests.voters.changing import carried, said
from tests.voters.freezing import freeze, prepare
from tests.voters.listed import person
from tests.voters.precinct_lists import ELECTION
from tests.voters.requesting import decide, received
from tests.voters.requests.conftest import Asking


@pytest.fixture(scope="module")
def people(asking: Asking) -> Mapping[str, Actor]:
    with (
        connection.cursor() as cursor
    ):  # numbers that the voters of the tests have without having asked for them
        cursor.execute("SELECT nextval('voters_voter_ids')")
    return actors_of("", "cec", datetime.now(UTC))


def granted(kind: str, number: int, by: Actor, precinct_of: str = "n1-1", **entry: str) -> str:
    """The number of a granted request of an invented voter."""
    more: dict[str, Any] = (
        {"voter": None} if kind == "inclusion" or (kind == "abroad" and number > 12) else {}
    )
    if kind == "precinct":
        more["said"] = {"wished": entry["precinct"]}
    asked = received(kind, number, precinct=precinct_of, **more)
    accepted(decide(asked, by, entry=entry or None))
    return asked


def staged() -> Changeset:
    made = stage_requests(ELECTION)
    assert made is not None
    return made


def given_up(changeset: Changeset, by: Actor) -> None:
    payload = DiscardChangeset.Payload(**said(changeset))
    accepted(perform(DiscardChangeset, ELECTION, Submission(payload, by)))


def surname(voter: int) -> str:
    row = Voter.objects.get(id=voter)
    return str(orjson.loads(sealer().open([voter], [bytes(row.sealed)])[0])["surname"])


def where(voter: int) -> str:
    return str(Precinct.objects.get(id=Voter.objects.get(id=voter).precinct).code)


def test_every_kind_goes_the_same_way(asking: Asking, people: Mapping[str, Actor]) -> None:
    by = asking.one["chair"]
    assert stage_requests(ELECTION) is None
    asked = [
        granted("correction", 1, by, **person(1) | {"surname": "Toʻgʻriyev"}),
        granted("precinct", 4, by, precinct="n1-2"),
        granted("inclusion", 50, by, **person(50) | {"mahalla": "t-1"}),
        granted("abroad", 51, by, **person(51) | {"precinct": "n1-1"}),
    ]
    again = granted("correction", 1, by, **person(1) | {"surname": "Yana"})
    assert count(ELECTION) == 5
    before = client.custody.status()["purposes"]
    made = staged()
    after = client.custody.status()["purposes"]
    assert after["request"] == before["request"], "nobody who opens a request waits for who gathers them"
    assert after["gathering"]["rows"] <= 6 * 5
    assert numbers(made.id) == sorted(asked)
    assert {kind: made.counts[kind] for kind in ("added", "removed", "moved", "changed", "left")} == {
        "added": 2, "removed": 0, "moved": 1, "changed": 1, "left": 1,
    }  # fmt: skip
    given_up(made, people["chair"])
    assert count(ELECTION) == 5, "given up: they wait again"
    second = staged()
    carried(second, people)
    request = Request.objects.get(number=asked[0])
    found = queries.carried(request)
    assert found is not None
    assert (found.id, found.state) == (second.id, "applied")
    assert surname(1) == "Toʻgʻriyev"
    assert where(4) == "n1-2"
    reasons = sorted(why for _, why in standing().values())
    assert reasons == ["abroad", INCLUDED, "request"]
    third = staged()
    assert numbers(third.id) == [again], "what was left comes next"
    carried(third, people)
    assert surname(1) == "Yana"
    carried(take_back(third.id, ELECTION), people)
    assert surname(1) == "Toʻgʻriyev"
    assert count(ELECTION) == 1, "what was taken back waits again"


def test_who_objects_comes_back(asking: Asking, people: Mapping[str, Actor]) -> None:
    removal = stage_given(ELECTION, "special", [Given(Kind.REMOVED, 7, None, 0, 0, None, "left")])
    assert removal is not None
    carried(removal, people)
    granted("objection", 7, asking.one["chair"])
    made = staged()
    assert made.counts["added"] == 1
    carried(made, people)
    assert standing()[7] == (None, INCLUDED)
    assert where(7) == "n1-1"
    assert surname(7) == person(7)["surname"]


def test_a_correction_leaves_who_is_assigned(asking: Asking, people: Mapping[str, Actor]) -> None:
    by = asking.one["chair"]
    granted("precinct", 10, by, precinct="n2-1")
    carried(staged(), people)
    granted("correction", 10, by, **person(10) | {"given_name": "Boshqa", "house": "19"})
    made = staged()
    assert made.counts["moved"] == 1, "the house is another one"
    carried(made, people)
    assert standing()[10] == (precinct("n2-1"), "request")
    assert where(10) == "n2-1"


def test_gathered_in_the_cabinet(asking: Asking, people: Mapping[str, Actor]) -> None:
    from esaylov.registry.accounts.models import Account
    from esaylov.voters.requests import gathering
    from tests.cabinet.people import sign_in

    client = sign_in(Account.objects.open(person=people["secretary"].person))
    button = "Prepare the changeset that carries them out"
    assert button not in client.get("/en/cabinet/voters/").content.decode()
    number = granted("correction", 2, asking.one["chair"], **person(2) | {"surname": "Yangi"})
    assert button in client.get("/en/cabinet/voters/").content.decode()
    client.post("/en/cabinet/voters/changesets/requests/")
    assert gathering.run_one()
    made = Changeset.objects.latest("id")
    page = client.get(f"/en/cabinet/voters/changesets/{made.id}/").content.decode()
    assert number in page
    assert "Yangi" not in page
    assert button not in client.get("/en/cabinet/voters/").content.decode()


def test_closed_lists_hold_nobody_up(asking: Asking, people: Mapping[str, Actor]) -> None:
    one = granted("correction", 1, asking.one["chair"], **person(1) | {"surname": "Ochiq"})
    closed = granted(
        "correction", 5, asking.two["chair"], precinct_of="n1-2", **person(5) | {"surname": "Yopiq"}
    )
    Placing.objects.all().delete()
    prepare(ELECTION)
    accepted(freeze(people["chair"], precincts=["n1-2"]))
    made = staged()
    assert one in numbers(made.id)
    assert closed not in numbers(made.id)
    assert made.counts["left"] == 1
    carried(made, people)
    assert stage_requests(ELECTION) is None
