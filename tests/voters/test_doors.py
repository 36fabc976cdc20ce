"""From door to door: what members note is an official fact, changes nothing in the list, and tells nobody about a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from esaylov.acts.catalogue import catalogue
from esaylov.acts.context import get_context
from esaylov.acts.powers import Actor
from esaylov.custody import client
from esaylov.elections.queries import set_clock
from esaylov.exchange.canonical import dumps
from esaylov.publication.pages.territory import visited_share
from esaylov.registry.models import Precinct
from esaylov.voters.doors import reading
from esaylov.voters.doors.acts import RecordRound
from esaylov.voters.doors.figures import by_place, public_share
from esaylov.voters.doors.models import HouseCheck
from esaylov.voters.doors.reading import House, parted, progress_of, streets_of, walking
from esaylov.voters.doors.rounds import record_rounds
from esaylov.voters.models import Address, Voter
from tests.acts.election import count
from tests.cabinet.people import Bench
from tests.cabinet.people import bench as people
from tests.registry.people import actors_of
from tests.voters.doors import house_voters, houses, kept, noted, refused
from tests.voters.freezing import ELECTION, central
from tests.voters.listed import enter_voters, person
from tests.voters.precinct_lists import custodian

PAGE = "/en/cabinet/voters/doors/"


@pytest.fixture(scope="module")
def town(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Two precincts with houses of two entries each; two houses have no address in the register. Each test has its own."""
    with people(tmp_path_factory.mktemp("town")) as made:
        house_voters(43, ("n1-1", "n2-1"), known=9)
        with custodian():
            yield made


@pytest.fixture(scope="module")
def member(town: Bench) -> Actor:
    return actors_of(ELECTION, "pec:n1-1", datetime.now(UTC))["member"]


def house(number: str, precinct: str = "n1-1") -> House:
    return next(one for one in houses(precinct) if one.house == number)


def voters_of(one: House) -> list[int]:
    rows = Voter.objects.filter(house=one.digest, precinct=Precinct.objects.get(code="n1-1").id)
    return sorted(rows.values_list("id", flat=True))


def opened_of(row: HouseCheck) -> dict[str, str]:
    sealed = [(row.precinct_id, bytes(row.sealed))]
    return client.open_rows(sealed, purpose="precinct list", table="voters_housecheck")[0]


def tomorrow(days: int) -> None:
    """So many days go by on the election's clock."""
    set_clock(ELECTION, get_context(ELECTION).now() + timedelta(days=days))


def last_of(one: House) -> HouseCheck:
    return HouseCheck.objects.filter(house=one.digest).order_by("-number")[0]


def text(bench: Bench, address: str, who: str = "pec member") -> str:
    answer = bench.clients[who].get(address)
    assert answer.status_code == 200, (address, answer.content[:300])
    return str(answer.content.decode())


def url(number: str) -> str:
    return f"{PAGE}houses/{house(number).address}/"


def test_houses_stand_in_walking_order(town: Bench) -> None:
    found = houses()
    assert [one.house for one in found] == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", ""]
    assert [one.place for one in found][-3:] == [0, 1, 2], "two houses have no address in the register"
    assert [(one.name, len(one.houses)) for one in streets_of(found)] == [("Navoiy koʻchasi", 9), ("", 2)]
    assert sum(one.entries for one in found) == 22
    assert sorted(["10", "2", "10A", "", "10/2"], key=walking) == ["2", "10", "10/2", "10A", ""]


def test_a_visit_is_noted_at_once_and_is_no_entry(town: Bench, member: Actor) -> None:
    before = list(Voter.objects.order_by("id").values_list("id", "precinct", "changeset"))
    journal = count("acts_journal")
    result = kept(noted(member, house("1"), said={1: "here", 3: "died"}, missing=1))
    row = last_of(house("1"))
    assert (row.number, row.person, row.journal) == (result.number, member.person, None)
    assert (row.entries, row.answered, row.follow, row.missing) == (2, 2, 1, 1)
    opened = opened_of(row)
    assert parted(opened["said"]) == {1: "here", 3: "died"}
    words = {"election": "door", "precinct": "n1-1"} | opened
    assert sha256(b"esaylov household v1\0" + dumps(words)).digest() == bytes(row.noted or b"")
    assert count("acts_journal") == journal
    assert list(Voter.objects.order_by("id").values_list("id", "precinct", "changeset")) == before


def test_a_later_visit_replaces_what_it_says_again(town: Bench, member: Actor) -> None:
    first, second = voters_of(house("2"))
    kept(noted(member, house("2"), said={first: "away", second: "gone"}, missing=2))
    kept(noted(member, house("2"), said={second: "here"}))
    visit = house("2").visit
    assert visit is not None
    assert (visit.answered, visit.follow, visit.missing) == (1, 0, 2)
    assert parted(opened_of(last_of(house("2")))["said"]) == {first: "away", second: "here"}
    assert progress_of([house("2")]) == (1, 0, 2, 1, 0, 2)
    kept(noted(member, house("2"), missing=0))
    kept(noted(member, house("2"), said={first: "wrong"}))
    assert progress_of([house("2")]) == (1, 1, 2, 2, 1, 0)


def test_houses_without_an_address_are_visited_too(town: Bench, member: Actor) -> None:
    last = houses()[-1]
    (first, *_) = voters_of(last)
    kept(noted(member, last, said={first: "here"}))
    assert opened_of(last_of(last))["house"] == person(first)["house"]


def test_what_is_refused(town: Bench, member: Actor) -> None:
    found, before = house("3"), HouseCheck.objects.count()
    first = voters_of(found)[0]
    assert refused(noted(member, found)) == ["Y123"]
    assert refused(noted(member, found, said={1: "here"})) == ["Y122"]
    rows = Voter.objects.filter(house=found.digest)
    rows.update(house=7)
    assert refused(noted(member, found, said={first: "here"})) == ["Y121"]
    Voter.objects.filter(house=7).update(house=found.digest)
    chair = actors_of(ELECTION, "pec:n2-1", datetime.now(UTC))["chair"]
    programs = (town.world.actors["pec:n1-1"], town.world.actors["tec:n"])
    for other in (central(), chair, *programs):
        assert refused(noted(other, found, said={first: "here"})) == ["A01"]
    assert HouseCheck.objects.count() == before
    assert [one.path for one in catalogue() if one.act is RecordRound] == [None], (
        "no program of a body asks for it"
    )


def test_shares_by_district_and_what_the_public_sees_of_them(town: Bench) -> None:
    chair = actors_of(ELECTION, "pec:n2-1", datetime.now(UTC))["chair"]
    precinct = Precinct.objects.get(code="n2-1")
    done = 0
    for one in houses("n2-1")[:6]:
        numbers = Voter.objects.filter(house=one.digest, precinct=precinct.id).values_list("id", flat=True)
        kept(noted(chair, one, "n2-1", said=dict.fromkeys(numbers, "here")))
        done += one.entries
    assert done == 11
    assert public_share(ELECTION, precinct.territory_id, 10) is None, "no act says so before the day is over"
    tomorrow(1)
    assert record_rounds(ELECTION) >= 1
    assert public_share(ELECTION, precinct.territory_id, 10) == 5200, "11 of 21, whole per cents"
    assert public_share(ELECTION, precinct.territory_id, 10, size=0) is None
    assert public_share(ELECTION, precinct.territory_id, 12) is None, "fewer than the least cell"
    at = SimpleNamespace(
        election=SimpleNamespace(id=ELECTION),
        tables=SimpleNamespace(edition=get_context(ELECTION).edition),
        size=None,
    )
    assert visited_share(at, precinct.territory) == 5200, "as the page of the district asks"  # type: ignore[arg-type]
    shares = {one.code: (one.entries, one.share) for one in by_place(ELECTION, None)}
    assert (21, 5238) in shares.values()


def test_a_member_walks_a_street(town: Bench) -> None:
    numbers = re.findall(rf'"{PAGE}streets/([0-9]+)/"', text(town, PAGE))
    assert numbers[-1] == "0", "houses without an address stand last"
    street = text(town, f"{PAGE}streets/{numbers[0]}/")
    assert url("4") in street
    assert "Next: " in street
    page, (first, second) = text(town, url("4")), voters_of(house("4"))
    assert f"Test{first} " in page
    assert f"Test{first + 1} " not in page, "of another precinct"
    assert person(first)["birth_date"][:4] in page
    assert person(first)["birth_date"] not in page
    assert person(first)["document"] not in page
    sent = {f"v{first}": "here", f"v{second}": "gone", "missing": "2", "idempotency_key": "one"}
    answer = town.clients["pec member"].post(url("4"), sent, follow=True)
    assert (
        "Noted. When the day is over the log says how many visits there were, and nothing else."
        in answer.content.decode()
    )
    number = last_of(house("4")).number
    assert town.clients["pec member"].post(url("4"), sent).status_code == 302
    assert last_of(house("4")).number == number, "a form that is sent twice is noted once"
    assert "Visited last on" in text(town, url("4"))
    assert re.search(rf'value="gone"[^>]*id="id_v{second}_1"[^>]*checked', text(town, url("4")))
    page = text(town, f"{PAGE}follow-up/")
    assert "not here any more" in page
    assert f"Test{second} " in page
    assert f"Test{first} " not in page
    assert "4: 2</li>" in page
    assert "Navoiy" in text(town, f"{PAGE}others/1/")


def test_one_button_for_everybody_and_what_a_form_may_not_say(town: Bench) -> None:
    client = town.clients["pec member"]
    for wrong in (
        {},
        {"v1": "here"},
        {"missing": "x"},
        {"missing": "-1"},
        {f"v{voters_of(house('5'))[0]}": "flown"},
    ):
        answer = client.post(url("5"), wrong | {"idempotency_key": f"wrong {wrong}"})
        assert answer.status_code == 422, wrong
    sent = {f"v{voters_of(house('5'))[0]}": "away", "everybody": "here", "idempotency_key": "two"}
    assert client.post(url("5"), sent).status_code == 302
    assert (last_of(house("5")).answered, last_of(house("5")).entries) == (1, 2)
    strange = houses()[-2]
    sent = {"door": str(strange.digest), "everybody": "here", "idempotency_key": "three"}
    assert client.post(f"{PAGE}others/2/", sent).status_code == 302
    assert last_of(strange).answered == 2, "the house of the form, whatever stands in its place now"
    gone = client.post(f"{PAGE}others/1/", sent | {"door": "5"}, follow=True)
    assert "nobody of it lives in this house any more" in gone.content.decode()


def test_each_look_is_recorded_and_the_journal_confirms_nothing(town: Bench) -> None:
    before = count("voters_access")
    text(town, PAGE)
    text(town, f"{PAGE}streets/0/")
    assert count("voters_access") == before, "streets and houses open nobody's record"
    first, second = voters_of(house("6"))
    text(town, url("6"))
    whose = f"body = 'pec:n1-1' AND person IS NOT NULL AND voter IN ({first}, {second})"
    assert count("voters_access", whose) == 2
    sent = {f"v{first}": "died", "idempotency_key": "six"}
    assert town.clients["pec member"].post(url("6"), sent).status_code == 302
    request = bytes(last_of(house("6")).request or b"")
    plain = sha256(url("6").encode())
    plain.update(repr((f"v{first}", ["died"])).encode())
    assert request != plain.digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(voters_housecheck::text, '') FROM voters_housecheck")
        (rows,) = cursor.fetchone()
    assert "died" not in rows
    assert "Navoiy" not in rows


@pytest.mark.parametrize("who", ["cec chair", "cec member", "tec chair", "tec member", "bystander"])
def test_nobody_above_opens_a_house(town: Bench, who: str) -> None:
    before, client = count("voters_access"), town.clients[who]
    for address in (PAGE, f"{PAGE}streets/0/", url("7"), f"{PAGE}others/1/", f"{PAGE}follow-up/"):
        assert client.get(address).status_code == 403, address
    assert client.post(url("7"), {"everybody": "here"}).status_code == 403
    assert count("voters_access") == before
    if who == "bystander":
        return
    page = text(town, f"{PAGE}progress/", who)
    assert "Test" not in page
    assert "Navoiy" not in page
    assert "%" in page


def test_another_precinct_sees_its_own_entries_of_a_house(town: Bench) -> None:
    shown, (first, _) = text(town, url("7"), "other pec chair"), voters_of(house("7"))
    assert f"Test{first} " not in shown
    assert f"Test{first + 1} " in shown
    assert town.clients["pec member"].get(f"{PAGE}progress/").status_code == 403


def test_without_the_custodian_a_house_stays_closed(town: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: Any, **__: Any) -> None:
        raise client.CustodianDown("gone")

    monkeypatch.setattr(reading.client, "open_rows", down)
    assert town.clients["pec member"].get(url("8")).status_code == 503
    assert town.clients["pec member"].post(url("8"), {"everybody": "here"}).status_code == 503
    assert town.clients["pec member"].get(PAGE).status_code == 200


def test_a_house_of_many_flats_comes_in_parts(town: Bench) -> None:
    enter_voters(30, ("n2-1",), first=4_001)
    Voter.objects.filter(id__gte=4_001).update(house=4_242)
    Address.objects.create(
        mahalla_id=Voter.objects.get(id=4_001).mahalla,
        street="Bobur",
        street_key="bobur",
        house="1",
        digest=4_242,
    )
    address = f"{PAGE}houses/{Address.objects.get(digest=4_242).id}/"
    client = town.clients["other pec chair"]
    assert "Part 1 of 2" in text(town, address, "other pec chair")
    answer = client.post(address, {"everybody": "here", "part": "0", "idempotency_key": "part one"})
    assert answer.headers["Location"] == f"{address}?part=1"
    assert "Part 2 of 2" in text(town, f"{address}?part=1", "other pec chair")
    answer = client.post(address, {"everybody": "away", "part": "1", "idempotency_key": "part two"})
    assert "streets" in answer.headers["Location"]
    row = HouseCheck.objects.filter(house=4_242).order_by("-number")[0]
    assert (row.entries, row.answered) == (30, 24)
