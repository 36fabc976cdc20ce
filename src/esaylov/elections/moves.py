"""The steps of an election's calendar that a decision moved (`elections.move_step`), read each time they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from esaylov.acts.context import Moves
from esaylov.acts.statements import ask, fetch
from esaylov.law.calendar import Override

OF_STEP = """SELECT opens, closes, number, at FROM elections_move WHERE election_id = %s AND step = %s
ORDER BY sequence"""
OF_ELECTION = """SELECT m.step, m.opens, m.closes, m.number, m.at, e.index FROM elections_move m
LEFT JOIN acts_entry e ON e.journal_id = m.journal_id WHERE m.election_id = %s ORDER BY m.step, m.sequence"""


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A decision on dates of a step. `index`: its entry in the log, None while it has none."""

    step: str
    override: Override
    index: int | None

    @property
    def at(self) -> datetime:
        """When the decision was taken."""
        assert self.override.since is not None
        return self.override.since


def ask_moves(election: str, step: str) -> Moves:
    """Notes the question (`statements.ask`); what comes back gives the decisions on a step as they were taken."""
    asked = ask(OF_STEP, [election, step])
    return lambda: [Override(*row) for row in asked.rows()]


def moves(election: str) -> dict[str, tuple[MoveRow, ...]]:
    """All decisions on dates of an election, by step, in the order in which they were taken."""
    found: dict[str, list[MoveRow]] = {}
    for step, opens, closes, number, at, index in fetch(OF_ELECTION, [election]):
        found.setdefault(step, []).append(MoveRow(step, Override(opens, closes, number, at), index))
    return {step: tuple(rows) for step, rows in found.items()}


def overrides(taken: Mapping[str, Sequence[MoveRow]]) -> dict[str, Override]:
    """The dates that hold now, of the steps that were moved, as `law.calendar.window` takes them."""
    return {step: rows[-1].override for step, rows in taken.items()}
