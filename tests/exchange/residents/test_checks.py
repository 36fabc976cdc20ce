"""Rows of the residence register: each is taken, left out or refused, and every reason has a code."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esaylov.exchange.pinfl import check_digit, make_pinfl
from esaylov.exchange.residents.checks import Checker, Parameters, years_before
from esaylov.exchange.residents.comma import Rows
from esaylov.exchange.residents.extracts import Batch, Piece, normal
from esaylov.exchange.residents.normal import fold_street
from esaylov.exchange.residents.places import Addresses
from esaylov.exchange.residents.problems import codes, no_problems
from tests.exchange.residents import cases

AS_OF = date(2027, 6, 1)
ODD = make_pinfl(date(1990, 5, 6), "male", 0, 0)


def parameters(**changed):
    given = {
        "election_day": cases.ELECTION_DAY,
        "as_of": AS_OF,
        "simulated": True,
        "mahallas": cases.MAHALLAS,
    }
    return Parameters(**(given | changed))


def batch(table):
    whole = table.with_row_index("line", 2).with_columns(fold_street(table["street"]).alias("street_key"))
    return Batch("a.csv", whole.with_columns(pl.col("line").cast(pl.UInt32)), no_problems(), table.height)


def one(**changed):
    """A row in order, with some values changed."""
    row = {
        "pinfl": ODD, "document": "AB1234567", "surname": "Karimov", "given_name": "Ali", "patronymic": "", "birth_date": "1990-05-06",
        "sex": "m", "citizenship": "UZB", "region": "1726", "district": "1726201", "mahalla": "1726-001",
        "street": "Navoiy koʻchasi", "house": "1", "flat": "", "status": "",
    }  # fmt: skip
    return pl.DataFrame([row | changed])


def check(*rows, **changed):
    checked = Checker(parameters(**changed)).check(batch(pl.concat(rows)))
    return checked, checked.problems.select("line", "code", "field").rows()


def pinfl(first, born, serial=0):
    """A number with a right check digit and any first one; made here, so that none like it is written anywhere."""
    number = make_pinfl(born, "male", 999, serial)
    digits = first + number[1:-1]
    return f"{digits}{check_digit(digits)}"


def test_a_row_in_order():
    checked, problems = check(one())
    assert (checked.table.height, problems) == (1, [])
    assert checked.left_out.height == checked.refused.height == 0


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"pinfl": ""}, "V01", "pinfl"),
        ({"pinfl": ODD[:-1]}, "V01", "pinfl"),
        ({"pinfl": "9" + ODD[1:]}, "V01", "pinfl"),
        ({"pinfl": "٣" + ODD[1:]}, "V01", "pinfl"),
        ({"pinfl": ODD[:-1] + str((int(ODD[-1]) + 1) % 10)}, "V02", "pinfl"),
        ({"birth_date": "1990-05-07"}, "V03", "birth_date"),
        ({"document": ""}, "V04", "document"),
        ({"document": "A12345678"}, "V04", "document"),
        ({"document": "ÄB1234567"}, "V04", "document"),
        ({"birth_date": ""}, "V06", "birth_date"),
        ({"birth_date": "06.05.1990"}, "V06", "birth_date"),
        ({"birth_date": "1990-02-30"}, "V06", "birth_date"),
        ({"surname": ""}, "V07", "surname"),
        ({"given_name": ""}, "V07", "given_name"),
        ({"mahalla": ""}, "V08", "mahalla"),
        ({"mahalla": "1726-999"}, "V08", "mahalla"),
        ({"region": "17"}, "V17", "district"),
        ({"district": "1703201"}, "V17", "district"),
    ],
)
def test_errors_refuse_a_row(changed, code, field):
    checked, problems = check(one(**changed))
    assert problems == [(2, code, field)]
    assert checked.refused["code"].to_list() == [code]
    assert checked.refused["pinfl"].to_list() == [ODD if "pinfl" not in changed else ""]
    assert checked.table.height == 0


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"sex": "f"}, "V14"), ({"sex": ""}, "V14"), ({"status": "sleeping"}, "V16")],
)
def test_warnings_keep_it(changed, code):
    checked, problems = check(one(**changed))
    assert ([found for _, found, _ in problems], checked.table.height) == ([code], 1)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"status": "died"}, "V12"),
        ({"status": "incapable"}, "V12"),
        ({"citizenship": "KAZ"}, "V13"),
        ({"citizenship": ""}, "V13"),
    ],
)
def test_who_is_no_voter_is_left_out_and_counted(changed, code):
    checked, problems = check(one(**changed))
    assert ([found for _, found, _ in problems], checked.table.height) == ([code], 0)
    assert checked.left_out.select("pinfl", "code").rows() == [(ODD, code)]


def test_statuses_are_a_parameter():
    checked, problems = check(one(status="incapable"), removing={"died": "27"}, staying=("incapable",))
    assert (checked.table.height, problems) == (1, [])


@pytest.mark.parametrize(
    ("born", "taken"),
    [(date(2009, 10, 24), 1), (date(2009, 10, 25), 0), (date(2009, 10, 23), 1)],
)
def test_eighteen_on_election_day(born, taken):
    checked, problems = check(one(pinfl=pinfl("7", born), birth_date=born.isoformat()))
    assert checked.table.height == taken
    assert [code for _, code, _ in problems] == ([] if taken else ["V05"])


def test_years_before_a_leap_day():
    assert years_before(date(2028, 2, 29), 18) == date(2010, 2, 28)
    assert years_before(date(2028, 2, 29), 20) == date(2008, 2, 29)


@pytest.mark.parametrize(
    ("born", "code"),
    [(date(1907, 5, 31), ["V06"]), (date(1907, 6, 1), []), (date(2027, 6, 2), ["V05", "V06"])],
)
def test_impossible_dates(born, code):
    _, problems = check(one(pinfl=pinfl("7", born), birth_date=born.isoformat()))
    assert [found for _, found, _ in problems if found != "V05"] == [
        found for found in code if found != "V05"
    ]


@pytest.mark.parametrize(
    ("simulated", "first", "told"),
    [(True, "3", True), (False, "7", True), (False, "3", False), (True, "7", False)],
)
def test_real_and_invented_people_are_never_mixed(simulated, first, told):
    row = one(pinfl=pinfl(first, date(1990, 5, 6), 999))
    _, problems = check(row, simulated=simulated)
    assert [code for _, code, _ in problems] == (["V15"] if told else [])


@pytest.mark.parametrize(
    ("first", "agrees"), [("3", True), ("4", True), ("1", False), ("5", False), ("7", True), ("8", True)]
)
def test_the_first_digit_tells_the_century(first, agrees):
    row = one(pinfl=pinfl(first, date(1990, 5, 6), 999), sex="m" if int(first) % 2 else "f")
    _, problems = check(row, simulated=first in "78")
    assert ([code for _, code, _ in problems] == []) == agrees


def test_duplicates_within_the_extract():
    other = pinfl("7", date(1990, 5, 6), 5)
    checker = Checker(parameters())
    first = checker.check(batch(pl.concat([one(), one(document="AC1234567"), one(pinfl=other)])))
    assert first.problems.select("line", "code").rows() == [(3, "V10"), (4, "V11")]
    assert first.table["line"].to_list() == [2, 4]
    later = checker.check(
        batch(pl.concat([one(document="AD1234567"), one(pinfl=other, document="AD1234567")]))
    )
    assert later.problems.select("line", "code").rows() == [(2, "V10"), (3, "V10")]
    assert later.refused["pinfl"].to_list() == [ODD, other]


def test_a_refused_row_does_not_make_the_right_one_a_duplicate():
    checked, problems = check(one(surname=""), one())
    assert problems == [(2, "V07", "surname")]
    assert checked.table["line"].to_list() == [3]


def test_an_unknown_address_keeps_the_voter():
    known = pl.DataFrame({"mahalla": ["1726-001"], "street_key": ["navoi"], "house": ["1"]})
    checked, problems = check(
        one(),
        one(pinfl=pinfl("7", date(1990, 5, 6), 5), document="AC1234567", house="2"),
        addresses=Addresses([known]),
    )
    assert problems == [(3, "V09", "house")]
    assert checked.table["address_known"].to_list() == [True, False]
    assert check(one())[0].table["address_known"].to_list() == [None]


def test_events_of_a_delta():
    checked, problems = check(one().with_columns(event=pl.lit("moved")))
    assert (problems, checked.table["event"].to_list()) == ([], ["moved"])
    assert check(one().with_columns(event=pl.lit("flew")))[1] == [(2, "V18", "event")]


VALUES = {
    "pinfl": [ODD, "", "1", pinfl("7", date(1990, 5, 6), 5), pinfl("3", date(1990, 5, 6), 999), "x" * 14],
    "document": ["AB1234567", "AC1234567", "", "??"],
    "birth_date": ["1990-05-06", "2020-01-01", "1800-01-01", "0000-00-00", "", "1990-05-06T00"],
    "sex": ["m", "f", ""], "citizenship": ["UZB", "KAZ", ""], "status": ["", "died", "?"], "surname": ["Karimov", ""],
    "mahalla": ["1726-001", ""], "district": ["1726201", "", "1703201"],
}  # fmt: skip
ROWS = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()})


@settings(max_examples=150, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=8))
def test_every_row_is_taken_left_out_or_refused_and_told(rows):
    checked, _ = check(*(one(**row) for row in rows))
    lines = [table["line"].to_list() for table in (checked.table, checked.left_out, checked.refused)]
    assert sorted(line for some in lines for line in some) == list(range(2, len(rows) + 2))
    severities = {}
    for line, severity in checked.problems.select("line", "severity").rows():
        severities.setdefault(line, set()).add(severity)
    assert all("error" in severities[line] for line in lines[2])
    assert all("left out" in severities[line] and "error" not in severities[line] for line in lines[1])
    assert all(severities.get(line, set()) <= {"warning"} for line in lines[0])


@settings(max_examples=50, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=8), st.integers(1, 8))
def test_batches_do_not_matter(rows, cut):
    table = pl.concat([one(**row) for row in rows])
    whole = Checker(parameters()).check(batch(table)).problems.sort("line", "code", "field")
    checker, pieces = Checker(parameters()), []
    lines = batch(table).table
    for piece in lines.iter_slices(cut):
        pieces.append(checker.check(Batch("a.csv", piece, no_problems(), piece.height)).problems)
    assert pl.concat(pieces).sort("line", "code", "field").equals(whole)


OTHERS = st.fixed_dictionaries(
    {},
    optional={
        "election_day": st.sampled_from([date(2000, 1, 1), date(2008, 5, 6)]),
        "as_of": st.sampled_from([date(2120, 1, 1), date(1980, 1, 1)]),
        "simulated": st.just(False),
        "mahallas": st.just({"1726-002"}),
        "citizenship": st.sampled_from(["", "KAZ"]),
        "removing": st.just({"?": "5"}),
        "staying": st.just(["died", "?"]),
    },
)
UNTIDY = {
    "document": ["AB1234567", "AC1234567", "AD1234567", "ab 1234567"], "surname": ["Karimov", " Karimov "],
    "pinfl": [ODD, pinfl("7", date(1990, 5, 6), 5)], "sex": ["m", "f", "M"], "citizenship": ["UZB", "KAZ", "uzb"],
    "status": ["", "died", "?"], "region": ["1726", "1703"], "mahalla": ["1726-001", "1726-002"],
}  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries({name: st.sampled_from(values) for name, values in UNTIDY.items()}), min_size=1
    ),
    OTHERS,
)
def test_what_was_taken_before_ends_where_it_would_without_being_known(rows, changed):
    """Rows that say what a row taken earlier said, under whatever parameters, are checked as all others are."""
    table = pl.concat([one(**row) for row in rows]).with_row_index("line", 2)
    table = table.with_columns(pl.col("line").cast(pl.UInt32))
    content = ["pinfl", "document", "surname", "birth_date", "sex", "district", "mahalla"]
    before = table.with_columns(status=pl.lit(""), citizenship=pl.lit("UZB"), region=pl.lit("1726"))
    then = parameters(mahallas={"1726-001", "1726-002"})
    taken = {
        line.select(content).row(0)
        for line in before.iter_slices(1)
        if normal(piece(line)).table.select(content).equals(line.select(content))
        and Checker(then).check(normal(piece(line))).table.height == 1
    }
    now = parameters(**changed)

    def familiar(found):
        known = pl.Series([row in taken for row in found.select(content).rows()])
        return pl.Series(found["line"].cast(pl.Int64)).set(~known | ~Checker(now).still_right(found), None)

    plain = Checker(now).check(normal(piece(table)))
    quick = Checker(now).check(normal(piece(table), familiar))
    told = ("line", "code", "field")
    assert quick.problems.sort(told).equals(plain.problems.sort(told))
    assert quick.refused.sort("line").equals(plain.refused.sort("line"))
    assert quick.left_out.equals(plain.left_out)
    assert sorted([*quick.table["line"], *quick.familiar]) == plain.table["line"].to_list()


def piece(table):
    return Piece("a.csv", Rows(table, no_problems(), table.height))


def test_rules_of_the_law_have_their_articles():
    assert all(one.article for code, one in codes().items() if code.startswith("V0") or code.startswith("V1"))
