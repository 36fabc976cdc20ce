"""What of the queue of pairs the cabinet's shell shows."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy

from esaylov.acts.context import get_context
from esaylov.acts.powers import Power
from esaylov.cabinet import due, menu
from esaylov.cabinet.desk import Desk
from esaylov.cabinet.due import Due
from esaylov.voters.linkage.models import Pair
from esaylov.voters.linkage.queue import pairs_for


def deciding(desk: Desk) -> bool:
    """Whoever decides about pairs of entries in the election at hand."""
    return desk.may(Power.DECIDE_PAIR) and bool(desk.election)


def waiting(desk: Desk) -> Sequence[Due]:
    """Whether pairs wait for a second person."""
    if not deciding(desk) or desk.actor is None:
        return ()
    proposed = pairs_for(get_context(str(desk.election)).id, desk.actor).filter(state=Pair.State.PROPOSED)
    if not proposed.exists():
        return ()
    url = f"{reverse('cabinet-pairs')}?state=proposed"
    return [Due(title=gettext("Decide about entries of the voter list that were found twice"), url=url)]


def start() -> None:
    """Makes the pages known to the shell."""
    due.register(waiting)
    menu.register(
        menu.Item("voter-pairs", pgettext_lazy("cabinet", "Found twice"), "cabinet-pairs", deciding, 51)
    )
