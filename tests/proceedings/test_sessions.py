"""Sessions and decisions: quorum, votes, numbers, orders that stand or fall with the decision."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection

from esaylov.acts.door import Refused, Submission, perform
from esaylov.proceedings.decisions import AdoptDecision
from esaylov.proceedings.models import Decision
from esaylov.proceedings.motions import prepared, propose
from esaylov.proceedings.sessions import CloseSession, OpenSession, RecordAttendance, StateDissent
from esaylov.proceedings.sittings import series_of
from esaylov.registry.acts import EndMandate
from tests.acts.election import AFTERNOON, CALENDAR, EDITION, World, count, world
from tests.proceedings.acting import act, adopt, now, open_session, sitting, votes
from tests.registry.people import (
    SYSTEM,
    accepted,
    actors_of,
    codes,
    enrol,
    form_commission,
    held,
    members,
)

MOVE = {"step": "reports", "opens": None, "closes": "2099-01-01T00:00:00+05:00"}


def test_thin_way(door: World) -> None:
    """The Central Commission sits, votes, and decision number 1 moves a step; all of it stands in the log."""
    accepted(enrol())
    session = accepted(open_session("door"))
    assert session.record["needed"] == 6
    order = {"act": "elections.move_step", "payload": MOVE}
    decision = accepted(adopt(session.journal, "1", "door", orders=[order]))
    assert decision.record["votes"] == {"abstain": 0, "against": 0, "for": 9}
    assert decision.record["orders"] == {"elections.move_step": 1}
    assert len(decision.record["carried"]) == 1
    assert count("elections_move", "number = '1'") == 1
    door.sequence()
    leaf = decision.record["carried"][0]
    assert count("acts_entry", f"leaf_hash = '\\x{leaf}'::bytea") == 1


def test_quorum_short_by_one(door: World) -> None:
    accepted(enrol())
    before = count("acts_journal")
    refused = open_session("door", present=5)
    assert codes(refused) == ["Q01"]
    assert "5 of 9" in refused.findings[0].text["en"]
    assert "6 are needed" in refused.findings[0].text["en"]
    assert count("acts_journal") == before
    accepted(open_session("door", present=6))


def test_a_member_who_is_not_there_does_not_vote(door: World) -> None:
    accepted(enrol())
    _, people = sitting()
    session = accepted(open_session("door", present=6))
    assert codes(adopt(session.journal, "1", "door")) == ["Q04"]
    stranger = votes(people[:6]) | {10**9: "for"}
    assert codes(adopt(session.journal, "1", "door", votes=stranger)) == ["Q04"]
    accepted(adopt(session.journal, "1", "door", votes=votes(people[:6])))


def test_the_quorum_goes_with_a_mandate(door: World) -> None:
    """Six of nine are there; one of them resigns: five of eight are too few."""
    accepted(enrol())
    _, people = sitting()
    session = accepted(open_session("door", present=6))
    end = EndMandate.Payload(mandate=people[5].id, ground="resigned")
    accepted(perform(EndMandate, "", Submission(end, SYSTEM)))
    refused = adopt(session.journal, "1", "door", votes=votes(people[:5]))
    assert codes(refused) == ["Q01"]
    assert "5 of 8" in refused.findings[0].text["en"]


def test_who_presides(door: World) -> None:
    """The chair, without the chair the deputy; any member only where neither is there."""
    accepted(enrol())
    chair, people = sitting()
    assert [row.role for row in people[:4]] == ["chair", "deputy", "secretary", "member"]

    def opening(first: int, presiding: int) -> Any:
        there = [row.id for row in people[first : first + 7]]
        payload = {"agenda": ["x"], "present": frozenset(there), "presiding": people[presiding].id}
        return act(OpenSession, "door", chair, payload)

    assert codes(opening(0, 3)) == codes(opening(0, 1)) == codes(opening(1, 2)) == ["D15"]
    session = accepted(opening(2, 3)).journal
    sheet = {"session": session, "present": frozenset(row.id for row in people[:7])}
    for presiding, found in ((3, ["D15"]), (1, ["D15"])):
        assert (
            codes(act(RecordAttendance, "door", chair, sheet | {"presiding": people[presiding].id})) == found
        )
    accepted(act(RecordAttendance, "door", chair, sheet | {"presiding": people[0].id}))


def test_who_closes(door: World) -> None:
    """Who presides; an officer for a plain member; another officer once that one presides."""
    accepted(enrol())
    _, people = sitting()
    deputy, secretary = people[1].actor(), people[2].actor()
    closing = {"session": accepted(open_session("door")).journal}
    for other in (deputy, secretary):
        assert codes(act(CloseSession, "door", other, closing)) == ["D17"]
    end = EndMandate.Payload(mandate=people[0].id, ground="resigned")
    accepted(perform(EndMandate, "", Submission(end, SYSTEM)))
    left = votes(people[1:])
    vote = {"session": closing["session"], "item": 1, "number": "1", "title": "x", "text": "x", "votes": left}
    assert codes(act(AdoptDecision, "door", secretary, vote)) == ["D16"]
    assert codes(act(CloseSession, "door", deputy, closing)) == ["D16"]
    sheet = closing | {"present": frozenset(row.id for row in people[1:]), "presiding": people[1].id}
    accepted(act(RecordAttendance, "door", secretary, sheet))
    assert codes(act(CloseSession, "door", secretary, closing)) == ["D17"]
    accepted(act(CloseSession, "door", deputy, closing))
    payload = {"agenda": ["x"], "present": frozenset(row.id for row in people[2:]), "presiding": people[4].id}
    last = accepted(act(OpenSession, "door", secretary, payload)).journal
    accepted(act(CloseSession, "door", deputy, {"session": last}))


def test_a_session_that_can_go_on_no_more_is_closed(door: World) -> None:
    accepted(enrol())
    _, people = sitting()
    closing = {"session": accepted(open_session("door", present=6)).journal}
    for row in (people[0], people[5]):
        end = EndMandate.Payload(mandate=row.id, ground="resigned")
        accepted(perform(EndMandate, "", Submission(end, SYSTEM)))
    accepted(act(CloseSession, "door", people[1].actor(), closing))


def test_majority_of_all_members_and_dissent(door: World) -> None:
    accepted(enrol())
    chair, people = sitting()
    session = accepted(open_session("door", present=8))
    here = people[:8]
    lost = accepted(adopt(session.journal, "1", "door", votes=votes(here, against=2, abstain=2)))
    assert (lost.record["adopted"], lost.record["number"]) == (False, None)
    assert codes(adopt(session.journal, None, "door", votes=votes(here, against=3))) == ["D06"]
    won = accepted(adopt(session.journal, "1", "door", votes=votes(here, against=3)))
    assert won.record["adopted"]
    dissent = {"decision": won.journal, "text": "No.", "public": True}
    assert codes(act(StateDissent, "door", people[0].actor(), dissent)) == ["D11"]
    assert codes(act(StateDissent, "door", people[8].actor(), dissent)) == ["D11"]
    stated = accepted(act(StateDissent, "door", people[7].actor(), dissent))
    assert stated.record["text"] == sha256(b"No.").hexdigest()
    assert codes(act(StateDissent, "door", people[7].actor(), dissent)) == ["D12"]
    hidden = accepted(act(StateDissent, "door", people[6].actor(), dissent | {"public": False}))
    assert hidden.record["text"] != stated.record["text"]
    assert count("proceedings_dissent", "text = 'No.'") == 1
    accepted(act(CloseSession, "door", chair, {"session": session.journal}))
    assert codes(adopt(session.journal, "2", "door", votes=votes(here))) == ["D03"]
    assert codes(act(CloseSession, "door", chair, {"session": session.journal})) == ["D03"]


def test_a_number_is_used_once(door: World) -> None:
    accepted(enrol())
    session = accepted(open_session("door"))
    accepted(adopt(session.journal, "1", "door"))
    assert codes(adopt(session.journal, "1", "door")) == ["D07"]
    accepted(adopt(session.journal, "2", "door"))
    row = Decision.objects.get(number="1")
    with pytest.raises(IntegrityError):
        Decision.objects.create(
            **{f.attname: getattr(row, f.attname) for f in row._meta.fields} | {"journal": 5}
        )


def test_a_rehearsal_takes_no_number_of_an_official_decision(door: World) -> None:
    """Sessions and decisions of a simulated election are counted by themselves."""
    accepted(enrol())
    rehearsed = accepted(open_session("door"))
    accepted(adopt(rehearsed.journal, "1", "door"))
    standing = accepted(open_session(""))
    assert (rehearsed.record["session"], standing.record["session"]) == (1, 1)
    accepted(adopt(standing.journal, "1", ""))
    assert codes(adopt(standing.journal, "1", "")) == ["D07"]


@pytest.mark.parametrize(
    ("simulated", "replay", "pilot", "series"),
    [
        (False, False, False, ""),
        (False, False, True, "door"),
        (True, False, False, "door"),
        (False, True, False, "door"),
    ],
)
def test_series(*, simulated: bool, replay: bool, pilot: bool, series: str) -> None:
    """Official elections and what is decided outside of them have one series, every other election its own."""
    tables = SimpleNamespace(election=SimpleNamespace(pilot=pilot))
    context = SimpleNamespace(id="door", simulated=simulated, replay=replay, tables=tables)
    assert series_of(context) == series  # type: ignore[arg-type]
    outside = SimpleNamespace(id="", simulated=simulated, replay=replay, tables=None)
    assert series_of(outside) == ""  # type: ignore[arg-type]


def test_a_number_used_by_two_at_once(door: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sessions of the Central Commission, in two connections: one gets the number, the other a finding. (As official
    elections have it: they share their numbers with what is decided outside of them.)"""
    for module in ("decisions", "sessions"):
        monkeypatch.setattr(f"esaylov.proceedings.{module}.series_of", lambda _context: "")
    accepted(enrol())
    sessions = [(accepted(open_session(election)).journal, election) for election in ("door", "")]
    barrier = Barrier(2)

    def take(session: int, election: str) -> Any:
        try:
            barrier.wait()
            return adopt(session, "9", election)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda one: take(*one), sessions))
    assert sorted(type(result).__name__ for result in results) == ["Accepted", "Refused"]
    assert count("proceedings_decision", "number = '9'") == 1
    assert [codes(result) for result in results if isinstance(result, Refused)] == [["D07"]]


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"act": "elections.move_step", "payload": MOVE | {"step": "nonsense"}}, None),
        ({"act": "elections.move_step", "payload": {"step": "reports"}}, "S01"),
        ({"act": "polling.report_turnout", "payload": {"precinct": "n1-1", "voters": 3}}, "D08"),
        ({"act": "registry.form_commission", "payload": {"commission": "pec:n1-1", "add": []}}, "R02"),
    ],
)
def test_an_order_that_is_refused_refuses_the_decision(
    door: World, order: dict[str, Any], code: str | None
) -> None:
    accepted(enrol())
    session = accepted(open_session("door"))
    before = count("acts_journal")
    good = {"act": "elections.move_step", "payload": MOVE}
    refused = adopt(session.journal, "1", "door", orders=[good, order])
    assert isinstance(refused, Refused)
    assert code is None or code in codes(refused)
    assert (count("acts_journal"), count("elections_move"), count("proceedings_decision")) == (before, 0, 0)
    accepted(adopt(session.journal, "1", "door", orders=[good]))


def test_a_decision_outside_the_window_is_refused_whole(db_clone: object, tmp_path: Path) -> None:
    """Accepting a protocol in the afternoon of election day: the window opens in the evening."""
    with world(tmp_path, edition=EDITION + CALENDAR, start=AFTERNOON) as door:
        accepted(enrol())
        session = accepted(open_session("door"))
        before = count("acts_journal")
        order = {"act": "results.accept_protocol", "payload": {"precinct": "n1-1", "contest": "list"}}
        refused = adopt(session.journal, "1", "door", orders=[order])
        assert "C01" in codes(refused)
        assert count("acts_journal") == before
        assert door.election == "door"


def test_a_decision_forms_a_commission(door: World) -> None:
    accepted(enrol())
    session = accepted(open_session("door"))
    add = [one.model_dump(mode="json") for one in members(9, 100)]
    order = {"act": "registry.form_commission", "payload": {"commission": "tec:n", "add": add}}
    accepted(adopt(session.journal, "12/1", "door", orders=[order]))
    assert len(held("door", "tec:n", now())) == 9
    assert count("acts_journal", "convert_from(record, 'UTF8') LIKE '%Sinov%'") == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM proceedings_decision AS d WHERE d::text LIKE '%Sinov%'")
        assert cursor.fetchone() == (0,)


def test_another_commissions_session(door: World) -> None:
    """Ids changed to another commission's: there is no such session, whoever asks."""
    accepted(enrol())
    central = sitting()[0]
    for number, code in enumerate(("tec:n", "tec:s")):
        accepted(form_commission("door", code, central, members(9, 100 * (number + 1))))
    north = accepted(open_session("door", "tec:n"))
    south = actors_of("door", "tec:s", now())["chair"]
    payload = {"session": north.journal, "present": frozenset({1}), "presiding": 1}
    for by in (south, central):
        assert codes(act(RecordAttendance, "door", by, payload)) == ["D02"]
        assert codes(act(CloseSession, "door", by, {"session": north.journal})) == ["D02"]
    _, strangers = sitting("door", "tec:s")
    foreign = {"agenda": ["x"], "present": frozenset(r.id for r in strangers), "presiding": strangers[0].id}
    chair = actors_of("door", "tec:n", now())["chair"]
    accepted(act(CloseSession, "door", chair, {"session": north.journal}))
    assert {"Q01", "Q02"} <= set(codes(act(OpenSession, "door", chair, foreign)))
    member = actors_of("door", "tec:n", now())["member"]
    assert codes(act(OpenSession, "door", member, foreign)) == ["A01"]


def test_a_motion_keeps_its_orders_in_the_vault(door: World) -> None:
    accepted(enrol())
    chair, _ = sitting()
    add = [one.model_dump(mode="json") for one in members(9, 100)]
    orders = [("registry.form_commission", {"commission": "tec:n", "add": add})]
    motion = propose(chair, "door", title="Form", text="Formed.", articles=["19"], orders=orders)
    found = prepared(motion, chair, "door")
    assert found is not None
    assert found.orders[0][1]["commission"] == "tec:n"
    assert prepared(motion, chair, "") is None
    session = accepted(open_session("door"))
    ordered = [{"act": code, "payload": payload} for code, payload in found.orders]
    accepted(adopt(session.journal, "3", "door", orders=ordered, motion=motion))
    assert prepared(motion, chair, "door") is None
    assert count("acts_vault", f"subject = '{motion}'") == 0


def test_nothing_is_dated_back(door: World) -> None:
    accepted(enrol())
    chair, people = sitting()
    payload = {"agenda": ["x"], "present": frozenset(r.id for r in people), "presiding": people[0].id}
    assert codes(act(OpenSession, "door", chair, payload, at=datetime(2020, 1, 1, tzinfo=UTC))) == ["D09"]
    accepted(act(OpenSession, "door", chair, payload))
    assert codes(act(OpenSession, "door", chair, payload)) == ["D04"]
