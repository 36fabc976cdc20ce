"""Constituencies of a draft, edited in the cabinet: the server's own computation, without a script."""

from __future__ import annotations

import html
import re
import time

import pytest
from django.http import HttpResponse
from django.test import Client

from esaylov.elections import divisions, drafts
from esaylov.elections.divisions import Division
from esaylov.elections.models import Draft
from tests.cabinet.people import Bench
from tests.elections.test_calling import begin

ROOM = "/en/cabinet/drafts/lc-2029/constituencies/"
PAGE = f"{ROOM}single-member/"


def drawn(client: Client) -> Draft:
    """A draft for the Chamber with two constituencies of four precincts each, 1,000 voters in every one."""
    chamber = {
        "draft": "lc-2029",
        "kinds": ["single-member"],
        "form": "regular",
        "date": "2029-10-21",
        "events": "",
    }
    assert begin(client, **chamber).status_code == 302
    assert client.post("/en/cabinet/drafts/lc-2029/contests/", {"contests": ["d1", "d2"]}).status_code == 302
    return Draft.objects.get(pk="lc-2029")


def text_of(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def typed(draft: Draft, action: str, **changes: str) -> dict[str, object]:
    """What the form holds, with changes by field (`voters-0`)."""
    found = divisions.read(draft)
    data: dict[str, object] = {"mark": found.mark, action: "1", "precinct": []}
    for number, row in enumerate(found.precincts.rows):
        data["precinct"].append(row["id"])  # type: ignore[attr-defined]
        data |= {f"voters-{number}": row["voters"], f"number-{number}": row["number"]}
        data[f"to-{number}"] = (found.lies_in(row, "single-member") or [""])[0]
    return data | changes


def voters(found: Division) -> dict[str, int]:
    return {code: one.voters for code, one in found.deviations(["single-member"]).items()}


def test_the_list_of_bodies_and_the_page_of_one(bench: Bench) -> None:
    client = bench.clients["cec chair"]
    drawn(client)
    listed = text_of(client.get(ROOM))
    assert "Legislative Chamber: constituencies 2 8,000 4,000 0" in listed
    shown = text_of(client.get(PAGE))
    assert "Constituency one 4,000 +0.0 % within the limit" in shown
    assert "Beyond the limit: 0" in shown


def test_recalculate_says_what_would_be_and_saves_nothing(bench: Bench) -> None:
    client = bench.clients["cec chair"]
    draft = drawn(client)
    shown = text_of(
        client.post(PAGE, typed(draft, "recalculate", **{"to-0": "c2", "voters-1": "3001", "voters-2": "19"}))
    )
    assert "not saved yet" in shown
    assert "beyond the limit" in shown
    assert "The precinct has more voters than the law provides for" in shown
    assert "The precinct has fewer voters than the law provides for" in shown
    assert voters(divisions.read(draft)) == {"c1": 4000, "c2": 4000}


def test_a_precinct_is_moved_and_counted_and_saved(bench: Bench) -> None:
    client = bench.clients["cec chair"]
    draft = drawn(client)
    assert client.post(PAGE, typed(draft, "save", **{"to-0": "c2", "voters-0": "700"})).status_code == 302
    found = divisions.read(draft)
    assert voters(found) == {"c1": 3000, "c2": 4700}
    shown = text_of(client.get(PAGE))
    assert "Constituency one 3,000 -22.1 % beyond the limit (3,465–4,235)" in shown
    assert "Constituency two 4,700 +22.1 % beyond the limit" in shown
    judged = drafts.judge(draft)
    assert {one.constituency: one.voters for one in judged.deviations} in ({}, {"c1": 3000, "c2": 4700})


def test_exactly_at_the_limit_is_inside(bench: Bench) -> None:
    client = bench.clients["cec chair"]
    draft = drawn(client)
    at_limit = {"voters-0": "600", "voters-4": "1400"}
    shown = text_of(client.post(PAGE, typed(draft, "recalculate", **at_limit)))
    assert "3,600 -10.0 % within the limit" in shown
    shown = text_of(
        client.post(PAGE, typed(draft, "recalculate", **at_limit | {"voters-0": "599", "voters-4": "1401"}))
    )
    assert "3,599 -10.0 % beyond the limit" in shown


@pytest.mark.parametrize("wrong", ["-5", "1.5", "many", "", "9999999999"])
def test_what_is_no_number_is_said_beside_the_row_and_nothing_is_saved(bench: Bench, wrong: str) -> None:
    client = bench.clients["cec chair"]
    draft = drawn(client)
    answer = client.post(PAGE, typed(draft, "save", **{"voters-0": wrong, "to-1": "c2"}))
    assert answer.status_code == 200
    shown = text_of(answer)
    assert "Nothing was saved" in shown
    assert "A whole number of voters" in shown
    assert voters(divisions.read(draft)) == {"c1": 4000, "c2": 4000}


def test_two_people_at_one_draft(bench: Bench) -> None:
    client = bench.clients["cec chair"]
    draft = drawn(client)
    first = typed(draft, "save", **{"to-0": "c2"})
    second = typed(draft, "save", **{"to-1": "c2"})
    assert client.post(PAGE, first).status_code == 302
    answer = client.post(PAGE, second)
    assert answer.status_code == 200
    assert "Somebody changed the draft meanwhile" in text_of(answer)
    assert voters(divisions.read(draft)) == {"c1": 3000, "c2": 5000}


def test_numbers_borders_and_emptiness_stand_beside_the_rows(bench: Bench) -> None:
    client = bench.clients["cec chair"]
    draft = drawn(client)
    content = (drafts.table(draft, "precincts") or b"").decode()
    first = divisions.read(draft).precincts.rows[0]["id"]
    drafts.put_table(draft, "precinct_territories", f"precinct,territory\n{first},c2\n".encode())
    shown = text_of(client.get(PAGE))
    assert "The precinct crosses a border between constituencies" in shown
    assert client.post(PAGE, typed(draft, "save", **{"to-0": "c1"})).status_code == 302
    assert "crosses a border" not in text_of(client.get(PAGE))
    assert drafts.table(draft, "precinct_territories") is None
    assert (drafts.table(draft, "precincts") or b"").decode().splitlines() == content.splitlines()
    same = text_of(client.post(PAGE, typed(draft, "recalculate", **{"number-0": "2", "number-1": "2"})))
    assert "Several precincts have one number" in same
    away = {f"to-{number}": "c2" for number in range(8)}
    assert "The constituency has no precinct" in text_of(
        client.post(PAGE, typed(draft, "recalculate", **away))
    )


def test_a_whole_territory_is_moved(bench: Bench) -> None:
    client = bench.clients["cec chair"]
    draft = drawn(client)
    found = divisions.read(draft)
    district = found.precincts.rows[0]["territory"]
    assert client.post(PAGE, {"move": "1", "from": district, "to": "c2"}).status_code == 302
    assert voters(divisions.read(draft)) == {"c1": 2000, "c2": 6000}
    assert client.post(PAGE, {"move": "1", "from": district, "to": "nowhere"}).status_code == 404


def test_none_and_filters(bench: Bench) -> None:
    client = bench.clients["cec chair"]
    draft = drawn(client)
    assert client.post(PAGE, typed(draft, "save", **{"to-0": ""})).status_code == 302
    assert "1 precinct in no constituency" in text_of(client.get(PAGE))
    assert "1 precinct. Page 1 of 1." in text_of(client.get(f"{PAGE}?within=-"))
    assert "3 precincts. Page 1 of 1." in text_of(client.get(f"{PAGE}?within=c1"))
    assert client.post(PAGE, typed(draft, "save", **{"to-0": "c2"})).status_code == 302
    assert voters(divisions.read(draft)) == {"c1": 3000, "c2": 5000}


def test_hostile_input(bench: Bench) -> None:
    client = bench.clients["cec chair"]
    draft = drawn(client)
    assert client.get(f"{ROOM}nothing/").status_code == 404
    assert client.get(f"{PAGE}?page=99999&within=%00x").status_code == 200
    data = typed(draft, "save", **{"to-0": "uz", "number-0": "x" * 30})
    assert "at most twenty" in text_of(client.post(PAGE, data))
    assert client.post(PAGE, typed(draft, "save", precinct="strange")).status_code == 302
    drafts.put_table(draft, "precincts", b"id,territory\n\xff")
    assert client.get(PAGE).status_code == 404
    for name in ("tec chair", "pec chair", "bystander"):
        assert bench.clients[name].get(PAGE).status_code == 403


def test_constituencies_are_added_named_and_taken_away(bench: Bench) -> None:
    client = bench.clients["cec chair"]
    draft = drawn(client)
    assert client.post(PAGE, {"name": "1", "code": "c3", "title": "3-Jozmon"}).status_code == 302
    found = divisions.read(draft)
    assert found.bodies["single-member"] == ["c1", "c2", "c3"]
    assert found.contests.rows[-1]["kind"] == "single-member"
    shown = text_of(client.get(PAGE))
    assert "3-Jozmon" in shown
    assert "The constituency has no precinct" in shown
    assert client.post(PAGE, {"name": "1", "code": "c3", "title": "2-Jozmon"}).status_code == 302
    assert client.post(PAGE, {"name": "1", "code": "c2", "title": "2-Oltiariq"}).status_code == 302
    assert "Several constituencies have one number" in text_of(client.get(PAGE))
    for wrong in ({"code": "uz", "title": "4"}, {"code": "a b", "title": "4"}, {"code": "c4", "title": ""}):
        assert "a code that nothing else has" in text_of(
            client.post(PAGE, {"name": "1", **wrong}, follow=True)
        )
    drafts.put_table(
        draft, "options", b"id,contest,kind,name_uz,ballot_order\na,c3,candidate,A,1\nb,d1,candidate,B,1\n"
    )
    assert "no precinct lies in it" in text_of(client.post(PAGE, {"drop": "1", "code": "c1"}, follow=True))
    assert client.post(PAGE, {"drop": "1", "code": "c3"}).status_code == 302
    assert divisions.read(draft).bodies["single-member"] == ["c1", "c2"]
    assert b"a,c3" not in (drafts.table(draft, "options") or b"")
    assert b"b,d1" in (drafts.table(draft, "options") or b"")


@pytest.mark.slow
def test_the_largest_draft(bench: Bench) -> None:
    """75 constituencies of the Chamber and 11,028 precincts; 840 more of 14 councils."""
    client = bench.clients["cec chair"]
    draft = drawn(client)
    places = [
        "id,parent,kind,name_uz",
        "uz,,country,Oʻzbekiston",
        *(f"r{n},uz,region,Viloyat {n}" for n in range(14)),
    ]
    places += [f"d{n},r{n % 14},district,Tuman {n}" for n in range(208)]
    places += [f"s{n},uz,constituency,{n + 1}-okrug" for n in range(75)]
    places += [f"k{n},r{n % 14},constituency,{n // 14 + 1}-okrug" for n in range(840)]
    contests = [
        "id,kind,territory,seats,edition,title_uz",
        *(f"s{n},single-member,s{n},1,x,S" for n in range(75)),
    ]
    contests += [f"k{n},council,k{n},1,x,K" for n in range(840)]
    precincts = ["id,territory,constituency,number,voters"]
    precincts += [f"p{n},d{n % 208},s{n % 75},{n // 208 + 1},{1500 + n % 700}" for n in range(11_028)]
    links = ["precinct,territory", *(f"p{n},k{(n % 208) % 14 + 14 * (n % 60)}" for n in range(11_028))]
    tables = {
        "territories": places,
        "contests": contests,
        "precincts": precincts,
        "precinct_territories": links,
    }
    for name, rows in tables.items():
        drafts.put_table(draft, name, "\n".join(rows).encode())
    for address in (ROOM, PAGE, f"{PAGE}?within=d7", f"{ROOM}council:r3/"):
        took = []
        for _ in range(3):
            started = time.perf_counter()
            assert client.get(address).status_code == 200
            took.append(time.perf_counter() - started)
        print(f"{address}: {min(took) * 1000:.0f} ms")
        assert min(took) < 5
