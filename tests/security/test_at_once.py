"""Two who do one thing at the same moment, each in a connection of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier
from time import sleep
from typing import Any

import pytest
from django.db import connection, transaction

from esaylov.acts.context import get_context
from esaylov.acts.door import Accepted, Submission, perform
from esaylov.acts.statements import fetch
from esaylov.proceedings.general import GENERAL as KIND
from esaylov.proceedings.kinds import _kinds, register
from esaylov.proceedings.letters import SendLetter
from esaylov.proceedings.limits import Limits
from esaylov.registry.acts import EndMandate
from esaylov.results.cases import lock_mixed
from tests.acts.conftest import door
from tests.acts.election import World, count, form
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


ACCEPT = {"act": "results.accept_protocol", "payload": {"precinct": "n1-1", "contest": "list"}}
DATES = {"step": "reports", "opens": None, "closes": "2099-01-01T00:00:00+05:00"}
MOVE = {"act": "elections.move_step", "payload": DATES}


def sessions_over_one_protocol(door: World) -> tuple[int, int]:
    """A protocol of the North, and open sessions of the Central Commission and of that of the North."""
    accepted(enrol())
    accepted(form_commission("door", "tec:n", sitting()[0], members(9, 100)))
    assert door.post("protocols", form("n1-1"), "pec:n1-1").status_code == 201
    return accepted(open_session("door")).journal, accepted(open_session("door", "tec:n")).journal


def test_two_commissions_accept_one_protocol(door: World) -> None:
    """One decision stands with its act; the other is not there at all, nor what it ordered besides."""
    central, north = sessions_over_one_protocol(door)
    before = count("acts_journal")
    results = both(
        lambda: adopt(central, "7", "door", orders=[MOVE, ACCEPT]),
        lambda: adopt(north, "8", "door", "tec:n", orders=[ACCEPT]),
    )
    assert kinds(results) == ["Accepted", "Refused"]
    (refused,) = (one for one in results if not hasattr(one, "record"))
    assert codes(refused) == ["P06"]
    (done,) = (one for one in results if hasattr(one, "record"))
    assert count("results_ruling") == count("proceedings_decision") == 1
    assert count("acts_journal") == before + 1 + len(done.record["carried"])
    assert count("elections_move") == len(done.record["carried"]) - 1


def test_a_decision_waits_before_it_writes(door: World) -> None:
    """Who waits for a place is no writer yet: entries stand in the order in which transactions begin to write, and a decision
    comes after what it builds on."""
    central, _ = sessions_over_one_protocol(door)

    def decide() -> Any:
        try:
            return adopt(central, "7", "door", orders=[MOVE, ACCEPT])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            contest = get_context("door").tables.contests["list"].id
            lock_mixed({contest: True})
            deciding = pool.submit(decide)
            assert waiting() == [False], "it waits, and has written nothing"
        assert accepted(deciding.result(120)).record["orders"] == {MOVE["act"]: 1, ACCEPT["act"]: 1}


WAITING = """SELECT EXISTS (SELECT FROM pg_locks x WHERE x.pid = w.pid AND x.locktype = 'transactionid' AND x.granted)
FROM pg_locks w WHERE w.locktype = 'advisory' AND NOT w.granted
AND w.database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


def waiting() -> list[bool]:
    """Of each transaction here that waits for an advisory lock, once there are any: whether it has begun to write."""
    for _ in range(1_200):
        if rows := fetch(WAITING, []):
            return [writes for (writes,) in rows]
        sleep(0.05)
    return []
