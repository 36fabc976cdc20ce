"""The rules of composition, for all commissions of a file."""

from __future__ import annotations

from datetime import date

from esaylov.exchange.members import MembersFile, check_composition, read_members
from esaylov.law.composition import Body
from esaylov.law.editions import parse_edition, uz_edition_toml
from tests.exchange.members.cases import csv_file, member, number

EDITION = parse_edition(uz_edition_toml())
DAY = date(2024, 10, 27)
PEC = Body("precinct", frozenset({"list"}))
OFFICES = ("chair", "deputy", "secretary", "member", "member")


def commission(first: int, code: str = "pec:17", **changes: str) -> list[list[str]]:
    """Five members of five employers; the changes are the last one's."""
    return [
        member(first + n, commission=code, role=role, employer=f"{n}-maktab", employer_tin="", **(changes if n == 4 else {}))
        for n, role in enumerate(OFFICES)
    ]  # fmt: skip


def read(*rows: list[str]) -> MembersFile:
    found = read_members(csv_file(*rows))
    assert not found.problems
    return found


def codes(file: MembersFile, body: Body = PEC) -> list[tuple[str, tuple[str, ...]]]:
    found = check_composition(file, EDITION, {"pec:17": body}, DAY)
    return [(finding.code, finding.fields) for finding in found.findings.get("pec:17", ())]


def test_a_commission_as_the_law_wants_it() -> None:
    assert codes(read(*commission(1))) == []


def test_size_and_officers() -> None:
    assert codes(read(*commission(1)[:3])) == [("M01", ("members",))]
    assert codes(read(*commission(1)[1:], member(9, employer="9"))) == [("M02", ("chair",))]


def test_persons_are_called_by_their_lines() -> None:
    young = date(2004, 1, 1)
    rows = [
        *commission(1)[:4],
        member(5, pinfl=number(5, young), birth_date=str(young), employer="x", employer_tin=""),
    ]
    assert codes(read(*rows)) == [("M03", ("6",))]
    assert codes(read(*commission(1, education="basic"))) == [("M04", ("6",))]


def test_what_is_declared() -> None:
    assert codes(read(*commission(1, party_member="yes"))) == [("M05", ("6",))]
    assert codes(read(*commission(1, candidate_relative="yes"))) == [("M05", ("6",))]
    assert codes(read(*commission(1, grounds="hokim"))) == [("M05", ("6",))]
    assert codes(read(*commission(1, education=""))) == [("M08", ("6",))]


def test_one_employer_under_several_spellings() -> None:
    def of(*employers: tuple[str, str]) -> MembersFile:
        return read(
            *(
                member(n, role=role, employer=name, employer_tin=tin)
                for n, (role, (name, tin)) in enumerate(zip(OFFICES, employers, strict=True))
            )
        )

    same = [("«12-maktab»", ""), ('"12 - MAKTAB"', ""), ("12-maktab", ""), ("a", ""), ("b", "")]
    assert codes(of(*same)) == [("M07", ("2", "3", "4"))]
    by_number = [("a", "000000001"), ("b", "000000001"), ("c", "000000001"), ("d", ""), ("e", "")]
    assert codes(of(*by_number)) == [("M07", ("2", "3", "4"))]
    assert codes(of(("-", ""), ("-", ""), ("-", ""), ("a", ""), ("b", ""))) == []
    assert codes(of(*same), Body("precinct", frozenset({"list"}), "hospital")) == []


def test_members_of_other_commissions() -> None:
    file = read(*commission(1))
    found = check_composition(
        file, EDITION, {"pec:17": PEC}, DAY, {number(5): ("pec:17",), number(4): ("pec:17", "dcec:3")}
    )
    assert [(f.code, f.fields) for f in found.findings["pec:17"]] == [("M06", ("5",))]
    assert found.refused == ("pec:17",)


def test_commissions_are_kept_apart() -> None:
    file = read(*commission(1), *commission(11, "pec:18")[:4], *commission(21, "pec:19"))
    found = check_composition(file.rows(), EDITION, {"pec:17": PEC, "pec:18": PEC, "pec:20": PEC}, DAY)
    assert list(found.findings) == ["pec:18"]
    assert found.unknown == ("pec:19",)
    assert found.absent == ("pec:20",)
