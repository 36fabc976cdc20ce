"""Applications: one flow, one repair, one answer; two who decide at once; codes that say nothing to who does not know them."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from esaylov.acts.context import ElectionContext, get_context
from esaylov.acts.door import Accepted, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.proceedings import applications
from esaylov.proceedings.applications import (
    OPEN,
    CheckApplication,
    DecideApplication,
    ForwardApplication,
    NoteAppeal,
    RepairApplication,
    ReturnApplication,
    new_secret,
)
from esaylov.proceedings.general import GENERAL as KIND
from esaylov.proceedings.kinds import Kind, _kinds, register
from esaylov.proceedings.queries import by_code, by_number, due_in, inbox, open_numbers
from esaylov.registry.queries import commission_by_code
from tests.acts.election import World, count
from tests.proceedings.acting import ANYBODY, GENERAL, act, adopt, now, open_session, sitting, submit
from tests.registry.people import accepted, actors_of, codes, enrol, form_commission, members


def start(door: World) -> tuple[Actor, Actor]:
    """Chairs of the Central Commission and of that of the North."""
    accepted(enrol())
    central = sitting()[0]
    accepted(form_commission("door", "tec:n", central, members(9, 100)))
    return central, actors_of("door", "tec:n", now())["chair"]


def test_one_repair_round(door: World) -> None:
    _, north = start(door)
    secret = new_secret()
    received = accepted(submit("door", "tec:n", secret))
    number = received.record["number"]
    assert set(received.record) >= {"number", "kind", "to", "until", "holder"}
    assert "Sinovbek" not in str(received.record)
    accepted(act(ReturnApplication, "door", north, {"application": number, "text": "No address."}))
    granted = {"application": number, "granted": True}
    assert codes(act(DecideApplication, "door", north, granted)) == ["P05"]
    repaired = {"application": number, "payload": GENERAL | {"text": "At the school."}}
    assert codes(act(RepairApplication, "door", ANYBODY, repaired)) == ["P04"]
    assert codes(act(RepairApplication, "door", ANYBODY, repaired | {"secret": "A" * 16})) == ["P04"]
    accepted(act(RepairApplication, "door", ANYBODY, repaired | {"secret": secret}))
    accepted(act(CheckApplication, "door", north, {"application": number}))
    assert codes(act(DecideApplication, "door", north, {"application": number, "granted": False})) == ["P07"]
    accepted(act(DecideApplication, "door", north, granted | {"text": "Repaired."}))
    found = by_number("door", number)
    assert found is not None
    assert [event.state for event in found.events] == [
        "submitted", "defects", "repaired", "checked", "granted"
    ]  # fmt: skip
    assert codes(act(DecideApplication, "door", north, granted)) == ["P05"]
    accepted(act(NoteAppeal, "door", north, {"application": number, "court": "district-court"}))


def test_nothing_that_was_written_lies_open(door: World) -> None:
    start(door)
    accepted(submit("door", "tec:n"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', ["%Sinovbek%"])
            assert cursor.fetchone() == (0,), table


def test_another_commissions_application(door: World) -> None:
    central, north = start(door)
    number = accepted(submit("door", "cec")).record["number"]
    steps: list[tuple[Any, dict[str, Any]]] = [
        (CheckApplication, {}),
        (ReturnApplication, {"text": "x"}),
        (DecideApplication, {"granted": True}),
        (ForwardApplication, {"to": "tec:n"}),
    ]
    for step, more in steps:
        assert codes(act(step, "door", north, {"application": number} | more)) == ["P04"]
        assert codes(act(step, "", central, {"application": number} | more)) == ["P04"]
    assert codes(act(ForwardApplication, "door", central, {"application": number, "to": "cec"})) == ["P08"]
    assert codes(act(ForwardApplication, "door", central, {"application": number, "to": "no"})) == ["P03"]
    accepted(act(ForwardApplication, "door", central, {"application": number, "to": "tec:n"}))
    assert codes(act(CheckApplication, "door", central, {"application": number})) == ["P04"]
    accepted(act(CheckApplication, "door", north, {"application": number}))
    member = actors_of("door", "tec:n", now())["member"]
    granted = {"application": number, "granted": True}
    assert codes(act(DecideApplication, "door", member, granted)) == ["A01"]
    assert codes(act(DecideApplication, "door", door.actors["tec:n"], granted)) == ["A01"]


def test_two_sessions_decide_at_once(door: World) -> None:
    _, north = start(door)
    number = accepted(submit("door", "tec:n")).record["number"]
    barrier = Barrier(2)

    def decide(granted: bool) -> Any:
        try:
            barrier.wait()
            said = {"application": number, "granted": granted, "article": "101", "text": "x"}
            return act(DecideApplication, "door", north, said)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(decide, (True, False)))
    assert sorted(type(result).__name__ for result in results) == ["Accepted", "Refused"]
    assert [codes(one) for one in results if not isinstance(one, Accepted)] == [["P05"]]
    assert count("proceedings_applicationevent") == 2


def test_a_session_decides(door: World) -> None:
    """A kind that a session decides: no officer alone, no invented number; the decision carries the answer."""
    start(door)
    register(replace(KIND, code="test-session", decided_by="session"))
    try:
        number = accepted(submit("door", "cec", kind_code="test-session")).record["number"]
        central = sitting()[0]
        said = {"application": number, "granted": True}
        assert codes(act(DecideApplication, "door", central, said)) == ["D13"]
        assert codes(act(DecideApplication, "door", central, said | {"decision": "5"})) == ["D13"]
        session = accepted(open_session("door"))
        order = {"act": "proceedings.decide_application", "payload": said}
        decided = accepted(adopt(session.journal, "5", "door", orders=[order]))
        assert len(decided.record["carried"]) == 1
        found = by_number("door", number)
        assert found is not None
        assert (found.latest.state, found.latest.decision) == ("granted", "5")
        assert codes(adopt(session.journal, "6", "door", orders=[order])) == ["P05"]
    finally:
        _kinds.pop("test-session")


@pytest.mark.parametrize(
    ("more", "code"),
    [({"kind_code": "none"}, "P01"), ({"to": "tec:none"}, "P03"), ({"sort": "x"}, "S06"), ({"surplus": 1}, "S02"),
     ({"name": ""}, "S06")],
)  # fmt: skip
def test_refusals(door: World, more: dict[str, Any], code: str) -> None:
    start(door)
    assert codes(submit("door", **{"to": "tec:n"} | more)) == [code]
    assert count("proceedings_application") == 0


def test_clocks(door: World) -> None:
    """Three days, to the end of the third; at once in the last six days and on the day (Art. 101)."""
    context = get_context("door")
    assert context.date == date(2026, 10, 25)
    early = datetime(2026, 9, 1, 9, tzinfo=UTC)
    assert context.local(KIND.answer_by(context, early)) == "2026-09-05T00:00:00+05:00"
    before = datetime(2026, 10, 18, 9, tzinfo=UTC)
    assert context.local(KIND.answer_by(context, before)) == "2026-10-22T00:00:00+05:00"
    last = datetime(2026, 10, 19, 9, tzinfo=UTC)
    assert context.local(KIND.answer_by(context, last)) == "2026-10-20T00:00:00+05:00"
    assert context.local(KIND.answer_by(replace(context, date=date.max), last)) == "2026-10-23T00:00:00+05:00"
    hours = replace(KIND, answer_hours=24)
    assert context.local(hours.answer_by(context, last)) == "2026-10-20T14:00:00+05:00"


def test_the_term_stands_still_while_a_repair_is_open(door: World) -> None:
    """The days that were left run on from the repair, or from the end of its term; by an edition it begins anew instead."""
    context = get_context("door")
    due = datetime(2026, 9, 4, 19, tzinfo=UTC)  # the end of 4 September in Tashkent
    stopped, repaired = datetime(2026, 9, 2, 9, tzinfo=UTC), datetime(2026, 9, 8, 6, tzinfo=UTC)

    def term(kind: Kind, due: datetime, context: ElectionContext = context) -> str:
        return context.local(kind.answer_after_repair(context, due, stopped, repaired))

    assert term(KIND, due) == "2026-09-11T00:00:00+05:00", "two days were left: to the end of 10 September"
    assert term(KIND, stopped.replace(hour=19)) == "2026-09-09T00:00:00+05:00", (
        "at once: the day of the repair"
    )
    assert term(KIND, datetime(2026, 8, 30, tzinfo=UTC)) == "2026-09-09T00:00:00+05:00", "it was late before"
    assert term(replace(KIND, answer_hours=24), stopped + timedelta(hours=5)) == "2026-09-08T16:00:00+05:00"
    values = {**context.edition.values, "commission": {"repair": "anew"}}
    anew = replace(context, edition=replace(context.edition, values=values))
    assert term(KIND, due, anew) == "2026-09-12T00:00:00+05:00"


def test_who_repairs_in_time_makes_nobody_late(door: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the last days an answer is due at once, and a repair has two days: the commission is not overdue meanwhile."""
    _, north = start(door)
    context = get_context("door")
    night = datetime(2026, 10, 25, 15, tzinfo=UTC)  # election day
    monkeypatch.setattr(ElectionContext, "now", lambda _context, _real=None: night)
    secret = new_secret()
    number = accepted(submit("door", "tec:n", secret)).record["number"]
    accepted(act(ReturnApplication, "door", north, {"application": number, "text": "No address."}))
    commission = commission_by_code("door", "tec:n")
    assert commission is not None
    over = datetime(2026, 10, 27, 19, tzinfo=UTC)  # the repair's end
    waiting = open_numbers(context, commission.id, sorted(OPEN), over)
    assert waiting == [(1, over + timedelta(days=1))], (
        "not repaired: the answer is due on the day after, not yet late"
    )
    (row,) = inbox("door", commission.id)
    found = by_number("door", number)
    assert found is not None
    assert due_in(context, row, over) == found.due(context, over) == over + timedelta(days=1)
    assert due_in(context, row, night) == found.due(context, night) == over, "the applicant's term"
    night = over - timedelta(hours=2)
    repair = {"application": number, "payload": GENERAL, "secret": secret}
    repaired = accepted(act(RepairApplication, "door", ANYBODY, repair)).record
    assert repaired["until"] == "2026-10-28T00:00:00+05:00", "at once: the end of the day of the repair"


def test_code_and_number_are_equal_riddles(door: World) -> None:
    start(door)
    secret = new_secret()
    number = accepted(submit("door", "tec:n", secret)).record["number"]
    assert by_code(number, f" {secret[:4].lower()}-{secret[4:]} ") is not None
    assert by_code(number, new_secret()) is None
    assert by_code("2026-999999", secret) is None
    assert by_code("a\0b", secret) is None
    assert new_secret("same") == new_secret("same") != new_secret("other")


def test_a_code_outlives_a_change_of_the_sites_key(door: World) -> None:
    start(door)
    secret, before = new_secret(), site.SECRET_KEY
    number = accepted(submit("door", "tec:n", secret)).record["number"]
    with override_settings(SECRET_KEY="a new key", SECRET_KEY_FALLBACKS=[]):
        assert by_code(number, secret) is None
    with override_settings(SECRET_KEY="a new key", SECRET_KEY_FALLBACKS=["another", before]):
        assert by_code(number, secret) is not None
        assert by_code(number, new_secret()) is None


STEPS = st.lists(
    st.sampled_from(["check", "return", "repair", "grant", "refuse", "forward", "appeal"]), max_size=9
)
# What the law lets happen next, written down by hand: state -> step -> the state after it.
FLOW: dict[str, dict[str, str]] = {
    "submitted": {"check": "checked", "return": "defects", "grant": "granted", "refuse": "refused", "forward": "forwarded"},
    "checked": {"return": "defects", "grant": "granted", "refuse": "refused", "forward": "forwarded"},
    "defects": {"repair": "repaired"},
    "repaired": {"check": "checked", "return": "defects", "grant": "granted", "refuse": "refused", "forward": "forwarded"},
    "forwarded": {"check": "checked", "return": "defects", "grant": "granted", "refuse": "refused", "forward": "forwarded"},
    "granted": {"appeal": "appealed"},
    "refused": {"appeal": "appealed"},
    "appealed": {"appeal": "appealed"},
}  # fmt: skip


def test_any_order_of_steps(door: World) -> None:
    """Whatever is tried in whatever order: only what the flow allows happens, and each event has its own number."""
    central, north = start(door)
    accepted(form_commission("door", "tec:s", central, members(9, 200)))
    south = actors_of("door", "tec:s", now())["chair"]
    secret = new_secret()

    def steps_of(holder: Actor, other: str) -> dict[str, tuple[Any, Actor, dict[str, Any]]]:
        return {
            "check": (CheckApplication, holder, {}),
            "return": (ReturnApplication, holder, {"text": "x"}),
            "repair": (RepairApplication, ANYBODY, {"payload": GENERAL, "secret": secret}),
            "grant": (DecideApplication, holder, {"granted": True}),
            "refuse": (DecideApplication, holder, {"granted": False, "text": "x", "article": "101"}),
            "forward": (ForwardApplication, holder, {"to": other}),
            "appeal": (NoteAppeal, holder, {"court": "commission"}),
        }

    @settings(max_examples=25)
    @given(STEPS)
    def walk(steps: list[str]) -> None:
        number = accepted(submit("door", "tec:n", secret)).record["number"]
        state, events, returns, holder = "submitted", 1, 0, north
        for step in steps:
            kind, actor, more = steps_of(holder, "tec:s" if holder is north else "tec:n")[step]
            result = act(kind, "door", actor, {"application": number} | more)
            then = FLOW[state].get(step)
            if then is None:
                assert codes(result) == ["P05"], (state, step)
                continue
            if step == "return" and returns:
                assert codes(result) == ["P15"], "one repair round"
                continue
            assert isinstance(result, Accepted), (state, step, result)
            state, events, returns = then, events + 1, returns + (step == "return")
            if step == "forward":
                holder = south if holder is north else north
        found = by_number("door", number)
        assert found is not None
        assert [event.sequence for event in found.events] == list(range(1, events + 1))
        assert found.latest.state == state

    walk()


def test_what_is_not_repaired_in_time_is_refused(door: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commission is not left with an application that nobody can answer, nor the applicant without an answer."""
    monkeypatch.setattr(Kind, "repair_by", lambda _kind, _context, at: at)
    _, north = start(door)
    secret = new_secret()
    number = accepted(submit("door", "tec:n", secret)).record["number"]
    accepted(act(ReturnApplication, "door", north, {"application": number, "text": "No address."}))
    repair = {"application": number, "payload": GENERAL, "secret": secret}
    assert codes(act(RepairApplication, "door", ANYBODY, repair)) == ["P06"]
    commission = commission_by_code("door", "tec:n")
    assert commission is not None
    assert (
        sum(count for count, _until in open_numbers(get_context("door"), commission.id, sorted(OPEN), now()))
        == 1
    )
    assert codes(act(CheckApplication, "door", north, {"application": number})) == ["P05"]
    granted = {"application": number, "granted": True}
    assert codes(act(DecideApplication, "door", north, granted)) == ["P16"]
    refused = {"application": number, "granted": False, "text": "Not repaired.", "article": "101"}
    values = {**get_context("door").edition.values, "commission": {"paper_decisions": False}}
    context = get_context("door")
    strict = replace(context, edition=replace(context.edition, values=values))
    alone = Submission(DecideApplication.Payload.model_validate(refused), north)
    assert codes(perform(DecideApplication, "door", alone, strict)) == ["D18"]
    done = accepted(act(DecideApplication, "door", north, refused)).record
    assert (done["state"], done["decision"], done["findings"]) == ("refused", None, ["D18"]), "by one officer"
    accepted(act(NoteAppeal, "door", north, {"application": number, "court": "district-court"}))
    assert open_numbers(get_context("door"), commission.id, sorted(OPEN), now()) == []


def test_forwarding_to_and_fro_wins_no_time(door: World, monkeypatch: pytest.MonkeyPatch) -> None:
    central, north = start(door)
    accepted(form_commission("door", "tec:s", central, members(9, 200)))
    south = actors_of("door", "tec:s", now())["chair"]
    number = accepted(submit("door", "tec:n", new_secret())).record["number"]
    first = accepted(act(ForwardApplication, "door", north, {"application": number, "to": "tec:s"}))
    monkeypatch.setattr(Kind, "answer_by", lambda _kind, _context, at: at + timedelta(days=30))
    again = accepted(act(ForwardApplication, "door", south, {"application": number, "to": "tec:n"}))
    assert again.record["until"] == first.record["until"]


def test_the_rooms_page_draws_what_the_acts_allow() -> None:
    """Each arrow of the diagram in the room's README is an act after a state, and each act after a state is drawn."""
    page = (Path(applications.__file__).parent / "README.md").read_text()
    drawn = page.partition("**Applications.**")[2].partition("```mermaid")[2].partition("```")[0]
    arrows = set()
    for before, to, act_name in re.findall(r"(\w+) --> (\w+): (\w+)", drawn):
        for state in OPEN if before == "waiting" else {before}:
            arrows.add((state, act_name, to))
    leads = {
        CheckApplication: {"checked"}, ReturnApplication: {"defects"}, RepairApplication: {"repaired"},
        DecideApplication: {"granted", "refused"}, ForwardApplication: {"forwarded"}, NoteAppeal: {"appealed"},
    }  # fmt: skip
    allowed = {
        (state, one.code.partition(".")[2], to)
        for one, states in leads.items()
        for state in one.after
        for to in states
    }
    allowed |= {("defects", "decide_application", "refused")}  # not repaired in time
    assert {arrow for arrow in arrows if arrow[1] != "submit_application"} == allowed
