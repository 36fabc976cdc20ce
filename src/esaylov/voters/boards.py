"""What of the voter list the cabinet's shell shows."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext_lazy

from esaylov.acts.context import get_context
from esaylov.acts.powers import Power
from esaylov.cabinet import due, menu
from esaylov.cabinet.desk import Desk
from esaylov.cabinet.due import Due
from esaylov.registry.forming import forms
from esaylov.registry.matrix import HIGHER
from esaylov.registry.models import Precinct
from esaylov.voters.linkage import boards as linkage
from esaylov.voters.models import Changeset
from esaylov.voters.notices.telling import leaving
from esaylov.voters.requests import boards as requests
from esaylov.voters.special.comparing import may_have_one


def keeping(desk: Desk) -> bool:
    """Whoever keeps the list for the election at hand."""
    return desk.may(Power.PROPOSE_CHANGESET) and bool(desk.election)


def bordering(desk: Desk) -> bool:
    """Whoever forms the precincts of the election at hand, and sets their borders."""
    if not desk.may(Power.SET_RULES) or not desk.election:
        return False
    return desk.tier == "cec" or forms(get_context(desk.election), desk.tier, "precinct")


def in_precinct(desk: Desk) -> bool:
    """Officers of a precinct commission: their own list."""
    return desk.may(Power.MARK_VOTER) and desk.actor is not None and desk.actor.precinct is not None


def of_a_place(desk: Desk) -> bool:
    """Officers of a precinct to which no rule gives houses: it may have a list of its own."""
    return in_precinct(desk) and desk.actor is not None and may_have_one(desk.actor.precinct or 0)


def at_doors(desk: Desk) -> bool:
    """Members of a precinct commission: from door to door."""
    return desk.may(Power.CHECK_HOUSEHOLD) and desk.actor is not None and desk.actor.precinct is not None


def above_doors(desk: Desk) -> bool:
    """Commissions above precincts, of the election at hand: how far the check is."""
    return desk.tier in ("cec", *HIGHER) and bool(desk.election)


def telling(desk: Desk) -> Sequence[Due]:
    """Voters whom a precinct's members are to tell that they leave the list."""
    if not desk.may(Power.TELL_REMOVAL) or desk.actor is None or desk.actor.precinct is None:
        return ()
    rows = [row for row in leaving(Precinct.objects.get(id=desk.actor.precinct)) if row.day is None]
    if not rows:
        return ()
    count = len(rows)
    text = ngettext(
        "Tell %(count)d voter of the removal from the list", "Tell %(count)d voters of the removal from the list", count
    )  # fmt: skip
    until = min(row.ends for row in rows).astimezone(get_context(str(desk.election)).timezone)
    return [Due(title=text % {"count": count}, url=reverse("cabinet-removals"), until=until)]


def freezing(desk: Desk) -> bool:
    """Whoever freezes the lists of the election at hand."""
    return desk.may(Power.FREEZE_LISTS) and bool(desk.election)


def waiting(desk: Desk) -> Sequence[Due]:
    """Changesets that wait for a second person."""
    if not keeping(desk) or desk.actor is None:
        return ()
    rows = Changeset.objects.filter(election=str(desk.election), state=Changeset.State.PROPOSED)
    others = rows.exclude(steps__step=Changeset.State.PROPOSED, steps__person=desk.actor.person).order_by(
        "id"
    )
    return [
        Due(
            title=gettext("Approve changes of the voter list"),
            url=reverse("cabinet-changeset", args=[row.id]),
        )
        for row in others[:5]
    ]


def start() -> None:
    """Makes the pages known to the shell."""
    due.register(waiting)
    due.register(telling)
    linkage.start()
    requests.start()
    menu.register(
        menu.Item("places", gettext_lazy("Addresses and precincts"), "cabinet-places", bordering, 51)
    )
    menu.register(
        menu.Item(
            "precinct-voters",
            gettext_lazy("Voters of the precinct"),
            "cabinet-precinct-voters",
            in_precinct,
            52,
        )
    )
    menu.register(menu.Item("special", gettext_lazy("List of the place"), "cabinet-special", of_a_place, 52))
    title = gettext_lazy("From door to door")
    menu.register(menu.Item("doors", title, "cabinet-doors", at_doors, 52))
    menu.register(menu.Item("doors-progress", title, "cabinet-doors-progress", above_doors, 52))
    menu.register(
        menu.Item("freeze", gettext_lazy("Freeze of the voter lists"), "cabinet-freeze", freezing, 53)
    )
    menu.register(
        menu.Item("voter-list", pgettext_lazy("cabinet", "Voter list"), "cabinet-voter-list", keeping, 50)
    )
