"""What a body may write in a day, and how long a letter may be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from esaylov.acts.door import Refused
from esaylov.proceedings import letters
from esaylov.proceedings.letters import SendLetter
from esaylov.proceedings.limits import Limits, sent_since
from tests.acts.election import count
from tests.proceedings.acting import act, now
from tests.proceedings.test_letters import WORDS, people
from tests.registry.people import accepted, codes

__all__ = ["people"]
TO_ONE = WORDS | {"bodies": ["org:one"]}
CIRCULAR = WORDS | {"groups": ["party"]}


def limited(monkeypatch: pytest.MonkeyPatch, **limits: int) -> None:
    monkeypatch.setattr(letters, "LIMITS", replace(Limits(), **limits))


def test_letters_of_a_day(people: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, by_commission=2, by_organisation=1)
    for _ in range(2):
        accepted(act(SendLetter, "door", people["cec"], TO_ONE))
    before = count("acts_journal")
    refused = act(SendLetter, "door", people["cec"], TO_ONE)
    assert isinstance(refused, Refused)
    (finding,) = refused.findings
    assert (finding.code, finding.fields) == ("W06", ("to",))
    assert "sent 2 letters today" in finding.text["en"]
    # The Central Commission is one body in every election; others have their own days.
    assert codes(act(SendLetter, "", people["cec"], TO_ONE)) == ["W06"]
    assert count("acts_journal") == before
    accepted(act(SendLetter, "door", people["tec:n"], TO_ONE))
    accepted(act(SendLetter, "door", people["org:one"], WORDS | {"bodies": ["tec:n"]}))
    assert codes(act(SendLetter, "door", people["org:one"], WORDS | {"bodies": ["tec:n"]})) == ["W06"]


def test_circulars_and_recipients_of_a_day(people: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, circulars=1, recipients=3)
    accepted(act(SendLetter, "door", people["cec"], CIRCULAR))
    assert codes(act(SendLetter, "door", people["cec"], CIRCULAR)) == ["W07"]
    accepted(act(SendLetter, "door", people["cec"], TO_ONE))
    refused = act(SendLetter, "door", people["cec"], TO_ONE)
    assert codes(refused) == ["W08"]
    assert "have 3 recipients, this one 1 more; at most 3" in refused.findings[0].text["en"]
    midnight = now().replace(hour=0, minute=0, second=0, microsecond=0)
    assert sent_since("door", "cec", now()).letters == 0
    assert (
        sent_since("door", "cec", midnight).circulars,
        sent_since("other", "tec:n", midnight).letters,
    ) == (1, 0)


def test_a_letter_that_is_too_long(people: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, text=100)
    accepted(act(SendLetter, "door", people["cec"], TO_ONE | {"text": "x" * 100}))
    refused = act(SendLetter, "door", people["cec"], TO_ONE | {"text": "x" * 101})
    assert isinstance(refused, Refused)
    (finding,) = refused.findings
    assert (finding.code, finding.fields) == ("W05", ("text",))
    assert "101 characters; at most 100" in finding.text["en"]


def test_limits_are_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    from esaylov.proceedings import limits

    monkeypatch.setenv("ESAYLOV_LETTERS_CIRCULARS", "7")
    assert limits._read().circulars == 7
    assert limits._read().recipients == Limits().recipients
