"""The front page in each phase, with no election, with two; and that its tag follows the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from tests.exchange.packages import DECISIONS, EDITION
from tests.publication.conftest import Get
from tests.publication.portal.calendars import CALENDAR

if TYPE_CHECKING:
    from tests.publication.ground import Site

MakeSite = Callable[..., "Site"]
PRECINCT_1 = ([100, 110, 72, 1, 72, 38, 2], [30, 40])


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+05:00")


def move(site: Site, text: str) -> None:
    from esaylov.elections.queries import set_clock

    set_clock(site.election, at(text))


def test_before(make_site: MakeSite, get: Get) -> None:
    make_site(edition=CALENDAR, start=at("2026-10-13T09:00"))
    page = get("/en/")
    assert "12 days to election day. Voting is from 08:00 to 20:00 ." in page.text
    assert "As of 13 October 2026, 09:00 (Tashkent) ." in page.text
    assert "No result is public before 25 October 2026, 20:00 (Tashkent)." in page.text
    assert "Where do I vote?" in page.text
    assert 'action="/en/elections/tiny/search/"' in page.html
    assert "15 October 2026" not in page.text, "early voting begins 11 days before: 10 full days are left"
    assert "14 October 2026 – 21 October 2026" in page.text
    for part in ("contests", "candidates", "parties", "territories", "calendar", "documents"):
        assert f"/en/elections/tiny/{part}/" in page.links
    assert "leads" not in page.text


def test_the_day_before_and_the_day_itself(make_site: MakeSite, get: Get) -> None:
    site = make_site(edition=CALENDAR, start=at("2026-10-24T23:00"))
    assert "Election day is tomorrow." in get("/en/").text
    move(site, "2026-10-25T00:00")
    assert "Election day is today. Voting is from 08:00 to 20:00 ." in get("/en/").text
    move(site, "2026-10-25T08:00")
    assert "Voting is under way. It ends at 20:00 ." in get("/en/").text


def test_the_tag_follows_the_clock_and_nothing_else_does(make_site: MakeSite, client: Client) -> None:
    site = make_site(edition=CALENDAR, start=at("2026-10-24T23:00"))
    paths = ("/en/", "/en/elections/tiny/calendar/", "/en/elections/tiny/", "/en/glossary/")
    before = {path: client.get(path).headers["ETag"] for path in paths}
    assert {path: client.get(path).headers["ETag"] for path in paths} == before
    move(site, "2026-10-24T23:01")
    changed = [path for path in paths if client.get(path).headers["ETag"] != before[path]]
    assert changed == ["/en/", "/en/elections/tiny/calendar/"]


def test_the_page_cache_keeps_a_dated_page_for_a_minute(make_site: MakeSite, client: Client) -> None:
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory

    from esaylov.publication.pagecache import over_django

    site = make_site(edition=CALENDAR, start=at("2026-10-24T23:00"))
    cache = over_django(WSGIHandler())

    def ask() -> bytes:
        return b"".join(cache(RequestFactory().get("/en/").environ, lambda _status, _headers: None))

    try:
        assert b"Election day is tomorrow." in ask()
        assert b"Election day is tomorrow." in ask()
        move(site, "2026-10-25T07:00")
        cache.sizes.ask_now()
        assert b"Election day is today." in ask()
    finally:
        cache.sizes.stop()


def test_the_night(make_site: MakeSite, get: Get) -> None:
    site = make_site(edition=CALENDAR, start=at("2026-10-25T20:00"))
    assert "Nothing has been counted yet." in get("/en/").text
    site.submit("p1", "list", *PRECINCT_1, at=at("2026-10-25T21:00"))
    site.move_on()
    page = get("/en/")
    assert not page.lacks(
        "Green leads with 2 of 5 seats.",
        "preliminary",
        "1 of 5 precincts counted (20.00%)",
        "What is outstanding",
        "Precincts not counted: 4.",
        "Certified contests: 0 of 4.",
        "Follow the count",
    )


def test_afterwards(make_site: MakeSite, get: Get) -> None:
    certified = "".join(
        f"certification,2{n},2026-10-26T11:00:00+05:00,,{contest},\n"
        for n, contest in enumerate(("list", "d1", "d2", "q"))
    )
    make_site(decisions=DECISIONS + certified)
    page = get("/en/")
    assert not page.lacks(
        "Green wins 2 of 5 seats.",
        "What was decided",
        "Certified contests: 4 of 4.",
        "Protocols outside the totals: 1.",
        "See all results",
    )


def test_no_election(db_clone: object, client: Client, tmp_path: Path) -> None:
    from tests.publication.ground import data_folder

    with data_folder(tmp_path):
        for path in (
            "",
            "open-data/",
            "verify/",
            "corrections/",
            "glossary/",
            "about/",
            "how-the-count-works/",
        ):
            answer = client.get(f"/en/{path}")
            assert answer.status_code == 200, path
        assert "No election has been called here yet." in client.get("/en/").content.decode()
        assert "Nothing is published yet" in client.get("/en/open-data/").content.decode()
        assert "--key" not in client.get("/en/verify/").content.decode()


def test_two_elections(make_site: MakeSite, get: Get, tmp_path: Path) -> None:
    from tests.publication.ground import Site

    make_site()

    def later(document: dict[str, Any]) -> None:
        document["name"] = "second"
        document["election"] |= {"date": "2026-12-20", "title": {"en": "A second election"}}

    Site(tmp_path / "two", edition=EDITION, describe=later, start=at("2026-12-10T09:00"))
    page = get("/en/")
    assert "10 days to election day." not in page.text, "the first one is being counted"
    assert "A tiny election" in page.text
    assert page.text.index("A tiny election") < page.text.index("Other elections")
    assert "A second election" in page.text[page.text.index("Other elections") :]
    assert "20 December 2026 · still to come" in page.text
    assert "/en/elections/second/" in page.links
    assert len(get("/en/corrections/").tables[0][1:]) == 2


@pytest.mark.parametrize("path", ["/en/elections/tiny/parties/", "/en/elections/tiny/candidates/"])
def test_before_the_count_there_are_no_columns_of_votes(make_site: MakeSite, get: Get, path: str) -> None:
    make_site(edition=CALENDAR, start=at("2026-10-13T09:00"))
    page = get(path)
    assert not {"Votes", "List votes", "All seats", "Result"} & {
        cell for row in page.tables[0] for cell in row
    }
