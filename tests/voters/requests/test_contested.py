"""Granted requests that contradict each other, or the list: they hold up nobody else's, and can be left waiting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from esaylov.acts.door import Submission, perform
from esaylov.acts.powers import Actor
from esaylov.exchange.pinfl import make_pinfl
from esaylov.voters.blocks import Kind
from esaylov.voters.changesets import DiscardChangeset
from esaylov.voters.entering import Given, StagingError, stage_given
from esaylov.voters.importing import take_back
from esaylov.voters.models import Changeset, Mahalla
from esaylov.voters.requests import gathering, queries, staging
from esaylov.voters.requests.granting import Granting
from esaylov.voters.requests.models import Request
from esaylov.voters.requests.staging import left_out, numbers, stage_requests
from tests.registry.people import accepted, actors_of
from tests.voters.changing import carried, said
from tests.voters.listed import person
from tests.voters.precinct_lists import ELECTION
from tests.voters.requesting import decide, received
from tests.voters.requests.conftest import Asking


@pytest.fixture(scope="module")
def people(asking: Asking) -> Mapping[str, Actor]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('voters_voter_ids')")
    return actors_of("", "cec", datetime.now(UTC))


def another(number: int, serial: int = 1) -> str:
    """A PINFL that somebody of the same day of birth could have."""
    return make_pinfl(date.fromisoformat(person(number)["birth_date"]), "male", 955, serial)


def granted(kind: str, number: int, by: Actor, **entry: str) -> str:
    precinct = "n1-2" if by.code == "pec:n1-2" else "n1-1"
    asked = received(kind, number, precinct=precinct, voter=None if kind == "inclusion" else number)
    accepted(decide(asked, by, entry=person(number) | entry))
    return asked


def staged(*without: str) -> Changeset:
    made = stage_requests(ELECTION, without)
    assert made is not None
    return made


def given_up(changeset: Changeset, by: Actor) -> None:
    payload = DiscardChangeset.Payload(**said(changeset))
    accepted(perform(DiscardChangeset, ELECTION, Submission(payload, by)))


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Corrections change what they must not."""
    monkeypatch.setattr(Granting, "_is_another", staticmethod(lambda *_: False))


def test_one_person_in_two_requests(asking: Asking, people: Mapping[str, Actor], unchecked: None) -> None:
    by = asking.one["chair"]
    first = granted("correction", 10, by, pinfl=another(10))
    twice = granted(
        "inclusion", 70, by, pinfl=another(10), birth_date=person(10)["birth_date"], mahalla="t-1"
    )
    other = granted("correction", 2, asking.two["chair"], surname="Ochiq")
    made = staged()
    assert numbers(made.id) == sorted([first, other])
    assert made.counts["left_numbers"] == {twice: "entry"}
    carried(made, people)
    assert stage_requests(ELECTION) is not None, "by now the person is on the list: the entry that is meant"


def test_a_pinfl_that_another_entry_has(asking: Asking, people: Mapping[str, Actor], unchecked: None) -> None:
    by = asking.one["chair"]
    first = granted("correction", 4, by, pinfl=another(4, 2))
    made = staged()
    assert first in numbers(made.id)
    given_up(made, people["chair"])
    mahalla = Mahalla.objects.get(code="t-1")
    brought = person(80) | {"pinfl": another(4, 2)}
    new = stage_given(
        ELECTION, "special", [Given(Kind.ADDED, None, brought, mahalla.district, mahalla.id, None)]
    )
    assert new is not None
    carried(new, people)
    other = granted("correction", 2, asking.two["chair"], surname="Ochiq")
    made = staged()
    assert other in numbers(made.id)
    assert made.counts["left_numbers"] == {first: "pinfl"}
    carried(made, people)
    change = Given(Kind.CHANGED, 1, person(1) | {"pinfl": another(4, 2)}, mahalla.district, mahalla.id, None)
    with pytest.raises(StagingError, match="Y100"):
        stage_given(ELECTION, "special", [change])


def test_no_more_than_one_waits_for(
    asking: Asking, people: Mapping[str, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest first; what was left waiting keeps nobody else's from it."""
    oldest = granted("correction", 7, asking.one["chair"], flat="3")
    second = granted("correction", 5, asking.two["chair"], flat="3")
    monkeypatch.setattr(staging, "MOST", 1)
    made = staged()
    assert numbers(made.id) == [oldest]
    given_up(made, people["chair"])
    Changeset.objects.filter(id=made.id).update(counts={"left_numbers": {oldest: "closed"}})
    made = staged()
    assert numbers(made.id) == [second], "also past one that cannot be carried out"
    given_up(made, people["chair"])
    monkeypatch.setattr(staging, "MOST", 9)
    made = staged()
    assert numbers(made.id) == sorted([oldest, second])
    carried(made, people)


def test_left_out_by_whoever_gathers(asking: Asking, people: Mapping[str, Actor]) -> None:
    from esaylov.registry.accounts.models import Account
    from tests.cabinet.people import sign_in

    doubted = granted("correction", 7, asking.one["chair"], surname="Shubhali")
    other = granted("correction", 5, asking.two["chair"], surname="Ochiq")
    client = sign_in(Account.objects.open(person=people["secretary"].person))
    sent = {"without": f" {doubted.lower()}, "}
    client.post("/en/cabinet/voters/changesets/requests/", sent)
    assert gathering.run_one()
    changeset = Changeset.objects.latest("id")
    page = client.get(f"/en/cabinet/voters/changesets/{changeset.id}/").content.decode()
    assert f"<li>{other}</li>" in page
    assert f"{doubted}: left out by whoever prepared the changeset" in page
    carried(changeset, people)
    assert left_out(ELECTION) == [doubted]
    assert staging.why_left(Request.objects.get(number=doubted)) == staging.WHY[staging.CHOSEN]
    assert f'value="{doubted}"' in client.get("/en/cabinet/voters/").content.decode(), "offered next time"
    assert doubted in numbers(staged().id), "it waits as before"


def test_taken_back_and_in_force_again(asking: Asking, people: Mapping[str, Actor]) -> None:
    number = granted("correction", 1, asking.one["chair"], surname="Bir")
    made = staged()
    carried(made, people)
    back = take_back(made.id, ELECTION)
    carried(back, people)
    assert number in [one.request.number for one in queries.waiting(ELECTION)]
    carried(take_back(back.id, ELECTION), people)
    request = Request.objects.get(number=number)
    assert queries.carried(request) == Changeset.objects.get(id=made.id)
    assert number not in [one.request.number for one in queries.waiting(ELECTION)]
