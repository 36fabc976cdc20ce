"""A precinct's page: where it is, what it reported during the day, all its protocols with their main figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext

from esaylov.design import numbers
from esaylov.design.words import in_language, language
from esaylov.elections.queries import ContestRow
from esaylov.law.voters import voter_rules
from esaylov.polling.queries import reports_of
from esaylov.publication.pages.common import (
    Frame,
    Link,
    frame,
    name_of,
    precinct_commission_url,
    territory_url,
    way_down,
)
from esaylov.publication.pages.contests import common, tones
from esaylov.publication.pages.precincts import ProtocolLink, address_of, precinct_name, protocol_link
from esaylov.publication.reads import places
from esaylov.results.queries import PrecinctRow, Snapshot, StandingRow
from esaylov.voters.freezing.queries import Share, shares
from esaylov.voters.places.houses import rules_in_force
from esaylov.voters.places.words import MahallaRules, sentences

MAP = "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=17/{0}/{1}"


@dataclass(frozen=True, slots=True)
class ProtocolSummary:
    """What the standing protocol of a contest says in one line; figures are None where nothing is public."""

    link: ProtocolLink
    participants: int | None
    turnout: int | None
    votes: int | None
    invalid: int | None
    first: str
    first_votes: int | None
    first_share: int | None
    tone: int


@dataclass(frozen=True, slots=True)
class Report:
    """What the precinct reported: voters who had taken part until then, of those on its list before the day."""

    at: datetime
    later: bool
    voters: int
    share: int | None


@dataclass(frozen=True, slots=True)
class PrecinctPage:
    """Everything on a precinct's page. `map_url` is empty where the place is withheld or has no coordinates. `listed`: its frozen
    list and the supplement to it, None before the freeze; `added_share`: the supplement in hundredths of a per cent of the list.
    """

    frame: Frame
    code: str
    title: str
    lead: str
    address: str
    map_url: str
    voters: int
    listed: Share | None
    added_share: int | None
    places: tuple[Link, ...]
    commission: str
    houses: tuple[MahallaRules, ...]
    reports: tuple[Report, ...]
    protocols: tuple[ProtocolSummary, ...]


def precinct_page(at: Snapshot, row: PrecinctRow) -> PrecinctPage:
    """A precinct's page."""
    known = places(at.tables)
    place = known.by_id[row.territory]
    contests = [one for one in at.tables.contests.values() if at.tables.concerns(one, row.cell)]
    protocols = tuple(_summary(at, contest, row) for contest in contests)
    listed = next(
        iter(shares(at.election.id, voter_rules(at.tables.edition).supplement_alert, row.code, at.size)), None
    )
    constituency = known.by_id[row.constituency] if row.constituency is not None else None
    return PrecinctPage(
        frame=frame(at, *way_down(at, place), Link(precinct_name(row))),
        code=row.code,
        title=precinct_name(row),
        lead=_lead(protocols),
        address=address_of(row),
        map_url=_map(row),
        voters=row.voters,
        listed=listed,
        added_share=numbers.ratio(listed.added, listed.voters) if listed else None,
        places=tuple(
            Link(name_of(one), territory_url(at, one.code))
            for one in (place, constituency)
            if one is not None
        ),
        commission=precinct_commission_url(at, row.code),
        houses=_houses(at, row),
        reports=_reports(at, row),
        protocols=protocols,
    )


def _houses(at: Snapshot, row: PrecinctRow) -> tuple[MahallaRules, ...]:
    """Which houses belong to it, by the rules in force; none where its place is withheld."""
    if row.place_public is False:
        return ()
    return tuple(sentences(rules_in_force(at.election.id, precincts=[row.id])))


def _lead(protocols: tuple[ProtocolSummary, ...]) -> str:
    """How many protocols are public and counted."""
    values = {
        "public": sum(1 for one in protocols if one.participants is not None),
        "counted": sum(1 for one in protocols if one.link.counts),
        "all": len(protocols),
    }
    if not protocols:
        return gettext("Nothing is voted on in this precinct.")
    if not values["public"]:
        return gettext("No protocol of this precinct is public yet; %(all)d must come.") % values
    text = gettext("%(public)d of %(all)d protocols of this precinct are public, %(counted)d of them count.")
    first = next((one for one in protocols if one.turnout is not None and one.link.counts), None)
    if first is None:
        return text % values
    turnout = gettext("Turnout is %(turnout)s.") % {
        "turnout": numbers.percent(first.turnout or 0, language())
    }
    return f"{text % values} {turnout}"


def _summary(at: Snapshot, contest: ContestRow, row: PrecinctRow) -> ProtocolSummary:
    link, standing = protocol_link(at, row, contest), row.standing.get(contest.id)
    if standing is None or not standing.lines:
        return ProtocolSummary(link, None, None, None, None, "", None, None, 0)
    participants = common(at, "ballots_in_boxes", standing.lines)
    voters = common(at, "voters_on_list", standing.lines)
    first, votes, share, tone = _first(at, contest, standing)
    return ProtocolSummary(
        link, participants, numbers.ratio(participants, voters), sum(standing.votes),
        common(at, "invalid", standing.lines), first, votes, share, tone,
    )  # fmt: skip


def _first(
    at: Snapshot, contest: ContestRow, standing: StandingRow
) -> tuple[str, int | None, int | None, int]:
    """The option with most votes: name, votes, share of all ballots, tone. Equal ones are named together."""
    most = max(standing.votes, default=0)
    if not most:
        return "", None, None, 0
    leading = [option for option in contest.options if standing.votes[option.position] == most]
    shares = numbers.shares([*standing.votes, common(at, "invalid", standing.lines)])
    names = ", ".join(in_language(option.names, option.code) for option in leading)
    tone = tones(at, contest)(leading[0]) if len(leading) == 1 else 0
    return names, most, shares[leading[0].position], tone


def _reports(at: Snapshot, row: PrecinctRow) -> tuple[Report, ...]:
    return tuple(
        Report(local, local.date() > at.election.date, voters, numbers.ratio(voters, row.voters))
        for time, voters in reports_of(row.id, at.size)
        for local in [time.astimezone(at.zone)]
    )


def _map(row: PrecinctRow) -> str:
    """A plain link to the place on a map; empty where it is withheld, or where coordinates are missing."""
    try:
        latitude, longitude = Decimal(row.latitude), Decimal(row.longitude)
    except InvalidOperation:
        return ""
    if row.place_public is False or not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return ""
    return MAP.format(f"{latitude:f}", f"{longitude:f}")
