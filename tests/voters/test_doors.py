"""From door to door: what members note is an official fact, changes nothing in the list, and tells nobody about a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import orjson
import pytest
from django.db import connection

from esaylov.custody import client
from esaylov.exchange.canonical import dumps
from esaylov.voters.doors.acts import CheckHousehold
from esaylov.voters.doors.figures import by_place, public_share
from esaylov.voters.doors.models import HouseCheck
from esaylov.voters.doors.reading import parted, progress_of, streets_of, walking
from esaylov.voters.models import Voter
from tests.acts.election import World, count
from tests.cabinet.people import Bench
from tests.cabinet.people import bench as people
from tests.registry.people import accepted, codes
from tests.voters.doors import house_voters, houses, noted
from tests.voters.freezing import central
from tests.voters.listed import person
from tests.voters.precinct_lists import commission, custodian

PAGE = "/en/cabinet/voters/doors/"


@pytest.fixture
def kept(door: World) -> Iterator[World]:
    central()
    house_voters(24, known=5)
    with custodian():
        yield door


def record_of(number: int) -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT record FROM acts_journal WHERE code = 'voters.check_household' ORDER BY id")
        return dict(orjson.loads(bytes(cursor.fetchall()[number][0])))


def kept_of(row: HouseCheck) -> dict[str, str]:
    sealed = [(row.precinct_id, bytes(row.sealed))]
    return client.open_rows(sealed, purpose="precinct list", table="voters_housecheck")[0]


def test_houses_stand_in_walking_order(kept: World) -> None:
    found = houses()
    assert [one.house for one in found] == ["1", "2", "3", "4", "5", "", ""]
    assert [one.place for one in found] == [0, 0, 0, 0, 0, 1, 2], "two houses have no address in the register"
    streets = streets_of(found)
    assert [(one.name, len(one.houses)) for one in streets] == [("Navoiy koʻchasi", 5), ("", 2)]
    assert sum(one.entries for one in found) == 24
    assert sorted(["10", "2", "10A", "", "10/2"], key=walking) == ["2", "10", "10/2", "10A", ""]


def test_a_visit_is_recorded_and_says_nothing_of_anybody(kept: World) -> None:
    member = commission()["member"]
    before = list(Voter.objects.order_by("id").values_list("id", "precinct", "changeset"))
    accepted(noted(member, houses()[0], said={1: "here", 2: "died", 3: "away"}, missing=1))
    said = record_of(0)
    common = {"act", "at", "body", "edition", "election", "simulated", "v"}
    assert said.keys() - common == {"precinct", "number", "noted"}
    assert (said["precinct"], said["number"]) == ("n1-1", 1)
    row = HouseCheck.objects.get()
    assert (row.entries, row.answered, row.follow, row.missing) == (3, 2, 1, 1)
    opened = kept_of(row)
    assert parted(opened["said"]) == {1: "here", 2: "died", 3: "away"}
    words = {"election": "door", "precinct": "n1-1"} | opened
    assert sha256(b"esaylov household v1\0" + dumps(words)).hexdigest() == said["noted"]
    assert list(Voter.objects.order_by("id").values_list("id", "precinct", "changeset")) == before


def test_a_later_visit_replaces_what_it_says_again(kept: World) -> None:
    by = commission()["member"]
    accepted(noted(by, houses()[0], said={1: "away", 2: "gone", 3: "away"}, missing=2))
    accepted(noted(by, houses()[0], said={1: "here", 2: "here"}))
    (found, *_) = houses()
    assert found.visit is not None
    assert (found.visit.number, found.visit.answered, found.visit.follow, found.visit.missing) == (2, 2, 0, 2)
    assert parted(kept_of(HouseCheck.objects.get(number=2))["said"]) == {1: "here", 2: "here", 3: "away"}
    accepted(noted(by, houses()[0], missing=0))
    assert progress_of(houses())[1:] == (0, 24, 2, 0, 0)
    accepted(noted(by, houses()[0], said={3: "wrong"}))
    assert progress_of(houses())[1:] == (1, 24, 3, 1, 0)


def test_houses_without_an_address_are_visited_too(kept: World) -> None:
    by, last = commission()["chair"], houses()[-1]
    first, *_ = Voter.objects.filter(house=last.digest).values_list("id", flat=True)
    accepted(noted(by, last, said={first: "here"}))
    assert kept_of(HouseCheck.objects.get())["house"] == person(first)["house"]


def test_what_is_refused(kept: World) -> None:
    by, found = commission()["member"], houses()[0]
    assert codes(noted(by, found)) == ["Y123"]
    assert codes(noted(by, found, said={5: "here"})) == ["Y122"]
    Voter.objects.filter(id__in=[1, 2, 3]).update(house=7)
    assert codes(noted(by, found, said={1: "here"})) == ["Y121"]
    assert not HouseCheck.objects.exists()
    for other in (
        central(),
        commission("pec:n1-2", 800)["chair"],
        kept.actors["pec:n1-1"],
        kept.actors["tec:n"],
    ):
        assert codes(noted(other, houses()[0], said={4: "here"})) == ["A01"]


def test_the_same_form_twice_is_one_visit(kept: World) -> None:
    by, found = commission()["member"], houses()[0]
    for _ in range(2):
        accepted(noted(by, found, key="a form", said={1: "here"}))
    assert HouseCheck.objects.count() == 1


def test_shares_by_district_and_what_the_public_sees_of_them(kept: World) -> None:
    by = commission()["member"]
    (place,) = by_place("door", None)
    assert (place.entries, place.share) == (24, 0)
    for number, one in enumerate(houses()[:3]):
        voters = Voter.objects.filter(house=one.digest).values_list("id", flat=True)
        accepted(noted(by, one, said=dict.fromkeys(voters, "here")))
        assert (public_share("door", _territory(), 10) is None) is (number < 2), "3, 7, 11 entries"
    assert public_share("door", _territory(), 10) == 4500
    assert public_share("door", _territory(), 10, size=0) is None
    assert [one.share for one in by_place("door", None)] == [4583]


def _territory() -> int:
    from esaylov.registry.models import Precinct

    return int(Precinct.objects.get(code="n1-1").territory_id)


def test_the_calendar_says_when(db_clone: object, tmp_path: Path) -> None:
    from tests.acts.election import EDITION, world

    steps = """
[calendar]
timezone = "Asia/Tashkent"

[[calendar.steps]]
code = "preliminary-list"
title = {en = "List"}
opens = {before = 40}

[[calendar.steps]]
code = "lists-open"
title = {en = "Open"}
opens = {before = 15}
"""
    start = datetime.fromisoformat("2026-10-01T09:00:00+05:00")
    with world(tmp_path, edition=EDITION + steps, start=start):
        central()
        house_voters(4)
        by = commission()["member"]
        with custodian():
            for day, expected in (("2026-09-01", ["Y120"]), ("2026-10-11", ["Y120"]), ("2026-10-01", [])):
                at = datetime.fromisoformat(f"{day}T09:00:00+05:00")
                result = noted(by, houses()[0], at=at, said={1: "here"})
                assert (codes(result) if expected else [accepted(result)][1:]) == expected


@pytest.fixture
def bench(db_clone: object, tmp_path: Path) -> Iterator[Bench]:
    with people(tmp_path) as made:
        house_voters(24, ("n1-1", "n2-1"), known=5)
        with custodian():
            yield made


def text(bench: Bench, address: str, who: str = "pec member") -> str:
    answer = bench.clients[who].get(address)
    assert answer.status_code == 200, (address, answer.content[:300])
    return str(answer.content.decode())


def links(page: str, below: str) -> list[str]:
    return re.findall(rf'href="({PAGE}{below}/[0-9]+/)"', page)


def test_a_member_walks_a_street(bench: Bench) -> None:
    (street, others) = links(text(bench, PAGE), "streets")
    first, *found = links(text(bench, street), "houses")
    assert (first, len(found)) == (found[0], 5), "the next one, then all"
    page = text(bench, found[0])
    assert "Test1 " in page
    assert "Test2 " not in page, "of another precinct"
    assert person(1)["birth_date"][:4] in page
    assert person(1)["birth_date"] not in page
    assert person(1)["document"] not in page
    client = bench.clients["pec member"]
    answer = client.post(
        found[0], {"v1": "here", "v3": "gone", "missing": "2", "idempotency_key": "one"}, follow=True
    )
    assert "Noted. The log says only that a house was visited." in answer.content.decode()
    again = client.post(found[0], {"v1": "here", "v3": "gone", "missing": "2", "idempotency_key": "one"})
    assert again.status_code == 302
    assert HouseCheck.objects.count() == 1
    assert "Visited last on" in text(bench, found[0])
    assert 'value="gone" id="id_v3_1" checked' in text(bench, found[0]).replace(" required", "")
    page = text(bench, f"{PAGE}follow-up/")
    assert "not here any more" in page
    assert "Test3 " in page
    assert "Test1 " not in page
    assert ": 2</li>" in page
    assert client.post(found[1], {"everybody": "here", "idempotency_key": "two"}).status_code == 302
    assert HouseCheck.objects.get(number=2).answered == 2
    (strange, *_) = links(text(bench, others), "others")
    assert "Navoiy" in text(bench, strange)
    assert client.post(found[1], {"idempotency_key": "three"}).status_code == 422
    assert client.post(found[1], {"v1": "here", "idempotency_key": "four"}).status_code == 422
    assert client.post(found[1], {"missing": "x", "idempotency_key": "five"}).status_code == 422


def test_each_look_is_recorded_and_the_journal_confirms_nothing(bench: Bench) -> None:
    (street, _) = links(text(bench, PAGE), "streets")
    assert not count("voters_access"), "streets and houses open nobody's record"
    house = links(text(bench, street), "houses")[0]
    assert not count("voters_access")
    text(bench, house)
    assert count("voters_access", "body = 'pec:n1-1' AND person IS NOT NULL AND voter IN (1, 3)") == 2
    bench.clients["pec member"].post(house, {"v1": "died", "idempotency_key": "one"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT record, request, key FROM acts_journal WHERE code = 'voters.check_household'")
        record, request, _key = cursor.fetchone()
    said = bytes(record).decode()
    for hidden in ("died", "Navoiy", str(houses()[0].digest), *person(1).values()):
        assert not hidden or hidden in ("m", "1") or hidden not in said
    assert bytes(request) != sha256(house.encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT voters_housecheck::text FROM voters_housecheck")
        (row,) = cursor.fetchone()
    assert "died" not in row
    assert "Navoiy" not in row


@pytest.mark.parametrize(
    "who", ["cec chair", "cec member", "tec chair", "tec member", "bystander", "other pec chair"]
)
def test_nobody_else_opens_a_house(bench: Bench, who: str) -> None:
    (street, _) = links(text(bench, PAGE), "streets")
    house = links(text(bench, street), "houses")[0]
    client = bench.clients[who]
    expected = {200, 404} if who == "other pec chair" else {403}
    for address in (PAGE, street, house, f"{PAGE}others/1/", f"{PAGE}follow-up/"):
        assert client.get(address).status_code in expected, address
    if who == "other pec chair":
        shown = text(bench, house, who)
        assert "Test1 " not in shown
        assert "Test2 " in shown
        return
    assert client.post(house, {"v1": "here"}).status_code == 403
    assert not count("voters_access")


def test_above_the_precinct_there_are_shares_alone(bench: Bench) -> None:
    page = text(bench, f"{PAGE}progress/", "tec chair")
    assert "Test1" not in page
    assert "Navoiy" not in page
    assert bench.clients["pec member"].get(f"{PAGE}progress/").status_code == 403


def test_a_house_of_many_flats_comes_in_parts(db_clone: object, tmp_path: Path) -> None:
    with people(tmp_path) as made:
        listed = house_voters(30)
        Voter.objects.update(house=listed[0].house_digest)
        with custodian():
            (house,) = links(text(made, links(text(made, PAGE), "streets")[0]), "houses")[:1]
            assert "Part 1 of 2" in text(made, house)
            client = made.clients["pec member"]
            answer = client.post(house, {"everybody": "here", "part": "0", "idempotency_key": "one"})
            assert answer.headers["Location"] == f"{house}?part=1"
            answer = client.post(house, {"everybody": "away", "part": "1", "idempotency_key": "two"})
            assert "streets" in answer.headers["Location"]
            assert HouseCheck.objects.get(number=2).answered == 24


def test_without_the_custodian_a_house_stays_closed(db_clone: object, tmp_path: Path) -> None:
    with people(tmp_path) as made:
        house_voters(4)
        street = links(text(made, PAGE), "streets")[0]
        house = links(text(made, street), "houses")[0]
        assert made.clients["pec member"].get(house).status_code == 503
        assert made.clients["pec member"].post(house, {"v1": "here"}).status_code == 503


def test_only_persons_go_from_door_to_door() -> None:
    from esaylov.acts.catalogue import catalogue

    assert [one.path for one in catalogue() if one.act is CheckHousehold] == [None]
