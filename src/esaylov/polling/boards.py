"""What of election day the board shows: which precincts have reported turnout."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext, pgettext

from esaylov.acts.context import UnknownElection, get_context
from esaylov.acts.powers import Power
from esaylov.acts.statements import fetch
from esaylov.cabinet import board
from esaylov.cabinet.desk import Desk
from esaylov.elections import duties
from esaylov.polling.duties import reported

FRESH = timedelta(hours=2)
"""A report older than this is no longer the latest hour's."""
REPORTED = """SELECT count(*), count(t.at), count(*) FILTER (WHERE t.at > %s) FROM registry_precinct p
LEFT JOIN LATERAL (SELECT r.at FROM polling_turnout r WHERE r.precinct_id = p.id ORDER BY r.at DESC LIMIT 1) t ON true
WHERE p.election = %s AND p.cell_id = ANY(%s)"""


def progress(desk: Desk) -> Sequence[board.Progress]:
    """How many precincts of a higher commission's territory have reported turnout: at all, and lately."""
    actor, clock = desk.actor, desk.clock
    if actor is None or clock is None or not desk.election or not desk.may(Power.ACCEPT_PROTOCOL):
        return ()
    if clock.now.date() < clock.date:
        return ()
    try:
        tables = get_context(desk.election).tables
    except UnknownElection:
        return ()
    cells = [
        cell for cell, territories in tables.cells.items() if actor.area is None or actor.area in territories
    ]
    ((precincts, reported, fresh),) = fetch(REPORTED, [clock.now - FRESH, desk.election, cells])
    parts = [
        board.Part({"code": "awaited", "text": pgettext("turnout", "no report yet")}, precincts - reported)
    ]
    if clock.now.date() == clock.date:
        late = {"code": "inconsistent", "text": pgettext("turnout", "last report over two hours old")}
        parts.append(board.Part(late, reported - fresh))
    return [
        board.Progress(
            step="turnout",
            title=gettext("Precincts that reported turnout"),
            done=reported,
            expected=precincts,
            parts=tuple(part for part in parts if part.number),
        )
    ]


def start() -> None:
    """Makes election day known to the board."""
    board.register(progress)
    duties.register(reported)
