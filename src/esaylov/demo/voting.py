"""How the simulated country votes: precincts, turnout by the hour, and the votes, as whole numbers with
exact sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import fsum

from esaylov.demo import land, official
from esaylov.demo.chance import Chance, apportion, at_odds, rounded, table

SMALLEST, LARGEST = 20, 3_000
HOURS = ("11:00", "13:00", "15:00", "17:00")
_CITY_SIZE, _CITY_TURNOUT = 1.8, 0.80


@dataclass(slots=True, eq=False)
class Station:
    """A precinct while its figures are made; `odds` are those of taking part, `leaning` the strength of
    each party."""

    id: str
    number: int
    region: str
    district: str
    constituency: land.Constituency | None = None
    mission: land.Mission | None = None
    city: bool = False
    closed: bool = False
    annulled: bool = False
    voters: int = 0
    took_part: int = 0
    by_hour: dict[str, int] = field(default_factory=dict)
    early: int = 0
    odds: float = 1.0
    leaning: list[float] = field(default_factory=list)
    list_invalid: int = 0
    list_votes: list[int] = field(default_factory=list)
    direct_took_part: int = 0
    direct_invalid: int = 0
    direct_votes: list[int] = field(default_factory=list)


def stations(seed: int) -> list[Station]:
    """Every precinct with all its figures, in the order of the districts, those abroad last.

    Exactly one inside the country is `annulled`: its voters are among those of the country, what it counted
    is beside the official totals.
    """
    inside = _settled(seed)
    abroad = _abroad(seed)
    _voters(seed, inside)
    _voters_abroad(seed, abroad)
    _choose_annulled(seed, inside)
    _turnout(seed, inside, abroad)
    _hours(seed, inside)
    _early(seed, inside, abroad)
    _list_contest(seed, inside, abroad)
    _direct_contests(seed, inside)
    return inside + abroad


def _settled(seed: int) -> list[Station]:
    """Precincts inside the country: as many for a district as its mahallas make likely."""
    chance = Chance(seed, "precincts")
    districts = land.districts()
    counts = apportion(
        [float(district.mahallas) for district in districts], official.PRECINCTS - official.PRECINCTS_ABROAD
    )
    found: list[Station] = []
    numbers: dict[str, int] = defaultdict(int)
    for district, count in zip(districts, counts, strict=True):
        for constituency in _constituencies_of(district.soato, count):
            number = numbers[district.region] = numbers[district.region] + 1
            found.append(
                Station(
                    f"{district.region}-{number:04d}",
                    number,
                    district.region,
                    district.soato,
                    constituency,
                    city=district.kind == "city" or district.region == "1726",
                    closed=chance.unit() < 0.021,
                )
            )
    return found


def _constituencies_of(soato: str, count: int) -> Iterable[land.Constituency]:
    holders = [one for one in land.constituencies() if soato in one.parts]
    shares = apportion([float(one.parts[soato]) for one in holders], count)
    return [one for one, share in zip(holders, shares, strict=True) for _ in range(share)]


def _abroad(seed: int) -> list[Station]:
    chance = Chance(seed, "abroad")
    found = []
    for number, mission in enumerate(land.missions(), start=1):
        one = Station(f"abroad-{number:02d}", number, land.ABROAD, land.ABROAD, mission=mission)
        one.odds = chance.factor(0.4)
        found.append(one)
    return found


def region_voters() -> list[int]:
    """Voters of every region of REGIONS: like its inhabitants, tilted so that the published turnout of the
    regions gives that of the country."""
    regions = official.REGIONS
    people = [float(region.inhabitants) for region in regions]
    turnout = [float(region.turnout_17) for region in regions]
    total = fsum(people)
    mean = fsum(p * t for p, t in zip(people, turnout, strict=True)) / total
    variance = fsum(p * (t - mean) * (t - mean) for p, t in zip(people, turnout, strict=True)) / total
    wanted = official.TURNOUT["17:00"] * 10_000.0 / official.VOTERS_INSIDE
    tilt = (wanted - mean) / variance
    weights = [p * (1.0 + tilt * (t - mean)) for p, t in zip(people, turnout, strict=True)]
    return apportion(weights, official.VOTERS_INSIDE)


def region_turnout() -> list[int]:
    """Voters of every region of REGIONS who had taken part at 17:00: the published percentages, the
    published sum."""
    voters = region_voters()
    exact = [
        count * region.turnout_17 / 10_000.0 for count, region in zip(voters, official.REGIONS, strict=True)
    ]
    return rounded(exact, official.TURNOUT["17:00"], voters)


def _by_region(stations: Sequence[Station]) -> list[list[Station]]:
    groups: dict[str, list[Station]] = defaultdict(list)
    for one in stations:
        groups[one.region].append(one)
    return [groups[region.soato] for region in official.REGIONS]


def _effects(chance: Chance, stations: Sequence[Station], spread: float) -> dict[str, float]:
    """One factor for every district."""
    return {district: chance.factor(spread) for district in dict.fromkeys(one.district for one in stations)}


def _voters(seed: int, inside: Sequence[Station]) -> None:
    chance = Chance(seed, "voters")
    district = _effects(chance, inside, 0.12)
    for group, total in zip(_by_region(inside), region_voters(), strict=True):
        odds = []
        for one in group:
            small = 0.02 + 0.08 * chance.unit() if one.closed else 1.0
            city = _CITY_SIZE if one.city else 1.0
            odds.append(small * city * district[one.district] * chance.factor(0.55))
        room = [LARGEST - SMALLEST] * len(group)
        for one, above in zip(group, at_odds(room, odds, total - SMALLEST * len(group)), strict=True):
            one.voters = SMALLEST + above


def _voters_abroad(seed: int, abroad: Sequence[Station]) -> None:
    chance = Chance(seed, "voters abroad")
    odds = [chance.factor(0.55) * chance.factor(0.55) for _ in abroad]
    room = [LARGEST - SMALLEST] * len(abroad)
    above = at_odds(room, odds, official.VOTERS_ABROAD - SMALLEST * len(abroad))
    for one, count in zip(abroad, above, strict=True):
        one.voters = SMALLEST + count


def _choose_annulled(seed: int, inside: Sequence[Station]) -> None:
    fit = [one for one in inside if not one.closed and 900 <= one.voters <= 1_800]
    Chance(seed, "annulled").pick(fit).annulled = True


def _turnout(seed: int, inside: Sequence[Station], abroad: Sequence[Station]) -> None:
    """Final turnout: a region's is that of 17:00 times one factor for the country."""
    chance = Chance(seed, "turnout")
    district = _effects(chance, inside, 0.20)
    for one in inside:
        kind = 9.0 if one.closed else _CITY_TURNOUT if one.city else 1.0
        one.odds = kind * district[one.district] * chance.factor(0.45)
    totals = apportion(
        [float(count) for count in region_turnout()], official.PARTICIPANTS - official.PARTICIPANTS_ABROAD
    )
    for group, total in zip(
        [*_by_region(inside), abroad], [*totals, official.PARTICIPANTS_ABROAD], strict=True
    ):
        counted = [one for one in group if not one.annulled]
        parts = at_odds([one.voters for one in counted], [one.odds for one in counted], total)
        for one, count in zip(counted, parts, strict=True):
            one.took_part = count
        for one in group:
            if one.annulled:
                one.took_part = one.voters * 4 // 5 + chance.between(0, one.voters // 10)


def _hours(seed: int, inside: Sequence[Station]) -> None:
    """Turnout until every hour, backwards from the end: each is a part of the later one."""
    chance = Chance(seed, "hours")
    for group, total in zip(_by_region(inside), region_turnout(), strict=True):
        _until("17:00", group, [one.took_part for one in group], total, chance)
    later = "17:00"
    totals = {**official.TURNOUT, "11:00": official.TURNOUT_11}
    for hour in ("15:00", "13:00", "11:00"):
        _until(hour, inside, [one.by_hour[later] for one in inside], totals[hour], chance)
        later = hour


def _until(hour: str, stations: Sequence[Station], tops: Sequence[int], total: int, chance: Chance) -> None:
    odds = [chance.factor(0.30) * (2.5 if one.closed else 1.0) for one in stations]
    for one, count in zip(stations, at_odds(tops, odds, total), strict=True):
        one.by_hour[hour] = count


def _early(seed: int, inside: Sequence[Station], abroad: Sequence[Station]) -> None:
    """Those who voted early, as part of those who had taken part by 11:00."""
    chance = Chance(seed, "early")
    counted = [one for one in inside if not one.annulled]
    for group, total in (
        (counted, official.EARLY - official.EARLY_ABROAD),
        (abroad, official.EARLY_ABROAD),
    ):
        tops = [one.by_hour.get("11:00", one.took_part) for one in group]
        odds = [chance.factor(0.5) * chance.factor(0.4) for _ in group]
        for one, count in zip(group, at_odds(tops, odds, total), strict=True):
            one.early = count
    for one in inside:
        if one.annulled:
            one.early = one.by_hour["11:00"] // 7


def _lean(seed: int, stations: Sequence[Station]) -> None:
    """Strength of the parties in every precinct: by region, by district and in itself."""
    chance = Chance(seed, "leaning")
    national = [float(votes) for votes in official.list_votes()]
    strength: dict[str, list[float]] = {}
    for one in stations:
        for place, above, spread in ((one.region, "", 0.22), (one.district, one.region, 0.28)):
            if place not in strength:
                base = strength[above] if above and above != place else national
                strength[place] = [value * chance.factor(spread) for value in base]
        one.leaning = [value * chance.factor(0.30) for value in strength[one.district]]


def _votes(count: int, weights: Sequence[float]) -> list[int]:
    return apportion(weights, count)


def _list_contest(seed: int, inside: Sequence[Station], abroad: Sequence[Station]) -> None:
    chance = Chance(seed, "list")
    everywhere = [*inside, *abroad]
    _lean(seed, everywhere)
    counted = [one for one in everywhere if not one.annulled]
    invalid = at_odds(
        [one.took_part for one in counted],
        [chance.factor(0.5) for _ in counted],
        official.PARTICIPANTS - official.LIST_VOTES,
    )
    for one, count in zip(counted, invalid, strict=True):
        one.list_invalid = count
    valid = [one.took_part - one.list_invalid for one in counted]
    votes = table(valid, official.list_votes(), [one.leaning for one in counted], chance)
    for one, row in zip(counted, votes, strict=True):
        one.list_votes = row
    for one in everywhere:
        if one.annulled:
            one.list_invalid = one.took_part // 150
            one.list_votes = _votes(one.took_part - one.list_invalid, one.leaning)


def _direct_contests(seed: int, inside: Sequence[Station]) -> None:
    chance = Chance(seed, "direct")
    for one in inside:
        one.direct_took_part = one.took_part - min(
            one.took_part, (0, 0, 0, 0, 0, 0, 0, 1, 1, 2)[chance.below(10)]
        )
    counts = [one.direct_took_part for one in inside]
    odds = [chance.factor(0.5) for _ in inside]
    invalid = at_odds(counts, odds, int(sum(counts) * official.DIRECT_INVALID_SHARE))
    for one, count in zip(inside, invalid, strict=True):
        one.direct_invalid = count
    groups: dict[int, list[Station]] = defaultdict(list)
    for one in inside:
        if one.constituency:
            groups[one.constituency.number].append(one)
    counted = [[one for one in groups[number] if not one.annulled] for number in sorted(groups)]
    shares = _direct_shares(seed, [_sums(group) for group in counted])
    for group, share in zip(counted, shares, strict=True):
        valid = [one.direct_took_part - one.direct_invalid for one in group]
        weights = [
            [a * b * chance.factor(0.2) for a, b in zip(share, one.leaning, strict=True)] for one in group
        ]
        for one, row in zip(group, table(valid, apportion(share, sum(valid)), weights, chance), strict=True):
            one.direct_votes = row
    for one in inside:
        if one.annulled:
            one.direct_votes = _votes(one.direct_took_part - one.direct_invalid, one.leaning)


def _sums(group: Sequence[Station]) -> list[int]:
    return [sum(column) for column in zip(*(one.list_votes for one in group), strict=True)]


def _direct_shares(seed: int, list_sums: Sequence[Sequence[int]]) -> list[list[float]]:
    """Shares of the five candidates of every constituency, the intended winner ahead by a margin."""
    chance = Chance(seed, "winners")
    winners = _winners(list_sums, chance)
    close = set(chance.shuffled(range(len(winners)))[:3])
    found = []
    for place, (sums, winner) in enumerate(zip(list_sums, winners, strict=True)):
        total = float(sum(sums))
        share = [count / total * chance.factor(0.30) for count in sums]
        best = max(value for party, value in enumerate(share) if party != winner)
        ahead = 0.003 + 0.004 * chance.unit() if place in close else 0.03 + 0.55 * chance.unit()
        share[winner] = best * (1.0 + ahead)
        found.append(share)
    return found


def _winners(list_sums: Sequence[Sequence[int]], chance: Chance) -> list[int]:
    """A winning party for every constituency: where its list is strongest, as often as it won."""
    national = official.list_votes()
    ranked = sorted(
        (
            (-count / sum(sums) / national[party] * chance.factor(0.25), place, party)
            for place, sums in enumerate(list_sums)
            for party, count in enumerate(sums)
        )
    )
    left = list(official.DIRECT_SEATS)
    found: dict[int, int] = {}
    for _, place, party in ranked:
        if place not in found and left[party]:
            found[place] = party
            left[party] -= 1
    return [found[place] for place in range(len(list_sums))]
