"""What of requests the cabinet's shell shows: what is due, overdue first, and what commissions below let wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from esaylov.acts.context import get_context
from esaylov.acts.powers import Actor, Power
from esaylov.cabinet import due, menu
from esaylov.cabinet.desk import Desk
from esaylov.cabinet.due import Due
from esaylov.design.words import language
from esaylov.voters.lately import Lately
from esaylov.voters.requests import flooding, queries
from esaylov.voters.requests.words import SHORT

SHOWN = 5
lately: Lately[int] = Lately(60.0)
many: Lately[list[str]] = Lately(60.0)


def deciding(desk: Desk) -> bool:
    """Whoever decides requests in the election at hand."""
    return desk.may(Power.DECIDE_REQUEST) and bool(desk.election)


def visiting(desk: Desk) -> bool:
    """Officers of a precinct, who go to voters."""
    return deciding(desk) and desk.actor is not None and desk.actor.precinct is not None


def waiting(desk: Desk) -> Sequence[Due]:
    """Requests to be decided, the first due first; below, how many are overdue. (The Central Commission decides none.)"""
    if desk.actor is None or not desk.election or not (deciding(desk) or desk.tier == "cec"):
        return ()
    context = get_context(str(desk.election))
    now = context.now()
    rows = queries.requests_for(context.id, desk.actor).filter(decision__isnull=True).order_by("due")
    first = list(rows[: SHOWN + 1])
    found = [
        Due(
            title=gettext("Decide request %(number)s: %(kind)s") % {"number": row.number, "kind": SHORT[row.kind]},
            url=reverse("cabinet-request", args=[row.number]), until=row.due.astimezone(context.timezone),
            overdue=row.due < now,
        )
        for row in first[:SHOWN]
    ]  # fmt: skip
    for row in first[SHOWN:]:  # (The others stand on their own page.)
        found.append(_others(row.due.astimezone(context.timezone), overdue=row.due < now))
    late = _late(context.id, desk.actor, now)
    if late:
        text = ngettext(
            "%(late)d request is overdue in a commission below", "%(late)d requests are overdue in commissions below", late
        ) % {"late": late}  # fmt: skip
        page = "cabinet-requests" if deciding(desk) else "voter-request-counts"
        found.append(Due(title=text, url=reverse(page), overdue=True))
    return [*found, *_flooded(desk, context.id, now)]


def _others(until: datetime, *, overdue: bool) -> Due:
    """The queue, where it is longer than what stands here; `until`: the next of it is due."""
    title = gettext("Requests of voters")
    return Due(title=f"{title} …", url=reverse("cabinet-requests"), until=until, overdue=overdue)


def _flooded(desk: Desk, election: str, now: datetime) -> list[Due]:
    """Unusually many requests, here or below: somebody may be filling the queue."""
    actor = desk.actor
    assert actor is not None
    minute = now.replace(second=0, microsecond=0)
    key = (election, actor.tier, actor.territory, actor.precinct, minute, language())
    places = many(key, lambda: flooding.unusual(election, actor, now)).found
    if not places:
        return []
    title = gettext("Unusually many requests within a day: %(places)s") % {"places": "; ".join(places)}
    page = "cabinet-requests" if deciding(desk) else "voter-request-counts"
    return [Due(title=title, url=reverse(page))]


def _late(election: str, actor: Actor, now: datetime) -> int:
    """How many are overdue below, counted once a minute: for the country it means to read all requests."""
    minute = now.replace(second=0, microsecond=0)
    key = (election, actor.tier, actor.territory, actor.precinct, minute)
    return lately(key, queries.overdue_below(election, actor, now).count).found


def start() -> None:
    """Makes the pages known to the shell."""
    due.register(waiting)
    menu.register(menu.Item("requests", gettext_lazy("Requests of voters"), "cabinet-requests", deciding, 49))
    menu.register(menu.Item("visits", gettext_lazy("Early votes and visits"), "cabinet-visits", visiting, 54))
