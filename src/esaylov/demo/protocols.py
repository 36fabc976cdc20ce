"""The protocols of the simulated precincts: lines of the form, times of arrival, and the sittings that
accept them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

from esaylov.demo import land
from esaylov.demo.chance import Chance
from esaylov.demo.voting import Station

LIST = "list"
CENTRE = "cec"
LINES = (
    "voters_on_list",
    "ballots_received",
    "ballots_issued",
    "early",
    "ballots_in_boxes",
    "unused_and_spoiled",
    "spoiled",
    "invalid",
)
"""The form of the edition uz-lc-2024."""

TASHKENT = timezone(timedelta(hours=5))
CLOSING = datetime(2024, 10, 27, 20, tzinfo=TASHKENT)
ANNULLED_AT = datetime(2024, 10, 28, 15, 30, tzinfo=TASHKENT)
CERTIFIED_AT = datetime(2024, 10, 29, 11, 0, tzinfo=TASHKENT)
LIST_CERTIFIED_AT = datetime(2024, 10, 29, 12, 0, tzinfo=TASHKENT)

CORRECTED = 42
"""Places whose protocol of the package is a second version."""
CARRIED_AWAY = 15
"""Places where so many ballots were carried away that the edition warns."""
LATE_ABROAD = 10

CENTRAL_NUMBER = 2041
"""The central commission's first decision of the night; no real decision of 2024 has a number as high."""
DISTRICT_NUMBERS = (14, 31)
"""Between these lies a district commission's first: it has formed precincts and printed lists before."""
APART = (2, 4)
"""How far the numbers of two sittings lie apart: a commission decides on other matters too, and on what it returns."""

_SITTINGS = (210, 330, 450, 630, 870)
_SITTINGS_ABROAD = (900, 1_440, 2_220)
"""Minutes after closing at which the higher commissions meet."""


@dataclass(slots=True, eq=False)
class Filed:
    """The final protocol of a place: figures in the order of LINES and of PARTIES, when it arrived, in
    which version."""

    station: Station
    contest: str
    lines: tuple[int, ...]
    votes: tuple[int, ...]
    submitted_at: datetime = CLOSING
    version: int = 1


@dataclass(frozen=True, slots=True)
class Decision:
    """A row of decisions.csv."""

    kind: str
    number: str
    at: datetime
    precinct: str = ""
    contest: str = ""


def filed(seed: int, stations: Sequence[Station]) -> list[Filed]:
    """The protocols of all places: by precinct, the list contest before the single-member one."""
    found = list(_filled_in(seed, stations))
    _time(seed, found)
    _correct(seed, found)
    return found


def _filled_in(seed: int, stations: Sequence[Station]) -> Iterable[Filed]:
    chance = Chance(seed, "forms")
    many = _carried_away(seed, stations)
    for one in stations:
        contests = [(LIST, one.took_part, one.list_invalid, one.list_votes, one.early)]
        if one.constituency:
            early = max(0, one.early - (one.took_part - one.direct_took_part))
            contests.append(
                (one.constituency.contest, one.direct_took_part, one.direct_invalid, one.direct_votes, early)
            )
        for contest, boxes, invalid, votes, early in contests:
            issued = boxes + _missing(chance, one, boxes, (one.id, contest) in many)
            received = one.voters + chance.between(0, one.voters // 200)
            spoiled = min(received - issued, chance.below(5) * chance.below(3))
            lines = (one.voters, received, issued, early, boxes, received - issued, spoiled, invalid)
            yield Filed(one, contest, lines, tuple(votes))


def _carried_away(seed: int, stations: Sequence[Station]) -> set[tuple[str, str]]:
    fit = [one for one in stations if one.constituency and not one.annulled and 300 <= one.took_part <= 900]
    chosen = Chance(seed, "carried away").shuffled(
        [one for one in fit if one.took_part * 20 < one.voters * 19]
    )
    return {
        (one.id, LIST if place % 3 else one.constituency.contest)
        for place, one in enumerate(chosen[:CARRIED_AWAY])
        if one.constituency
    }


def _missing(chance: Chance, one: Station, boxes: int, many: bool) -> int:
    """Ballots issued and not found in the boxes: nearly always none, now and then one or two."""
    if many:
        return boxes // 200 + chance.between(1, 3)
    few = chance.unit() < 0.02 and boxes >= 400
    return min(chance.between(1, 2), one.voters - boxes) if few else 0


def closing(one: Station) -> datetime:
    """When a precinct may begin to count: after its own closing, and not before that of the country."""
    if one.mission is None:
        return CLOSING
    local = datetime(2024, 10, 27, 20, tzinfo=UTC) - timedelta(minutes=one.mission.utc_minutes)
    return max(CLOSING, local.astimezone(TASHKENT))


def _time(seed: int, protocols: Sequence[Filed]) -> None:
    """Arrival from 21:00 to 06:00, larger precincts later; the second contest of a precinct some minutes
    after the first."""
    chance = Chance(seed, "arrival")
    groups: dict[str, list[Filed]] = defaultdict(list)
    for one in protocols:
        groups[one.station.id].append(one)
    abroad = [group[0] for group in groups.values() if group[0].station.mission]
    late = {one.station.id for one in chance.shuffled(abroad)[:LATE_ABROAD]}
    for group in groups.values():
        station = group[0].station
        odds = (0.16 + 0.26 * station.voters / 1_800.0) * chance.factor(0.55) * chance.factor(0.4)
        seconds = 3_600 + int(28_800 * (odds / (1.0 + odds)))
        if station.id in late:
            seconds += 36_000 + chance.below(28_800)
        for one in group if chance.unit() < 0.5 else reversed(group):
            one.submitted_at = closing(station) + timedelta(seconds=seconds)
            seconds += 240 + chance.below(3_300)


def _correct(seed: int, protocols: Sequence[Filed]) -> None:
    chance = Chance(seed, "corrected")
    fit = [one for one in protocols if one.station.constituency and not one.station.annulled]
    for one in chance.shuffled(fit)[:CORRECTED]:
        one.version = 2
        one.submitted_at += timedelta(seconds=8_400 + chance.below(4_800))


def decisions(seed: int, protocols: Sequence[Filed]) -> list[Decision]:
    """Acceptances of all protocols, the annulment and the certification of every contest, in the order of
    time."""
    accepted, of_centre = _acceptances(seed, protocols)
    (annulled,) = [one.station.id for one in protocols if one.station.annulled and one.contest == LIST]
    of_centre.append([Decision("annulment", "", ANNULLED_AT, annulled)])
    of_centre.append(
        [Decision("certification", "", CERTIFIED_AT, contest=one.contest) for one in land.constituencies()]
    )
    of_centre.append([Decision("certification", "", LIST_CERTIFIED_AT, contest=LIST)])
    of_centre.sort(key=lambda group: group[0].at)
    for number, group in zip(_numbers(seed, CENTRE, CENTRAL_NUMBER), of_centre, strict=False):
        accepted += [replace(decision, number=str(number)) for decision in group]
    return sorted(accepted, key=lambda decision: decision.at)


def _numbers(seed: int, body: str, first: int) -> Iterator[int]:
    """Numbers of a commission's decisions, which run on through the year with gaps for others."""
    chance = Chance(seed, f"numbers {body}")
    number = first
    while True:
        yield number
        number += chance.between(*APART)


def _acceptances(seed: int, protocols: Sequence[Filed]) -> tuple[list[Decision], list[list[Decision]]]:
    """At each sitting a commission accepts what arrived since the last: (those of the districts, numbered;
    those of the central commission for the precincts abroad, a list for each sitting)."""
    chance = Chance(seed, "sittings")
    waiting: dict[str, list[Filed]] = defaultdict(list)
    for one in protocols:
        waiting[one.station.district].append(one)
    found, of_centre = [], []
    places = {district.soato: place for place, district in enumerate(land.districts(), start=1)}
    for district, arrived in waiting.items():
        abroad = district == land.ABROAD
        sittings = list(_sittings(chance, arrived, _SITTINGS_ABROAD if abroad else _SITTINGS))
        if abroad:
            of_centre += sittings
            continue
        first = Chance(seed, f"first number {district}").between(*DISTRICT_NUMBERS)
        for number, group in zip(_numbers(seed, district, first), sittings, strict=False):
            found += [replace(decision, number=f"{places[district]}/{number}") for decision in group]
    return found, of_centre


def _sittings(chance: Chance, arrived: Sequence[Filed], minutes: Sequence[int]) -> Iterator[list[Decision]]:
    """Acceptances of every sitting that has something to accept, not numbered yet."""
    rest = list(arrived)
    for after in minutes:
        at = CLOSING + timedelta(seconds=after * 60 + chance.below(1_500))
        ready = [one for one in rest if one.submitted_at < at]
        rest = [one for one in rest if one.submitted_at >= at]
        if ready:
            yield [Decision("acceptance", "", at, one.station.id, one.contest) for one in ready]
    if rest:
        raise AssertionError(f"{len(rest)} protocols arrived after the last sitting")
