"""The receipt of an application."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from esaylov.exchange.documents.parts import Content, Sheet, checked_address, facts, page_box, signatures
from esaylov.exchange.documents.words import Words


@dataclass(frozen=True, slots=True)
class NextStep:
    """What happens after the application: until when, by which article; either may be unknown."""

    text: str
    until: date | None = None
    article: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Shows that an application arrived: number, time, what comes next, and the code to follow it.

    `secret` stands in words only, never in the QR code or the file's own data; ValueError where the address tells it.
    `page`: where its state can be seen. `papers`: what was handed in with it. `applicant` may be left empty.
    """

    template: ClassVar[str] = "receipt"

    sheet: Sheet
    number: str
    received: datetime
    subject: str
    secret: str
    page: str
    steps: tuple[NextStep, ...] = ()
    papers: tuple[str, ...] = ()
    applicant: str = ""
    accepted_by: str = ""

    def __post_init__(self) -> None:
        checked_address(self.page)
        if self.secret and self.secret in self.page:
            raise ValueError("the address of the page tells the secret code")

    def content(self, words: Words) -> Content:
        """What the template lays out."""
        heading = words("receipt", number=self.number)
        return {
            "title": heading,
            "foot": self.number,
            "heading": heading,
            "facts": facts(
                words,
                ("received", words.time(self.received)),
                ("to_commission", self.sheet.issuer),
                ("applicant", self.applicant),
                ("about", self.subject),
                ("election", self.sheet.election),
            ),
            "papers": list(self.papers),
            "secret": self.secret,
            "head": [words("step"), words("not_later"), words("step_article")],
            "steps": [
                [step.text, words.date(step.until) if step.until else "–", step.article or "–"]
                for step in self.steps
            ],
            "signatures": signatures(words, ("accepted_by", self.accepted_by)),
            "record": page_box(words, self.page, "status"),
        }
