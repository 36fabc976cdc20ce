"""The night of the demonstration: what happens, in which order, and that it ends where the package stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from esaylov.demo.night import Event, Kind, plan
from esaylov.exchange.package import iter_protocols, read_package
from esaylov.law.editions import parse_edition
from esaylov.law.protocol import compile_relations, error_codes
from tests.demo.conftest import Rows

Read = Callable[[str], Rows]
CLOSING = datetime.fromisoformat("2024-10-27T20:00:00+05:00")
PROTOCOLS = (Kind.SUBMIT, Kind.CORRECT)


@pytest.fixture(scope="module")
def events(package: Path) -> list[Event]:
    return list(plan(package))


@pytest.fixture(scope="module")
def broken(package: Path) -> Callable[[Event], bool]:
    edition = parse_edition((package / "edition.toml").read_bytes())
    failed, errors = compile_relations(edition), error_codes(edition)
    return lambda event: not errors.isdisjoint(failed(event.lines, event.votes))


class Standing:
    """The state of every place as docs/formats.md (section 4) makes it, fed one event at a time."""

    def __init__(self, broken: Callable[[Event], bool]) -> None:
        self.broken = broken
        self.places: dict[tuple[str, str], tuple[str, Event]] = {}
        self.conflicting: list[Event] = []
        self.seen: Counter[str] = Counter()

    def take(self, event: Event) -> None:
        place = event.precinct, event.contest
        match event.kind:
            case Kind.SUBMIT if place in self.places:
                assert (event.lines, event.votes) != (
                    self.places[place][1].lines,
                    self.places[place][1].votes,
                )
                self.conflicting.append(event)
            case Kind.SUBMIT:
                self._stand(place, event)
            case Kind.CORRECT:
                state, before = self.places[place]
                assert state in ("inconsistent", "returned")
                assert event.version == before.version + 1
                self._stand(place, event)
            case Kind.ACCEPT | Kind.RETURN:
                state, before = self.places[place]
                assert state == "received"
                self.places[place] = ("accepted" if event.kind is Kind.ACCEPT else "returned", before)
            case Kind.ANNUL:
                for place in [place for place in self.places if place[0] == event.precinct]:
                    self.places[place] = ("annulled", self.places[place][1])
        self.seen[self.places[place][0] if place in self.places else event.kind] += 1

    def _stand(self, place: tuple[str, str], event: Event) -> None:
        self.places[place] = ("inconsistent" if self.broken(event) else "received", event)


def test_the_night_follows_the_rules_and_ends_as_the_package_says(
    package: Path, events: list[Event], broken: Callable[[Event], bool]
) -> None:
    standing = Standing(broken)
    for event in events:
        standing.take(event)
    assert len(standing.conflicting) == 3
    assert standing.seen["inconsistent"] == 40
    assert standing.seen["returned"] == 2
    final = {(one.precinct_id, one.contest_id): one for one in iter_protocols(read_package(package))}
    assert standing.places.keys() == final.keys()
    for place, (state, event) in standing.places.items():
        one = final[place]
        assert (state, event.lines, event.votes, event.version) == (
            one.state,
            one.lines,
            one.votes,
            one.version,
        )
        assert event.at.isoformat() == one.submitted_at


def test_order_and_counts(events: list[Event]) -> None:
    assert all(a.at <= b.at for a, b in pairwise(events))
    assert Counter(event.kind for event in events) == {
        Kind.TURNOUT: 4 * 10_971 + 11_028,
        Kind.SUBMIT: 21_999 + 3,
        Kind.CORRECT: 42,
        Kind.ACCEPT: 21_999,
        Kind.RETURN: 2,
        Kind.ANNUL: 1,
        Kind.CERTIFY: 76,
    }
    assert {event.kind for event in events[-76:]} == {Kind.CERTIFY}


def test_times_of_arrival(events: list[Event], rows: Read) -> None:
    sent = [event for event in events if event.kind in PROTOCOLS]
    assert all(event.at.utcoffset() == timedelta(hours=5) for event in events)
    assert min(event.at for event in sent) >= CLOSING + timedelta(hours=1)
    closed = {row["precinct"]: datetime.fromisoformat(row["at"]) for row in rows("turnout")}
    assert all(event.at >= closed[event.precinct] + timedelta(hours=1) for event in sent)
    inside = [event.at for event in sent if event.kind is Kind.SUBMIT and event.precinct.startswith("17")]
    half = sorted(inside)[len(inside) // 2]
    assert timedelta(hours=3) < half - CLOSING < timedelta(hours=5)
    assert sum(at > CLOSING + timedelta(hours=10) for at in inside) < 20
    abroad = [event.at for event in sent if event.precinct.startswith("abroad")]
    assert sum(at > CLOSING + timedelta(hours=12) for at in abroad) >= 10


def test_contests_arrive_in_both_orders(events: list[Event]) -> None:
    first: dict[str, str] = {}
    for event in events:
        if event.kind is Kind.SUBMIT and event.precinct.startswith("17"):
            first.setdefault(event.precinct, "list" if event.contest == "list" else "direct")
    counts = Counter(first.values())
    assert 0.45 < counts["list"] / counts.total() < 0.55


def test_bodies(events: list[Event], rows: Read) -> None:
    districts = {row["id"]: row["territory"] for row in rows("precincts")}
    for event in events:
        if event.kind in (*PROTOCOLS, Kind.TURNOUT):
            assert event.body == f"pec:{event.precinct}"
        elif event.kind in (Kind.ANNUL, Kind.CERTIFY):
            assert event.body == "cec"
        else:
            district = districts[event.precinct]
            assert event.body == ("cec" if district == "abroad" else f"dcec:{district}")


def test_decisions_are_numbered_as_commissions_do(events: list[Event]) -> None:
    """The central commission in one sequence, a district's behind its own number; each sequence follows the time."""
    commissions: dict[str, set[str]] = {}
    running: dict[str, list[tuple[datetime, int]]] = {}
    for event in events:
        if event.decision:
            commission, _, own = event.decision.rpartition("/")
            assert own.isdecimal()
            commissions.setdefault(event.body, set()).add(commission)
            running.setdefault(event.body, []).append((event.at, int(own)))
    assert commissions.pop("cec") == {""}
    assert all(len(found) == 1 for found in commissions.values())
    assert sorted(int(*found) for found in commissions.values()) == list(range(1, 207))
    for body, found in running.items():
        assert [own for _, own in sorted(found)] == sorted(own for _, own in found), body
    assert min(own for _, own in running["cec"]) > 2000, "no real decision of 2024 has such a number"


def test_each_decision_has_one_time(events: list[Event]) -> None:
    times: dict[str, set[datetime]] = {}
    for event in events:
        if event.decision:
            times.setdefault(event.decision, set()).add(event.at)
    assert all(len(found) == 1 for found in times.values())


@pytest.mark.slow
def test_same_seed_same_night_other_seed_other_night(package: Path, events: list[Event]) -> None:
    assert list(plan(package)) == events
    assert list(plan(package, seed=1)) != events
