"""A file of members held against an election: what would come in, what stands already, what is left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import polars as pl
from django.db import connection

from esaylov.acts import deadlines, mandates, vault
from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Actor, Power
from esaylov.exchange.members import MemberRow, MembersFile, check_composition
from esaylov.exchange.members.reading import SCHEMA
from esaylov.formation import findings
from esaylov.formation.knowing import known_people
from esaylov.formation.screening import doubtful
from esaylov.law.composition import Body
from esaylov.law.findings import Finding
from esaylov.registry.forming import STEPS, edition_tier, entered_by
from esaylov.registry.queries import CommissionRow, commissions_by_code, elsewhere, names_of

PURPOSE = "composition of the commission (Art. 25)"
READ = (
    "pinfl", "birth_date", "education", "employer", "employer_tin", "grounds", "party_member", "candidate_relative",
)  # fmt: skip
STANDING = """SELECT m.commission_id, m.person_id, m.id, m.role FROM registry_mandate m
LEFT JOIN registry_mandateend e ON e.mandate_id = m.id
WHERE m.commission_id = ANY(%s) AND e.mandate_id IS NULL AND (m.valid_until IS NULL OR m.valid_until > %s) ORDER BY m.id"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A member who stands in a commission already."""

    mandate: int
    role: str


@dataclass(slots=True)
class Examined:
    """What a file would do.

    `fresh`: rows that would come in, with `persons` (None: not known yet) in the same order. `digests`: by PINFL, as the
    vault finds them. `standing`: how many rows stand already. `left_out`: why a commission's rows are left out, by its
    code; `warned`: what was found of those taken. `kept`: what the vault goes on saying of people who are known.
    """

    fresh: pl.DataFrame
    persons: list[UUID | None]
    commissions: Mapping[str, CommissionRow]
    digests: Mapping[str, bytes]
    standing: int = 0
    left_out: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    warned: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    kept: dict[UUID, dict[str, Any]] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """How often each finding about a commission was made, by its code."""
        every = (*self.left_out.values(), *self.warned.values())
        return dict(Counter(code for found in every for code in sorted({one.code for one in found})))


def may_enter(context: ElectionContext, actor: Actor, commission: CommissionRow) -> Finding | None:
    """Why somebody may not enter a commission's members, None where they may."""
    if not mandates.allows(actor, Power.IMPORT_MEMBERS, commission.target(), None):
        return findings.out_of_reach(commission.code)
    if commission.tier not in entered_by(context, actor.tier):
        return findings.entered_by_another(commission.tier)
    return None


def examine(
    context: ElectionContext, actor: Actor, file: MembersFile, at: datetime,
    commissions: Mapping[str, CommissionRow] | None = None,
) -> Examined:  # fmt: skip
    """Holds a file against the election as it stands."""
    if commissions is None:
        commissions = commissions_by_code(context.id, file.table["commission"].unique().to_list())
    left_out: dict[str, tuple[Finding, ...]] = {}
    for code in file.table["commission"].unique(maintain_order=True):
        found = commissions.get(code)
        wrong = findings.unknown_commission(code) if found is None else may_enter(context, actor, found)
        if wrong is not None:
            left_out[code] = (wrong,)
    standing = _standing([row.id for row in commissions.values()], at)
    late = _late(context, [row for row in commissions.values() if row.id not in standing], at)
    left_out |= {
        code: (found,) for code, found in late.items() if found.severity == "error" and code not in left_out
    }
    table = _without(file.table, left_out)
    numbers = table["pinfl"].to_list()
    digests = dict(zip(numbers, vault.digests("pinfl", numbers), strict=True))
    known = vault.found("pinfl", digests)
    fresh = table
    done = 0
    if standing:
        fresh, done = _new_rows(table, known, standing, commissions, left_out)
    examined = Examined(fresh, [], commissions, digests, done, left_out)
    _compose(context, actor, examined, table, known=known, standing=standing, at=at)
    _take(examined, known)
    held = known_people(examined.fresh, examined.persons, actor, file.name, at)
    examined.kept = held.kept
    if held.refused:
        left_out |= held.refused
        _take(examined, known)
    for code in late.keys() - left_out.keys():
        examined.warned[code] = (*examined.warned.get(code, ()), late[code])
    for code in held.warned.keys() - left_out.keys():
        examined.warned[code] = (*examined.warned.get(code, ()), *held.warned[code])
    return examined


def _late(context: ElectionContext, commissions: Iterable[CommissionRow], at: datetime) -> dict[str, Finding]:
    """What the calendar says of commissions that somebody would sit on for the first time, by code: too early, or late."""
    said = {tier: deadlines.lateness(context, step, at) for tier, step in STEPS.items()}
    found = ((row.code, said.get(row.tier)) for row in commissions)
    return {code: one for code, one in found if one is not None}


def _take(examined: Examined, known: Mapping[str, UUID]) -> None:
    """Leaves in `fresh` the rows of commissions that are not left out, with their persons."""
    examined.fresh = _without(examined.fresh, examined.left_out)
    examined.persons = [known.get(pinfl) for pinfl in examined.fresh["pinfl"].to_list()]


def _without(table: pl.DataFrame, left_out: Collection[str]) -> pl.DataFrame:
    return table.filter(~pl.col("commission").is_in(list(left_out))) if left_out else table


Members = dict[int, dict[UUID, Standing]]


def _standing(commissions: Sequence[int], at: datetime) -> Members:
    found: Members = {}
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [list(commissions), at])
        for commission, person, number, role in cursor.fetchall():
            found.setdefault(commission, {})[person] = Standing(number, role)
    return found


def _new_rows(
    table: pl.DataFrame, known: Mapping[str, UUID], standing: Members,
    commissions: Mapping[str, CommissionRow], left_out: dict[str, tuple[Finding, ...]],
) -> tuple[pl.DataFrame, int]:  # fmt: skip
    """The rows of those who are not in their commission yet, and how many are. Who is there in another role keeps the
    whole commission out: its composition is changed by an act of its own.
    """
    fresh, done = [], 0
    for code, pinfl, role in table.select("commission", "pinfl", "role").iter_rows():
        held = standing.get(commissions[code].id, {}).get(known[pinfl]) if pinfl in known else None
        if held is not None and held.role != role:
            left_out[code] = (findings.another_role(code),)
        fresh.append(held is None)
        done += held is not None
    return _without(table.filter(pl.Series(fresh, dtype=pl.Boolean)), left_out), done


def _compose(
    context: ElectionContext,
    actor: Actor,
    examined: Examined,
    table: pl.DataFrame,
    *,
    known: Mapping[str, UUID],
    standing: Members,
    at: datetime,
) -> None:  # fmt: skip
    """The law's findings about every commission that somebody would come into, as it would be then."""
    if context.edition.commissions is None or not examined.fresh.height:
        return
    changed = examined.fresh["commission"].unique(maintain_order=True).to_list()
    bodies = _bodies(context, [examined.commissions[code] for code in changed])
    day = at.astimezone(context.timezone).date()
    others = elsewhere(context.id, list(known.values()), at)
    by_pinfl = {pinfl: others[person] for pinfl, person in known.items() if person in others}
    concerned = _of(table, changed)
    if not standing:
        changed = sorted(doubtful(context.edition.commissions, concerned, bodies, day, by_pinfl))
        concerned = _of(concerned, changed)
    rows: Iterable[MemberRow] = map(MemberRow._make, concerned.iter_rows())
    if standing:
        staying = [
            (code, person, held)
            for code in changed
            for person, held in standing.get(examined.commissions[code].id, {}).items()
        ]
        rows = _with_staying(list(rows), staying, known, actor)
    composed = check_composition(rows, context.edition, bodies, day, by_pinfl)
    refused = set(composed.refused)
    examined.left_out.update((code, found) for code, found in composed.findings.items() if code in refused)
    examined.warned.update((code, found) for code, found in composed.findings.items() if code not in refused)


def _of(table: pl.DataFrame, commissions: Sequence[str]) -> pl.DataFrame:
    return table.filter(pl.col("commission").is_in(commissions))


def _with_staying(
    rows: list[MemberRow], staying: Sequence[tuple[str, UUID, Standing]], known: Mapping[str, UUID], actor: Actor
) -> Iterator[MemberRow]:  # fmt: skip
    """The rows of the file, and those who stay in their commissions without being in it, read from the vault."""
    named = {(row.commission, known.get(row.pinfl)) for row in rows}
    absent = [(code, person, held) for code, person, held in staying if (code, person) not in named]
    records = (
        vault.read([person for _, person, _ in absent], READ, by=actor, purpose=PURPOSE) if absent else {}
    )
    yield from rows
    for code, person, held in absent:
        yield _row_of(code, held, records.get(person, {}))


def _row_of(commission: str, held: Standing, record: Mapping[str, Any]) -> MemberRow:
    """A member who stays, as a row of a file has one."""
    values: dict[str, Any] = dict.fromkeys(SCHEMA, "")
    birth = record.get("birth_date")
    grounds = record.get("grounds") or ()
    values |= {name: record.get(name) or "" for name in ("pinfl", "education", "employer", "employer_tin")}
    values |= {
        "sheet": "mandate", "line": held.mandate, "commission": commission, "role": held.role,
        "birth_date": date.fromisoformat(birth) if birth else None, "consent_date": None,
        "grounds": grounds if isinstance(grounds, str) else " ".join(sorted(grounds)),
        "party_member": record.get("party_member"), "candidate_relative": record.get("candidate_relative"),
    }  # fmt: skip
    return MemberRow(**values)


def _bodies(context: ElectionContext, commissions: Sequence[CommissionRow]) -> dict[str, Body]:
    tables = context.tables
    contests = frozenset(row.kind for row in tables.contests.values()) if tables else frozenset()
    abroad = {tables.cells[cell] for cell in tables.cells_abroad} if tables else set()
    body = cache(lambda tier, place: Body(edition_tier(tier), contests, place))
    return {row.code: body(row.tier, "abroad" if row.lineage in abroad else None) for row in commissions}


def composition_now(
    context: ElectionContext, actor: Actor, commission: CommissionRow, at: datetime
) -> tuple[Finding, ...]:
    """What the law finds about a commission as it stands; persons are named as `mandate!17`."""
    if context.edition.commissions is None:
        return ()
    held = _standing([commission.id], at).get(commission.id, {})
    records = vault.read(list(held), READ, by=actor, purpose=PURPOSE)
    rows = [_row_of(commission.code, one, records.get(person, {})) for person, one in held.items()]
    others = elsewhere(context.id, list(held), at)
    by_pinfl = {
        records[person]["pinfl"]: codes
        for person, codes in others.items()
        if records.get(person, {}).get("pinfl")
    }
    day = at.astimezone(context.timezone).date()
    bodies = _bodies(context, [commission])
    return check_composition(rows, context.edition, bodies, day, by_pinfl).findings.get(commission.code, ())


@dataclass(frozen=True, slots=True)
class OwnMandate:
    """A mandate as the person concerned sees it, held or ended."""

    body: str
    tier: str
    names: Mapping[str, str]
    number: str
    role: str
    election: str
    since: datetime
    until: datetime | None
    ground: str
    proposer: str


OWN = """SELECT COALESCE(c.code, o.code), COALESCE(c.tier, 'organisation'), COALESCE(t.names, o.names, '{}'),
    COALESCE(p.number, ''), m.role, m.election, COALESCE(m.valid_from, j.at), LEAST(m.valid_until, e.at),
    COALESCE(e.ground, ''), m.proposer
FROM registry_mandate m JOIN acts_journal j ON j.id = m.journal LEFT JOIN registry_mandateend e ON e.mandate_id = m.id
LEFT JOIN registry_commission c ON c.id = m.commission_id LEFT JOIN registry_organisation o ON o.id = m.organisation_id
LEFT JOIN registry_territory t ON t.id = c.territory_id LEFT JOIN registry_precinct p ON p.id = c.precinct_id
WHERE m.person_id = %s ORDER BY m.id DESC"""


def own_mandates(person: UUID) -> list[OwnMandate]:
    """All mandates of a person, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(OWN, [person])
        return [OwnMandate(row[0], row[1], names_of(row[2]), *row[3:]) for row in cursor.fetchall()]
