"""What of the voter list the cabinet's shell shows."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy

from esaylov.acts.powers import Power
from esaylov.cabinet import due, menu
from esaylov.cabinet.desk import Desk
from esaylov.cabinet.due import Due
from esaylov.voters.models import Changeset


def keeping(desk: Desk) -> bool:
    """Whoever keeps the list for the election at hand."""
    return desk.may(Power.PROPOSE_CHANGESET) and bool(desk.election)


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
    menu.register(
        menu.Item("voter-list", pgettext_lazy("cabinet", "Voter list"), "cabinet-voter-list", keeping, 50)
    )
