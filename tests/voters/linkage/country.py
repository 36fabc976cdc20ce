"""A tiny invented country with people who stand in its register twice, and the truth about them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from esaylov.exchange.pinfl import check_digit

SURNAMES = [
    "Karim",
    "Rahim",
    "Yusuf",
    "Olim",
    "Salim",
    "Nazar",
    "Umar",
    "Tosh",
    "Xolmat",
    "Qodir",
    "Saidov",
    "Boboyor",
    "Ergash",
    "Jo'ra",
    "Mirzo",
    "Po'lat",
    "Rustam",
]
MEN = [
    "Anvar",
    "Bobur",
    "Dilshod",
    "Eldor",
    "Farrux",
    "Hasan",
    "Husan",
    "Jasur",
    "Kamol",
    "Laziz",
    "Murod",
    "Nodir",
    "Otabek",
    "Rustam",
    "Sardor",
    "Ulug'bek",
]
WOMEN = [
    "Aziza",
    "Barno",
    "Dilnoza",
    "Feruza",
    "Gulnora",
    "Hilola",
    "Iroda",
    "Kamola",
    "Lola",
    "Madina",
    "Nargiza",
    "Oydin",
    "Ra'no",
    "Sevara",
    "Zilola",
]


@dataclass
class Country:
    """`records`: what a register would hand over. `same`: pairs of ids that are one person."""

    records: list[dict[str, object]] = field(default_factory=list)
    same: set[tuple[int, int]] = field(default_factory=set)

    @property
    def table(self) -> pl.DataFrame:
        return pl.DataFrame(self.records)


def country(people: int, twice: int, seed: int = 1) -> Country:
    """That many people in families, so many of them twice, each time with another kind of error."""
    chance = random.Random(seed)
    made = Country()
    while len(made.records) < people:
        _family(made, chance)
    for number, record in enumerate(chance.sample(made.records, twice)):
        copy = dict(record) | {"id": len(made.records) + 1}
        ERRORS[number % len(ERRORS)](copy, chance)
        made.records.append(copy)
        made.same.add((int(str(record["id"])), len(made.records)))
    return made


def _family(made: Country, chance: random.Random) -> None:
    stem = chance.choice(SURNAMES) + chance.choice(["", "ali", "jon", "bek", "qul", "boy", "shoh", "murod"])
    father = chance.choice(MEN)
    place = {
        "mahalla": chance.randrange(1, 60),
        "street": chance.choice(SURNAMES) + "obod",
        "house": str(chance.randrange(1, 90)),
        "flat": "",
    }
    born = date(1950, 1, 1) + timedelta(days=chance.randrange(20000))
    for _ in range(chance.randrange(1, 5)):
        woman = chance.random() < 0.5
        twin = chance.random() < 0.02
        born = born if twin else born + timedelta(days=chance.randrange(300, 1500))
        made.records.append(
            {
                "id": len(made.records) + 1,
                "pinfl": _pinfl(born, woman, chance),
                "document": f"A{chance.choice('ABCD')}{chance.randrange(10**7):07}",
                "surname": stem + ("ova" if woman else "ov"),
                "given_name": chance.choice(WOMEN if woman else MEN),
                "patronymic": father + (" qizi" if woman else " o'g'li"),
                "birth_date": born.isoformat(),
                **place,
            }
        )


def _pinfl(born: date, woman: bool, chance: random.Random) -> str:
    digits = f"{8 if woman else 7}{born:%d%m%y}{chance.randrange(1, 300):03}{chance.randrange(1000):03}"
    return f"{digits}{check_digit(digits)}"


def _another_number(copy: dict[str, object], chance: random.Random) -> None:
    copy["pinfl"] = _pinfl(date.fromisoformat(str(copy["birth_date"])), str(copy["pinfl"])[0] == "8", chance)


def _another_document(copy: dict[str, object], chance: random.Random) -> None:
    copy["document"] = f"AC{chance.randrange(10**7):07}"


def _moved(copy: dict[str, object], chance: random.Random) -> None:
    copy |= {"mahalla": chance.randrange(1, 60), "house": str(chance.randrange(1, 90))}
    _another_number(copy, chance)
    _another_document(copy, chance)


def _typed_wrongly(copy: dict[str, object], chance: random.Random) -> None:
    name = str(copy["surname"])
    at = chance.randrange(1, len(name) - 2)
    copy["surname"] = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    _another_number(copy, chance)
    _another_document(copy, chance)


def _married(copy: dict[str, object], chance: random.Random) -> None:
    copy["surname"] = chance.choice(SURNAMES) + "yorova"
    _another_number(copy, chance)
    _another_document(copy, chance)


def _mirrored(copy: dict[str, object], chance: random.Random) -> None:
    born = str(copy["birth_date"])
    if int(born[8:]) <= 12:
        copy["birth_date"] = f"{born[:4]}-{born[8:]}-{born[5:7]}"
    _another_number(copy, chance)


ERRORS: list[Callable[[dict[str, object], random.Random], None]] = [
    _another_number,
    _another_document,
    _moved,
    _typed_wrongly,
    _married,
    _mirrored,
]
