"""Applications in words: no code of a choice, and one way to write when a day's end is meant."""

from __future__ import annotations

import re

from django.test import Client

from esaylov.proceedings.models import Application
from tests.cabinet.people import Bench
from tests.proceedings.test_pages import CABINET, write


def ends(page: str) -> list[str]:
    """The days whose end a page names."""
    return re.findall(r"end of (\d+ \w+ \d{4})", page)


def test_what_it_is_stands_in_words(bench: Bench) -> None:
    member = bench.clients["pec member"]
    write(member, sort="enquiry")
    number = Application.objects.get().number
    for client, path in ((bench.clients["tec chair"], "applications"), (member, "my-applications")):
        page = client.get(f"{CABINET}{path}/{number}/").content.decode()
        assert "an enquiry" in page
        assert "<dd>enquiry</dd>" not in page


def test_midnight_is_the_same_day_in_lists_and_on_pages(bench: Bench) -> None:
    """The term of the answer, then that of the repair: in both lists as on the receipt and on the application."""
    member, chair = bench.clients["pec member"], bench.clients["tec chair"]
    (said,) = set(ends(write(member).content.decode()))
    number = Application.objects.get().number
    places = (
        (member, "my-applications/"),
        (chair, "applications/"),
        (member, f"my-applications/{number}/"),
        (chair, f"applications/{number}/"),
    )
    for client, path in places:
        page = client.get(CABINET + path).content.decode()
        assert said in ends(page), path
        assert not re.search(r">[^<]*00:00", page), path
    chair.post(f"{CABINET}applications/{number}/return/", {"text": "Where?", "idempotency_key": "r"})
    shown = {tuple(set(ends(client.get(CABINET + path).content.decode()))) for client, path in places}
    assert len(shown) == 1
    assert len(next(iter(shown))) == 1


def test_files_keep_the_time_itself(bench: Bench) -> None:
    write(Client())
    row = bench.clients["tec chair"].get(f"{CABINET}applications/?format=csv")
    text = b"".join(row).decode("utf-8-sig")  # type: ignore[arg-type]
    assert re.search(r"\d{4}-\d\d-\d\d[T ]00:00", text), text
