"""What granted requests want of the list: read for all of them together, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from esaylov.registry.models import Precinct
from esaylov.voters.blocks import Kind as Change
from esaylov.voters.models import Former, Mahalla, Voter
from esaylov.voters.requests.leading import House, lead
from esaylov.voters.requests.models import Request
from esaylov.voters.requests.said import record_in

Said = Mapping[str, str]
PLACE = ("district", "mahalla", "precinct")


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


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where an entry stands, or stood before it was removed: district (SOATO), mahalla (row), precinct (row)."""

    district: int = 0
    mahalla: int = 0
    precinct: int | None = None


def wanted_of(election: str, granted: Sequence[tuple[Request, Said]]) -> list[Wanted]:
    """What granted requests of an election want, each with what its decision says, in their order."""
    entries = _entries({request.voter for request, _ in granted if request.voter is not None})
    mahallas = _mahallas(said["mahalla"] for _, said in granted if "mahalla" in said)
    precincts = _Precincts(
        election,
        {said["precinct"] for _, said in granted if said.get("precinct")},
        {one.precinct for one in entries.values() if one.precinct is not None},
    )
    held = [entries.get(request.voter or 0, _Entry()) for request, _ in granted]
    places = [
        mahallas.get(said.get("mahalla", ""), (one.district, one.mahalla))
        for (_, said), one in zip(granted, held, strict=True)
    ]
    listed = [(record_in(said), place[1]) for (_, said), place in zip(granted, places, strict=True)]
    led = _led(election, listed)
    found = []
    for at, (request, said) in enumerate(granted):
        home = led[at] if at in led else precincts.own(held[at].precinct)
        found.append(_wanted(request, said, places[at], home, precincts))
    return found


def _wanted(
    request: Request, said: Said, place: tuple[int, int], led: int | None, precincts: _Precincts
) -> Wanted:
    """`led`: where the address leads; of an entry that stays as it is where it is listed."""
    named = precincts.by_code.get(said.get("precinct", ""))
    why = "abroad" if request.kind == "abroad" else "request"
    assigned = "" if named is None or (named == led and request.kind != "abroad") else why
    return Wanted(
        request,
        request.kind,
        request.voter,
        record_in(said),
        *place,
        led if named is None else named,
        assigned,
    )


class _Precincts:
    """Precincts of an election: rows by the codes that decisions name, and which rows that entries stand in are its own."""

    def __init__(self, election: str, codes: Iterable[str], rows: Iterable[int]) -> None:
        own = Precinct.objects.filter(election=election)
        self.by_code: dict[str, int] = dict(own.filter(code__in=list(codes)).values_list("code", "id"))
        self._rows = set(own.filter(id__in=list(rows)).values_list("id", flat=True))

    def own(self, row: int | None) -> int | None:
        """The row, where it is one of this election."""
        return row if row in self._rows else None


def _led(election: str, listed: Sequence[tuple[dict[str, str] | None, int]]) -> dict[int, int | None]:
    """Where addresses lead, by their places in the sequence: of those that have a record and a mahalla."""
    asked: dict[int, House] = {
        at: (mahalla, record["street"], record["house"])
        for at, (record, mahalla) in enumerate(listed)
        if record is not None and mahalla
    }
    return dict(zip(asked, lead(election, list(asked.values())), strict=True))


def _entries(voters: set[int]) -> dict[int, _Entry]:
    former = Former.objects.filter(voter__in=voters, kind=Change.REMOVED).order_by("id")
    found = {voter: _Entry(*where) for voter, *where in former.values_list("voter", *PLACE)}
    rows = Voter.objects.filter(id__in=voters).values_list("id", *PLACE)
    return found | {voter: _Entry(*where) for voter, *where in rows}


def _mahallas(codes: Iterable[str]) -> dict[str, tuple[int, int]]:
    """District and row, by code."""
    rows = Mahalla.objects.filter(code__in=set(codes))
    return {one.code: (one.district, one.id) for one in rows}
