"""Whoever is opened or found by an attempt is looked at, also where the attempt is refused or breaks off: the voter sees who."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from esaylov.acts.door import Refused
from esaylov.acts.models import Journal
from esaylov.acts.powers import Actor
from esaylov.custody import client
from esaylov.custody.client import CustodianDown, Throttled
from esaylov.voters.access import looks
from esaylov.voters.models import Access
from esaylov.voters.requests import queries
from esaylov.voters.requests.models import Request
from esaylov.voters.requests.opening import noted, open_request
from tests.registry.people import accepted
from tests.voters.listed import person
from tests.voters.precinct_lists import ELECTION
from tests.voters.requesting import decide, received
from tests.voters.requests.conftest import Asking


def seen(voter: int, by: Actor) -> int:
    """How often the voter sees that this officer looked for a request."""
    found = [
        one for one in looks(voter) if (one.body, one.person, one.purpose) == (by.code, by.person, "request")
    ]
    return sum(one.times for one in found)


@pytest.fixture(autouse=True)
def nobody_looked(asking: Asking) -> Iterator[None]:
    before = Access.objects.count()
    yield
    assert Access.objects.count() >= before, "looks are never taken back"


def fails(error: Exception, after: int = 0) -> Callable[..., Any]:
    """A function of the custodian's client that fails, the first calls excepted."""
    calls = iter([True] * after)
    real = client.open_rows

    def failing(*given: Any, **names: Any) -> Any:
        if next(calls, False):
            return real(*given, **names)
        raise error

    return failing


def test_a_refused_grant_is_a_look_at_whoever_it_found(asking: Asking) -> None:
    """A correction that names the document of voter 5: the refusal says that an entry has it."""
    by = asking.one["chair"]
    number = received("correction", 4)
    own, other, written = seen(4, by), seen(5, by), Journal.objects.count()
    entry = person(4) | {"document": person(5)["document"]}
    result = decide(number, by, entry=entry)
    assert isinstance(result, Refused)
    assert [one.code for one in result.findings] == ["Y66"]
    assert Journal.objects.count() == written
    assert (seen(4, by), seen(5, by)) == (own + 1, other + 1)


def test_an_inclusion_that_finds_somebody(asking: Asking) -> None:
    by = asking.one["chair"]
    number = received("inclusion", 400, voter=None)
    before = seen(2, by)
    assert isinstance(decide(number, by, entry=person(2) | {"mahalla": "t-1"}), Refused)
    assert seen(2, by) == before + 1


def test_the_look_stands_where_everything_else_is_rolled_back(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry is opened; then the measure of the custodian is used up, and the transaction of the act is rolled back."""
    by = asking.one["secretary"]
    number = received("correction", 7)
    before = seen(7, by)
    with monkeypatch.context() as patch:
        patch.setattr(client, "digests", fails(Throttled(3_600)))
        with pytest.raises(Throttled):
            decide(number, by, entry=person(7) | {"house": "7"})
    assert seen(7, by) == before + 1
    assert not Request.objects.get(number=number, decision__isnull=True).taken.exists()
    accepted(decide(number, by, entry=person(7) | {"house": "7"}))
    assert seen(7, by) == before + 2


def test_what_was_shown_a_moment_ago_is_no_second_look(asking: Asking) -> None:
    by = asking.one["chair"]
    number = received("correction", 10)
    before = seen(10, by)
    opened = open_request(queries.requests_for(ELECTION, by).get(number=number), by)
    with noted(opened.looked):
        accepted(decide(number, by, entry=person(10) | {"house": "7"}))
    assert seen(10, by) == before + 1


@pytest.mark.parametrize(
    ("error", "after", "times"),
    [
        (Throttled(60), 0, 1),
        (Throttled(60), 1, 1),
        (CustodianDown("gone"), 1, 1),
        (CustodianDown("gone"), 0, 0),
    ],
)
def test_a_refused_opening(
    asking: Asking, monkeypatch: pytest.MonkeyPatch, error: Exception, after: int, times: int
) -> None:
    """Refused by the measure, or broken off behind the request's words. Nobody looks where nobody answered."""
    by = asking.one["chair"]
    row = queries.requests_for(ELECTION, by).get(number=received("correction", 1))
    before = seen(1, by)
    with monkeypatch.context() as patch:
        patch.setattr(client, "open_rows", fails(error, after))
        with pytest.raises(type(error)):
            open_request(row, by)
    assert (seen(1, by) - before, seen(row.id, by)) == (times, times)
