"""The room's pages in the cabinet, as people use them, without JavaScript."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from django.test import Client

from esaylov.proceedings.kinds import Kind
from esaylov.proceedings.models import Application, Decision, Letter, LetterReading, Session
from esaylov.proceedings.motions import propose
from tests.acts.election import count
from tests.cabinet.people import Bench
from tests.proceedings.acting import GENERAL, now, open_session, sitting
from tests.registry.people import accepted

CABINET = "/en/cabinet/"
EVIL = "<script>alert(1)</script>"


def opening(bench: Bench, present: int = 9) -> dict[str, Any]:
    _, people = sitting()
    return {
        "election": "door", "place": "Tashkent", "agenda": f"Lamps\n{EVIL}", "presiding": str(people[0].id),
        "present": [str(row.id) for row in people[:present]], "idempotency_key": "opening-1",
    }  # fmt: skip


def vote(against: int = 0, **more: Any) -> dict[str, Any]:
    _, people = sitting()
    choices = ["for"] * (9 - against) + ["against"] * against
    votes = {f"vote-{row.id}": choice for row, choice in zip(people, choices, strict=True)}
    return {
        "item": "1", "number": "1", "title": f"On lamps {EVIL}", "text": "One.\r\n\r\nTwo.", "considered": "16; 26",
        "idempotency_key": "vote-1",
    } | votes | more  # fmt: skip


def test_a_session_from_opening_to_minutes(bench: Bench) -> None:
    chair = bench.clients["cec chair"]
    assert chair.get(f"{CABINET}sessions/").status_code == 200
    page = chair.get(f"{CABINET}sessions/open/").content.decode()
    assert "Sinov1 Test" in page
    short = chair.post(f"{CABINET}sessions/open/", opening(bench, 5))
    assert "5 of 9 members are present; 6 are needed" in short.content.decode()
    done = chair.post(f"{CABINET}sessions/open/", opening(bench))
    assert done.status_code == 302
    here = done.headers["Location"]
    shown = chair.get(here).content.decode()
    assert "9 of 9 members" in shown
    assert EVIL not in shown
    assert chair.get(f"{here}decide/").status_code == 200
    preview = chair.post(f"{here}decide/", vote(3)).content.decode()
    assert "It becomes decision No. 1" in preview
    assert EVIL not in preview
    assert count("proceedings_decision") == 0
    assert "not carried" in chair.post(f"{here}decide/", vote(6)).content.decode()
    for _ in range(2):  # a second click gets the same answer
        assert chair.post(f"{here}decide/", vote(3, step="adopt")).status_code == 302
    row = Decision.objects.get()
    assert (row.number, row.text, row.articles) == ("1", "One.\n\nTwo.", ["16", "26"])
    again = chair.post(f"{here}decide/", vote(step="adopt", idempotency_key="vote-2"))
    assert "already has a decision 1" in again.content.decode()
    member = bench.clients["cec member"]
    assert "State your dissent" in member.get(here).content.decode()
    stated = {"text": "I would not.", "public": "on", "idempotency_key": "dissent-1"}
    assert member.post(f"{CABINET}decisions/{row.pk}/dissent/", stated).status_code == 302
    refused = chair.post(f"{CABINET}decisions/{row.pk}/dissent/", stated | {"idempotency_key": "dissent-2"})
    assert "D11" in refused.content.decode()
    assert chair.get(f"{here}attendance/").status_code == 200
    assert chair.post(f"{here}close/", {"idempotency_key": "close-1"}).status_code == 302
    paper = member.get(f"{here}minutes.pdf")
    words = " ".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(paper.content)).pages)
    assert "I would not." in words
    assert "Sinov1" in words


def test_who_may_not(bench: Bench) -> None:
    session = accepted(open_session("door"))
    here = f"{CABINET}sessions/{session.journal}/"
    for name in ("tec chair", "pec member"):
        assert bench.clients[name].get(here).status_code == 404
        assert bench.clients[name].get(f"{here}minutes.pdf").status_code == 404
    assert bench.clients["tec chair"].post(f"{here}close/", {"idempotency_key": "x"}).status_code == 404
    member = bench.clients["cec member"]
    assert member.get(here).status_code == 200
    for page in ("decide/", "attendance/", "close/"):
        assert member.get(here + page).status_code == 403
        assert bench.clients["nobody"].get(here + page).status_code == 302
    assert bench.clients["bystander"].get(f"{CABINET}sessions/").status_code == 403
    assert Session.objects.count() == 1


def test_a_motion_with_an_order(bench: Bench) -> None:
    session = accepted(open_session("door"))
    central, _ = sitting()
    move = {"step": "acceptance", "opens": "2026-10-25T20:00:00+05:00", "closes": "2026-11-30T00:00:00+05:00"}
    motion = propose(central, "door", title="Longer", text="Longer.", orders=[("elections.move_step", move)])
    chair, here = bench.clients["cec chair"], f"{CABINET}sessions/{session.journal}/"
    assert "Longer" in chair.get(here).content.decode()
    assert "Move dates of the calendar" in chair.get(f"{here}decide/?motion={motion}").content.decode()
    assert chair.get(f"{here}decide/?motion=nonsense").status_code == 404
    data = vote(step="adopt", motion=str(motion))
    done = chair.post(f"{here}decide/", data)
    assert done.status_code == 302, done.content.decode()
    assert count("elections_move", "number = '1'") == 1
    assert chair.get(f"{here}decide/?motion={motion}").status_code == 404


def write(client: Client, **more: Any) -> Any:
    return client.post(
        f"{CABINET}apply/", GENERAL | {"election": "door", "to": "tec:n", "idempotency_key": "a" * 20} | more
    )


def test_an_application_with_a_repair_round(bench: Bench) -> None:
    """Somebody without an account writes; the commission finds a defect; it is repaired by number and code, and answered."""
    anybody = Client()
    form = anybody.get(f"{CABINET}apply/?election=door")
    assert form.status_code == 200
    receipt = write(anybody, text=EVIL).content.decode()
    (secret,) = re.findall(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}", receipt)
    number = Application.objects.get().number
    assert number in receipt
    paper = write(anybody, text=EVIL, step="paper")
    assert paper.headers["Content-Type"] == "application/pdf"
    assert Application.objects.count() == 1
    chair = bench.clients["tec chair"]
    assert number in chair.get(f"{CABINET}applications/").content.decode()
    here = f"{CABINET}applications/{number}/"
    shown = chair.get(here).content.decode()
    assert "Sinovbek" in shown
    assert EVIL not in shown
    for name in ("cec chair", "pec chair"):
        assert bench.clients[name].get(here).status_code == 404
        assert bench.clients[name].post(f"{here}decide/", {"granted": "yes"}).status_code == 404
    assert bench.clients["tec member"].get(here).status_code == 403
    assert chair.post(f"{here}return/", {"text": "Where?", "idempotency_key": "r"}).status_code == 302
    known = {"number": number, "secret": secret.lower()}
    followed = anybody.post(f"{CABINET}status/", known).content.decode()
    assert "Where?" in followed
    repaired = known | GENERAL | {"text": "Here.", "step": "repair", "idempotency_key": "b" * 20}
    assert "Where?" in anybody.post(f"{CABINET}status/", repaired).content.decode()
    assert chair.post(f"{here}check/", {"idempotency_key": "c"}).status_code == 302
    assert 'value="" selected>' in chair.get(f"{here}decide/").content.decode(), (
        "nobody grants by a single tap"
    )
    assert chair.post(f"{here}decide/", {"text": "?", "step": "record"}).status_code == 200
    lacking = chair.post(f"{here}decide/", {"granted": "no", "idempotency_key": "d"})
    assert "P07" in lacking.content.decode()
    answer = {"granted": "no", "text": "No lamp.", "article": "101", "idempotency_key": "e"}
    review = chair.post(f"{here}decide/", answer).content.decode()
    assert "<dt>Answer</dt><dd>refused</dd>" in review
    assert "No lamp." in review
    assert "D18" in review, "what the log will say stands there before"
    assert count("acts_journal", "code = 'proceedings.decide_application'") == 0
    again = chair.post(f"{here}decide/", answer | {"step": "change"}).content.decode()
    assert '<option value="no" selected>' in again
    for _ in range(2):
        assert chair.post(f"{here}decide/", answer | {"step": "record"}).status_code == 302
    assert count("acts_journal", "code = 'proceedings.decide_application'") == 1
    assert "No lamp." in anybody.post(f"{CABINET}status/", known).content.decode()
    assert chair.get(f"{here}decide/").status_code == 302


def test_a_session_answers_an_application(bench: Bench) -> None:
    write(Client(), to="cec")
    number, chair = Application.objects.get().number, bench.clients["cec chair"]
    here = f"{CABINET}applications/{number}/"
    assert "Put before a session" in chair.get(here).content.decode()
    data = {"granted": "no", "text": "No lamp.", "article": "101", "title": "Lamp", "public": "Refused."}
    assert chair.post(f"{here}proposal/", data).status_code == 302
    session = f"{CABINET}sessions/{accepted(open_session('door')).journal}/"
    (motion,) = re.findall(r"motion=([0-9a-f-]{36})", chair.get(session).content.decode())
    done = chair.post(f"{session}decide/", vote(step="adopt", number="44", motion=motion))
    assert done.status_code == 302
    shown = chair.get(here).content.decode()
    assert "decision No. 44" in shown
    assert "No lamp." in shown
    assert count("proceedings_decision", "proceedings_decision::text LIKE '%No lamp%'") == 0


def test_members_vote_on_an_answer_that_they_can_read(bench: Bench) -> None:
    """Two drafts of one application, one that grants and one that refuses, are told apart wherever they stand."""
    write(Client(), to="cec")
    number, chair = Application.objects.get().number, bench.clients["cec chair"]
    said = {"text": "No lamp.", "article": "101", "title": "Lamp", "public": "Answered."}
    for granted in ("yes", "no"):
        answer = chair.post(f"{CABINET}applications/{number}/proposal/", said | {"granted": granted})
        assert answer.status_code == 302
    session = f"{CABINET}sessions/{accepted(open_session('door')).journal}/"
    listed = chair.get(session).content.decode()
    for state in ("granted", "refused"):
        assert f"What it orders: Answer an application: {number}, {state}" in listed
    motion = re.findall(r"motion=([0-9a-f-]{36})", listed)[1]
    here = f"{session}decide/"
    pages = [chair.get(f"{CABINET}decision-drafts/{motion}/"), chair.get(f"{here}?motion={motion}")]
    pages.append(chair.post(here, vote(number="44", motion=motion)))
    for page in pages:
        text = page.content.decode()
        assert f"Answer an application: {number}, refused" in text
        assert "<dt>Words of the answer</dt><dd>No lamp.</dd>" in text
        assert "<dt>Article of the law</dt><dd>101</dd>" in text


def test_following_is_throttled_and_says_nothing(bench: Bench) -> None:
    write(Client())
    number = Application.objects.get().number
    anybody = Client()
    answers = []
    for said in (number, "2026-999999"):
        page = anybody.post(f"{CABINET}status/", {"number": said, "secret": "A" * 16})
        text = page.content.decode().replace(said, "")
        answers.append((page.status_code, re.sub(r'value="[^"]*"', "", text)))
    assert answers[0] == answers[1]
    for _ in range(12):
        last = anybody.post(f"{CABINET}status/", {"number": number, "secret": "A" * 16})
    assert "Too many attempts" in last.content.decode()


def test_my_applications(bench: Bench) -> None:
    member = bench.clients["pec member"]
    write(member)
    number = Application.objects.get().number
    assert number in member.get(f"{CABINET}my-applications/").content.decode()
    assert member.get(f"{CABINET}my-applications/{number}/").status_code == 200
    assert bench.clients["pec chair"].get(f"{CABINET}my-applications/{number}/").status_code == 404
    chair = bench.clients["tec chair"]
    here = f"{CABINET}applications/{number}/"
    assert chair.post(f"{here}return/", {"text": "Where?", "idempotency_key": "r"}).status_code == 302
    assert "Repair your application" in member.get(CABINET).content.decode()
    data = GENERAL | {"text": "Here.", "idempotency_key": "f" * 20}
    assert member.post(f"{CABINET}my-applications/{number}/", data).status_code == 302
    assert "Answer 1 application" in chair.get(CABINET).content.decode()


def test_after_the_term_to_repair_the_date_is_the_commissions(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is shown the commission's term as their own, nor a form that would be refused; who was writing is told so."""
    monkeypatch.setattr(Kind, "repair_by", lambda _kind, _context, at: at)
    member, chair = bench.clients["pec member"], bench.clients["tec chair"]
    write(member)
    number = Application.objects.get().number
    here, mine = f"{CABINET}applications/{number}/", f"{CABINET}my-applications/{number}/"
    assert chair.post(f"{here}return/", {"text": "Where?", "idempotency_key": "r"}).status_code == 302
    for client, page in ((chair, here), (member, mine)):
        shown = client.get(page).content.decode()
        assert "The term to repair is over. An answer is due by" in shown
        assert "To be repaired by" not in shown
        assert "Send the repaired application" not in shown
    assert "Repair your application" not in member.get(CABINET).content.decode()
    data = GENERAL | {"text": "Here.", "idempotency_key": "f" * 20}
    refused = member.post(mine, data).content.decode()
    assert re.search(r"The term to repair the application ended at \d\d\.\d\d\.\d{4}, \d\d:\d\d", refused)
    assert "Here." in refused


def test_letters(bench: Bench) -> None:
    chair = bench.clients["cec chair"]
    later = (now() + timedelta(days=900)).strftime("%Y-%m-%dT%H:%M")
    data = {"bodies": "tec:n pec:n1-1", "subject": "On lamps", "text": "Count.", "reply_by": later,
            "idempotency_key": "g" * 20}  # fmt: skip
    sent = chair.post(f"{CABINET}letters/new/", data)
    assert sent.status_code == 302, sent.content.decode()
    letter = Letter.objects.get()
    assert letter.circular
    here = f"{CABINET}letters/{letter.id}/"
    assert "0 of 2 have read it" in chair.get(here).content.decode()
    assert "Answer letter 1/" in bench.clients["tec chair"].get(CABINET).content.decode()
    assert "On lamps" in bench.clients["tec chair"].get(f"{CABINET}letters/").content.decode()
    assert "Count." in bench.clients["tec chair"].get(here).content.decode()
    assert {row.what for row in LetterReading.objects.all()} == {"delivered", "read"}
    shown = chair.get(here).content.decode()
    assert "1 of 2 have read it" in shown
    assert bench.clients["other pec chair"].get(here).status_code == 404
    assert bench.clients["bystander"].get(here).status_code == 403
    answer = {
        "bodies": "cec",
        "subject": "Re",
        "text": "Two.",
        "answers": str(letter.id),
        "idempotency_key": "h" * 20,
    }
    assert bench.clients["tec member"].post(f"{CABINET}letters/new/", answer).status_code == 403
    assert bench.clients["tec chair"].post(f"{CABINET}letters/new/", answer).status_code == 302
    assert "Answers" in chair.get(here).content.decode()
    paper = chair.get(f"{here}?format=pdf")
    assert paper.headers["Content-Type"] == "application/pdf"
    assert chair.get(f"{CABINET}letters/sent/").status_code == 200


@pytest.mark.parametrize("path", ["sessions/", "applications/", "letters/", "my-applications/"])
def test_lists_in_all_languages(bench: Bench, path: str) -> None:
    for language in ("uz", "uz-cyrl", "kaa", "ru", "en"):
        assert bench.clients["cec chair"].get(f"/{language}/cabinet/{path}").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["cabinet/status/", "cabinet/apply/?election=door", "account/sign-in/", "account/password/forgotten/"],
)
def test_anybodys_page_says_that_all_is_simulated_and_speaks_of_no_mandate(bench: Bench, path: str) -> None:
    text = bench.clients["nobody"].get(f"/en/{path}").content.decode()
    assert text.count('class="mark"') == 1
    assert "Simulated" in text
    assert "under your mandate" not in text


def test_footer_names_the_mandate_of_who_has_one(bench: Bench) -> None:
    text = bench.clients["tec chair"].get("/en/cabinet/").content.decode()
    assert "recorded under your mandate" in text
    assert text.count('class="mark"') == 1
