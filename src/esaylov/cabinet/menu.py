"""The navigation of the cabinet: each stage registers its pages, the shell shows those that the desk may open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from esaylov.cabinet.desk import Desk


@dataclass(frozen=True, slots=True)
class Item:
    """A page of the navigation. `title` is a lazy text, `url_name` takes no argument; `may` says for whom it is."""

    code: str
    title: Any
    url_name: str
    may: Callable[[Desk], bool]
    order: int = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as a page shows it."""

    code: str
    title: str
    url: str
    current: bool


HOME = "home"
"""Every address lies below the home page's; it is current on its own page only."""

_items: dict[str, Item] = {}


def register(item: Item) -> None:
    """Adds a page to the navigation. Raises ValueError when another one has its code."""
    known = _items.get(item.code)
    if known is not None and known.url_name != item.url_name:
        raise ValueError(f"two items of the menu have the code {item.code}")
    _items[item.code] = item


def items() -> tuple[Item, ...]:
    """All items in their order."""
    return tuple(sorted(_items.values(), key=lambda item: (item.order, item.code)))


def entries(desk: Desk | None, path: str) -> list[Entry]:
    """What a desk may open; the one in which the page at `path` stands is marked."""
    if desk is None:
        return []
    found = [(item, reverse(item.url_name)) for item in items() if item.may(desk)]
    below = [url for item, url in found if path == url or (item.code != HOME and path.startswith(url))]
    current = max(below, key=len, default=None)
    return [Entry(item.code, str(item.title), url, url == current) for item, url in found]
