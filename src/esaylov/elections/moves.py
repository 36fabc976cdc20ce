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
ALL = """SELECT m.election_id, m.step, m.opens, m.closes, m.number, m.at, e.index, e.leaf_hash FROM elections_move m
LEFT JOIN acts_entry e ON e.journal_id = m.journal_id WHERE m.election_id = COALESCE(%s, m.election_id)
ORDER BY m.election_id, m.step, m.sequence"""


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A decision on dates of a step. `index`, `leaf`: its entry in the log and its leaf hash, None while it has none."""

    step: str
    override: Override
    index: int | None
    leaf: bytes | None

    @property
    def at(self) -> datetime:
        """When the decision was taken."""
        assert self.override.since is not None
        return self.override.since


Taken = Mapping[str, Sequence[MoveRow]]


def ask_moves(election: str, step: str) -> Moves:
    """Notes the question (`statements.ask`); what comes back gives the decisions on a step as they were taken."""
    asked = ask(OF_STEP, [election, step])
    return lambda: [Override(*row) for row in asked.rows()]


def moves(election: str) -> Taken:
    """All decisions on dates of an election, by step, in the order in which they were taken."""
    return _moves(election).get(election, {})


def all_moves() -> dict[str, Taken]:
    """The same of all elections."""
    return _moves(None)


def _moves(election: str | None) -> dict[str, Taken]:
    found: dict[str, dict[str, list[MoveRow]]] = {}
    for name, step, opens, closes, number, at, index, leaf in fetch(ALL, [election]):
        row = MoveRow(step, Override(opens, closes, number, at), index, bytes(leaf) if leaf else None)
        found.setdefault(name, {}).setdefault(step, []).append(row)
    return {name: {step: tuple(rows) for step, rows in steps.items()} for name, steps in found.items()}


def overrides(taken: Taken) -> dict[str, Override]:
    """The dates that hold now, of the steps that were moved, as `law.calendar.window` takes them."""
    return {step: rows[-1].override for step, rows in taken.items()}
