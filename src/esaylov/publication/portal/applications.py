"""Applications to the commissions of an election in numbers: sums by kind and tier, which tell of no one application."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from esaylov.elections.queries import minutes
from esaylov.proceedings.kinds import kind_of
from esaylov.proceedings.tallies import Tally, tallies
from esaylov.publication.pages.common import Frame, Link, frame
from esaylov.registry.words import tier_name
from esaylov.results.queries import Snapshot


@dataclass(frozen=True, slots=True)
class Line:
    """Applications of a kind before commissions of a tier, in words."""

    kind: str
    tier: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class ApplicationsPage:
    """The page."""

    frame: Frame
    lines: tuple[Line, ...]

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        return gettext("How many applications the commissions received, and how many they answered.")


def applications_page(at: Snapshot) -> ApplicationsPage:
    """Applications in an election, as of the minute."""
    found = tallies(at.size, at.election.id, minutes()[at.election.id])
    return ApplicationsPage(
        frame=frame(at, Link(gettext("Applications"))),
        lines=tuple(Line(_title(row.kind), str(tier_name(row.tier)), row) for row in found),
    )


def _title(code: str) -> str:
    kind = kind_of(code)
    return str(kind.title) if kind else code
