"""Before the release no public page, header, tag or file betrays a figure; afterwards all are there."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client

from tests.exchange.packages import EDITION, VOTES
from tests.publication.conftest import Get

if TYPE_CHECKING:
    from tests.publication.ground import Site

AFTERNOON = datetime.fromisoformat("2026-10-25T17:00:00+05:00")
RELEASED = datetime.fromisoformat("2026-10-25T20:00:00+05:00")
# Nine digits: a figure does not occur in a hash by chance.
FIRST = 500_000_003
MARKS = re.compile("[,\u202f\u00a0 ]")
SIZE_AND_TIME = re.compile(
    r"tree size\s+[\d,]+.*?</(?:p|text)>|<pre.*?</pre>|data-(?:chart-)?size=\"\d+\"|as of [^<(]*\(Tashkent\)|[?&]size=\d+"
    r"|[.]p/\d+|\"version\":\"\d+\"|(?:check[: /]+|check-)\d+-\d{4}",
    re.DOTALL | re.IGNORECASE,
)
"""What follows from the size alone: itself, the time of its signing and of its last act, the code of its last entry."""


@pytest.fixture
def early(make_site: Callable[..., Site]) -> Site:
    return make_site(edition=EDITION + '\n[release]\ntime = "20:00"\n', start=AFTERNOON)


def figures() -> Iterator[int]:
    """Figures that are like no other number."""
    number = FIRST
    while True:
        yield number
        number += 7


def fill(site: Site) -> list[int]:
    """Every precinct submits, one of them with sums that do not hold, one twice; returns all figures."""
    numbers, used = figures(), []
    for precinct, contests in VOTES.items():
        for contest, votes in contests.items():
            cast = [next(numbers) for _ in votes]
            invalid = next(numbers)
            # Sums of such figures would be like no other number either, but not known here: nothing need hold.
            lines = [next(numbers) for _ in range(6)]
            site.submit(precinct, contest, [*lines, invalid], cast, at=AFTERNOON)
            used += [*cast, *lines, invalid]
    again = [next(numbers) for _ in range(9)]
    site.submit("p1", "list", again[:7], again[7:], at=AFTERNOON)
    return used + again


def crawl(client: Client) -> dict[str, tuple[dict[str, str], str]]:
    """Headers and body of every page in every language."""
    from tests.publication.reader import Page

    found: dict[str, tuple[dict[str, str], str]] = {}
    waiting = [f"/{code}/" for code, _ in settings.LANGUAGES]
    while waiting:
        path = waiting.pop()
        if path in found or not re.match(r"/(uz|ru|en)/", path) or path.endswith(".png"):  # their SVG is read
            continue
        answer = client.get(path)
        body = answer.content.decode(errors="replace")
        found[path] = (dict(answer.headers), body)
        waiting += [link.partition("#")[0] for link in Page(body, path).links]
    return found


def files(client: Client) -> dict[str, bytes]:
    """Every published file and every file of the log, as the site serves it."""
    data = Path(settings.ESAYLOV_DATA)
    current = data / "public" / "current"
    paths = [path.relative_to(current).as_posix() for path in current.rglob("*") if path.is_file()]
    paths += [path.relative_to(data).as_posix() for path in (data / "log").rglob("*") if path.is_file()]
    found = {}
    for path in paths:
        answer = client.get(f"/{path}")
        assert answer.status_code == 200, path
        body = b"".join(answer.streaming_content)
        found[path] = gzip.decompress(body) if path.endswith(".gz") else body
        found[path] += repr(dict(answer.headers)).encode()
    return found


def names_a_figure(text: str, used: list[int]) -> set[int]:
    bare = MARKS.sub("", text)
    return {figure for figure in used if str(figure) in bare}


def test_submitting_changes_nothing_but_the_size(early: Site, client: Client) -> None:
    before = crawl(client)
    assert len(before) > 3 * 25
    used = fill(early)
    early.move_on()
    after = crawl(client)
    assert after.keys() == before.keys()
    for path, (headers, body) in after.items():
        if path.endswith("/voter/"):  # its question against robots is another one each time
            assert names_a_figure(body, used) == set(), path
            continue
        old_headers, old_body = before[path]
        grown = headers.pop("ETag", path) != old_headers.pop("ETag", "")
        assert grown or path.endswith("/recoveries/"), "the log has grown; recoveries stand outside of it"
        named = {"Content-Length": "", "Content-Disposition": ""}
        assert {**headers, **named} == {**old_headers, **named}, path
        assert names_a_figure(body + repr(headers), used) == set(), path
        if path.startswith("/en/") and headers["Content-Type"].startswith("text/html"):
            assert SIZE_AND_TIME.sub("", body) == SIZE_AND_TIME.sub("", old_body), path


def test_before_the_release_pages_say_when_it_is(early: Site, get: Get) -> None:
    fill(early)
    early.move_on()
    for path in ("", "elections/tiny/", "elections/tiny/contests/list/", "elections/tiny/protocols/p1/list/"):
        assert "No result is public before 25 October 2026, 20:00 (Tashkent)." in get(f"/en/{path}").text, (
            path
        )
    assert (
        "Natijalar mana shu vaqtdan oldin eʼlon qilinmaydi: 2026-yil 25-oktabr, 20:00 (Toshkent)."
        in get("/uz/").text
    )


def test_files_hold_no_figure_before_and_all_of_them_after(early: Site, client: Client) -> None:
    from esaylov.elections.queries import set_clock
    from esaylov.publication.publisher import publish_site

    used = fill(early)
    early.move_on()
    publish_site()
    served = files(client)
    assert {"manifest.json", "verify.py", "log/checkpoint", "data/tiny/roster.csv"} <= served.keys()
    for path, body in served.items():
        assert not [figure for figure in used if str(figure).encode() in body], path
        assert not [figure for figure in used if figure.to_bytes(4, "little") in body], path
    set_clock("tiny", RELEASED)
    early.move_on()
    publish_site()
    text = b"".join(files(client).values())
    assert [figure for figure in used if str(figure).encode() not in text] == []


def test_after_the_release_the_pages_show_them(early: Site, get: Get) -> None:
    from esaylov.elections.queries import set_clock

    used = fill(early)
    early.move_on()
    set_clock("tiny", RELEASED)
    early.move_on()
    page = get("/en/elections/tiny/protocols/p1/list/")
    assert names_a_figure(page.html, used) >= set(used[:9])
    assert names_a_figure(page.html, used) >= set(used[-9:]), "the conflicting one stands beside it"
    assert "It was sealed until the release" in page.text
    assert "Inclusion proof" in page.text
