"""What the cabinet's shell asks of elections: which there are, and the calendar with the dates that hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy

from esaylov.acts.context import ElectionContext, UnknownElection, get_context
from esaylov.acts.powers import Power
from esaylov.cabinet import board, menu
from esaylov.cabinet.desk import Desk
from esaylov.cabinet.elections import ElectionLine, register
from esaylov.design.words import in_language
from esaylov.elections.models import Election
from esaylov.elections.moves import moves, overrides
from esaylov.law.calendar import Window, window
from esaylov.law.editions import CalendarStep

LATEST = datetime.max.replace(tzinfo=UTC)


def lines() -> Sequence[ElectionLine]:
    """All elections, the latest day first."""
    rows = Election.objects.defer("edition_toml", "package").order_by("-date", "id")
    return [ElectionLine(row.id, row.titles, row.date, mode_of(row)) for row in rows]


def mode_of(row: Election) -> str:
    """Official, pilot or rehearsal (a simulated one)."""
    if row.simulated:
        return "rehearsal"
    return "pilot" if row.pilot else "official"


def calendar(election: str) -> Sequence[board.CalendarLine]:
    """The steps of an election that concern its contests, in the order of their ends."""
    try:
        context = get_context(election)
    except UnknownElection:
        return ()
    known = context.edition.calendar
    if known is None:
        return ()
    kinds = {contest.kind for contest in context.tables.contests.values()}
    moved = overrides(moves(election))
    found = [
        _line(code, step, dates, context)
        for code, step in known.steps.items()
        if not step.contests or kinds & set(step.contests)
        if not (dates := window(context.edition, code, context.date, context.timezone, overrides=moved))
        or not dates.off
    ]
    return sorted(found, key=lambda line: line.closes or line.opens or LATEST)


def _line(
    code: str, step: CalendarStep, dates: Window | None, context: ElectionContext
) -> board.CalendarLine:
    zone = context.timezone
    return board.CalendarLine(
        code=code,
        title=in_language(step.title, code),
        who=step.who,
        opens=dates.opens.astimezone(zone) if dates and dates.opens else None,
        closes=dates.closes.astimezone(zone) if dates and dates.closes else None,
        article=step.source.article or "",
        decision=(dates.decision or "") if dates else "",
        sure=(step.source.status or "").startswith("confirmed"),
    )


def start() -> None:
    """Makes elections known to the shell, and the page where they are prepared."""
    register(lines)
    board.register_calendar(calendar)
    menu.register(menu.Item("dates", gettext_lazy("Dates of the calendar"), "cabinet-moves", _moves, 85))
    menu.register(menu.Item("drafts", gettext_lazy("Call an election"), "cabinet-drafts", _calls, 80))


def _moves(desk: Desk) -> bool:
    return desk.election is not None and desk.may(Power.MOVE_STEP)


def _calls(desk: Desk) -> bool:
    return desk.tier == "cec" and desk.may(Power.CALL_ELECTION)
