"""Files of members for tests: synthetic people, as a territorial commission would hand them in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from esaylov.acts.door import Result, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.exchange.members import MembersFile, members_csv, read_members
from esaylov.exchange.members.texts import columns
from esaylov.exchange.pinfl import make_pinfl
from esaylov.formation.imports import ImportMembers
from tests.registry.people import accepted, actors_of

BORN = date(1980, 1, 2)
OFFICES = ("chair", "deputy", "secretary")


def row(commission: str, number: int, role: str = "member", **more: str) -> list[str]:
    """A row of a file; everybody has an employer of their own."""
    values = dict.fromkeys(columns(), "")
    values |= {
        "commission": commission, "role": role, "pinfl": pinfl(number), "surname": "Sinovov", "given_name": "Test",
        "birth_date": BORN.isoformat(), "education": "higher", "employer": f"Employer {number}", "proposed_by": "mahalla",
        "proposer": "Mahalla",
    } | more  # fmt: skip
    return [values[name] for name in columns()]


def pinfl(number: int, born: date = BORN) -> str:
    return make_pinfl(born, "male", 900 + number // 1000, number % 1000)


def rows(commission: str, first: int, count: int = 7, **more: str) -> list[list[str]]:
    """The rows of a commission: its officers, then the others."""
    return [row(commission, first + i, OFFICES[i] if i < 3 else "member", **more) for i in range(count)]


def file_of(*given: list[list[str]], name: str = "members.csv") -> MembersFile:
    return read_members(members_csv([one for part in given for one in part]), name)


def enter(file: MembersFile, by: Actor, decision: str = "5", election: str = "door", **more: Any) -> Result:
    payload = ImportMembers.Payload(decision=decision, file=file)
    return perform(ImportMembers, election, Submission(payload, by, **more))


def enter_a_file() -> None:
    """A file of members, entered by the Central Commission that is there already."""
    chair = actors_of("", "cec", datetime.now(UTC))["chair"]
    accepted(enter(file_of(rows("pec:n1-2", 500)), chair))
