"""Who may sit on a commission: the Uzbek rules on proposals that keep them, and on such that break one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esaylov.law.composition import Body, Member, age, composition_findings, tier_of
from esaylov.law.editions import parse_edition, uz_edition_toml

EDITION = parse_edition(uz_edition_toml())
assert EDITION.commissions is not None
RULES = EDITION.commissions
ON = date(2024, 9, 16)
CHAMBER = frozenset({"list", "single-member"})
PRECINCT = Body("precinct", CHAMBER)
GROUNDS = next(rule.grounds for rule in RULES.rules if rule.rule == "excluded")


def proposal(size: int) -> list[Member]:
    """A composition that breaks no rule."""
    roles = ("chair", "deputy", "secretary")
    return [
        Member(f"m{i}", roles[i] if i < 3 else "member", date(1980, 1, 1), "secondary", f"school {i}")
        for i in range(size)
    ]


def codes(members: list[Member], body: Body = PRECINCT) -> list[str]:
    return [finding.code for finding in composition_findings(RULES, body, members, ON)]


def changed(members: list[Member], place: int, **values: object) -> list[Member]:
    return [replace(m, **values) if i == place else m for i, m in enumerate(members)]  # type: ignore[arg-type]


@given(st.integers(min_value=0, max_value=40))
def test_a_precinct_commission_has_5_to_19_members(size: int) -> None:
    found = composition_findings(RULES, PRECINCT, proposal(size), ON)
    sizes = [(f.code, f.left, f.right) for f in found if f.code == "M01"]
    assert sizes == ([] if 5 <= size <= 19 else [("M01", size, 5 if size < 5 else 19)])
    assert [f.code for f in found if f.code not in ("M01", "M02")] == []
    assert ("M02" in [f.code for f in found]) == (size < 3)


@pytest.mark.parametrize(
    ("commission", "contests", "sizes"),
    [
        ("central", CHAMBER, (9, 9)),
        ("district", CHAMBER, (11, 21)),
        ("okrug", frozenset({"council"}), (9, 11)),
        ("okrug", frozenset({"president"}), (11, 21)),
        ("territorial", CHAMBER, None),
        ("precinct", frozenset({"referendum"}), (5, 19)),
    ],
)
def test_sizes_by_tier_and_election(
    commission: str, contests: frozenset[str], sizes: tuple[int, int] | None
) -> None:
    tier = tier_of(RULES, Body(commission, contests))
    assert tier is not None
    assert tier.members == sizes


def test_no_size_is_checked_where_the_law_names_none() -> None:
    assert codes(proposal(3), Body("territorial", CHAMBER)) == []
    assert codes(proposal(300), Body("territorial", CHAMBER)) == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"role": "member"}, "M02"),
        ({"birth_date": date(2003, 9, 17)}, "M03"),
        ({"education": "basic"}, "M04"),
        *(({"grounds": frozenset({ground})}, "M05") for ground in GROUNDS),
        ({"elsewhere": ("pec:17",)}, "M06"),
        ({"birth_date": None}, "M08"),
        ({"education": None}, "M08"),
        ({"employer": None}, "M08"),
    ],
)
def test_one_thing_wrong_is_one_finding_that_names_the_person(values: dict[str, object], code: str) -> None:
    members = changed(proposal(7), 0, **values)
    (finding,) = composition_findings(RULES, PRECINCT, members, ON)
    assert finding.code == code
    assert finding.fields == (("chair",) if code == "M02" else ("m0",))
    assert finding.article
    assert set(finding.text) == {"uz", "uz-cyrl", "kaa", "ru", "en"}
    assert finding.is_error == (code != "M08")


def test_grounds_that_the_law_does_not_name_keep_nobody_out() -> None:
    assert codes(changed(proposal(7), 3, grounds=frozenset({"left-handed"}))) == []


def test_two_chairs_are_found() -> None:
    assert codes(changed(proposal(7), 4, role="chair")) == ["M02"]


def test_who_is_21_on_the_day_may_sit() -> None:
    assert codes(changed(proposal(7), 5, birth_date=date(2003, 9, 16))) == []


@given(st.integers(min_value=5, max_value=19), st.data())
def test_more_than_half_from_one_employer(size: int, data: st.DataObject) -> None:
    together = data.draw(st.integers(min_value=1, max_value=size))
    members = [replace(m, employer="mill") if i < together else m for i, m in enumerate(proposal(size))]
    found = [f for f in composition_findings(RULES, PRECINCT, members, ON) if f.code == "M07"]
    assert len(found) == (2 * together > size)
    if found:
        assert (found[0].left, found[0].right) == (together, size)
        assert found[0].fields == tuple(f"m{i}" for i in range(together))
    for place in ("abroad", "military-unit", "hospital", "detention"):
        assert codes(members, replace(PRECINCT, place=place)) == []
    assert "M07" not in codes(members, Body("district", CHAMBER))


def test_who_declares_no_employer_is_nobodys_colleague() -> None:
    members = [replace(m, employer=None) for m in proposal(7)]
    assert codes(members) == ["M08"]


def test_one_person_twice_is_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="'m1' is there twice"):
        composition_findings(RULES, PRECINCT, [*proposal(7), Member("m1")], ON)


@pytest.mark.parametrize(
    ("birth", "on", "years"),
    [
        (date(2004, 2, 29), date(2025, 2, 28), 20),
        (date(2004, 2, 29), date(2025, 3, 1), 21),
        (date(2004, 2, 29), date(2028, 2, 29), 24),
        (date(2003, 12, 31), date(2024, 12, 30), 20),
        (date(2003, 12, 31), date(2024, 12, 31), 21),
    ],
)
def test_age_at_leap_days_and_year_ends(birth: date, on: date, years: int) -> None:
    assert age(birth, on) == years
