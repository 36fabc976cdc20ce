"""Granted requests are gathered by the loop: asked for once, shown how far, taken up again after whatever stopped it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from esaylov.acts.powers import Actor
from esaylov.custody.client import CustodianDown, Throttled, custody
from esaylov.voters import worker
from esaylov.voters.models import Changeset
from esaylov.voters.requests import gathering, staging
from esaylov.voters.requests.models import Gathering, RequestTaken
from esaylov.voters.requests.staging import count, numbers, stage_requests
from tests.conftest import Clone
from tests.registry.people import accepted, actors_of
from tests.voters.changing import carried
from tests.voters.listed import person
from tests.voters.precinct_lists import ELECTION
from tests.voters.requesting import decide, received
from tests.voters.requests.conftest import Asking

PAGE = "/en/cabinet/voters/changesets/requests/"
KILLED = """
import os, signal
import django
django.setup()
from esaylov.voters.requests import gathering, queries, staging
from esaylov.custody import client
def killed(*given, **names):
    os.kill(os.getpid(), signal.SIGKILL)
{place} = killed
gathering.run_one()
"""


@pytest.fixture(scope="module")
def people(asking: Asking) -> Mapping[str, Actor]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('voters_voter_ids')")
    return actors_of("", "cec", datetime.now(UTC))


@pytest.fixture(autouse=True)
def nothing_left(asking: Asking, people: Mapping[str, Actor]) -> Iterator[None]:
    """Whatever a test leaves waiting goes into the list behind it."""
    yield
    Gathering.objects.all().delete()
    if (left := stage_requests(ELECTION)) is not None:
        carried(left, people)


def granted(number: int, by: Actor, **entry: str) -> str:
    """The number of a granted correction of an invented voter of n1-1 (1, 4, 7, 10)."""
    asked = received("correction", number)
    accepted(decide(asked, by, entry=person(number) | entry))
    return asked


def signed_in(actor: Actor) -> Any:
    from esaylov.registry.accounts.models import Account
    from tests.cabinet.people import sign_in

    known = Account.objects.filter(person=actor.person).first()
    return sign_in(known or Account.objects.open(person=actor.person))


def test_asked_worked_on_shown(asking: Asking, people: Mapping[str, Actor]) -> None:
    browser = signed_in(people["secretary"])
    nothing = browser.post(PAGE, follow=True).content.decode()
    assert "No decided request waits for a changeset." in nothing
    number = granted(1, asking.one["chair"], surname="Yangi")
    page = browser.post(PAGE, follow=True)
    assert "The gathering of the requests waits for its turn." in page.content.decode()
    assert "Refresh" not in page.headers
    assert browser.get(f"{PAGE}?watch").headers["Refresh"] == "5"
    listed = browser.get("/en/cabinet/voters/").content.decode()
    assert "waits for its turn" in listed
    assert "Prepare the changeset that carries them out" not in listed
    assert not Changeset.objects.filter(kind=staging.KIND).exists(), "no page waits for the work"
    ends = iter([False, False, True])
    worker.run_forever(lambda: next(ends))
    made = Changeset.objects.get(kind=staging.KIND)
    page = browser.get(f"{PAGE}?watch")
    assert f"/en/cabinet/voters/changesets/{made.id}/" in page.content.decode()
    assert "Refresh" not in page.headers, "what is done is not loaded again"
    assert numbers(made.id) == [number]
    row = Gathering.objects.get()
    assert (row.state, row.total, row.done) == ("done", 1, 1)
    carried(made, people)


@pytest.mark.parametrize("mistyped", ["R-2222-22", "R-22", "\x00", "%s"])
def test_who_mistypes_a_number_gathers_nothing(
    asking: Asking, people: Mapping[str, Actor], mistyped: str
) -> None:
    number = granted(1, asking.one["chair"], surname="Yana")
    page = signed_in(people["secretary"]).post(PAGE, {"without": f"{number}, {mistyped}"}, follow=True)
    assert "There is no request with this number in this election" in page.content.decode()
    assert not Gathering.objects.exists()
    signed_in(people["secretary"]).post(PAGE, {"without": number.lower()})
    assert Gathering.objects.get().without == [number]


def test_two_at_once_make_one(asking: Asking, people: Mapping[str, Actor]) -> None:
    granted(4, asking.one["chair"], surname="Bir")
    start, made = threading.Barrier(2), []

    def asks(person_: Any) -> None:
        start.wait()
        try:
            made.append(gathering.ask(ELECTION, person_))
        finally:
            connection.close()

    threads = [threading.Thread(target=asks, args=[people[role].person]) for role in ("chair", "secretary")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(new for _, new in made) == [False, True]
    assert made[0][0].id == made[1][0].id
    page = signed_in(people["chair"]).post(PAGE, follow=True).content.decode()
    assert "this is the one that was asked for first" in page
    before = Changeset.objects.count()
    assert gathering.run_one()
    assert not gathering.run_one()
    assert Changeset.objects.count() == before + 1
    signed_in(people["chair"]).post(PAGE)
    assert not gathering.run_one(), "pressed once more when it is done: nothing waits"
    assert gathering.last(ELECTION) == Gathering.objects.get()
    carried(Changeset.objects.latest("id"), people)


@pytest.mark.parametrize(
    "place",
    ["staging.client.custody.open_rows", "gathering.Counted.seal_rows", "queries.take", "gathering._end"],
)
def test_killed_in_the_middle(
    asking: Asking, people: Mapping[str, Actor], module_db_clone: Clone, place: str
) -> None:
    """While records are opened, before anything is written, in the middle of writing, and when the row is ended."""
    number = granted(7, asking.one["chair"], flat=str(len(place)))
    gathering.ask(ELECTION, people["chair"].person)
    changesets, taken = Changeset.objects.count(), RequestTaken.objects.count()
    environment = {
        **os.environ, **module_db_clone.environment, "ESAYLOV_DATA": str(asking.election.data),
        "DJANGO_SETTINGS_MODULE": "esaylov.settings",
    }  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-c", KILLED.format(place=place)], env=environment, check=False, capture_output=True
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert Gathering.objects.get().state == "running"
    assert (Changeset.objects.count(), RequestTaken.objects.count()) == (changesets, taken)
    assert _stages() == set()
    assert count(ELECTION) == 1
    gathering.resume()
    assert gathering.run_one()
    row = Gathering.objects.get()
    assert (row.state, row.attempts) == ("done", 2)
    assert numbers(row.changeset or 0) == [number]
    carried(Changeset.objects.get(id=row.changeset), people)


def _stages() -> set[str]:
    """Tables in which changes wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename ~ '^voters_change_[0-9]+$'")
        return {name for (name,) in cursor.fetchall()}


def test_what_kills_it_each_time_ends_it(asking: Asking, people: Mapping[str, Actor]) -> None:
    granted(10, asking.one["chair"], flat="2")
    gathering.ask(ELECTION, None)
    Gathering.objects.update(state="running", attempts=gathering.ATTEMPTS)
    gathering.resume()
    assert gathering.run_one()
    assert Gathering.objects.get().state == "failed"
    page = signed_in(people["chair"]).get(PAGE).content.decode()
    assert "The requests were not gathered. All go on waiting." in page
    assert count(ELECTION) == 1


def test_it_waits_for_the_custodian(
    asking: Asking, people: Mapping[str, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    granted(1, asking.one["chair"], flat="9")
    gathering.ask(ELECTION, None)
    with monkeypatch.context() as patch:
        patch.setattr(custody, "_exchange", _raises(CustodianDown("gone")))
        assert gathering.run_one()
        assert not gathering.run_one(), "not again at once"
    row = Gathering.objects.get()
    assert (row.state, row.attempts) == ("asked", 0), "a custodian that is away uses up no attempt"
    assert (
        "the custodian of the keys does not answer" in signed_in(people["chair"]).get(PAGE).content.decode()
    )
    Gathering.objects.update(tried_at=datetime.now(UTC) - gathering.PAUSE - timedelta(seconds=1))
    assert gathering.run_one()
    row = Gathering.objects.get()
    assert (row.state, row.why) == ("done", {})


def test_a_measure_that_is_used_up_is_said(
    asking: Asking, people: Mapping[str, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    granted(1, asking.one["chair"], flat="8")
    gathering.ask(ELECTION, None)
    with monkeypatch.context() as patch:
        patch.setattr(custody, "_exchange", _raises(Throttled(3_600)))
        assert gathering.run_one()
    assert Gathering.objects.get().state == "failed"
    browser = signed_in(people["chair"])
    assert "The measure of records" in browser.get(PAGE).content.decode()
    assert "Prepare the changeset" in browser.get("/en/cabinet/voters/").content.decode(), "asked for again"


def _raises(error: Exception) -> Callable[..., Any]:
    def raising(*_given: Any) -> Any:
        raise error

    return raising


def test_more_requests_ask_no_more_questions(
    asking: Asking, people: Mapping[str, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of the database nor, a piece for a piece, of the custodian."""
    by = asking.one["chair"]
    asked: list[Sequence[int]] = []
    for voters in ([1], [1, 4, 7, 10]):
        for number in voters:
            granted(number, by, flat=str(50 + len(voters)), house=str(90 + number))
        calls = _counting(monkeypatch)
        with CaptureQueriesContext(connection) as seen:
            made = stage_requests(ELECTION)
        assert made is not None
        assert len(numbers(made.id)) == len(voters)
        asked.append((len(seen), calls()))
        carried(made, people)
    assert asked[0] == asked[1]


def _counting(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    calls: list[bytes] = []
    real = type(custody)._exchange
    monkeypatch.setattr(custody, "_exchange", lambda frame: calls.append(frame) or real(custody, frame))
    return lambda: len(calls)


def test_how_far_it_is(asking: Asking, people: Mapping[str, Actor], monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 4, 7, 10):
        granted(number, asking.one["chair"], flat="77")
    gathering.ask(ELECTION, None)
    monkeypatch.setattr(gathering, "TELL", -1.0)
    monkeypatch.setattr(gathering, "PIECE", 1)
    seen: list[int] = []
    real = gathering._mark

    def marked(row: Gathering, **values: Any) -> None:
        real(row, **values)
        seen.append(Gathering.objects.get().done)

    monkeypatch.setattr(gathering, "_mark", marked)
    assert gathering.run_one()
    assert seen == sorted(seen)
    assert {0, 1, 2, 3, 4} <= set(seen)
    assert Gathering.objects.get().state == "done"
