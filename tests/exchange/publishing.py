"""A published election made from a package in the plainest way: every protocol stands, sums by a loop over
all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from esaylov.exchange.package import Package, iter_protocols, roster
from esaylov.exchange.places import ancestors
from esaylov.exchange.published import COUNTED, PublishedElection, StandingProtocol, Total


def standing(package: Package) -> Iterator[StandingProtocol]:
    for leaf, p in enumerate(iter_protocols(package)):
        at = p.submitted_at or f"{package.date}T21:00:00+05:00"
        state = p.state or "received"
        yield StandingProtocol(p.precinct_id, p.contest_id, p.lines, p.votes, at, state, p.version, leaf)


def totals(package: Package) -> list[Total]:
    """Totals of every contest and territory that expects a protocol."""
    chains = ancestors(package.territories)
    further: dict[str, list[str]] = {}
    for id, territory in package.precinct_territories:
        further.setdefault(id, []).append(territory)
    covered: dict[str, set[str]] = {}
    for precinct in package.precincts:
        constituency = [precinct.constituency] if precinct.constituency else []
        own = [precinct.territory, *constituency, *further.get(precinct.id, [])]
        covered[precinct.id] = {step for territory in own for step in chains[territory]}
    sums: dict[tuple[str, str], dict[str, Any]] = {}
    for number, contest in roster(package):
        for territory in covered[package.precincts[number].id]:
            key = (package.contests[contest].id, territory)
            row = sums.setdefault(
                key, {"expected": 0, "received": 0, "counted": 0, "lines": None, "votes": None}
            )
            row["expected"] += 1
    for p in standing(package):
        for territory in covered[p.precinct]:
            row = sums[p.contest, territory]
            row["received"] += 1
            if p.state in COUNTED:
                row["counted"] += 1
                for name, figures in (("lines", p.lines), ("votes", p.votes)):
                    row[name] = [a + b for a, b in zip(row[name] or [0] * len(figures), figures, strict=True)]
    return list(_in_order(package, sums))


def _in_order(package: Package, sums: dict[tuple[str, str], dict[str, Any]]) -> Iterator[Total]:
    for contest in package.contests:
        for territory in package.territories:
            row = sums.get((contest.id, territory.id))
            if row is not None:
                lines = row["lines"] or [0] * len(package.edition.lines)
                votes = row["votes"] or [0] * len(package.options_of(contest.id))
                counts = (row["expected"], row["received"], row["counted"])
                yield Total(contest.id, territory.id, *counts, 0, 0, 0, 0, lines, votes)


def published(package: Package, **changes: Any) -> PublishedElection:
    """The package as an election whose protocols all stand."""
    members: dict[str, Any] = {
        "id": package.id,
        "title": package.title,
        "titles": package.titles,
        "date": package.date,
        "timezone": package.timezone,
        "country": package.country,
        "simulated": package.simulated,
        "pilot": package.pilot,
        "replay": package.replay,
        "edition_text": package.edition_text,
        "edition": package.edition,
        "territories": package.territories,
        "contests": package.contests,
        "options": package.options,
        "precincts": package.precincts,
        "precinct_territories": package.precinct_territories,
        "protocols": standing(package),
        "turnout": package.turnout,
        "decisions": package.decisions,
        "totals": totals(package),
        "determinations": [{"contest": contest.id, "final": False} for contest in package.contests],
        "as_of": f"{package.date}T23:00:00+05:00",
    }
    return PublishedElection(**(members | changes))
