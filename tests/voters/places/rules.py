"""Rules for tests: set by a territorial commission of the tests' election."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from esaylov.acts.door import Result, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.custody.sealer import Sealer
from esaylov.voters.models import Mahalla, Voter
from esaylov.voters.places.acts import SetRules
from esaylov.voters.places.addresses import load
from esaylov.voters.places.given import Given, read_given
from esaylov.voters.placing import place_waiting
from tests.acts.election import World
from tests.registry.people import accepted
from tests.voters.listed import ring
from tests.voters.places.registers import House, write_extract

HEAD = "precinct,mahalla,street,first,last,parity\n"
NAVOI = "Navoiy koʻchasi"


def given(*rows: str, also: Sequence[str] = ()) -> Given:
    """Rules out of rows as a file has them."""
    return read_given(HEAD + "".join(f"{row}\n" for row in rows), also)


def chair(door: World, code: str = "tec:n") -> Actor:
    """The chair of a commission (a person who is nobody)."""
    found = door.actors[code]
    return Actor(found.code, found.tier, found.election, found.territory, found.precinct, role="chair")


def set_rules(door: World, rules: Given, decision: str = "7", code: str = "tec:n") -> Result:
    payload = SetRules.Payload(decision=decision, given=rules)
    return perform(SetRules, door.election, Submission(payload, chair(door, code)))


def place_all() -> int:
    """Places everybody who waits; how many moved."""
    moved = 0
    while (some := place_waiting()) is not None:
        moved += some
    return moved


def register(folder: Path, houses: Iterable[House], **more: object) -> None:
    """Loads addresses."""
    load(write_extract(folder, houses, **more), Sealer(ring()))  # type: ignore[arg-type]


def perform_on_places(by: Actor, election: str = "door") -> None:
    """The act on precincts' borders, by the Central Commission."""
    Mahalla.objects.get_or_create(code="t-1", defaults={"district": 1726266})
    payload = SetRules.Payload(decision="70", given=given("n1-1,t-1,*,,,all"))
    accepted(perform(SetRules, election, Submission(payload, by)))


def listed_in() -> dict[str, int | None]:
    """Where each voter is listed."""
    return {str(row.id): row.precinct for row in Voter.objects.order_by("id")}
