"""Editions: what is read, what is refused and how it is named, and that the house's own edition is whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from esaylov.law.editions import (
    EditionError,
    edition_schema,
    parse_edition,
    uz_edition,
    uz_edition_names,
    uz_edition_toml,
)
from tests.law.places import SHARED

SMALL = """
id = "small"
title = {en = "A small edition"}
[protocol]
lines = ["voters", "boxes", "invalid"]
[protocol.common]
voters_on_list = ["voters"]
ballots_in_boxes = ["boxes"]
invalid = ["invalid"]
[[protocol.relations]]
code = "R01"
left = ["boxes"]
op = "="
right = ["votes", "invalid"]
severity = "error"
text = {en = "Boxes hold votes and invalid ballots"}
[contests.list]
method = "dhondt"
"""


def problems(text: str | bytes) -> list[str]:
    with pytest.raises(EditionError) as caught:
        parse_edition(text)
    return [str(problem) for problem in caught.value.problems]


def test_the_smallest_edition_has_the_documented_defaults() -> None:
    edition = parse_edition(SMALL)
    rule = edition.contests["list"]
    assert (rule.threshold, rule.threshold_base, rule.minimum_parties) == (0, "valid", 1)
    assert (rule.quota_rounding, rule.ties, rule.none_of_the_above) == ("exact", "lot", "in")
    assert (rule.turnout, rule.annulled_voters) == (None, "leave")
    assert edition.release is None
    assert edition.calendar is None
    assert edition.relations[0].right_factor == 1


def test_decimals_are_exact() -> None:
    edition = parse_edition(SMALL + "threshold = 0.07\n")
    assert edition.contests["list"].threshold == Fraction(7, 100)
    assert edition.raw["contests"]["list"]["threshold"] == Decimal("0.07")


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        (("threshold = 0.05", "treshold = 0.05"), "contests.list", "'treshold' was unexpected"),
        (("threshold = 0.05", "threshold = 5"), "contests.list.threshold", "greater than the maximum"),
        (("threshold = 0.05", "threshold = nan"), "contests.list.threshold", "finite"),
        (("threshold = 0.05", "threshold = 1e-999999999"), "contests.list.threshold", "exponent"),
        (("threshold = 0.05", "majority = 0.5"), "contests.list.majority", "no meaning with the method"),
        (('"dhondt"', '"majority"'), "contests.list.majority", "is needed"),
        (('"dhondt"', '"d-hondt"'), "contests.list.method", "is not one of"),
        (('invalid = ["invalid"]', 'invalid = ["blank"]'), "protocol.common.invalid", "'blank' is not"),
        (('invalid = ["invalid"]\n', ""), "protocol.common", "'invalid' is a required property"),
        (('right = ["votes", ', 'right = ["vote", '), "protocol.relations[0].right", "'vote' is not a line"),
        (('code = "R01"', 'code = "P01"'), "protocol.relations[0].code", "does not match"),
        (('severity = "error"', 'severity = "fatal"'), "protocol.relations[0].severity", "is not one of"),
        (
            ('severity = "error"', 'severity = "error"\nunless = ["R02"]'),
            "protocol.relations[0].unless",
            "not the code of an earlier relation",
        ),
        (("threshold = 0.05", "[contests.list.sources]\nx = {}"), "contests.list.sources.x", "no such key"),
        (("threshold = 0.05", '[release]\ntime = "25:00"'), "release.time", "does not match"),
        (
            ("threshold = 0.05", '[release]\ntime = "20:00"\nwait_for_abroad = true'),
            "release.abroad_time",
            "is needed",
        ),
        (
            ("threshold = 0.05", '[[calendar.steps]]\ncode="x"\ntitle={en="X"}\nopens={time="10:00"}'),
            "calendar.steps[0].opens",
            "exactly one of",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_its_place(change: tuple[str, str], path: str, reason: str) -> None:
    text = SMALL + "threshold = 0.05\n"
    assert change[0] in text
    found = problems(text.replace(*change))
    assert any(problem.startswith(f"{path}: ") and reason in problem for problem in found), found


def test_a_relation_is_silenced_by_earlier_ones_only_and_no_error_by_a_warning() -> None:
    second = """
[[protocol.relations]]
code = "R02"
left = ["boxes"]
op = "<="
right = ["voters"]
severity = "{severity}"
unless = ["R01"]
text = {{en = "Not more ballots than voters"}}
"""
    head, tail = SMALL.split("[contests.list]")
    text = head + second.format(severity="error") + "[contests.list]" + tail
    assert parse_edition(text).relations[1].unless == ("R01",)
    weak = text.replace('severity = "error"', 'severity = "warning"', 1)
    assert problems(weak) == ["protocol.relations[1].unless: the warning R01 cannot silence an error"]
    assert problems(text.replace('"R02"', '"R01"'))[0] == "protocol.relations[1].code: R01 occurs twice"


COMMISSIONS = """
[commissions]
quorum = "2/3"
[[commissions.tiers]]
commission = "precinct"
members = [5, 19]
officers = ["chair"]
[[commissions.rules]]
code = "M01"
rule = "age"
least = 21
severity = "error"
text = {en = "Too young"}
[[commissions.rules]]
code = "M02"
rule = "one-employer"
share = 0.5
severity = "error"
text = {en = "Too many from one employer"}
"""


def test_commissions_have_the_documented_defaults() -> None:
    found = parse_edition(SMALL + COMMISSIONS).commissions
    assert found is not None
    assert (found.quorum, found.majority_of, found.casting_vote) == (Fraction(2, 3), "members", False)
    assert [rule.share for rule in found.rules] == [None, Fraction(1, 2)]
    assert parse_edition(SMALL).commissions is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (('"2/3"', '"4/3"'), "commissions.quorum: is more than all members"),
        (('"2/3"', '"2/0"'), "commissions.quorum: '2/0' does not match"),
        (("[5, 19]", "[19, 5]"), "commissions.tiers[0].members: the first figure is the lower one"),
        (('members = [5, 19]\nofficers = ["chair"]', 'members = [1, 1]\nofficers = ["chair", "deputy"]'),
         "commissions.tiers[0].officers: are more than the commission has members"),
        (("least = 21\n", ""), "commissions.rules[0].least: is needed with the rule age"),
        (("least = 21", 'least = 21\naccepted = ["higher"]'),
         "commissions.rules[0].accepted: has no meaning with the rule age"),
        (('"M02"', '"M01"'), "commissions.rules[1].code: M01 occurs twice"),
        (('"age"', '"height"'), "commissions.rules[0].rule: 'height' is not one of"),
    ],
)  # fmt: skip
def test_a_mistake_in_commissions_is_named(change: tuple[str, str], problem: str) -> None:
    assert change[0] in COMMISSIONS
    assert any(found.startswith(problem) for found in problems(SMALL + COMMISSIONS.replace(*change, 1)))


@pytest.mark.parametrize("text", [b"\xff", "id = ", "id = 1\nid = 2", "a = " + "[" * 100_000])
def test_what_is_not_toml_is_refused(text: str | bytes) -> None:
    assert len(problems(text)) == 1


def test_all_problems_are_named_at_once() -> None:
    text = SMALL.replace('"dhondt"', '"best"').replace('op = "="', 'op = "=="').replace('id = "small"', "")
    assert len(problems(text)) == 3


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(edition_schema())
    assert edition_schema() is not edition_schema()


@pytest.mark.shared
def test_a_real_edition_of_another_country_is_read() -> None:
    edition = parse_edition((SHARED / "data" / "duma-2016" / "edition.toml").read_bytes())
    assert len(edition.lines) == 18
    assert [relation.code for relation in edition.relations] == [f"R{n:02}" for n in range(1, 8)]
    assert edition.contests["list"].threshold == Fraction(1, 20)
    assert edition.contests["list"].threshold_base == "cast"


class TestUzbekEdition:
    def test_lines_and_relations(self) -> None:
        edition = parse_edition(uz_edition_toml())
        assert edition.id == "uz-lc-2024"
        assert edition.lines == (
            "voters_on_list", "ballots_received", "ballots_issued", "early", "ballots_in_boxes",
            "unused_and_spoiled", "spoiled", "invalid",
        )  # fmt: skip
        assert [relation.code for relation in edition.relations] == [f"U{n:02}" for n in range(1, 9)]
        assert set(edition.common) == set(edition.lines) - {"spoiled"}
        assert set(edition.contests) == {"list", "single-member", "president", "referendum", "council"}

    @pytest.mark.parametrize("name", uz_edition_names())
    def test_every_wording_is_there_in_five_languages(self, name: str) -> None:
        edition = uz_edition(name)
        steps = edition.calendar.steps.values() if edition.calendar else ()
        texts = [edition.title, *edition.titles.values(), *(r.text for r in edition.relations)]
        texts += [step.title for step in steps]
        texts += [rule.text for rule in edition.commissions.rules] if edition.commissions else []
        texts += [form.title for form in edition.forms.values()]
        texts += [rule.title for form in edition.forms.values() for rule in form.dates]
        assert set(edition.titles) == set(edition.lines)
        assert all(set(text) == {"uz", "uz-cyrl", "kaa", "ru", "en"} for text in texts)

    @pytest.mark.parametrize("name", uz_edition_names())
    def test_uzbek_letters_are_letters(self, name: str) -> None:
        text = uz_edition_toml(name).decode()
        uzbek = [line for line in text.splitlines() if "uz = " in line]
        assert uzbek
        assert not any(
            sign in line for line in uzbek for sign in ("o'", "g'", "o‘", "g‘", "o`", "g`", "o’", "g’")
        )

    @pytest.mark.parametrize("name", uz_edition_names())
    def test_every_value_of_the_law_has_a_status(self, name: str) -> None:
        assert sorted(self._without_status(uz_edition(name).raw, "")) == []

    def _without_status(self, table: Mapping[str, Any], path: str) -> Iterator[str]:
        """Values that decide something and say neither where they stand nor how sure that is."""
        sources = table.get("sources", {})
        for key, value in table.items():
            inner = f"{path}.{key}"
            if isinstance(value, Mapping) and key not in ("sources", "title", "titles", "common", "text"):
                yield from self._without_status(value, inner)
            elif isinstance(value, list) and value and isinstance(value[0], Mapping):
                yield from (f"{inner}[{n}]" for n, member in enumerate(value) if "status" not in member)
            elif path.split(".")[1:2] in (
                ["contests"],
                ["release"],
                ["calendar"],
                ["values"],
                ["commissions"],
                ["protocol"],
            ) and (key not in ("sources", "titles", "common") and "status" not in sources.get(key, {})):
                yield inner

    @pytest.mark.parametrize("name", uz_edition_names())
    def test_what_is_not_sure_says_why(self, name: str) -> None:
        rows = [r for r in self._sources(uz_edition(name).raw) if r.get("status") == "unknown"]
        assert len(rows) >= (6 if name == "uz-lc-2024" else 3)
        assert all(row.get("note") for row in rows)

    def _sources(self, value: object) -> Iterator[Mapping[str, Any]]:
        if isinstance(value, Mapping):
            if "status" in value:
                yield value
            for member in value.values():
                yield from self._sources(member)
        elif isinstance(value, list):
            for member in value:
                yield from self._sources(member)

    def test_it_is_found_by_name_only(self) -> None:
        assert uz_edition_names() == ("uz-lc-2024", "uz-president-2023", "uz-referendum-2023")
        with pytest.raises(KeyError):
            uz_edition_toml("../editions")
