"""The shell's own entries of the menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, pgettext_lazy

from esaylov.cabinet import menu
from esaylov.cabinet.desk import Desk


def everybody(_desk: Desk) -> bool:
    """Whoever is signed in."""
    return True


def in_election(desk: Desk) -> bool:
    """Whoever works on an election."""
    return desk.actor is not None and bool(desk.election)


def start() -> None:
    """Registers them."""
    menu.register(menu.Item("home", gettext_lazy("What is due"), "cabinet", everybody, 0))
    menu.register(menu.Item("board", pgettext_lazy("cabinet", "Board"), "cabinet-board", in_election, 10))
