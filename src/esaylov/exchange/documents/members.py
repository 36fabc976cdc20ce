"""The list of a commission's members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from esaylov.exchange.documents.parts import Content, Record, Sheet, facts
from esaylov.exchange.documents.words import Words

_COLUMNS = ("row", "name", "role", "proposed_by", "since")


@dataclass(frozen=True, slots=True)
class Member:
    """One line of the list; `role` in the document's language, `proposed_by` where it is known."""

    name: str
    role: str
    proposed_by: str = ""
    since: date | None = None

    def row(self, words: Words, number: int) -> list[str]:
        """The cells of the line."""
        since = words.date(self.since) if self.since else "–"
        return [str(number), self.name, self.role, self.proposed_by or "–", since]


@dataclass(frozen=True, slots=True)
class MemberList:
    """Who sits in a commission on a day (Art. 19-25). A column that no member fills is left out.

    `sheet.issuer` is the body that formed it and issues the list, `commission` the body that is listed; `decision`:
    number of the decision, as it is to stand.
    """

    template: ClassVar[str] = "members"

    sheet: Sheet
    commission: str
    as_of: date
    members: tuple[Member, ...]
    decision: str = ""
    record: Record | None = None

    def content(self, words: Words) -> Content:
        """What the template lays out."""
        proposed = any(member.proposed_by for member in self.members)
        dated = any(member.since for member in self.members)
        kept = [at for at, keep in enumerate((True, True, True, proposed, dated)) if keep]
        rows = [member.row(words, at) for at, member in enumerate(self.members, 1)]
        return {
            "title": f"{words('composition')}. {self.commission}",
            "heading": words("composition"),
            "subject": self.commission,
            "facts": facts(
                words,
                ("formed_by", self.sheet.issuer if self.sheet.issuer != self.commission else ""),
                ("decision_number", self.decision),
                ("as_of", words.date(self.as_of)),
                ("member_count", words.count(len(self.members))),
                ("election", self.sheet.election),
            ),
            "head": [words(_COLUMNS[at]) for at in kept],
            "rows": [[row[at] for at in kept] for row in rows],
            "proposed": proposed,
            "dated": dated,
            "record": self.record and self.record.content(words),
        }
