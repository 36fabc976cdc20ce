"""The register of decisions as anybody sees it: pages, papers, search, both verifiers; what somebody wrote stays text."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from hashlib import sha256
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as XML

import pypdf
import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from esaylov.acts.models import Checkpoint
from esaylov.elections.calendar import MoveStep
from esaylov.exchange.check import check_package
from esaylov.operations.reconcile import reconcile
from esaylov.proceedings.held import held_session
from esaylov.proceedings.sessions import CloseSession, OpenSession, StateDissent
from esaylov.publication.portal import sessions
from esaylov.publication.publisher import publish_to
from esaylov.results.tabulation import Tabulator
from tests.acts.election import AFTERNOON, CALENDAR, EDITION, World, world
from tests.operations.site import accepted as verified
from tests.proceedings.acting import act, adopt, now, open_session, perform_on_proceedings, sitting, votes
from tests.publication.codes.test_records import entries
from tests.publication.reader import Page
from tests.registry.people import accepted, actors_of, enrol, form_commission, members

EVIL = '<script>alert(1)</script> {{ 7|add:7 }} #read("/etc/passwd") *bold* $x$'


def reload(world: World) -> None:
    world.sequence()
    Tabulator(world.election).advance(Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0])


@pytest.fixture
def decided(door: World) -> World:
    accepted(enrol())
    for election, number in (("door", "7/1"), ("", "7/2")):
        session = accepted(open_session(election))
        accepted(adopt(session.journal, number, election, title=f"Lamps {EVIL}", text=f"One.\n\n{EVIL}"))
        accepted(
            adopt(
                session.journal,
                None,
                election,
                title="Refused question",
                votes=dict.fromkeys(votes_against(election), "against"),
            )
        )
    reload(door)
    return door


def votes_against(election: str) -> list[int]:
    return [row.id for row in sitting(election)[1]]


@pytest.mark.parametrize("base", ["/en/decisions/", "/en/elections/door/decisions/"])
def test_register_page_and_paper(decided: World, base: str) -> None:
    client = Client()
    page = client.get(base)
    assert page.status_code == 200
    assert page.headers["ETag"]
    assert "max-age" in page.headers["Cache-Control"]
    assert not page.cookies
    text = page.content.decode()
    assert "Refused question" not in text
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text
    assert client.get(base, headers={"If-None-Match": page.headers["ETag"]}).status_code == 304
    address = next(part.split('"')[0] for part in text.split('href="') if "/record/" in part.split('"')[0])
    shown = client.get(address)
    assert shown.status_code == 200
    body = shown.content.decode()
    assert "9 of 9 members were present" in body
    assert "<script>alert" not in body
    assert "/en/check/" in body
    paper = next(part.split('"')[0] for part in body.split('href="') if part.split('"')[0].endswith(".pdf"))
    answer = client.get(paper)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=300", (
        "the bytes hang on the host that was asked"
    )
    assert not answer.cookies
    printed = pypdf.PdfReader(io.BytesIO(answer.content))
    words = " ".join(one.extract_text() for one in printed.pages)
    assert "#read(" in words
    assert "root:" not in words
    assert client.get(paper.replace(".pdf", "0.pdf")).headers["Location"] == paper, (
        "an earlier paper's address"
    )
    assert client.get(f"{base}record/999999999999999999999/").status_code == 404
    assert client.get(f"{base}2/").status_code == 404


@override_settings(ESAYLOV_PUBLIC_URL="https://results.example")
def test_paper_of_a_site_that_knows_its_address(decided: World) -> None:
    first, second = Client(), Client(headers={"host": "127.0.0.1"})
    address = links_of(first.get("/en/elections/door/decisions/").content.decode(), "/record/")[0]
    paper = links_of(first.get(address).content.decode(), ".pdf")[0]
    one, other = first.get(paper), second.get(paper)
    assert "immutable" in one.headers["Cache-Control"]
    assert one.content == other.content


@pytest.mark.parametrize("base", ["/en/sessions/", "/en/elections/door/sessions/"])
def test_sessions_with_every_vote(decided: World, base: str) -> None:
    client = Client()
    listed = client.get(base).content.decode()
    assert "Decisions: 1" in Page(listed).text
    assert "not carried: 1" in Page(listed).text
    (address,) = links_of(listed, "/record/")
    page = client.get(address)
    assert page.headers["ETag"]
    body = page.content.decode()
    said = Page(body).text
    assert "Refused question" in said
    assert "The question was not carried" in said
    assert "9 of 9 members were present; 6 are needed" in said
    assert "still open" in said
    assert "<script>alert" not in body
    (decision,) = set(links_of(body, "/decisions/record/"))
    assert address in links_of(client.get(decision).content.decode(), "/sessions/")
    for hashed, digest in zip(hashes_of(body)[::-1], digests_of(body)[::-1], strict=True):
        assert sha256(hashed.encode()).hexdigest() == digest
    for record in {*links_of(body, "/en/check/")} - {"/en/check/"}:
        assert address in links_of(client.get(record).content.decode(), "/sessions/")
    assert client.get(f"{base}record/999999999999999999999/").status_code == 404
    assert client.get(f"{base}2/").status_code == 404


def test_a_place_that_the_entry_does_not_hash_is_not_shown(
    door: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted(enrol())
    chair, seats = sitting("door")
    there = {"present": [row.id for row in seats], "presiding": seats[0].id}
    opening = {"agenda": ["Lamps"], "place": "Synthetic street 1", **there}
    record = accepted(act(OpenSession, "door", chair, opening)).journal
    reload(door)
    address = f"/en/elections/door/sessions/record/{record}/"
    assert "Synthetic street 1" in Client().get(address).content.decode()
    found = held_session(1_000, "door", record)
    assert found is not None
    before = replace(found, place="")
    monkeypatch.setattr(sessions, "held_session", lambda *_: before)
    assert "Synthetic street 1" not in Client().get(address).content.decode()


def hashes_of(body: str) -> list[str]:
    """The lines that a page says were hashed."""
    return [
        unescape(one.split("</pre>")[0])
        for one in body.split('<pre class="hash wrap" translate="no" tabindex="0">')[1:]
    ]


def digests_of(body: str) -> list[str]:
    """The hashes on a page."""
    return re.findall('<dd class="hash">([0-9a-f]{64})</dd>', body)


def test_sessions_of_a_body(decided: World) -> None:
    client = Client()
    assert len(links_of(client.get("/en/elections/door/sessions/of/cec/").content.decode(), "/record/")) == 1
    assert not links_of(client.get("/en/elections/door/sessions/of/tec:n/").content.decode(), "/record/")
    assert client.get("/en/elections/door/sessions/of/nobody/").status_code == 404


def test_dissents_on_page_and_paper(door: World) -> None:
    accepted(enrol())
    session = accepted(open_session("door")).journal
    seats = sitting("door")[1]
    text = "First.\r\n\r\n  Second, indented.\rThird."
    taken = accepted(adopt(session, "501", "door", votes=votes(seats, against=2), text=text)).journal
    for member, public in ((seats[-1], True), (seats[-2], False)):
        dissent = {"decision": taken, "text": "The lamp\r\nshines.", "public": public}
        accepted(act(StateDissent, "door", member.actor(), dissent))
    reload(door)
    client = Client()
    address = links_of(client.get("/en/elections/door/decisions/").content.decode(), "/record/")[0]
    body = client.get(address).content.decode()
    said = Page(body).text
    assert "2 members stated a dissent. 1 is not published: the member did not agree to it." in said
    assert "The lamp shines." in said
    assert "Dissent, not published" in said
    (line,) = hashes_of(body)
    assert sha256(line.encode()).hexdigest() in digests_of(body)
    assert json.loads(line)["text"] == "First.\n\n  Second, indented.\nThird."
    printed = pypdf.PdfReader(io.BytesIO(client.get(links_of(body, ".pdf")[0]).content))
    words = " ".join(" ".join(one.extract_text() for one in printed.pages).split())
    assert "The lamp shines." in words
    assert "Not published, because their members did not agree to it: 1." in words
    digests = {entry["text"] for _, _, entry in entries() if entry["act"] == "proceedings.state_dissent"}
    assert sha256(b"The lamp\nshines.").hexdigest() in digests


def test_a_number_is_found_with_and_without_its_letter(decided: World) -> None:
    for search in ("7/1/S", "7/1/s", "7/1", "lamps 7/1/S"):
        found = Client().get("/en/elections/door/decisions/find/", {"q": search}).content.decode()
        assert "No. 7/1/S" in Page(found).text, search
        assert "S a simulation" in found


def test_documents_show_the_register_and_apart_from_it_what_cites_a_decision(
    db_clone: object, tmp_path: Path
) -> None:
    with world(tmp_path, edition=EDITION + CALENDAR, start=AFTERNOON) as door:
        accepted(enrol())
        session = accepted(open_session("door")).journal
        move = {
            "step": "acceptance",
            "opens": "2026-10-25T20:00:00+05:00",
            "closes": "2026-11-30T00:00:00+05:00",
        }
        accepted(adopt(session, "12/1", "door", orders=[{"act": "elections.move_step", "payload": move}]))
        accepted(
            act(
                MoveStep,
                "door",
                sitting("door")[0],
                move | {"closes": "2026-12-01T00:00:00+05:00", "decision": "Paper-9"},
            )
        )
        reload(door)
        client = Client()
        body = client.get("/en/elections/door/documents/").content.decode()
        said = Page(body).text
        (decision,) = set(links_of(body, "/decisions/record/"))
        assert "Decisions of the commissions 1" in said
        assert "Acts on results and dates, by decision 2" in said
        assert "No. Paper-9 (on paper: not in the register) Dates of the calendar moved" in said
        assert "No. 12/1/S Dates of the calendar moved" in said
        assert links_of(
            client.get("/en/elections/door/decisions/").content.decode(), "/decisions/record/"
        ) == [decision]
        feed = XML.fromstring(client.get("/en/elections/door/feed.atom").content)  # noqa: S314
        told = [entry.findtext("{*}title") or "" for entry in feed.findall("{*}entry")]
        moved = "Dates of the calendar moved"
        assert [one.split(":")[0] for one in told] == [moved, "Decision adopted", moved]
        links = [one.get("href", "") for one in feed.iterfind("{*}entry/{*}link")]
        assert f"http://testserver{decision}" in links


def test_the_feed_leaves_out_what_is_told_itself_and_decisions_of_other_commissions(door: World) -> None:
    accepted(enrol())
    accepted(form_commission("door", "tec:n", actors_of("", "cec", now())["chair"], members(9, 100)))
    central, other = (accepted(open_session("door", body)).journal for body in ("cec", "tec:n"))
    accepted(adopt(central, "1", "door", title="On lamps"))
    accepted(adopt(other, "1", "door", "tec:n", title="On lamps of the region"))
    annul = {"act": "results.annul_precinct", "payload": {"precinct": "n1-1", "contest": None}}
    accepted(adopt(central, "2", "door", title="On a precinct", orders=[annul]))
    reload(door)
    feed = XML.fromstring(Client().get("/en/elections/door/feed.atom").content)  # noqa: S314
    assert [entry.findtext("{*}title") for entry in feed.findall("{*}entry")] == [
        "Results of a precinct declared invalid: precinct 1, North one (n1-1), all contests",
        "Decision adopted: On lamps",
    ]
    register = next(link.get("href", "") for link in feed.findall("{*}link") if link.get("rel") == "related")
    body = Client().get(register.removeprefix("http://testserver")).content.decode()
    assert len(set(links_of(body, "/decisions/record/"))) == 3


def test_a_precinct_that_a_decision_orders_about_stands_with_its_district_and_code(door: World) -> None:
    accepted(enrol())
    session = accepted(open_session("door"))
    orders = [
        {"act": "results.annul_precinct", "payload": {"precinct": code, "contest": None}}
        for code in ("n1-1", "n1-2")
    ]
    accepted(adopt(session.journal, "2", "door", title="On precincts", orders=orders))
    reload(door)
    client = Client()
    address = links_of(client.get("/en/elections/door/decisions/").content.decode(), "/record/")[0]
    with CaptureQueriesContext(connection) as asked:
        said = Page(client.get(address).content.decode()).text
    for number, code in enumerate(("n1-1", "n1-2"), 1):
        assert f"Precinct: Precinct {number}, " in said
        assert f"({code}); Contest: every contest of the precinct" in said
    assert sum("registry_precinct" in one["sql"] for one in asked) <= 1, "no question a row"


def test_one_register_does_not_show_the_others(decided: World) -> None:
    client = Client()
    standing, own = client.get("/en/decisions/").content, client.get("/en/elections/door/decisions/").content
    assert b"7/2" in standing
    assert b"7/1" not in standing
    assert b"7/1" in own
    assert b"7/2" not in own


def test_search(decided: World) -> None:
    client = Client()
    assert b"7/1" in client.get("/en/elections/door/decisions/find/", {"q": "lamps 7/1"}).content
    found = client.get("/en/elections/door/decisions/find/", {"q": "%' OR 1=1 --"})
    assert found.status_code == 200
    assert b"7/1" not in found.content
    assert client.get("/en/decisions/find/", {"q": "a\0b"}).status_code == 200
    assert client.get("/en/elections/nowhere/decisions/find/").status_code == 404
    assert found.headers["Cache-Control"] == "no-store"


def links_of(text: str, part: str) -> list[str]:
    """Addresses of a page that hold a part."""
    found = [one.split('"')[0] for one in text.split('href="')[1:]]
    return [one for one in found if part in one]


def test_decision_says_what_it_orders_and_its_acts_lead_back(door: World) -> None:
    accepted(enrol())
    session = accepted(open_session("door"))
    add = [one.model_dump(mode="json") for one in members(9, 100)]
    form = {"act": "registry.form_commission", "payload": {"commission": "tec:n", "add": add}}
    accepted(adopt(session.journal, "9/1", "door", orders=[form]))
    reload(door)
    client = Client()
    address = links_of(client.get("/en/elections/door/decisions/").content.decode(), "/record/")[0]
    body = client.get(address).content.decode()
    said = Page(body).text
    assert "A commission is formed" in said
    assert "(tec:n); Members added: 9; Members removed: 0; Members: 9" in said
    paper = client.get(links_of(body, ".pdf")[0]).content
    words = " ".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(paper)).pages)
    assert "Members added: 9" in " ".join(words.split())
    for record in links_of(body, "/en/check/"):
        if record == "/en/check/":
            continue
        told = client.get(record).content.decode()
        assert address in links_of(told, "/record/"), "each record leads to the decision"
        assert "have changed since" not in told, "the act touches no figure"
        assert "Body Central Election Commission" in Page(told).text


def test_a_moved_date_leads_to_its_decision(db_clone: object, tmp_path: Path) -> None:
    with world(tmp_path, edition=EDITION + CALENDAR, start=AFTERNOON) as door:
        accepted(enrol())
        session = accepted(open_session("door"))
        move = {
            "step": "acceptance",
            "opens": "2026-10-25T20:00:00+05:00",
            "closes": "2026-11-30T00:00:00+05:00",
        }
        order = {"act": "elections.move_step", "payload": move}
        accepted(adopt(session.journal, "12/1", "door", orders=[order]))
        reload(door)
        client = Client()
        (address,) = links_of(client.get("/en/elections/door/calendar/").content.decode(), "/record/")
        body = client.get(address).content.decode()
        said = Page(body).text
        assert "Opens: 25 October 2026, 20:00; Closes: 29 November 2026" in said
        paper = client.get(links_of(body, ".pdf")[0]).content
        words = " ".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(paper)).pages)
        assert "Closes: 29 November 2026" in " ".join(words.split())


@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "kaa", "ru", "en"])
def test_every_act_has_a_page_in_words(door: World, language: str) -> None:
    accepted(enrol())
    central = actors_of("", "cec", now())["chair"]
    accepted(form_commission("door", "tec:n", central, members(9, 100)))
    perform_on_proceedings()
    reload(door)
    client, seen = Client(), set()
    for _, code, entry in entries():
        page = Page(client.get(f"/{language}/check/{code}/").content.decode())
        assert str(entry["act"]) not in page.text, "the code of an act is no word"
        seen.add(entry["act"])
    assert {"proceedings.adopt_decision", "proceedings.send_letter", "registry.form_commission"} <= seen


def test_every_act_of_the_catalogue_has_a_headline() -> None:
    from esaylov.acts.catalogue import catalogue
    from esaylov.publication.portal.entries import HEADLINES

    of_their_members = {"proceedings.adopt_decision", "proceedings.send_letter"}
    for listed in catalogue():
        by_number = listed.code.startswith("proceedings.") and "kind" in listed.publishes
        assert listed.code in HEADLINES or listed.code in of_their_members or by_number, listed.code


def test_both_verifiers_take_every_act(door: World, tmp_path: Path) -> None:
    accepted(enrol())
    central = actors_of("", "cec", now())["chair"]
    accepted(form_commission("door", "tec:n", central, members(9, 100)))
    perform_on_proceedings()
    session = accepted(open_session("door", agenda=["Lamps", "More lamps"])).journal
    accepted(adopt(session, "7/1", "door", text="First.\r\n\r\nSecond."))
    accepted(adopt(session, None, "door", item=2, votes=dict.fromkeys(votes_against("door"), "against")))
    accepted(act(CloseSession, "door", sitting("door")[0], {"session": session}))
    door.sequence()
    folder = tmp_path / "published"
    publish_to(folder)
    verified(folder)
    (sitting_,) = json.loads((folder / "data/door/sittings.json").read_bytes())
    assert sitting_["agenda"] == ["Lamps", "More lamps"]
    assert [(one["number"], one["text"]) for one in sitting_["questions"]] == [
        ("7/1", "First.\n\nSecond."),
        (None, "The lamp is repaired."),
    ]
    assert sitting_["closing"]["rejected"] == 1
    assert check_package(folder / "data/door").errors == 0
    assert [str(row) for row in reconcile() if "projection" not in row.table] == []
