"""Papers, pages and e-mails of an election that is not official say so: minutes, receipts, letters, applications."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from django.test import Client

from esaylov.cabinet.mail import message
from esaylov.cabinet.models import Notice
from esaylov.exchange.documents.words import Words
from esaylov.proceedings import motions
from esaylov.proceedings.models import Application, Letter, LetterReading
from esaylov.proceedings.papers import mode_of
from tests.acts.election import EVENING
from tests.cabinet.people import Bench
from tests.cabinet.people import bench as made
from tests.proceedings.acting import GENERAL, open_session
from tests.proceedings.test_pages import CABINET
from tests.registry.people import accepted, actors_of

MODES = ("pilot", "simulated")
PAGE = {"pilot": ">Pilot</strong>", "simulated": ">Simulated</strong>"}


@pytest.fixture(params=[*MODES, "official"])
def known(request: pytest.FixtureRequest, db_clone: object, tmp_path: Path) -> Iterator[tuple[str, Bench]]:
    with made(tmp_path, mode=request.param) as found:
        yield request.param, found


def holds(mode: str, paper: bytes) -> None:
    """The mark stands on each page of a PDF and among its keywords; none where it is official."""
    reader = pypdf.PdfReader(io.BytesIO(paper))
    pages = [page.extract_text() for page in reader.pages]
    keywords = (reader.metadata or {}).get("/Keywords", "")
    if mode == "official":
        for one in MODES:
            assert not any(Words("en")(f"mark_{one}").upper() in page for page in pages)
        assert not keywords
        return
    mark = Words("en")(f"mark_{mode}")
    assert all(mark.upper() in page for page in pages)
    assert keywords == mark


def said(mode: str, page: str) -> None:
    """The mark stands on a page, once."""
    for one, text in PAGE.items():
        assert page.count(text) == (1 if one == mode else 0), (mode, one)


def test_minutes(known: tuple[str, Bench]) -> None:
    mode, bench = known
    here = f"{CABINET}sessions/{accepted(open_session('door')).journal}/"
    chair = bench.clients["cec chair"]
    said(mode, chair.get(here).content.decode())
    holds(mode, chair.get(f"{here}minutes.pdf").content)


def test_receipts_and_applications(known: tuple[str, Bench]) -> None:
    """Of somebody without an account, so that no shell stands around the pages."""
    mode, bench = known
    anybody = Client()
    said(mode, anybody.get(f"{CABINET}apply/?election=door").content.decode())
    data = GENERAL | {"election": "door", "to": "tec:n", "idempotency_key": "a" * 20}
    receipt = anybody.post(f"{CABINET}apply/", data).content.decode()
    said(mode, receipt)
    holds(mode, anybody.post(f"{CABINET}apply/", data | {"step": "paper"}).content)
    (secret,) = re.findall(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}", receipt)
    number = Application.objects.get().number
    said(mode, anybody.post(f"{CABINET}status/", {"number": number, "secret": secret}).content.decode())
    said(mode, bench.clients["tec chair"].get(f"{CABINET}applications/{number}/").content.decode())


def test_letters_and_e_mails(known: tuple[str, Bench]) -> None:
    mode, bench = known
    chair = bench.clients["cec chair"]
    data = {"bodies": "tec:n", "subject": "On lamps", "text": "Count.", "idempotency_key": "g" * 20}
    assert chair.post(f"{CABINET}letters/new/", data).status_code == 302
    here = f"{CABINET}letters/{Letter.objects.get().id}/"
    for who in ("cec chair", "tec chair"):
        said(mode, bench.clients[who].get(here).content.decode())
    holds(mode, chair.get(f"{here}?format=pdf").content)
    notice = Notice.objects.filter(code="proceedings.letter")[0]
    mail = message(notice, "somebody@example.invalid", "en", "site@example.invalid")
    word = f"{mode}, without legal force"
    for text in (str(mail["Subject"]), mail.get_content()):
        assert (word in text) == (mode != "official")
    assert (word in bench.clients["tec chair"].get(f"{CABINET}notices/").content.decode()) == (
        mode != "official"
    )


def test_an_election_that_is_shown_again_is_not_official() -> None:
    assert mode_of(simulated=False, pilot=False, replay=True) == "rehearsal"
    assert mode_of(simulated=True, pilot=True, replay=True) == "simulated"
    assert mode_of(simulated=False, pilot=False, replay=False) == "official"


def test_one_clock_on_a_desk(db_clone: object, tmp_path: Path) -> None:
    """On a clock that is set, what is prepared, sent and read has its time, and a form says by which clock it is read."""
    with made(tmp_path, mode="simulated") as bench:
        chair, other = bench.clients["cec chair"], bench.clients["tec chair"]
        chair.post(f"{CABINET}switch/", {"election": "door"})
        page = chair.get(f"{CABINET}letters/new/").content.decode()
        assert "Read by the clock that now shows 25 October 2026, 20:30 (Tashkent)." in page
        letter = {"bodies": "tec:n", "subject": "On lamps", "text": "Count.", "reply_by": "2026-10-28T00:00"}
        sent = chair.post(f"{CABINET}letters/new/", letter | {"idempotency_key": "l" * 20})
        assert sent.status_code == 302, sent.content.decode()
        here = f"{CABINET}letters/{Letter.objects.get().id}/"
        assert "end of 27 October 2026 (Tashkent)" in other.get(f"{CABINET}letters/").content.decode()
        assert other.get(here).status_code == 200
        assert set(LetterReading.objects.values_list("at", flat=True)) == {EVENING}
        assert "end of 27 October 2026 (Tashkent)" in chair.get(here).content.decode()
        actor = actors_of("", "cec", EVENING)["chair"]
        motion = motions.propose(actor, "door", title="On lamps", text="", articles=["26"])
        draft = chair.get(f"{CABINET}decision-drafts/{motion}/").content.decode()
        assert "25 October 2026, 20:30 (Tashkent)" in draft
