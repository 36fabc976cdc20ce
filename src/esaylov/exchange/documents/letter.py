"""Letters and circulars of a commission."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from esaylov.exchange.documents.letters import paragraphs
from esaylov.exchange.documents.parts import Content, Record, Sheet, facts
from esaylov.exchange.documents.words import Words


@dataclass(frozen=True, slots=True)
class Letter:
    """A numbered letter; a circular where `addressees` (how many bodies got it at one moment) is given.

    `to`: one line for each addressee, or for each set of them. `signed_by`: role and name, as they are to stand.
    """

    template: ClassVar[str] = "letter"

    sheet: Sheet
    number: str
    sent: datetime
    to: tuple[str, ...]
    subject: str
    text: str
    signed_by: tuple[str, str]
    reply_by: datetime | None = None
    answers: str = ""
    addressees: int = 0
    attachments: tuple[str, ...] = ()
    record: Record | None = None

    def content(self, words: Words) -> Content:
        """What the template lays out."""
        heading = words("circular" if self.addressees else "letter", number=self.number)
        reach = words("addressees", count=words.count(self.addressees)) if self.addressees else ""
        role, name = self.signed_by
        return {
            "title": f"{heading}. {self.subject}",
            "heading": heading,
            "subject": self.subject,
            "facts": facts(
                words,
                ("from", self.sheet.issuer),
                ("to", "\n".join(self.to)),
                ("sent", words.time(self.sent)),
                ("answers", self.answers),
                ("reply_by", words.time(self.reply_by) if self.reply_by else ""),
                ("election", self.sheet.election),
            ),
            "addressees": reach,
            "text": paragraphs(self.text),
            "attachments": list(self.attachments),
            "signatures": [{"role": role, "name": name}],
            "record": self.record and self.record.content(words),
        }
