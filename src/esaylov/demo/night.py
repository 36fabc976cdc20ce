"""The night of the simulated election, act by act in the order of time.

A package holds final protocols only. What came before some of them (a first version whose sums did not
hold, one that was returned, a second submission for the same place) is made up here from the package and a
seed, so that a replay shows what commissions deal with. At the end everything stands as the package says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from esaylov.demo.chance import Chance
from esaylov.demo.land import ABROAD
from esaylov.demo.protocols import CENTRE, LINES
from esaylov.demo.simulation import SEED
from esaylov.exchange.package import iter_protocols, read_package
from esaylov.exchange.records import Package, PackageProtocol

RETURNED = 2
CONFLICTING = 3

_BOXES, _UNUSED, _INVALID = (
    LINES.index(name) for name in ("ballots_in_boxes", "unused_and_spoiled", "invalid")
)


class Kind(StrEnum):
    """What happens; the acts of docs/formats.md."""

    TURNOUT = "polling.report_turnout"
    SUBMIT = "results.submit_protocol"
    CORRECT = "results.correct_protocol"
    ACCEPT = "results.accept_protocol"
    RETURN = "results.return_protocol"
    ANNUL = "results.annul_precinct"
    CERTIFY = "results.certify"


@dataclass(frozen=True, slots=True)
class Event:
    """One act of the night.

    `body` is the commission that acts: `pec:<precinct>`, `dcec:<district>` or `cec`. `lines` follow the
    edition's form, `votes` the contest's options by ballot order, both empty unless a protocol is
    submitted; `voters` is of a turnout report; `decision` is the number of the decision by which a higher
    commission acts. `precinct` and `contest` are empty where the act concerns none, or all contests of a
    precinct.
    """

    at: datetime
    kind: Kind
    body: str
    precinct: str = ""
    contest: str = ""
    version: int = 0
    lines: tuple[int, ...] = ()
    votes: tuple[int, ...] = ()
    voters: int = 0
    decision: str = ""


def plan(package_folder: Path, seed: int = SEED) -> Iterator[Event]:
    """All events of the night in the order of time: turnout, protocols, corrections, decisions.

    Raises exchange.package.PackageError when the folder does not hold a package.
    """
    package = read_package(package_folder)
    events = [
        *_turnout(package),
        *_protocols(package, Chance(seed, "night")),
        *_rulings(package),
    ]
    events.sort(key=lambda event: event.at)
    yield from events


def _turnout(package: Package) -> Iterator[Event]:
    for report in package.turnout:
        at = datetime.fromisoformat(report.at)
        yield Event(at, Kind.TURNOUT, f"pec:{report.precinct}", report.precinct, voters=report.voters)


def _protocols(package: Package, chance: Chance) -> Iterator[Event]:
    protocols = list(iter_protocols(package))
    corrected = chance.shuffled([place for place, one in enumerate(protocols) if one.version > 1])
    returned = set(corrected[:RETURNED])
    untouched = [place for place, one in enumerate(protocols) if one.version == 1 and one.state == "accepted"]
    conflicting = set(chance.shuffled(untouched)[:CONFLICTING])
    districts = {precinct.id: precinct.territory for precinct in package.precincts}
    sittings = _sittings(package, districts)
    for place, one in enumerate(protocols):
        if place in returned:
            district = districts[one.precinct_id]
            yield from _after_return(one, district, sittings[district], chance)
        elif one.version > 1:
            yield from _after_mistake(one, chance)
        else:
            yield _sent(one, Kind.SUBMIT)
        if place in conflicting:
            later = _sent_at(one) + timedelta(seconds=chance.between(1_200, 5_400))
            yield _sent(one, Kind.SUBMIT, at=later, votes=_moved(one.votes, chance))


def _sent_at(one: PackageProtocol) -> datetime:
    return datetime.fromisoformat(one.submitted_at or "")


def _sent(
    one: PackageProtocol,
    kind: Kind,
    *,
    at: datetime | None = None,
    version: int | None = None,
    lines: Sequence[int] | None = None,
    votes: Sequence[int] | None = None,
) -> Event:
    """A protocol as it is sent: the final one but for what is named."""
    return Event(
        at or _sent_at(one),
        kind,
        f"pec:{one.precinct_id}",
        one.precinct_id,
        one.contest_id,
        version or one.version,
        tuple(lines or one.lines),
        tuple(votes or one.votes),
    )


def _sittings(package: Package, districts: Mapping[str, str]) -> dict[str, list[tuple[datetime, str]]]:
    """Time and number of the acceptances of every district's commission, in the order of time."""
    found: dict[str, set[tuple[datetime, str]]] = defaultdict(set)
    for one in package.decisions:
        if one.kind == "acceptance" and one.precinct:
            found[districts[one.precinct]].add((datetime.fromisoformat(one.at), one.number))
    return {district: sorted(sittings) for district, sittings in found.items()}


def _after_return(
    one: PackageProtocol, district: str, sittings: Sequence[tuple[datetime, str]], chance: Chance
) -> Iterator[Event]:
    """Two lists had exchanged some votes: nothing in the sums shows it, the higher commission sees it in
    the papers. Its decision has the number before that of its next sitting, which is left free."""
    final = _sent_at(one)
    first = final - timedelta(seconds=chance.between(5_400, 7_200))
    sent_back = final - timedelta(seconds=chance.between(1_500, 3_600))
    commission, _, following = next(number for at, number in sittings if at > sent_back).partition("/")
    number = f"{commission}/{int(following) - 1}"
    yield _sent(one, Kind.SUBMIT, at=first, version=1, votes=_moved(one.votes, chance))
    yield Event(sent_back, Kind.RETURN, f"dcec:{district}", one.precinct_id, one.contest_id, decision=number)
    yield _sent(one, Kind.CORRECT)


def _after_mistake(one: PackageProtocol, chance: Chance) -> Iterator[Event]:
    first = _sent_at(one) - timedelta(seconds=chance.between(2_400, 7_200))
    lines, votes = _mistaken(one, chance)
    yield _sent(one, Kind.SUBMIT, at=first, version=1, lines=lines, votes=votes)
    yield _sent(one, Kind.CORRECT)


def _moved(votes: Sequence[int], chance: Chance) -> list[int]:
    """Some votes of the strongest option given to another one: the sum stays."""
    found = list(votes)
    strongest = found.index(max(found))
    other = (strongest + chance.between(1, len(found) - 1)) % len(found)
    some = chance.between(1, max(1, found[strongest] // 10))
    found[strongest] -= some
    found[other] += some
    return found


def _mistaken(one: PackageProtocol, chance: Chance) -> tuple[list[int], list[int]]:
    """Lines and votes with a slip of the pen that breaks a sum: digits exchanged, a line left out, ten too
    many."""
    lines, votes = list(one.lines), list(one.votes)
    slip = chance.below(4)
    place = chance.below(len(votes))
    if slip == 0 and (swapped := _exchanged(votes[place])) != votes[place]:
        votes[place] = swapped
    elif slip == 1 and lines[_INVALID]:
        lines[_INVALID] = 0
    elif slip == 2:
        lines[_BOXES] -= min(lines[_BOXES], chance.between(1, 9))
    else:
        lines[_UNUSED] += 10
    return lines, votes


def _exchanged(number: int) -> int:
    """A number with its last two digits exchanged."""
    ends = f"{number:02d}"
    return int(ends[:-2] + ends[-1] + ends[-2])


def _rulings(package: Package) -> Iterator[Event]:
    districts = {precinct.id: precinct.territory for precinct in package.precincts}
    kinds = {"acceptance": Kind.ACCEPT, "annulment": Kind.ANNUL, "certification": Kind.CERTIFY}
    for one in package.decisions:
        district = districts[one.precinct] if one.kind == "acceptance" and one.precinct else ABROAD
        body = CENTRE if district == ABROAD else f"dcec:{district}"
        at = datetime.fromisoformat(one.at)
        yield Event(at, kinds[one.kind], body, one.precinct or "", one.contest or "", decision=one.number)
