"""Columns that changed places, told by what stands in them: the values of one fit the form of another, whose own do not."""

from __future__ import annotations

import polars as pl

from esaylov.exchange.residents.problems import ExtractError, problem

SAMPLE = 10_000
OWN, OTHER = 0.3, 0.7
ENOUGH = 30
"""Rows before surnames and given names can be told apart: a single Yakov Kim proves nothing."""

FORMS = {
    "pinfl": r"^\s*[0-9]{14}\s*$",
    "document": r"(?i)^\s*[A-ZА-Я]{2}\s?[0-9]{7}\s*$",
    "birth_date": r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*$",
    "sex": r"(?i)^\s*[mf]\s*$",
    "citizenship": r"^\s*[A-Za-z]{3}\s*$",
    "region": r"^\s*[0-9]{4}\s*$",
    "district": r"^\s*[0-9]{7}\s*$",
    "latitude": r"^\s*(?:3[6-9]|4[0-7])\.[0-9]+\s*$",
    "longitude": r"^\s*(?:5[4-9]|6[0-9]|7[0-5])\.[0-9]+\s*$",
    "house": r"^\s*[0-9]{1,4}\s?[-/]?\s?[0-9]{0,3}\p{L}?\s*$",
}
"""What a value of a column looks like."""

# A flat is numbered as a house is.
_ALIKE = {("house", "flat")}
_SURNAME = r"(?i)(?:\p{L}{3}(?:[oeу]|ое)?(?:ov|ev|ова?|ева?|ов|ев|ova|eva))\s*$"


def check_swapped(name: str, table: pl.DataFrame) -> None:
    """Judges the first rows of a file. Raises ExtractError for a column that holds what belongs to another."""
    sample = table.head(SAMPLE)
    problems = []
    for column in sample.columns:
        if column != "line" and (other := _other(sample, column)):
            problems.append(problem("X15", name, 2, column, value=column, other=other))
    if problems:
        raise ExtractError(problems)


def _other(sample: pl.DataFrame, column: str) -> str | None:
    if column in ("surname", "given_name") and (other := _names(sample, column)):
        return other
    if _fits(sample, column, column) > OWN:
        return None
    others = (
        name for name in FORMS if name != column and name in sample.columns and (name, column) not in _ALIKE
    )
    found = (
        name for name in others if _fits(sample, column, name) > OTHER and _fits(sample, name, name) < OWN
    )
    return next(found, None)


def _fits(sample: pl.DataFrame, column: str, other: str) -> float:
    """The share of the values of one column that have the form of another; 0 where a form does not tell."""
    values = sample[column].filter(sample[column] != "")
    return _share(values, FORMS[other]) if other in FORMS and len(values) else 0.0


def _names(sample: pl.DataFrame, column: str) -> str | None:
    """Surnames mostly end in -ov, -ev and their like, given names hardly ever do."""
    if sample.height < ENOUGH:
        return None
    surnames, given = (_share(sample[name], _SURNAME) for name in ("surname", "given_name"))
    if given > 0.5 and surnames < 0.1:
        return "given_name" if column == "surname" else "surname"
    return None


def _share(values: pl.Series, form: str) -> float:
    return float(values.str.contains(form).mean() or 0)  # type: ignore[arg-type]
