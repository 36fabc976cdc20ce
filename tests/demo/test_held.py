"""What a person submits for the precinct that the demonstration leaves to people goes before what the night would submit."""

from __future__ import annotations

from datetime import datetime

import pytest

from esaylov.demo.held import Held
from esaylov.demo.rulings import ACCEPT
from esaylov.operations.loading import Event
from esaylov.results.acts import AcceptProtocol, SubmitProtocol

AT = datetime.fromisoformat("2024-10-28T00:04:15+05:00")
CONTESTS = ("list", "smd-01")


def submitted(precinct: str, contest: str) -> Event:
    payload = SubmitProtocol.Payload(precinct=precinct, contest=contest, lines=[1], votes=[1], version=1)
    return Event(AT, SubmitProtocol, payload, f"pec:{precinct}")


def accepted(precinct: str, contest: str) -> Event:
    payload = AcceptProtocol.Payload(precinct=precinct, contest=contest, decision="1/23")
    return Event(AT, AcceptProtocol, payload, "dcec:1735204")


class Known(Held):
    """With the precinct's protocols and acceptances as a test has them."""

    states: dict[str, list[str]]
    decided: frozenset[str] = frozenset()

    def open(self, contests: object = ()) -> list[str]:
        named = list(contests) if isinstance(contests, list) else []
        return [contest for contest in named or CONTESTS if contest not in self.decided]

    def _protocols(self, contest: str) -> list[str]:
        return self.states.get(contest, [])


EVENTS = [
    made(precinct, contest)
    for precinct in ("1735-0001", "1735-0002")
    for contest in CONTESTS
    for made in (submitted, accepted)
]


@pytest.mark.parametrize(
    ("kept", "states", "decided", "left"),
    [
        (False, {}, (), {"list": 1, "smd-01": 1}),
        (True, {}, (), {}),
        (False, {"list": ["received"]}, (), {"list": 1, "smd-01": 1}),
        (True, {"list": ["received"]}, (), {"list": 1}),
        (True, {"list": ["received"]}, ("list",), {}),
        (True, {"list": ["inconsistent"]}, (), {}),
        (True, {"list": ["inconsistent", "received"]}, (), {"list": 1}),
    ],
)
def test_what_the_night_still_does(
    kept: bool, states: dict[str, list[str]], decided: tuple[str, ...], left: dict[str, int]
) -> None:
    held = Known("demo", EVENTS, kept=kept)
    held.states, held.decided = states, frozenset(decided)
    found = held.without(EVENTS)
    assert [event for event in found if event.payload.precinct == "1735-0002"] == EVENTS[4:]
    own = [event for event in found if event.payload.precinct == "1735-0001"]
    once = {event.payload.contest: 1 for event in own}
    assert once == left
    assert all(
        event.act.code != ACCEPT or states.get(event.payload.contest, [""])[-1] == "received" for event in own
    )
