"""Accounts and letters for all officers of a commission or territory in one step; the administrator sees no name."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from esaylov.acts import vault
from esaylov.acts.door import Submission, perform
from esaylov.registry.accounts import officers
from esaylov.registry.accounts.models import Account, Event, Link
from esaylov.registry.acts import EndMandate
from tests.accounts.people import PASSWORD, administrator, app_of, code_now, signed_in
from tests.cabinet.people import Bench
from tests.exchange.documents import reading
from tests.registry.people import accepted, actors_of, held, pinfl

PAGE = "/en/account/administration/officers/"


@pytest.fixture
def office(bench: Bench) -> Client:
    """An administrator who has just shown password and app."""
    account = administrator()
    secret = app_of(account)
    client = signed_in(account, secret)
    answer = client.post("/en/account/second-factor/again/", {"code": code_now(secret, ahead=1)})
    assert answer.status_code == 302
    return client


def links_of(text: str) -> list[str]:
    return re.findall(r"/en/account/link/[\w-]{43}/", "".join(text.split()))


def test_a_commission_in_one_file(bench: Bench, office: Client) -> None:
    page = office.get(PAGE, {"election": "door", "q": "pec:n1-1"}).content.decode()
    assert "pec:n1-1" in page
    assert "Sinov" not in page  # no name
    before = Account.objects.count()
    answer = office.post(PAGE, {"election": "door", "q": "pec:n1-1", "who": "officers"})
    assert answer.headers["Content-Type"] == "application/pdf", answer.content.decode()
    text = reading.text_of(answer.content)
    made = Account.objects.filter(label="pec:n1-1, deputy")
    assert Account.objects.count() == before + 1  # chair and secretary have theirs
    assert made.get().code in text
    assert "Sinov" not in text
    assert "Everything in this document is simulated" in text
    assert Event.objects.filter(account=made.get().pk).count() == 2
    again = office.post(PAGE, {"election": "door", "q": "pec:n1-1", "who": "officers"})
    assert "Nobody here needs a letter" in office.get(again.headers["Location"]).content.decode()


def test_a_territory_and_the_way_in(bench: Bench, office: Client) -> None:
    """Everybody below a territory; each letter opens with that person's PINFL and no other."""
    chosen = {"election": "door", "tier": "precinct", "who": "all"}
    answer = office.post(PAGE, chosen | {"confirmed": "1"})
    (address, *more) = links_of(reading.text_of(answer.content))
    assert len(more) == 14 - 4 - 1  # two commissions of seven, four have an account
    account = Link.objects.get(token_hash=officers.token_hash(address.split("/")[-2])).account
    assert account is not None
    number = next(n for n in (*range(200, 207), *range(300, 307)) if _is(account, n))
    new = {"password1": PASSWORD, "password2": PASSWORD}
    client = Client()
    assert client.post(address, new | {"pinfl": pinfl(number + 1)}).status_code == 200
    assert client.post(address, new | {"pinfl": pinfl(number)}).status_code == 302
    account.refresh_from_db()
    assert account.has_usable_password()


def test_several_bodies_are_asked_about_first(bench: Bench, office: Client) -> None:
    before = Account.objects.count()
    chosen = {"election": "door", "tier": "precinct", "who": "all"}
    page = office.post(PAGE, chosen).content.decode()
    assert "Accounts and letters would be made for 2 bodies." in page
    for name, value in (chosen | {"confirmed": "1"}).items():
        assert f'name="{name}" value="{value}"' in page
    assert Account.objects.count() == before
    assert not Link.objects.exists()
    assert "/en/account/administration/" in office.get("/en/cabinet/").content.decode(), (
        "the way to the accounts"
    )


def _is(account: Account, number: int) -> bool:
    return vault.find("pinfl", [pinfl(number)])[pinfl(number)] == account.person


def test_a_letter_again_ends_the_one_before(bench: Bench, office: Client) -> None:
    chosen = {"election": "door", "q": "pec:n2-1", "who": "officers"}
    first = links_of(reading.text_of(office.post(PAGE, chosen).content))
    second = links_of(reading.text_of(office.post(PAGE, chosen | {"again": "1"}).content))
    assert len(second) == 3  # the chair's account of the bench was never opened either
    assert not set(first) & set(second)
    assert Client().get(first[0]).status_code == 404
    assert Client().get(second[0]).status_code == 200


def test_only_administrators_and_only_some(
    bench: Bench, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bench.clients["cec chair"].get(PAGE).status_code == 403
    assert bench.clients["cec chair"].post(PAGE, {"election": "door"}).status_code == 403
    monkeypatch.setattr(officers, "MOST", 2)
    answer = office.post(PAGE, {"election": "door", "who": "all", "confirmed": "1"})
    assert "choose a territory" in office.get(answer.headers["Location"]).content.decode()
    assert not Link.objects.exists()


def test_ended_mandates_need_no_account(bench: Bench, office: Client) -> None:
    choice = officers.Choice("door", search="pec:n1-1")
    (line,), total = officers.bodies(choice, 50, 0)
    assert (line.held, line.officers, line.missing, total) == (7, 1, 4, 1)
    deputy = next(row for row in held("door", "pec:n1-1", timezone.now()) if row.role == "deputy")
    end = EndMandate.Payload(mandate=deputy.id, ground="died")
    accepted(
        perform(EndMandate, "door", Submission(end, actors_of("door", "tec:n", timezone.now())["chair"]))
    )
    (line,), total = officers.bodies(choice, 50, 0)
    assert (line.held, line.officers, line.missing, total) == (6, 0, 3, 1)
