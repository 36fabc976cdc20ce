"""What somebody typed into the form: read forgivingly, refused with a word on what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.utils.translation import gettext

DOCUMENT = re.compile(r"[A-Z]{2}[0-9]{7}")
BETWEEN = re.compile(r"[\s\-–—./№]+")
ALIKE = str.maketrans("АВЕКМНОРСТУХІЈЅ", "ABEKMHOPCTYXIJS")
"""Cyrillic letters that look like the Latin ones of a document."""
FIRST_YEAR = 1900
LONGEST = 60
DAY, MONTH, YEAR = "birth_day", "birth_month", "birth_year"
FIELDS = ("document", DAY, MONTH, YEAR, "challenge", "work", "answer")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field: the id of its input ("": of the whole form), and what to do. `spent`: the form came before."""

    field: str
    text: str
    spent: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it came: each field cut to a length that nobody needs."""

    document: str = ""
    birth_day: str = ""
    birth_month: str = ""
    birth_year: str = ""
    challenge: str = ""
    work: str = ""
    answer: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Typed:
        """The fields of a posted form."""
        return cls(**{name: str(given.get(name, ""))[: 3 * LONGEST].strip() for name in FIELDS})

    @property
    def number(self) -> str:
        """The document number as the list has it; empty where it is none."""
        plain = BETWEEN.sub("", self.document).upper().translate(ALIKE)
        return plain if DOCUMENT.fullmatch(plain) else ""

    @property
    def born(self) -> date | None:
        """The birth date, None where there is no such day, or it has not come yet."""
        parts = (self.birth_year, self.birth_month, self.birth_day)
        if not all(part.isdecimal() and len(part) <= 4 for part in parts):
            return None
        try:
            found = date(*map(int, parts))
        except ValueError:
            return None
        return found if date(FIRST_YEAR, 1, 1) <= found <= datetime.now(UTC).date() else None

    def problems(self) -> list[Problem]:
        """What must be put right before anything is looked for."""
        found = []
        if not self.document:
            found.append(Problem("document", gettext("Enter the number of your passport or ID card.")))
        elif not self.number:
            text = gettext("The number has two Latin letters and seven digits, such as AD1234567.")
            found.append(Problem("document", text))
        if not (self.birth_day and self.birth_month and self.birth_year):
            missing = DAY if not self.birth_day else MONTH if not self.birth_month else YEAR
            found.append(Problem(missing, gettext("Enter day, month and year of your birth.")))
        elif self.born is None:
            text = gettext(
                "There is no such birth date. Write it in figures, the year with four, such as 27 3 1985."
            )
            found.append(Problem(DAY, text))
        return found
