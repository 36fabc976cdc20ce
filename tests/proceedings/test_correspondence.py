"""Letters as people see them: who has not read one, whose answer is overdue, and the answer beside the letter."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from esaylov.acts.context import ElectionContext
from esaylov.cabinet import notices
from esaylov.cabinet.models import Notice
from esaylov.proceedings.models import Letter, LetterReading
from tests.cabinet.people import Bench
from tests.proceedings.test_pages import CABINET

LETTERS = f"{CABINET}letters/"
BY = "2026-10-26T12:00"


def write(bench: Bench, who: str = "cec chair", **more: Any) -> Letter:
    data = {
        "bodies": "tec:n pec:n1-1",
        "subject": "On lamps",
        "text": "Count.",
        "reply_by": BY,
        "idempotency_key": "a" * 20,
    }
    sent = bench.clients[who].post(f"{LETTERS}new/", data | more)
    assert sent.status_code == 302, sent.content.decode()
    return Letter.objects.latest("journal")


def answer(bench: Bench, letter: Letter, who: str = "tec chair") -> Letter:
    return write(
        bench, who, bodies="cec", text="Two.", reply_by="", answers=str(letter.pk), idempotency_key="b" * 20
    )


def rows(page: str) -> list[str]:
    """The rows of the table of recipients."""
    return re.findall(r"<tr><th scope=.row.>.*?</tr>", page, re.S)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets the election's clock run past the time for answers."""

    def run() -> None:
        now = ElectionContext.now

        def ahead(context: ElectionContext, real: datetime | None = None) -> datetime:
            return now(context, real) + timedelta(
                days=0 if real else 3
            )  # the door refuses acts of the future

        monkeypatch.setattr(ElectionContext, "now", ahead)

    return run


def test_the_sender_sees_who_has_not_read_it(bench: Bench) -> None:
    letter = write(bench)
    here = f"{LETTERS}{letter.pk}/"
    assert [row.count("not read") for row in rows(bench.clients["cec chair"].get(here).content.decode())] == [
        1,
        1,
    ]
    bench.clients["tec chair"].get(here)
    found = rows(bench.clients["cec chair"].get(here).content.decode())
    assert ["not read" in row for row in found] == [True, False], "who has not read it stands first"
    assert "Precinct commission" in found[0]
    assert "1 of 2 have read it" in bench.clients["cec chair"].get(f"{LETTERS}sent/").content.decode()
    assert not rows(bench.clients["tec chair"].get(here).content.decode()), "recipients do not see each other"


def test_an_answer_is_overdue_until_it_is_given(bench: Bench, later: Any) -> None:
    letter = write(bench)
    here, chair, precinct = f"{LETTERS}{letter.pk}/", bench.clients["tec chair"], bench.clients["pec chair"]
    number = f"Answer letter {letter.number}/{letter.year}"
    assert number in chair.get(CABINET).content.decode()
    assert "overdue" not in chair.get(here).content.decode()
    later()
    for client in (chair, precinct, bench.clients["cec chair"]):
        assert "answer overdue" in client.get(here).content.decode()
    assert "answer overdue" in chair.get(LETTERS).content.decode()
    answer(bench, letter)
    assert "answer overdue" not in chair.get(here).content.decode()
    assert "answer overdue" not in chair.get(LETTERS).content.decode()
    assert number not in chair.get(CABINET).content.decode()
    assert number in precinct.get(CABINET).content.decode()
    found = rows(bench.clients["cec chair"].get(here).content.decode())
    assert sorted("overdue" in row for row in found) == [False, True]
    answer(bench, letter, "pec chair")
    assert "overdue" not in bench.clients["cec chair"].get(here).content.decode()


def test_an_answer_and_its_letter_lead_to_each_other(bench: Bench) -> None:
    letter = write(bench)
    reply = answer(bench, letter)
    there, here = f"{LETTERS}{letter.pk}/", f"{LETTERS}{reply.pk}/"
    for who in ("cec chair", "tec chair"):
        assert f'href="{here}"' in bench.clients[who].get(there).content.decode()
        page = bench.clients[who].get(here).content.decode()
        assert "In answer to" in page
        assert f'href="{there}"' in page
    assert f'href="{here}"' not in bench.clients["pec chair"].get(there).content.decode(), (
        "others' answers are not shown"
    )
    assert bench.clients["pec chair"].get(here).status_code == 404


def test_nobody_is_led_to_a_letter_that_is_not_theirs(bench: Bench) -> None:
    """An answer that goes to a third body too does not show it the letter that it answers."""
    letter = write(bench, bodies="tec:n")
    reply = write(
        bench,
        "tec chair",
        bodies="cec pec:n1-1",
        answers=str(letter.pk),
        reply_by="",
        idempotency_key="c" * 20,
    )
    page = bench.clients["pec chair"].get(f"{LETTERS}{reply.pk}/").content.decode()
    assert "In answer to" not in page
    assert str(letter.pk) not in page


@pytest.mark.parametrize(("page", "bodies"), [("", "tec:n"), ("sent/", "tec:n"), ("sent/", "tec:n pec:n1-1")])
def test_a_page_of_letters_reads_names_at_once(bench: Bench, page: str, bodies: str) -> None:
    """However many letters stand in it."""
    asked = []
    for number in range(6):
        for copy in range(number):
            write(bench, bodies=bodies, idempotency_key=f"{number}-{copy}".ljust(20, "x"))
        reader = bench.clients["cec chair" if page else "tec chair"]
        reader.get(LETTERS + page)
        with CaptureQueriesContext(connection) as seen:
            assert reader.get(LETTERS + page).content.decode().count("On lamps") == Letter.objects.count()
        asked.append(len(seen))
    assert asked[-1] <= asked[2] + 1, asked


def test_whoever_was_not_told_is_told_when_the_form_comes_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letter stands, then telling fails: the same form tells all; once more, and nobody is told twice."""
    with monkeypatch.context() as broken:
        broken.setattr(notices, "TELL", "SELECT {} 1/0")
        with pytest.raises(DatabaseError):
            write(bench)
    assert Letter.objects.count() == 1
    assert not Notice.objects.filter(code="proceedings.letter").exists()
    write(bench)
    told = Notice.objects.filter(code="proceedings.letter").count()
    assert told > 1
    write(bench)
    assert Notice.objects.filter(code="proceedings.letter").count() == told
    assert Letter.objects.count() == 1
    write(bench, idempotency_key="c" * 20)
    assert Notice.objects.filter(code="proceedings.letter").count() == 2 * told


def test_an_answer_is_written_below_the_letter_that_it_answers(bench: Bench) -> None:
    """Its subject is there, the words of the letter and its date stand above, and who saw them has read it."""
    letter = write(bench, text="Count the lamps.\n\nAll of them.")
    chair = bench.clients["tec chair"]
    page = chair.get(f"{LETTERS}new/?answers={letter.pk}").content.decode()
    assert f'value="Answer to letter {letter.number}/{letter.year}: On lamps"' in page
    quoted = page.partition("<blockquote>")[2].partition("</blockquote>")[0]
    assert "Count the lamps." in quoted
    assert "All of them." in quoted
    assert page.index("Answer wanted by") < page.index("<blockquote>") < page.index('name="text"')
    assert LetterReading.objects.filter(letter=letter, body="tec:n", what="read").exists()


def test_a_letter_that_wants_an_answer_is_one_thing_to_do(bench: Bench) -> None:
    write(bench)
    home = bench.clients["tec chair"].get(CABINET).content.decode()
    assert "Answer letter 1/" in home
    assert "Read 1 letter" not in home
    write(bench, reply_by="", idempotency_key="d" * 20)
    assert "Read 1 letter" in bench.clients["tec chair"].get(CABINET).content.decode()
