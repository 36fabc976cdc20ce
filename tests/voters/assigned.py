"""Voters who are assigned to a precinct whatever their address says, for tests."""

from __future__ import annotations

from collections.abc import Mapping

from esaylov.acts.powers import Actor
from esaylov.registry.models import Precinct
from esaylov.voters.assignments.following import ADDRESS, REQUEST
from esaylov.voters.assignments.models import Assignment
from esaylov.voters.blocks import Kind
from esaylov.voters.entering import Given, stage_given
from esaylov.voters.models import Changeset, Voter
from tests.voters.changing import ELECTION, carried


def precinct(code: str) -> int:
    return int(Precinct.objects.values_list("id", flat=True).get(election=ELECTION, code=code))


def assign(
    voters: Mapping[int, str | None], people: Mapping[str, Actor], why: str = REQUEST, kind: str = "special"
) -> Changeset:
    """Voters by number come to precincts (None: their address decides again), by a changeset that is carried out."""
    given = [
        Given(Kind.MOVED, voter, None, 0, 0, precinct(code) if code else None, why if code else ADDRESS)
        for voter, code in voters.items()
    ]
    changeset = stage_given(ELECTION, kind, given)
    assert changeset is not None
    carried(changeset, people)
    return changeset


def standing() -> dict[int, tuple[int | None, str]]:
    """Where voters are assigned, and why."""
    rows = Assignment.objects.filter(end__isnull=True)
    return {row.voter: (row.precinct_id, row.why) for row in rows}


def perform_on_assignments(people: Mapping[str, Actor]) -> None:
    """Somebody comes to a precinct by request, and goes back."""
    voter = Voter.objects.order_by("id").values_list("id", flat=True)[0]
    assign({voter: "n1-2"}, people)
    assign({voter: None}, people)
