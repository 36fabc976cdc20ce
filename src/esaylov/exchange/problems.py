"""What is wrong with an election package: problems with file, line, stable code and reason.

The table of codes is docs/package.md; a code keeps its meaning for ever.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]

WARNINGS = frozenset({"K09", "K12", "K14", "K40", "K41", "K42", "K43", "K50"})
"""Codes that never refuse a package; every other one does."""

KEPT = 1_000
"""Problems that are handed over one by one; beyond that they are only counted."""

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: `line` counts from 1 (None: the file as a whole), `field` is a column or a key
    path.
    """

    severity: Severity
    file: str
    line: int | None
    code: str
    reason: str
    field: str | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        where = f" [{self.field}]" if self.field else ""
        text = f"{place}: {self.severity} {self.code}{where}: {self.reason}"
        return escaped(text)


class PackageError(Exception):
    """A package that cannot be used; `problems` says why (at most KEPT of them)."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(str(problems[0]) if problems else "the package cannot be used")
        self.problems = problems


class Fault(Exception):
    """Reading one file cannot go on; carries the problem that says why."""

    def __init__(self, code: str, reason: str, line: int | None = None, field: str | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.line = line
        self.field = field


class Report:
    """Counts problems by code and hands over the first ones.

    on_problem is called for at most KEPT problems; warnings take half of that at most, so that an error is
    seen however many warnings come before it.
    """

    def __init__(self, on_problem: Callable[[Problem], None] | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self.findings: Counter[str] = Counter()
        self.kept: list[Problem] = []
        self.errors = 0
        self.warnings = 0
        self._on_problem = on_problem
        self._kept_warnings = 0

    def add(
        self, code: str, file: str, reason: str, line: int | None = None, field: str | None = None
    ) -> None:
        """Record one problem; its severity follows from the code."""
        self.counts[code] += 1
        warning = code in WARNINGS
        if warning:
            self.warnings += 1
            self._kept_warnings += 1
            if self._kept_warnings > KEPT // 2:
                return
        else:
            self.errors += 1
        if len(self.kept) < KEPT:
            problem = Problem("warning" if warning else "error", file, line, code, reason, field)
            self.kept.append(problem)
            if self._on_problem is not None:
                self._on_problem(problem)

    def fault(self, file: str, fault: Fault) -> None:
        """Record the problem that ended the reading of a file."""
        self.add(fault.code, file, fault.reason, fault.line, fault.field)


def shown(value: object) -> str:
    """A value from the package as a problem quotes it: escaped, and short whatever its length."""
    text = value if isinstance(value, str) else repr(value)[: _SHOWN + 1]
    clipped = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return f'"{escaped(clipped)}"'


def escaped(text: str) -> str:
    """The text with every character that does not print escaped: names come from files, and land on a
    terminal.
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
