"""The minutes of a session."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from esaylov.exchange.documents.letters import paragraphs
from esaylov.exchange.documents.parts import (
    Attendance,
    Content,
    Record,
    Sheet,
    Vote,
    facts,
    groups,
    signatures,
)
from esaylov.exchange.documents.words import Words

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Dissent:
    """A dissenting opinion in the member's own words; `name` empty where it is not to be named."""

    text: str
    name: str = ""

    def content(self, words: Words) -> Content:
        """Its heading and text."""
        heading = words("dissent_of", name=self.name) if self.name else words("dissent")
        return {"heading": heading, "text": paragraphs(self.text)}


@dataclass(frozen=True, slots=True)
class Motion:
    """What was put to the vote on an item: what was said, how it was decided."""

    heard: str
    vote: Vote
    decision: str = ""
    dissents: tuple[Dissent, ...] = ()

    def content(self, words: Words) -> Content:
        """Its part of the item's section."""
        return {
            "heard": paragraphs(self.heard),
            "vote": self.vote.content(words),
            "decision": words("decision_made", number=self.decision) if self.decision else "",
            "dissents": [dissent.content(words) for dissent in self.dissents],
        }


@dataclass(frozen=True, slots=True)
class Question:
    """One item of the agenda with the votes on it, in their order: none where it was only heard, several where one
    failed and another was taken."""

    title: str
    motions: tuple[Motion, ...] = ()
    reporter: str = ""
    begun: datetime | None = None
    ended: datetime | None = None

    def content(self, words: Words, number: int) -> Content:
        """The section of this question."""
        lines = []
        if self.begun:
            lines.append(words("time", time=words.span(self.begun, self.ended)))
        if self.reporter:
            lines.append(words("reporter", name=self.reporter))
        return {
            "heading": words("question", number=number, title=self.title),
            "title": self.title,
            "lines": lines,
            "motions": [motion.content(words) for motion in self.motions],
            "unvoted": "" if self.motions else words("no_vote"),
        }


@dataclass(frozen=True, slots=True)
class Attachment:
    """A paper kept with the minutes; `sha256` (hexadecimal) where it is a file."""

    title: str
    pages: int = 0
    sha256: str = ""

    def __post_init__(self) -> None:
        if self.sha256 and not _SHA256.fullmatch(self.sha256):
            raise ValueError("SHA-256 has 64 hexadecimal digits")

    def content(self, words: Words) -> Content:
        """Its row in the table."""
        pages = words.count(self.pages) if self.pages else "–"
        return {"title": self.title, "pages": pages, "sha256": groups(self.sha256, 16)}


@dataclass(frozen=True, slots=True)
class Minutes:
    """What happened at a session (Art. 16, 26). `closed` is None while it still sits."""

    template: ClassVar[str] = "minutes"

    sheet: Sheet
    number: str
    opened: datetime
    closed: datetime | None
    place: str
    presiding: str
    secretary: str
    attendance: Attendance
    questions: tuple[Question, ...]
    attachments: tuple[Attachment, ...] = ()
    record: Record | None = None

    def content(self, words: Words) -> Content:
        """What the template lays out."""
        heading = words("minutes", number=self.number)
        return {
            "title": f"{heading}. {self.sheet.issuer}",
            "heading": heading,
            "facts": facts(
                words,
                ("opened", words.time(self.opened)),
                ("closed", words.time(self.closed) if self.closed else ""),
                ("place", self.place),
                ("presiding", self.presiding),
                ("secretary", self.secretary),
                ("election", self.sheet.election),
            ),
            "questions": [question.content(words, at) for at, question in enumerate(self.questions, 1)],
            "attendance": self.attendance.content(words),
            "attachments": [paper.content(words) for paper in self.attachments],
            "signatures": signatures(words, ("presiding", self.presiding), ("secretary", self.secretary)),
            "record": self.record and self.record.content(words),
        }
