"""What is wrong with a file of members: problems with file, sheet, line, column, stable code and article.

The table of codes is docs/members.md; a code keeps its meaning for ever. Problems quote codes and words of the file only:
never a name, a number or an address of a person, since problems are shown, stored and sent where the file is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from esaylov.exchange.members.texts import columns, in_language, problem_texts, word
from esaylov.exchange.problems import escaped

KEPT = 100_000
"""Problems that are handed over one by one; beyond that they are only counted."""

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class MemberProblem:
    """One thing wrong. `line` counts from 1 (None: the file as a whole); `sheet` is None in a CSV file; `values` fill the
    places of the text.
    """

    file: str
    sheet: str | None
    line: int | None
    column: str | None
    code: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def severity(self) -> str:
        """`error`: the row, or the file, is not taken. `warning`: it is."""
        return problem_texts()[self.code].severity

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    @property
    def article(self) -> str | None:
        """The article of the Electoral Code that the rule or the column serves, where there is one."""
        column = columns().get(self.column or "")
        return problem_texts()[self.code].article or (column.article if column else None)

    def reason(self, language: str = "en") -> str:
        """What is wrong, as a sentence."""
        text = in_language(problem_texts()[self.code].text, language)
        for name, value in self.values:
            text = text.replace(f"{{{name}}}", word(value, language))
        return escaped(text)

    @property
    def place(self) -> str:
        """File, sheet and line as one text: `members.xlsx:sheet!17`."""
        if self.line is None:
            return escaped(self.file)
        line = str(self.line) if self.sheet is None else f"{self.sheet}!{self.line}"
        return escaped(f"{self.file}:{line}")

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The problem as plain JSON values."""
        return {
            "file": self.file, "sheet": self.sheet, "line": self.line, "column": self.column, "code": self.code,
            "severity": self.severity, "article": self.article, "reason": self.reason(language),
        }  # fmt: skip

    def __str__(self) -> str:
        where = f" [{self.column}]" if self.column else ""
        article = f" (Art. {self.article})" if self.article else ""
        return f"{self.place}: {self.severity} {self.code}{where}: {self.reason()}{article}"


class Problems:
    """Gathers the problems of one file: all are counted, the first KEPT are kept."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.counts: Counter[str] = Counter()
        self.kept: list[MemberProblem] = []

    def add(
        self, code: str, line: int | None = None, column: str | None = None, *,
        sheet: str | None = None, values: Mapping[str, object] | None = None,
    ) -> None:  # fmt: skip
        """Record one problem."""
        self.counts[code] += 1
        if len(self.kept) < KEPT:
            filled = tuple((name, quoted(value)) for name, value in (values or {}).items())
            self.kept.append(MemberProblem(self.file, sheet, line, column, code, filled))

    def count(self, code: str, times: int) -> None:
        """Record problems that are not kept."""
        self.counts[code] += times

    @property
    def room(self) -> int:
        """How many more problems are kept."""
        return KEPT - len(self.kept)

    @property
    def errors(self) -> int:
        """How many errors there are, kept or not."""
        return sum(times for code, times in self.counts.items() if is_error(code))

    def sorted(self) -> tuple[MemberProblem, ...]:
        """What was kept, in the order of the file."""
        return tuple(sorted(self.kept, key=lambda p: (p.sheet or "", p.line or 0, p.code)))


class Refused(Exception):
    """The file is not read on: what is wrong was recorded."""


def is_error(code: str) -> bool:
    """Whether a row with this problem is not taken."""
    return problem_texts()[code].severity == "error"


def quoted(value: object) -> str:
    """A value as a problem quotes it: short whatever its length."""
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
