"""A whole commission is formed on one page: from proposals, by hand, without the page's script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from esaylov.acts import vault
from esaylov.acts.door import Submission, perform
from esaylov.law.editions import uz_edition_toml
from esaylov.proceedings.applications import DecideApplication
from esaylov.proceedings.models import Application
from esaylov.registry.models import Person
from tests.acts.election import CALENDAR, EDITION, count
from tests.cabinet.people import Bench
from tests.cabinet.people import bench as made
from tests.formation.people import OFFICES, pinfl
from tests.formation.test_proposals import ADDRESS, FORM, organisation
from tests.registry.people import accepted, actors_of, held

BORN_2010 = date(2010, 1, 2)
PAGE = "/en/cabinet/commissions/of/pec:n1-2/form/"


@pytest.fixture
def bench(db_clone: object, tmp_path: Path) -> Iterator[Bench]:
    """People of an election whose edition has the real rules of composition."""
    text = uz_edition_toml("uz-lc-2024").decode()
    rules = text[text.index("\n[commissions]\n") : text.index("\n[values.precinct]\n")]
    with made(tmp_path, edition=EDITION + CALENDAR + rules) as found:
        yield found


def typed(number: int, role: str = "member", **more: str) -> dict[str, str]:
    """What the browser sends of a row."""
    values = {
        "role": role, "pinfl": pinfl(700 + number), "surname": f"Qator{number}", "given_name": "Sinov",
        "birth_date": "02.01.1980", "education": "higher", "employer": f"Korxona {number}", "proposer": "mahalla",
    } | more  # fmt: skip
    return {f"row-{number}-{name}": value for name, value in values.items()}


def whole(first: int = 0, **more: str) -> dict[str, str]:
    """Seven people typed by hand."""
    data: dict[str, str] = {"step": "form", "decision": "12/4", "idempotency_key": "whole-1"}
    data["rows"] = ",".join(str(first + i) for i in range(7))
    for i in range(7):
        data |= typed(first + i, OFFICES[i] if i < 3 else "member")
    return data | more


def seated() -> list[Any]:
    return held("door", "pec:n1-2", datetime.now(UTC))


def granted(client: Client, number: int, **more: str) -> str:
    """A proposal for the commission that the territorial commission granted; gives its number."""
    form = FORM | {"commission": "pec:n1-2", "pinfl": pinfl(40 + number), "surname": f"Taklif{number}",
                   "employer": f"Maktab {number}"} | more  # fmt: skip
    assert client.post(ADDRESS, form).status_code == 302
    sent = Application.objects.order_by("-journal")[0].number
    chair = actors_of("door", "tec:n", datetime.now(UTC))["chair"]
    payload = DecideApplication.Payload(application=sent, granted=True, text="ok")
    accepted(perform(DecideApplication, "door", Submission(payload, chair)))
    return sent


def test_rows_are_added_and_taken_away_without_scripts(bench: Bench) -> None:
    client = bench.clients["tec chair"]
    page = client.get(PAGE).content.decode()
    assert page.count('<fieldset class="field" id="row-') == 3, "rows for the three officers"
    kept = typed(0, "chair") | {"rows": "0,1,2", "decision": "12/4", "step": "add"}
    page = client.post(PAGE, kept).content.decode()
    assert 'value="0,1,2,3"' in page
    assert re.search(r'<select name="row-3-role"[^>]* autofocus', page), "who works by keyboard goes on there"
    assert (
        "1 person is named. The law requires 5 to 19 members. Still to be named: deputy chair, secretary."
        in page
    )
    assert page.count('<details class="part declared">') == 4, "declared obstacles are folded"
    assert 'value="Qator0"' in page
    assert 'value="12/4"' in page
    assert "error-summary" not in page
    page = client.post(PAGE, kept | {"rows": "0,1,2,3", "step": "drop-1"}).content.decode()
    assert 'value="0,2,3"' in page
    assert 'value="Qator0"' in page
    assert not seated()


def test_a_commission_typed_by_hand(bench: Bench) -> None:
    client = bench.clients["tec chair"]
    entries = count("acts_journal")
    checked = client.post(PAGE, whole(step="check")).content.decode()
    assert "The law allows this composition" in checked
    assert "Decision 12/4 stands in no register of your commission" in checked
    assert "A04" in checked
    assert not seated()
    assert count("acts_journal") == entries
    answer = client.post(PAGE, whole())
    assert answer.status_code == 302, answer.content.decode()
    assert [row.role for row in seated()] == ["chair", "deputy", "secretary", *["member"] * 4]
    shown = client.get(answer.headers["Location"]).content.decode()
    assert "formed by decision No. 12/4: 7 members" in shown
    assert "A04" in shown, "as the log says it"
    assert client.post(PAGE, whole()).status_code == 302, "a second click"
    assert len(seated()) == 7
    assert client.get(PAGE).status_code == 302
    again = client.post(PAGE, whole(first=20, idempotency_key="whole-2"))
    assert "R0" in again.content.decode()
    assert len(seated()) == 7


def test_findings_stand_beside_the_rows(bench: Bench) -> None:
    client = bench.clients["tec chair"]
    young = whole(step="form") | typed(3, birth_date="02.01.2010", pinfl=pinfl(703, BORN_2010))
    young |= typed(4) | {"row-4-grounds": "party-member"} | typed(5, pinfl="123")
    page = client.post(PAGE, young).content.decode()
    assert "Enter 14 digits." in page
    assert 'id="id_row-3-birth_date_error"' in page, "one error does not hide the next"
    page = client.post(PAGE, young | typed(5, pinfl="1", birth_date="02.01.2010")).content.decode()
    assert 'id="id_row-5-birth_date_error"' in page, "nor in one row"
    page = client.post(PAGE, young | typed(5)).content.decode()
    assert 'href="#id_row-3-birth_date"' in page
    assert 'id="id_row-3-birth_date_error"' in page
    assert 'href="#id_row-4-grounds' in page
    assert 'value="Qator6"' in page, "what was typed is kept"
    assert not seated()
    alone = {"step": "form", "decision": "1", "rows": "0,1", "row-1-role": "deputy"} | typed(0, "chair")
    page = client.post(PAGE, alone).content.decode()
    assert "alert" in page
    assert "This field is required" not in page, "a role alone is nobody"
    twice = client.post(PAGE, whole() | typed(6, pinfl=pinfl(705))).content.decode()
    assert twice.count("R07") >= 2
    wrong = client.post(PAGE, whole() | typed(6, birth_date="03.01.1980")).content.decode()
    assert "do not agree" in wrong
    assert "Nobody is on this page" in client.post(PAGE, {"step": "form", "decision": "1"}).content.decode()
    assert not seated()


def test_people_who_were_proposed(bench: Bench) -> None:
    mahalla, client = organisation(), bench.clients["tec chair"]
    numbers = [granted(mahalla, i) for i in range(2)]
    elsewhere = granted(mahalla, 5, commission="pec:n2-1")
    page = client.get(PAGE).content.decode()
    assert "Taklif0" in page
    assert elsewhere not in page
    form = whole(rows="2,3,4,5,6")
    for number, role in zip(numbers, ("chair", "deputy"), strict=True):
        form |= {f"seat-{number}-chosen": "on", f"seat-{number}-role": role}
    short = client.post(PAGE, form | {"row-2-pinfl": "1"}).content.decode()
    assert "Person 1, Personal number (PINFL): Enter 14 digits." in short, "numbered as on the page"
    added = client.post(PAGE, form | {"step": "add"}).content.decode()
    assert added.count(" checked") == 2, "ticks are kept"
    answer = client.post(PAGE, form)
    assert answer.status_code == 302, answer.content.decode()
    assert len(seated()) == 7
    assert {row.proposer for row in seated()} == {"mahalla"}
    people = {row.person for row in seated()}
    assert Person.objects.filter(pk__in=people).count() == 7, "an application is not taken for a person"
    assert "Taklif1" in client.get(answer.headers["Location"]).content.decode()


def test_proposals_of_others_are_not_seen(bench: Bench) -> None:
    granted(organisation(), 0)
    assert "Taklif0" not in bench.clients["cec chair"].get(PAGE).content.decode()
    for who in ("tec member", "pec chair", "bystander"):
        assert bench.clients[who].get(PAGE).status_code == 403
    assert bench.clients["tec chair"].get(PAGE.replace("n1-2", "s1-1")).status_code == 404
    assert bench.clients["tec chair"].post(PAGE.replace("pec:n1-2", "tec:n"), whole()).status_code == 404


def test_a_member_of_another_commission(bench: Bench) -> None:
    other = held("door", "pec:n1-1", datetime.now(UTC))[3]
    chair = actors_of("door", "tec:n", datetime.now(UTC))["chair"]
    known = str(vault.read([other.person], ("pinfl",), by=chair, purpose="test")[other.person]["pinfl"])
    row = typed(6, pinfl=known, birth_date=f"{known[1:3]}.{known[3:5]}.19{known[5:7]}")
    page = bench.clients["tec chair"].post(PAGE, whole() | row).content.decode()
    assert 'href="#id_row-6-pinfl"' in page
    assert not seated()
