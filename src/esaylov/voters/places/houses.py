"""Houses, rules and voters of some mahallas as tables: what examining, previewing, placing and coverage stand on.

No record is opened: voters are counted by the digests of their houses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import polars as pl
from django.db import connection

from esaylov.exchange.residents.rules import Rule, Rules

UNKNOWN_STREET = "\x00"
"""The street of a voter whose house the register does not know: only a rule of the whole mahalla has it."""
HOUSES = """SELECT a.mahalla_id, m.code, a.street, a.street_key, a.house, a.digest FROM voters_address a
    JOIN voters_mahalla m ON m.id = a.mahalla_id WHERE a.mahalla_id = ANY(%s)"""
HOUSE = {
    "place": pl.Int32, "mahalla": pl.String, "street": pl.String, "street_key": pl.String, "house": pl.String,
    "digest": pl.Int64,
}  # fmt: skip
VOTERS = """SELECT v.mahalla, m.code, v.house, v.precinct, count(*)::int FROM voters_voter v
    JOIN voters_mahalla m ON m.id = v.mahalla WHERE v.mahalla = ANY(%s) {} GROUP BY 1, 2, 3, 4"""
# Whoever is assigned to a precinct (`assignments`) does not follow the house, as long as that election is not over
# (`date`), or is the one at hand.
NOT_OVER = (
    "e.date >= CASE WHEN e.clock_is_set THEN (e.set_time AT TIME ZONE e.timezone)::date ELSE %s::date END"
)
"""That an election (`e`) is not over on a day; one with a set clock: by that, whatever another election's shows."""
UNASSIGNED = f"""AND NOT EXISTS (SELECT 1 FROM voters_assignment a JOIN elections_election e ON e.id = a.election
    LEFT JOIN voters_assignmentend x ON x.assignment_id = a.id
    WHERE a.voter = v.id AND a.precinct_id IS NOT NULL AND x.assignment_id IS NULL
    AND ({NOT_OVER} OR e.id = %s))"""
LIVING = {
    "place": pl.Int32, "mahalla": pl.String, "digest": pl.Int64, "before": pl.Int32, "voters": pl.Int32,
}  # fmt: skip
RULES = """SELECT r.id, p.code, m.code, r.street, r.street_key, r.first, r.last, r.parity FROM voters_rule r
    JOIN registry_precinct p ON p.id = r.precinct_id JOIN voters_mahalla m ON m.id = r.mahalla_id
    WHERE r.election = %s AND r.ended IS NULL"""


FROZEN = "SELECT precinct_id FROM voters_frozen WHERE election = %s AND journal IS NOT NULL"


def rules_in_force(
    election: str, mahallas: Collection[int] | None = None, precincts: Collection[int] | None = None
) -> list[Rule]:
    """The rules of an election (of these mahallas or of these precincts, None: of all), each with its row's number as `line`."""
    statement, values = RULES, [election]
    given = [("r.mahalla_id", mahallas), ("r.precinct_id", precincts)]
    for column, chosen in given:
        if chosen is not None:
            statement += f" AND {column} = ANY(%s)"
            values.append(list(chosen))  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement} ORDER BY p.code, m.code, r.street, r.first NULLS FIRST, r.parity", values
        )
        return [Rule(*row) for row in cursor.fetchall()]


OTHER = f"""SELECT r.election FROM voters_rule r JOIN elections_election e ON e.id = r.election
WHERE r.ended IS NULL AND r.election <> %s AND {NOT_OVER} LIMIT 1"""


def ruled_elsewhere(election: str, day: date) -> str | None:
    """Another election that is not over on a day and has rules in force: an entry of the list has one precinct, not two."""
    with connection.cursor() as cursor:
        cursor.execute(OTHER, [election, day])
        row = cursor.fetchone()
    return str(row[0]) if row else None


def frozen_precincts(election: str) -> set[int]:
    """The precincts whose lists are frozen: nobody is placed in them or taken out of them any more (Art. 29, 52)."""
    with connection.cursor() as cursor:
        cursor.execute(FROZEN, [election])
        return {precinct for (precinct,) in cursor.fetchall()}


def houses_of(mahallas: Iterable[int]) -> pl.DataFrame:
    """The houses of some mahallas (`place`: the mahalla's number, `mahalla`: its code)."""
    return _read(HOUSES, HOUSE, list(mahallas))


def voters_of(mahallas: Iterable[int], at_hand: tuple[date, str] | None = None) -> pl.DataFrame:
    """How many voters of some mahallas live in a house (`digest`) and are listed in a precinct (`before`, a number): those whom
    no assignment keeps elsewhere, on a day, in an election (None: all).
    """
    if at_hand is None:
        return _read(VOTERS.format(""), LIVING, list(mahallas))
    return _read(VOTERS.format(UNASSIGNED), LIVING, list(mahallas), *at_hand)


def _read(statement: str, schema: dict[str, type[pl.DataType]], *values: Any) -> pl.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")


def placed(houses: pl.DataFrame, rules: Rules, numbers: dict[str, int]) -> pl.DataFrame:
    """Houses with the number of the precinct that they belong to (`after`, null: none). `numbers`: of precincts by code."""
    found = rules.match(houses).replace_strict(numbers, default=None, return_dtype=pl.Int32)
    return houses.with_columns(found.alias("after"))


def living(voters: pl.DataFrame, houses: pl.DataFrame, rules: Rules, numbers: dict[str, int]) -> pl.DataFrame:
    """Voters with the precinct of their house (`after`) and its street; of those whose house is unknown the precinct of the whole
    mahalla, if one has it.
    """
    own = placed(houses, rules, numbers).unique(["place", "digest"], keep="first", maintain_order=True)
    rows = voters.join(
        own.select("place", "digest", "street", "street_key", "after"), on=["place", "digest"], how="left",
        maintain_order="left",
    )  # fmt: skip
    known = rows["street_key"].is_not_null()
    lost = rows.select("mahalla", street_key=pl.lit(UNKNOWN_STREET), house=pl.lit(""))
    whole = rules.match(lost).replace_strict(numbers, default=None, return_dtype=pl.Int32)
    return rows.with_columns(pl.Series("after", rows["after"].zip_with(known, whole)))
