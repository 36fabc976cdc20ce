"""Applications in numbers: each counts once, an answer stays one under appeal, and no page says what was written."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from esaylov.acts.models import Checkpoint
from esaylov.proceedings.applications import (
    CheckApplication,
    DecideApplication,
    ForwardApplication,
    NoteAppeal,
    ReturnApplication,
)
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
    sums = {"granted": 1, "refused": 1, "alone": 1, "appealed": 1}
    nothing = dict.fromkeys(sums, 0)
    assert tallies(size, "door", now()) == [
        Tally("general", "cec", received=1, waiting=1, late=0, **nothing),
        Tally("general", "territorial", received=4, waiting=2, late=0, **sums),
    ]
    late = tallies(size, "door", now() + timedelta(days=60))
    assert [row.late for row in late] == [1, 1], "who must repair is not the commission's delay"
    assert tallies(0, "door", now()) == []
    text = Page(Client().get("/en/elections/door/applications/").content.decode()).text
    assert "Enquiry, statement or complaint" in text
    assert "territorial commission 4 1 1 1 1 2 0" in " ".join(text.split())
    assert not any(number in text for number in numbers)
