"""Files of members for tests: synthetic people, as a territorial commission would hand them in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from esaylov.acts.door import Result, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.exchange.members import MembersFile, members_csv, read_members
from esaylov.exchange.members.texts import columns
from esaylov.exchange.pinfl import make_pinfl
from esaylov.formation.discussions import RecordDiscussion
from esaylov.formation.imports import ImportMembers
from esaylov.formation.leaving import ends_on
from esaylov.registry.queries import commission_by_code, members_of
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
    discussed = RecordDiscussion.Payload(
        territory="n1", minutes="3", day=datetime.now(UTC).date() - timedelta(days=2), proposed=9, supported=8
    )
    accepted(perform(RecordDiscussion, "door", Submission(discussed, chair)))
    row_of = commission_by_code("door", "pec:n1-2")
    assert row_of is not None
    (left,) = ends_on(members_of(row_of.id, datetime.now(UTC))[-1].person, "candidate", "door")
    accepted(left)
