"""All territories of an election as a tree."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from esaylov.publication.pages.common import Frame, Link, frame, name_of, territory_kinds, territory_url
from esaylov.publication.portal.bars import whole
from esaylov.publication.reads import Place, Places, places
from esaylov.results.queries import Snapshot


@dataclass(frozen=True, slots=True)
class Branch:
    """A territory with the number of its precincts and voters, and the territories directly below it."""

    name: str
    url: str
    precincts: int
    voters: int
    below_title: str
    below: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """The territories of one kind that stand directly below the country."""

    title: str
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class TerritoriesPage:
    """The tree, two levels deep: what lies deeper stands on the territory's own page."""

    frame: Frame
    country: Branch
    kinds: tuple[Kind, ...]

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        return gettext("%(precincts)s precincts, %(voters)s voters on their lists before election day.") % {
            "precincts": whole(self.country.precincts),
            "voters": whole(self.country.voters),
        }


DEPTH = 2


def territories_page(at: Snapshot) -> TerritoriesPage:
    """All territories."""
    tree = places(at.tables)
    country = tree.by_id[at.tables.country]
    kinds: dict[str, list[Branch]] = {}
    for place in tree.below(country.id):
        kinds.setdefault(territory_kinds(place.kind), []).append(_branch(at, tree, place, DEPTH))
    return TerritoriesPage(
        frame=frame(at, Link(gettext("Territories"))),
        country=_branch(at, tree, country, 0),
        kinds=tuple(Kind(title, tuple(branches)) for title, branches in kinds.items()),
    )


def _branch(at: Snapshot, tree: Places, place: Place, depth: int) -> Branch:
    below = tree.below(place.id) if depth > 1 else []
    return Branch(
        name=name_of(place),
        url=territory_url(at, place.code),
        precincts=tree.precincts[place.id],
        voters=tree.voters[place.id],
        below_title=territory_kinds(below[0].kind) if below else "",
        below=tuple(_branch(at, tree, one, depth - 1) for one in below),
    )
