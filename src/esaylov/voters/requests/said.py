"""What a voter says in a request, and what the list is to say after it is granted: sealed as flat texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from esaylov.exchange.residents.normal import normal_document
from esaylov.exchange.residents.sealing import RECORD

Line = Annotated[str, Field(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]
Words = Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]*$")]
PURPOSE = "request"
"""Why the custodian opens what is sealed of a request, and its entry."""
GATHERING = "gathering"
"""The same, where requests go into a changeset: many at once, and nobody who opens one waits for it."""
TABLE, DECISIONS = "voters_request", "voters_requestdecision"
"""What a request's words, and those of its decision, are sealed for."""
PREFIX = "record."
EXPLANATION = "explanation"


class Said(BaseModel):
    """The fields of a request (README.md says which kind has which)."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    document: Annotated[str, Field(pattern=r"^[A-Z]{2}[0-9]{7}$")]
    birth_date: date
    language: Line = ""
    contact: Line = ""
    wrong: Words = ""
    right: Words = ""
    reason: Words = ""
    pinfl: Annotated[str, Field(pattern=r"^([0-9]{14})?$")] = ""
    surname: Line = ""
    given_name: Line = ""
    patronymic: Line = ""
    sex: Annotated[str, Field(pattern=r"^[mf]?$")] = ""
    mahalla: Line = ""
    street: Line = ""
    house: Line = ""
    flat: Line = ""
    wished: Line = ""
    day: Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")] = ""
    time: Line = ""

    def texts(self) -> dict[str, str]:
        """As it is sealed: what is empty is left out."""
        return {name: value for name, value in self.model_dump(mode="json").items() if value}


class Entry(BaseModel):
    """What the list is to say: a whole record, or none where the entry stays as it is, and where it is listed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    pinfl: Annotated[str, Field(pattern=r"^([0-9]{14})?$")] = ""
    document: Annotated[str, Field(max_length=20)] = ""
    surname: Line = ""
    given_name: Line = ""
    patronymic: Line = ""
    birth_date: date | None = None
    sex: Annotated[str, Field(pattern=r"^[mf]?$")] = ""
    street: Line = ""
    house: Line = ""
    flat: Line = ""
    mahalla: Line = ""
    precinct: Line = ""

    @property
    def record(self) -> dict[str, str] | None:
        """The record in normal form; None where nothing of one is said."""
        said = {name: value or "" for name, value in self.model_dump(mode="json").items() if name in RECORD}
        if not any(said.values()):
            return None
        return {name: said[name] for name in RECORD} | {"document": normal_document(self.document)}


def decided_texts(
    explanation: str, record: Mapping[str, str] | None, placed: Mapping[str, str]
) -> dict[str, str]:
    """A decision as it is sealed."""
    said = {f"{PREFIX}{name}": value for name, value in record.items()} if record is not None else {}
    return {EXPLANATION: explanation, **said, **{name: value for name, value in placed.items() if value}}


def record_in(texts: Mapping[str, str]) -> dict[str, str] | None:
    """The record that a sealed decision holds; None where the entry stays as it is."""
    if f"{PREFIX}pinfl" not in texts:
        return None
    return {name: texts.get(PREFIX + name, "") for name in RECORD}
