"""What of results the cabinet shows: entries of its menu, what is due, and what precincts still owe a commission.

The board reads projections with one statement, whatever the number of precincts and contests; how many places there
are follows from cells and contests, which never change.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from weakref import WeakKeyDictionary

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from esaylov.acts.context import ElectionContext, UnknownElection, get_context
from esaylov.acts.powers import Power
from esaylov.acts.statements import fetch
from esaylov.cabinet import board, due, menu, notices
from esaylov.cabinet.desk import Desk
from esaylov.elections import duties
from esaylov.elections.moves import moves, overrides
from esaylov.elections.queries import ContestRow, ElectionTables
from esaylov.results.duties import settled
from esaylov.results.places import contests_of, owed, places_of, precinct_by_id, received_by
from esaylov.results.rulings import kind_text
from esaylov.results.runoffs import what_is_due
from esaylov.results.statewords import state_tag

STANDING = """SELECT s.contest_id, s.state, count(*), count(*) FILTER (WHERE s.conflicts > 0) FROM results_standing s
WHERE s.contest_id = ANY(%s) AND s.cell_id = ANY(%s) GROUP BY s.contest_id, s.state"""
IN_CELLS = "SELECT cell_id, count(*) FROM registry_precinct WHERE election = %s GROUP BY cell_id"
ORDER = ("awaited", "received", "inconsistent", "returned", "accepted", "annulled", "conflicting")
SETTLED = ("accepted", "annulled")

_numbers: WeakKeyDictionary[ElectionTables, dict[int, int]] = WeakKeyDictionary()
_lock = threading.Lock()


def precincts_in_cells(tables: ElectionTables) -> Mapping[int, int]:
    """The number of precincts in each cell of an election; it never changes."""
    with _lock:
        known = _numbers.get(tables)
    if known is None:
        known = dict(fetch(IN_CELLS, [tables.election.id]))
        with _lock:
            _numbers[tables] = known
    return known


def expected_by_contest(
    tables: ElectionTables, cells: Sequence[int], contests: Sequence[ContestRow]
) -> Counter[int]:
    """How many places each contest (by id) has in some cells."""
    by_territory: dict[int, list[int]] = {}
    for contest in contests:
        by_territory.setdefault(contest.territory, []).append(contest.id)
    numbers, found = precincts_in_cells(tables), Counter[int]()
    for cell in cells:
        for territory in tables.cells[cell]:
            for contest_id in by_territory.get(territory, ()):
                found[contest_id] += numbers.get(cell, 0)
    return found


def cells_of(desk: Desk, tables: ElectionTables) -> list[int]:
    """The cells in the territory of the desk's body."""
    place = desk.actor.area if desk.actor else None
    return [cell for cell, territories in tables.cells.items() if place is None or place in territories]


def context_at(desk: Desk) -> ElectionContext | None:
    """The desk's election, None without one."""
    try:
        return get_context(desk.election) if desk.election else None
    except UnknownElection:
        return None


def counts(desk: Desk, context: ElectionContext) -> dict[str, Counter[str]]:
    """Places that precincts report to the desk's body, by kind of contest and state."""
    tables: ElectionTables = context.tables
    cells = cells_of(desk, tables)
    contests = received_by(context.edition, desk.tier, list(tables.contests.values()))
    expected = expected_by_contest(tables, cells, contests)
    found: dict[str, Counter[str]] = {}
    for contest_id, number in expected.items():
        found.setdefault(tables.contests_by_id[contest_id].kind, Counter())["awaited"] += number
    for contest_id, state, number, conflicts in fetch(STANDING, [list(expected), cells]):
        by_state = found[tables.contests_by_id[contest_id].kind]
        by_state["awaited"] -= number
        by_state[state] += number
        by_state["conflicting"] += conflicts
    return found


def progress(desk: Desk) -> Sequence[board.Progress]:
    """What precincts of a higher commission's territory still owe: protocols awaited, to decide about, decided."""
    context = context_at(desk)
    if context is None or not desk.may(Power.ACCEPT_PROTOCOL):
        return ()
    address = reverse("cabinet-acceptance")
    return [_of_kind(kind, by_state, address) for kind, by_state in counts(desk, context).items()]


def _of_kind(kind: str, by_state: Counter[str], address: str) -> board.Progress:
    total = sum(number for state, number in by_state.items() if state != "conflicting")
    return board.Progress(
        step="acceptance",
        title=gettext("Protocols: %(kind)s") % {"kind": kind_text(kind)},
        done=sum(by_state[state] for state in SETTLED),
        expected=total,
        parts=tuple(
            board.Part(state_tag(state), by_state[state], f"{address}?state={state}&contest={kind}")
            for state in ORDER
            if by_state[state]
        ),
        url=address,
    )


def own_progress(desk: Desk) -> Sequence[board.Progress]:
    """How many of its own protocols a precinct commission has submitted."""
    context = context_at(desk)
    precinct = desk.actor.precinct if desk.actor else None
    if context is None or precinct is None or not desk.may(Power.SUBMIT_PROTOCOL):
        return ()
    line = precinct_by_id(context.id, precinct)
    if line is None:
        return ()
    places = places_of(context, line, contests_of(context.tables, line.cell))
    states = Counter(place.state for place in places)
    open_ = sum(states[state] for state in ("awaited", "inconsistent", "returned"))
    return [
        board.Progress(
            step="counting",
            title=gettext("Protocols of your precinct"),
            done=len(places) - open_,
            expected=len(places),
            parts=tuple(board.Part(state_tag(state), states[state]) for state in ORDER if states[state]),
            url=reverse("cabinet-protocols"),
        )
    ]


def due_protocols(desk: Desk) -> Sequence[due.Due]:
    """The protocols that a precinct has still to submit or correct, from the time on at which counting begins."""
    context = context_at(desk)
    precinct = desk.actor.precinct if desk.actor else None
    if context is None or precinct is None or desk.clock is None or not desk.may(Power.SUBMIT_PROTOCOL):
        return ()
    line = precinct_by_id(context.id, precinct)
    if line is None:
        return ()
    opens, closes = _window(context, "counting", line.cell)
    if opens is not None and desk.clock.now < opens:
        return ()
    found = []
    for place, text in owed(places_of(context, line, contests_of(context.tables, line.cell))):
        late = closes is not None and closes <= desk.clock.now
        address = reverse("cabinet-protocol", args=[place.contest.code])
        found.append(due.Due(text, address, closes, "counting", late, at_once=_at_once(context, place.state)))
    return found


def _at_once(context: ElectionContext, state: str) -> str:
    """When the law wants a protocol that never came, where the edition says that it is owed at once (Art. 58, 94)."""
    calendar = context.edition.calendar
    step = calendar.steps.get("counting") if calendar else None
    return gettext("immediately after the count") if step and step.at_once and state == "awaited" else ""


def due_rulings(desk: Desk) -> Sequence[due.Due]:
    """How many protocols wait for a higher commission's decision."""
    context = context_at(desk)
    if context is None or desk.clock is None or not desk.may(Power.ACCEPT_PROTOCOL):
        return ()
    waiting: Counter[str] = Counter()
    for by_state in counts(desk, context).values():
        waiting += by_state
    _, closes = _window(context, "acceptance")
    late = closes is not None and closes <= desk.clock.now
    address = reverse("cabinet-acceptance")
    received, broken, awaited = waiting["received"], waiting["inconsistent"], waiting["awaited"]
    found = []
    _, counted = _window(context, "counting")
    if awaited and counted is not None and counted <= desk.clock.now:
        text = ngettext("%(n)d protocol has not come", "%(n)d protocols have not come", awaited) % {
            "n": awaited
        }
        whose = gettext("precinct commissions")
        found.append(
            due.Due(text, f"{address}?state=awaited", counted, "counting", overdue=True, whose=whose)
        )
    if received:
        text = ngettext("Decide about %(n)d protocol", "Decide about %(n)d protocols", received) % {
            "n": received
        }
        found.append(due.Due(text, f"{address}?state=received", closes, "acceptance", late))
    if broken:
        text = ngettext(
            "Return or accept %(n)d protocol whose sums do not hold",
            "Return or accept %(n)d protocols whose sums do not hold",
            broken,
        ) % {"n": broken}
        found.append(due.Due(text, f"{address}?state=inconsistent", closes, "acceptance", late))
    return found


def _window(
    context: ElectionContext, step: str, cell: int | None = None
) -> tuple[datetime | None, datetime | None]:
    """The dates that hold for a step, in the zone of a cell's precincts where they lie abroad, else in the election's."""
    tables: ElectionTables = context.tables
    place = tables.zones.get(cell) if cell is not None else None
    moved = overrides(moves(context.id))
    dates = context.dates(step, abroad=cell in tables.cells_abroad, place=place, moved=moved)
    zone = place or context.timezone
    ends = (dates.opens, dates.closes) if dates is not None else (None, None)
    opens, closes = (end.astimezone(zone) if end is not None else None for end in ends)
    return opens, closes


def may_submit(desk: Desk) -> bool:
    """Whether the desk submits protocols."""
    return bool(desk.election) and desk.may(Power.SUBMIT_PROTOCOL)


def may_accept(desk: Desk) -> bool:
    """Whether the desk decides about protocols."""
    return bool(desk.election) and desk.may(Power.ACCEPT_PROTOCOL)


def start() -> None:
    """Makes the pages of results known to the shell."""
    due.register(what_is_due)
    # on the night a precinct's protocols come first
    menu.register(menu.Item("protocols", gettext_lazy("Protocols"), "cabinet-protocols", may_submit, 5))
    menu.register(
        menu.Item(
            "acceptance", gettext_lazy("Protocols of the territory"), "cabinet-acceptance", may_accept, 61
        )
    )
    notices.register(
        "results.accept",
        gettext_lazy("The higher commission accepted your protocol: %(contest)s"),
        gettext_lazy("A protocol was accepted"),
    )
    notices.register(
        "results.return",
        gettext_lazy("The higher commission returned your protocol, correct it: %(contest)s"),
        gettext_lazy("A protocol was returned"),
    )
    board.register(progress)
    board.register(own_progress)
    duties.register(settled)
    board.register_page("counting", "cabinet-protocols", may_submit)
    board.register_page("acceptance", "cabinet-acceptance", may_accept)
    due.register(due_protocols)
    due.register(due_rulings)
