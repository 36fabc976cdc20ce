"""The pages of addresses and precincts: what stands there, and what a form and a file do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from esaylov.exchange.residents.rules import EVERY
from esaylov.voters.models import Mahalla
from esaylov.voters.placing import compiled
from tests.cabinet.people import Bench
from tests.voters.listed import enter_voters
from tests.voters.places.registers import street
from tests.voters.places.rules import HEAD, NAVOI, given, place_all, register, set_rules

AT = "/en/cabinet/places/"


@pytest.fixture
def town(bench: Bench, tmp_path: Path) -> Bench:
    """Twenty houses, eighty voters, two precincts of ten houses each."""
    register(tmp_path / "addresses", [*street("t-1", NAVOI, range(1, 21)), *street("t-2", "Bobur", [1, 2])])
    enter_voters(79, [None])
    set_rules(bench.world, given(f"n1-1,t-1,{NAVOI},1,10,all", f"n1-2,t-1,{NAVOI},11,20,all"))
    place_all()
    return bench


def page(bench: Bench, address: str = "", who: str = "tec chair", **names: Any) -> str:
    answer = bench.clients[who].get(AT + address, names)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def sent(step: str, *rows: tuple[str, str, str, str, str], **more: str) -> dict[str, Any]:
    columns = zip(*rows, strict=True) if rows else ((),) * 5
    names = ("mahalla", "street", "first", "last", "parity")
    return {"step": step, **dict(zip(names, map(list, columns), strict=True)), **more}


def test_the_lists(town: Bench) -> None:
    text = page(town)
    assert "Precinct 1, North one" in text
    assert "Addresses and precincts" in text
    assert "Precinct 2, South one" not in text
    assert "2 of 22 houses and 0 voters have no precinct yet" in text  # in the mahalla that no rule names
    text = page(town, "mahallas/", state="houses")
    assert "Ikki" in text
    assert "Bir" not in text
    assert (
        page(town, state="unruled").count("no rules") == 2
    )  # the two precincts of the other northern district


def test_a_precinct_in_sentences(town: Bench) -> None:
    text = page(town, "precincts/n1-1/")
    assert f"<strong>{NAVOI}</strong>: houses 1–10" in text
    assert "39 voters are listed here" in text
    assert town.clients["tec chair"].get(AT + "precincts/s1-1/").status_code == 404


def test_a_mahalla_names_houses_without_a_precinct(town: Bench) -> None:
    text = page(town, f"mahallas/{Mahalla.objects.get(code='t-2').id}/")
    assert "2 houses have no precinct" in text
    assert "Bobur" in text


def test_a_border_moves_after_its_preview(town: Bench) -> None:
    client, at = town.clients["tec chair"], AT + "precincts/n1-2/change/"
    rule = ("t-1", NAVOI, "15", "20", "all")
    answer = client.post(at, sent("check", rule)).content.decode()
    assert "16 voters change precinct" in answer
    assert "no precinct" in answer
    assert "Set the rules" in answer
    done = client.post(at, sent("set", rule, decision="12/4"))
    assert done.status_code == 302, done.content.decode()
    place_all()
    assert "24 voters are listed here" in page(town, "precincts/n1-2/")


def test_an_overlap_stands_beside_its_rule(town: Bench) -> None:
    answer = town.clients["tec chair"].post(
        AT + "precincts/n1-2/change/", sent("check", ("t-1", NAVOI, "5", "20", "odd"))
    )
    text = answer.content.decode()
    assert "odd houses 5–10" in text
    assert 'href="#rule-1"' in text
    assert 'value="set"' not in text


def test_rows_come_and_go_without_a_script(town: Bench) -> None:
    client, at = town.clients["tec chair"], AT + "precincts/n1-2/change/"
    first, second = ("t-1", NAVOI, "11", "12", "all"), ("t-1", EVERY, "", "", "all")
    assert client.post(at, sent("add", first)).content.decode().count("<fieldset") == 2
    text = client.post(at, sent("drop-1", first, second)).content.decode()
    assert text.count("<fieldset") == 1
    assert 'value="*"' in text


def test_a_file_is_looked_at_then_set(town: Bench) -> None:
    client = town.clients["tec chair"]
    rows = f"n1-1,t-1,{NAVOI},1,20,odd\nn1-2,t-1,{NAVOI},1,20,even\nn1-2,t-2,*,,,all\n"
    report = client.post(AT + "rules/", {"file": SimpleUploadedFile("rules.csv", (HEAD + rows).encode())})
    assert report.status_code == 302
    at = report.headers["Location"]
    text = client.get(at).content.decode()
    assert "The rules of 2 precincts can be set" in text
    assert "voters change precinct" in text
    assert client.post(at, {"decision": "13"}).status_code == 302
    assert {one.parity for one in compiled("door").rules} == {"odd", "even", "all"}
    assert town.clients["cec chair"].get(at).status_code == 404


def test_a_wrong_file_says_which_line(town: Bench) -> None:
    client = town.clients["tec chair"]
    rows = f"n1-1,t-1,{NAVOI},x,20,odd\nn1-1,t-1,{NAVOI},1,2,left\n"
    report = client.post(AT + "rules/", {"file": SimpleUploadedFile("rules.csv", (HEAD + rows).encode())})
    text = client.get(report.headers["Location"]).content.decode()
    assert "These rules cannot be set: 2 errors" in text
    assert '<th scope="row">3</th>' in text


def test_what_is_in_force_can_be_handed_in_again(town: Bench) -> None:
    data = town.clients["tec chair"].get(AT + "rules/rules.csv").content.decode()
    assert data.startswith(HEAD)
    assert data.count("\n") == 3


def test_pages_open_no_record(town: Bench) -> None:
    """Whoever decides about borders sees numbers; nobody is opened for it."""
    for address in ("", "mahallas/", "precincts/n1-1/"):
        text = page(town, address)
        assert "Karimov" not in text
        assert "Test1" not in text
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM voters_access")
        assert cursor.fetchone() == (0,)


def test_whoever_is_opened_is_written_down(town: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from esaylov.custody.client import Custody
    from tests.voters.precinct_lists import custodian

    exchange = Custody._exchange

    def outside(custody: Custody, frame: bytes) -> Any:
        """(A transaction that writes and waits for the custodian would hold back the log.)"""
        assert not connection.in_atomic_block
        return exchange(custody, frame)

    monkeypatch.setattr(Custody, "_exchange", outside)

    set_rules(town.world, given(f"n1-1,t-1,{NAVOI},1,9,all"), "8")
    place_all()
    client, at = town.clients["tec chair"], f"{AT}mahallas/{Mahalla.objects.get(code='t-1').id}/voters/"
    assert "4 voters of this mahalla have no precinct" in client.get(at).content.decode()
    assert "does not answer" in client.post(at).content.decode()
    with custodian():
        text = client.post(at).content.decode()
    assert text.count("Testovich") == 4
    with connection.cursor() as cursor:
        cursor.execute("SELECT body, purpose, count(*) FROM voters_access GROUP BY 1, 2")
        assert cursor.fetchall() == [("tec:n", "precinct list", 4)]
    assert town.clients["pec chair"].post(at).status_code == 403


def test_the_public_page_says_which_houses_belong_there(town: Bench) -> None:
    from django.test import Client

    from esaylov.results.tabulator import Tabulators

    town.world.sequence()
    Tabulators().run_once()
    answer = Client().get("/en/elections/door/precincts/n1-1/")
    text = answer.content.decode()
    assert answer.status_code == 200, text
    assert "Which houses belong here" in text
    assert f"<strong>{NAVOI}</strong>: houses 1–10" in text
