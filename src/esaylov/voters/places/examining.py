"""What rules would do: what is wrong with them, and whom they move. The page and the act ask it alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl
from django.db import connection

from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Actor
from esaylov.exchange.residents.problems import ExtractProblem
from esaylov.exchange.residents.rules import EVERY, Rule, Rules, readable
from esaylov.law.findings import Finding, Severity
from esaylov.registry.forming import forms
from esaylov.voters.models import Mahalla
from esaylov.voters.places import findings
from esaylov.voters.places.given import Given
from esaylov.voters.places.houses import frozen_precincts, houses_of, living, rules_in_force, voters_of
from esaylov.voters.places.precincts import PrecinctPlace, precincts_by_code

MOST_OF_A_STREET, MOST_OF_A_MAHALLA = 300, 3_000
"""Rules of one street, of one mahalla: more are no rules that somebody reads, and comparing each with each takes too long."""
COUNTED = 3_000
"""Mahallas up to which it is counted whom rules move; beyond, the lists say it when everybody is placed."""
STREETS = """SELECT DISTINCT m.code, a.street_key FROM voters_address a JOIN voters_mahalla m ON m.id = a.mahalla_id
    WHERE a.mahalla_id = ANY(%s)"""
SIZES = "SELECT precinct, count(*)::int FROM voters_voter WHERE precinct = ANY(%s) GROUP BY precinct"
Key = tuple[str, str, int | None, int | None, str]


@dataclass(frozen=True, slots=True)
class Found:
    """One thing found. `line`: in the file (None: it concerns no single row)."""

    line: int | None
    finding: Finding


@dataclass
class Examined:
    """Rules held against the election and the registers. `places`: their precincts, `mahallas`: those concerned; `touched`:
    numbers of the mahallas in which rules differ; `moves`: voters (place, mahalla, digest, before, voters, street, street_key,
    after) of these, None where they were not counted; `sizes`: voters of precincts before and after, by number.
    """

    given: Given
    places: dict[str, PrecinctPlace]
    found: list[Found] = field(default_factory=list)
    mahallas: dict[str, Mahalla] = field(default_factory=dict)
    standing: list[Rule] = field(default_factory=list)
    before: list[Rule] = field(default_factory=list)
    after: list[Rule] = field(default_factory=list)
    touched: frozenset[int] = frozenset()
    moves: pl.DataFrame | None = None
    sizes: dict[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def errors(self) -> list[Found]:
        """Why the rules are not set."""
        return [one for one in self.found if one.finding.is_error]

    @property
    def warnings(self) -> list[Found]:
        """What stays beside them."""
        return [one for one in self.found if not one.finding.is_error]


def examine(context: ElectionContext, actor: Actor, given: Given) -> Examined:
    """Holds rules against the election, its law and the registers."""
    done = Examined(given, precincts_by_code(context.id, given.precincts))
    done.found += [Found(one.line, finding_of(one)) for one in given.problems]
    done.found += _reach(context, actor, done)
    if done.errors:
        return done
    _gather(context, done)
    done.found += _places(done)
    if done.errors:
        return done
    done.found += _conflicts(done)
    if not done.errors:
        _weigh(context, done)
    return done


def finding_of(one: ExtractProblem) -> Finding:
    """A problem of a file as a finding."""
    severity: Severity = "error" if one.severity == "error" else "warning"
    return Finding(one.code, severity, (one.field or "file",), one.article, one.text)


def _reach(context: ElectionContext, actor: Actor, done: Examined) -> Iterator[Found]:
    if actor.tier != "cec" and not forms(context, actor.tier, "precinct"):
        yield Found(None, findings.formed_by_others())
    lines = {one.precinct: one.line for one in reversed(done.given.rules)}
    frozen = frozen_precincts(context.id)
    for code in done.given.precincts:
        place = done.places.get(code)
        if place is None:
            yield Found(lines.get(code), findings.unknown_precinct(code))
        elif not place.is_in(actor):
            yield Found(lines.get(code), findings.out_of_reach(code))
        elif place.id in frozen:
            yield Found(lines.get(code), findings.list_frozen(code))
    if not done.given.precincts and not done.given.problems:
        yield Found(None, findings.nothing_said())


def _gather(context: ElectionContext, done: Examined) -> None:
    """The rules that stand in all mahallas concerned, and those that would."""
    own = [place.id for place in done.places.values()]
    done.standing = rules_in_force(context.id, precincts=own)
    codes = {one.mahalla for one in (*done.given.rules, *done.standing)}
    done.mahallas = {row.code: row for row in Mahalla.objects.filter(code__in=codes)}
    done.before = rules_in_force(context.id, [row.id for row in done.mahallas.values()])
    replaced = set(done.given.precincts)
    done.after = [one for one in done.before if one.precinct not in replaced] + list(done.given.rules)
    was, will = _keys(done.before), _keys(done.after)
    done.touched = frozenset(
        row.id for code, row in done.mahallas.items() if was.get(code, set()) != will.get(code, set())
    )
    if not done.touched and was == will:
        done.found.append(Found(None, findings.nothing_new()))


def _keys(rules: Sequence[Rule]) -> dict[str, set[tuple[str, Key]]]:
    found: dict[str, set[tuple[str, Key]]] = {}
    for one in rules:
        key = (one.street, one.street_key, one.first, one.last, one.parity)
        found.setdefault(one.mahalla, set()).add((one.precinct, key))
    return found


def _places(done: Examined) -> Iterator[Found]:
    """Mahallas and streets that are not there, or lie elsewhere."""
    known = _streets(done)
    counted: dict[tuple[str, str], int] = {}
    for one in done.given.rules:
        row, place = done.mahallas.get(one.mahalla), done.places[one.precinct]
        street = (one.mahalla, one.street_key)
        counted[street] = counted.get(street, 0) + 1
        if row is None:
            yield Found(one.line, findings.unknown_mahalla(one.mahalla))
        elif not place.may_have(row.district):
            yield Found(one.line, findings.another_district(one.precinct, one.mahalla))
        elif one.street != EVERY and street not in known:
            yield Found(one.line, findings.unknown_street(one.mahalla, one.street))
        counted[one.mahalla, ""] = every = counted.get((one.mahalla, ""), 0) + 1
        if counted[street] == MOST_OF_A_STREET + 1:
            yield Found(one.line, findings.too_many(one.street, MOST_OF_A_STREET))
        if every == MOST_OF_A_MAHALLA + 1:
            yield Found(one.line, findings.too_many(one.mahalla, MOST_OF_A_MAHALLA))


def _streets(done: Examined) -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(STREETS, [[row.id for row in done.mahallas.values()]])
        return set(cursor.fetchall())


def _conflicts(done: Examined) -> Iterator[Found]:
    """Houses that two precincts would have; those of other commissions' precincts too. (Of rules that stand: none.)"""
    given = {id(one) for one in done.given.rules}
    for one in Rules(done.after).conflicts():
        later = one.other if id(one.other) in given else one.one
        where = {
            language: _where(one.one.mahalla, readable(one, language)) for language in ("en", "ru", "uz")
        }
        yield Found(
            later.line if id(later) in given else None,
            findings.overlap(one.one.precinct, one.other.precinct, where),
        )


def _where(mahalla: str, said: tuple[str, str]) -> str:
    street, houses = said
    return f"{mahalla}, {street}, {houses}"


def _weigh(context: ElectionContext, done: Examined) -> None:
    """Whom the rules move, and which precincts become too small or too large."""
    if len(done.touched) > COUNTED:
        return
    codes = {one.precinct for one in done.after} | set(done.given.precincts)
    places = precincts_by_code(context.id, codes)
    numbers = {code: place.id for code, place in places.items()}
    listed = voters_of(done.touched, (context.now().date(), context.id))
    rows = living(listed, houses_of(done.touched), Rules(done.after), numbers)
    done.moves = rows.filter(pl.col("before").ne_missing(pl.col("after")))
    own = {place.id for place in done.places.values()}
    concerned = own | {one for name in ("before", "after") for one in done.moves[name].drop_nulls().to_list()}
    done.sizes = _sizes(concerned, done.moves)
    least, most = limits(context)
    for code, place in done.places.items():
        _, voters = done.sizes.get(place.id, (0, 0))
        if (least is not None and voters < least) or (most is not None and voters > most):
            done.found.append(Found(None, findings.size(code, voters, least or 0, most or 0)))


def _sizes(precincts: set[int], moves: pl.DataFrame) -> dict[int, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(SIZES, [sorted(precincts)])
        now: dict[int, int] = dict(cursor.fetchall())
    gone, come = _sums(moves, "before"), _sums(moves, "after")
    return {
        one: (now.get(one, 0), now.get(one, 0) - gone.get(one, 0) + come.get(one, 0)) for one in precincts
    }


def _sums(moves: pl.DataFrame, column: str) -> Mapping[int, int]:
    return dict(moves.group_by(column).agg(pl.col("voters").sum()).drop_nulls(column).iter_rows())


def limits(context: ElectionContext) -> tuple[int | None, int | None]:
    """How few and how many voters a precinct has as a rule (Art. 10); None where the edition does not say."""
    values = context.edition.values.get("precinct", {})
    least, most = values.get("voters_min"), values.get("voters_max")
    return (int(str(least)) if least is not None else None, int(str(most)) if most is not None else None)
