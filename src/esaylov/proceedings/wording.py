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


def agenda_digest(agenda: Sequence[Any], place: str) -> bytes:
    """SHA-256 of the titles of an agenda and the place of the session as canonical JSON: `{"agenda":[…],"place":…}`."""
    return sha256(dumps({"agenda": list(agenda), "place": place})).digest()


def decision_digest(title: str, text: str, articles: Sequence[str]) -> bytes:
    """SHA-256 of the decision's words as canonical JSON: `{"articles":[…],"text":…,"title":…}`."""
    return sha256(dumps({"title": title, "text": text, "articles": list(articles)})).digest()
