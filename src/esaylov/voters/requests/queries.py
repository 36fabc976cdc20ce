"""What is known of requests: the queue of a commission, one by number and code, what waits for a changeset."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from django.db.models import Exists, OuterRef, Q, QuerySet

from esaylov.acts.bulk import insert_rows
from esaylov.acts.powers import Actor
from esaylov.custody import client
from esaylov.exchange.residents.normal import fold_street, normal_house
from esaylov.exchange.residents.rules import Rules
from esaylov.proceedings.applications import is_secret, plain_secret
from esaylov.registry.models import Precinct
from esaylov.voters.applying import in_force
from esaylov.voters.blocks import Kind as Change
from esaylov.voters.models import Address, Changeset, Former, Mahalla, Voter
from esaylov.voters.places.houses import UNKNOWN_STREET, rules_in_force
from esaylov.voters.requests.kinds import LISTED
from esaylov.voters.requests.models import Request, RequestDecision, RequestTaken
from esaylov.voters.requests.said import DECISIONS, GATHERING, record_in

State = Changeset.State
PATIENCE = 60.0
"""Seconds that the custodian's limits may hold up what is opened for a changeset."""
ANOTHER = b"\0" * 32


@dataclass(frozen=True, slots=True)
class Wanted:
    """A granted request that waits for a changeset. `voter`: the entry (None: a new one). `record`: what it is to say (None: what
    it says; of a removed one: what it said). `district` (SOATO), `mahalla` (row): where it is listed, 0: not known. `precinct`
    (row): None where none is known. `assigned`: why it belongs to that whatever its address says: `request`, `abroad`, or "".
    """

    request: Request
    kind: str
    voter: int | None
    record: dict[str, str] | None
    district: int
    mahalla: int
    precinct: int | None
    assigned: str


def waiting(
    election: str, most: int | None = None, last: Collection[str] = (), without: Collection[str] = ()
) -> list[Wanted]:
    """Granted requests of the list that no changeset carries out, the oldest first, no more than `most`. `last`: numbers that
    come after all others; `without`: numbers that are not looked at.

    Asks the custodian (never within a transaction that writes): raises CustodianDown, Throttled, KeyringError.
    """
    found = sorted(
        waiting_rows(election).exclude(request__number__in=without),
        key=lambda row: row.request.number in last,
    )
    rows = sorted(found[:most], key=lambda row: row.journal)
    sealed = [(row.request_id, bytes(row.sealed)) for row in rows]
    opened = client.open_rows(sealed, purpose=GATHERING, table=DECISIONS, wait=PATIENCE) if sealed else []
    return [_wanted(row.request, said) for row, said in zip(rows, opened, strict=True)]


def waiting_rows(election: str) -> QuerySet[RequestDecision]:
    """The decisions behind them."""
    given_up = _given_up().values("id")
    taken = RequestTaken.objects.filter(request=OuterRef("request_id")).exclude(changeset__in=given_up)
    granted = RequestDecision.objects.filter(request__election=election, verdict="granted")
    rows = granted.filter(~Exists(taken), request__kind__in=LISTED)
    # Whose entry has not left the list keeps it: the changeset that would remove it leaves it out.
    listed = Voter.objects.filter(id=OuterRef("request__voter"))
    rows = rows.exclude(Exists(listed), request__kind="objection")
    return rows.select_related("request", "request__precinct").order_by("journal")


def _given_up() -> QuerySet[Changeset]:
    """The changesets that carry out nothing any more: given up, or taken back for good."""
    taken_back = Q(state=State.REVERSED) & ~Q(id__in=in_force())
    return Changeset.objects.filter(taken_back | Q(state__in=(State.DISCARDED, State.FAILED)))


def in_list(changeset: Changeset) -> bool:
    """Whether it went into the list, and was not taken back or is in force again."""
    return changeset.id in in_force()


def take(changeset: int, requests: Iterable[int]) -> None:
    """Notes, in the transaction that stages a changeset, which requests (their ids) it carries out."""
    insert_rows("voters_requesttaken", ("request_id", "changeset"), [(one, changeset) for one in requests])


def _wanted(request: Request, said: Mapping[str, str]) -> Wanted:
    record, held = record_in(said), _entry_of(request)
    mahalla = Mahalla.objects.filter(code=said["mahalla"]).first() if "mahalla" in said else None
    district = mahalla.district if mahalla else held.get("district", 0)
    place = mahalla.id if mahalla else held.get("mahalla", 0)
    named = _named(request, said)
    if record is not None and place:
        led = leads_to(request.election, place, record["street"], record["house"])
    else:
        led = _of_election(request.election, held.get("precinct"))
    assigned = "" if named is None or (named == led and request.kind != "abroad") else _why(request.kind)
    return Wanted(
        request, request.kind, request.voter, record, district, place, led if named is None else named, assigned
    )  # fmt: skip


def _why(kind: str) -> str:
    return "abroad" if kind == "abroad" else "request"


def _named(request: Request, said: Mapping[str, str]) -> int | None:
    code = said.get("precinct", "")
    rows = Precinct.objects.filter(election=request.election, code=code)
    return rows.values_list("id", flat=True).first() if code else None


def _entry_of(request: Request) -> dict[str, Any]:
    """Where the entry stands, or stood before it was removed."""
    if request.voter is None:
        return {}
    names = ("district", "mahalla", "precinct")
    former = Former.objects.filter(voter=request.voter, kind=Change.REMOVED).order_by("-id")
    found = Voter.objects.filter(id=request.voter).values(*names).first() or former.values(*names).first()
    return dict(found) if found else {}


def _of_election(election: str, precinct: int | None) -> int | None:
    rows = Precinct.objects.filter(id=precinct, election=election) if precinct else Precinct.objects.none()
    return rows.values_list("id", flat=True).first()


def leads_to(election: str, mahalla: int, street: str, house: str) -> int | None:
    """The precinct (row) that the rules of an election lead a house to; None: no rule does."""
    key, number = fold_street(street), normal_house(house)
    there = Address.objects.filter(mahalla=mahalla, street_key=key, house=number).exists()
    code = Mahalla.objects.values_list("code", flat=True).get(id=mahalla)
    row = {"mahalla": [code], "street_key": [key if there else UNKNOWN_STREET], "house": [number]}
    found = Rules(rules_in_force(election, [mahalla])).match(pl.DataFrame(row))[0]
    return _row_of(election, found) if found else None


def _row_of(election: str, code: str) -> int | None:
    return Precinct.objects.filter(election=election, code=code).values_list("id", flat=True).first()


def by_code(number: str, secret: str) -> Request | None:
    """A request by number and secret code; the same work whether the number is known or not."""
    rows = Request.objects.filter(number=number.strip().upper()).select_related("precinct", "territory")
    plain, found = plain_secret(secret), None
    for row in [*rows, None]:
        if is_secret(plain, bytes(row.code) if row is not None else ANOTHER):
            found = row
    return found


def requests_for(election: str, actor: Actor) -> QuerySet[Request]:
    """Those that the actor's commission decides: of its precinct; or of its territory, where no precinct is known."""
    rows = Request.objects.filter(election=election).select_related("decision", "precinct", "territory")
    if actor.precinct is not None:
        return rows.filter(precinct=actor.precinct)
    if actor.territory is None or actor.tier == "cec":
        return rows.none()
    return rows.filter(precinct__isnull=True, territory__lineage__contains=[actor.territory])


def overdue_below(election: str, actor: Actor, now: datetime) -> QuerySet[Request]:
    """Those that commissions of precincts below let wait beyond the law's hours."""
    rows = Request.objects.filter(
        election=election, decision__isnull=True, due__lt=now, precinct__isnull=False
    )
    if actor.precinct is not None:
        return rows.none()
    if actor.tier == "cec":
        return rows
    return rows.filter(territory__lineage__contains=[actor.territory or 0])


def visits(election: str, precinct: int) -> QuerySet[Request]:
    """Early votes and home visits granted by a precinct, or to its voters before it was theirs; the earliest decision first."""
    here = Voter.objects.filter(precinct=precinct).values("id")
    rows = Request.objects.filter(
        Q(precinct=precinct) | Q(precinct__isnull=True, voter__in=here),
        election=election, decision__verdict="granted",
    )  # fmt: skip
    return rows.filter(~Q(kind__in=LISTED)).select_related("decision").order_by("kind", "decision__at")


def carried(request: Request) -> Changeset | None:
    """The changeset that carries out a granted request, the last one that was not given up."""
    numbers = RequestTaken.objects.filter(request=request).values("changeset")
    return Changeset.objects.filter(id__in=numbers).exclude(id__in=_given_up()).order_by("-id").first()
