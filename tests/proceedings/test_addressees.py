"""Bodies are chosen by name: whoever writes or forwards needs no code."""

from __future__ import annotations

import re

from esaylov.proceedings.models import Application, Letter, LetterRecipient
from tests.cabinet.people import Bench
from tests.proceedings.test_pages import CABINET, write


def offered(page: str, field: str) -> list[str]:
    """The codes that a select offers, in its order."""
    found = re.search(rf'<select name="{field}".*?</select>', page, re.S)
    assert found
    return [code for code in re.findall(r'<option value="([^"]*)"', found[0]) if code]


def test_a_precinct_writes_to_the_commission_above_without_its_code(bench: Bench) -> None:
    secretary = bench.clients["pec chair"]
    codes = offered(secretary.get(f"{CABINET}letters/new/").content.decode(), "commission")
    assert codes.index("tec:n") < codes.index("cec")
    assert "pec:n1-1" not in codes
    data = {"commission": "tec:n", "subject": "Ballots", "text": "Short.", "idempotency_key": "w-1"}
    sent = secretary.post(f"{CABINET}letters/new/", data)
    assert sent.status_code == 302, sent.content.decode()
    assert Letter.objects.get().body == "pec:n1-1"
    assert LetterRecipient.objects.get().body == "tec:n"


def test_an_application_is_forwarded_by_name(bench: Bench) -> None:
    write(bench.clients["pec member"])
    number = Application.objects.get().number
    chair, here = bench.clients["tec chair"], f"{CABINET}applications/{Application.objects.get().number}/"
    codes = offered(chair.get(f"{here}forward/").content.decode(), "to")
    assert "cec" in codes
    assert "tec:n" not in codes
    assert chair.post(f"{here}forward/", {"to": "tec:nowhere", "idempotency_key": "f-1"}).status_code == 200
    assert chair.post(f"{here}forward/", {"to": "cec", "idempotency_key": "f-2"}).status_code == 302
    assert number in bench.clients["cec chair"].get(f"{CABINET}applications/").content.decode()


def test_who_is_signed_in_is_known_to_the_form(bench: Bench) -> None:
    """The name is there, the commissions above stand first, and the receipt says where the application is found."""
    secretary = bench.clients["pec secretary"]
    page = secretary.get(f"{CABINET}apply/?election=door").content.decode()
    codes = offered(page, "to")
    assert codes[:2] == ["dcec:n1", "tec:n"]
    assert codes[-1] == "pec:n1-1"
    assert re.search(r'name="name" value="Sinov\d+ Test', page)
    assert "you find it without the code" in write(secretary).content.decode()
    anybody = bench.clients["nobody"]
    assert 'name="name" maxlength' in anybody.get(f"{CABINET}apply/?election=door").content.decode()
    assert "without the code" not in write(anybody, idempotency_key="b" * 20).content.decode()
