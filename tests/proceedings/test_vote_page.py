"""A vote is taken down: one choice for all, then who voted otherwise; the review names who voted how."""

from __future__ import annotations

import re
from html import unescape

import pytest

from esaylov.proceedings.models import Decision, Vote
from tests.acts.election import count
from tests.cabinet.people import Bench
from tests.proceedings.acting import open_session, sitting
from tests.registry.people import accepted

WORDS = {"item": "1", "number": "1", "title": "On lamps", "text": "Count them.", "idempotency_key": "v-1"}


@pytest.fixture
def page(bench: Bench) -> str:
    return f"/en/cabinet/sessions/{accepted(open_session('door')).journal}/decide/"


def marked(**own: str) -> dict[str, str]:
    """What the form sends: every member's choice, as it stands at first where none of their own is given."""
    return WORDS | {f"vote-{row.id}": own.get(f"m{at}", "as-all") for at, row in enumerate(sitting()[1])}


def listed(text: str) -> dict[str, list[str]]:
    """Who voted how, as the review shows it."""
    rows = re.findall(r"<dt>([^<]*)</dt><dd>(.*?)</dd>", text, re.S)
    return {unescape(title): re.split(r"<br>", names) for title, names in rows}


def test_one_choice_for_all_then_changes(bench: Bench, page: str) -> None:
    chair = bench.clients["cec chair"]
    shown = chair.get(page).content.decode()
    assert shown.index('name="votes"') < shown.index('name="vote-')
    data = marked(m7="against", m8="none") | {"votes": "for"}
    review = listed(chair.post(page, data).content.decode())
    assert len(review["For"]) == 7
    assert review["Against"] == ["Sinov8 Test (member)"]
    assert review["Did not vote"] == ["Sinov9 Test (member)"]
    assert "Abstained" not in review
    assert chair.post(page, data | {"step": "adopt"}).status_code == 302
    assert Decision.objects.get().votes_for == 7
    assert sorted(Vote.objects.values_list("choice", flat=True)) == ["against", *["for"] * 7]


@pytest.mark.parametrize("step", [{}, {"step": "adopt"}])
def test_a_vote_of_nobody_does_not_pass(bench: Bench, page: str, step: dict[str, str]) -> None:
    answer = bench.clients["cec chair"].post(page, marked() | step).content.decode()
    assert "No vote is marked" in answer
    assert "Record the vote" not in answer
    assert count("proceedings_decision") == 0


def test_the_next_free_number_is_proposed(bench: Bench, page: str) -> None:
    chair = bench.clients["cec chair"]
    assert re.search(r'name="number" value="1"', chair.get(page).content.decode())
    assert chair.post(page, marked() | {"votes": "for", "number": "7", "step": "adopt"}).status_code == 302
    assert re.search(r'name="number" value="8"', chair.get(page).content.decode())
