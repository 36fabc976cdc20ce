"""Long lists in pages with addresses of their own (the page cache keeps pages by path, so a query names none)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from esaylov.publication.pages.common import Link
from esaylov.results.queries import Part

PER_PAGE = 100
NUMBER = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
NEAR = 2


@dataclass(frozen=True, slots=True)
class Pager:
    """Where a page of a list stands: its number of how many pages, its items of how many, the way to the others.
    A link without a text is a gap, one without an address the page itself.
    """

    number: int
    pages: int
    first: int
    last: int
    total: int
    before: str
    after: str
    links: tuple[Link, ...]


def page_number(text: str) -> int | None:
    """The number of a page as its address writes it: a whole number from 1 without leading zeros; else None."""
    return int(text) if NUMBER.fullmatch(text) else None


def part_of(number: int) -> Part:
    """The part of a list that a page shows."""
    return Part(PER_PAGE, (number - 1) * PER_PAGE)


def pager(number: int, total: int, address: Callable[[int], str]) -> Pager | None:
    """The way through a list of `total` items; `address` gives the address of a page by number. None when there is
    no such page (the first one is there even when the list is empty).
    """
    pages = max(1, -(-total // PER_PAGE))
    if number > pages:
        return None
    links: list[Link] = []
    for one in range(1, pages + 1):
        if one in (1, pages) or abs(one - number) <= NEAR:
            links.append(Link(str(one), "" if one == number else address(one)))
        elif links[-1].text:
            links.append(Link(""))
    return Pager(
        number=number,
        pages=pages,
        first=min(total, (number - 1) * PER_PAGE + 1),
        last=min(total, number * PER_PAGE),
        total=total,
        before=address(number - 1) if number > 1 else "",
        after=address(number + 1) if number < pages else "",
        links=tuple(links),
    )
