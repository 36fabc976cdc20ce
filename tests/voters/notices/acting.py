"""Voters are told that they are to leave the list, for the test of the catalogue."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from esaylov.acts.context import get_context
from esaylov.acts.door import Result, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.law.voters import VoterRules
from esaylov.registry.models import Precinct
from esaylov.voters.changesets import DiscardChangeset
from esaylov.voters.models import Voter
from esaylov.voters.notices.telling import TellRemoval
from tests.registry.people import accepted, actors_of
from tests.voters.changing import ELECTION, approve, carried, compared, propose, said
from tests.voters.extracts import resident
from tests.voters.precinct_lists import commission, mandates

RULES = VoterRules(notice_hours=24)


def tell(by: Actor, changeset: int, *voters: int, day: date, **more: Any) -> Result:
    """A precinct's commission writes down that it told voters."""
    payload = {
        "precinct": "n1-1",
        "changeset": changeset,
        "voters": list(voters),
        "day": day,
        "mandate": mandates()[0],
    }
    return perform(TellRemoval, ELECTION, Submission(TellRemoval.Payload.model_validate(payload | more), by))


def perform_on_notices() -> None:
    """One of three is told of the removal, which is given up afterwards; in an election whose edition knows no notice."""
    people = actors_of("", "cec", datetime.now(UTC))
    by = commission("pec:n1-1")["secretary"]
    with (
        tempfile.TemporaryDirectory() as folder,
        patch("esaylov.voters.notices.preparing.rules_of", lambda _: RULES),
        patch("esaylov.voters.notices.periods.rules_of", lambda _: RULES),
    ):
        rows = [resident(n) for n in (901, 902, 903)]
        carried(compared(Path(folder) / "one", rows, as_of="2024-08-01T00:00:00+05:00"), people)
        Voter.objects.update(precinct=Precinct.objects.get(election=ELECTION, code="n1-1").id)
        second = compared(Path(folder) / "two", rows[1:], as_of="2024-08-02T00:00:00+05:00")
        accepted(propose(second, people["secretary"]))
        accepted(approve(second, people["chair"]))
        voter = Voter.objects.earliest("id").id
        accepted(tell(by, second.id, voter, day=get_context(ELECTION).now().date()))
        payload = DiscardChangeset.Payload(**said(second))
        accepted(perform(DiscardChangeset, ELECTION, Submission(payload, people["chair"])))
