"""PINFL: the personal identification number of a natural person, 14 digits `G DDMMYY RRR NNN C`.

G says century and sex (odd: man, even: woman; 1 and 2: born 18YY, 3 and 4: 19YY, 5 and 6: 20YY), RRR the region that gave
it, NNN a serial number, C is a check digit: the first 13 digits times 7, 3, 1, 7, 3, 1, …, summed, modulo 10.

Source: numbers printed on public sample documents (31210632040244, 40201902050010) bear the weights out; what G means is
common knowledge of their users, not seen in a legal text. Numbers whose G is 7 or 8 belong to persons born from 2100 on:
nobody alive has one, so every invented person of this project has such a one, and its two digits of a year are any century's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

WEIGHTS = (7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1, 7)
LENGTH = 14
CENTURIES = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}
INVENTED = "78"

Sex = Literal["male", "female"]


@dataclass(frozen=True, slots=True)
class Pinfl:
    """What a PINFL says; `birth_date` is None for an invented person, whose century it does not tell."""

    number: str
    sex: Sex
    invented: bool
    birth_date: date | None

    def born(self, day: date) -> bool:
        """Whether somebody born on that day can have this number."""
        if self.birth_date is not None:
            return day == self.birth_date
        return f"{day:%d%m%y}" == self.number[1:7]


def check_digit(digits: str) -> int:
    """The check digit that belongs behind the first 13 digits. Raises ValueError when they are not 13 ASCII digits."""
    if len(digits) != LENGTH - 1 or not (digits.isascii() and digits.isdecimal()):
        raise ValueError("a PINFL has 13 digits before its check digit")
    return sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True)) % 10


def parse_pinfl(text: str) -> Pinfl:
    """Reads a PINFL. Raises ValueError with the reason, which quotes nothing of the number: it is personal data."""
    if len(text) != LENGTH or not (text.isascii() and text.isdecimal()):
        raise ValueError("the PINFL is not 14 digits")
    if text[0] not in CENTURIES and text[0] not in INVENTED:
        raise ValueError("no PINFL begins with 0 or 9")
    if check_digit(text[:-1]) != int(text[-1]):
        raise ValueError("the check digit of the PINFL is wrong")
    invented = text[0] in INVENTED
    return Pinfl(text, "male" if int(text[0]) % 2 else "female", invented, _birth_date(text, invented))


def _birth_date(text: str, invented: bool) -> date | None:
    day, month, year = int(text[1:3]), int(text[3:5]), int(text[5:7])
    try:
        if not invented:
            return date(CENTURIES[text[0]] + year, month, day)
        # 2000 is a leap year, 1900 is not: a 29 February of `00` exists in one of the centuries.
        date(2000 + year, month, day)
    except ValueError:
        raise ValueError("the PINFL holds a date that does not exist") from None
    return None


def make_pinfl(birth_date: date, sex: Sex, region: int, serial: int) -> str:
    """The PINFL of an invented person (G is 7 or 8). Raises ValueError when region or serial have more than three digits."""
    if not (0 <= region <= 999 and 0 <= serial <= 999):
        raise ValueError("region and serial have three digits each")
    digits = f"{7 if sex == 'male' else 8}{birth_date:%d%m%y}{region:03}{serial:03}"
    return f"{digits}{check_digit(digits)}"
