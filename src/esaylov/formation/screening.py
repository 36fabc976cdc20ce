"""Which commissions of a large file the law's rules of composition need not be asked about, since nothing can speak against
them.

The rules themselves are `law.composition`; here stands only what holds for every commission that they pass. Wherever there
is doubt, the commission is asked about. (A test compares both on files full of errors.)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import polars as pl

from esaylov.exchange.members.together import OFFICERS
from esaylov.law.composition import Body, tier_of
from esaylov.law.editions import Commissions, CompositionRule

KNOWN = frozenset(
    {"size", "officers", "age", "education", "excluded", "elsewhere", "one-employer", "not-declared"}
)


def doubtful(
    rules: Commissions, table: pl.DataFrame, bodies: Mapping[str, Body], on: date, elsewhere: Collection[str]
) -> frozenset[str]:
    """Commissions of the table (by code) that the rules must be asked about. `elsewhere`: PINFLs of those who sit in other
    commissions.
    """
    every = frozenset(table["commission"].unique().to_list())
    if any(rule.rule not in KNOWN for rule in rules.rules):
        return every
    facts = table.select(_person(rules, on, elsewhere)).group_by("commission").agg(_of_a_commission())
    facts = facts.join(_tiers(rules, bodies), on="commission", how="left")
    clear = facts.filter(
        ~pl.col("person")
        & pl.col("members").is_between("least", "most")
        & pl.all_horizontal(pl.col(role).is_between(f"least {role}", 1) for role in OFFICERS)
        & (pl.col("together") <= pl.col("members") * _share(rules))
    )
    return every - frozenset(clear["commission"].to_list())


def _person(rules: Commissions, on: date, elsewhere: Collection[str]) -> list[pl.Expr]:
    """What is asked of every member: `person` is true where something may speak against somebody."""
    text, flags = pl.col("education"), pl.col("party_member", "candidate_relative").fill_null(False)
    against = [
        pl.col("birth_date").is_null(), text == "", (pl.col("employer") == "") & (pl.col("employer_tin") == ""),
        pl.col("grounds") != "", pl.any_horizontal(flags),
    ]  # fmt: skip
    for rule in rules.rules:
        if rule.rule == "age":
            against.append(pl.col("birth_date") > _latest(on, rule))
        elif rule.rule == "education":
            against.append(~text.is_in(list(rule.accepted)))
    if elsewhere:
        against.append(pl.col("pinfl").is_in(list(elsewhere)))
    return [
        pl.col("commission", "role", "employer_tin"),
        pl.any_horizontal(against).fill_null(True).alias("person"),
    ]


def _latest(on: date, rule: CompositionRule) -> date:
    """Who was born after this day may be too young (the day before, where the year has no 29 February)."""
    year = on.year - (rule.least or 0)
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    return date(year, on.month, day)


def _of_a_commission() -> list[pl.Expr]:
    """Counts; `together`: as many as may have one employer. Without a taxpayer number anybody may be anybody's colleague."""
    tin = pl.col("employer_tin")
    most = tin.filter(tin != "").unique_counts().max().fill_null(0)
    return [
        pl.len().alias("members"),
        pl.col("person").any(),
        (most + (tin == "").sum()).alias("together"),
        *((pl.col("role") == role).sum().alias(role) for role in OFFICERS),
    ]


def _share(rules: Commissions) -> float:
    """The smallest share that a rule sets, a little less for the sake of rounding."""
    shares = [
        float(rule.share) for rule in rules.rules if rule.rule == "one-employer" and rule.share is not None
    ]
    return min(shares, default=2.0) - 1e-9


def _tiers(rules: Commissions, bodies: Mapping[str, Body]) -> pl.DataFrame:
    """Sizes and officers by commission; nothing where the edition says nothing of such a one: it is asked about."""
    known: dict[Body, tuple[int, ...] | None] = {}
    for body in bodies.values():
        if body not in known:
            tier = tier_of(rules, body)
            sizes = (tier.members or (0, 10**6)) if tier else None
            officers = tuple(int(role in tier.officers) for role in OFFICERS) if tier else ()
            known[body] = (*sizes, *officers) if sizes else None
    rows = [(code, *found) for code, body in bodies.items() if (found := known[body]) is not None]
    names = ["commission", "least", "most", *(f"least {role}" for role in OFFICERS)]
    schema = {name: pl.String if name == "commission" else pl.Int64 for name in names}
    return pl.DataFrame(rows, schema=schema, orient="row")
