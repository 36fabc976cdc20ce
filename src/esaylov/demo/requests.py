"""Requests of invented voters in the rehearsal, in the states that a request can have: overdue, open, granted, refused.

They are made while the site runs (`showing`), for the custodian seals them. The rehearsal's clock goes on by two days meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from esaylov.acts.powers import SYSTEM, Actor
from esaylov.custody import client
from esaylov.demo.history import at
from esaylov.demo.rehearsal import DISTRICT, ELECTION, FORMED
from esaylov.demo.sittings import done, officer
from esaylov.elections.queries import set_clock
from esaylov.exchange.pinfl import make_pinfl
from esaylov.formation.simulated import MARK
from esaylov.proceedings.applications import new_secret
from esaylov.voters.models import Mahalla, Voter
from esaylov.voters.requests.acts import DecideRequest, ReceiveRequest
from esaylov.voters.requests.said import PURPOSE

PATIENCE = 60.0
"""Seconds for which the custodian is waited for: it starts beside the night."""
CODE = "demonstration request {}"
"""What the code of each is made of."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for, at a time of September. `precinct`: whose commission decides ("": the district's). `verdict`: ""
    where it is left open; `changes`: fields that the list is to have, where it is granted.
    """

    at: str
    kind: str
    said: Mapping[str, str]
    precinct: str = ""
    verdict: str = ""
    reason: str = ""
    explanation: str = ""
    changes: Mapping[str, str] = field(default_factory=dict)


NEWCOMER = {
    "surname": f"{MARK}-Yangi", "given_name": "Barno", "sex": "f", "street": "Guliston koʻchasi", "house": "7",
    "reason": f"Iyulda koʻchib keldim. / I moved here in July. ({MARK})",
}  # fmt: skip
WISHES = (
    Wish("09-04 17:30", "correction",
         {"wrong": "Otamning ismi / my patronymic", "right": f"Bitta «l» bilan / with one l ({MARK})"}),
    Wish("09-05 10:35", "inclusion", NEWCOMER, precinct=FORMED[0]),
    Wish("09-05 10:40", "home",
         {"street": "Navoiy koʻchasi", "house": "3", "reason": f"Yura olmayman. / I cannot walk. ({MARK})"},
         precinct=FORMED[0], verdict="granted",
         explanation=f"Komissiya 20-oktabrda keladi. / The commission comes on 20 October. ({MARK})"),
    Wish("09-05 10:45", "early", {"reason": f"Toʻyga boraman. / I go to a wedding. ({MARK})", "day": "2024-10-12"},
         precinct=FORMED[0], verdict="refused", reason="no-ground",
         explanation=f"Qonun bunday sababni bilmaydi. / The law does not know this reason. ({MARK})"),
    Wish("09-05 10:50", "correction", {"wrong": "Uy raqami / the number of my house", "right": f"17 ({MARK})"},
         verdict="granted", explanation=f"Hujjat koʻrildi. / The paper was seen. ({MARK})", changes={"house": "17"}),
)  # fmt: skip
NOW = at("09-05 18:00")
"""The first one is overdue by then."""


def ask(chosen: range) -> list[tuple[str, str, str]]:
    """Makes some of the requests; of each what it is and what became of it, its number and its code. None where too few are
    listed.
    """
    voters = list(Voter.objects.filter(district=int(DISTRICT)).order_by("id")[: len(WISHES)])
    if len(voters) < len(WISHES):
        return []
    return [_one(WISHES[place], voters[place], place) for place in chosen]


def wait_for_the_custodian() -> None:
    """Raises CustodianDown where it does not come."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            client.digests("pinfl", ["0"], purpose=PURPOSE)
        except client.CustodianDown:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return


def _one(wish: Wish, voter: Voter, place: int) -> tuple[str, str, str]:
    """A request and what became of it: how whoever asked follows it."""
    set_clock(ELECTION, at(wish.at))
    known = wish.kind != "inclusion"
    body = officer(ELECTION, f"pec:{wish.precinct}" if wish.precinct else f"dcec:{DISTRICT}")
    record = _record(voter, body)
    own = {"document": record["document"], "birth_date": record["birth_date"]} if known else _newcomer()
    secret = new_secret(CODE.format(place))
    payload = {
        "kind": wish.kind, "said": {**wish.said, **own, "language": "uz"}, "secret": secret, "territory": DISTRICT,
        "precinct": wish.precinct or None, "voter": voter.id if known else None,
    }  # fmt: skip
    number = done(ReceiveRequest, ELECTION, payload, SYSTEM).record["number"]
    if wish.verdict:
        _decide(wish, number, record, voter, body)
    return (f"{wish.kind}, {wish.verdict or 'to be decided'}", number, secret)


def _newcomer() -> dict[str, str]:
    """Somebody whom no register knows."""
    born = at("03-08 00:00").date().replace(year=1990)
    return {
        "document": "AD0000001",
        "birth_date": born.isoformat(),
        "pinfl": make_pinfl(born, "female", 899, 77),
    }


def _decide(wish: Wish, number: str, record: Mapping[str, str], voter: Voter, body: Actor) -> None:
    said: dict[str, Any] = {
        "number": number,
        "verdict": wish.verdict,
        "reason": wish.reason,
        "explanation": wish.explanation,
    }
    if wish.changes:
        mahalla = Mahalla.objects.get(id=voter.mahalla).code
        said["entry"] = {**record, **wish.changes, "mahalla": mahalla}
    done(DecideRequest, ELECTION, said, body)


def _record(voter: Voter, by: Actor) -> dict[str, str]:
    (found,) = client.open_rows([(voter.id, bytes(voter.sealed))], purpose=PURPOSE, body=by.code)
    return found
