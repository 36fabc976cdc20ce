"""The public page and file of recoveries of lost factors: counts by month, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from esaylov.publication.pagecache import PageCache
from esaylov.registry.accounts.models import Account, Recovery
from esaylov.registry.accounts.queries import Month, recoveries_by_month, recoveries_count
from tests.accounts.people import World

ZONE = ZoneInfo("Asia/Tashkent")
PAGE, FILE = "/en/recoveries/", "/open/recoveries.csv"


def recovered(account: Account, at: str, what: str = "factor") -> None:
    time = datetime.fromisoformat(at)
    Recovery.objects.create(
        account=account, what=what, asked_at=time, asked_by=account, used_at=time, ended_at=time
    )


@pytest.fixture
def member(world: World) -> Account:
    account = Account.objects.open()
    recovered(account, "2026-03-31T20:30:00+00:00")  # April in Tashkent
    recovered(account, "2026-06-10T08:00:00+05:00", "password")
    recovered(account, "2026-06-11T08:00:00+05:00")
    Recovery.objects.create(
        account=account, what="factor", asked_at=datetime(2026, 6, 1, tzinfo=UTC), asked_by=account
    )
    return account


def test_by_month_of_the_country(member: Account) -> None:
    found = recoveries_by_month(ZONE, datetime(2026, 7, 1, tzinfo=UTC))
    assert found == [Month(2026, 7, 0, 0), Month(2026, 6, 1, 1), Month(2026, 5, 0, 0), Month(2026, 4, 1, 0)]
    assert sum(row.all for row in found) == recoveries_count(datetime(2026, 1, 1, tzinfo=UTC)) == 3
    assert recoveries_by_month(ZONE, datetime(2026, 3, 1, tzinfo=UTC)) == []


def test_page_and_file(member: Account) -> None:
    page = Client().get(PAGE)
    text = page.content.decode()
    assert "April 2026" in text
    assert "3 recoveries in all" in text
    assert member.code not in text
    assert not page.cookies
    file = Client().get(FILE)
    lines = file.content.decode().splitlines()
    assert lines[:4] == [
        "month,second_factors,passwords,all",
        "2026-04,1,0,1",
        "2026-05,0,0,0",
        "2026-06,1,1,2",
    ]
    assert file.headers["Access-Control-Allow-Origin"] == "*"
    for path in (PAGE, FILE):
        tag = Client().get(path).headers["ETag"]
        assert Client().get(path, HTTP_IF_NONE_MATCH=tag).status_code == 304
        recovered(member, datetime.now(UTC).isoformat())
        assert Client().get(path, HTTP_IF_NONE_MATCH=tag).status_code == 200, "one more changes the tag"
    assert PAGE in Client().get("/en/about/").content.decode()
    assert FILE in Client().get("/en/open-data/").content.decode()


def test_before_the_first_one(world: World) -> None:
    assert "There has been none yet" in Client().get(PAGE).content.decode()
    assert Client().get(FILE).content == b"month,second_factors,passwords,all\n"


@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "kaa", "ru"])
def test_in_each_language(member: Account, language: str) -> None:
    assert "2026" in Client().get(f"/{language}/recoveries/").content.decode()


def test_no_worker_keeps_it() -> None:
    """It changes without the log, by whose size kept pages are known to hold: the application is asked each time."""
    asked: list[Any] = []
    sizes: Any = None
    cache = PageCache(lambda environ, _start: asked.append(environ) or [], sizes, languages=["en"])
    for path in (PAGE, FILE):
        cache({"REQUEST_METHOD": "GET", "PATH_INFO": path}, lambda *_: None)
    assert [one["PATH_INFO"] for one in asked] == [PAGE, FILE]
