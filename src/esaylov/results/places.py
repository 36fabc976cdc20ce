"""What the cabinet's pages read of places: facts as they stand now, sequenced or not, for who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Actor
from esaylov.acts.statements import fetch
from esaylov.design.words import in_language
from esaylov.elections.queries import ContestRow, ElectionTables
from esaylov.law.editions import Edition
from esaylov.law.routes import NoRouteError, chain
from esaylov.registry.forming import edition_tier
from esaylov.registry.queries import names_of
from esaylov.results.cases import PLACES, RULED, StandingFact

OWN = """SELECT p.id, p.code, p.number, p.voters, p.cell_id, t.names, p.address FROM registry_precinct p
JOIN registry_territory t ON t.id = p.territory_id WHERE p.election = %s AND {which}"""
VERSION = """SELECT p.journal_id FROM results_protocol p
WHERE p.precinct_id = %s AND p.contest_id = %s AND p.leaf = %s"""
CENTRAL = "cec"
RECEIVER = "SELECT code FROM registry_commission WHERE election = %s AND tier = %s AND territory_id = %s"
RULINGS = """SELECT kind, number, at FROM results_ruling
WHERE precinct_id = %s AND (contest_id = %s OR contest_id IS NULL) ORDER BY journal_id"""


@dataclass(frozen=True, slots=True)
class PrecinctLine:
    """A precinct: database id, code, number, voters on its list before election day, cell, its district's names."""

    id: int
    code: str
    number: str
    voters: int
    cell: int
    district: dict[str, str]
    address: str


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place: a precinct's part in a contest, and what stands there by the facts of now. `state` is `awaited` where
    nothing stands; `certified`: the contest's result is, and the place is closed.
    """

    contest: ContestRow
    standing: StandingFact | None
    annulled: bool
    certified: bool

    @property
    def state(self) -> str:
        """The word for what stands."""
        if self.annulled:
            return "annulled"
        return self.standing.state if self.standing else "awaited"

    @property
    def correctable(self) -> bool:
        """Whether a corrected version may replace what stands."""
        return (
            self.standing is not None
            and not self.certified
            and self.standing.state in ("inconsistent", "returned")
        )


@dataclass(frozen=True, slots=True)
class RulingLine:
    """A decision about a place."""

    kind: str
    number: str
    at: datetime


def precinct_by_id(election: str, precinct: int) -> PrecinctLine | None:
    """A precinct by its database id."""
    return _precinct(OWN.format(which="p.id = %s"), [election, precinct])


def precinct_by_code(election: str, code: str) -> PrecinctLine | None:
    """A precinct by its code."""
    return _precinct(OWN.format(which="p.code = %s"), [election, code])


def _precinct(statement: str, parameters: list[Any]) -> PrecinctLine | None:
    rows = fetch(statement, parameters)
    if not rows:
        return None
    number, code, name, voters, cell, district, address = rows[0]
    names = names_of(district)
    return PrecinctLine(number, code, name, voters, cell, names, address)


def contests_of(tables: ElectionTables, cell: int) -> list[ContestRow]:
    """The contests in which the precincts of a cell vote, in their order."""
    return [contest for contest in tables.contests.values() if tables.concerns(contest, cell)]


def places_of(
    context: ElectionContext, precinct: PrecinctLine, contests: Sequence[ContestRow]
) -> list[PlaceLine]:
    """What stands at a precinct in some contests, in their order: one statement."""
    number = len(contests)
    ids = [contest.id for contest in contests]
    rows = {
        row[0]: row for row in fetch(PLACES, [list(range(number)), [precinct.code] * number, ids, context.id])
    }
    return [_place(contest, rows[i]) for i, contest in enumerate(contests) if i in rows]


def _place(contest: ContestRow, row: Sequence[Any]) -> PlaceLine:
    journal, version, state, leaf, lines, votes, at, annulled, certified = row[4:]
    standing = None
    if journal is not None:
        standing = StandingFact(journal, version, RULED.get(state, state), bytes(leaf), lines, votes, at)
    return PlaceLine(contest, standing, annulled, certified)


def named_figures(
    edition: Edition, contest: ContestRow, lines: Sequence[int], votes: Sequence[int]
) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """A protocol's figures with their names: lines in the order of the edition's form, votes in the order of the ballot."""
    ballot = sorted(contest.options, key=lambda option: (option.ballot_order, option.position))
    return (
        [
            (in_language(edition.titles.get(name, {}), name), figure)
            for name, figure in zip(edition.lines, lines, strict=True)
        ],
        [(in_language(option.names, option.code), votes[option.position]) for option in ballot],
    )


def owed(places: Sequence[PlaceLine]) -> list[tuple[PlaceLine, str]]:
    """The places whose protocol a precinct has still to submit or correct, each with what to do in words."""
    found = []
    for place in places:
        if place.certified or not (place.correctable or place.state == "awaited"):
            continue
        text = (
            gettext("Correct the protocol: %(contest)s")
            if place.correctable
            else gettext("Submit the protocol: %(contest)s")
        )
        found.append((place, text % {"contest": in_language(place.contest.titles, place.contest.code)}))
    return found


def version_journal(precinct: int, contest: int, leaf: bytes) -> int | None:
    """The journal row of a version of a place's protocol by its leaf hash, None where it is not one of this place."""
    rows = fetch(VERSION, [precinct, contest, leaf])
    return int(rows[0][0]) if rows else None


def rulings_of(precinct: int, contest: int) -> list[RulingLine]:
    """The decisions about a place, in order."""
    return [RulingLine(*row) for row in fetch(RULINGS, [precinct, contest])]


def above(actor: Actor, tables: ElectionTables, cell: int) -> bool:
    """Whether a commission's territory holds the precincts of a cell; the central one's holds all."""
    return actor.tier == "cec" or (actor.tier != "precinct" and actor.territory in tables.cells[cell])


def receiver_of(context: ElectionContext, contest: ContestRow, cell: int) -> str:
    """The code of the commission to which the precincts of a cell send a contest's protocols, by the edition's routes, the
    territorial one's where it names none; the Central one's where no commission of the tier is there.
    """
    tables: ElectionTables = context.tables
    try:
        tier = chain(context.edition, *tables.kind_of(contest))[1]
    except NoRouteError:
        tier = "territorial"
    place = tables.owner(tier, [contest.territory, *sorted(tables.cells[cell])])
    rows = fetch(RECEIVER, [context.id, tier, place])
    return str(rows[0][0]) if rows else CENTRAL


def received_by(edition: Edition, tier: str, contests: Sequence[ContestRow]) -> list[ContestRow]:
    """The contests whose protocols precincts send to commissions of a tier, by the edition's routes; all where it names
    none for their kind.
    """
    name = edition_tier(tier)
    first: dict[str, set[str]] = {}
    for route in edition.routes:
        if len(route.chain) > 1:
            first.setdefault(route.contest, set()).add(route.chain[1])
    return [contest for contest in contests if name in first.get(contest.kind, {name})]
