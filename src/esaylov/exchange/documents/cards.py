"""Cards of one-time codes, for members without a smartphone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from esaylov.exchange.documents.parts import Content, Sheet, facts
from esaylov.exchange.documents.words import Words

_CODE = re.compile(r"[0-9A-Za-z -]{4,19}")


@dataclass(frozen=True, slots=True)
class CodeCard:
    """One card: its serial, the account's code (no name), the codes in their order, written as they are to be read."""

    serial: str
    account: str
    codes: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.codes) <= 16 or not all(map(_CODE.fullmatch, self.codes)):
            raise ValueError("a card has 1 to 16 codes of 4 to 19 letters, digits, spaces and hyphens")


@dataclass(frozen=True, slots=True)
class CodeCards:
    """Cards to print, one a page: the card above a line to cut along, how to use it below.

    `asked`: the page asks for the code with a certain number; otherwise the first that is not crossed out will do. The
    file's own data (title, author) tell neither account nor serial.
    """

    template: ClassVar[str] = "cards"

    sheet: Sheet
    cards: tuple[CodeCard, ...]
    issued: date
    valid_until: date | None = None
    contact: str = ""
    asked: bool = False

    def __post_init__(self) -> None:
        if not self.cards:
            raise ValueError("no card to print")

    def content(self, words: Words) -> Content:
        """What the template lays out."""
        use = ["card_use_asked" if self.asked else "card_use_any", "card_use_2", "card_use_3", "card_use_4"]
        lost = [words("card_lost_1"), words("card_lost_2")]
        if self.contact:
            lost.append(words("card_contact", contact=self.contact))
        until = words.date(self.valid_until) if self.valid_until else ""
        dates = (("issued", words.date(self.issued)), ("valid_until", until))
        return {
            "title": words("card"),
            "heading": words("card"),
            "cards": [
                {
                    "facts": facts(words, ("serial", card.serial), ("account", card.account), *dates),
                    "codes": list(card.codes),
                }
                for card in self.cards
            ],
            "use": [words(label) for label in use],
            "lost": lost,
        }
