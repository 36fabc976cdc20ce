"""Rules as they are given to be set: those of whole precincts, from a file or from a form."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import sha256

from esaylov.exchange.residents.problems import ExtractError, ExtractProblem
from esaylov.exchange.residents.rules import COLUMNS, Rule, Rules
from esaylov.exchange.tables import csv_row

MAX_BYTES = 64 << 20


@dataclass(frozen=True)
class Given:
    """Rules that replace all rules of their precincts. `precincts`: those precincts, also the ones that are to have no rule;
    `problems`: why the file could not be read (then nothing of it counts).
    """

    rules: tuple[Rule, ...]
    precincts: tuple[str, ...]
    problems: tuple[ExtractProblem, ...] = ()

    @property
    def sha256(self) -> str:
        """What the entry pins."""
        return sha256(self.content()).hexdigest()

    @property
    def rows(self) -> int:
        """Rows of `content` without its head."""
        return len(set(self._rows()))

    def content(self) -> bytes:
        """The rules as they are pinned and published: a table like `rules.csv`, sorted by its columns (texts by code points,
        numbers by size), each row once; a precinct without a rule stands alone in its row.
        """
        lines = (
            csv_row((precinct, mahalla, street, str(first or ""), str(last or ""), parity))
            for precinct, mahalla, street, first, last, parity in sorted(set(self._rows()))
        )
        return "".join([csv_row(COLUMNS), *lines]).encode()

    def _rows(self) -> Iterator[tuple[str, str, str, int, int, str]]:
        for one in self.rules:
            yield one.precinct, one.mahalla, one.street, one.first or 0, one.last or 0, one.parity
        for code in set(self.precincts) - {one.precinct for one in self.rules}:
            yield code, "", "", 0, 0, ""


def read_given(content: str | bytes, also: Collection[str] = ()) -> Given:
    """The rules of a file. `also`: further precincts whose rules it replaces. Never raises: what is wrong is in `problems`."""
    try:
        rules = Rules.parse(content).rules
    except ExtractError as error:
        return Given((), tuple(also), tuple(error.problems))
    return Given(rules, tuple(dict.fromkeys([*also, *(one.precinct for one in rules)])))
