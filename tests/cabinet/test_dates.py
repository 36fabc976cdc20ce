"""The Central Election Commission moves a date in its cabinet; nobody else gets there."""

from __future__ import annotations

import html
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from esaylov.cabinet.due import Due, ordered
from esaylov.cabinet.lists import Column, cell_of
from esaylov.elections.moves import moves
from esaylov.law.editions import uz_edition
from tests.cabinet.people import WHO, Bench

ADDRESS = "/en/cabinet/dates/counting/"
DATES = {
    "opens": "2026-10-25T20:00",
    "closes": "2026-11-20T00:00",
    "decision": "1500",
    "idempotency_key": "k",
}


def text_of(content: bytes) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", content.decode()))


def test_a_date_is_moved(bench: Bench) -> None:
    client = bench.clients["cec chair"]
    assert "Dates of the calendar" in text_of(client.get("/en/cabinet/").content)
    first = client.get(ADDRESS).content.decode()
    assert 'value="2026-10-25T20:00"' in first
    assert 'value="2026-11-05T00:00"' in first
    answer = client.post(ADDRESS, DATES)
    assert answer.status_code == 302
    assert client.post(ADDRESS, DATES).status_code == 302, "the same form again is the same act"
    ((row,),) = moves("door").values()
    assert row.override.closes == datetime.fromisoformat("2026-11-20T00:00:00+05:00")
    assert row.override.decision == "1500"
    shown = text_of(client.get(answer.headers["Location"]).content)
    assert "1500" in shown
    assert "end of 19 November 2026 (Tashkent)" in shown, "the form in which every page writes an end"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"decision": ""}, "required"),
        ({"opens": "2026-10-25T19:00"}, "lies before the decision"),
        ({"closes": "2026-10-25T20:10"}, "lies before the decision"),
        ({"closes": "2026-10-25T20:00"}, "before it begins"),
        ({"closes": "2026-11-05T00:00"}, "nothing was moved"),
        ({"closes": "2226-11-05T00:00"}, "Error"),
        ({"closes": "tomorrow"}, "Error"),
    ],
)
def test_what_is_wrong_is_said_and_kept(shared_bench: Bench, change: dict[str, str], said: str) -> None:
    key = {"idempotency_key": "-".join(change.values()) or "none"}
    answer = shared_bench.clients["cec chair"].post(ADDRESS, DATES | change | key)
    assert answer.status_code == 200
    assert said in text_of(answer.content)
    assert moves("door") == {}


@pytest.mark.parametrize("who", sorted(set(WHO) - {"cec chair"} | {"bystander"}))
def test_nobody_else(shared_bench: Bench, who: str) -> None:
    client = shared_bench.clients[who]
    for address in ("/en/cabinet/dates/", ADDRESS):
        assert client.get(address).status_code == 403
        assert client.post(address, DATES).status_code == 403
    assert moves("door") == {}


def test_a_step_that_is_not(shared_bench: Bench) -> None:
    assert shared_bench.clients["cec chair"].get("/en/cabinet/dates/holidays/").status_code == 404


MIDNIGHT = datetime(2024, 10, 28, tzinfo=ZoneInfo("Asia/Tashkent"))


def test_an_end_is_written_alike_in_lists() -> None:
    """Midnight ends the day before it; a beginning, and a time in a file, stay what they are."""

    def shown(column: Column) -> str:
        with translation.override("en"):
            return re.sub(
                r"<[^>]+>",
                "",
                render_to_string("cabinet/_cell.html", {"cell": cell_of(column, None)}).strip(),
            )

    assert shown(Column("u", "Due", lambda _row: MIDNIGHT, ends=True)) == "end of 27 October 2024 (Tashkent)"
    assert shown(Column("u", "Due", lambda _row: None, ends=True)) == "–"
    assert shown(Column("u", "At", lambda _row: MIDNIGHT)) == "28 October 2024, 00:00 (Tashkent)"


def test_what_is_owed_at_once_says_so_and_stands_first() -> None:
    """The law wants a protocol right after the count (Art. 58, 94); the day until which corrections are taken is no advice."""
    calendar = uz_edition("uz-lc-2024").calendar
    assert calendar is not None
    assert [code for code, step in calendar.steps.items() if step.at_once] == ["counting"]
    soon, late = Due("letter", "/", MIDNIGHT), Due("old", "/", MIDNIGHT, overdue=True)
    protocol = Due("protocol", "/", MIDNIGHT.replace(month=11, day=7), at_once="immediately after the count")
    assert [one.title for one in ordered([soon, protocol, late])] == ["old", "protocol", "letter"]
    with translation.override("en"):
        text = re.sub(r"<[^>]+>", "", render_to_string("cabinet/_due.html", {"due": [protocol]}))
    assert "immediately after the count at the latest: end of 6 November 2024 (Tashkent)" in text
    assert "left" not in text
