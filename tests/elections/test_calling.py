"""The smallest election from its draft to its result: a by-election to one council, called in the cabinet."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from esaylov.acts.door import Submission, perform
from esaylov.acts.models import Checkpoint, Journal
from esaylov.elections import drafts
from esaylov.elections.boards import calendar
from esaylov.elections.models import Draft, Election
from esaylov.elections.queries import context, set_clock
from esaylov.exchange import verification
from esaylov.exchange.package import read_package
from esaylov.exchange.standalone import verify
from esaylov.publication.publisher import publish_to
from esaylov.publication.search.index import index_missing
from esaylov.registry.queries import actors
from esaylov.results.acts import AcceptProtocol, SubmitProtocol
from esaylov.results.decisions import Certify
from esaylov.results.tabulation import Tabulator
from tests.acts.election import count
from tests.cabinet.people import Bench
from tests.registry.people import accepted

TASHKENT = ZoneInfo("Asia/Tashkent")
OPTIONS = "id,contest,kind,name_uz,ballot_order\nali,k,candidate,Ali Sinov,1\nvali,k,candidate,Vali Sinov,2\n"
ROOM = "/en/cabinet/drafts/"


def sunday(weeks: int = 9) -> date:
    today = datetime.now(TASHKENT).date()
    return today + timedelta(days=(6 - today.weekday()) % 7 + 7 * weeks)


def given(**more: object) -> dict[str, object]:
    vacancy = (datetime.now(TASHKENT).date() - timedelta(days=10)).isoformat()
    term = (sunday() + timedelta(days=900)).isoformat()
    return {
        "draft": "by-2027", "title_uz": "Oraliq saylov", "title_ru": "", "title_en": "By-election", "edition": "uz-lc-2024",
        "kinds": ["council"], "form": "by-election", "mode": "rehearsal", "date": sunday().isoformat(), "basis": "door",
        "events": f"vacancy {vacancy}\nterm-end {term}",
    } | more  # fmt: skip


def begin(client: Client, **more: object) -> HttpResponse:
    return client.post(f"{ROOM}new/", given(**more))  # type: ignore[return-value]


def prepared(client: Client) -> Draft:
    assert begin(client).status_code == 302
    assert client.post(f"{ROOM}by-2027/contests/", {"contests": ["k"]}).status_code == 302
    file = SimpleUploadedFile("options.csv", OPTIONS.encode())
    assert client.post(f"{ROOM}by-2027/table/", {"table": "options", "file": file}).status_code == 302
    return Draft.objects.get(pk="by-2027")


def test_a_by_election_from_the_draft_to_the_result(bench: Bench, tmp_path: Path) -> None:
    client = bench.clients["cec chair"]
    draft = prepared(client)
    judged = drafts.judge(draft)
    assert judged.ready, (judged.problems, judged.findings)
    assert judged.package is not None
    assert {one.id for one in judged.package.precincts} == {"n1-1", "n1-2", "n2-1", "n2-2"}
    page = client.get(f"{ROOM}by-2027/").content.decode()
    assert "Nothing stands against calling it" in page
    assert "differs from a regular election" in page
    called = client.post(f"{ROOM}by-2027/call/", {"decision": "1457", "idempotency_key": "a"})
    assert called.status_code == 302
    election = Election.objects.get(pk="by-2027")
    assert (election.edition_id, election.simulated) == ("uz-lc-2024.by-election", True)
    assert Draft.objects.get(pk="by-2027").called == election.journal
    today = datetime.now(TASHKENT).date()
    assert election.days == drafts.days(draft) | {"call": today}
    assert json.loads(bytes(Journal.objects.get(pk=election.journal).record))["events"] == election.events
    (counted,) = [line for line in calendar("by-2027") if line.code == "representatives"]
    assert counted.opens is not None
    assert counted.opens.date() == today, "counted from the call"

    evening = datetime.combine(draft.date, datetime.min.time(), TASHKENT) + timedelta(hours=20, minutes=30)
    moved = client.post(f"{ROOM}by-2027/clock/", {"time": evening.strftime("%Y-%m-%dT%H:%M")})
    assert moved.status_code == 302
    by = actors("by-2027")
    for precinct in judged.package.precincts:
        lines = [1000, 1000, 600, 0, 600, 400, 0, 10]
        payload = SubmitProtocol.Payload(precinct=precinct.id, contest="k", lines=lines, votes=[400, 190])
        accepted(perform(SubmitProtocol, "by-2027", Submission(payload, by[f"pec:{precinct.id}"])))
    set_clock("by-2027", evening + timedelta(days=2))
    bench.world.sequence()
    for precinct in judged.package.precincts:
        ruling = AcceptProtocol.Payload(precinct=precinct.id, contest="k", decision="12")
        accepted(perform(AcceptProtocol, "by-2027", Submission(ruling, by["tec:n"])))
    done = accepted(
        perform(Certify, "by-2027", Submission(Certify.Payload(contest="k", decision="13"), by["tec:n"]))
    )
    assert done.record["seats"] == {"ali": 1}
    bench.world.sequence()
    publish_to(tmp_path / "public")
    verification.verify(str(tmp_path / "public"), lambda *_: None)
    assert verify.main([str(tmp_path / "public")]) == 0
    again = read_package(tmp_path / "public" / "data" / "by-2027")
    assert again.events == election.days


def test_only_the_central_commission_prepares_elections(bench: Bench) -> None:
    for name, client in bench.clients.items():
        status = client.get(ROOM).status_code
        expected = 302 if name == "nobody" else (200 if name == "cec chair" else 403)
        assert status == expected, name
        assert client.post(f"{ROOM}new/", given()).status_code == (302 if expected != 403 else 403)
        Draft.objects.all().delete()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"draft": "DOOR"}, "small Latin letters"),
        ({"draft": "door"}, "already"),
        ({"kinds": ["president"]}, "no such election"),
        ({"form": "run-off"}, "does not know this form"),
        ({"events": "vacancy tomorrow"}, "Line 1"),
        ({"events": "vacansy 2026-01-13"}, "does not know these events: vacansy"),
        ({"date": "2027-02-30"}, "Enter a valid date"),
    ],
)
def test_a_draft_that_cannot_be(bench: Bench, change: dict[str, object], said: str) -> None:
    response = begin(bench.clients["cec chair"], **change)
    assert response.status_code == 200
    assert said.lower() in response.content.decode().lower()
    assert not Draft.objects.exists()


def test_nothing_is_called_while_the_law_stands_against_it(bench: Bench) -> None:
    client = bench.clients["cec chair"]
    prepared(client)
    soon = (datetime.now(TASHKENT).date() + timedelta(days=5)).isoformat()
    assert client.post(f"{ROOM}by-2027/change/", given(date=soon)).status_code == 302
    page = client.get(f"{ROOM}by-2027/").content.decode()
    assert "W05" in page
    before = count("acts_journal")
    assert client.post(f"{ROOM}by-2027/call/", {"decision": "1"}).status_code == 302
    assert count("acts_journal") == before
    assert not Election.objects.filter(pk="by-2027").exists()


def test_tables_with_mistakes_are_named_with_their_lines(bench: Bench) -> None:
    client = bench.clients["cec chair"]
    draft = prepared(client)
    drafts.put_table(draft, "options", OPTIONS.replace("vali,k", "vali,nowhere").encode())
    page = client.get(f"{ROOM}by-2027/").content.decode()
    assert "options.csv, line 3" in page
    assert client.get(f"{ROOM}by-2027/tables/options.csv").content.startswith(b"id,contest")
    assert client.get(f"{ROOM}by-2027/tables/secrets.csv").status_code == 404


def test_called_once(bench: Bench) -> None:
    client = bench.clients["cec chair"]
    prepared(client)
    wrong = client.post(f"{ROOM}by-2027/call/", {"decision": "by Karimov", "idempotency_key": "b"})
    assert "S06" in wrong.content.decode()
    assert not Election.objects.filter(pk="by-2027").exists()
    for _ in range(2):
        client.post(f"{ROOM}by-2027/call/", {"decision": "1457", "idempotency_key": "a"})
    assert Election.objects.filter(pk="by-2027").count() == 1
    assert client.get(f"{ROOM}by-2027/change/").status_code == 404
    assert context("by-2027").clock_is_set


def test_the_election_of_2024_on_its_real_day(bench: Bench) -> None:
    """A rehearsal is called on 26.07.2024 and gets the calendar of 2024 (law/facts.md, section 2)."""
    client = bench.clients["cec chair"]
    chamber = {
        "draft": "lc-2024", "kinds": ["list", "single-member"], "form": "regular", "date": "2024-10-27",
        "start": "2024-07-26T10:00", "events": "term-end 2024-12-20\nannouncement 2024-07-26",
    }  # fmt: skip
    assert begin(client, **chamber).status_code == 302
    assert client.post(f"{ROOM}lc-2024/contests/", {"contests": ["list", "d1", "d2"]}).status_code == 302
    options = "id,contest,kind,name_uz,ballot_order\n" + "".join(
        f"{name},{contest},{kind},{name},1\n"
        for name, contest, kind in (
            ("a", "list", "party-list"),
            ("b", "d1", "candidate"),
            ("c", "d2", "candidate"),
        )
    )
    draft = Draft.objects.get(pk="lc-2024")
    drafts.put_table(draft, "options", options.encode())
    judged = drafts.judge(draft, date(2024, 7, 26))
    steps = {step.code: step.window for step in judged.steps}

    def day(moment: datetime | None) -> str:
        assert moment is not None
        return moment.astimezone(TASHKENT).date().isoformat()

    assert day(steps["early-voting"].opens) == "2024-10-16"
    assert day(steps["campaigning"].opens) == "2024-09-22"
    assert steps["early-voting"].closes is not None
    assert day(steps["early-voting"].closes - timedelta(seconds=1)) == "2024-10-23"
    page = client.get(f"{ROOM}lc-2024/").content.decode()
    assert "W09" not in page
    assert judged.ready, (judged.problems, judged.findings)
    called = client.post(f"{ROOM}lc-2024/call/", {"decision": "1353", "idempotency_key": "b"})
    assert called.status_code == 302
    election = Election.objects.get(pk="lc-2024")
    assert election.set_time is not None
    assert election.set_time.astimezone(TASHKENT).date() == date(2024, 7, 26)
    bench.world.sequence()
    Tabulator("lc-2024").advance(Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0])
    _as_it_was()


AS_IT_WAS = {
    "representatives": ("2024-07-26", "2024-07-31"),
    "signatures": ("2024-07-26", "2024-08-17"),
    "participation-papers": ("", "2024-08-17"),
    "district-commissions": ("", "2024-08-12"),
    "registration": ("", "2024-09-21"),
    "campaigning": ("2024-09-22", "2024-10-25"),
    "media": ("", "2024-10-16"),
    "early-voting": ("2024-10-16", "2024-10-23"),
    "voting": ("2024-10-27", "2024-10-27"),
    "certification": ("2024-10-27", "2024-11-06"),
}
"""First and last days of 2024 (law/facts.md, section 2): those that it gives, and those that follow from its day-count."""


def _as_it_was() -> None:
    """The called election's own calendar has the days of 2024, those that hang on the announcement too."""
    own = {line.code: line for line in calendar("lc-2024")}

    def days(code: str) -> tuple[str, str]:
        opens, closes = own[code].opens, own[code].closes
        last = closes - timedelta(seconds=1) if closes else None
        return (opens.date().isoformat() if opens else ""), (last.date().isoformat() if last else "")

    assert {code: days(code) for code in AS_IT_WAS} == AS_IT_WAS
    shown = Client().get("/en/elections/lc-2024/calendar/").content.decode()
    assert "the announcement of the campaign – 26 July 2024" in shown
    assert "26 July 2024 – 31 July 2024" in shown
    file = Client().get("/en/elections/lc-2024/calendar.ics").content.decode()
    assert "Authorised representatives named" in file


def test_a_called_election_can_be_searched_when_it_is_published(bench: Bench) -> None:
    client = bench.clients["cec chair"]
    prepared(client)
    client.post(f"{ROOM}by-2027/call/", {"decision": "1457", "idempotency_key": "a"})
    assert "by-2027" in index_missing()
    assert index_missing() == []


KINDS = {
    "president": ("uz-president-2023", "president", "uz", "candidate", {"term-end": "2030-12-20"}),
    "referendum": ("uz-referendum-2023", "referendum", "uz", "yes", {"decision-published": "2026-08-15"}),
    "council": ("uz-lc-2024", "council", "n", "candidate", {"term-end": "2029-12-20"}),
    "list": ("uz-lc-2024", "list", "uz", "party-list", {"term-end": "2029-12-20"}),
    "single-member": ("uz-lc-2024", "single-member", "c1", "candidate", {"term-end": "2029-12-20"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_plan_and_its_commissions(bench: Bench, kind: str) -> None:
    """The five kinds: each is prepared from tables, gets all its steps, and nothing but its day may stand against it."""
    edition, contest, territory, option, events = KINDS[kind]
    client = bench.clients["cec chair"]
    year = int(next(iter(events.values()))[:4])
    day = next(d for n in range(21, 32) if (d := date(year, 10, n)).weekday() == 6)
    more = {
        "draft": f"new-{kind}", "edition": edition, "kinds": [contest], "form": "regular", "date": day.isoformat(),
        "events": "\n".join(f"{name} {when}" for name, when in events.items()),
    }  # fmt: skip
    assert begin(client, **more).status_code == 302
    draft = Draft.objects.get(pk=f"new-{kind}")
    drafts.take_tables(draft, Election.objects.get(pk="door"), ["list", "d1", "d2", "k"])
    own = drafts.edition_of(draft).id
    drafts.put_table(
        draft,
        "contests",
        f"id,kind,territory,seats,edition,title_uz\nx,{contest},{territory},1,{own},X\n".encode(),
    )
    second = "no" if option == "yes" else option
    drafts.put_table(
        draft,
        "options",
        f"id,contest,kind,name_uz,ballot_order\na,x,{option},A,1\nb,x,{second},B,2\n".encode(),
    )
    judged = drafts.judge(draft)
    assert judged.package is not None, judged.problems
    assert len(judged.steps) > 15
    assert all(step.who for step in judged.steps)
    assert not any(step.inverted for step in judged.steps)
    errors = [found for found in judged.findings if found.severity == "error"]
    assert errors == [], errors
    assert client.get(f"{ROOM}new-{kind}/").status_code == 200


def test_a_run_off_opens_from_the_result(bench: Bench) -> None:
    """Nobody of three has more than half: the two with most votes go on, in the same precincts (Art. 59)."""
    client = bench.clients["cec chair"]
    first = {
        "draft": "president", "edition": "uz-president-2023", "kinds": ["president"], "form": "regular",
        "date": "2030-10-27", "start": "2030-07-20T10:00", "events": "term-end 2030-12-20\nannouncement 2030-07-20",
    }  # fmt: skip
    assert begin(client, **first).status_code == 302
    draft = Draft.objects.get(pk="president")
    drafts.take_tables(draft, Election.objects.get(pk="door"), ["list"])
    drafts.put_table(
        draft,
        "contests",
        b"id,kind,territory,seats,edition,title_uz\np,president,uz,1,uz-president-2023,Prezident\n",
    )
    names = "".join(f"{name},p,candidate,{name},{place}\n" for place, name in enumerate("abc", 1))
    drafts.put_table(draft, "options", f"id,contest,kind,name_uz,ballot_order\n{names}".encode())
    judged = drafts.judge(draft, date(2030, 7, 20))
    assert judged.package is not None, judged.problems
    called = client.post("/en/cabinet/drafts/president/call/", {"decision": "1", "idempotency_key": "p"})
    assert called.status_code == 302
    bench.world.sequence()
    evening = datetime(2030, 10, 27, 20, 30, tzinfo=TASHKENT)
    set_clock("president", evening)
    by = actors("president")
    for precinct in judged.package.precincts:
        lines = [1000, 1000, 600, 0, 600, 400, 0, 10]
        payload = SubmitProtocol.Payload(
            precinct=precinct.id, contest="p", lines=lines, votes=[200, 250, 140]
        )
        accepted(
            perform(SubmitProtocol, "president", Submission(payload, by[f"pec:{precinct.id}"], at=evening))
        )
    set_clock("president", evening + timedelta(days=2))
    for precinct in judged.package.precincts:
        ruling = AcceptProtocol.Payload(precinct=precinct.id, contest="p", decision="12")
        accepted(perform(AcceptProtocol, "president", Submission(ruling, by["cec"])))
    done = Certify.Payload(contest="p", decision="13")
    accepted(perform(Certify, "president", Submission(done, by["cec"])))
    bench.world.sequence()
    Tabulator("president").advance(Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0])
    choose = client.post("/en/cabinet/switch/", {"election": "president"})
    assert choose.status_code == 302
    page = client.get("/en/cabinet/").content.decode()
    assert "Call the run-off: Prezident" in page
    shown = client.get("/en/cabinet/run-offs/p/").content.decode()
    assert "On the ballot: a, b" in shown
    sent = client.post("/en/cabinet/run-offs/p/", {"draft": "president-2", "date": "2030-11-17"})
    assert sent.status_code == 302, sent.content.decode()
    second = drafts.judge(Draft.objects.get(pk="president-2"), date(2030, 10, 30))
    assert second.package is not None, second.problems
    assert [(option.id, option.ballot_order) for option in second.package.options] == [("a", 1), ("b", 2)]
    assert {one.id for one in second.package.precincts} == {one.id for one in judged.package.precincts}
    assert [found for found in second.findings if found.severity == "error"] == []
    assert "Call the run-off" not in client.get("/en/cabinet/").content.decode()
