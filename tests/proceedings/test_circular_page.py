"""A letter to groups leaves from a page of its own that says how many it reaches; an answer goes to one body."""

from __future__ import annotations

from typing import Any

import pytest

from esaylov.proceedings.letters import SendLetter, resolve
from esaylov.proceedings.models import Letter, LetterRecipient
from esaylov.proceedings.pages import writing
from tests.cabinet.people import Bench
from tests.proceedings.acting import act, sitting
from tests.registry.people import accepted

NEW = "/en/cabinet/letters/new/"
WORDS: dict[str, Any] = {"subject": "On lamps", "text": "Count them.", "idempotency_key": "circular-1"}


def test_a_group_is_asked_about(bench: Bench) -> None:
    chair = bench.clients["cec chair"]
    number = len(resolve("door", ["precinct"], []))
    assert number > 1
    data = WORDS | {"groups": ["precinct"]}
    asked = chair.post(NEW, data).content.decode()
    assert f"Send this letter to {number} bodies?" in asked
    assert "On lamps" in asked
    assert Letter.objects.count() == 0
    back = chair.post(NEW, data | {"step": "edit"}).content.decode()
    assert "Count them." in back
    assert Letter.objects.count() == 0
    for _ in range(2):  # a second click sends nothing twice
        assert chair.post(NEW, data | {"step": "send"}).status_code == 302
    assert (Letter.objects.count(), LetterRecipient.objects.count()) == (1, number)


def test_many_codes_are_asked_about_too(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "LOOKED_OVER", 1)
    answer = bench.clients["cec chair"].post(NEW, WORDS | {"bodies": "tec:n pec:n1-1"}).content.decode()
    assert "Send this letter to 2 bodies?" in answer
    assert bench.clients["cec chair"].post(NEW, WORDS | {"bodies": "tec:n"}).status_code == 302


def test_the_boxes_of_groups_stand_last(bench: Bench) -> None:
    page = bench.clients["cec chair"].get(NEW).content.decode()
    places = [page.index(f'name="{name}"') for name in ("bodies", "subject", "text", "reply_by", "groups")]
    assert places == sorted(places)


def test_an_answer_goes_to_whom_it_answers(bench: Bench) -> None:
    chair, _ = sitting()
    payload = {"bodies": frozenset({"tec:n"}), "subject": "On lamps", "text": "Count them."}
    accepted(act(SendLetter, "door", chair, payload))
    letter, client = Letter.objects.get(), bench.clients["tec chair"]
    page = client.get(f"{NEW}?answers={letter.id}").content.decode()
    assert 'name="groups"' not in page
    assert 'name="bodies"' not in page
    assert "Central Election Commission" in page
    data = WORDS | {"answers": str(letter.id), "groups": ["precinct"], "bodies": "pec:n1-1"}
    assert client.post(NEW, data).status_code == 302
    sent = Letter.objects.get(answers=letter)
    assert list(LetterRecipient.objects.filter(letter=sent).values_list("body", flat=True)) == ["cec"]
