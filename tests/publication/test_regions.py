"""Long lists of contests: the way to the first of each region, and what stands first on a narrow screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from esaylov.publication.pages import regions
from esaylov.publication.pages.common import Link
from esaylov.publication.pages.regions import MANY, jumps
from esaylov.publication.portal import paging
from tests.publication.conftest import Get

if TYPE_CHECKING:
    from tests.publication.ground import Site

HOME = "/en/elections/tiny/"


def test_links_lead_to_the_first_of_each_region() -> None:
    many = [("", "#country"), *((f"Region {n // 10}", f"#{n}") for n in range(MANY))]
    assert jumps(many) == (Link("Region 0", "#0"), Link("Region 1", "#10"))


@pytest.mark.parametrize(
    "items",
    [
        [],
        [("Region", f"#{n}") for n in range(MANY)],
        [("", f"#{n}") for n in range(MANY)],
        [(f"Region {n}", f"#{n}") for n in range(MANY - 1)],
    ],
    ids=["nothing", "one region", "no region", "a short list"],
)
def test_no_links_where_they_lead_nowhere(items: list[tuple[str, str]]) -> None:
    assert jumps(items) == ()


def test_contests_and_candidates_by_region(
    monkeypatch: pytest.MonkeyPatch, make_site: Callable[..., Site], get: Get
) -> None:
    make_site()
    assert "Go to a region" not in get(HOME + "contests/").text
    monkeypatch.setattr(regions, "MANY", 1)
    page = get(HOME + "contests/")
    assert [page.html.count(f'id="contest-{code}"') for code in ("d1", "d2")] == [1, 1]
    for code in ("d1", "d2"):
        assert f'<a href="#contest-{code}">' in page.html
        assert f'<a href="{HOME}candidates/#{code}">' in get(HOME + "candidates/").html


def test_a_link_to_candidates_names_their_page(
    monkeypatch: pytest.MonkeyPatch, make_site: Callable[..., Site], get: Get
) -> None:
    make_site()
    monkeypatch.setattr(regions, "MANY", 1)
    monkeypatch.setattr("esaylov.publication.portal.candidates.PER_PAGE", 2)
    html = get(HOME + "candidates/").html
    assert f'<a href="{HOME}candidates/#d1">' in html
    assert f'<a href="{HOME}candidates/2/#d2">' in html
    assert paging.PER_PAGE == 100


def test_who_leads_stands_before_how_much_is_counted(site: Site, get: Get) -> None:
    """On a phone the first three columns are seen at once."""
    heads = {
        HOME: ["Territory", "Most votes", "% of ballots"],
        HOME + "territories/uz/": ["Territory", "Most votes", "% of ballots"],
        HOME + "contests/": ["Contest", "Most votes", "% of ballots"],
        HOME + "candidates/": ["Candidate", "Result", "Votes"],
        HOME + "precincts/p1/": ["Contest", "Most votes", "% of ballots"],
    }
    for path, head in heads.items():
        found = [table[0][:3] for table in get(path).tables]
        assert head in found, path
    by_territory = get(HOME + "contests/list/").tables[-1][0]
    assert by_territory[:2] == ["Territory", "Green"]
    assert by_territory[-2:] == ["Took part", "Precincts counted"]
