"""PINFL: what it says, its check digit, and that invented ones are nobody's."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esaylov.exchange.members import read_members
from esaylov.exchange.pinfl import check_digit, make_pinfl, parse_pinfl

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


def test_numbers_of_printed_samples_hold() -> None:
    man, woman = parse_pinfl("31210632040244"), parse_pinfl("40201902050010")
    assert (man.sex, man.birth_date, man.invented) == ("male", date(1963, 10, 12), False)
    assert (woman.sex, woman.birth_date) == ("female", date(1990, 1, 2))
    assert man.born(date(1963, 10, 12))
    assert not man.born(date(1963, 10, 13))


@pytest.mark.parametrize(
    ("text", "reason"),
    [("31210632040245", "check digit"), ("3121063204024", "14 digits"), ("3121063204024٤", "14 digits"), ("01210632040244", "0 or 9"),
     ("33002632040244"[:13] + str(check_digit("3300263204024")), "date"), ("", "14 digits")],
)  # fmt: skip
def test_what_is_none_is_refused_without_being_quoted(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        parse_pinfl(text)
    assert not text or text not in str(caught.value)


@given(DAYS, st.sampled_from(["male", "female"]), st.integers(0, 999), st.integers(0, 999))
def test_an_invented_number_fits_its_person_and_no_other_day(
    born: date, sex: str, region: int, serial: int
) -> None:
    number = make_pinfl(born, sex, region, serial)  # type: ignore[arg-type]
    found = parse_pinfl(number)
    assert (found.sex, found.invented, found.birth_date) == (sex, True, None)
    assert found.born(born)
    assert not found.born(born.replace(day=born.day % 28 + 1)) or born.day == born.day % 28 + 1


@given(st.integers(0, 9), DAYS, st.integers(0, 999_999), st.integers(0, 9))
def test_columns_and_single_numbers_are_judged_alike(first: int, born: date, rest: int, last: int) -> None:
    number = f"{first}{born:%d%m%y}{rest:06}{last}"
    head = "commission,role,pinfl,surname,given_name,birth_date"
    codes = set(read_members(f"{head}\ncec,chair,{number},A,B,{born}\n".encode()).counts)
    try:
        fits = parse_pinfl(number).born(born)
    except ValueError:
        assert codes & {"F27", "F28"}
    else:
        assert codes == (set() if fits else {"F29"})


def test_region_and_serial_have_three_digits() -> None:
    with pytest.raises(ValueError, match="three digits"):
        make_pinfl(date(2000, 1, 1), "male", 1000, 0)
