"""The Kengash of people's deputies records itself what it discussed, once the commission has named it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from esaylov.acts.door import Refused, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.cabinet import board
from esaylov.formation.models import Discussion, Opinion
from esaylov.formation.opinions import DiscussProposals, NameKengash
from esaylov.proceedings.applications import DecideApplication
from esaylov.registry.accounts.models import Account
from tests.acts.election import count
from tests.cabinet.people import Bench, sign_in
from tests.formation.people import kengash, propose_member
from tests.registry.people import accepted, actors_of, codes

PAGE = "/en/cabinet/kengash/"


def central() -> Actor:
    return actors_of("", "cec", datetime.now(UTC))["chair"]


def territorial() -> Actor:
    return actors_of("door", "tec:n", datetime.now(UTC))["chair"]


def named(speaker: Actor, territory: str = "n1") -> None:
    payload = NameKengash.Payload(territory=territory, organisation=speaker.code)
    accepted(perform(NameKengash, "door", Submission(payload, territorial())))


def client_of(speaker: Actor) -> Client:
    return sign_in(Account.objects.open(person=speaker.person))


def test_a_board_has_the_steps_of_its_kind_of_organisation(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [
        board.CalendarLine(code, f"Step of {code}", (code,), datetime(2020, 1, 1, tzinfo=UTC), None)
        for code in ("party", "kengash")
    ]
    monkeypatch.setattr(board, "calendar_of", lambda *_: steps)
    page = client_of(kengash(central())).get("/en/cabinet/board/").content.decode()
    assert "Step of kengash" in page
    assert "Step of party" not in page


def said(**more: Any) -> DiscussProposals.Payload:
    values = {
        "territory": "n1",
        "minutes": "7",
        "day": "2024-09-01",
        "present": 20,
        "opinions": {},
    }
    return DiscussProposals.Payload.model_validate(values | more)


def discussed(by: Actor, **more: Any) -> Any:
    return perform(DiscussProposals, "door", Submission(said(**more), by))


def test_from_naming_to_the_commission_that_forms(bench: Bench) -> None:
    speaker, proposed, other = kengash(central()), propose_member(1), propose_member(2)
    client = client_of(speaker)
    assert "No commission has named your Kengash" in client.get(PAGE).content.decode()
    form = bench.clients["tec chair"].get("/en/cabinet/discussions/kengash/").content.decode()
    assert speaker.code in form
    chosen = {"territory": "n1", "organisation": speaker.code}
    assert bench.clients["tec chair"].post("/en/cabinet/discussions/kengash/", chosen).status_code == 302
    page = client.get(PAGE).content.decode()
    assert "Taklif1" in page
    assert "Discussion of proposals" in page, "its entry in the menu"
    sent = {
        "minutes": "7",
        "day": "01.09.2024",
        "present": "",
        f"opinion-{proposed}": "yes",
        f"opinion-{other}": "no",
    }
    wrong = client.post(PAGE, sent).content.decode()
    assert 'href="#id_present"' in wrong
    assert "error-summary" in wrong
    assert wrong.count(" selected") >= 2, "what was chosen is kept"
    assert client.post(PAGE, sent | {"present": "21"}).status_code == 302
    (row,) = Discussion.objects.all()
    assert (row.proposed, row.supported, row.present) == (2, 1, 21)
    assert Opinion.objects.count() == 2
    assert "Supported by the Kengash: minutes No. 7 of 01.09.2024" in client.get(PAGE).content.decode()
    granted = DecideApplication.Payload(application=proposed, granted=True, text="ok")
    accepted(perform(DecideApplication, "door", Submission(granted, territorial())))
    whole = bench.clients["tec chair"].get("/en/cabinet/commissions/of/pec:n1-2/form/").content.decode()
    assert "Supported by the Kengash: minutes No. 7" in whole
    assert "Taklif1" not in client.get(PAGE).content.decode(), "what is decided is discussed no more"


def test_only_the_kengash_that_was_named(bench: Bench) -> None:
    speaker, other, proposed = kengash(central()), kengash(central(), "org:kengash-s", 951), propose_member(1)
    assert codes(discussed(speaker, opinions={proposed: True})) == ["A01"]
    named(speaker)
    assert codes(discussed(other, opinions={proposed: True})) == ["A01"]
    assert codes(discussed(territorial(), opinions={proposed: True})) == ["A01"]
    client = client_of(other)
    assert client.get(f"{PAGE}?territory=n1").status_code == 404
    assert "Taklif1" not in client.get(PAGE).content.decode()
    accepted(discussed(speaker, opinions={proposed: True}))
    named(other)
    assert codes(discussed(speaker, minutes="8", opinions={proposed: True})) == ["A01"], (
        "another one was named since"
    )
    for who in ("tec chair", "pec member", "bystander"):
        assert bench.clients[who].get(PAGE).status_code == 403


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({}, "N24"), ({"opinions": {"2020-000001": True}}, "N22"), ({"territory": "nowhere"}, "A01"),
        ({"day": "2030-01-01", "opinions": {"2020-000001": True}}, "N12"),
    ],
)  # fmt: skip
def test_what_is_refused(bench: Bench, more: dict[str, Any], code: str) -> None:
    speaker = kengash(central())
    named(speaker)
    before = count("acts_journal")
    assert code in codes(discussed(speaker, **more))
    assert count("acts_journal") == before


def test_proposals_elsewhere_and_decided_ones(bench: Bench) -> None:
    speaker, elsewhere, decided = kengash(central()), propose_member(1, "pec:n2-1"), propose_member(2)
    named(speaker)
    assert codes(discussed(speaker, opinions={elsewhere: True})) == ["N22"]
    refusal = DecideApplication.Payload(application=decided, granted=False, article="25", text="no")
    accepted(perform(DecideApplication, "door", Submission(refusal, territorial())))
    assert codes(discussed(speaker, opinions={decided: True})) == ["N23"]
    third = propose_member(3)
    accepted(discussed(speaker, opinions={third: False}))
    assert codes(discussed(speaker, opinions={third: True}, present=4)) == ["N13"]


def test_who_names_whom(bench: Bench) -> None:
    speaker = kengash(central())

    def tried(territory: str, organisation: str, by: Actor) -> list[str]:
        payload = NameKengash.Payload(territory=territory, organisation=organisation)
        done = perform(NameKengash, "door", Submission(payload, by))
        return codes(done) if isinstance(done, Refused) else []

    assert tried("s1", speaker.code, territorial()) == ["A01"]
    assert tried("n1", speaker.code, speaker) == ["A01"]
    assert tried("n1", "org:nobody", territorial()) == ["N20"]
    assert tried("n1", speaker.code, territorial()) == []
    assert tried("n1", speaker.code, territorial()) == ["N21"]
