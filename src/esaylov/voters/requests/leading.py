"""Which precinct the rules of an election lead houses to, whose addresses are known in words."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from django.db import connection

from esaylov.exchange.residents.normal import fold_street, normal_house
from esaylov.exchange.residents.rules import Rules
from esaylov.registry.models import Precinct
from esaylov.voters.models import Mahalla
from esaylov.voters.places.houses import UNKNOWN_STREET, rules_in_force

House = tuple[int, str, str]
"""Mahalla (row), street and house, as somebody writes them."""
KNOWN = """SELECT DISTINCT a.mahalla_id, a.street_key, a.house
    FROM unnest(%s::integer[], %s::text[], %s::text[]) AS t(mahalla, street_key, house)
    JOIN voters_address a ON a.mahalla_id = t.mahalla AND a.street_key = t.street_key AND a.house = t.house"""


def lead(election: str, houses: Sequence[House]) -> list[int | None]:
    """The precinct (row) that the rules lead each house to; None: no rule does. (Those of all are asked for together.)"""
    if not houses:
        return []
    folded = [(mahalla, fold_street(street), normal_house(house)) for mahalla, street, house in houses]
    mahallas = sorted({mahalla for mahalla, _, _ in folded})
    codes = dict(Mahalla.objects.filter(id__in=mahallas).values_list("id", "code"))
    there = _in_register(sorted(set(folded)))
    rows = {
        "mahalla": [codes[mahalla] for mahalla, _, _ in folded],
        "street_key": [one[1] if one in there else UNKNOWN_STREET for one in folded],
        "house": [house for _, _, house in folded],
    }
    found = Rules(rules_in_force(election, mahallas)).match(pl.DataFrame(rows)).to_list()
    named = Precinct.objects.filter(election=election, code__in={code for code in found if code})
    numbers = dict(named.values_list("code", "id"))
    return [numbers.get(code) if code else None for code in found]


def leads_to(election: str, mahalla: int, street: str, house: str) -> int | None:
    """The precinct (row) that the rules lead one house to; None: no rule does."""
    return lead(election, [(mahalla, street, house)])[0]


def _in_register(houses: Sequence[House]) -> set[House]:
    """Those that the register of addresses knows."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [list(column) for column in zip(*houses, strict=True)])
        return set(cursor.fetchall())
