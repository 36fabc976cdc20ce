"""What decisions may order about protocols and results, in words, and the lists from which places and options are chosen."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_lazy

from esaylov.acts import mandates
from esaylov.acts.powers import Power, Target
from esaylov.acts.statements import fetch
from esaylov.design.words import in_language
from esaylov.elections.queries import ContestRow
from esaylov.proceedings.composing import Asking, Choices, Description, FieldWords, Values, describe
from esaylov.registry.queries import names_of
from esaylov.results.acts import AcceptProtocol, AnnulPrecinct, ReturnProtocol
from esaylov.results.decisions import Certify, RecordLot, SupplyDetermination
from esaylov.results.places import received_by

PRECINCTS = """SELECT p.code, p.number, t.names FROM registry_precinct p JOIN registry_territory t ON t.id = p.territory_id
JOIN registry_cell c ON c.id = p.cell_id WHERE p.election = %s
AND (%s::int IS NULL OR %s = ANY(c.territories)) AND (%s::int IS NULL OR EXISTS (SELECT FROM results_protocol f
WHERE f.precinct_id = p.id AND f.contest_id = %s)) ORDER BY p.position"""
WITH_PROTOCOLS = """SELECT k.id FROM unnest(%s::int[]) WITH ORDINALITY AS k(id, position) WHERE EXISTS (
SELECT FROM results_protocol f JOIN registry_precinct p ON p.id = f.precinct_id JOIN registry_cell c ON c.id = p.cell_id
WHERE f.contest_id = k.id AND p.election = %s AND (%s::int IS NULL OR %s = ANY(c.territories))) ORDER BY k.position"""
VERSIONS = """SELECT f.version, encode(f.leaf, 'hex') FROM results_protocol f JOIN registry_precinct p
ON p.id = f.precinct_id WHERE p.election = %s AND p.code = %s AND f.contest_id = %s ORDER BY f.version"""
CELL = "SELECT cell_id FROM registry_precinct WHERE election = %s AND code = %s"


def _named(rows: list[ContestRow]) -> Values:
    return [(row.code, in_language(row.titles, row.code)) for row in rows]


def decided_by(power: Power) -> Choices:
    """The contests over which the actor holds a power."""

    def contests(asking: Asking) -> Values:
        return _named([
            row
            for row in asking.context.tables.contests.values()
            if mandates.allows(asking.actor, power, Target(territories=frozenset({row.territory})), row.kind)
        ])  # fmt: skip

    return contests


def received(asking: Asking) -> Values:
    """The contests of which a protocol has come to the actor's commission from a precinct below it."""
    tables = asking.context.tables
    rows = received_by(asking.context.edition, asking.actor.tier, list(tables.contests.values()))
    there = fetch(WITH_PROTOCOLS, [[row.id for row in rows], asking.context.id, *[_place(asking)] * 2])
    return _named([tables.contests_by_id[contest] for (contest,) in there])


def _place(asking: Asking) -> int | None:
    """The territory in which the actor's commission works, None: the whole country."""
    return None if asking.actor.tier == "cec" else asking.actor.territory


def precincts_with_protocols(asking: Asking) -> Values | None:
    """The precincts below the actor's commission with a protocol in the contest that was chosen."""
    contest = asking.context.tables.contests.get(asking.said.get("contest") or "")
    return None if contest is None else _precincts(asking, contest.id)


def precincts(asking: Asking) -> Values:
    """The precincts below the actor's commission."""
    return _precincts(asking, None)


def _precincts(asking: Asking, contest: int | None) -> Values:
    place = _place(asking)
    rows = fetch(PRECINCTS, [asking.context.id, place, place, contest, contest])
    return [
        (code, f"{number or code}, {in_language(names_of(names), code)}" + (f" ({code})" if number else ""))
        for code, number, names in rows
    ]


def contests_there(asking: Asking) -> Values | None:
    """The contests in which the precinct that was chosen votes."""
    if not asking.said.get("precinct"):
        return None
    tables = asking.context.tables
    rows = fetch(CELL, [asking.context.id, asking.said["precinct"]])
    return _named([row for row in tables.contests.values() if rows and tables.concerns(row, rows[0][0])])


def versions(asking: Asking) -> Values | None:
    """The versions of the protocol of the place that was chosen, by leaf hash."""
    contest = asking.context.tables.contests.get(asking.said.get("contest") or "")
    if contest is None or not asking.said.get("precinct"):
        return None
    rows = fetch(VERSIONS, [asking.context.id, asking.said["precinct"], contest.id])
    return [(leaf, gettext("version %(number)d") % {"number": version}) for version, leaf in rows]


def options(asking: Asking) -> Values | None:
    """The options of the contest that was chosen."""
    contest = asking.context.tables.contests.get(asking.said.get("contest") or "")
    return contest and [(row.code, in_language(row.names, row.code)) for row in contest.options]


CONTEST, PRECINCT = gettext_lazy("Contest"), gettext_lazy("Precinct")
RULING = {
    "contest": FieldWords(
        CONTEST, gettext_lazy("Contests with a protocol that has come to your commission."), choices=received
    ),
    "precinct": FieldWords(
        PRECINCT, gettext_lazy("Precincts with a protocol in this contest."), choices=precincts_with_protocols
    ),
    "protocol": FieldWords(
        gettext_lazy("Version of the protocol"),
        gettext_lazy("Chosen here, the order fails if another version stands by then."),
        choices=versions,
        none=gettext_lazy("the one that stands at the vote"),
    ),
}
ANNULMENT = {
    "precinct": FieldWords(PRECINCT, article="96", choices=precincts),
    "contest": FieldWords(
        CONTEST, choices=contests_there, none=gettext_lazy("every contest of the precinct")
    ),
}


def describe_all() -> None:
    """Makes them known to those who compose decisions."""
    describe(AcceptProtocol.code, Description(gettext_lazy("Accept a protocol"), RULING))
    describe(ReturnProtocol.code, Description(gettext_lazy("Return a protocol"), RULING))
    describe(
        AnnulPrecinct.code, Description(gettext_lazy("Declare the results of a precinct invalid"), ANNULMENT)
    )
    describe(
        RecordLot.code,
        Description(
            gettext_lazy("Record a lot that was drawn"),
            {
                "contest": FieldWords(CONTEST, choices=decided_by(Power.RECORD_LOT)),
                "drawn": FieldWords(
                    gettext_lazy("Drawn"), gettext_lazy("In the order drawn."), choices=options
                ),
            },
        ),
    )
    describe(
        SupplyDetermination.code,
        Description(
            gettext_lazy("Decide the outcome where the law is silent"),
            {
                "contest": FieldWords(CONTEST, article="96-1", choices=decided_by(Power.SUPPLY_DETERMINATION)),
                "outcome": FieldWords(
                    gettext_lazy("Outcome"), gettext_lazy("Lists that share the seats, or who is elected."), choices=options
                ),
            },
        ),
    )  # fmt: skip
    describe(
        Certify.code,
        Description(
            gettext_lazy("Establish the result of a contest"),
            {"contest": FieldWords(CONTEST, article="96, 97", choices=decided_by(Power.CERTIFY))},
        ),
    )
