"""What stands in every file: which election, whether it is simulated, for which tree the figures hold, how to cite."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, override

from esaylov.design import numbers
from esaylov.design.words import in_language, language, time_text
from esaylov.publication.codes.codes import check_url, code_at
from esaylov.publication.installation import Licence, installation
from esaylov.publication.newsroom.languages import in_all, names
from esaylov.publication.origin import origin
from esaylov.publication.tables import Cell
from esaylov.results.queries import Snapshot


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures come from. `page` is the address of the election with `{language}` in the language's place."""

    election: str
    titles: dict[str, str]
    date: str
    timezone: str
    simulated: bool
    pilot: bool
    replay: bool
    size: int
    signed_at: str | None
    code: str
    check: str
    page: str
    licence: Licence | None
    cite: dict[str, str]

    def document(self) -> dict[str, Any]:
        """The member `about` of a JSON file."""
        return {
            "election": self.election,
            "titles": self.titles,
            "date": self.date,
            "timezone": self.timezone,
            "simulated": self.simulated,
            "pilot": self.pilot,
            "replay": self.replay,
            "tree_size": self.size,
            "signed_at": self.signed_at,
            "code": self.code,
            "check": self.check,
            "page": self.page,
            "licence": {"id": self.licence.code, "url": self.licence.url} if self.licence else None,
            "cite": self.cite,
        }

    def cells(self) -> dict[str, Cell]:
        """The last columns of a CSV file."""
        return {
            "election": self.election,
            "simulated": self.simulated,
            "replay": self.replay,
            "tree_size": self.size,
            "signed_at": self.signed_at,
            "code": self.code,
            "licence": self.licence.code if self.licence else None,
            "cite": self.cite["en"],
        }


def source(request: HttpRequest, at: Snapshot) -> Source:
    """The source of all figures of a snapshot."""
    election = at.election
    code = code_at(at)
    signed = at.head.signed_at.astimezone(at.zone) if at.head else None
    return Source(
        election=election.id,
        titles=names(election.titles, election.id),
        date=election.date.isoformat(),
        timezone=election.timezone,
        simulated=election.simulated,
        pilot=election.pilot,
        replay=election.replay,
        size=at.size,
        signed_at=signed.isoformat(timespec="seconds") if signed else None,
        code=code,
        check=origin(request) + check_url(code),
        page=page_template(request, "election", election.id),
        licence=installation().licence,
        cite=in_all(lambda: cite(request, at)),
    )


def cite(request: HttpRequest, at: Snapshot) -> str:
    """How to cite the figures of a snapshot, in the language of the moment."""
    election = at.election
    values = {
        "title": in_language(election.titles, election.id),
        "size": numbers.whole(at.size, language()),
        "time": time_text(at.head.signed_at.astimezone(at.zone), seconds=True) if at.head else "–",
        "url": origin(request) + reverse("election", args=[election.id]),
    }
    if election.simulated:
        return (
            gettext("%(title)s (simulated), esaylov, tree size %(size)s, signed %(time)s, %(url)s") % values
        )
    return gettext("%(title)s, esaylov, tree size %(size)s, signed %(time)s, %(url)s") % values


def page_template(request: HttpRequest, name: str, *ids: str) -> str:
    """The address of a page with `{language}` in the place of its language (a URI template, RFC 6570)."""
    with override("en"):
        path = reverse(name, args=ids)
    return origin(request) + "/{language}/" + path.removeprefix("/en/")


def file_url(request: HttpRequest, name: str, *ids: str, kind: str = "json") -> str:
    """The address of an open data file."""
    return origin(request) + reverse(f"open-{name}-{kind}", args=ids)


def local(at: Snapshot, time: datetime) -> str:
    """A time in the election's zone, as it stands in files."""
    return time.astimezone(at.zone).isoformat(timespec="seconds")
