"""Every act of the voter list once, for the test of the catalogue."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from esaylov.acts.door import Submission, perform
from esaylov.voters.changesets import DiscardChangeset
from esaylov.voters.places.models import Placing
from tests.registry.people import accepted, actors_of
from tests.voters.assigned import perform_on_assignments
from tests.voters.changing import ELECTION, carried, compared, said
from tests.voters.extracts import resident
from tests.voters.linkage.acting import perform_on_pairs
from tests.voters.places.rules import perform_on_places
from tests.voters.precinct_lists import perform_on_lists
from tests.voters.requesting import perform_on_requests


def perform_on_voters() -> None:
    """The acts on the voter list, one after another; the Central Commission's officers are entered."""
    people = actors_of("", "cec", datetime.now(UTC))
    with tempfile.TemporaryDirectory() as folder:
        carried(compared(Path(folder) / "one", [resident(1), resident(2)]), people)
        given_up = compared(Path(folder) / "two", [resident(1)], as_of="2024-09-02T00:00:00+05:00")
    payload = DiscardChangeset.Payload(**said(given_up))
    accepted(perform(DiscardChangeset, ELECTION, Submission(payload, people["chair"])))
    perform_on_assignments(people)
    perform_on_places(people["chair"], ELECTION)
    perform_on_pairs(people, ELECTION)
    Placing.objects.all().delete()
    perform_on_lists()
    perform_on_requests()
