"""Houses of a precinct and what members note at them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from esaylov.acts.context import get_context
from esaylov.acts.door import Refused, Submission, perform
from esaylov.acts.powers import SYSTEM, Actor
from esaylov.exchange.residents.normal import fold_street
from esaylov.registry.models import Precinct
from esaylov.voters.doors.acts import RecordRound
from esaylov.voters.doors.noting import Form, HouseVisit, Noted, note
from esaylov.voters.doors.reading import House, houses_of
from esaylov.voters.models import Address, Mahalla
from tests.voters.freezing import ELECTION
from tests.voters.listed import Listed, enter_voters


def house_voters(count: int, precincts: tuple[str, ...] = ("n1-1",), known: int = 10_000) -> list[Listed]:
    """Voters four to a house; the addresses of houses up to the number `known` stand in the register of addresses."""
    listed = enter_voters(count, precincts)
    made: set[int] = set()
    for one in listed:
        street, number = one.record["street"], one.record["house"]
        if one.house_digest not in made and int(number) <= known:
            made.add(one.house_digest)
            Address.objects.create(
                mahalla=Mahalla.objects.get(id=one.mahalla), street=street, street_key=fold_street(street), house=number,
                digest=one.house_digest,
            )  # fmt: skip
    return listed


def houses(precinct: str = "n1-1") -> list[House]:
    """The houses of a precinct in walking order."""
    return houses_of(Precinct.objects.get(election=ELECTION, code=precinct).id)


def noted(
    by: Actor,
    house: House,
    precinct: str = "n1-1",
    form: Form | None = None,
    at: datetime | None = None,
    **more: Any,
) -> Noted | Refused:
    """A member notes what was found at a house: `said`, `missing`."""
    visit = HouseVisit.model_validate(
        {"precinct": precinct, "mahalla": house.mahalla, "house": house.digest} | more
    )
    return note(get_context(ELECTION), by, visit, form, at)


def kept(result: Noted | Refused) -> Noted:
    """A visit that was noted."""
    assert isinstance(result, Noted), result
    return result


def refused(result: Noted | Refused) -> list[str]:
    """Why it was not."""
    assert isinstance(result, Refused), result
    return [finding.code for finding in result.findings]


def perform_at_doors(by: Actor) -> None:
    """One visit two days ago, and the round of that day, for the test of the catalogue: the precinct's list has voters."""
    from tests.registry.people import accepted

    kept(noted(by, houses()[0], missing=1, at=get_context(ELECTION).now() - timedelta(days=2)))
    accepted(perform(RecordRound, ELECTION, Submission(RecordRound.Payload(precinct="n1-1"), SYSTEM)))
