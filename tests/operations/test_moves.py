"""A date of the calendar is moved by decision: who may, when, what follows, and that all of it can be looked up."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.db.utils import InternalError

from esaylov.acts.door import Refused, Submission, perform_batch
from esaylov.elections.calendar import MoveStep
from esaylov.elections.moves import moves, overrides
from esaylov.elections.queries import set_clock
from esaylov.exchange.package import open_package, read_package
from esaylov.operations.loading import call_election
from esaylov.operations.replay import replay
from esaylov.polling.acts import ReportTurnout
from esaylov.registry.queries import actors
from esaylov.results.acts import AcceptProtocol, SubmitProtocol
from tests.operations.draft import DAY, EDITION, LATER, RELEASE, Draft, at, count_all, country, lines
from tests.operations.site import Site, accepted, rows_of

Another = Callable[[], AbstractContextManager[Site]]

CALENDAR = """
[calendar]
day_count = "full-days-left"
timezone = "Asia/Tashkent"

[[calendar.steps]]
code = "turnout"
title = {en = "Turnout"}
opens = {day = 0, time = "08:00"}
closes = {day = 0, time = "20:00"}
article = "51"

[[calendar.steps]]
code = "voting"
title = {en = "Voting"}
opens = {day = 0, time = "08:00"}
closes = {day = 0, time = "18:00"}

[[calendar.steps]]
code = "counting"
title = {en = "Counting"}
opens = {day = 0, time = "20:00"}
article = "58"

[[calendar.steps]]
code = "acceptance"
title = {en = "Acceptance"}
opens = {day = 0, time = "20:00"}
closes = {after = 1}
article = "95"
"""
LAW = EDITION + RELEASE + CALENDAR


@pytest.fixture
def called(site: Site, tmp_path: Path) -> Site:
    """An election whose clock stands at 12:00 on election day."""
    package = read_package(country(edition=LAW).write(tmp_path / "package"))
    call_election(package, replay=False, start=datetime.fromisoformat(at("12:00")))
    return site


def move(
    step: str = "turnout", *, opens: str | None, closes: str | None, decision: str = "100"
) -> dict[str, Any]:
    return {"step": step, "opens": opens, "closes": closes, "decision": decision}


LATE = move(opens=at("08:00"), closes=at("21:00"))


def turnout(site: Site, time: str, *, day: str = DAY, voters: int = 5) -> Any:
    return site.act(ReportTurnout, "draft", "pec:p1", at(time, day), precinct="p1", voters=voters)


def test_an_act_is_judged_by_the_dates_of_its_time(called: Site) -> None:
    assert isinstance(turnout(called, "20:30"), Refused)
    called.accept(MoveStep, "draft", "cec", **LATE)
    assert not isinstance(turnout(called, "20:30"), Refused)
    result = turnout(called, "21:00")
    assert isinstance(result, Refused)
    (finding,) = result.findings
    assert (finding.code, finding.article) == ("C01", "51")
    for text in finding.text.values():
        assert "100" in text
        assert "2026-10-25T21:00:00+05:00" in text
    called.accept(
        MoveStep, "draft", "cec", at("13:00"), **move(opens=at("14:00"), closes=at("21:00"), decision="101")
    )
    assert not isinstance(turnout(called, "12:30"), Refused), (
        "by the dates of then it was in time, and stays so"
    )
    assert isinstance(turnout(called, "13:30"), Refused), "from the decision on the step waits"
    assert not isinstance(turnout(called, "14:00"), Refused)


def test_a_batch_is_judged_act_by_act(called: Site) -> None:
    called.accept(MoveStep, "draft", "cec", at("13:00"), **move(opens=at("14:00"), closes=at("21:00")))
    by = actors("draft", ["pec:p1"])["pec:p1"]
    times = ("12:59", "13:00", "13:59", "14:00", "20:59", "21:00")
    submissions = [
        Submission(ReportTurnout.Payload(precinct="p1", voters=n), by, datetime.fromisoformat(at(time)))
        for n, time in enumerate(times)
    ]
    results = perform_batch(ReportTurnout, "draft", submissions)
    assert [not isinstance(result, Refused) for result in results] == [True, False, False, True, True, False]


def test_another_process_sees_it_at_once(called: Site) -> None:
    """Contexts are kept by process; a decision taken in another one holds for the next act of this one."""
    assert isinstance(turnout(called, "20:30"), Refused)
    script = (
        "import os, sys, django; django.setup()\n"
        "import esaylov.api\n"
        "from esaylov.acts.door import Accepted, Submission, perform\n"
        "from esaylov.elections.calendar import MoveStep\n"
        "from esaylov.registry.queries import actors\n"
        f"payload = MoveStep.Payload(**{LATE!r})\n"
        "result = perform(MoveStep, 'draft', Submission(payload, actors('draft', ['cec'])['cec']))\n"
        "assert isinstance(result, Accepted), result\n"
    )
    environment = {
        "PATH": "/usr/bin:/bin",
        "DJANGO_SETTINGS_MODULE": "esaylov.settings",
        "ESAYLOV_DATA": str(called.data),
    }
    path = ":".join(filter(None, sys.path))
    subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        env=environment | called.clone.environment | {"PYTHONPATH": path},
    )
    assert not isinstance(turnout(called, "20:30"), Refused)


def test_it_costs_no_conversation_with_the_database(called: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from esaylov.acts import statements

    spoken: list[int] = []
    receive = statements._Exchange._receive

    def counted(self: Any, count: int) -> Any:
        spoken.append(count)
        return receive(self, count)

    monkeypatch.setattr(statements._Exchange, "_receive", counted)
    for precinct in ("p1", "p2"):
        spoken.clear()
        figures = {"lines": lines((10, 20, 30)), "votes": [10, 20, 30]}
        place = {"precinct": precinct, "contest": "list"}
        called.accept(SubmitProtocol, "draft", f"pec:{precinct}", at("21:00"), **place, **figures)
    assert len(spoken) == 2, "one for what the checks read, one for what is written"


@pytest.mark.parametrize(
    ("payload", "codes"),
    [
        (move("holidays", opens=None, closes=at("21:00")), ["C02"]),
        (move(opens=at("08:00"), closes=at("21:00"), decision=""), ["C03"]),
        (move(opens=at("08:00"), closes=at("21:00"), decision=" 7"), ["C03"]),
        (move(opens=at("08:00"), closes=at("21:00"), decision="7\u0085"), ["C03"]),
        (move(opens=at("21:00"), closes=at("21:00")), ["C04"]),
        (move(opens=at("22:00"), closes=at("21:00")), ["C04"]),
        (move(opens=at("08:00"), closes=at("20:00")), ["C05"]),
        (move(opens=at("07:00"), closes=at("21:00")), ["C06"]),
        (move(opens=at("08:00"), closes=at("11:59")), ["C06"]),
        (move(opens=None, closes=at("21:00")), ["C06"]),
        (move(opens=at("09:00"), closes=at("11:00")), ["C06", "C06"]),
        (move(opens=at("11:00"), closes=at("10:00"), decision=""), ["C03", "C04", "C06", "C06"]),
        (move("voting", opens=at("08:00"), closes=at("20:01")), ["C08"]),
        (move("voting", opens=at("08:00"), closes=None), ["C08"]),
    ],
)
def test_refusals(called: Site, payload: dict[str, Any], codes: list[str]) -> None:
    assert called.refuse(MoveStep, "draft", "cec", **payload) == codes
    assert moves("draft") == {}


def test_what_is_allowed(called: Site) -> None:
    for number, payload in enumerate(
        [
            move(opens=at("08:00"), closes=at("12:00")),  # over at once
            move(opens=at("08:00"), closes=at("23:00", LATER)),  # opened again
            move(opens=at("12:00"), closes=None),  # waits, then never ends
            move("voting", opens=at("08:00"), closes=at("20:00")),  # until the release, not longer
            move("acceptance", opens=at("13:00"), closes=at("20:00", "2027-01-01")),
            move("acceptance", opens=at("12:00"), closes=at("20:00", "2028-02-29")),
        ]
    ):
        called.accept(MoveStep, "draft", "cec", **payload | {"decision": f"{number}/a"})
    taken = moves("draft")
    assert [row.override.decision for row in taken["turnout"]] == ["0/a", "1/a", "2/a"]
    assert overrides(taken)["acceptance"].decision == "5/a"


def test_an_earlier_decision_does_not_come_after_a_later_one(called: Site) -> None:
    called.accept(MoveStep, "draft", "cec", at("15:00"), **LATE)
    other = move(opens=at("08:00"), closes=at("22:00"), decision="99")
    assert called.refuse(MoveStep, "draft", "cec", at("14:59"), **other) == ["C07"]
    called.accept(MoveStep, "draft", "cec", at("15:00"), **other)


@pytest.mark.parametrize("body", ["tec:n", "pec:p1"])
def test_nobody_else_moves_dates(called: Site, body: str) -> None:
    if body not in actors("draft", [body]):
        pytest.skip(f"this election has no {body}")
    assert called.refuse(MoveStep, "draft", body, **LATE) == ["A01"]


@pytest.mark.parametrize(
    "time",
    [
        "1999-12-31T23:59:59+05:00",
        "2100-01-01T00:00:00+05:00",
        "2026-10-25T21:00:00",
        "2026-10-25T21:00:00.5+05:00",
    ],
)
def test_times_that_are_none(time: str) -> None:
    with pytest.raises(ValueError, match="closes"):
        MoveStep.Payload(**move(opens=None, closes=time))


def test_rows_are_append_only(called: Site) -> None:
    called.accept(MoveStep, "draft", "cec", **LATE)
    for statement in ("UPDATE elections_move SET number = '1'", "DELETE FROM elections_move"):
        with pytest.raises((ProgrammingError, InternalError)), connection.cursor() as cursor:
            cursor.execute(statement)


CHANGES = [
    "UPDATE elections_move SET closes = closes + interval '1 hour'",
    "UPDATE elections_move SET closes = NULL",
    "UPDATE elections_move SET opens = opens - interval '1 second'",
    "UPDATE elections_move SET step = 'acceptance'",
    "UPDATE elections_move SET number = '102'",
    "UPDATE elections_move SET at = at - interval '1 hour'",
    "UPDATE elections_move SET sequence = sequence + 1",
    "DELETE FROM elections_move",
    "INSERT INTO elections_move (journal_id, election_id, step, sequence, number, at)"
    " SELECT min(id), 'draft', 'acceptance', 1, '1', now() FROM acts_journal",
]


def test_reconcile_names_every_change(called: Site) -> None:
    called.accept(MoveStep, "draft", "cec", **LATE)
    called.sequence()
    called.tabulate("draft")
    assert called.differences() == []
    for change in CHANGES:
        with called.superuser() as raw:
            kept = raw.execute("SELECT * FROM elections_move").fetchall()
            raw.execute(change)
        assert any(found.startswith("elections_move") for found in called.differences()), change
        with called.superuser() as raw:
            raw.execute("DELETE FROM elections_move")
            for row in kept:
                raw.execute(f"INSERT INTO elections_move VALUES ({', '.join(['%s'] * len(row))})", row)
    assert called.differences() == []


def package_with_moves() -> Draft:
    draft = count_all(country(edition=LAW))
    draft.turnout += [("p1", at("10:00"), 100), ("p1", at("21:30"), 300)]
    draft.decisions += [
        ("calendar", "100", at("12:00"), "", "", f"turnout {at('08:00')} {at('22:00')}"),
        ("calendar", "101 b", at("12:30", LATER), "", "", f"acceptance {at('20:00')} -"),
        ("acceptance", "7", at("10:00", "2026-11-30"), "p1", "list", ""),
    ]
    return draft


def test_there_and_back_again(site: Site, another: Another, tmp_path: Path) -> None:
    """What a package says of moved dates is loaded, published, verified by both, and loaded elsewhere: the same again."""
    draft = package_with_moves()
    loaded = site.load(draft.write(tmp_path / "package"))
    assert not loaded.refused, loaded.refused
    site.publish(tmp_path / "first")
    accepted(tmp_path / "first")
    first = tmp_path / "first" / "data" / "draft"
    rows = rows_of(first / "decisions.csv")
    assert [(row["kind"], row["number"], row["outcome"]) for row in rows] == [
        ("calendar", "100", f"turnout {at('08:00')} {at('22:00')}"),
        ("calendar", "101 b", f"acceptance {at('20:00')} -"),
        ("acceptance", "7", ""),
    ]
    with another() as other:
        assert not other.load(first).refused
        other.publish(tmp_path / "second")
        accepted(tmp_path / "second")
        other.tabulate("draft")
        assert other.differences() == []
    second = tmp_path / "second" / "data" / "draft"
    assert (first / "decisions.csv").read_bytes() == (second / "decisions.csv").read_bytes()
    assert (first / "turnout.csv").read_bytes() == (second / "turnout.csv").read_bytes()


def test_replayed(site: Site, tmp_path: Path) -> None:
    report = replay(read_package(package_with_moves().write(tmp_path / "package")))
    assert report.refused == []
    assert [row.override.decision for row in moves("draft")["turnout"]] == ["100"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("calendar", "1", at("12:00"), "", "", f"holidays {at('08:00')} -"), "K21"),
        (("calendar", "1", at("12:00"), "", "", ""), "K24"),
        (("calendar", "1", at("12:00"), "", "", f"turnout {at('08:00')}"), "K26"),
        (("calendar", "1", at("12:00"), "", "", "turnout - 2026-10-25"), "K26"),
        (("calendar", "1", at("12:00"), "", "", "turnout - 1026-10-25T20:00:00+05:00"), "K26"),
        (("calendar", "1", at("12:00"), "p1", "", f"turnout {at('08:00')} -"), "K24"),
        (("calendar", "", at("12:00"), "", "", f"turnout {at('08:00')} -"), "K24"),
    ],
)
def test_a_package_that_moves_dates_wrongly(
    tmp_path: Path, row: tuple[str, str, str, str, str, str], code: str
) -> None:
    draft = country(edition=LAW)
    draft.decisions.append(row)
    found = open_package(draft.write(tmp_path / "package"))
    assert isinstance(found, list)
    assert code in {problem.code for problem in found}


def test_the_clock_does_not_run_ahead(called: Site) -> None:
    """Dates are moved on the election's own clock."""
    set_clock("draft", datetime.fromisoformat(at("19:00")))
    assert called.refuse(MoveStep, "draft", "cec", **move(opens=at("08:00"), closes=at("18:59"))) == ["C06"]
    called.accept(MoveStep, "draft", "cec", **move(opens=at("08:00"), closes=at("19:00")))
    assert called.refuse(
        AcceptProtocol, "draft", "cec", at("19:30"), precinct="p1", contest="list", decision="1"
    )


ABROAD = LAW.replace(
    'code = "counting"\ntitle = {en = "Counting"}\nopens = {day = 0, time = "20:00"}',
    'code = "counting"\ntitle = {en = "Counting"}\nopens = {day = 0, time = "20:00"}\n'
    'opens_abroad = {day = 0, time = "20:00", local = true}',
)


def abroad() -> Draft:
    """A country with precincts in Tokyo, in Los Angeles, and in a place abroad whose time zone is not known."""
    draft = country(edition=ABROAD)
    draft.territory("x", "uz", "abroad")
    for place, zone in (("jp", "Asia/Tokyo"), ("us", ""), ("la", "America/Los_Angeles"), ("xx", "")):
        draft.territory(place, {"la": "us"}.get(place, "x"), "district")
        draft.zones[place] = zone
    for place in ("jp", "la", "xx"):
        draft.precinct(f"p-{place}", place)
    return draft


@pytest.mark.parametrize(
    ("precinct", "last_refused", "first_taken"),
    [
        ("p1", "2026-10-25T19:59:59+05:00", "2026-10-25T20:00:00+05:00"),
        ("p-jp", "2026-10-25T15:59:59+05:00", "2026-10-25T16:00:00+05:00"),
        ("p-la", "2026-10-26T07:59:59+05:00", "2026-10-26T08:00:00+05:00"),
        ("p-xx", "2026-10-25T10:59:59+05:00", "2026-10-25T11:00:00+05:00"),
    ],
)
def test_precincts_abroad_count_by_the_clock_of_their_place(
    site: Site, tmp_path: Path, precinct: str, last_refused: str, first_taken: str
) -> None:
    package = read_package(abroad().write(tmp_path / "package"))
    call_election(package, replay=False, start=datetime.fromisoformat(at("21:00", LATER)))
    protocol = {"precinct": precinct, "contest": "list", "lines": lines((10, 20, 30)), "votes": [10, 20, 30]}
    refused = site.act(SubmitProtocol, "draft", f"pec:{precinct}", last_refused, **protocol)
    assert isinstance(refused, Refused)
    (finding,) = refused.findings
    assert finding.code == "C01"
    if precinct == "p-la":
        assert "2026-10-25T20:00:00-07:00" in finding.text["en"], "the clock of the place"
    site.accept(SubmitProtocol, "draft", f"pec:{precinct}", first_taken, **protocol)


def test_a_decision_is_read_by_the_clock_of_the_place(site: Site, tmp_path: Path) -> None:
    package = read_package(abroad().write(tmp_path / "package"))
    call_election(package, replay=False, start=datetime.fromisoformat(at("12:00")))
    site.accept(MoveStep, "draft", "cec", **move("counting", opens=at("21:00"), closes=None))
    protocol = {"contest": "list", "lines": lines((10, 20, 30)), "votes": [10, 20, 30]}
    for precinct, hour in (("p1", "20"), ("p-jp", "16")):
        found = site.act(
            SubmitProtocol, "draft", f"pec:{precinct}", at(f"{hour}:59"), precinct=precinct, **protocol
        )
        assert isinstance(found, Refused)
        later = at(f"{int(hour) + 1}:00")
        site.accept(SubmitProtocol, "draft", f"pec:{precinct}", later, precinct=precinct, **protocol)


def test_time_zones_go_there_and_back(site: Site, another: Another, tmp_path: Path) -> None:
    site.load(abroad().write(tmp_path / "package"))
    site.publish(tmp_path / "first")
    accepted(tmp_path / "first")
    first = tmp_path / "first" / "data" / "draft" / "territories.csv"
    assert {row["id"]: row["timezone"] for row in rows_of(first)}["la"] == "America/Los_Angeles"
    site.tabulate("draft")
    assert site.differences() == []
    with another() as other:
        other.load(first.parent)
        other.publish(tmp_path / "second")
    assert (tmp_path / "second" / "data" / "draft" / "territories.csv").read_bytes() == first.read_bytes()


def test_a_time_zone_that_there_is_not(tmp_path: Path) -> None:
    draft = abroad()
    draft.zones["jp"] = "Asia/Nowhere"
    found = open_package(draft.write(tmp_path / "package"))
    assert isinstance(found, list)
    assert ("K24", "timezone") in [(problem.code, problem.field) for problem in found]
