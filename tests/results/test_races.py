"""Acts on one place at the same instant: one wins, nothing is lost, and the log stays in order."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test import Client

from tests.acts.election import World, count, form, precinct_ids
from tests.results.rules import replay


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Runs each in a thread of its own (with a database connection of its own), all from the same moment on."""
    ready, answers = threading.Barrier(len(works)), [None] * len(works)

    def run(number: int, work: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            ready.wait(10)
            answers[number] = work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(i, work)) for i, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def poster(
    door: World, path: str, body: dict[str, Any], by: str, key: str | None = None
) -> Callable[[], Any]:
    other = World(door.election, door.tokens, door.data, Client())
    return lambda: other.post(path, body, by, key)


def statuses(answers: Sequence[Any]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def entries() -> list[dict[str, Any]]:
    """The log's entries in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT j.record FROM acts_entry e JOIN acts_journal j ON j.id = e.journal_id ORDER BY e.index"
        )
        return [orjson.loads(bytes(record)) for (record,) in cursor.fetchall()]


@pytest.mark.parametrize("round_", range(6))
def test_two_bodies_for_one_place(door: World, round_: int) -> None:
    works = [
        poster(door, "protocols", form("n1-1", seed=seed), "pec:n1-1", f"key-{seed}") for seed in range(4)
    ]
    answers = at_once(*works)
    assert statuses(answers) == {201: 1, 409: 3}
    for answer in answers:
        body = answer.json()
        codes = [finding["code"] for finding in body["findings"]]
        assert (answer.status_code, body["state"], codes) in [
            (201, "received", []), (409, "conflicting", ["P01"])
        ]  # fmt: skip
        assert body["receipt"]
    assert count("results_protocol") == 4
    assert count("results_protocol", "state = 'received'") == 1
    door.sequence()
    assert replay(entries())["n1-1", "list"].state == "received"
    again = [work() for work in works]
    assert [answer.content for answer in again] == [answer.content for answer in answers]


@pytest.mark.parametrize("key", ["one", None])
def test_one_body_many_times(door: World, key: str | None) -> None:
    answers = at_once(*(poster(door, "protocols", form("n1-1"), "pec:n1-1", key) for _ in range(4)))
    assert statuses(answers) == {201: 4}
    assert len({answer.content for answer in answers}) == 1
    assert count("results_protocol") == 1


def test_one_key_with_two_bodies(door: World) -> None:
    answers = at_once(
        *(poster(door, "protocols", form(p), "pec:n1-1", "one") for p in ("n1-1",)),
        poster(door, "turnout", {"precinct": "n1-1", "voters": 7}, "pec:n1-1", "one"),
    )
    assert statuses(answers) == {201: 1, 409: 1}
    assert count("acts_journal", "key IS NOT NULL") == 1


@pytest.mark.parametrize("round_", range(5))
def test_correction_against_acceptance(door: World, round_: int) -> None:
    """Whichever comes first, the ruling in the log names the version that stands there."""
    ruling = {"precinct": "n1-1", "contest": "list", "decision": "1"}
    door.submit("n1-1", broken=True)
    answers = at_once(
        poster(door, "corrections", form("n1-1", seed=2), "pec:n1-1"),
        poster(door, "acceptances", ruling, "cec"),
        poster(door, "returns", ruling | {"decision": "2"}, "tec:n"),
        poster(door, "corrections", form("n1-1", seed=3), "pec:n1-1"),
    )
    assert not any(answer.status_code >= 500 for answer in answers)
    door.sequence()
    standing = replay(entries())["n1-1", "list"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(version) FROM results_protocol")
        assert cursor.fetchone() == (standing.version,)


@pytest.mark.parametrize("round_", range(5))
def test_certifying_against_late_protocols(door: World, round_: int) -> None:
    """What is certified is what stands in the log below it; what comes later is refused."""
    for precinct in precinct_ids():
        if precinct.startswith("n"):
            door.submit(precinct, "k")
    decision = {"contest": "k", "decision": "1"}
    late = [poster(door, "protocols", form(p, "k", seed=8), f"pec:{p}") for p in ("n1-1", "n2-2")]
    annul = poster(door, "annulments", {"precinct": "n1-2", "contest": "k", "decision": "5"}, "cec")
    answers = at_once(late[0], poster(door, "certifications", decision, "cec"), annul, late[1])
    assert answers[1].status_code == 201
    for answer in answers:
        assert answer.status_code < 500
    door.sequence()
    replay(entries())
    assert door.submit("n1-1", "k", seed=30).status_code == 409


def test_many_precincts_at_once(door: World) -> None:
    def all_of(contest: str) -> Callable[[], list[int]]:
        own = World(door.election, door.tokens, door.data, Client())
        return lambda: [own.submit(precinct, contest).status_code for precinct in precinct_ids()]

    answers = at_once(all_of("list"), all_of("list"), all_of("list"))
    assert json.dumps(answers) == json.dumps([[201] * 8] * 3)
    assert count("results_protocol") == 8
