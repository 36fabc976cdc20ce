"""docs/edition.md is enough to write an edition: every key of the schema stands there, its example is one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from fractions import Fraction
from typing import Any

import pytest

from esaylov.law.editions import ContestRule, edition_schema, parse_edition, uz_edition_toml
from tests.law.places import ROOT

PAGE = (ROOT / "docs" / "edition.md").read_text(encoding="utf-8")


def schema_words(schema: Any) -> Iterator[str]:
    """Names of all keys, and the members of all enumerations, of a schema."""
    if isinstance(schema, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict):
            yield from properties
        yield from (word for word in schema.get("enum", ()) if isinstance(word, str))
        for member in schema.values():
            yield from schema_words(member)
    elif isinstance(schema, list):
        for member in schema:
            yield from schema_words(member)


@pytest.mark.parametrize("word", sorted(set(schema_words(edition_schema()))))
def test_every_key_and_every_choice_is_explained(word: str) -> None:
    assert re.search(rf"`[^`\n]*(?<![\w-]){re.escape(word)}(?![\w-])[^`\n]*`", PAGE), word


def test_the_example_is_an_edition() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    edition = parse_edition(example)
    assert edition.contests["council"].threshold == Fraction(1, 20)


def test_the_defaults_are_those_of_the_code() -> None:
    cells = [[cell.strip(" `") for cell in line.split("|")] for line in PAGE.splitlines()]
    rows = {row[1]: row[3] for row in cells if len(row) == 6}
    for field in fields(ContestRule):
        if field.name in ("kind", "method", "sources"):
            continue
        written = rows[field.name]
        default = {"": None, "none": None, "needed": None}.get(written, written)
        assert default == (None if field.default is None else str(field.default)), field.name


def test_the_steps_that_acts_look_for_are_in_the_uzbek_calendar() -> None:
    (named,) = re.findall(r"Acts look for these steps: (.*?)\n\n|$", PAGE, re.DOTALL)[:1]
    codes = {step["code"] for step in tomllib.loads(uz_edition_toml().decode())["calendar"]["steps"]}
    wanted = re.findall(r"`([a-z-]+)`", named)
    assert len(wanted) == 6
    assert set(wanted) <= codes
