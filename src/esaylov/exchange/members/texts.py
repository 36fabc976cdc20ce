"""The words of a file of members: columns, values, problems, by language (`texts.toml`)."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("uz", "uz-cyrl", "kaa", "ru", "en")
APOSTROPHES = "'`´ʹʻʼʽʾʿˈˊˋ‘’‛′‵ꞌ＇"
_NOTHING = str.maketrans(dict.fromkeys(APOSTROPHES, ""))

Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: whether a file must have it, and the article of the law that its values serve."""

    name: str
    needed: bool
    article: str | None
    title: Text
    help: Text


@dataclass(frozen=True, slots=True)
class ProblemText:
    """What a code of a problem says."""

    severity: str
    article: str | None
    text: Text


def folded(text: str) -> str:
    """A heading or a coded value as it is compared: without case, apostrophes and whatever parts words."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_NOTHING)
    return " ".join("".join(letter if letter.isalnum() else " " for letter in plain).split())


@cache
def columns() -> Mapping[str, Column]:
    """All columns by their names, in the order in which templates have them."""
    return {
        name: Column(name, table["needed"], table.get("article"), table["title"], table["help"])
        for name, table in _texts()["columns"].items()
    }


@cache
def column_names() -> Mapping[str, str]:
    """Folded heading -> name of the column: the name itself and its title in every language."""
    return {
        folded(text): column.name
        for column in columns().values()
        for text in (column.name, *column.title.values())
    }


@cache
def value_words(kind: str) -> Mapping[str, Text]:
    """The values of a coded column (`role`, `education`, `proposed_by`, `flag`, `language`) with their words."""
    return {name: value["word"] for name, value in _texts()["values"][kind].items()}


@cache
def value_names(kind: str) -> Mapping[str, str]:
    """Folded word -> value of a coded column, in every language and with the other words that people use."""
    return {
        folded(text): name
        for name, value in _texts()["values"][kind].items()
        for text in (name, *value["word"].values(), *value["also"])
    }


@cache
def problem_texts() -> Mapping[str, ProblemText]:
    """All codes of problems."""
    return {
        code: ProblemText(table["severity"], table.get("article"), table["text"])
        for code, table in _texts()["problems"].items()
    }


def word(name: str, language: str) -> str:
    """A word of the written workbooks; the name itself where there is none."""
    words: Mapping[str, Text] = _texts()["words"]
    return in_language(words[name], language) if name in words else name


def in_language(text: Text, language: str) -> str:
    """The text in this language, in English where it has none."""
    return text.get(language) or text["en"]


@cache
def _texts() -> Mapping[str, Any]:
    return tomllib.loads((files("esaylov.exchange.members") / "texts.toml").read_text(encoding="utf-8"))
