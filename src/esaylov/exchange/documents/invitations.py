"""Letters by which officers open their accounts, many in one file, one a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from esaylov.exchange.documents.parts import Content, Sheet, checked_address
from esaylov.exchange.documents.words import Words


@dataclass(frozen=True, slots=True)
class Invitation:
    """One letter: facts as (label, value), and the address of the one-time link. No name stands on it."""

    facts: tuple[tuple[str, str], ...]
    address: str

    def __post_init__(self) -> None:
        checked_address(self.address)


@dataclass(frozen=True, slots=True)
class Invitations:
    """Letters to print, fold and hand over. Texts are ready, in the sheet's language: `heading`, `lead` above the address,
    `text` below it, `picture` in place of the picture for who does not see it. The file's own data tell no address.
    """

    template: ClassVar[str] = "invitations"

    sheet: Sheet
    heading: str
    lead: str
    text: str
    picture: str
    letters: tuple[Invitation, ...]

    def __post_init__(self) -> None:
        if not self.letters:
            raise ValueError("no letter to print")

    def content(self, words: Words) -> Content:
        """What the template lays out."""
        return {
            "title": self.heading,
            "heading": self.heading,
            "lead": self.lead,
            "text": self.text,
            "picture": self.picture,
            "letters": [
                {
                    "facts": [{"label": label, "value": value} for label, value in one.facts],
                    "address": one.address,
                }
                for one in self.letters
            ],
        }
