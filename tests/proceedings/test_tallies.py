"""Applications in numbers: each counts once, an answer stays one under appeal, and no page says what was written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from esaylov.acts.models import Checkpoint
from esaylov.proceedings.applications import (
    CheckApplication,
    DecideApplication,
    ForwardApplication,
    NoteAppeal,
    ReturnApplication,
)
from esaylov.proceedings.kinds import Kind
from esaylov.proceedings.tallies import Tally, tallies
from tests.acts.election import World
from tests.proceedings.acting import act, now, sitting, submit
from tests.proceedings.test_public import reload
from tests.publication.reader import Page
from tests.registry.people import accepted, actors_of, enrol, form_commission, members


def test_sums_by_kind_and_tier(door: World) -> None:
    accepted(enrol())
    accepted(form_commission("door", "tec:n", sitting()[0], members(9, 100)))
    north = actors_of("door", "tec:n", now())["chair"]
    numbers = [accepted(submit("door", "tec:n")).record["number"] for _ in range(5)]
    granted, refused, moved, returned, _ = numbers
    answer = {"application": refused, "granted": False, "text": "No.", "article": "101"}
    accepted(act(DecideApplication, "door", north, {"application": granted, "granted": True}))
    accepted(act(DecideApplication, "door", north, answer))
    accepted(act(NoteAppeal, "door", north, {"application": refused, "court": "supreme-court"}))
    accepted(act(ForwardApplication, "door", north, {"application": moved, "to": "cec"}))
    accepted(act(ReturnApplication, "door", north, {"application": returned, "text": "No address."}))
    reload(door)
    size = Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0]
    accepted(act(CheckApplication, "door", sitting("door")[0], {"application": moved}))
    sums = {"granted": 1, "refused": 1, "alone": 1, "appealed": 1, "delayed": 0}
    nothing = dict.fromkeys(sums, 0)
    assert tallies(size, "door", now()) == [
        Tally("general", "cec", received=1, waiting=1, late=0, **nothing),
        Tally("general", "territorial", received=4, waiting=2, late=0, **sums),
    ]
    late = tallies(size, "door", now() + timedelta(days=60))
    assert [row.late for row in late] == [1, 2], "what is not repaired in its term, the commission answers"
    assert [row.late for row in tallies(size, "door", now() + timedelta(hours=1))] == [0, 0], (
        "who must repair is not its delay"
    )
    assert tallies(0, "door", now()) == []
    text = Page(Client().get("/en/elections/door/applications/").content.decode()).text
    assert "Enquiry, statement or complaint" in text
    assert (
        "territorial commission Received 4 Granted 1 Refused 1 of them without a decision 1 Appealed 1 Answered late 0 Waiting 2 of them late 0"
        in " ".join(text.split())
    )
    assert not any(number in text for number in numbers)


def test_a_late_answer_stays_late(door: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the times of the acts; a repair that nobody made in its term puts the answer off by that term alone."""
    accepted(enrol())
    accepted(form_commission("door", "tec:n", sitting()[0], members(9, 100)))
    north = actors_of("door", "tec:n", now())["chair"]
    in_time, paused = (accepted(submit("door", "tec:n")).record["number"] for _ in range(2))
    with monkeypatch.context() as short:
        short.setattr(Kind, "answer_by", lambda _kind, _context, at: at)
        short.setattr(Kind, "repair_by", lambda _kind, _context, at: at)
        late, waiting = (accepted(submit("door", "tec:n")).record["number"] for _ in range(2))
        for number in (paused, waiting):
            accepted(act(ReturnApplication, "door", north, {"application": number, "text": "No address."}))
    for number in (in_time, paused, late):
        refused = {"application": number, "granted": False, "text": "No.", "article": "101"}
        accepted(act(DecideApplication, "door", north, refused))
    accepted(act(NoteAppeal, "door", north, {"application": late, "court": "supreme-court"}))
    reload(door)
    size = Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0]
    (row,) = tallies(size, "door", now())
    assert (row.delayed, row.waiting, row.late) == (1, 1, 0), (
        "what remained of the term runs on after the repair's"
    )
    monkeypatch.setattr(Kind, "answer_after_repair", lambda _kind, _context, _due, _stopped, over: over)
    (row,) = tallies(size, "door", now())
    assert (row.delayed, row.waiting, row.late) == (2, 1, 1)
