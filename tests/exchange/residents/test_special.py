"""Lists of places with lists of their own: one precinct, one kind of place, people who are voters; anything else is refused."""

from __future__ import annotations

from datetime import date

import pytest

from esaylov.exchange.pinfl import make_pinfl
from esaylov.exchange.residents.checks import Parameters
from esaylov.exchange.residents.problems import ExtractError
from esaylov.exchange.residents.special import COLUMNS, SpecialList, read_special

BORN = date(1990, 5, 6)
LAW = Parameters(election_day=date(2027, 10, 24), as_of=date(2027, 9, 1), simulated=True, mahallas=())


def row(number: int = 1, **changed: str) -> str:
    values = {
        "precinct": "9001", "place": "abroad", "pinfl": make_pinfl(BORN, "male", 901, number), "document": f"AD{number:07}",
        "surname": "Karimov", "given_name": "Test", "patronymic": "", "birth_date": BORN.isoformat(), "sex": "m",
        "citizenship": "UZB",
    } | changed  # fmt: skip
    return ",".join(values[name] for name in COLUMNS)


def read(*rows: str, head: str = ",".join(COLUMNS)) -> SpecialList:
    return read_special("\n".join([head, *rows, ""]).encode(), LAW, precincts={"9001", "9002"})


def refused(*rows: str, **more: str) -> list[tuple[str, int | None]]:
    with pytest.raises(ExtractError) as error:
        read(*rows, **more)
    return [(one.code, one.line) for one in error.value.problems]


def test_a_list_of_one_precinct() -> None:
    found = read(row(1), row(2, document="ad 0000002"))
    assert (found.precinct, found.place, found.table["document"].to_list()) == (
        "9001",
        "abroad",
        ["AD0000001", "AD0000002"],
    )


def test_semicolons_as_spreadsheet_programs_of_the_region_write_them() -> None:
    text = "\r\n".join([",".join(COLUMNS), row(1), row(2), ""]).replace(",", ";")
    found = read_special(b"\xef\xbb\xbf" + text.encode(), LAW, precincts={"9001"})
    assert found.table.equals(read(row(1), row(2)).table)
    assert refused(row(1).replace(",", ";")) == [("X20", 2)], "not one in the head and another below"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"precinct": "7"}, "B02"), ({"place": "home"}, "S02"), ({"pinfl": "1"}, "V01"), ({"birth_date": "2020-01-01"}, "V03"),
        ({"document": "12"}, "V04"), ({"surname": ""}, "V07"), ({"citizenship": "KAZ"}, "V13"),
    ],
)  # fmt: skip
def test_what_is_wrong_refuses_the_whole_list(changed: dict[str, str], code: str) -> None:
    assert (code, 2) in refused(row(1, **changed), row(2))


def test_two_precincts_or_two_kinds_of_place() -> None:
    assert refused(row(1), row(2, precinct="9002"), row(3, place="hospital")) == [("S03", 3), ("S03", 4)]


def test_somebody_twice() -> None:
    assert ("V10", 3) in refused(row(1), row(1))


def test_what_is_no_such_file() -> None:
    assert refused() == [("S01", None)]
    assert ("X12", 1) in refused(row(1), head=",".join(COLUMNS[1:]))
    assert ("X13", 1) in refused(row(1), head=",".join((*COLUMNS, "salary")))
    assert refused(f"{row(1)},more") == [("X20", 2)]
    for content in (b"\xff\xfe", b"PK\x03\x04\n\xa0", f"{','.join(COLUMNS)}\nИванов".encode("cp1251")):
        with pytest.raises(ExtractError) as raised:
            read_special(content, LAW)
        (found,) = raised.value.problems
        assert (found.code, found.line) == ("S09", None)
        assert all("CSV (UTF-8)" in text for text in found.text.values())
