"""Steps of the calendar whose end is a deadline: what is due by then is refused before the step opens, and afterwards done late,
with a finding that says so (docs/decisions/0074).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from esaylov.acts import refusals
from esaylov.acts.context import ElectionContext, ask_moves
from esaylov.law.calendar import in_force
from esaylov.law.findings import Finding


def lateness(
    context: ElectionContext, step: str, at: datetime, local: Callable[[datetime], str] | None = None
) -> Finding | None:
    """Why something due by the end of a step is too early (C01, an error) or late (C11: a warning, or an error where the
    edition says so) at a time; None within the step, and where it does not concern the election. `local` writes times.

    A step that is off in an election of this form closes nothing: commissions that keep their powers are entered all the same.
    """
    calendar = context.edition.calendar
    known = calendar.steps.get(step) if calendar and context.id else None
    if known is None or not _concerns(context, known.contests):
        return None
    move = in_force(ask_moves(context.id, step)(), at)
    dates = context.dates(step, moved={step: move} if move else None)
    if dates is None or dates.off:
        return None
    if dates.opens is not None and at < dates.opens:
        return refusals.outside_window(step, dates, local or context.local)
    if dates.closes is not None and at >= dates.closes:
        strict = context.edition.values.get("commission", {}).get("late", "warning") == "error"
        return refusals.late(step, dates, local or context.local, "error" if strict else "warning")
    return None


def _concerns(context: ElectionContext, kinds: tuple[str, ...]) -> bool:
    """Whether a step is one of this election's contests (no kinds: of all)."""
    tables = context.tables
    return not kinds or tables is None or any(row.kind in kinds for row in tables.contests.values())
