"""From door to door in the rehearsal: one street of a precinct is done, one begun, one open; another precinct has not begun."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from esaylov.acts.context import get_context
from esaylov.acts.powers import Actor
from esaylov.demo.history import at
from esaylov.demo.rehearsal import ELECTION, FORMED
from esaylov.demo.sittings import officer
from esaylov.elections.queries import set_clock
from esaylov.registry.models import Precinct
from esaylov.voters import access
from esaylov.voters.doors.noting import HouseVisit, Noted, note
from esaylov.voters.doors.reading import PURPOSE, House, houses_of, residents_of, streets_of

VISITED = at("09-04 17:00")
FOUND = (
    ("here", "here", "here", "here"),
    ("here", "wrong"),
    ("here", "here", "gone", "here"),
    ("here", "away", "here", "away"),
)
"""House by house, of those that were visited, what was found of the entries, as many as there are."""
MISSING = (None, 1, None, None)
"""People who live there and are not in the list."""


def visit() -> None:
    """The precinct's secretary notes what was found, house by house, as on the page: each entry is looked at, too."""
    set_clock(ELECTION, VISITED)
    code = FORMED[0]
    precinct = Precinct.objects.get(election=ELECTION, code=code)
    secretary = officer(ELECTION, f"pec:{code}", "secretary")
    houses = [house for street in streets_of(houses_of(precinct.id)) for house in street.houses]
    for house, outcomes, missing in zip(houses, FOUND, MISSING, strict=False):
        _note(precinct, house, outcomes, missing, secretary)


def _note(precinct: Precinct, house: House, outcomes: Sequence[str], missing: int | None, by: Actor) -> None:
    body = f"{ELECTION}/{by.code}"
    residents = residents_of(precinct.id, house, body)
    access.record([one.voter for one in residents], body=by.code, person=by.person, purpose=PURPOSE)
    said = {one.voter: outcome for one, outcome in zip(residents, outcomes, strict=False)}
    payload: dict[str, Any] = {
        "precinct": precinct.code,
        "mahalla": house.mahalla,
        "house": house.digest,
        "said": said,
        "missing": missing,
    }
    assert isinstance(note(get_context(ELECTION), by, HouseVisit(**payload)), Noted)
