"""Two who do one thing at the same moment, each in a connection of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from esaylov.acts.door import Accepted, Submission, perform
from esaylov.proceedings.general import GENERAL as KIND
from esaylov.proceedings.kinds import _kinds, register
from esaylov.proceedings.letters import SendLetter
from esaylov.proceedings.limits import Limits
from esaylov.registry.acts import EndMandate
from tests.acts.conftest import door
from tests.acts.election import World, count
from tests.proceedings.acting import act, adopt, open_session, sitting, submit
from tests.proceedings.test_letters import WORDS, people
from tests.registry.people import accepted, actors_of, codes, enrol, form_commission, held, member, members

__all__ = ["door", "people"]


def both(*steps: Callable[[], Any]) -> list[Any]:
    """The results of steps that begin at the same moment."""
    barrier = Barrier(len(steps))

    def taken(step: Callable[[], Any]) -> Any:
        try:
            barrier.wait()
            return step()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(taken, steps))


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(one).__name__ for one in results)


@pytest.fixture
def decided_by_session() -> Iterator[str]:
    register(replace(KIND, code="test-session", decided_by="session"))
    yield "test-session"
    _kinds.pop("test-session")


def test_two_sessions_decide_one_application(door: World, decided_by_session: str) -> None:
    """One decision carries the answer; the other is not adopted at all, and no number is spent."""
    accepted(enrol())
    number = accepted(submit("door", "cec", kind_code=decided_by_session)).record["number"]
    session = accepted(open_session("door")).journal

    def decide(own: str, granted: bool) -> Any:
        said = {"application": number, "granted": granted, "text": "x", "article": "101"}
        return adopt(
            session, own, "door", orders=[{"act": "proceedings.decide_application", "payload": said}]
        )

    results = both(lambda: decide("5", True), lambda: decide("6", False))
    assert kinds(results) == ["Accepted", "Refused"]
    assert [codes(one) for one in results if not isinstance(one, Accepted)] == [["P05"]]
    assert count("proceedings_decision") == 1
    assert count("proceedings_applicationevent", "state IN ('granted', 'refused')") == 1


def test_one_commission_is_formed_once(door: World) -> None:
    accepted(enrol())
    central = actors_of("", "cec", datetime.now(UTC))["chair"]
    results = both(
        *(
            lambda first=first: form_commission("door", "tec:n", central, members(9, first))
            for first in (100, 200)
        )
    )
    assert kinds(results) == ["Accepted", "Refused"]
    assert [codes(one) for one in results if not isinstance(one, Accepted)] == [["R05"]]
    assert len(held("door", "tec:n", datetime.now(UTC))) == 9


def test_one_person_comes_into_two_commissions(door: World) -> None:
    """Nobody is made twice: the second act knows the person whom the first one brought."""
    accepted(enrol())
    central = actors_of("", "cec", datetime.now(UTC))["chair"]
    before = count("registry_person")
    results = both(
        lambda: form_commission("door", "tec:n", central, [*members(8, 100), member(500)]),
        lambda: form_commission("door", "tec:s", central, [*members(8, 200), member(500)]),
    )
    assert kinds(results) == ["Accepted", "Accepted"]
    assert count("registry_person") == before + 17
    assert count("acts_vaultdigest", "field = 'pinfl'") == count("registry_person")


def test_one_mandate_ends_once(door: World) -> None:
    accepted(enrol())
    chair = sitting()[0]
    accepted(form_commission("door", "tec:n", chair, members(9, 100)))
    leaving = held("door", "tec:n", datetime.now(UTC))[5].id

    def end() -> Any:
        payload = EndMandate.Payload(mandate=leaving, ground="resigned")
        return perform(EndMandate, "door", Submission(payload, chair))

    results = both(end, end)
    assert kinds(results) == ["Accepted", "Refused"]
    assert [codes(one) for one in results if not isinstance(one, Accepted)] == [["R11"]]


def test_the_last_letter_of_the_day_is_one(people: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esaylov.proceedings.letters.LIMITS", replace(Limits(), by_commission=1))
    letter = WORDS | {"bodies": ["org:one"]}
    results = both(*(lambda: act(SendLetter, "door", people["cec"], letter) for _ in range(2)))
    assert kinds(results) == ["Accepted", "Refused"]
    assert count("proceedings_letter") == 1
