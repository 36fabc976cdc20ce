"""From door to door in its weeks alone: outside of them the pages say when they are, show no form, and nothing is noted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from esaylov.voters.doors.models import HouseCheck
from esaylov.voters.doors.reading import House
from esaylov.voters.models import Voter
from tests.acts.election import CALENDAR, EDITION, count
from tests.cabinet.people import Bench
from tests.cabinet.people import bench as people
from tests.registry.people import actors_of
from tests.voters.doors import house_voters, houses, kept, noted, refused
from tests.voters.freezing import ELECTION
from tests.voters.precinct_lists import custodian

STEPS = """
[[calendar.steps]]
code = "preliminary-list"
title = {en = "List"}
opens = {before = 40}

[[calendar.steps]]
code = "lists-open"
title = {en = "Open"}
opens = {before = 15}
"""
PAGE = "/en/cabinet/voters/doors/"


def voters_of(one: House) -> list[int]:
    return sorted(Voter.objects.filter(house=one.digest).values_list("id", flat=True))


def url(one: House) -> str:
    return f"{PAGE}houses/{one.address}/"


def text(bench: Bench, address: str) -> str:
    answer = bench.clients["pec member"].get(address)
    assert answer.status_code == 200, (address, answer.content[:300])
    return str(answer.content.decode())


@pytest.fixture
def over(db_clone: object, tmp_path: Path) -> Iterator[Bench]:
    """An election whose calendar has the weeks of visits, 15 September to 10 October, on the evening of its day."""
    with people(tmp_path, edition=EDITION + CALENDAR + STEPS) as made:
        house_voters(16)
        with custodian():
            yield made


def test_the_calendar_says_when(over: Bench) -> None:
    by = actors_of(ELECTION, "pec:n1-1", datetime.now(UTC))["member"]
    for day, expected in (("2026-09-01", ["Y120"]), ("2026-10-11", ["Y120"]), ("2026-10-01", [])):
        at = datetime.fromisoformat(f"{day}T09:00:00+05:00")
        result = noted(by, houses()[0], at=at, said={1: "here"})
        if expected:
            assert refused(result) == expected
        else:
            kept(result)


def test_outside_of_its_weeks_there_is_no_form(over: Bench) -> None:
    by = actors_of(ELECTION, "pec:n1-1", datetime.now(UTC))["member"]
    visited, untouched = houses()[:2]
    first = voters_of(visited)[0]
    at = datetime.fromisoformat("2026-10-01T09:00:00+05:00")
    kept(noted(by, visited, at=at, said={first: "gone"}, missing=1))
    for address in (PAGE, f"{PAGE}streets/{visited.address}/", url(visited), url(untouched)):
        page = text(over, address)
        assert '<form method="post"' not in page.split("<main")[1].split("</main>")[0], address
        assert "Next: " not in page
        assert re.search(
            r"From <time[^>]*>14 September 2026, 00:00[^<]*</time> until <time[^>]*>9 October 2026", page
        )
    before = count("voters_access")
    assert f"Test{voters_of(untouched)[0]}" not in text(over, url(untouched))
    assert count("voters_access") == before, "where nothing was found nobody's record is opened"
    page = text(over, url(visited))
    assert re.search(rf"Test{first} [^<]*</dt><dd>not here any more</dd>", page)
    assert count("voters_access") > before
    sent = {f"v{first}": "here", "idempotency_key": "late"}
    answer = over.clients["pec member"].post(url(visited), sent)
    assert answer.status_code == 422
    assert "Members go from door to door after" in answer.content.decode()
    assert HouseCheck.objects.count() == 1
