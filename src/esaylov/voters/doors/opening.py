"""A precinct's rounds opened for a court: what the log says of each, made anew from its visits (`esaylov voters rounds`).

Whoever has the keys sees by it whether anything of what was noted at doors was changed, added or taken away since.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import orjson

from esaylov.acts.models import Journal
from esaylov.custody.sealer import Sealer
from esaylov.registry.models import Precinct
from esaylov.voters.doors.acts import Open, RecordRound, pinned
from esaylov.voters.doors.models import HouseCheck, Round
from esaylov.voters.doors.noting import hash_of
from esaylov.voters.doors.reading import TABLE
from esaylov.voters.freezing.supplements import own_precinct
from esaylov.voters.keys import keyring

Said = dict[str, Any]


class Opening(NamedTuple):
    """A round. `visits`: number and hash of each, from what is sealed of it; `noted`: the hash over them; `logged`: the one
    in the log ("": the log has no such round); `agrees`: everything does that log, round and visits say of each other.
    """

    number: int
    day: date | None
    visits: tuple[tuple[int, str], ...]
    noted: str
    logged: str
    agrees: bool


def openings(election: str, precinct: str) -> list[Opening]:
    """All rounds of a precinct in their order, those too that only the log has, or only the table. Raises KeyringError."""
    place = own_precinct(election, precinct)
    if place is None:
        return []
    logged = _in_log(election, precinct)
    rounds = {one.number: one for one in Round.objects.filter(precinct=place)}
    found, last = [], 0
    for number in sorted(rounds.keys() | logged.keys()):
        kept = rounds.get(number)
        if kept is None:
            found.append(Opening(number, None, (), "", str(logged[number]["noted"]), agrees=False))
            continue
        found.append(_opened(place, kept, _visits(place, last, kept.last), logged.get(number, {})))
        last = kept.last
    return found


def waiting(election: str, precinct: str) -> int:
    """How many visits of a precinct no round has yet."""
    rows = HouseCheck.objects.filter(precinct=own_precinct(election, precinct), journal__isnull=True)
    last = (
        Round.objects.filter(precinct__election=election, precinct__code=precinct).order_by("-number").first()
    )
    return rows.filter(number__gt=last.last if last else 0).count()


def _in_log(election: str, precinct: str) -> dict[int, Said]:
    rows = Journal.objects.filter(election=election, code=RecordRound.code, public=True)
    every = (
        orjson.loads(bytes(row)) for row in rows.values_list("record", flat=True).iterator(chunk_size=2000)
    )
    return {said["number"]: said for said in every if said["precinct"] == precinct}


def _visits(place: Precinct, after: int, last: int) -> list[HouseCheck]:
    rows = HouseCheck.objects.filter(precinct=place, journal__isnull=True, number__gt=after, number__lte=last)
    return list(rows.order_by("number"))


def _opened(place: Precinct, kept: Round, visits: Sequence[HouseCheck], logged: Said) -> Opening:
    sealer = Sealer(keyring(), TABLE.encode())
    records = sealer.open([place.id] * len(visits), [bytes(one.sealed) for one in visits])
    hashes = [hash_of(place.election, place.code, orjson.loads(record)) for record in records]
    made = [
        Open(place.id, kept.number - 1, one.number, one.day, one.checked, noted)
        for one, noted in zip(visits, hashes, strict=True)
    ]
    noted = pinned(place.election, place.code, made) if made else b""
    agrees = (
        [bytes(one.noted or b"") for one in visits] == hashes
        and all(one.day == kept.day for one in visits)
        and (kept.visits, bytes(kept.noted)) == (len(visits), noted)
        and (logged.get("visits"), logged.get("noted")) == (len(visits), noted.hex())
    )
    shown = tuple((one.number, one.noted.hex()) for one in made)
    return Opening(kept.number, kept.day, shown, noted.hex(), str(logged.get("noted", "")), agrees)
