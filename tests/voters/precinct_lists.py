"""A precinct with voters, a commission whose members are known, and the custodian of the keys: for supplements and marks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from esaylov.acts.door import Result, Submission, perform
from esaylov.acts.identity import data_folder
from esaylov.acts.powers import Actor
from esaylov.voters.freezing.marks import MarkVoter
from esaylov.voters.freezing.supplements import AddSupplement
from tests.custody.conftest import working
from tests.formation.people import enter, file_of, rows
from tests.registry.people import accepted, actors_of, held
from tests.voters.freezing import ELECTION, central, frozen_world
from tests.voters.listed import person, ring


@contextmanager
def custodian() -> Iterator[None]:
    """The custodian of this test's keys."""
    ring()
    with working(data_folder()):
        yield


def commission(code: str = "pec:n1-1", first: int = 700) -> dict[str, Actor]:
    """Officers and a member of a precinct commission that the Central one forms, by role."""
    if not mandates(code):
        accepted(enter(file_of(rows(code, first)), central()))
    return actors_of(ELECTION, code, datetime.now(UTC))


def mandates(code: str = "pec:n1-1") -> list[int]:
    """Mandates of its members."""
    return [row.id for row in held(ELECTION, code, datetime.now(UTC))]


def entered(number: int, by: Actor, precinct: str = "n1-1", **more: Any) -> Result:
    """Somebody is entered into the supplement."""
    said = person(number)
    payload = {
        "precinct": precinct, "reason": "missing", "paper": "Passport and certificate of residence",
        "members": mandates(f"pec:{precinct}")[:2], "person": said | more.pop("person", {}),
    } | more  # fmt: skip
    return perform(AddSupplement, ELECTION, Submission(AddSupplement.Payload.model_validate(payload), by))


def mark(kind: str, by: Actor, precinct: str = "n1-1", **who: Any) -> Result:
    """Somebody is marked; of a document the birth date goes with it, as the document has it."""
    if "document" in who and "birth_date" not in who:
        who["birth_date"] = person(int(who["document"][2:]))["birth_date"]
    payload = MarkVoter.Payload.model_validate({"precinct": precinct, "kind": kind, **who})
    return perform(MarkVoter, ELECTION, Submission(payload, by))


def perform_on_lists() -> None:
    """Lists are frozen, somebody comes into a supplement, somebody is marked; the list has voters already or not."""
    from tests.voters.doors import perform_at_doors
    from tests.voters.listed import enter_voters

    first = 77_301
    listed = enter_voters(3, first=first)
    by = commission("pec:n1-1")["secretary"]
    frozen_world()
    with custodian():
        accepted(entered(55, by))
        accepted(mark("early", by, voter=listed[0].id))
        perform_at_doors(by)
