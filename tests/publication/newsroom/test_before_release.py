"""Before the release nothing of the newsroom's betrays a figure or a correction; afterwards it is all there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from esaylov.publication.newsroom import cards
from tests.exchange.packages import EDITION
from tests.publication.test_release import AFTERNOON, RELEASED, fill, names_a_figure

if TYPE_CHECKING:
    from tests.publication.ground import Site

ADDRESSES = [
    *(f"/open/elections/tiny/{path}.{kind}" for kind in ("json", "csv") for path in
      ("results", "contests/list", "contests/d1", "contests/q", "territories/uz", "territories/n", "turnout")),
    *(f"/en/elections/tiny/{path}" for path in
      ("feed.atom", "embed/seats/", "embed/map/", "embed/territories/uz/", "embed/territories/n/", "for-newsrooms/")),
    *(f"/en/{path}card.png" for path in
      ("", "elections/tiny/", "elections/tiny/contests/list/", "elections/tiny/territories/n/",
       "elections/tiny/protocols/p1/list/")),
    "/sitemap.xml",
    "/sitemaps/tiny/en/1.xml",
    "/sitemaps/tiny/en/2.xml",
]  # fmt: skip
MARKS = re.compile(
    # What grows with the log: its size, the time of its signing, the code of its last entry.
    r"\"cite\": {[^}]*}|\d{1,3}-\d{4}|[\w-]*T\d\d:\d\d:\d\d\+\d\d:\d\d|\d\d:\d\d:\d\d|[Tt]ree size \d+|\"tree_size\": \d+|data-size=\"\d+\"|,\d+,(?='time')"
)


@pytest.fixture
def early(make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr(cards, "_png", lambda picture: picture.encode())
    return make_site(edition=EDITION + '\n[release]\ntime = "20:00"\n', start=AFTERNOON)


def everything(client: Client) -> dict[str, str]:
    found = {}
    for path in ADDRESSES:
        answer = client.get(path)
        assert answer.status_code == 200, path
        headers = {
            name: value for name, value in answer.headers.items() if name not in ("ETag", "Content-Length")
        }
        found[path] = answer.content.decode() + repr(headers)
    return found


def correct_and_return(site: Site) -> None:
    """A sealed correction, and a return of a sealed protocol."""
    from esaylov.results.acts import ReturnProtocol

    site.sequence()
    site.act(ReturnProtocol, "cec", precinct="p2", contest="list", decision="77", at=AFTERNOON)
    site.correct("p3", "list", [500_000_101] * 7, [500_000_102] * 2, version=2, at=AFTERNOON)


def test_nothing_leaks_before_and_all_is_there_after(early: Site, client: Client) -> None:
    from esaylov.elections.queries import set_clock

    before = everything(client)
    used = [*fill(early), 500_000_101, 500_000_102]
    early.move_on()
    after = everything(client)
    for path, text in after.items():
        assert names_a_figure(text, used) == set(), path
        if path.endswith(".json"):
            assert '"participants": 0' in text or "turnout" in path or '"received": 0' in text, path
        if not path.endswith(".csv"):
            assert MARKS.sub("", text) == MARKS.sub("", before[path]), path
    set_clock("tiny", RELEASED)
    early.move_on()
    shown = everything(client)
    results = "/open/elections/tiny/contests/list.json"
    assert '"received": 0' in after[results]
    assert '"received": 5' in shown[results]
    assert shown["/en/elections/tiny/feed.atom"] == before["/en/elections/tiny/feed.atom"], (
        "nothing was corrected"
    )


def test_feed_tells_of_sealed_corrections_only_after_the_release(early: Site, client: Client) -> None:
    from esaylov.elections.queries import set_clock

    fill(early)
    early.sequence()
    correct_and_return(early)
    early.move_on()
    feed = "/en/elections/tiny/feed.atom"
    assert "<entry>" not in client.get(feed).content.decode()
    set_clock("tiny", RELEASED)
    early.move_on()
    text = client.get(feed).content.decode()
    assert "Protocol corrected: precinct 3" in text
    assert "Protocol returned for correction: precinct 2" in text
