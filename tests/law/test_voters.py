"""What editions say of the voter list."""

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from esaylov.law.editions import parse_edition, uz_edition_toml
from esaylov.law.voters import last_birthday, of_age, voter_rules

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))


def test_the_uzbek_edition_says_all() -> None:
    rules = voter_rules(parse_edition(uz_edition_toml("uz-lc-2024")))
    assert (rules.age, rules.citizenship, rules.answer_hours, rules.precinct_change) == (
        18,
        "UZB",
        24,
        "disagreement",
    )
    assert {"died", "incapable"} <= set(rules.ends)
    assert rules.supplement_alert == Fraction(1, 50)


def test_other_editions_of_the_country_say_the_same() -> None:
    first = voter_rules(parse_edition(uz_edition_toml("uz-lc-2024")))
    assert all(
        voter_rules(parse_edition(uz_edition_toml(name))) == first
        for name in ("uz-president-2023", "uz-referendum-2023")
    )


@given(DAYS, DAYS)
def test_the_latest_birth_date_is_the_border(born: date, day: date) -> None:
    assert of_age(born, day, 18) is (born <= last_birthday(day, 18))
