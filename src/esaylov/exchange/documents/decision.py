"""The decision of a commission."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from esaylov.exchange.documents.letters import paragraphs
from esaylov.exchange.documents.parts import (
    Attendance,
    Content,
    Record,
    Sheet,
    Vote,
    facts,
    marked,
    signatures,
)
from esaylov.exchange.documents.words import Words


@dataclass(frozen=True, slots=True)
class Order:
    """One act that a decision carries: in words, and its code in the journal (`elections.move_step`), if shown."""

    text: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A numbered decision (Electoral Code, Art. 16, 26).

    `text`: paragraphs, parted by blank lines. `articles`: numbers of the articles considered. `session`: its number,
    as it is to stand. `dissents`: how many members gave a dissenting opinion in writing; `opinions`: the texts of those
    that are published. `record`: None only for a draft that has no page.
    """

    template: ClassVar[str] = "decision"

    sheet: Sheet
    number: str
    day: date
    place: str
    subject: str
    text: str
    attendance: Attendance
    vote: Vote
    presiding: str
    secretary: str
    articles: tuple[str, ...] = ()
    orders: tuple[Order, ...] = ()
    dissents: int = 0
    opinions: tuple[str, ...] = ()
    session: str = ""
    record: Record | None = None

    def content(self, words: Words) -> Content:
        """What the template lays out."""
        closed = self.dissents - len(self.opinions)
        heading = words("decision", number=marked(self.number, self.sheet.mode))
        return {
            "title": f"{heading}. {self.subject}",
            "heading": heading,
            "subject": self.subject,
            "facts": facts(
                words,
                ("date", words.date(self.day)),
                ("place", self.place),
                ("session", self.session),
                ("election", self.sheet.election),
            ),
            "articles": words("articles", articles=words.list(self.articles)) if self.articles else "",
            "text": paragraphs(self.text),
            "orders": [{"text": order.text, "code": order.code} for order in self.orders],
            "attendance": self.attendance.content(words),
            "vote": self.vote.content(words),
            "dissents": words("dissents", count=self.dissents) if self.dissents else "",
            "opinions": [{"heading": words("dissent"), "text": paragraphs(one)} for one in self.opinions],
            "closed": words("dissents_closed", count=closed) if closed else "",
            "signatures": signatures(words, ("presiding", self.presiding), ("secretary", self.secretary)),
            "record": self.record and self.record.content(words),
        }
