"""Editions that extend others, and that what is written out whole reads as the same edition."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esaylov.law.calling import edition_for
from esaylov.law.edition_merging import merged, rows_merged
from esaylov.law.edition_writing import written
from esaylov.law.editions import (
    Edition,
    EditionError,
    parse_edition,
    uz_edition,
    uz_edition_names,
    uz_edition_toml,
)

BASE = """
id = "base"
title = {en = "Base"}
[protocol]
lines = ["voters", "boxes", "invalid"]
[protocol.common]
voters_on_list = ["voters"]
ballots_in_boxes = ["boxes"]
invalid = ["invalid"]
[contests.list]
method = "dhondt"
threshold = 0.05
turnout = 0.33
[contests.list.sources]
threshold = {article = "12", status = "confirmed", note = "Seen."}
turnout = {article = "13", status = "confirmed"}
[contests.council]
method = "plurality"
[calendar]
[[calendar.steps]]
code = "voting"
title = {en = "Voting"}
who = ["precinct"]
opens = {day = 0, time = "08:00"}
closes = {day = 0, time = "20:00"}
article = "51"
status = "confirmed"
note = "Seen."
[[calendar.steps]]
code = "media"
title = {en = "Media"}
closes = {before = 10}
article = "35"
status = "unknown"
note = "Not seen."
"""


def base(name: str) -> Mapping[str, Any]:
    return tomllib.loads({"base": BASE}[name], parse_float=Decimal)


def extending(more: str = "") -> Edition:
    return parse_edition(f'extends = "base"\nid = "more"\n{more}', base)


def test_an_edition_may_say_only_what_differs() -> None:
    found = extending(
        'without = ["contests.council", "calendar.steps.media"]\n[contests.list]\nthreshold = 0.07'
    )
    assert (found.id, found.title, set(found.contests)) == ("more", {"en": "Base"}, {"list"})
    assert found.calendar is not None
    assert set(found.calendar.steps) == {"voting"}
    assert not {"extends", "without"} & found.raw.keys()


def test_a_value_that_replaces_another_takes_its_source_away() -> None:
    rule = extending("[contests.list]\nthreshold = 0.07").contests["list"]
    assert rule.article("threshold") is None
    assert rule.article("turnout") == "13"
    own = extending(
        '[contests.list]\nthreshold = 0.07\n[contests.list.sources]\nthreshold = {article = "14"}'
    )
    assert own.contests["list"].article("threshold") == "14"


def test_the_ends_of_a_window_go_together() -> None:
    found = extending('[[calendar.steps]]\ncode = "voting"\nopens = {day = 0, time = "07:00"}')
    assert found.calendar is not None
    voting = found.calendar.steps["voting"]
    assert voting.closes is None
    assert (voting.title, voting.who, voting.source.article) == ({"en": "Voting"}, ("precinct",), "51")
    assert (voting.source.status, voting.source.note) == (None, None)
    surer = extending('[[calendar.steps]]\ncode = "voting"\nstatus = "derived"').calendar
    assert surer is not None
    assert surer.steps["voting"].closes is not None
    assert (surer.steps["voting"].source.status, surer.steps["voting"].source.note) == ("derived", None)


def test_new_steps_stand_behind_and_off_has_no_ends() -> None:
    found = extending(
        '[[calendar.steps]]\ncode = "oath"\ntitle = {en = "Oath"}\n[[calendar.steps]]\ncode = "media"\noff = true'
    )
    assert found.calendar is not None
    assert list(found.calendar.steps) == ["voting", "media", "oath"]
    assert found.calendar.steps["media"].off
    assert found.calendar.steps["media"].closes is None


def test_values_of_another_law_lose_article_and_certainty() -> None:
    found = extending(
        'borrowed = "As there"\n[calendar]\n[[calendar.steps]]\ncode = "voting"\narticle = "9"\nstatus = "confirmed"'
    )
    assert found.calendar is not None
    assert found.contests["list"].sources["threshold"].status == "derived"
    assert found.contests["list"].sources["threshold"].note == "As there"
    assert found.contests["list"].article("turnout") is None
    assert found.calendar.steps["media"].source.status == "unknown", "what nobody knew is not surer now"
    assert found.calendar.steps["media"].source.note == "Not seen."
    assert found.calendar.steps["voting"].source.article == "9"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('extends = "nobody"', "extends: there is no edition 'nobody'"),
        ('extends = "base"\nwithout = ["contests.president"]', "without: 'contests.president' is not there"),
        ('extends = "base"\nwithout = ["calendar.steps.senate"]', "without: 'calendar.steps.senate' is not there"),
        ('extends = "base"\nwithout = ["contests.list.method.x"]', "without: 'contests.list.method.x' is not there"),
        ('extends = "base"\nwithout = "contests"', "without: 'contests' is not of type 'array'"),
        ('extends = "base"\n[[calendar.steps]]\ntitle = {en = "X"}', "calendar.steps: every row needs a code"),
        ('extends = "base"\n[contests.list]\nsources = 3', "contests.list.sources: 3 is not of type 'object'"),
        ('extends = 1', "extends: 1 is not of type 'string'"),
        ('id = "x"\nwithout = []', "'extends' is a required property"),
        ('extends = "base"\nwithout = ["protocol"]', "'protocol' is a required property"),
        ('extends = "base"\n[contests.list]\nthreshold = 2', "contests.list.threshold: 2 is greater than the maximum"),
    ],
)  # fmt: skip
def test_what_cannot_be_merged_is_named(text: str, problem: str) -> None:
    with pytest.raises(EditionError) as caught:
        parse_edition(text, base)
    assert str(caught.value).startswith(problem), str(caught.value)


def test_a_package_holds_a_whole_edition() -> None:
    with pytest.raises(EditionError, match="'extends' was unexpected"):
        parse_edition(f'extends = "base"\n{BASE}')
    for name in uz_edition_names():
        assert "extends" not in tomllib.loads(uz_edition_toml(name).decode())


@pytest.mark.parametrize("name", uz_edition_names())
def test_what_is_written_out_reads_as_the_same_edition(name: str) -> None:
    edition = uz_edition(name)
    text = written(edition.raw)
    again = parse_edition(text)
    assert again == edition
    assert again.raw == edition.raw
    assert written(again.raw) == text
    assert list(again.contests) == list(edition.contests)


@pytest.mark.parametrize(
    ("name", "form"), [(name, form) for name in uz_edition_names() for form in uz_edition(name).forms]
)
def test_so_does_the_edition_of_every_form(name: str, form: str) -> None:
    edition = edition_for(uz_edition(name), form)
    assert parse_edition(written(edition.raw)) == edition
    assert edition.id == (name if form == "regular" else f"{name}.{form}")
    assert edition.form == (None if form == "regular" else form)


texts = st.text(st.characters(codec="utf-8"), max_size=20)
plain = st.one_of(
    st.booleans(), st.integers(-(10**30), 10**30), texts,
    st.decimals(allow_nan=False, allow_infinity=False, places=6) | st.sampled_from([Decimal("1E+3"), Decimal("7"), Decimal("-0.0")]),
)  # fmt: skip
tables = st.recursive(
    st.dictionaries(texts, plain | st.lists(plain, max_size=3), max_size=4),
    lambda inner: st.dictionaries(texts, plain | inner | st.lists(inner, min_size=1, max_size=3), max_size=4),
    max_leaves=12,
)


@given(tables)
def test_any_table_is_written_and_read_again(table: dict[str, Any]) -> None:
    assert tomllib.loads(written(table).decode(), parse_float=Decimal) == table


@given(tables, tables)
def test_merging_changes_neither_side_and_says_the_same_twice(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    one.pop("sources", None)
    other.pop("sources", None)
    before = written(one), written(other)
    found = merged(one, other)
    assert (written(one), written(other)) == before
    assert merged(found, other) == found
    assert merged(one, {}) == one


def test_what_an_edition_cannot_hold_is_not_written() -> None:
    for value in (None, object(), 1j):
        with pytest.raises(TypeError):
            written({"x": value})


def test_rows_keep_their_place() -> None:
    rows = [{"code": "a", "opens": 1, "status": "confirmed"}, {"code": "b"}]
    assert rows_merged(rows, [{"code": "c"}, {"code": "a", "closes": 2}]) == [
        {"code": "a", "closes": 2}, {"code": "b"}, {"code": "c"},
    ]  # fmt: skip
