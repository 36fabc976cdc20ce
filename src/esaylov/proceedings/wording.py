"""Words that a session hashes into the log: brought into one form before, so that who reads them can hash them again."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from pydantic import AfterValidator

from esaylov.exchange.canonical import dumps


def line_ends(text: str) -> str:
    """The text with each line ending in a line feed, whatever the machine that it comes from writes."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


OneLineEnd = AfterValidator(line_ends)


def hashed_agenda(agenda: Sequence[Any]) -> bytes:
    """What is hashed of the agenda of a session: the titles of its items as canonical JSON, `["…","…"]`."""
    return dumps(list(agenda))


def agenda_digest(agenda: Sequence[Any]) -> bytes:
    """SHA-256 of the agenda of a session."""
    return sha256(hashed_agenda(agenda)).digest()


def place_digest(place: str) -> bytes:
    """SHA-256 of where a session is held, as it is written."""
    return sha256(place.encode()).digest()


def hashed_words(title: str, text: str, articles: Sequence[str]) -> bytes:
    """What is hashed of a question: its words as canonical JSON, `{"articles":[…],"text":…,"title":…}`."""
    return dumps({"title": title, "text": text, "articles": list(articles)})


def decision_digest(title: str, text: str, articles: Sequence[str]) -> bytes:
    """SHA-256 of the words of a question."""
    return sha256(hashed_words(title, text, articles)).digest()
