"""Maps of territories, where an operator has loaded boundaries of theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext

from esaylov.publication.charts import Chart, District, Source, territories_map
from esaylov.publication.geography.boundaries import boundaries_of
from esaylov.publication.pages.contests import Row
from esaylov.publication.pages.districts import District as Constituency
from esaylov.publication.pages.lines import PlaceLine
from esaylov.publication.pages.pictures import district, on_map
from esaylov.publication.reads import Place, places
from esaylov.results.queries import Snapshot

FEWEST = 2


def territories_chart(
    at: Snapshot, where: Source, below: Sequence[Place], lines: Sequence[PlaceLine], lists: Sequence[Row]
) -> Mapping[str, Chart]:
    """The map `regions` of the territories below one, by the contest of their lines; empty where fewer than two of them
    have a boundary, or the contest is not voted on in all of them. Constituencies cut across the rest and have a map of
    their own.
    """
    kinds = {place.code: place.kind for place in below if place.kind != "constituency"}
    boundaries = boundaries_of(at.election.id, *sorted(set(kinds.values())))
    here = [line for line in lines if line.code in kinds]
    if boundaries is None or any(line.figures is None for line in here):
        return {}
    if sum(1 for line in here if line.code in boundaries.geometries) < FEWEST:
        return {}
    named = [(row.name, row.tone) for row in lists if row.tone]
    found = [place_of(line) for line in here]
    return {
        "regions": territories_map(
            where, found, boundaries, lists=named, title=gettext("Territories on a map")
        )
    }


def constituencies_chart(
    at: Snapshot, where: Source, districts: Sequence[Constituency], lists: Sequence[Row]
) -> Mapping[str, Chart]:
    """The map `geography` of single-member districts, an alternative to equal hexagons: empty where not all of them have a
    boundary.
    """
    boundaries = boundaries_of(at.election.id, "constituency")
    if boundaries is None or len(districts) < FEWEST:
        return {}
    known = places(at.tables).by_id
    codes = {one.code: known[at.tables.contests[one.code].territory].code for one in districts}
    if any(code not in boundaries.geometries for code in codes.values()):
        return {}
    found = [
        replace(district(number, one), code=codes[one.code]) for number, one in enumerate(districts, start=1)
    ]
    named = [(row.name, row.tone) for row in lists if row.tone]
    title = gettext("Districts by area")
    return {
        "geography": territories_map(where, found, boundaries, name="geography", lists=named, title=title)
    }


def place_of(line: PlaceLine) -> District:
    """A line of the table as a place of the map."""
    assert line.figures is not None
    return on_map(line.figures, code=line.code, name=line.name, label=line.name, url=line.url)
