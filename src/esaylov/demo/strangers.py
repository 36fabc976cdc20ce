"""Invented people whom no register of the demonstration has: PINFLs begin with 7 or 8, numbers of documents with AD."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from esaylov.demo.chance import Chance
from esaylov.demo.people import anybody
from esaylov.exchange.pinfl import make_pinfl

SPECIAL, NEWCOMERS = 898, 897
"""The region in PINFLs of those on lists of places, and of those who ask to be included; 899 has others of the rehearsal."""
FIRST_BORN = date(1960, 1, 1)


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody invented, as a register would write it."""

    pinfl: str
    document: str
    surname: str
    given_name: str
    patronymic: str
    birth_date: str
    sex: str

    def fields(self) -> dict[str, str]:
        """By name."""
        return {name: getattr(self, name) for name in self.__slots__}


def stranger(
    region: int, serial: int, where: str, born: tuple[date, date] = (FIRST_BORN, date(2004, 1, 1))
) -> Stranger:
    """The one with this serial number, always the same. `where`: the region whose names are usual; `born`: from when on, and
    before when.
    """
    chance = Chance(serial, f"stranger {region}")
    sex = "m" if region == SPECIAL else chance.pick("mf")
    day = born[0] + timedelta(days=chance.below((born[1] - born[0]).days))
    surname, given_name, patronymic = anybody(chance, where, sex == "f")
    number = make_pinfl(day, "female" if sex == "f" else "male", region, serial)
    document = f"AD{region:03}{serial:04}"
    return Stranger(number, document, surname, given_name, patronymic, day.isoformat(), sex)
