"""An election whose edition gives those who leave the list a day to object."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from esaylov.acts.bulk import insert_rows
from esaylov.acts.powers import Actor
from esaylov.elections.queries import set_clock
from esaylov.registry.models import Precinct
from esaylov.voters.models import Changeset, Voter
from tests.acts.election import EDITION, World, world
from tests.registry.people import accepted
from tests.voters.changing import ELECTION, approve, carried, compared, propose
from tests.voters.conftest import VOTERS
from tests.voters.extracts import resident

NOTICE = """notice_hours = 24
notice_none = ["died", "duplicate"]
removal_alert = 0.5
"""
START = datetime(2026, 10, 1, 9, tzinfo=UTC)
LATER = "2024-09-02T00:00:00+05:00"
DAY = timedelta(hours=24)
PEOPLE = 12


@contextmanager
def noticed_world(folder: Path, start: datetime = START) -> Iterator[World]:
    with world(folder, edition=EDITION + VOTERS + NOTICE, start=start) as made:
        yield made


def listed(folder: Path, people: dict[str, Actor], precinct: str = "n1-1") -> Changeset:
    """Twelve people are in the list, at one precinct."""
    changeset = compared(folder / "first", [resident(n) for n in range(1, PEOPLE + 1)])
    carried(changeset, people)
    Voter.objects.update(precinct=Precinct.objects.get(election=ELECTION, code=precinct).id)
    return changeset


def leaving(folder: Path, gone: int = 2, as_of: str = LATER) -> Changeset:
    """A changeset by which the first so many are gone, and the last has died."""
    rows = [resident(n) for n in range(1 + gone, PEOPLE + 1)]
    rows[-1] |= {"status": "died"}
    return compared(folder / "second", rows, as_of=as_of)


def approved(changeset: Changeset, people: dict[str, Actor]) -> Changeset:
    accepted(propose(changeset, people["secretary"]))
    accepted(approve(changeset, people["chair"]))
    return Changeset.objects.get(id=changeset.id)


def wait(time: timedelta) -> None:
    """The clock goes on from the start."""
    assert set_clock(ELECTION, START + time)


def object_to(voter: int, at: datetime, verdict: str = "", number: int = 1) -> None:
    """A voter objects; `verdict`: what was decided of it, "": nothing yet."""
    precinct = Precinct.objects.get(election=ELECTION, code="n1-1")
    insert_rows(
        "voters_request",
        ("id", "journal", "election", "number", "kind", "precinct_id", "territory_id", "voter", "code", "sealed",
         "received_at", "due"),
        [(2**59 + number, number, ELECTION, f"R-{number}", "objection", precinct.id, precinct.territory_id, voter,
          bytes([number]) * 32, b"", at, at + DAY)],
    )  # fmt: skip
    if verdict:
        decide(number, verdict, at)


def decide(number: int, verdict: str, at: datetime) -> None:
    """The objection of a number is decided."""
    insert_rows(
        "voters_requestdecision",
        ("request_id", "journal", "verdict", "reason", "body", "person", "late", "sealed", "at"),
        [(2**59 + number, number, verdict, "", "pec:n1-1", None, False, b"", at)],
    )
