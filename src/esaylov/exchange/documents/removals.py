"""Letters to voters who are to leave the list, many in one file, one a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from esaylov.exchange.documents.parts import Content, Sheet
from esaylov.exchange.documents.words import Words


@dataclass(frozen=True, slots=True)
class RemovalLetter:
    """One letter: facts as (label, value)."""

    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RemovalLetters:
    """Letters to take to voters. Texts are ready, in the sheet's language: `heading`, `texts` (paragraphs below the facts),
    `signed`: the two who sign that it was handed over. The file's own data name nobody.
    """

    template: ClassVar[str] = "removals"

    sheet: Sheet
    heading: str
    texts: tuple[str, ...]
    signed: tuple[str, str]
    letters: tuple[RemovalLetter, ...]

    def __post_init__(self) -> None:
        if not self.letters:
            raise ValueError("no letter to print")

    def content(self, words: Words) -> Content:
        """What the template lays out."""
        return {
            "title": self.heading,
            "heading": self.heading,
            "texts": list(self.texts),
            "signatures": [{"role": role, "name": ""} for role in self.signed],
            "pages": [
                [{"label": label, "value": value} for label, value in one.facts] for one in self.letters
            ],
        }
