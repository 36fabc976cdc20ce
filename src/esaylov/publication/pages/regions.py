"""Contests of parts of a country by the region that they are voted on in: what they are called there, and the way to the
first of each region in a long list.
"""

from __future__ import annotations

from collections.abc import Iterable

from esaylov.design.words import in_language
from esaylov.elections.queries import ContestRow
from esaylov.publication.pages.common import Link, name_of
from esaylov.publication.pages.contests import title_of
from esaylov.publication.reads import places
from esaylov.results.queries import Snapshot

MANY = 20
"""From this many items on a list has links into it."""


def region_of(at: Snapshot, contest: ContestRow) -> str:
    """The name of the region that a contest is voted on in; empty where it is the country, or spans several."""
    known = places(at.tables)
    region = known.region(known.by_id[contest.territory])
    return "" if region.parent is None else name_of(region)


def short_name(at: Snapshot, contest: ContestRow) -> str:
    """A contest under the heading of its kind: that of a district is called as the district is."""
    title = title_of(contest)
    if contest.kind != "single-member":
        return title
    return in_language(places(at.tables).by_id[contest.territory].names, title)


def jumps(items: Iterable[tuple[str, str]]) -> tuple[Link, ...]:
    """Links to the first item of each region in the order in which they come, from the region and address of each; none
    into a short list, or where all is in one region.
    """
    listed = list(items)
    first: dict[str, str] = {}
    for region, url in listed:
        if region:
            first.setdefault(region, url)
    if len(listed) < MANY or len(first) < 2:
        return ()
    return tuple(Link(region, url) for region, url in first.items())
