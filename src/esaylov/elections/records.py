"""An election as the database or a package holds it, in the records of `exchange`: what the published tables are written
from.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from esaylov.elections.models import Contest, Election, Option
from esaylov.exchange import records, tables
from esaylov.exchange.places import Places
from esaylov.registry.models import Precinct, Territory


@dataclass(frozen=True, slots=True)
class ElectionRecords:
    """The tables that the calling entry pins."""

    territories: tuple[records.Territory, ...]
    contests: tuple[records.Contest, ...]
    options: tuple[records.Option, ...]
    precincts: tuple[records.Precinct, ...]
    precinct_territories: tuple[tuple[str, str], ...]

    def places(self, lines: int) -> Places:
        """The roster, for an edition with so many lines."""
        return Places(
            lines=lines,
            territories=self.territories,
            contests=self.contests,
            options=self.options,
            precincts=self.precincts,
            precinct_territories=self.precinct_territories,
        )

    def pins(self) -> dict[str, dict[str, Any]]:
        """Rows and SHA-256 of every published table, as the calling entry has them; a table without rows is
        left out.
        """
        sheets = tables.called_sheets(
            self.territories, self.contests, self.options, self.precincts, self.precinct_territories
        )
        return {name: sheet.pin() for name, sheet in sheets.items()}

    def roster_pin(self, lines: int) -> dict[str, Any]:
        """Rows and SHA-256 of roster.csv."""
        return tables.roster_sheet(self.precincts, self.contests, self.places(lines).roster).pin()


def package_records(package: records.Package) -> ElectionRecords:
    """The same of a package, in the order in which they are published."""
    order = {precinct.id: i for i, precinct in enumerate(package.precincts)}
    return ElectionRecords(
        territories=package.territories,
        contests=package.contests,
        options=package.options,
        precincts=package.precincts,
        precinct_territories=tuple(sorted(package.precinct_territories, key=lambda pair: order[pair[0]])),
    )


def election_records(election: Election) -> ElectionRecords:
    """Territories, contests, options, precincts and their further territories, in the order of the package."""
    places = list(Territory.objects.filter(election=election.id).order_by("position"))
    codes = {place.id: place.code for place in places}
    contests = list(Contest.objects.filter(election=election).order_by("position"))
    precincts = list(Precinct.objects.filter(election=election.id).order_by("position"))
    return ElectionRecords(
        territories=tuple(_territory(place, codes) for place in places),
        contests=tuple(
            records.Contest(c.code, c.kind, codes[c.territory_id], c.seats, election.edition_id, c.titles)
            for c in contests
        ),
        options=_options(contests),
        precincts=tuple(_precinct(p, codes) for p in precincts),
        precinct_territories=tuple((p.code, codes[link]) for p in precincts for link in p.links),
    )


def _territory(place: Territory, codes: dict[int, str]) -> records.Territory:
    parent = codes[place.parent_id] if place.parent_id is not None else None
    return records.Territory(
        place.code, parent, place.kind, place.names, place.soato or None, place.timezone or None
    )


def _options(contests: list[Contest]) -> tuple[records.Option, ...]:
    order = {contest.id: contest for contest in contests}
    rows = Option.objects.filter(contest_id__in=list(order)).order_by("contest__position", "position")
    return tuple(
        records.Option(
            o.code, order[o.contest_id].code, o.kind, o.names, o.ballot_order, o.organisation or None, o.gender or None,
            date.fromisoformat(o.birth_date) if o.birth_date else None,
        )
        for o in rows
    )  # fmt: skip


def _precinct(p: Precinct, codes: dict[int, str]) -> records.Precinct:
    return records.Precinct(
        p.code, codes[p.territory_id], codes[p.constituency_id] if p.constituency_id is not None else None,
        p.number, p.voters, p.address or None, p.latitude or None, p.longitude or None,
        p.place_public if p.place_public is not None else True,
    )  # fmt: skip
