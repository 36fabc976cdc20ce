"""Whose proceedings a page shows: an election's at a size of the log, or the Central Commission's outside of elections."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from esaylov.acts.context import STANDING, STANDING_ZONE, UnknownElection
from esaylov.acts.identity import identity
from esaylov.exchange.documents.parts import Mode
from esaylov.proceedings import papers
from esaylov.publication.etags import site_tag
from esaylov.publication.pages.common import Frame, Link, frame
from esaylov.publication.portal.bodies import body_names
from esaylov.publication.views import _answer, unavailable
from esaylov.results.queries import Snapshot, fetched, reading, snapshot

SIZE = "SELECT COALESCE(max(size), 0) FROM acts_checkpoint"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which register: of an election at a size, or of the Central Commission outside of elections (`at` None)."""

    at: Snapshot | None
    size: int
    simulated: bool
    replay: bool

    @property
    def election(self) -> str:
        """The election's id, empty outside of elections."""
        return self.at.election.id if self.at else STANDING

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are told."""
        return self.at.zone if self.at else STANDING_ZONE

    @property
    def arguments(self) -> list[str]:
        """What addresses of the register begin with."""
        return [self.at.election.id] if self.at else []

    def url(self, name: str, *more: Any) -> str:
        """The address of a page of this register: `decisions`, `decision`, `decision-paper`, `decisions-find`."""
        return reverse(name if self.at else f"standing-{name}", args=[*self.arguments, *more])

    def frame(self, *crumbs: Link) -> Frame | None:
        """What stands around pages of an election."""
        return frame(self.at, *crumbs) if self.at else None

    def names(self, codes: set[str]) -> Callable[[str], str]:
        """What names bodies by code."""
        return body_names(self.at, codes) if self.at else lambda _code: gettext("Central Election Commission")

    @property
    def base(self) -> str:
        """The template that stands around."""
        return "publication/election.html" if self.at else "publication/portal/_standing.html"


def mode_of(scope: Scope) -> Mode:
    """What papers of a register say of themselves."""
    pilot = scope.at is not None and scope.at.election.pilot
    return papers.mode_of(simulated=scope.simulated, pilot=pilot, replay=scope.replay)


def scope_of(at: Snapshot) -> Scope:
    """The register of an election."""
    return Scope(at, at.size, at.election.simulated, at.election.replay)


@contextmanager
def scope_at(election: str | None) -> Iterator[Scope]:
    """The register of an election, or with None that outside of elections. Raises UnknownElection."""
    if election is not None:
        if "\0" in election:
            raise UnknownElection(election)
        with snapshot(election) as at:
            yield scope_of(at)
        return
    with reading():
        ((size,),) = fetched(SIZE)
        known = identity()
        yield Scope(None, size, bool(known and known.simulated), bool(known and known.replay))


def standing_page(request: HttpRequest, show: Callable[[Scope], tuple[str, object]]) -> HttpResponse:
    """A page of what the Central Commission does outside of elections; 503 without a database."""
    try:
        with scope_at(None) as scope:
            return _answer(request, site_tag({STANDING: scope.size}), lambda: show(scope))
    except (OperationalError, InterfaceError):
        return unavailable(request)
