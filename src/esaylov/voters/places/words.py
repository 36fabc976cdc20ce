"""Precincts, mahallas and rules in words, and what a preview says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import polars as pl
from django.utils.translation import get_language, gettext

from esaylov.design.words import in_language
from esaylov.exchange.residents.rules import Rule, readable
from esaylov.voters.models import Mahalla
from esaylov.voters.places.examining import Examined
from esaylov.voters.places.precincts import PrecinctPlace

MOST_STREETS = 200
"""Streets that a preview names; of more it gives the sums only."""


@dataclass(frozen=True, slots=True)
class MahallaRules:
    """A precinct's rules in a mahalla as sentences: street and houses."""

    name: str
    code: str
    rules: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Move:
    """Voters who go from one precinct to another; `street` where it is said by street."""

    before: str
    after: str
    voters: int
    street: str = ""
    mahalla: str = ""


@dataclass(frozen=True, slots=True)
class Size:
    """Voters of a precinct before and after; `outside`: beyond what the law has as a rule."""

    name: str
    before: int
    after: int
    outside: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """Whom rules move. `more`: streets that are not named."""

    voters: int
    moves: tuple[Move, ...]
    streets: tuple[Move, ...]
    sizes: tuple[Size, ...]
    more: int


def precinct_name(number: str, code: str, names: Mapping[str, str]) -> str:
    """A precinct by number and place."""
    return gettext("Precinct %(number)s, %(place)s") % {
        "number": number or code,
        "place": in_language(names, code),
    }


def mahalla_name(names: Mapping[str, str], code: str) -> str:
    """A mahalla by name, with its code where it has none."""
    return str(in_language(names, code)) if names else code


def sentences(rules: Iterable[Rule]) -> list[MahallaRules]:
    """Rules by mahalla, streets in the order of the alphabet."""
    ordered = sorted(rules, key=lambda one: (one.mahalla, one.street_key, one.first or 0, one.parity))
    codes = {one.mahalla for one in ordered}
    names = dict(Mahalla.objects.filter(code__in=codes).values_list("code", "names"))
    language = get_language() or "en"
    found = []
    for code, own in groupby(ordered, key=lambda one: one.mahalla):
        said = [readable(rule, language) for rule in own]
        texts = tuple((part.street, part.houses) for part in said)
        found.append(MahallaRules(mahalla_name(names.get(code, {}), code), code, texts))
    return found


def preview(
    done: Examined, places: Mapping[int, PrecinctPlace], limits: tuple[int | None, int | None]
) -> Preview | None:
    """Whom rules move, in words; None where it was not counted. `places`: precincts by number."""
    if done.moves is None:
        return None
    names = {number: precinct_name(one.number, one.code, one.names) for number, one in places.items()}
    pairs = done.moves.group_by("before", "after").agg(pl.col("voters").sum()).sort("voters", descending=True)
    # One way of writing stands for a street: registers write it in several.
    by = ["mahalla", "street_key", "before", "after"]
    streets = done.moves.group_by(by).agg(pl.col("street").min(), pl.col("voters").sum())
    streets = streets.sort("mahalla", "street", "before", "after", nulls_last=True)
    return Preview(
        int(done.moves["voters"].sum()),
        tuple(_moves(pairs, names)),
        tuple(_moves(streets.head(MOST_STREETS), names, _mahallas(done))),
        tuple(_sizes(done, names, limits)),
        max(0, streets.height - MOST_STREETS),
    )


def _mahallas(done: Examined) -> dict[str, str]:
    return {code: mahalla_name(row.names, code) for code, row in done.mahallas.items()}


def _moves(
    table: pl.DataFrame, names: Mapping[int, str], mahallas: Mapping[str, str] | None = None
) -> Iterable[Move]:
    nowhere, unknown = gettext("no precinct"), gettext("house unknown to the register")
    for row in table.iter_rows(named=True):
        street = (row["street"] or unknown) if mahallas is not None else ""
        yield Move(
            names.get(row["before"], nowhere), names.get(row["after"], nowhere), row["voters"], street,
            mahallas.get(row["mahalla"], row["mahalla"]) if mahallas is not None else "",
        )  # fmt: skip


def _sizes(done: Examined, names: Mapping[int, str], limits: tuple[int | None, int | None]) -> Sequence[Size]:
    least, most = limits
    return [
        Size(names.get(number, str(number)), before, after, bool(
            (least is not None and after < least) or (most is not None and after > most)
        ))
        for number, (before, after) in sorted(done.sizes.items(), key=lambda one: names.get(one[0], ""))
    ]  # fmt: skip
