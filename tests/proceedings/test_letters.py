"""Letters and circulars: who gets them, when, who has read them, who may answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from esaylov.proceedings.letters import SendLetter, note_reading
from esaylov.proceedings.models import Letter, LetterReading, LetterRecipient
from esaylov.registry.organisations import GrantMandate, RegisterOrganisation
from esaylov.registry.queries import actor_of_mandate
from tests.acts.election import World, count
from tests.proceedings.acting import act, now, sitting
from tests.registry.people import accepted, actors_of, codes, enrol, form_commission, held, member, members

WORDS = {"subject": "On lamps", "text": "Count the lamps."}


@pytest.fixture
def people(door: World) -> dict[str, Any]:
    accepted(enrol())
    central = sitting()[0]
    accepted(form_commission("door", "tec:n", central, members(9, 100)))
    heads = {}
    for number, code in enumerate(("org:one", "org:two")):
        accepted(
            act(
                RegisterOrganisation,
                "",
                central,
                {"organisation": code, "kind": "party", "names": {"uz": code}},
            )
        )
        before = count("registry_mandate")
        grant = GrantMandate.Payload(organisation=code, role="head", member=member(700 + number))
        accepted(act(GrantMandate, "", central, grant))
        heads[code] = actor_of_mandate(before + 1, now())
    return {"cec": central, "tec:n": actors_of("door", "tec:n", now())["chair"], **heads}


def test_a_circular_leaves_for_all_at_once(people: dict[str, Any]) -> None:
    sent = accepted(act(SendLetter, "door", people["cec"], WORDS | {"groups": ["party"]}))
    assert (sent.record["recipients"], sent.record["circular"], sent.record["number"]) == (2, True, 1)
    assert "lamps" not in str(sent.record)
    letter = Letter.objects.get()
    assert set(LetterRecipient.objects.values_list("body", flat=True)) == {"org:one", "org:two"}
    mandate = people["org:one"].mandate
    for _ in range(2):
        note_reading("read", [letter.id], "org:one", mandate, now())
        note_reading("read", [letter.id], "tec:n", 1, now())
    assert list(LetterReading.objects.values_list("body", flat=True)) == ["org:one"]
    assert count("proceedings_letter", "proceedings_letter::text LIKE '%lamps%'") == 0


def test_answers(people: dict[str, Any]) -> None:
    accepted(act(SendLetter, "door", people["cec"], WORDS | {"bodies": ["org:one"]}))
    letter = Letter.objects.get()
    answer = WORDS | {"bodies": ["cec"], "answers": letter.id}
    assert codes(act(SendLetter, "door", people["org:two"], answer)) == ["W02"]
    accepted(act(SendLetter, "door", people["org:one"], answer))
    assert codes(act(SendLetter, "", people["org:one"], answer)) == ["W02"]
    assert codes(act(SendLetter, "door", people["tec:n"], answer | {"answers": uuid4()})) == ["W02"]


@pytest.mark.parametrize(
    ("by", "more", "code"),
    [
        ("cec", {}, "W01"),
        ("cec", {"bodies": ["cec"]}, "W01"),
        ("cec", {"bodies": ["org:none"]}, "P03"),
        ("org:one", {"groups": ["territorial"]}, "W04"),
        ("org:one", {"bodies": ["org:two"]}, "W04"),
        ("cec", {"bodies": ["tec:n"], "reply_by": now() - timedelta(hours=1)}, "W03"),
    ],
)
def test_refusals(people: dict[str, Any], by: str, more: dict[str, Any], code: str) -> None:
    assert codes(act(SendLetter, "door", people[by], WORDS | more)) == [code]
    assert count("proceedings_letter") == 0


def test_numbers_are_counted_by_body_and_year(people: dict[str, Any]) -> None:
    for by in ("cec", "cec", "tec:n"):
        to = "tec:n" if by == "cec" else "cec"
        accepted(act(SendLetter, "door", people[by], WORDS | {"bodies": [to]}))
    found = list(Letter.objects.order_by("journal").values_list("body", "number"))
    assert found == [("cec", 1), ("cec", 2), ("tec:n", 1)]
    assert held("door", "tec:n", now())


def test_many_letters_at_once_have_numbers_of_their_own(people: dict[str, Any]) -> None:
    chair, at_once = people["cec"], 12

    def send(_: int) -> int:
        try:
            return int(
                accepted(act(SendLetter, "door", chair, {"bodies": ["tec:n"], **WORDS})).record["number"]
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(at_once) as pool:
        assert sorted(pool.map(send, range(at_once))) == list(range(1, at_once + 1))
