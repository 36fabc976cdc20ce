"""The houses of a precinct in the order in which one walks, and what was found there last."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from esaylov.custody import client
from esaylov.voters.doors.models import HouseCheck
from esaylov.voters.models import Mahalla, Voter
from esaylov.voters.places.words import mahalla_name

TABLE = "voters_housecheck"
PURPOSE = "precinct list"
"""To the custodian: entries that are opened at doors come out of the commission's own measure of its list."""
PAUSE = 2.0
NUMBER = re.compile(r"([0-9]{0,9})(.*)", re.DOTALL)
LAST = 10**9

HOUSES = """WITH here AS (SELECT mahalla, house, min(district) AS district, count(*)::int AS entries FROM voters_voter
    WHERE precinct = %(precinct)s GROUP BY 1, 2),
last AS (SELECT DISTINCT ON (mahalla, house) mahalla, house, number, entries, answered, follow, missing, day
    FROM voters_housecheck WHERE precinct_id = %(precinct)s ORDER BY mahalla, house, number DESC)
SELECT h.mahalla, h.house, h.district, h.entries, coalesce(a.id, 0), coalesce(a.street, ''), coalesce(a.street_key, ''),
    coalesce(a.house, ''), l.number, l.answered, l.follow, l.missing, l.day
FROM here h LEFT JOIN last l USING (mahalla, house) LEFT JOIN LATERAL (SELECT a.id, a.street, a.street_key, a.house
    FROM voters_address a WHERE a.digest = h.house AND a.mahalla_id = h.mahalla ORDER BY a.id LIMIT 1) a ON true"""


class Visit(NamedTuple):
    """The latest visit to a house, in counts."""

    number: int
    answered: int
    follow: int
    missing: int
    day: Any


@dataclass(frozen=True, slots=True)
class House:
    """A house with entries of the precinct's list. `digest`: keyed, as entries have it. `address`: of the address register, 0 for
    a house that it has not; then its street and number stand in the records alone, and `place` counts such houses from 1.
    """

    mahalla: int
    digest: int
    district: int
    entries: int
    address: int
    street: str
    street_key: str
    house: str
    visit: Visit | None
    place: int = 0

    @property
    def checked(self) -> int:
        """Entries of which somebody said who lives there."""
        return min(self.visit.answered, self.entries) if self.visit else 0

    @property
    def done(self) -> bool:
        """Whether all of them are."""
        return self.checked == self.entries


@dataclass(frozen=True, slots=True)
class Street:
    """A street's houses in walking order. `number`: the first of its addresses, 0 for houses without one."""

    number: int
    mahalla: str
    name: str
    houses: tuple[House, ...]

    @property
    def progress(self) -> Progress:
        """How far the street is."""
        return progress_of(self.houses)


class Progress(NamedTuple):
    """Houses and entries that there are, and that were checked; entries to follow up, and people who are missing."""

    houses: int
    checked_houses: int
    entries: int
    checked: int
    follow: int
    missing: int


def progress_of(houses: Iterable[House]) -> Progress:
    """The sums of some houses."""
    rows = list(houses)
    visits = [row.visit for row in rows if row.visit]
    return Progress(
        len(rows), sum(row.done for row in rows), sum(row.entries for row in rows), sum(row.checked for row in rows),
        sum(visit.follow for visit in visits), sum(visit.missing for visit in visits),
    )  # fmt: skip


def walking(number: str) -> tuple[int, str]:
    """Sorts houses and flats as one passes them: 2, 10, 10A, 10/2; one without a number comes last."""
    found = NUMBER.fullmatch(number.strip())
    first, rest = found.groups() if found else ("", number)
    return (int(first) if first else LAST, rest)


def rows_of(statement: str, **values: Any) -> list[Any]:
    """The rows of a statement with named values."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def houses_of(precinct: int) -> list[House]:
    """The houses of a precinct, street by street, in walking order; those without an address of the register last."""
    rows = [_house(row) for row in rows_of(HOUSES, precinct=precinct)]
    known = sorted(
        (row for row in rows if row.address),
        key=lambda row: (row.mahalla, row.street_key, walking(row.house)),
    )
    strange = sorted((row for row in rows if not row.address), key=lambda row: (row.mahalla, row.digest))
    return known + [
        House(row.mahalla, row.digest, row.district, row.entries, 0, "", "", "", row.visit, place)
        for place, row in enumerate(strange, 1)
    ]


def _house(row: tuple[Any, ...]) -> House:
    mahalla, digest, district, entries, address, street, street_key, house, *last = row
    visit = Visit(*last) if last[0] is not None else None
    return House(mahalla, digest, district, entries, address, street, street_key, house, visit)


def streets_of(houses: Sequence[House]) -> list[Street]:
    """The same houses by street; those without an address together, as the last one."""
    grouped: dict[tuple[int, str], list[House]] = {}
    for house in houses:
        grouped.setdefault((house.mahalla, house.street_key) if house.address else (0, ""), []).append(house)
    names = {row.id: mahalla_name(row.names, row.code) for row in
             Mahalla.objects.filter(id__in={mahalla for mahalla, _ in grouped})}  # fmt: skip
    return [
        Street(min(row.address for row in rows), names.get(mahalla, ""), rows[0].street, tuple(rows))
        for (mahalla, _), rows in grouped.items()
    ]


class Resident(NamedTuple):
    """An entry of a house, opened. `record`: as it was sealed."""

    voter: int
    record: Mapping[str, str]


def residents_of(precinct: int, house: House, body: str) -> list[Resident]:
    """The entries of a house in the order of flats and names, opened. Raises CustodianDown, Throttled, KeyringError."""
    rows = Voter.objects.filter(precinct=precinct, mahalla=house.mahalla, house=house.digest)
    return opened(rows.values_list("id", "sealed"), body)


def opened(rows: Iterable[tuple[int, bytes | memoryview]], body: str) -> list[Resident]:
    """Entries with their records, in the order of flats and names. `body`: the commission whose measure it is."""
    sealed = [(number, bytes(value)) for number, value in rows]
    records = client.open_rows(sealed, purpose=PURPOSE, wait=PAUSE, body=body) if sealed else []
    found = [Resident(number, record) for (number, _), record in zip(sealed, records, strict=True)]
    return sorted(found, key=_order)


def _order(one: Resident) -> tuple[Any, ...]:
    said = one.record
    return (walking(said.get("flat", "")), said.get("surname", ""), said.get("given_name", ""), one.voter)


def said_at(precinct: int, numbers: Sequence[int], body: str) -> list[dict[int, str]]:
    """What was said of entries at visits, by their numbers, in this order. Raises as `opened`."""
    rows = dict(
        HouseCheck.objects.filter(precinct=precinct, number__in=numbers).values_list("number", "sealed")
    )
    sealed = [(precinct, bytes(rows[number])) for number in numbers]
    records = client.open_rows(sealed, purpose=PURPOSE, table=TABLE, wait=PAUSE, body=body) if sealed else []
    return [parted(record["said"]) for record in records]


def joined(said: Mapping[int, str]) -> str:
    """What was said of entries, as it is sealed."""
    return " ".join(f"{voter}={outcome}" for voter, outcome in sorted(said.items()))


def parted(text: str) -> dict[int, str]:
    """The same, read."""
    return {int(voter): outcome for voter, _, outcome in (one.partition("=") for one in text.split())}
