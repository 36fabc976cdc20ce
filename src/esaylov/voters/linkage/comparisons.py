"""How two entries are compared, field by field, and what each outcome weighs.

A field has levels, the first that holds counts. A level's weight in bits is log2(m / u): m is how often the level occurs among
pairs that are one person, u how often among pairs that are two. Names weigh more the rarer they are (`frequency`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from splink import SettingsCreator

from esaylov.voters.linkage.chances import Chances

MISSING = "missing"
DIFFERENT = "different"
LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Level:
    """`condition`: SQL over the two entries (`…_l`, `…_r`). `frequency`: the column whose rare values weigh more."""

    code: str
    condition: str
    frequency: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """`levels` without the first (`missing`: one of the two says nothing) and the last (`different`)."""

    code: str
    columns: tuple[str, ...]
    levels: tuple[Level, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all levels but `missing`, from the strongest to `different`."""
        return (*(level.code for level in self.levels), DIFFERENT)

    def level_of(self, gamma: int) -> str:
        """The code of the level that Splink numbers from the weakest (0) up; -1: missing."""
        return MISSING if gamma < 0 else self.codes[len(self.codes) - 1 - gamma]


def _same(column: str, frequency: bool = False) -> Level:
    return Level("same", f'"{column}_l" = "{column}_r"', column if frequency else "")


def _alike(code: str, column: str, at_least: float) -> Level:
    return Level(code, f'jaro_winkler_similarity("{column}_l", "{column}_r") >= {at_least}')


def _sound(column: str) -> Level:
    return Level("sound", f'"{column}_key_l" = "{column}_key_r"')


def _not_twins(level: Level) -> Level:
    """Twins are called Hasan and Husan, Fotima and Zuhra: two letters apart, and two persons."""
    left, right = (f"""replace("given_name_{side}", 'husan', 'hasan')""" for side in "lr")
    return Level(
        level.code, f'{level.condition} AND NOT ({left} = {right} AND "given_name_l" <> "given_name_r")'
    )


def _slip(column: str, most: int = 1) -> Level:
    left, right = (f'cast("{column}_{side}" as varchar)' for side in "lr")
    return Level("slip", f"damerau_levenshtein({left}, {right}) <= {most}")


_EXCHANGED = '"surname_l" = "given_name_r" AND "given_name_l" = "surname_r"'
_ONE_FAMILY = '"house_l" = "house_r" AND "stem_l" = "stem_r"{more}'
_SAME_FATHER = ' AND "patronymic_l" = "patronymic_r"'
_MIRRORED = (
    'substr("birth_date_l", 1, 4) = substr("birth_date_r", 1, 4) '
    'AND substr("birth_date_l", 6, 2) = substr("birth_date_r", 9, 2) '
    'AND substr("birth_date_l", 9, 2) = substr("birth_date_r", 6, 2)'
)

FIELDS = (
    Field(
        "surname",
        ("surname",),
        (
            _same("surname", frequency=True),
            Level("exchanged", _EXCHANGED),
            _sound("surname"),
            _alike("close", "surname", 0.93),
            _alike("alike", "surname", 0.85),
        ),
    ),
    Field(
        "given_name",
        ("given_name",),
        (
            _same("given_name", frequency=True),
            Level("exchanged", _EXCHANGED),
            _not_twins(_sound("given")),
            _not_twins(_alike("close", "given_name", 0.93)),
            _not_twins(_alike("alike", "given_name", 0.85)),
        ),
    ),
    Field(
        "patronymic",
        ("patronymic",),
        (
            _same("patronymic", frequency=True),
            _sound("patronymic"),
            _alike("close", "patronymic", 0.93),
            _alike("alike", "patronymic", 0.85),
        ),
    ),
    Field(
        "birth_date",
        ("birth_date",),
        (
            # (1 January is many people's, who do not know theirs.)
            _same("birth_date", frequency=True),
            Level("mirrored", _MIRRORED),
            _slip("birth_date"),
            Level("same day", 'substr("birth_date_l", 6) = substr("birth_date_r", 6)'),
            Level("same year", 'substr("birth_date_l", 1, 4) = substr("birth_date_r", 1, 4)'),
        ),
    ),
    Field("pinfl", ("pinfl",), (_same("pinfl"), _slip("pinfl"))),
    Field("document", ("document",), (_same("document"), _slip("document"))),
    Field(
        "address",
        ("mahalla", "street", "house"),
        (
            Level("same house", '"house_l" = "house_r"'),
            Level("same street", '"street_l" = "street_r"'),
            Level("same mahalla", '"mahalla_l" = "mahalla_r"'),
        ),
    ),
)


FAMILY = Field(
    "family",
    ("house",),
    (
        Level("twins", _ONE_FAMILY.format(more=_SAME_FATHER + ' AND "birth_date_l" = "birth_date_r"')),
        Level("siblings", _ONE_FAMILY.format(more=_SAME_FATHER)),
        Level("relatives", _ONE_FAMILY.format(more="")),
    ),
)
"""No field of its own: it takes away what house, surname, patronymic and birth date say twice (`chances`)."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """`share`: of entries that are somebody's second one. `m`, `u`: field → level → how often it occurs among pairs that are
    one person, and among others; what `chances` counts has no u.
    """

    share: float
    m: dict[str, dict[str, float]]
    u: dict[str, dict[str, float]]

    def prior(self, entries: int) -> float:
        """How likely two of so many entries, drawn at random, are one person."""
        return min(0.5, 2 * self.share / max(1, entries - 1))


@cache
def trained() -> Parameters:
    """The parameters in use: estimated from invented people (`training`), not from a register."""
    text = resources.files(__package__).joinpath("model.json").read_text(encoding="utf-8")
    return parameters(json.loads(text))


def parameters(document: dict[str, Any]) -> Parameters:
    """The parameters of a model file. Raises ValueError when a field or a level is missing or too many."""
    fields = document["fields"]
    if {field: set(known) for field, known in fields.items()} != {
        field.code: set(field.codes) for field in FIELDS
    }:
        raise ValueError("the model's fields and levels are not those of the comparisons")
    m, u = (
        {
            field: {level: float(pair[letter]) for level, pair in known.items()}
            for field, known in fields.items()
        }
        for letter in "mu"
    )
    return Parameters(float(document["share"]), m, u)


def settings(known: Parameters, chances: Chances) -> SettingsCreator:
    """What Splink is told."""
    u = known.u | counted(chances)
    weights = {
        field.code: {code: (known.m[field.code][code], u[field.code][code]) for code in field.codes}
        for field in FIELDS
    }
    weights[FAMILY.code] = {code: (factor, 1.0) for code, factor in chances.family().items()} | {
        DIFFERENT: (1.0, 1.0)
    }
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        probability_two_random_records_match=known.prior(chances.entries),
        comparisons=[_comparison(field, weights[field.code]) for field in (*FIELDS, FAMILY)],
        # (Without them Splink does not say the levels.)
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=True,
    )


def untrained() -> SettingsCreator:
    """What Splink is told before any parameter is known."""
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        comparisons=[_comparison(field, {}) for field in FIELDS],
    )


def counted(chances: Chances) -> dict[str, dict[str, float]]:
    """u of the fields that are counted in the list at hand."""
    number = {"same": chances.number, "slip": 100 * chances.number}
    address = {"same house": chances.house, "same street": chances.street, "same mahalla": chances.mahalla}
    return {
        "pinfl": number | {DIFFERENT: 1.0},
        "document": number | {DIFFERENT: 1.0},
        "address": {level: max(u, LEAST) for level, u in address.items()} | {DIFFERENT: 1.0},
    }


def _comparison(field: Field, weights: dict[str, tuple[float, float]]) -> dict[str, Any]:
    column = field.columns[0]
    levels: list[dict[str, Any]] = [
        {
            "sql_condition": f'"{column}_l" IS NULL OR "{column}_r" IS NULL',
            "label_for_charts": MISSING,
            "is_null_level": True,
        }
    ]
    for level in (*field.levels, Level(DIFFERENT, "ELSE")):
        described: dict[str, Any] = {"sql_condition": level.condition, "label_for_charts": level.code}
        if level.frequency:
            described |= {"tf_adjustment_column": level.frequency, "tf_adjustment_weight": 1.0}
        if weights:
            m, u = weights[level.code]
            described |= {"m_probability": m, "u_probability": u}
        levels.append(described)
    return {"output_column_name": field.code, "comparison_levels": levels}
