"""What is wrong with an extract: problems with file, line, column, stable code and article.

The table of codes is docs/extracts.md; a code keeps its meaning for ever. Problems never quote what a row says of a person:
they are shown, stored and sent where the extract is not.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from esaylov.exchange.problems import escaped

LANGUAGES = ("en", "ru", "uz")
TABLE = {
    "file": pl.String, "line": pl.UInt32, "code": pl.String, "field": pl.String, "severity": pl.String,
}  # fmt: skip
"""Problems of rows as a table."""

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Code:
    """What a code says. `error`: the row is not taken (codes X: mostly the extract is not). `left out`: the row is in order,
    and the person is no voter. `warning`: the row is taken.
    """

    severity: str
    article: str | None
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ExtractProblem:
    """One thing wrong. `line` counts from 1, in a CSV file with its head (None: the file as a whole); `values` fill the places
    of the text and are words, counts and names of columns, never a row's values.
    """

    file: str
    line: int | None
    field: str | None
    code: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def severity(self) -> str:
        return codes()[self.code].severity

    @property
    def article(self) -> str | None:
        """The article of the Electoral Code, where there is one."""
        return codes()[self.code].article

    @property
    def text(self) -> dict[str, str]:
        """What is wrong, in every language."""
        return {language: self.reason(language) for language in LANGUAGES}

    def reason(self, language: str = "en") -> str:
        """What is wrong, as a sentence; in English where the language has none."""
        text = reason(self.code, language)
        for name, value in self.values:
            text = text.replace(f"{{{name}}}", value)
        return escaped(text)

    def to_json(self) -> dict[str, Any]:
        """The problem as plain JSON values."""
        return {
            "file": self.file, "line": self.line, "field": self.field, "code": self.code,
            "severity": self.severity, "article": self.article, "text": self.text,
        }  # fmt: skip

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        where = f" [{self.field}]" if self.field else ""
        return escaped(f"{place}: {self.severity} {self.code}{where}: {self.reason()}")


class ExtractError(Exception):
    """An extract that is not taken; `problems` says why."""

    def __init__(self, problems: list[ExtractProblem]) -> None:
        super().__init__(str(problems[0]) if problems else "the extract cannot be used")
        self.problems = problems


@cache
def codes() -> Mapping[str, Code]:
    """All codes with their severity, article and texts."""
    table = tomllib.loads((files("esaylov.exchange.residents") / "texts.toml").read_text(encoding="utf-8"))
    return {
        code: Code(one["severity"], one.get("article"), one["text"])
        for code, one in table["problems"].items()
    }


def reason(code: str, language: str = "en") -> str:
    """The text of a code; `uz-cyrl` and `kaa` have the Uzbek one in Latin."""
    text = codes()[code].text
    return text.get(language) or text.get({"uz-cyrl": "uz", "kaa": "uz"}.get(language, "en")) or text["en"]


def problem(
    code: str, file: str, line: int | None = None, field: str | None = None, **values: object
) -> ExtractProblem:
    """A problem whose text is filled with these values."""
    filled = tuple((name, _quoted(value)) for name, value in values.items())
    return ExtractProblem(file, line, field, code, filled)


def no_problems() -> pl.DataFrame:
    """A table of problems without any."""
    return pl.DataFrame(schema=TABLE)


def row_problems(file: str, code: str, field: str | None, lines: pl.Series) -> pl.DataFrame:
    """The same problem of several rows, as a table."""
    return pl.select(
        pl.lit(file).alias("file"),
        lines.cast(pl.UInt32).alias("line"),
        pl.lit(code).alias("code"),
        pl.lit(field, dtype=pl.String).alias("field"),
        pl.lit(codes()[code].severity).alias("severity"),
    )


def _quoted(value: object) -> str:
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
