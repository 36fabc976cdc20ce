"""Reads pages as a reader does: text without tags, tables as rows, links."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

from esaylov.design.numbers import THIN_SPACE


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag in ("a", "link") and named.get("href"):
            self.links.append(named["href"] or "")
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self.cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self.cell is not None:
            self.tables[-1][-1].append(" ".join(" ".join(self.cell).split()))
            self.cell = None

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.cell is not None:
            self.cell.append(data)


ENTRANCE = re.compile(r"/[a-z-]+/(cabinet|account)/")


class Page:
    """A page taken apart. Thin spaces are taken out of its numbers. `links` are those for the public: pages for
    participants stand beside.
    """

    def __init__(self, html: str, address: str = "/") -> None:
        parsed = _Page()
        parsed.feed(html.replace(THIN_SPACE, ""))
        self.html = html
        self.text = re.sub(r"\s+", " ", " ".join(parsed.words))
        self.tables = parsed.tables
        links = (urljoin(address, link) for link in parsed.links)
        self.links = [link for link in links if not ENTRANCE.match(link)]

    def row(self, first: str) -> list[str]:
        """The first row of any table that begins with a text."""
        return next(row for table in self.tables for row in table if row and row[0] == first)

    def lacks(self, *texts: str) -> list[str]:
        """Those of some texts that the page does not say."""
        return [text for text in texts if text not in self.text]
