"""The precincts of an election package, and the districts of SOATO that they lie in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from esaylov.exchange.descriptor import read_descriptor
from esaylov.exchange.problems import PackageError, Report
from esaylov.exchange.reading import Folder, read_precincts, read_territories
from esaylov.exchange.records import Territory
from esaylov.synthetic.places import PlacesError
from esaylov.synthetic.rules import Precinct


@dataclass(frozen=True, slots=True)
class Precincts:
    """Precincts by SOATO of their district, in the package's order; how many have voters of their own lists; the day."""

    day: date
    districts: dict[str, list[Precinct]]
    left_out: int


def package_precincts(package: Path, known: set[str]) -> Precincts:
    """Reads descriptor, territories and precincts of a package.

    A precinct that lies in none of the known districts (abroad) or whose place is withheld (`public` false: military units,
    hospitals, detention) has voters by its own lists and is left out. Raises PackageError, and PlacesError when none is left.
    """
    report = Report()
    descriptor = read_descriptor(package, report)
    if descriptor is None:
        raise PackageError(report.kept)
    folder = Folder(package, descriptor, report)
    territories = read_territories(folder)
    precincts = read_precincts(folder, territories)
    if report.errors:
        raise PackageError([problem for problem in report.kept if problem.severity == "error"])
    by_id = {one.id: one for one in territories}
    found: dict[str, list[Precinct]] = defaultdict(list)
    for one in precincts:
        soato = _district(by_id, one.territory, known)
        if soato and one.public and one.voters:
            found[soato].append(Precinct(one.id, soato, one.voters))
    if not found:
        raise PlacesError("the package has no precinct in a district of Uzbekistan with a SOATO code")
    return Precincts(descriptor.date, dict(found), len(precincts) - sum(map(len, found.values())))


def _district(territories: dict[str, Territory], place: str, known: set[str]) -> str | None:
    """The district that a territory is or lies in."""
    seen: str | None = place
    while seen is not None:
        one = territories[seen]
        if one.soato in known:
            return one.soato
        seen = one.parent
    return None
