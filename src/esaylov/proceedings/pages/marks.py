"""What papers and pages of an election that is not official say of themselves."""

from __future__ import annotations

from django.http import HttpRequest

from esaylov.acts.context import ElectionContext
from esaylov.cabinet.desk import Desk
from esaylov.elections.queries import ElectionTables
from esaylov.exchange.documents.parts import Mode
from esaylov.proceedings import papers


def mode_of(context: ElectionContext) -> Mode:
    """What papers of an election, or of none, say of themselves."""
    tables: ElectionTables | None = context.tables
    pilot = tables is not None and tables.election.pilot
    return papers.mode_of(simulated=context.simulated, pilot=pilot, replay=context.replay)


def mark_of(request: HttpRequest, context: ElectionContext) -> str:
    """The mode that a page about an election names over its content: none where it is official, or where the shell around
    the page names it already, since the desk works in this election."""
    desk: Desk | None = getattr(request, "desk", None)
    clock = desk.clock if desk is not None else None
    if clock is not None and clock.election == (context.id or ""):
        return ""
    mode = mode_of(context)
    shown = clock is not None and clock.simulated and mode == "simulated"
    return "" if mode == "official" or shown else mode
