"""The minutes on paper say what the session's page and the hashed minutes say."""

from __future__ import annotations

import io
import re

import pypdf

from esaylov.proceedings.minutes import minutes_of
from esaylov.proceedings.models import Session
from esaylov.proceedings.sessions import RecordAttendance
from tests.cabinet.people import Bench
from tests.proceedings.acting import act, adopt, open_session, sitting, votes
from tests.registry.people import accepted


def paper(bench: Bench, session: int) -> str:
    """The words of a session's minutes as its chair gets them."""
    got = bench.clients["cec chair"].get(f"/en/cabinet/sessions/{session}/minutes.pdf")
    pages = pypdf.PdfReader(io.BytesIO(got.content)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def test_two_votes_on_one_item_make_no_second_item(bench: Bench) -> None:
    """The first vote fails, the second is carried: the agenda keeps its two items."""
    session = accepted(open_session("door", agenda=("Lamps", "Doors"))).journal
    _, members = sitting()
    accepted(adopt(session, None, "door", title="All lamps", votes=votes(members, against=6)))
    accepted(adopt(session, "1", "door", title="One lamp"))
    data = minutes_of(Session.objects.get(pk=session), "")
    assert (data["agenda"], [one["item"] for one in data["questions"]]) == (["Lamps", "Doors"], [1, 1])
    words = paper(bench, session)
    assert "Question 1. Lamps" in words
    assert "Question 2. Doors" in words
    assert "Question 3" not in words
    assert words.count("Lamps") == 2  # in the agenda and over its section
    assert words.index("All lamps") < words.index("One lamp") < words.index("Question 2. Doors")


def test_the_names_stand_where_the_officers_sign(bench: Bench) -> None:
    session = accepted(open_session("door")).journal
    assert "Secretary Sinov3 Test" in paper(bench, session)
    assert "Presiding Sinov1 Test" in paper(bench, session)


def test_nobody_signs_for_a_secretary_who_is_not_there(bench: Bench) -> None:
    chair, members = sitting()
    there = [row.id for row in members if row.role != "secretary"]
    session = accepted(open_session("door")).journal
    said = {"session": session, "present": frozenset(there), "presiding": members[0].id}
    accepted(act(RecordAttendance, "door", chair, said))
    assert "Secretary Sinov3 Test" not in paper(bench, session)
