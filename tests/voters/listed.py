"""Voters in the list for tests: invented people (the first digit of their PINFL is 7 or 8), written past the changesets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import orjson

from esaylov.acts.bulk import insert_rows
from esaylov.acts.identity import data_folder
from esaylov.custody.keyring import Keyring
from esaylov.custody.sealer import Sealer
from esaylov.exchange.pinfl import make_pinfl
from esaylov.exchange.residents.normal import house_key
from esaylov.registry.models import Precinct
from esaylov.voters.doors import sizes
from esaylov.voters.models import KeyCheck, Mahalla

KEYS = Path("keys") / "voters.json"
SURNAMES = ("Karimov", "Каримова", "Oʻrozov", "Ўрозова", "Yoqubov", "Жўраев")
COLUMNS = (
    "id", "pinfl", "document", "content", "house", "district", "mahalla", "precinct", "changeset", "sealed",
)  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """A voter of the tests in clear. `house_digest`: as the list holds it."""

    id: int
    record: dict[str, str]
    precinct: int | None
    mahalla: int
    house_digest: int


def ring() -> Keyring:
    """The keys of this test's installation, made at first use; the database knows them."""
    known = {row.generation: bytes(row.value) for row in KeyCheck.objects.all()}
    found = Keyring.read_or_make(data_folder() / KEYS, known)
    KeyCheck.objects.bulk_create(
        [KeyCheck(generation=number, value=value) for number, value in found.check().items()],
        ignore_conflicts=True,
    )
    return found


def person(number: int) -> dict[str, str]:
    """The record of an invented voter."""
    born = date(1950, 1, 1) + timedelta(days=37 * number % 18_000)
    pinfl = make_pinfl(born, "male", 900 + number // 1000 % 100, number % 1000)
    return {
        "pinfl": pinfl, "document": f"AD{number:07d}", "surname": SURNAMES[number % len(SURNAMES)],
        "given_name": f"Test{number}", "patronymic": "Testovich", "birth_date": born.isoformat(), "sex": "m",
        "street": "Navoiy koʻchasi", "house": str(1 + number // 4), "flat": "",
    }  # fmt: skip


def enter_voters(
    count: int, precincts: Sequence[str | None] = ("n1-1",), election: str = "door", first: int = 1
) -> list[Listed]:
    """Writes `count` voters into the list, in turn in the precincts (None: in none)."""
    mahalla = Mahalla.objects.get_or_create(
        code="t-1", defaults={"district": 1726266, "names": {"en": "One"}}
    )[0]
    known = {row.code: row.id for row in Precinct.objects.filter(election=election)}
    sealer = Sealer(ring())
    ids = list(range(first, first + count))
    records = [person(number) for number in ids]
    sealed = sealer.seal(ids, [orjson.dumps(record) for record in records])
    digests = {
        name: sealer.digests(name, [record[name].encode() for record in records])
        for name in ("pinfl", "document")
    }
    content = sealer.digests("content", [orjson.dumps(record) for record in records])
    keys = [house_key("t-1", record["street"], record["house"]) for record in records]
    houses = [int.from_bytes(one[:8], signed=True) for one in sealer.digests("house", keys)]
    places = [known[code] if (code := precincts[i % len(precincts)]) else None for i in range(count)]
    rows = [
        (ids[i], UUID(bytes=digests["pinfl"][i]), UUID(bytes=digests["document"][i]), UUID(bytes=content[i]), houses[i],
         mahalla.district, mahalla.id, places[i], 0, sealed[i])
        for i in range(count)
    ]  # fmt: skip
    insert_rows("voters_voter", COLUMNS, rows)
    sizes.recount()
    return [Listed(ids[i], records[i], places[i], mahalla.id, houses[i]) for i in range(count)]
