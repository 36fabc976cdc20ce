"""The list of voters of a precinct: to sign in, and the copy that anybody may inspect."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from esaylov.exchange.documents.parts import Content, Sheet, facts, groups
from esaylov.exchange.documents.words import Words

MARKS = {
    "early": "mark_early", "home": "mark_home", "home-asked": "mark_home_asked", "elsewhere": "mark_elsewhere",
    "replaced": "mark_replaced",
}  # fmt: skip
SIGNED = ("row", "name", "birth_date", "address", "voter_marks", "voter_signature")


@dataclass(frozen=True, slots=True)
class VoterLine:
    """One voter. `marks`: kinds of marks (MARKS)."""

    number: int
    surname: str
    given_name: str
    patronymic: str
    born: str
    street: str
    house: str
    flat: str = ""
    marks: tuple[str, ...] = ()

    def name(self, *, short: bool) -> str:
        """Surname and names, or their initials."""
        rest = [part for part in (self.given_name, self.patronymic) if part]
        return " ".join([self.surname, *(f"{part[0]}." if short else part for part in rest)])

    def address(self, shown: Collection[str]) -> str:
        """Street, house and flat, as far as they are shown."""
        parts = {"street": self.street, "house": self.house, "flat": self.flat}
        return ", ".join(value for name, value in parts.items() if value and name in shown)


@dataclass(frozen=True, slots=True)
class VoterList:
    """The voters of a precinct on a day (Art. 27-29). `inspection`: the fields of the copy that anybody may inspect, None for the
    list to sign; `large`: in large print; `root`: of the frozen list (hexadecimal), "" where it is not frozen.
    """

    template: ClassVar[str] = "voterlist"

    sheet: Sheet
    precinct: str
    as_of: date
    voters: tuple[VoterLine, ...]
    root: str = ""
    large: bool = False
    inspection: tuple[str, ...] | None = None

    def content(self, words: Words) -> Content:
        """What the template lays out: rows of texts."""
        heading = words("voter_list" if self.inspection is None else "voter_list_inspection")
        columns = SIGNED if self.inspection is None else self._shown(self.inspection)
        return {
            "title": f"{heading}. {self.precinct}",
            "heading": heading,
            "foot": f"{heading}. {self.precinct}",
            "subject": self.precinct,
            "facts": facts(
                words,
                ("as_of", words.date(self.as_of)),
                ("voter_count", words.count(len(self.voters))),
                ("list_root", " ".join(groups(self.root, 8))),
                ("election", self.sheet.election),
            ),
            "head": [words(column) for column in columns],
            "columns": list(columns),
            "rows": [self._row(words, voter, columns) for voter in self.voters],
            "large": self.large,
        }

    def _shown(self, fields: Collection[str]) -> tuple[str, ...]:
        """Columns of the copy for inspection."""
        found = ["row", "name"]
        if "birth_date" in fields:
            found.append("birth_date")
        if {"street", "house", "flat"} & set(fields):
            found.append("address")
        return tuple(found)

    def _row(self, words: Words, voter: VoterLine, columns: Collection[str]) -> list[str]:
        fields = self.inspection
        shown = ("street", "house", "flat") if fields is None else fields
        short = fields is not None and "given_name" not in fields
        cells = {
            "row": str(voter.number),
            "name": voter.name(short=short),
            "birth_date": _day(voter.born),
            "address": voter.address(shown),
            "voter_marks": ", ".join(words(MARKS[mark]) for mark in voter.marks),
            "voter_signature": "",
        }
        return [cells[column] for column in columns]


def _day(born: str) -> str:
    """A day as lists write it, shorter than in a sentence: 02.01.1980."""
    return date.fromisoformat(born).strftime("%d.%m.%Y") if born else ""
