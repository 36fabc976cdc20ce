"""What the cabinet's shell asks of elections: which there are, and the calendar with the dates that hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from esaylov.acts.context import UnknownElection, get_context
from esaylov.acts.powers import Power
from esaylov.cabinet import board, due, menu
from esaylov.cabinet.desk import Desk
from esaylov.cabinet.elections import ElectionLine, register, register_zones
from esaylov.design.words import in_language
from esaylov.elections import duties
from esaylov.elections.models import Election
from esaylov.elections.moves import moves, overrides
from esaylov.elections.queries import ElectionTables, tables
from esaylov.elections.words import duty_text
from esaylov.law.calendar import Window
from esaylov.law.editions import CalendarStep
from esaylov.registry.forming import edition_tier
from esaylov.registry.models import Precinct

OWN = frozenset(
    {"territorial-commissions", "district-commissions", "okrug-commissions", "precinct-commissions", "registration",
     "certification"}
)  # fmt: skip
"""Steps whose progress is shown to the body that owes them; those of protocols and turnout have pages of their own."""
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


def cell_of(election: str, precinct: int | None) -> int | None:
    """The cell of a precinct (database id)."""
    if precinct is None:
        return None
    return Precinct.objects.filter(election=election, pk=precinct).values_list("cell_id", flat=True).first()


def zone_of(election: str, precinct: int) -> ZoneInfo | None:
    """The time zone of a precinct abroad, None for those inside the country and where it is not known."""
    found = tables(election)
    if not found.zones:
        return None
    cell = cell_of(election, precinct)
    return found.zones.get(cell) if cell is not None else None


def calendar(election: str, precinct: int | None = None) -> Sequence[board.CalendarLine]:
    """The steps of an election that concern its contests, in the order of their ends; with the dates that hold for a
    precinct (database id) where one is named: those abroad have their own.
    """
    try:
        context = get_context(election)
    except UnknownElection:
        return ()
    known = context.edition.calendar
    if known is None:
        return ()
    kinds = {contest.kind for contest in context.tables.contests.values()}
    moved = overrides(moves(election))
    known_tables: ElectionTables = context.tables
    cell = cell_of(election, precinct) if known_tables.cells_abroad else None
    abroad, place = cell in known_tables.cells_abroad, known_tables.zones.get(cell or 0)

    def dates_of(code: str) -> Window | None:
        return context.dates(code, abroad=abroad, place=place, moved=moved)

    found = [
        _line(code, step, dates, place or context.timezone)
        for code, step in known.steps.items()
        if not step.contests or kinds & set(step.contests)
        if not (dates := dates_of(code)) or not dates.off
    ]
    return sorted(found, key=lambda line: line.closes or line.opens or LATEST)


def _line(code: str, step: CalendarStep, dates: Window | None, zone: ZoneInfo) -> board.CalendarLine:
    return board.CalendarLine(
        code=code,
        title=in_language(step.title, code),
        who=step.who,
        opens=dates.opens.astimezone(zone) if dates and dates.opens else None,
        closes=dates.closes.astimezone(zone) if dates and dates.closes else None,
        article=step.source.article or "",
        decision=(dates.decision or "") if dates else "",
        sure=(step.source.status or "").startswith("confirmed"),
        followed=duties.kind_of(code) != "elsewhere",
    )


Own = tuple[Mapping[str, board.CalendarLine], Sequence[board.Progress]]


def progress(desk: Desk) -> Sequence[board.Progress]:
    """How far the desk's own commission is with its steps, as far as no other page tells it (protocols, turnout)."""
    return _own(desk)[1]


def _own(desk: Desk) -> Own:
    """The steps of the desk's own commission that are counted here, by code, and how far they are; read once a request,
    which is as long as a desk lives.
    """
    kept: dict[str, Own] = vars(desk)
    if "own_steps" not in kept:
        kept["own_steps"] = _read_own(desk)
    return kept["own_steps"]


def _read_own(desk: Desk) -> Own:
    if desk.actor is None or not desk.election or desk.tier in ("organisation", "precinct"):
        return {}, ()
    tier, area = edition_tier(desk.tier), desk.actor.area
    steps = {line.code: line for line in calendar(desk.election) if tier in line.who and line.code in OWN}
    if not steps:
        return {}, ()
    context = get_context(desk.election)
    found = duties.owings(context, steps, area)
    mine = (tier, context.tables.country if area is None else area)
    return steps, [
        board.Progress(code, duty_text(code), one.done, one.expected, url=board.page_of(desk, code))
        for code in steps
        for one in found.get(code, ())
        if (one.who, one.territory) == mine
    ]


def due_steps(desk: Desk) -> Sequence[due.Due]:
    """What of these steps is not done although it is time."""
    lines, counted = _own(desk)
    if not counted or desk.clock is None:
        return ()
    found, now = [], desk.clock.now
    for one in counted:
        line = lines[one.step]
        if one.owed and (line.opens is None or line.opens <= now):
            late = line.closes is not None and line.closes <= now
            if not one.url and not late:  # the board tells it; there is no page here on which to do it
                continue
            values = {"what": one.title, "done": one.done, "expected": one.expected}
            text = gettext("%(what)s: %(done)s of %(expected)s") % values
            address = one.url or reverse("cabinet-board")
            found.append(due.Due(text, address, line.closes, one.step, overdue=late))
    return found


def start() -> None:
    """Makes elections known to the shell, and the page where they are prepared."""
    register(lines)
    register_zones(zone_of)
    board.register_calendar(calendar)
    board.register(progress)
    due.register(due_steps)
    duties.register(duties.called)
    menu.register(menu.Item("dates", gettext_lazy("Dates of the calendar"), "cabinet-moves", _moves, 85))
    menu.register(menu.Item("drafts", gettext_lazy("Call an election"), "cabinet-drafts", _calls, 80))


def _moves(desk: Desk) -> bool:
    return desk.election is not None and desk.may(Power.MOVE_STEP)


def _calls(desk: Desk) -> bool:
    return desk.tier == "cec" and desk.may(Power.CALL_ELECTION)
