"""Newcomers of the rehearsal: people whom no register has yet, and who asked to be included. They are the list of its precincts.

(The houses of the country belong to the precincts of the main election: an entry has one precinct. Whom a granted request brought
in belongs to the precinct that it names.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from esaylov.acts.powers import SYSTEM
from esaylov.demo.history import CENTRE, SAID, at
from esaylov.demo.rehearsal import DISTRICT, ELECTION, FORMED
from esaylov.demo.sittings import Question, done, hold, officer
from esaylov.demo.strangers import NEWCOMERS, Stranger, stranger
from esaylov.demo.voters import into_the_list
from esaylov.elections.queries import set_clock
from esaylov.formation.simulated import MARK
from esaylov.proceedings.applications import new_secret
from esaylov.voters.doors.reading import walking
from esaylov.voters.models import Address
from esaylov.voters.requests.acts import DecideRequest, ReceiveRequest
from esaylov.voters.requests.staging import stage_requests

ASKED, GATHERED, DECIDED = at("09-03 10:30"), at("09-03 13:00"), at("09-03 14:00")
STREETS = (FORMED[0], FORMED[0], FORMED[0], FORMED[1])
"""Whose precinct each street's newcomers name."""
HOUSES, IN_A_HOUSE = 3, (3, 2, 4)
"""Of each street, and newcomers of each."""
INCLUDED = Question(
    "Roʻyxatga kiritish toʻgʻrisidagi murojaatlar haqida / On the requests for inclusion in the list", SAID, "2",
    articles=("29",),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who asks to be included, and where."""

    who: Stranger
    precinct: str
    mahalla: str
    street: str
    house: str


def newcomers() -> list[Newcomer]:
    """All of them, house by house; none where the district has too few streets in the address register."""
    rows = Address.objects.filter(mahalla__district=int(DISTRICT)).order_by("mahalla_id", "street_key")
    by_street = groupby(
        rows.select_related("mahalla")[:3_000], key=lambda row: (row.mahalla_id, row.street_key)
    )
    streets = [sorted(found, key=lambda row: walking(row.house)) for _, found in by_street]
    long = [houses[:HOUSES] for houses in streets if len(houses) >= HOUSES]
    if len(long) < len(STREETS):
        return []
    found: list[Newcomer] = []
    for precinct, houses in zip(STREETS, long, strict=False):
        for house, people in zip(houses, IN_A_HOUSE, strict=True):
            for _ in range(people):
                who = stranger(NEWCOMERS, len(found) + 1, DISTRICT[:4])
                found.append(Newcomer(who, precinct, house.mahalla.code, house.street, house.house))
    return found


def include(people: Sequence[Newcomer]) -> None:
    """They ask, their precincts grant it, the Central Commission puts them into the list. Raises sittings.Unheld."""
    set_clock(ELECTION, ASKED)
    for one in people:
        _granted(one)
    set_clock(ELECTION, GATHERED)
    changeset = stage_requests(ELECTION)
    hold(ELECTION, CENTRE, DECIDED, [INCLUDED], place="Toshkent")
    if changeset is not None:
        into_the_list(ELECTION, changeset, INCLUDED.number)


def _granted(one: Newcomer) -> None:
    who, place = one.who.fields(), {"street": one.street, "house": one.house}
    said = {
        **who, **place, "wished": one.precinct, "language": "uz",
        "reason": f"Yangi uyga koʻchib keldik. / We moved into a new house. ({MARK})",
    }  # fmt: skip
    secret = new_secret(f"demonstration newcomer {one.who.pinfl}")
    payload = {
        "kind": "inclusion",
        "said": said,
        "secret": secret,
        "territory": DISTRICT,
        "precinct": one.precinct,
    }
    number = done(ReceiveRequest, ELECTION, payload, SYSTEM).record["number"]
    decision = {
        "number": number, "verdict": "granted", "explanation": f"Hujjatlar koʻrildi. / The papers were seen. ({MARK})",
        "entry": {**who, **place, "mahalla": one.mahalla, "precinct": one.precinct},
    }  # fmt: skip
    done(DecideRequest, ELECTION, decision, officer(ELECTION, f"pec:{one.precinct}"))
