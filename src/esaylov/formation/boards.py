"""What of forming commissions the cabinet's shell shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, pgettext_lazy

from esaylov.acts.powers import Power
from esaylov.cabinet import menu
from esaylov.cabinet.desk import Desk


def forming(desk: Desk) -> bool:
    """Whoever forms commissions of the election at hand."""
    return bool(desk.election) and desk.may(Power.IMPORT_MEMBERS)


def known(desk: Desk) -> bool:
    """Whoever is a person with data here."""
    return desk.person is not None


def start() -> None:
    """Makes the pages known to the shell."""
    menu.register(
        menu.Item("commissions", pgettext_lazy("cabinet", "Commissions"), "cabinet-commissions", forming, 60)
    )
    menu.register(menu.Item("me", gettext_lazy("My mandates and data"), "cabinet-me", known, 900))
