"""Every kind of page of the tiny election, from the site's own addresses: a page that is added is found here by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.urls import URLPattern

from esaylov.publication import urls

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
VALUES = {
    "election": "tiny",
    "contest": "list",
    "territory": "n",
    "precinct": "p1",
    "precinct_code": "p1",
    "commission": "pec:p1",
    "party": "green",
    "body": "cec",
    "number": "2",
    "page": "elections/tiny/",
    "chart": "seats",
    "kind": "svg",
}
"""What stands for a parameter of an address."""

DOWNLOADS = frozenset({"check-tool"})
"""Files to keep, which a browser does not open from here; their tests open them from the disk."""

OTHERS = {
    "single-member contest": "elections/tiny/contests/d2/",
    "referendum": "elections/tiny/contests/q/",
    "country": "elections/tiny/territories/uz/",
    "constituency": "elections/tiny/territories/c2/",
    "inconsistent protocol": "elections/tiny/protocols/p2/list/",
    "corrected protocol": "elections/tiny/protocols/p3/list/",
    "conflicting protocol": "elections/tiny/protocols/p4/list/",
    "awaited protocol": "elections/tiny/protocols/p5/q/",
    "found": "search/?q=p1",
    "nothing found": "search/?q=zzzz",
    "wrong code": "check/?code=123-4567",
    "404": "elections/none/",
}
"""Other states of the same pages."""


@dataclass(frozen=True, slots=True)
class PageType:
    """A kind of page: its name and its address below the language."""

    name: str
    path: str

    def in_language(self, language: str) -> str:
        """The address in a language."""
        return f"/{language}/{self.path}"


def page_types() -> Iterator[PageType]:
    """All of them; what is no HTML (pictures, feeds) too. An address with a parameter that has no value here is an error."""
    for pattern in urls.pages:
        assert isinstance(pattern, URLPattern), pattern
        route = str(pattern.pattern)
        unknown = set(PARAMETER.findall(route)) - set(VALUES)
        if (unknown and unknown <= {"code", "key", "record"}) or pattern.name in DOWNLOADS:
            # Entries and decisions are only known in a running election: OTHERS, and the tests of codes and proceedings.
            continue
        assert not unknown, f"{route}: tests/publication/pagetypes.py has no value for {unknown}"
        yield PageType(pattern.name or route, PARAMETER.sub(lambda found: VALUES[found[1]], route))
    for name, path in OTHERS.items():
        yield PageType(name, path)


def languages() -> list[str]:
    """Codes of the site's languages."""
    return [code for code, _ in settings.LANGUAGES]
