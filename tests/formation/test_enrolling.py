"""The Central Commission enters the platform from a file, once, with the number of parliament's resolution."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import override_settings

from esaylov.acts import vault
from esaylov.acts.identity import IdentityError
from esaylov.exchange.pinfl import make_pinfl
from esaylov.formation.enrolling import EnrolError, change_central, end_central, enrol_central
from esaylov.registry.queries import commission_by_code, members_of
from tests.acts.election import count

HEAD = "commission,role,pinfl,surname,given_name,birth_date,education,employer\n"
BORN = date(1975, 3, 4)


def rows(commission: str = "cec", number: int = 9, education: str = "higher") -> str:
    offices = ("chair", "deputy", "secretary")
    made = []
    for i in range(number):
        role = offices[i] if i < 3 else "member"
        pinfl = make_pinfl(BORN, "male", 700, i)
        made.append(
            f"{commission},{role},{pinfl},Sinov{'abcdefghi'[i]},Test,{BORN},{education},Employer {i}\n"
        )
    return HEAD + "".join(made)


@pytest.fixture
def data(db_clone: object, tmp_path: Path) -> object:
    with override_settings(ESAYLOV_DATA=str(tmp_path / "data")):
        yield tmp_path


def write(data: Path, text: str) -> Path:
    path = data / "members.csv"
    path.write_text(text)
    return path


def test_entered_once(data: Path) -> None:
    file = write(data, rows())
    done = enrol_central(file, "OM-57", simulated=True)
    assert (done.record["members"], done.record["decision"], done.record["election"]) == (9, "OM-57", None)
    row = commission_by_code("", "cec")
    assert row is not None
    held = members_of(row.id, datetime.now(UTC))
    assert [one.role for one in held[:3]] == ["chair", "deputy", "secretary"]
    with pytest.raises(EnrolError, match="R05"):
        enrol_central(file, "OM-58", simulated=True)
    assert count("acts_journal") == 1


def test_a_log_of_the_other_kind(data: Path) -> None:
    enrol_central(write(data, rows()), "OM-57", simulated=True)
    with pytest.raises(IdentityError):
        enrol_central(write(data, rows()), "OM-57", simulated=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (rows("pec:1"), "not pec:1"),
        (rows(number=5), "M01"),
        (rows().replace("chair", "chief"), "members.csv:2"),
        (HEAD, "only members of the commission cec"),
    ],
)
def test_refused_with_reasons_and_nothing_written(data: Path, text: str, said: str) -> None:
    with pytest.raises(EnrolError, match=said):
        enrol_central(write(data, text), "OM-57", simulated=True)
    assert {
        count(table) for table in ("acts_journal", "acts_vault", "registry_commission", "acts_logidentity")
    } == {0}


def write_leaving(data: Path, text: str) -> Path:
    path = data / "leaving.csv"
    path.write_text(text)
    return path


def test_changed_by_the_platform(data: Path) -> None:
    """Art. 14, 15: a chair who resigned holds nothing from then on, another one comes in; one act, one number."""
    enrol_central(write(data, rows()), "OM-57", simulated=True)
    chair = make_pinfl(BORN, "male", 700, 0)
    leaving = write_leaving(data, f"pinfl,ground\n{chair},resigned\n")
    new = make_pinfl(BORN, "male", 701, 1)
    coming = write(data, HEAD + f"cec,chair,{new},Yangi,Test,{BORN},higher,Another employer\n")
    done = change_central(coming, leaving, "OM-60")
    assert (done.record["act"], done.record["decision"]) == ("registry.change_composition", "OM-60")
    assert (done.record["added"], done.record["removed"], done.record["members"]) == (1, 1, 9)
    row = commission_by_code("", "cec")
    assert row is not None
    held = members_of(row.id, datetime.now(UTC))
    assert [one.role for one in held[:3]] == ["chair", "deputy", "secretary"]
    assert set(vault.find("pinfl", [new]).values()) == {held[0].person}
    member = make_pinfl(BORN, "male", 700, 8)
    (end,) = end_central(write_leaving(data, f"pinfl,ground\n{member},died\n"))
    assert (end.record["of"], end.record["ground"]) == ("cec", "died")
    assert len(members_of(row.id, datetime.now(UTC))) == 8


def test_a_change_that_cannot_be(data: Path) -> None:
    member = make_pinfl(BORN, "male", 700, 5)
    died = write_leaving(data, f"pinfl,ground\n{member},died\n")
    with pytest.raises(EnrolError, match=r"leaving.csv:2: nobody of the Central"):
        end_central(died)
    enrol_central(write(data, rows()), "OM-57", simulated=True)
    for text, said in (
        (f"pinfl,why\n{member},died\n", "leaving.csv:1: the columns are pinfl, ground"),
        (f"pinfl,ground\n{member},tired\n", "leaving.csv:2: a PINFL and one of resigned"),
        (f"pinfl,ground\n{member},died\n{member},resigned\n", "leaving.csv:3: the same person as in line 2"),
        (f"pinfl,ground\n{make_pinfl(BORN, 'male', 709, 5)},died\n", "leaving.csv:2: nobody of"),
        ("pinfl,ground\n", "nobody is named"),
    ):
        with pytest.raises(EnrolError, match=said):
            end_central(write_leaving(data, text))
    new = make_pinfl(BORN, "male", 701, 1)
    coming = write(data, HEAD + f"cec,chair,{new},Yangi,Test,{BORN},higher,Another employer\n")
    for decision, said in (("OM-60", "M0"), ("no number at all", "decision")):
        with pytest.raises(EnrolError, match=said):
            change_central(coming, None, decision)
    assert count("acts_journal") == 1
