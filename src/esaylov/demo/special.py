"""Lists of places in the demonstration: a hospital, a military unit, a place of detention, a precinct abroad (Art. 10, 27, 28).

The head of each hands a list over in October; two persons of the Central Commission put it into the voter list, and it is frozen
later than the others. Some of those who stand there are moved from the precinct of their house, some are entered.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import orjson

from esaylov.acts.context import get_context
from esaylov.demo.history import CENTRE, PRECINCT, SAID, at
from esaylov.demo.sittings import Question, hold, officer
from esaylov.demo.strangers import SPECIAL, stranger
from esaylov.elections.queries import set_clock
from esaylov.exchange.residents.special import COLUMNS, PERSON
from esaylov.registry.models import Precinct
from esaylov.voters.entering import OwnKeys
from esaylov.voters.keys import sealer
from esaylov.voters.models import Changeset, Voter
from esaylov.voters.special.comparing import KIND, hand_in

HANDED_IN = at("10-11 09:00")
DECIDED = at("10-11 15:00")
LISTS = Question(
    "Alohida joylardagi saylovchilar roʻyxatlari toʻgʻrisida / On the lists of voters at special places", SAID, "2033",
    articles=("10", "28"),
)  # fmt: skip
YOUNG = (date(2000, 1, 1), date(2006, 1, 1))
CLOSED = "1735-"
"""The region whose closed precincts have the lists."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that hands over a list: `listed` of its people stand at the precinct of their house, `strangers` nowhere."""

    kind: str
    called: str
    listed: int
    strangers: int


PLACES = (
    Place("hospital", "a hospital", 21, 3),
    Place("military-unit", "a military unit", 4, 36),
    Place("detention", "a place of detention", 15, 2),
    Place("abroad", "a precinct abroad", 12, 14),
)


def places(election: str) -> list[tuple[Place, Precinct]]:
    """Which precinct each place is: closed ones of the region (hospital, unit, detention), and the first one abroad."""
    rows = Precinct.objects.filter(election=election).order_by("position")
    closed = list(rows.filter(place_public=False, code__startswith=CLOSED)[: len(PLACES) - 1])
    found = [*closed, *rows.filter(code__startswith="abroad-")[:1]]
    return list(zip(PLACES, found, strict=True)) if len(found) == len(PLACES) else []


def handed_in(election: str) -> list[tuple[Place, Precinct]]:
    """Those whose lists are in the voter list."""
    known = Changeset.objects.filter(election=election, kind=KIND, state=Changeset.State.APPLIED)
    codes = set(known.values_list("counts__precinct", flat=True))
    return [(place, precinct) for place, precinct in places(election) if precinct.code in codes]


def enter(election: str) -> None:
    """The four lists are handed over, decided about in one session, and go into the voter list one after another."""
    from esaylov.demo.voters import into_the_list

    found = places(election)
    taken = _listed(election, sum(place.listed for place, _ in found))
    if not found or taken is None:
        return
    set_clock(election, HANDED_IN)
    hold(election, CENTRE, DECIDED, [LISTS], place="Toshkent")
    context, keys, serial = get_context(election), OwnKeys(sealer()), 0
    for place, precinct in found:
        rows = [next(taken) for _ in range(place.listed)]
        for _ in range(place.strangers):
            serial += 1
            young = YOUNG if place.kind == "military-unit" else (date(1955, 1, 1), date(2004, 1, 1))
            rows.append(stranger(SPECIAL, serial, "1726", young).fields())
        content = _file(precinct.code, place.kind, rows)
        by = officer(election, f"pec:{precinct.code}", "secretary")
        if (changeset := hand_in(context, content, by=by, custodian=keys)) is not None:
            into_the_list(election, changeset, LISTS.number)


def _listed(election: str, wanted: int) -> Iterator[dict[str, str]] | None:
    """People who are listed at a precinct of the district, not at the one whose secretary may sign in; None for too few."""
    own = PRECINCT.removeprefix("pec:")
    rows = Voter.objects.filter(precinct__isnull=False).exclude(
        precinct__in=Precinct.objects.filter(election=election, code=own).values("id")
    )
    chosen = list(rows.order_by("-id").values_list("id", "sealed")[: 3 * wanted : 3])
    if len(chosen) < wanted:
        return None
    opened = sealer().open([row for row, _ in chosen], [bytes(sealed) for _, sealed in chosen])
    return (orjson.loads(one) for one in opened)


def _file(precinct: str, kind: str, rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        said = {**row, "citizenship": "UZB"}
        writer.writerow([precinct, kind, *(said[name] for name in PERSON)])
    return text.getvalue().encode()
